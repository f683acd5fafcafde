"""Subjects that fill a stream: beside such a term others come so often that they tell little of their own.

Where every third article is on an epidemic, "patients", "hospital" and "ventilator" come together in articles
that have nothing else in common, and each is rare among all of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

SHARE, LEAST_ARTICLES = 0.08, 300
"""Of all articles what share has a subject's term, once there are as many: no event fills such a part."""
FILLING = 0.2
"""Of all articles what share has the term of a subject that fills the stream."""
MOST = 2
"""Subjects of an article that count, the largest ones."""
PRIOR = 60
"""As how many articles on a subject everyone's count in what is usual there."""


class Counted(Protocol):
    """An article with its distinct terms."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Return its distinct terms."""

    @property
    def language(self) -> str:
        """Return its language (ISO 639-1)."""


class StreamSubject(NamedTuple):
    """A term of many articles: ``count_beside`` returns how many of them have another term, too.

    ``articles`` are as many as count: its own, and ``PRIOR``.
    """

    term: str
    count_beside: Callable[[str, int], int]
    articles: int


def fills_stream(terms: Iterable[str], counts: Sequence[int], articles: int) -> bool:
    """Tell whether one of some terms is that of a subject that fills the stream.

    So many of ``articles`` have a term as ``counts`` say.
    """
    return bool(_list_large(terms, counts, articles, FILLING))


def _list_large(
    terms: Iterable[str], counts: Sequence[int], articles: int, share: float
) -> list[tuple[int, str]]:
    """Return the words that such a share of the articles have, each behind how many have it, as a negative.

    None while there are few articles.
    """
    least = share * articles
    if articles < LEAST_ARTICLES or max(counts, default=0) < least:
        return []
    return [
        (-count, term)
        for term, count in zip(terms, counts, strict=True)
        if count >= least and term[0].isalpha()
    ]


class Subjects:
    """In how many articles terms stand beside each subject, by language; counted once it is asked for."""

    def __init__(self) -> None:
        self._beside: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)

    def count(self, article: Counted, step: int = 1) -> None:
        """Count an article, or take it back where ``step`` is -1."""
        beside = self._beside[article.language]
        if not beside or beside.keys().isdisjoint(article.terms):
            return
        for subject in beside.keys() & set(article.terms):
            counts = beside[subject]
            for term in article.terms:
                left = counts.get(term, 0) + step
                if left:
                    counts[term] = left
                else:
                    del counts[term]

    def find(
        self,
        terms: Sequence[str],
        counts: Sequence[int],
        language: str,
        articles: int,
        counted: Iterable[Counted],
    ) -> Sequence[StreamSubject]:
        """Return the subjects of an article with some terms, none while there are few articles.

        Of ``articles`` in the language, so many have a term as ``counts`` say; ``counted`` are those of all.
        """
        return [
            StreamSubject(term, self._look_up(term, language, counted).get, PRIOR - count)
            for count, term in sorted(_list_large(terms, counts, articles, SHARE))[:MOST]
        ]

    def _look_up(self, subject: str, language: str, counted: Iterable[Counted]) -> Mapping[str, int]:
        beside = self._beside[language]
        if subject not in beside:
            counts: dict[str, int] = {}
            for article in counted:
                if article.language == language and subject in article.terms:
                    for term in article.terms:
                        counts[term] = counts.get(term, 0) + 1
            beside[subject] = counts
        return beside[subject]
