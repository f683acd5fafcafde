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
and says nothing; so does one of the same date where the links are those of two articles. The source that
showed an article first may edit it, until its publisher's own source shows it; others only fill its gaps,
so that two sources that word a title differently do not rewrite the record in turns. An entry that stands
as it stood before edits nothing: what was found out about its article since is not lost to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.model import Article, Changes, Joined, Known, Sighting, make_id
from aggregator.parse.article_edits import digest_article, edit_article, fill_article, make_sighting
from aggregator.parse.identity.article_index import ArticleIndex
from aggregator.parse.identity.rotating_urls import has_same_title_and_date, settle_addresses
from aggregator.text import signed_key, title_key


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
    index = ArticleIndex.of(articles, known)
    resolution = _Resolution(index=index, takes_over=takes_over, sighted_ids=frozenset(index.by_article))
    for article in articles:
        resolution.resolve(article, now)
    return resolution.make_changes()


@dataclass(slots=True)
class _Resolution:
    """What the entries change, growing entry by entry."""

    index: ArticleIndex
    takes_over: Callable[[Article, Article], bool]
    sighted_ids: frozenset[str]
    inserted: dict[str, Article] = field(default_factory=dict)
    sightings: dict[str, Sighting] = field(default_factory=dict)
    new_urls: dict[str, str] = field(default_factory=dict)
    joined: list[Joined] = field(default_factory=list)
    moved: dict[str, datetime | None] = field(default_factory=dict)

    def resolve(self, article: Article, now: datetime) -> None:
        article_id = self.index.find_same(article)
        alike = self.index.find_by_likeness(article) if article_id is None else None
        article_id = article_id or (alike and alike[0].id)
        digest = None
        if article_id is None:
            article_id = self._insert(article)
        elif article_id not in self.index.seen:
            article, digest = self._settle(article_id, article, now)
            self.index.seen[article_id] = self._edit(article_id, article, digest, now)
        if alike:
            self._note_joined(*alike, article)
        self._remember(article, article_id, digest)

    def make_changes(self) -> Changes:
        edited = (a for i, a in self.index.seen.items() if i not in self.inserted and a is not None)
        return Changes(
            inserted=tuple(self.inserted.values()),
            updated=tuple(article for article in edited if self.index.stored[article.id] is not article),
            sightings=tuple(self.sightings.values()),
            urls=self.new_urls,
            joined=tuple(self.joined),
        )

    def _settle(self, article_id: str, article: Article, now: datetime) -> tuple[Article, str]:
        """Return ``article`` with the addresses that we have, where its source changes them; its digest."""
        before, stored = self.index.by_article.get(article_id), self.index.stored.get(article_id)
        digest = digest_article(article)
        if before is None or before.digest == digest:
            return article, digest
        if stored is not None and stored.source_id == article.source_id:
            article, self.moved[article_id] = settle_addresses(stored, article, before, now)
        elif has_same_title_and_date(before, article):
            article = replace(article, canonical_url=before.canonical_url)
        return article, digest_article(article)

    def _note_joined(self, other: Article, because: str, article: Article) -> None:
        is_new_url = article.canonical_url is not None and article.canonical_url not in self.index.urls
        if other.id in self.sighted_ids and not is_new_url:
            return
        self.joined.append(
            Joined(
                article_id=other.id, title=article.title, url=article.web_url or article.original_url,
                article_url=other.web_url or other.original_url, because=because,
            )
        )  # fmt: skip

    def _insert(self, article: Article) -> str:
        if article.canonical_url in self.index.urls:  # it belongs to another article, which keeps it
            article = replace(article, canonical_url=None)
        if self.index.is_taken(article.id):
            own_id, other_id = _make_own_ids(article)
            article = replace(article, id=other_id if self.index.is_taken(own_id) else own_id)
        if not self.index.has_article(article.id):
            self.inserted[article.id] = article
            self.index.add_article(article)
        return article.id

    def _edit(self, article_id: str, article: Article, digest: str, now: datetime) -> Article | None:
        """Return the stored article as an entry changes it; None where it is no longer stored."""
        before, stored = self.index.by_article.get(article_id), self.index.stored.get(article_id)
        if stored is None or (before is not None and before.digest == digest):
            return stored
        if stored.source_id != article.source_id and self.takes_over(stored, article):
            stored = replace(stored, source_id=article.source_id)
        change = edit_article if stored.source_id == article.source_id else fill_article
        return change(stored, article, now=now)

    def _remember(self, article: Article, article_id: str, digest: str | None) -> None:
        before = self.index.by_article.get(article_id)
        moved_at = self.moved.get(article_id, None if before is None else before.moved_at)
        sighting = make_sighting(article, article_id, digest=digest, moved_at=moved_at)
        is_as_before = before is not None and (before.digest, before.moved_at) == (sighting.digest, moved_at)
        if article_id not in self.index.first_entries and not is_as_before:
            self.sightings[article_id] = sighting
        self.index.add_sighting(sighting, article)
        url = article.canonical_url
        # A link that its source gives to one article after the other leads to the last.
        if url is not None and (url not in self.index.urls or article_id in self.inserted):
            self.index.urls[url] = self.new_urls[url] = article_id


def _make_own_ids(article: Article) -> tuple[str, str]:
    """Return two ids to choose from for an article whose first id was made of a reused entry id or link."""
    stated = article.stated_at.isoformat() if article.stated_at else ""
    said = "\n".join((article.id, title_key(article.title), stated))
    more = "\n".join((said, signed_key(article.title), article.entry_id or ""))
    return make_id(said), make_id(more)
