"""Editions of a publisher's series, one day's after another's: live blogs, galleries, bulletins, sittings.

They are told by their titles: by the same words but for days and numbers, or by the same words before a colon
where these say of what kind an article is ("Live updates: ..."), or by a word for pages that tell of whatever
comes ("live", "photos"), or by nearly the same words with other numbers ("Two new cases in Norland").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from itertools import chain, takewhile
from typing import Protocol

from aggregator.stories.contests import CONTEST, are_other_contests
from aggregator.stories.counts import count_alike
from aggregator.stories.kinds import KIND
from aggregator.stories.sentences import leave_out_marks

SERIES = "="
"""What the terms of series begin with. They stand before an article's words, and are not counted."""
NO_SERIES: tuple[str, ...] = ()
APART_H = 9
"""From so many hours on the same title is another edition, no longer the same article once more."""
_LEAST_WORDS = 2


class Edition(Protocol):
    """An article: who published it when (hours since 1970), and the terms of its series."""

    @property
    def provider(self) -> str:
        """Return the domain of its publisher."""

    @property
    def at_h(self) -> float:
        """Return when it was published."""

    @property
    def series(self) -> tuple[str, ...]:
        """Return the terms of its series."""


def find_series(
    title: Sequence[str], label: Iterable[str], forms: AbstractSet[str], columns: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the terms of the series that a title is of: for its terms, and for those before its first colon.

    ``forms`` are the terms that tell an article's kind; ``columns`` has those of pages that tell of whatever
    comes with one for their kind, which is a series of its own.
    """
    words = {term for term in title if not term[0].isdigit()}
    found = [_make_term(words)] if len(words) >= _LEAST_WORDS else []
    if label and not forms.isdisjoint(label):
        found.append(_make_term(set(label)))
    if not columns.keys().isdisjoint(title):
        found += (_make_term({columns[term]}) for term in title if term in columns)
    return tuple(dict.fromkeys(found))


def keep_series(terms: Sequence[str]) -> tuple[str, ...]:
    """Return those of an article's stored terms that are of series, which are its first ones."""
    return tuple(takewhile(_is_of_series, terms)) or NO_SERIES


def keep_words(terms: Sequence[str]) -> Sequence[str]:
    """Return an article's stored terms but for those of series and of marks, which stand before its words."""
    return leave_out_marks(terms[len(keep_series(terms)) :])


def have_editions(some: Iterable[Edition], others: Sequence[Edition]) -> bool:
    """Tell whether one of some articles is an edition of a series that one of the others is of."""
    return any(_are_editions(one, other) for one in some for other in others)


def tell_two_events(some: Sequence[Edition], others: Sequence[Edition]) -> bool:
    """Tell whether some articles are editions of others, or of another contest, however alike they are."""
    return have_editions(some, others) or have_contests(some, others)


def have_contests(some: Iterable[Edition], others: Iterable[Edition]) -> bool:
    """Tell whether some articles tell of other contests than others do."""
    return are_other_contests(_list_series(some), _list_series(others))


def _list_series(articles: Iterable[Edition]) -> Iterator[str]:
    return chain.from_iterable(article.series for article in articles)


def _are_editions(one: Edition, other: Edition) -> bool:
    """Tell whether two articles are editions of one series of a publisher."""
    return (
        one.provider == other.provider
        and abs(one.at_h - other.at_h) >= APART_H
        and (_share_series(one, other) or count_alike(one.series, other.series))
    )


def _share_series(one: Edition, other: Edition) -> bool:
    return any(term in other.series and not term.startswith((CONTEST, KIND)) for term in one.series)


def _make_term(words: AbstractSet[str]) -> str:
    return SERIES + blake2b(" ".join(sorted(words)).encode(), digest_size=4).hexdigest()


def _is_of_series(term: str) -> bool:
    return term[0] == SERIES
