"""Which articles of a poll are new, which are edits, which are known under another address.

In this order, the first that fits:

1. its entry id is known at this source, and link, title or date agrees: an edit of that article
   (links agree also where only the words around the publisher's own number changed);
2. its canonical URL is known: that article;
3. it has no URL and its own id is known: that article;
4. its source said the same before, word for word and with the same date, and it has no URL: that
   article (its entry id changes on every fetch);
5. the provider has an article of the same title within two days, and the title does not recur
   there ("Morning briefing"): that article;
6. otherwise it is new.

An entry id that comes with another link, another title and another date is reused by its source
and says nothing. The source that showed an article first may edit it, until its publisher's own source
shows it; others only fill its gaps, so that two sources that word a title differently do not rewrite
the record in turns. An entry that stands as it stood before edits nothing: what was found out about its
article since is not lost to it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from aggregator.model import Article, Changes, Image, Known, Sighting
from aggregator.parse.likeness import TitleKey, agrees, recurring_titles, title_key_of, told_apart
from aggregator.text import title_key

SAME_TITLE_WITHIN = timedelta(days=2)

_EDITABLE = (
    "title", "excerpt", "original_url", "web_url", "amp_url", "type", "featured_content", "images",
    "enclosures", "authors", "language", "credit",
)  # fmt: skip
_GAPS = ("excerpt", "images", "authors", "language", "amp_url")
_VISIBLE = ("title", "excerpt", "web_url", "amp_url", "type", "featured_content", "authors")

Said = tuple[str, str, datetime | None, str | None]


def resolve_articles(
    articles: Sequence[Article],
    known: Known,
    *,
    now: datetime,
    takes_over: Callable[[Article, Article], bool] = lambda _stored, _seen: False,
) -> Changes:
    """Decide what the ``articles`` of one document mean for the store.

    ``articles`` are in document order and of one source; where two of them turn out to be one
    article, the first speaks. ``now`` is the time of the poll: it becomes ``updated_at`` where an
    edit changes what a reader sees. ``takes_over`` tells of a stored article and one seen whether the
    latter's source may edit it from now on. Articles known by id but no longer stored stay forgotten.
    """
    resolution = _Resolution.of(known, recurring=recurring_titles(articles), takes_over=takes_over)
    for article in articles:
        resolution.take(article, now)
    return resolution.changes()


def edit_article(stored: Article, seen: Article, *, now: datetime) -> Article:
    """Return ``stored`` with what ``seen`` says anew; its id, dates of first sight and provider stay.

    What the source no longer says is kept. ``updated_at`` moves to ``now`` only where a reader
    would see the difference.
    """
    says = {name: getattr(seen, name) for name in _EDITABLE if getattr(seen, name)}
    if seen.type == "video":
        says["web_url"] = None
    return _with_changes(stored, says, seen.origins, now)


def fill_article(stored: Article, seen: Article, *, now: datetime) -> Article:
    """Return ``stored`` with its gaps filled from ``seen``, another source's word on it."""
    gaps = {name: getattr(seen, name) for name in _GAPS if not getattr(stored, name)}
    return _with_changes(stored, {k: v for k, v in gaps.items() if v}, seen.origins, now)


def sighting_of(article: Article, article_id: str) -> Sighting:
    """Return how ``article`` stands at its source, known to us as ``article_id``."""
    return Sighting(
        source_id=article.source_id,
        article_id=article_id,
        entry_id=article.entry_id,
        canonical_url=article.canonical_url,
        title_key=title_key(article.title),
        stated_at=article.stated_at,
        digest=_digest(article),
        first_seen_at=article.first_seen_at,
    )


def _with_changes(
    stored: Article, values: Mapping[str, object], origins: Mapping[str, str], now: datetime
) -> Article:
    edited = replace(stored, **values)  # type: ignore[arg-type]  # names and values come from an Article
    if edited == stored:
        return stored
    told = {name: origins[name] for name in values if name in origins}
    return replace(
        edited,
        origins={**stored.origins, **told},
        updated_at=now if _is_visible_change(stored, edited) else stored.updated_at,
    )


def _is_visible_change(before: Article, after: Article) -> bool:
    if any(getattr(before, name) != getattr(after, name) for name in _VISIBLE):
        return True
    return _bare_addresses(before.images) != _bare_addresses(after.images)


def _bare_addresses(images: Iterable[Image]) -> list[str]:
    # Publishers sign the addresses of their pictures anew for every request.
    return [image.url.partition("?")[0] for image in images]


def _digest(article: Article) -> str:
    said = [repr(getattr(article, name)) for name in (*_EDITABLE, "entry_id", "canonical_url", "stated_at")]
    return hashlib.blake2b("\x1f".join(said).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _said(article: Article) -> Said:
    return article.source_id, title_key(article.title), article.stated_at, article.excerpt


@dataclass(slots=True)
class _Resolution:
    """What is known so far, growing entry by entry."""

    recurring: frozenset[TitleKey]
    stored: dict[str, Article]
    urls: dict[str, str]
    by_entry: dict[str, list[Sighting]]
    by_article: dict[str, Sighting]
    titles: dict[TitleKey, dict[str, Article]]
    said: dict[Said, str]
    takes_over: Callable[[Article, Article], bool]
    seen: dict[str, Article | None] = field(default_factory=dict)
    inserted: dict[str, Article] = field(default_factory=dict)
    sightings: dict[str, Sighting] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)
    new_urls: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, known: Known, *, recurring: frozenset[TitleKey], takes_over: Callable[[Article, Article], bool]
    ) -> "_Resolution":
        by_entry: dict[str, list[Sighting]] = defaultdict(list)
        for sighting in known.sightings:
            if sighting.entry_id is not None:
                by_entry[sighting.entry_id].append(sighting)
        return cls(
            recurring=recurring,
            stored=dict(known.articles),
            urls=dict(known.urls),
            by_entry=by_entry,
            by_article={sighting.article_id: sighting for sighting in known.sightings},
            titles=defaultdict(dict, {key: {a.id: a for a in same} for key, same in known.titles.items()}),
            said={_said(a): a.id for same in known.titles.values() for a in reversed(same)},
            takes_over=takes_over,
        )

    def take(self, article: Article, now: datetime) -> None:
        article_id = self._find(article)
        if article_id is None:
            article_id = self._insert(article)
        elif article_id not in self.seen:
            self._edit(article_id, article, now)
        self._remember(article, article_id)

    def changes(self) -> Changes:
        edited = (a for i, a in self.seen.items() if i not in self.inserted and a is not None)
        return Changes(
            inserted=tuple(self.inserted.values()),
            updated=tuple(article for article in edited if self.stored[article.id] is not article),
            sightings=tuple(self.sightings.values()),
            urls=self.new_urls,
        )

    def _find(self, article: Article) -> str | None:
        return self._by_entry_id(article) or self._by_address(article) or self._by_title(article)

    def _by_entry_id(self, article: Article) -> str | None:
        if article.entry_id is None:
            return None
        key = title_key(article.title)
        same = (s for s in self.by_entry.get(article.entry_id, ()) if agrees(s, article, key))
        return next((sighting.article_id for sighting in same), None)

    def _by_address(self, article: Article) -> str | None:
        if article.canonical_url is not None:
            return self.urls.get(article.canonical_url)
        own = self.by_article.get(article.id)
        if own is not None and (article.entry_id is None or agrees(own, article, title_key(article.title))):
            return article.id
        return None

    def _by_title(self, article: Article) -> str | None:
        if article.canonical_url is None and (repeated := self.said.get(_said(article))):
            return repeated
        key = title_key_of(article)
        found = self.titles.get(key, {})
        if not key[1] or key in self.recurring or len(found) > 1:
            return None
        near = (o for o in found.values() if abs(o.published_at - article.published_at) <= SAME_TITLE_WITHIN)
        return next((other.id for other in near if not told_apart(other, article)), None)

    def _insert(self, article: Article) -> str:
        if article.id in self.by_article or article.id in self.seen:
            article = replace(article, id=_own_id(article))
        self.inserted[article.id] = self.seen[article.id] = article
        self.titles[title_key_of(article)][article.id] = article
        self.said.setdefault(_said(article), article.id)
        return article.id

    def _edit(self, article_id: str, article: Article, now: datetime) -> None:
        stored = self.stored.get(article_id)
        if stored is None:
            self.seen[article_id] = None
            return
        before = self.by_article.get(article_id)
        if before is not None and before.digest == _digest(article):
            self.seen[article_id] = stored
            return
        if stored.source_id != article.source_id and self.takes_over(stored, article):
            stored = replace(stored, source_id=article.source_id)
        change = edit_article if stored.source_id == article.source_id else fill_article
        self.seen[article_id] = change(stored, article, now=now)

    def _remember(self, article: Article, article_id: str) -> None:
        sighting = sighting_of(article, article_id)
        before = self.by_article.get(article_id)
        if article_id not in self.spoken and (before is None or before.digest != sighting.digest):
            self.sightings[article_id] = sighting
        self.spoken.add(article_id)
        self.by_article.setdefault(article_id, sighting)
        if article.entry_id is not None:
            self.by_entry.setdefault(article.entry_id, []).append(sighting)
        if article.canonical_url is not None and article.canonical_url not in self.urls:
            self.urls[article.canonical_url] = self.new_urls[article.canonical_url] = article_id


def _own_id(article: Article) -> str:
    """An id for an article whose source reuses the entry id that its first id was made of."""
    stated = article.stated_at.isoformat() if article.stated_at else ""
    return str(uuid5(NAMESPACE_URL, "\n".join((article.id, title_key(article.title), stated))))
