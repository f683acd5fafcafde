"""How much a term says: rare ones much, common ones little, by language and by who writes."""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from aggregator.stories.formats import is_page, recurs
from aggregator.stories.subjects import PRIOR, StreamSubject, Subjects, fills_stream
from aggregator.stories.terms import expected_frequency, form_terms, has_frequencies

GENERAL_ARTICLES = 1_000
"""As how many articles what is known of a language in general counts."""
ARTICLE_WORDS = 60
"""For the chance that an article holds a word: about the words of a title and an excerpt."""
MOST_EXPECTED = 0.5
FORM_SHARE = 0.4
"""Of its weight what a term keeps that tells an article's kind."""
DAMPING = 0.8
"""The power of its information that a term weighs: several shared terms tell more than a single rare one."""
PROVIDER_PRIOR = 60
"""As how many of a provider's own articles everyone's count in what is usual there."""
PAGES_SHARE, PAGES_PRIOR = 0.5, 20
"""Of a provider's articles, and as many more, what share can be pages of formats."""

FULL_PACE, SLOWEST = 40, 0.7
"""Articles an hour from which on an hour counts as one, and as what part of one it counts at least.

In a slow stream an event is told of for longer, and less that is like it comes meanwhile.
"""

_TERMS_KEPT = 1 << 17


class CountedArticle(NamedTuple):
    """An article with its distinct terms; published ``at_h`` hours since 1970."""

    at_h: float
    id: str
    terms: tuple[str, ...]
    language: str
    provider: str


class _ExpectedArticles(dict[str, float]):
    """In how many of ``GENERAL_ARTICLES`` a language's terms are expected, kept from asking to asking."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __missing__(self, term: str) -> float:
        if len(self) >= _TERMS_KEPT:
            self.clear()
        expected = min(MOST_EXPECTED, expected_frequency(term, self._language) * ARTICLE_WORDS)
        return self.setdefault(term, GENERAL_ARTICLES * expected + 0.5)

    @classmethod
    @cache
    def of(cls, language: str) -> "_ExpectedArticles":
        return cls(language)


class Rarity:
    """Counts in how many articles of the last ``window_h`` hours terms occur, by language and by provider.

    The window ends with the newest article that was counted, at ``clock_h``.
    """

    def __init__(self, window_h: float) -> None:
        self.clock_h = float("-inf")
        self._window_h = window_h
        self._counted: list[CountedArticle] = []
        self._minutes = 0  # the sum of their times, whole so that it is the same in any order
        self._articles: Counter[str] = Counter()
        # Plain ones, which are written to in half the time.
        self._with_term: dict[str, dict[str, int]] = defaultdict(dict)
        self._provider_articles: Counter[str] = Counter()
        self._provider_with_term: dict[str, dict[str, int]] = defaultdict(dict)
        self._subjects = Subjects()

    def count(self, article: CountedArticle) -> None:
        """Count an article; it stays counted until ``forget_old`` finds it outside of the window."""
        self._articles[article.language] += 1
        self._provider_articles[article.provider] += 1
        for counts in self._list_counts(article):
            find = counts.get
            for term in article.terms:
                counts[term] = find(term, 0) + 1
        self._subjects.count(article)
        heapq.heappush(self._counted, article)
        self._minutes += round(60 * article.at_h)
        self.clock_h = max(self.clock_h, article.at_h)

    def forget_old(self) -> None:
        """Take back what was counted of articles that are outside of the window by now."""
        while self._counted and self._counted[0].at_h < self.clock_h - self._window_h:
            self._discount(heapq.heappop(self._counted))

    def _discount(self, article: CountedArticle) -> None:
        self._articles[article.language] -= 1
        self._minutes -= round(60 * article.at_h)
        self._provider_articles[article.provider] -= 1
        self._subjects.count(article, -1)
        for counts in self._list_counts(article):
            for term in article.terms:
                left = counts[term] - 1
                if left:
                    counts[term] = left
                else:
                    del counts[term]

    def _list_counts(self, article: CountedArticle) -> tuple[dict[str, int], dict[str, int]]:
        return self._with_term[article.language], self._provider_with_term[article.provider]

    def measure_pace(self, language: str) -> float:
        """Return as what part of an hour one counts, by how many articles in a language come.

        They have come in twice the time that they are old on average: few late ones tell nothing of that.
        """
        if not self._counted:
            return SLOWEST
        age_h = self.clock_h - self._minutes / len(self._counted) / 60
        return min(1.0, max(SLOWEST, self._articles[language] / max(1.0, 2 * age_h) / FULL_PACE))

    def is_page(self, formats: Sequence[str], provider: str) -> bool:
        """Tell by a new title's terms of formats whether it is that of a page of one."""
        return bool(formats) and is_page(formats, *self._count_own(provider))

    def recurs(self, formats: Sequence[str], provider: str) -> bool:
        """Tell whether the shape of a provider's title came in the window with another day."""
        return bool(formats) and recurs(formats, *self._count_own(provider))

    def _count_own(self, provider: str) -> tuple[Mapping[str, int], float]:
        most = PAGES_SHARE * (self._provider_articles[provider] + PAGES_PRIOR)
        return self._provider_with_term[provider], most

    def weights(
        self, terms: Sequence[str], *, language: str, provider: str, has_excerpt: bool = False
    ) -> dict[str, float]:
        """Return what each term of an article that was counted weighs, by the logarithm of its share.

        The share is that of the articles in the language that have the term, with what is expected of the
        language in general counting as ``GENERAL_ARTICLES``; or its share of the provider's own articles
        where that is larger: what a newsroom writes into all its articles says nothing of their subject.
        So it is with the articles on the same subject, where ``has_excerpt``: titles have too few words.
        """
        count, everyone = self._with_term[language].get, self._articles[language] + GENERAL_ARTICLES
        counts = [count(term, 0) for term in terms]
        own, all_own = (
            self._provider_with_term[provider].get,
            self._provider_articles[provider] + PROVIDER_PRIOR,
        )
        subjects = self._find_subjects(terms, counts, language) if has_excerpt else ()
        found, expected, log = {}, map(_ExpectedArticles.of(language).__getitem__, terms), math.log
        for term, with_term, general in zip(terms, counts, expected, strict=True):
            share = here = (with_term + general) / everyone
            share_here = (own(term, 0) - 1 + PROVIDER_PRIOR * share) / all_own
            if share_here > share:  # noqa: PLR1730  # in a third of the time
                share = share_here
            if subjects:
                for subject, count_beside, all_beside in subjects:
                    share_beside = (count_beside(term, 0) - 1 + PRIOR * here) / all_beside
                    if share_beside > share and subject != term:
                        share = share_beside
            found[term] = (-log(share)) ** DAMPING if share < 1.0 else 0.0
        for term in form_terms(language).intersection(terms):
            found[term] *= FORM_SHARE
        return found

    def fills_stream(self, terms: Sequence[str], language: str) -> bool:
        """Tell whether terms in a language are of an article on a subject that fills the stream.

        In a language whose words nobody counted, those that say nothing would be taken for one.
        """
        if not has_frequencies(language):
            return False
        count = self._with_term[language].get
        return fills_stream(terms, [count(term, 0) for term in terms], self._articles[language])

    def _find_subjects(
        self, terms: Sequence[str], counts: Sequence[int], language: str
    ) -> Sequence[StreamSubject]:
        return self._subjects.find(terms, counts, language, self._articles[language], self._counted)
