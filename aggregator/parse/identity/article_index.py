"""The articles that the entries of a document may be: found by entry id, address, words and likeness."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from aggregator.model import Article, Known, Sighting
from aggregator.parse.identity.entry_ids import is_its_link
from aggregator.parse.identity.identity_evidence import (
    Circumstances,
    find_alike,
    is_corrected,
    judge_likeness,
)
from aggregator.parse.identity.page_places import lead_to_other_places
from aggregator.parse.identity.reused_links import is_reused_link
from aggregator.parse.identity.same_article import (
    RecurringKey,
    TitleKey,
    find_recurring_titles,
    has_same_claim,
    is_same_place,
    make_title_key,
)
from aggregator.text import signed_key, title_key

WordsKey = tuple[str, str, datetime | None, str | None, tuple[str, ...]]


@dataclass(slots=True)
class ArticleIndex:
    """What is known of articles, growing entry by entry.

    ``document``       the articles of the document, in its order
    ``document_urls``  their canonical addresses
    ``stored``         articles of the store by their ids
    ``seen``           articles that entries turned out to be, as these change them; None: no longer stored
    ``urls``           ids of articles by their canonical addresses
    ``by_entry``       sightings by the ids of their entries
    ``by_article``     a sighting of each article: the stored one, or that of its first entry
    ``first_entries``  the first entry of the document for each article
    """

    document: Sequence[Article]
    stored: dict[str, Article]
    urls: dict[str, str]
    by_entry: dict[str, list[Sighting]]
    by_article: dict[str, Sighting]
    titles: dict[TitleKey, dict[str, Article]]
    by_words: dict[WordsKey, str]
    recurring: frozenset[RecurringKey]
    document_urls: frozenset[str | None]
    seen: dict[str, Article | None] = field(default_factory=dict)
    first_entries: dict[str, Article] = field(default_factory=dict)
    _claims: Mapping[str, Article] | None = None
    _words: frozenset[WordsKey] | None = None

    @classmethod
    def of(cls, document: Sequence[Article], known: Known) -> Self:
        """Return the index of what is known before the first entry of a document."""
        by_entry: dict[str, list[Sighting]] = defaultdict(list)
        for sighting in known.sightings:
            if sighting.entry_id is not None:
                by_entry[sighting.entry_id].append(sighting)
        return cls(
            document=document,
            stored=dict(known.articles),
            urls=dict(known.urls),
            by_entry=by_entry,
            by_article={sighting.article_id: sighting for sighting in known.sightings},
            titles=defaultdict(dict, {key: {a.id: a for a in same} for key, same in known.titles.items()}),
            by_words={_make_words_key(a): a.id for same in known.titles.values() for a in reversed(same)},
            recurring=find_recurring_titles(document),
            document_urls=frozenset(article.canonical_url for article in document),
        )

    def find_same(self, article: Article) -> str | None:
        """Return the id of the article that an entry is by its id, address or words; None: by none."""
        return (
            self._find_by_entry_id(article) or self._find_by_address(article) or self._find_by_words(article)
        )

    def find_by_likeness(self, article: Article) -> tuple[Article, str] | None:
        """Return the article that ``article`` is alike, and why it is that one; None: it is alike none."""
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

    def is_taken(self, article_id: str) -> bool:
        """Tell whether an id is that of an article, stored or forgotten."""
        return article_id in self.by_article or self.has_article(article_id)

    def has_article(self, article_id: str) -> bool:
        """Tell whether an article is stored, or in the document."""
        return article_id in self.seen or article_id in self.stored

    def add_article(self, article: Article) -> None:
        """Add an article that the document is the first to tell of."""
        self.seen[article.id] = article
        self.titles[make_title_key(article)][article.id] = article
        self.by_words.setdefault(_make_words_key(article), article.id)

    def add_sighting(self, sighting: Sighting, article: Article) -> None:
        """Add that an entry is an article; the first entry of each counts."""
        self.first_entries.setdefault(sighting.article_id, article)
        self.by_article.setdefault(sighting.article_id, sighting)
        if article.entry_id is not None:
            self.by_entry.setdefault(article.entry_id, []).append(sighting)

    def _find_by_entry_id(self, article: Article) -> str | None:
        if article.entry_id is None:
            return None
        key = title_key(article.title)
        same = (
            s for s in self.by_entry.get(article.entry_id, ())
            if has_same_claim(s, article, key) or is_corrected(self._get_article(s.article_id), article)
        )  # fmt: skip
        return next(
            (
                s.article_id for s in same
                if not self._is_address_reused(s, article) and not self._is_id_handed_on(s, article)
            ),
            None,
        )  # fmt: skip

    def _is_id_handed_on(self, sighting: Sighting, article: Article) -> bool:
        """Tell whether an id that counts places in the document stands for another article of one date now.

        Title and link are others, and either article is there by itself: its link, or its words.
        """
        before, now, known_id = sighting.canonical_url, article.canonical_url, sighting.article_id
        if sighting.title_key == title_key(article.title):
            return False
        if before is None or now is None:
            return (
                self._has_words(known_id) or self.by_words.get(_make_words_key(article), known_id) != known_id
            )
        if is_same_place(before, now):
            return False
        return before in self.document_urls or self.urls.get(now, known_id) != known_id

    def _has_words(self, article_id: str) -> bool:
        """Tell whether an entry of the document has the words of a stored article."""
        if self._words is None:
            self._words = frozenset(map(_make_words_key, self.document))
        stored = self.stored.get(article_id)
        return stored is not None and _make_words_key(stored) in self._words

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
            is_claimed = has_same_claim(own, article, title_key(article.title))
            return article.id if is_claimed and not self._is_id_handed_on(own, article) else None
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

    def _judge(self, other: Article, article: Article, circumstances: Circumstances) -> str | None:
        """Return why ``article`` is the ``other``: also as another entry of the document tells that one."""
        others = tuple(self._find_entries(other.id, article))
        circumstances = replace(circumstances, is_same_document=bool(others))
        judged = [judge_likeness(one, article, circumstances) for one in (other, *others)]
        return judged[0] if None not in judged else None

    def _find_entries(self, article_id: str, article: Article) -> Iterator[Article]:
        if self._claims is None:
            self._claims = dict(self._find_claims())
        entries = (self.first_entries.get(article_id), self._claims.get(article_id))
        return (entry for entry in entries if entry is not None and entry is not article)

    def _find_claims(self) -> Iterator[tuple[str, Article]]:
        """Yield which articles the document's entries are by id or address, the first entry of each last."""
        for article in reversed(self.document):
            article_id = self._find_by_entry_id(article) or self._find_by_address(article)
            if article_id is not None:
                yield article_id, article


def _make_words_key(article: Article) -> WordsKey:
    """Return what identifies an entry without an address: words, date, and files without their queries."""
    files = tuple(sorted(file.url.partition("?")[0] for file in article.enclosures))
    return article.source_id, signed_key(article.title), article.stated_at, article.excerpt, files
