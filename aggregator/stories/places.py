"""The countries that a text tells of: those whose names, people, regions or main cities stand in it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice, takewhile
from typing import Any

MARK = "@"
"""What the term of a country begins with: "@GB"."""

# What newsrooms write that the gazetteer has not, or has for several, by country.
_OWN = {
    "AE": "Dubai UAE",
    "AU": "Aussie Aussies NSW",
    "CD": "Congo",
    "CN": "Beijing Wuhan",
    "CZ": "Czech Czechs Czechia",
    "ES": "Spaniards",
    "FR": "French",
    "GB": "Britain Brit Brits Briton Britons England English Scotland Scottish Wales Welsh UK U.K.",
    "HK": "Hongkong",
    "IN": "Delhi Mumbai",
    "MK": "Macedonia",
    "NL": "Holland",
    "NZ": "NZ Kiwi Kiwis",
    "PH": "Filipinos Philippine",
    "PS": "Gaza Palestine",
    "RU": "Kremlin",
    "US": "America US USA U.S. Pentagon",
}
# Whose regions have names of their own that news of the world knows.
_REGIONS = frozenset({"AU", "CA", "IN", "US"})
# People more often than places, and words.
_LEFT_OUT = frozenset(
    """
    Canary Chad Creston Darwin Easter Georgetown Halifax Jersey Jordan Male Nelson Nome Oral Phoenix
    Regina Resolute Reunion Sofia Sucre
    """.split()  # noqa: SIM905  # easier to read
)
_LEAST_PEOPLE = 500_000
"""Capitals, people and cities of smaller countries are more often somebody's name: Hamilton, Douglas."""
_CAPITALISED = re.compile(r"\b[A-ZÀ-Þ](?:[^\W\d_]+|\.[SK]\.)")
_WORD = re.compile(r"U\.[SK]\.|[^\W\d_]+")
_READ = 400
"""Characters of an excerpt that are looked at."""
_FROM_EXCERPT = 2
_MAIN_SHARE = 0.25
NOWHERE = frozenset[str]()


class Gazetteer:
    """Countries (ISO 3166-1 alpha-2) by the names that a language has for them and what is theirs."""

    def __init__(self, countries: Mapping[str, frozenset[str]]) -> None:
        self._countries = countries
        self._first_words = frozenset(name.split()[0] for name in countries)
        caseless = sorted((name for name in countries if not name[0].isupper()), key=len, reverse=True)
        self._caseless = re.compile("|".join(map(re.escape, caseless)) or "(?!)")

    @classmethod
    @cache
    def of(cls, language: str) -> "Gazetteer":
        """Return the one of a language (ISO 639-1); English names are in each of them."""
        from countryinfo import all_countries  # noqa: PLC0415  # reads 255 files; most commands need none

        found: dict[str, set[str]] = {}
        for country in all_countries():
            facts = country.info()
            for name in filter(None, _list_names(facts, language)):
                found.setdefault(name, set()).add(facts["ISO"]["alpha2"])
        for code, names in _OWN.items():
            found |= {name: {code} for name in names.split()}
        return cls({name: frozenset(codes) for name, codes in found.items() if name not in _LEFT_OUT})

    def find(self, text: str) -> Iterator[frozenset[str]]:
        """Yield for each name in a text the countries that it may mean."""
        if not text.isascii():
            yield from map(self._countries.__getitem__, self._caseless.findall(text))
        # Most texts name none, which their words with a capital tell in less time than all of them.
        if self._first_words.isdisjoint(_CAPITALISED.findall(text)):
            return
        words, end = _WORD.findall(text), 0
        for at, word in enumerate(words):
            if at >= end and word in self._first_words:
                name, end = self._find_longest(words, at)
                if name:
                    yield self._countries[name]

    def _find_longest(self, words: Sequence[str], at: int) -> tuple[str, int]:
        """Return the longest name that begins with a word, "" for none, and where what follows begins."""
        for end in range(at + 3, at, -1):
            name = " ".join(words[at:end])
            if name in self._countries:
                return name, end
        return "", at + 1


def find_countries(title: str, excerpt: str, language: str) -> frozenset[str]:
    """Return the terms of the countries that an article is mainly about, none where it names none.

    Those of the title, else the first ones of the excerpt.
    """
    gazetteer = Gazetteer.of(language)
    found = [*gazetteer.find(title)] or [*islice(gazetteer.find(excerpt[:_READ]), _FROM_EXCERPT)]
    return _unite(frozenset(f"{MARK}{code}" for code in chain.from_iterable(found))) if found else NOWHERE


def keep_countries(terms: Sequence[str]) -> frozenset[str]:
    """Return those of an article's terms that are countries, which are its last ones."""
    return _unite(frozenset(takewhile(_is_country, reversed(terms))))


def find_main_countries(articles: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return the countries that a good part of the articles are about of which any are known."""
    named = [*filter(None, articles)]
    if len({*named}) < 2:
        return named[0] if named else NOWHERE
    counts = Counter(chain.from_iterable(named))
    return _unite(frozenset(code for code, count in counts.items() if count >= _MAIN_SHARE * len(named)))


def name_countries(countries: Iterable[str]) -> list[str]:
    """Return the English names of countries by their terms, in order."""
    names = _read_names()
    return sorted(names.get(code, code) for code in (country.removeprefix(MARK) for country in countries))


def are_elsewhere(a: frozenset[str], b: frozenset[str]) -> bool:
    """Tell whether two sides are both about some country, and have none in common."""
    return bool(a) and bool(b) and a.isdisjoint(b)


@cache
def _read_names() -> Mapping[str, str]:
    from countryinfo import all_countries  # noqa: PLC0415  # reads 255 files; most commands need none

    # Some share a code with the one that they are a part of, whose name is the better known.
    known = sorted(
        (country.info() for country in all_countries()), key=lambda facts: facts.get("population", 0)
    )
    return {facts["ISO"]["alpha2"]: facts["name"] for facts in known}


@cache
def _unite(countries: frozenset[str]) -> frozenset[str]:
    """Return always the same one of equal sets: of a window there are hundreds of thousands."""
    return countries


def _is_country(term: str) -> bool:
    return term[0] == MARK


def _list_names(facts: Mapping[str, Any], language: str) -> Iterator[str | None]:
    yield facts["name"]
    yield facts.get("translations", {}).get(language)
    if facts.get("population", 0) < _LEAST_PEOPLE:
        return
    for people in re.split("[,/]", facts.get("demonym") or ""):
        if people:
            yield from (people, f"{people}s")
    if isinstance(facts.get("capital"), str):
        yield facts["capital"]
    for zone in facts.get("timezoneNames", ()):
        _, _, city = zone.partition("/")
        if "/" not in city:
            yield city.replace("_", " ")
    if facts["ISO"]["alpha2"] in _REGIONS:
        yield from facts["provinces"]
