"""The countries that a text tells of: those whose names, people, regions or main cities stand in it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice, takewhile
from typing import Any, NamedTuple

MARK = "@"
"""What the term of a country begins with: "@GB"."""
_BESIDE = "+"
"""What stands before its code where an article names it without being about it: "@+GB"."""

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
_CAPITALISED = re.compile(r"[A-ZÀ-Þ](?<!\w.)(?:[^\W\d_]++|\.[SK]\.)")
"""What is before the capital is looked at behind it: so a text is searched in two thirds of the time."""
_WORD = re.compile(r"U\.[SK]\.|[^\W\d_]+")
_READ = 400
"""Characters of an excerpt that are looked at."""
_FROM_EXCERPT = 2
_MAIN_SHARE = 0.25


class Countries(NamedTuple):
    """The terms of the countries that an article, or a story, is about, and of others that it names."""

    main: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    @property
    def terms(self) -> list[str]:
        """Return the terms that are stored of an article."""
        if self == NOWHERE:  # as most are
            return []
        return [*sorted(f"{MARK}{_BESIDE}{code[1:]}" for code in self.others), *sorted(self.main)]


NOWHERE = Countries()


class Gazetteer:
    """Countries (ISO 3166-1 alpha-2) by the names that a language has for them and what is theirs."""

    def __init__(self, countries: Mapping[str, frozenset[str]]) -> None:
        self._countries = countries
        self._longest: dict[str, int] = {}
        for words in map(str.split, countries):
            self._longest[words[0]] = max(len(words), self._longest.get(words[0], 0))
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
        if self._longest.keys().isdisjoint(_CAPITALISED.findall(text)):
            return
        end = 0
        for first in _CAPITALISED.finditer(text):
            if first.start() >= end and first[0] in self._longest:
                name, end = self._find_longest(text, first)
                if name:
                    yield self._countries[name]

    def look_up(self, name: str) -> frozenset[str]:
        """Return the countries that a whole name may mean, none where no country has it."""
        return self._countries.get(name, frozenset())

    def _find_longest(self, text: str, first: re.Match[str]) -> tuple[str, int]:
        """Return the longest name that begins with a word, "" for none, and where what follows begins."""
        most = self._longest[first[0]]
        if most == 1:  # and so it is for nearly all
            return first[0], first.end()
        words = [*islice(_WORD.finditer(text, first.start()), most)]
        for count in range(len(words), 0, -1):
            name = " ".join(word[0] for word in words[:count])
            if name in self._countries:
                return name, words[count - 1].end()
        return "", first.end()


def find_countries(title: str, excerpt: str, language: str) -> Countries:
    """Return the countries that an article is about, with others that it names; none where it names none.

    It is about those of the title, else about the first ones of the excerpt.
    """
    gazetteer = Gazetteer.of(language)
    in_title, in_excerpt = [*gazetteer.find(title)], [*gazetteer.find(excerpt[:_READ])]
    if not in_title and not in_excerpt:
        return NOWHERE
    main = in_title or in_excerpt[:_FROM_EXCERPT]
    return _make_countries(chain.from_iterable(main), chain.from_iterable(in_excerpt))


def keep_countries(terms: Sequence[str]) -> Countries:
    """Return the countries of an article by its stored terms, of which they are the last ones."""
    codes = [term.removeprefix(MARK) for term in takewhile(_is_country, reversed(terms))]
    if not codes:
        return NOWHERE
    beside = [code.removeprefix(_BESIDE) for code in codes if code.startswith(_BESIDE)]
    return _make_countries((code for code in codes if not code.startswith(_BESIDE)), beside)


def find_main_countries(articles: Iterable[Countries]) -> Countries:
    """Return the countries that a good part of the articles are about of which any are known.

    With the others that as many of them name.
    """
    known = [countries for countries in articles if countries.main]
    if len({*known}) < 2:
        return known[0] if known else NOWHERE
    least = _MAIN_SHARE * len(known)
    main = Counter(chain.from_iterable(countries.main for countries in known))
    named = main + Counter(chain.from_iterable(countries.others for countries in known))
    found = frozenset(code for code, count in main.items() if count >= least)
    return _unite(
        Countries(found, frozenset(code for code, count in named.items() if count >= least) - found)
    )


def name_countries(countries: Iterable[str]) -> list[str]:
    """Return the English names of countries by their terms, in order."""
    names = _read_names()
    return sorted(names.get(code, code) for code in (country.removeprefix(MARK) for country in countries))


def are_elsewhere(a: Countries, b: Countries) -> bool:
    """Tell whether two sides are both about some country, and neither names one that the other is about."""
    return (
        bool(a.main and b.main)
        and a.main.isdisjoint(b.main)
        and a.main.isdisjoint(b.others)
        and b.main.isdisjoint(a.others)
    )


@cache
def _read_names() -> Mapping[str, str]:
    from countryinfo import all_countries  # noqa: PLC0415  # reads 255 files; most commands need none

    # Some share a code with the one that they are a part of, whose name is the better known.
    known = sorted(
        (country.info() for country in all_countries()), key=lambda facts: facts.get("population", 0)
    )
    return {facts["ISO"]["alpha2"]: facts["name"] for facts in known}


def _make_countries(main: Iterable[str], named: Iterable[str]) -> Countries:
    """Return countries by their codes: those that an article is about, and all that it names beside them."""
    found = frozenset(f"{MARK}{code}" for code in main)
    return _unite(Countries(found, frozenset(f"{MARK}{code}" for code in named) - found))


@cache
def _unite(countries: Countries) -> Countries:
    """Return always the same one of equal ones: of a window there are hundreds of thousands."""
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
