"""Which articles of a poll are new, which are edits, which are known under another address.

In this order, the first that fits:

1. its entry id is known at this source, and link, title or date agrees, or the text and most of the
   title: an edit of that article
   (links agree also where only the words around the publisher's own number changed);
2. its canonical URL is known: that article, unless the source now shows another one there (``reused_links``);
3. it has no URL and its own id is known: that article;
4. it has no URL, and its source gave the same words and the same date before: that article (its entry id
   changes on every fetch);
5. the publisher has an article of the same title within two days, and nothing that both state speaks
   against it (``identity_evidence``): that article;
6. otherwise it is new.

An entry id that comes with another link, another title and another date is reused by its source
and says nothing. The source that showed an article first may edit it, until its publisher's own source
shows it; others only fill its gaps, so that two sources that word a title differently do not rewrite
the record in turns. An entry that stands as it stood before edits nothing: what was found out about its
article since is not lost to it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.model import Article, Changes, Joined, Known, Sighting, make_id
from aggregator.parse.article_edits import digest_article, edit_article, fill_article, make_sighting
from aggregator.parse.identity.entry_ids import is_its_link
from aggregator.parse.identity.identity_evidence import (
    Circumstances,
    find_alike,
    is_corrected,
    judge_likeness,
)
from aggregator.parse.identity.page_places import lead_to_other_places
from aggregator.parse.identity.reused_links import is_reused_link
from aggregator.parse.identity.rotating_urls import has_same_title_and_date, settle_addresses
from aggregator.parse.identity.same_article import (
    RecurringKey,
    TitleKey,
    find_recurring_titles,
    has_same_claim,
    make_title_key,
)
from aggregator.text import signed_key, title_key

WordsKey = tuple[str, str, datetime | None, str | None, tuple[str, ...]]


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
    resolution = _Resolution.of(articles, known, takes_over=takes_over)
    for article in articles:
        resolution.resolve(article, now)
    return resolution.make_changes()


def _make_words_key(article: Article) -> WordsKey:
    """Return what identifies an entry without an address: words, date, and files without their queries."""
    files = tuple(sorted(file.url.partition("?")[0] for file in article.enclosures))
    return article.source_id, signed_key(article.title), article.stated_at, article.excerpt, files


@dataclass(slots=True)
class _Resolution:
    """What is known so far, growing entry by entry."""

    articles: Sequence[Article]
    recurring: frozenset[RecurringKey]
    stored: dict[str, Article]
    urls: dict[str, str]
    by_entry: dict[str, list[Sighting]]
    by_article: dict[str, Sighting]
    titles: dict[TitleKey, dict[str, Article]]
    by_words: dict[WordsKey, str]
    takes_over: Callable[[Article, Article], bool]
    sighted_ids: frozenset[str]
    claims: Mapping[str, Article] | None = None
    seen: dict[str, Article | None] = field(default_factory=dict)
    inserted: dict[str, Article] = field(default_factory=dict)
    sightings: dict[str, Sighting] = field(default_factory=dict)
    first_entries: dict[str, Article] = field(default_factory=dict)
    new_urls: dict[str, str] = field(default_factory=dict)
    joined: list[Joined] = field(default_factory=list)
    moved: dict[str, datetime | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls, articles: Sequence[Article], known: Known, *, takes_over: Callable[[Article, Article], bool]
    ) -> "_Resolution":
        by_entry: dict[str, list[Sighting]] = defaultdict(list)
        for sighting in known.sightings:
            if sighting.entry_id is not None:
                by_entry[sighting.entry_id].append(sighting)
        by_article = {sighting.article_id: sighting for sighting in known.sightings}
        return cls(
            articles=articles,
            recurring=find_recurring_titles(articles),
            stored=dict(known.articles),
            urls=dict(known.urls),
            by_entry=by_entry,
            by_article=by_article,
            titles=defaultdict(dict, {key: {a.id: a for a in same} for key, same in known.titles.items()}),
            by_words={_make_words_key(a): a.id for same in known.titles.values() for a in reversed(same)},
            takes_over=takes_over,
            sighted_ids=frozenset(by_article),
        )

    def resolve(self, article: Article, now: datetime) -> None:
        article_id = (
            self._find_by_entry_id(article) or self._find_by_address(article) or self._find_by_words(article)
        )
        alike = self._find_by_likeness(article) if article_id is None else None
        article_id = article_id or (alike and alike[0].id)
        digest = None
        if article_id is None:
            article_id = self._insert(article)
        elif article_id not in self.seen:
            article, digest = self._settle(article_id, article, now)
            self._edit(article_id, article, digest, now)
        if alike:
            self._note_joined(*alike, article)
        self._remember(article, article_id, digest)

    def _settle(self, article_id: str, article: Article, now: datetime) -> tuple[Article, str]:
        """Return ``article`` with the addresses that we have, where its source changes them; its digest."""
        before, stored, digest = (
            self.by_article.get(article_id),
            self.stored.get(article_id),
            digest_article(article),
        )
        if before is None or before.digest == digest:
            return article, digest
        if stored is not None and stored.source_id == article.source_id:
            article, self.moved[article_id] = settle_addresses(stored, article, before, now)
        elif has_same_title_and_date(before, article):
            article = replace(article, canonical_url=before.canonical_url)
        return article, digest_article(article)

    def make_changes(self) -> Changes:
        edited = (a for i, a in self.seen.items() if i not in self.inserted and a is not None)
        return Changes(
            inserted=tuple(self.inserted.values()),
            updated=tuple(article for article in edited if self.stored[article.id] is not article),
            sightings=tuple(self.sightings.values()),
            urls=self.new_urls,
            joined=tuple(self.joined),
        )

    def _find_by_entry_id(self, article: Article) -> str | None:
        if article.entry_id is None:
            return None
        key = title_key(article.title)
        same = (
            s for s in self.by_entry.get(article.entry_id, ())
            if has_same_claim(s, article, key) or is_corrected(self._get_article(s.article_id), article)
        )  # fmt: skip
        return next((s.article_id for s in same if not self._is_address_reused(s, article)), None)

    def _is_address_reused(self, sighting: Sighting, article: Article) -> bool:
        """Tell whether an entry whose id is its link now leads to another article: the id says no more."""
        url = article.canonical_url
        if url is None or sighting.stated_at == article.stated_at:
            return False
        return is_its_link(article.entry_id, url) and self._is_reused(sighting.article_id, article)

    def _find_by_address(self, article: Article) -> str | None:
        if article.canonical_url is not None:
            found = self.urls.get(article.canonical_url)
            return None if found is None or self._is_reused(found, article) else found
        own = self.by_article.get(article.id)
        if own is None:
            return None
        if article.entry_id is not None:
            return article.id if has_same_claim(own, article, title_key(article.title)) else None
        stored = self._get_article(article.id)
        is_same = stored is None or signed_key(stored.title) == signed_key(article.title)
        return article.id if is_same else None

    def _is_reused(self, article_id: str, article: Article) -> bool:
        before, stored = self.by_article.get(article_id), self._get_article(article_id)
        if stored is not None and lead_to_other_places(stored, article):
            return True
        is_here = article_id in self.first_entries
        return before is not None and is_reused_link(before, stored, article, is_same_document=is_here)

    def _get_article(self, article_id: str) -> Article | None:
        return self.seen.get(article_id) or self.stored.get(article_id)

    def _find_by_words(self, article: Article) -> str | None:
        return self.by_words.get(_make_words_key(article)) if article.canonical_url is None else None

    def _find_by_likeness(self, article: Article) -> tuple[Article, str] | None:
        """Return the article that ``article`` is alike, and why it is that one."""
        key = make_title_key(article)
        titled = self.titles.get(key)
        if not titled or not key[1]:
            return None
        found, circumstances = find_alike(titled.values(), article, self.recurring)
        for other in found:
            because = self._judge(other, article, circumstances)
            if because is not None:
                return other, because
        return None

    def _judge(self, other: Article, article: Article, circumstances: Circumstances) -> str | None:
        """Return why ``article`` is the ``other``: also as another entry of the document tells that one."""
        others = tuple(self._find_entries(other.id, article))
        circumstances = replace(circumstances, is_same_document=bool(others))
        judged = [judge_likeness(one, article, circumstances) for one in (other, *others)]
        return judged[0] if None not in judged else None

    def _find_entries(self, article_id: str, article: Article) -> Iterator[Article]:
        if self.claims is None:
            self.claims = dict(self._find_claims())
        entries = (self.first_entries.get(article_id), self.claims.get(article_id))
        return (entry for entry in entries if entry is not None and entry is not article)

    def _find_claims(self) -> Iterator[tuple[str, Article]]:
        """Yield which articles the document's entries are by id or address, the first entry of each last."""
        for article in reversed(self.articles):
            article_id = self._find_by_entry_id(article) or self._find_by_address(article)
            if article_id is not None:
                yield article_id, article

    def _note_joined(self, other: Article, because: str, article: Article) -> None:
        is_new_url = article.canonical_url is not None and article.canonical_url not in self.urls
        if other.id in self.sighted_ids and not is_new_url:
            return
        self.joined.append(
            Joined(
                article_id=other.id, title=article.title, url=article.web_url or article.original_url,
                article_url=other.web_url or other.original_url, because=because,
            )
        )  # fmt: skip

    def _insert(self, article: Article) -> str:
        if article.canonical_url in self.urls:  # it belongs to another article, which keeps it
            article = replace(article, canonical_url=None)
        if self._is_taken(article.id):
            own_id, other_id = _make_own_ids(article)
            article = replace(article, id=other_id if self._is_taken(own_id) else own_id)
        if article.id in self.seen or article.id in self.stored:
            return article.id
        self.inserted[article.id] = self.seen[article.id] = article
        self.titles[make_title_key(article)][article.id] = article
        self.by_words.setdefault(_make_words_key(article), article.id)
        return article.id

    def _is_taken(self, article_id: str) -> bool:
        return article_id in self.by_article or article_id in self.seen or article_id in self.stored

    def _edit(self, article_id: str, article: Article, digest: str, now: datetime) -> None:
        stored = self.stored.get(article_id)
        if stored is None:
            self.seen[article_id] = None
            return
        before = self.by_article.get(article_id)
        if before is not None and before.digest == digest:
            self.seen[article_id] = stored
            return
        if stored.source_id != article.source_id and self.takes_over(stored, article):
            stored = replace(stored, source_id=article.source_id)
        change = edit_article if stored.source_id == article.source_id else fill_article
        self.seen[article_id] = change(stored, article, now=now)

    def _remember(self, article: Article, article_id: str, digest: str | None) -> None:
        before = self.by_article.get(article_id)
        moved_at = self.moved.get(article_id, None if before is None else before.moved_at)
        sighting = make_sighting(article, article_id, digest=digest, moved_at=moved_at)
        is_as_before = before is not None and (before.digest, before.moved_at) == (sighting.digest, moved_at)
        if article_id not in self.first_entries and not is_as_before:
            self.sightings[article_id] = sighting
        self.first_entries.setdefault(article_id, article)
        self.by_article.setdefault(article_id, sighting)
        if article.entry_id is not None:
            self.by_entry.setdefault(article.entry_id, []).append(sighting)
        url = article.canonical_url
        # A link that its source gives to one article after the other leads to the last.
        if url is not None and (url not in self.urls or article_id in self.inserted):
            self.urls[url] = self.new_urls[url] = article_id


def _make_own_ids(article: Article) -> tuple[str, str]:
    """Return two ids to choose from for an article whose first id was made of a reused entry id or link."""
    stated = article.stated_at.isoformat() if article.stated_at else ""
    said = "\n".join((article.id, title_key(article.title), stated))
    more = "\n".join((said, signed_key(article.title), article.entry_id or ""))
    return make_id(said), make_id(more)
