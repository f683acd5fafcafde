"""Titles that count: "Two new cases in Norland". Day after day from one publisher, they are a series.

What they say changes little but for the numbers, in figures or in words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import NamedTuple, Self

COUNT = "=#"
"""What the term of a title that counts begins with: "=#1 2|case death norland", its numbers and words."""
_LEAST_WORDS = 3
_LEAST_SHARED, _SHARED = 3, 0.7
"""Words that two titles have in common, and what share these are of those of the shorter one."""
_LEAST_SHARED_OF_SAME, _SHARED_OF_SAME = 2, 0.5
"""The same where they count the same things."""
_BEHIND, _ROOT = 3, 4
"""Words behind a number that may be of what is counted, and letters they are known by: "case", "cases"."""
_MOST_WORDS = 16
_SMALL = 12
"""Counts of two days often come to such a number, and hardly ever to the same larger one."""
_DIGIT = re.compile(r"\d")
_FIGURES = re.compile(r"(?<![\w-])\d+(?:[.,]\d+)*(?![\d-]|[.,]\d)")
"""But for those of names and ages: "Covid-19", "88-year-old"."""
# From 0 to 12. Those for 1 are articles in most languages.
_NUMERALS = {
    "de": "kein/keine/keinen/null - zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "en": "no/zero one two three four five six seven eight nine ten eleven twelve",
    "es": "ningún/ninguna/cero - dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "fr": "aucun/aucune/zéro - deux trois quatre cinq six sept huit neuf dix onze douze",
    "it": "nessun/nessuna/zero - due tre quattro cinque sei sette otto nove dieci undici dodici",
    "nl": "geen/nul - twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "pt": "nenhum/nenhuma/zero - dois/duas três quatro cinco seis sete oito nove dez onze doze",
}


@cache
def read_numerals(language: str) -> Mapping[str, str]:
    """Return a language's (ISO 639-1) words for small numbers with their figures; none for most languages."""
    words = enumerate(_NUMERALS.get(language, "").split())
    return {word: str(value) for value, spelled in words for word in spelled.split("/") if word != "-"}


class _Count(NamedTuple):
    """What a title counts: its numbers, the roots of words behind these, and all its words."""

    numbers: AbstractSet[str]
    things: AbstractSet[str]
    words: AbstractSet[str]

    @classmethod
    def read(cls, term: str) -> Self:
        numbers, things, *words = term.removeprefix(COUNT).split("|")
        # Until lately there were no things.
        return cls(
            *(frozenset(part.split()) for part in (numbers, things if words else "", *(words or [things])))
        )


def find_count(
    title: str, words: Sequence[str], terms: Iterable[str], no_subject: AbstractSet[str], language: str
) -> Iterator[str]:
    """Yield the term of a title that counts; ``words`` are in lower case.

    Its ``terms`` tell what it is about, but for those that name ``no_subject``.
    """
    numerals = read_numerals(language)
    if numerals.keys().isdisjoint(words) and not _DIGIT.search(title):  # as most titles
        return
    numbers = {figures.replace(",", "") for figures in _FIGURES.findall(title)}
    spelled = [word for word in words if word in numerals]
    numbers.update(numerals[word] for word in spelled if f"{word}-" not in title.lower())
    counted = sorted({term for term in terms if not term[0].isdigit()} - no_subject) if numbers else ()
    if _LEAST_WORDS <= len(counted) <= _MOST_WORDS:
        things = " ".join(sorted(_find_things(words, numerals)))
        yield f"{COUNT}{' '.join(sorted(numbers))}|{things}|{' '.join(counted)}"


def count_alike(some: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether one of some terms of series says nearly the same as one of others, and counts anew."""
    counting = [_Count.read(term) for term in others if term.startswith(COUNT)]
    return any(
        _counts_anew(one.numbers, other.numbers) and _are_alike(one, other)
        for one in (_Count.read(term) for term in some if term.startswith(COUNT))
        for other in counting
    )


def _find_things(words: Sequence[str], numerals: Mapping[str, str]) -> set[str]:
    behind = {
        word
        for place, number in enumerate(words)
        if number in numerals or number[0].isdigit()
        for word in words[place + 1 : place + 1 + _BEHIND]
    }
    return {word[:_ROOT] for word in behind if len(word) >= _ROOT and word.isalpha()}


def _counts_anew(numbers: AbstractSet[str], others: AbstractSet[str]) -> bool:
    """Tell whether either has numbers that the other has not; else both may count the same once more.

    But "No new cases" is news again each day: small numbers tell nothing.
    """
    nested = numbers <= others or others <= numbers
    return not nested or all(number.isdigit() and int(number) <= _SMALL for number in numbers & others)


def _are_alike(one: _Count, other: _Count) -> bool:
    shared, shorter = len(one.words & other.words), min(len(one.words), len(other.words))
    if not one.things.isdisjoint(other.things):
        return shared >= _LEAST_SHARED_OF_SAME and shared >= _SHARED_OF_SAME * shorter
    return shared >= _LEAST_SHARED and shared >= _SHARED * shorter
