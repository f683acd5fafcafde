"""Titles that count: "Two new cases in Norland". Day after day from one publisher, they are a series.

What they say changes little but for the numbers, in figures or in words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache

COUNT = "=#"
"""What the term of a title that counts begins with: "=#1 2|case death norland", its numbers and words."""
_LEAST_SHARED, _SHARED = 3, 0.7
"""Words that two titles have in common, and what share these are of those of the shorter one."""
_MOST_WORDS = 16
_SMALL = 12
"""Counts of two days often come to such a number, and hardly ever to the same larger one."""
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


def find_count(title: str, words: Iterable[str], terms: Iterable[str], language: str) -> Iterator[str]:
    """Yield the term of a title that counts; ``words`` are in lower case, ``terms`` tell what is counted."""
    numerals = read_numerals(language)
    numbers = {figures.replace(",", "") for figures in _FIGURES.findall(title)}
    spelled = [word for word in words if word in numerals]
    numbers.update(numerals[word] for word in spelled if f"{word}-" not in title.lower())
    counted = sorted({term for term in terms if not term[0].isdigit()}) if numbers else ()
    if _LEAST_SHARED <= len(counted) <= _MOST_WORDS:
        yield f"{COUNT}{' '.join(sorted(numbers))}|{' '.join(counted)}"


def count_alike(some: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether one of some terms of series says nearly the same as one of others, and counts anew."""
    counting = [_read(term) for term in others if term.startswith(COUNT)]
    return any(
        _counts_anew(numbers, other_numbers) and _are_alike(words, other_words)
        for numbers, words in (_read(term) for term in some if term.startswith(COUNT))
        for other_numbers, other_words in counting
    )


def _counts_anew(numbers: AbstractSet[str], others: AbstractSet[str]) -> bool:
    """Tell whether either has numbers that the other has not; else both may count the same once more.

    But "No new cases" is news again each day: small numbers tell nothing.
    """
    nested = numbers <= others or others <= numbers
    return not nested or all(number.isdigit() and int(number) <= _SMALL for number in numbers & others)


def _are_alike(words: AbstractSet[str], others: AbstractSet[str]) -> bool:
    shared = len(words & others)
    return shared >= _LEAST_SHARED and shared >= _SHARED * min(len(words), len(others))


def _read(term: str) -> tuple[frozenset[str], frozenset[str]]:
    numbers, _, words = term.removeprefix(COUNT).partition("|")
    return frozenset(numbers.split()), frozenset(words.split())
