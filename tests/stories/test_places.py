"""Which countries an article is about, and what it means that two are about others."""

import pytest

from aggregator.stories.grouper import Grouper
from aggregator.stories.places import (
    Gazetteer,
    are_elsewhere,
    find_countries,
    find_main_countries,
    keep_countries,
    name_countries,
)
from aggregator.stories.terms import extract_terms
from tests.builders import newcomer


@pytest.mark.parametrize(
    ("title", "excerpt", "language", "countries"),
    [
        ("UK, Italy and the US", "", "en", ["GB", "IT", "US"]),
        ("French schools reopen", "In Germany they do not.", "en", ["FR"]),
        ("Schools reopen", "In Lisbon and Porto, unlike in Sydney or Brazil.", "en", ["AU", "PT"]),
        ("New Mexico and New South Wales", "", "en", ["AU", "US"]),
        ("Join us, turkey lovers", "", "en", []),
        ("U.S. debates, U.K. waits", "", "en", ["GB", "US"]),
        ("Georgia votes", "", "en", ["GE", "US"]),
        ("Frankreich wählt", "", "de", ["FR"]),
        ("España vota", "", "es", ["ES"]),
        ("中国とドイツ", "", "ja", ["CN", "DE"]),
        ("", "", "xx", []),
    ],
)
def test_countries_of_an_article(title, excerpt, language, countries):
    """Those of the title, else the first two of the excerpt: by countries, people, regions and cities."""
    assert find_countries(title, excerpt, language) == {f"@{code}" for code in countries}


def test_countries_are_kept_as_terms():
    """What is stored of an article's terms says which countries it is about."""
    terms = extract_terms("Schools reopen in Spain", "Children in Italy wait.", "en")
    assert keep_countries(terms.distinct) == terms.countries == {"@ES"}
    assert keep_countries(("school", "reopen")) == frozenset()


def test_main_countries_of_a_story():
    """A country that few of its articles are about is none of the story's."""
    articles = [{"@NZ"}, set(), {"@NZ", "@AU"}, {"@NZ"}, {"@NZ"}, {"@NZ"}]
    assert find_main_countries(map(frozenset, articles)) == {"@NZ"}
    assert find_main_countries([frozenset(), frozenset()]) == frozenset()


def test_countries_have_names():
    """Those that a reader knows, in their order, whichever country a text may tell of."""
    assert name_countries({"@US", "@GB", "@DE"}) == ["Germany", "United Kingdom", "United States"]
    found = {
        code for name in Gazetteer.of("en").find("Dubai, Congo, Prague, Hongkong and Gaza") for code in name
    }
    assert len(name_countries(f"@{code}" for code in found)) == len(found) >= 5


@pytest.mark.parametrize(
    ("a", "b", "are"),
    [({"@NZ"}, {"@AU"}, True), ({"@NZ"}, {"@AU", "@NZ"}, False), ({"@NZ"}, set(), False), ((), (), False)],
)
def test_elsewhere(a, b, are):
    """Only where both sides name a country, and none that is the same."""
    assert are_elsewhere(frozenset(a), frozenset(b)) is are


@pytest.mark.parametrize(
    ("first", "second", "stories"),
    [
        ("England reopens its schools in phases", "California reopens beaches, parks, gyms and schools", 2),
        ("England reopens its schools in phases", "Minister reopens beaches, parks, gyms and schools", 1),
        ("England reopens its schools in phases", "British minister reopens parks, gyms and schools", 1),
        ("Cases in Spain reach a million today", "Million more cases in the US announced", 2),
    ],
)
def test_the_same_elsewhere_is_another_story(first, second, stories):
    """Where only some of the words agree, what happens in two countries is two stories."""
    grouper = Grouper()
    countries = ("Chile", "Kenya", "Norway", "Japan", "Ghana", "Peru", "England", "California", "Spain")
    for number, country in enumerate(countries * 2):
        grouper.place(newcomer(number, f"{country} counts votes of district{number}"))
    placed = [grouper.place(newcomer(number, title)) for number, title in ((90, first), (91, second))]
    assert len({one.story.id for one in placed}) == stories
