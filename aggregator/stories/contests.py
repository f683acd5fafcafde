"""Who meets whom, as titles have it: "Norland v Sudland", "Norland 2-1 Sudland".

Two meetings are two events, however alike they are told: two matches of one cup, two rivals of one team.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import product

from aggregator.stories.places import MARK, Gazetteer

CONTEST = "=v"
"""What the term of a title with two sides begins with: "=vman utd|@FR", words in lower case or countries."""
# "v." is of courts, and two figures behind a colon are of clocks.
_SCORE = r"\d{1,3}[-–]\d{1,3}|\d{1,2}:\d"
_BETWEEN = re.compile(rf" (?:[vV]|[vV][sS]\.?|{_SCORE}) (?=[A-ZÀ-Þ])")
_BETWEEN_WITHOUT_V = re.compile(rf" (?:[vV][sS]\.?|{_SCORE}) (?=[A-ZÀ-Þ])")
_V_IS_IN = frozenset({"cs", "sk", "sl"})
"""Languages in which "v" is a word of its own: "in"."""
_NAME = r"[A-ZÀ-Þ][\w&'’.-]*(?: [A-ZÀ-Þ][\w&'’.-]*){0,2}"
_BEFORE, _BEHIND = re.compile(rf"(?<!\S){_NAME}(?<!['’]s)$"), re.compile(_NAME)
_END = ".'’-"
_HOME_NATIONS = frozenset({"England", "Scotland", "Wales"})
"""Countries of one, which meet others each on its own."""


def find_contest(title: str, language: str) -> Iterator[str]:
    """Yield the term of the two sides that a title tells of; most tell of none."""
    between = (_BETWEEN_WITHOUT_V if language in _V_IS_IN else _BETWEEN).search(title)
    if between is None:
        return
    before, behind = _BEFORE.search(title, 0, between.start()), _BEHIND.match(title, between.end())
    if before and behind:
        words, others = before[0].split(), behind[0].split()
        left = _name_side([words[at:] for at in range(len(words))], language)
        right = _name_side([others[: len(others) - at] for at in range(len(others))], language)
        yield f"{CONTEST}{left}|{right}"


def are_other_contests(some: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether some terms of series have contests, others have, too, and none of these is the same."""
    mine = [_read_sides(term) for term in some if term.startswith(CONTEST)]
    theirs = [_read_sides(term) for term in others if term.startswith(CONTEST)] if mine else ()
    return bool(theirs) and not any(_may_be_same(one, other) for one, other in product(mine, theirs))


def _name_side(names: Iterable[list[str]], language: str) -> str:
    """Return a side by the longest of its names that a country has, else by the words of the first."""
    spelled = [" ".join(words).rstrip(_END).removesuffix("'s").removesuffix("’s") for words in names]
    for name in spelled:
        countries = Gazetteer.of(language).look_up(name)
        if countries:
            nation = f" {name.lower()}" if name in _HOME_NATIONS else ""
            return f"{MARK}{'+'.join(sorted(countries))}{nation}"
    return spelled[0].lower()


def _read_sides(term: str) -> tuple[str, str]:
    left, _, right = term.removeprefix(CONTEST).partition("|")
    return left, right


def _may_be_same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Tell whether two contests may be one under other names: no country is another, nor are all words."""
    return any(
        not any(map(_are_other_countries, one, sides)) and not all(map(_are_other_words, one, sides))
        for sides in (other, other[::-1])
    )


def _are_other_countries(one: str, other: str) -> bool:
    if not one[0] == other[0] == MARK:
        return False
    (codes, _, nation), (its_codes, _, its_nation) = one.partition(" "), other.partition(" ")
    return nation != its_nation or {*codes[1:].split("+")}.isdisjoint(its_codes[1:].split("+"))


def _are_other_words(one: str, other: str) -> bool:
    if MARK in {one[0], other[0]}:  # a country has many names
        return False
    return not any(
        word.startswith(its) or its.startswith(word) for word, its in product(one.split(), other.split())
    )
