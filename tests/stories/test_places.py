"""Which countries an article is about, and what it means that two are about others."""

import pytest

from aggregator.stories.grouper import Grouper
from aggregator.stories.places import (
    NOWHERE,
    Countries,
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
    assert find_countries(title, excerpt, language).main == {f"@{code}" for code in countries}


def about(main, others=""):
    """Return countries by their codes."""
    return Countries(*(frozenset(f"@{code}" for code in codes.split()) for codes in (main, others)))


@pytest.mark.parametrize(
    ("title", "excerpt", "countries"),
    [
        ("French schools reopen", "In Germany and France they did before.", about("FR", "DE")),
        ("Schools reopen", "In Lisbon and Porto, unlike in Sydney or Brazil.", about("PT AU", "BR")),
        ("Schools reopen", "They were shut for a year.", NOWHERE),
    ],
)
def test_countries_that_are_named_besides(title, excerpt, countries):
    """All others of the excerpt."""
    assert find_countries(title, excerpt, "en") == countries


def test_countries_are_kept_as_terms():
    """What is stored of an article's terms says which countries it is about."""
    terms = extract_terms("Schools reopen in Spain", "Children in Italy wait.", "en")
    assert keep_countries(terms.distinct) == terms.countries == about("ES", "IT")
    assert keep_countries(("school", "reopen")) == keep_countries(()) == NOWHERE
    assert keep_countries(("school", "@DE", "@ES")) == about("DE ES")


def test_main_countries_of_a_story():
    """A country that few of its articles are about, or name, is none of the story's."""
    articles = [about("NZ", "FJ"), NOWHERE, about("NZ AU"), about("NZ", "AU TO"), about("NZ"), about("NZ")]
    assert find_main_countries(articles) == about("NZ", "AU")
    assert find_main_countries([NOWHERE, NOWHERE]) == NOWHERE


def test_countries_have_names():
    """Those that a reader knows, in their order, whichever country a text may tell of."""
    assert name_countries({"@US", "@GB", "@DE"}) == ["Germany", "United Kingdom", "United States"]
    found = {
        code for name in Gazetteer.of("en").find("Dubai, Congo, Prague, Hongkong and Gaza") for code in name
    }
    assert len(name_countries(f"@{code}" for code in found)) == len(found) >= 5


@pytest.mark.parametrize(
    ("a", "b", "are"),
    [
        (about("NZ"), about("AU"), True),
        (about("NZ", "FJ"), about("AU", "FJ"), True),
        (about("NZ"), about("AU", "NZ"), False),
        (about("NZ", "AU"), about("AU"), False),
        (about("NZ"), about("AU NZ"), False),
        (about("NZ"), NOWHERE, False),
        (NOWHERE, NOWHERE, False),
    ],
)
def test_elsewhere(a, b, are):
    """Only where both sides are about a country, and neither names one of the other's."""
    assert are_elsewhere(a, b) is are is are_elsewhere(b, a)


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


@pytest.mark.parametrize(("airline", "stories"), [("The German airline", 1), ("The airline", 2)])
def test_an_event_between_two_countries_is_one_story(airline, stories):
    """Titles that are about another country each tell one event where an excerpt names that of the other."""
    grouper = Grouper()
    for number, country in enumerate(("Chile", "Kenya", "Norway", "Japan", "Ghana", "Germany", "Italy") * 3):
        grouper.place(newcomer(number, f"{country} counts votes", f"District{number} was the last one."))
    first = f"{airline} Blauwind was eager to carry tourists again, who saw the island from above."
    second = "Blauwind was about to land on the island when its tower told pilots to turn."
    one = newcomer(90, "Flight to Italy resumes only to find airport closed", first)
    other = newcomer(91, "German flight turns around as airport is closed", second, provider="b.example")
    assert len({grouper.place(article).story.id for article in (one, other)}) == stories
