"""Pages of a format, which are found by their titles and belong to no story of others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import AnswerKind
from aggregator.pipeline.grouping import StoryDesk
from aggregator.store import open_store, read_stories_since
from aggregator.stories.dates import Calendar
from aggregator.stories.decisions import Decisions
from aggregator.stories.formats import DATED, PAGE, find_formats, is_page, keep_formats
from aggregator.stories.grouper import Grouper
from aggregator.stories.reasons import StoredStory, explain_distance
from aggregator.stories.terms import extract_terms
from aggregator.stories.thresholds import Thresholds
from tests.builders import insert_articles, member, newcomer, story
from tests.empty_store import put_empty_store
from tests.stories.answers import said
from tests.stories.subjects import START, article_on

TALKS = "Ferry crews and harbour board resume talks"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Evening Harbour - April 28, 2020"),
        ("en", "Evening Harbour (28 April 2020) | Kanal Nine"),
        ("en", "Cartoons of the week, April 28, 2020"),
        ("en", "Tuesday, April 28, 2020: what the islands read"),
        ("de", "Tageshoroskop für alle Zeichen: Dienstag, 28. April 2020"),
        ("es", "Sorteo de la tarde | 28 de abril de 2020"),
        ("ja", "あさのニュース【2020年4月28日】"),
    ],
)
def test_a_full_date_that_stands_apart_makes_a_page(language, title):
    """With its year, in brackets or parted from the rest at the beginning or end."""
    formats = find_formats(title, Calendar.of(language))
    assert is_page(formats, {}, 9)
    assert not is_page(formats, {DATED: 9}, 9), "most of its publisher's titles have one"


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Your stars for Monday, May 4", "Your stars for Tuesday, May 5"),
        ("en", "Ferries, bees, a lost crown: Your Monday Digest", "Strikes, snow: Your Tuesday Digest"),
        ("en", "Sunday's transfer talk: Otters eye keeper", "Monday's transfer talk: Badgers sell winger"),
        ("de", "Das Kreuzworträtsel vom 4. Mai", "Das Kreuzworträtsel vom 5. Mai"),
        ("es", "Farmacias de guardia hoy, 4 de mayo", "Farmacias de guardia hoy, 5 de mayo"),
        ("ja", "きょうの運勢 5月4日", "きょうの運勢 5月5日"),
    ],
)  # fmt: skip
def test_a_shape_that_recurs_makes_a_page(language, one, other):
    """The same words in the same order but for the day, in the title or in its first or last part."""
    first, second = (find_formats(title, Calendar.of(language)) for title in (one, other))
    assert DATED not in (*first, *second)
    assert is_page(second, dict.fromkeys(first, 1), 9)
    assert not is_page(first, dict.fromkeys(first, 1), 9)
    assert not is_page(second, dict.fromkeys(first, 9), 9), "most of its publisher's titles have that shape"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Schools reopen on June 1", "Schools stay shut until June 8"),
        ("Isle counts 12 new cases on Monday", "Isle counts 19 new cases on Tuesday"),
        ("Live: Monday", "Live: Tuesday"),
        ("Bakery reopens on Tuesday, April 28, 2020", "Bakery reopens after fire on Friday"),
    ],
)
def test_days_alone_make_no_page(one, other):
    """Neither a day in running text, nor a shape of one word, nor counts that differ."""
    first, second = (find_formats(title, Calendar.of("en")) for title in (one, other))
    assert not is_page(first, {}, 9)
    assert not is_page(second, dict.fromkeys(first, 1), 9)


def test_formats_are_kept_as_terms():
    """What is stored of an article's terms has those of formats, beside its countries."""
    terms = extract_terms("Spain in brief: May 4", "More on Spain", "en")
    assert keep_formats(terms.distinct) == terms.formats != ()
    assert terms.countries.main == {"@ES"}
    assert keep_formats(("spain", "@ES")) == keep_formats(()) == ()


def place(*rows, excerpt=TALKS, language=None, decisions=None):
    """Place articles (publisher, title), some hours one after the other; return how many are in a story each."""
    grouper = Grouper()
    grouper.decisions = decisions or Decisions()
    for number in range(20):
        grouper.place(newcomer(number, f"Council{number} approves{number} tramline{number}", "Of no matter."))
    for number, (publisher, title) in enumerate(rows, start=20):
        at = START + timedelta(hours=3 * number)
        known = {"provider": f"{publisher}.example", "language": language}
        grouper.place(newcomer(number, title, excerpt, at=at, **known))
    sizes = {one.id: story.size for story in grouper.index.stories.values() for one in story.members}
    return [sizes[f"id-{number}"] for number in range(20, 20 + len(rows))]


def test_a_page_joins_no_story_and_none_joins_it():
    """Whatever its words are, from its first issue on where the date stands apart in its title."""
    page = "Ferry crews and harbour board (4 May 2026)"
    assert place(("alba", TALKS), ("borealis", page), ("corona", TALKS), ("alba", page)) == [2, 1, 2, 1]


def test_a_publisher_that_dates_most_of_its_titles_has_stories():
    """What it always writes is its habit, whether at the end or with its name."""
    for habit in ("| 4 May 2026", "- Daily Alba, May {day}"):
        dated = [
            ("alba", f"Thing{day} happens{day} somewhere{day} {habit.format(day=day)}")
            for day in range(1, 30)
        ]
        told = ("alba", f"{TALKS} {habit.format(day=30)}")
        assert place(*dated, told, ("borealis", TALKS), excerpt=None)[-2:] == [2, 2]


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ("Your stars for Tuesday, April 28", "Puzzles, Tuesday, April 28", "Seen on April 28, 1970")),
        ("de", ("Sterne für Dienstag, 28. April", "Rätsel, Dienstag, 28. April", "Damals am 28. April")),
        (
            "es",
            ("Sorteo del martes, 28 de abril", "Cine del martes, 28 de abril", "Farmacias el 28 de abril"),
        ),
        ("ja", ("きょうの運勢 4月28日", "番組表 4月28日", "クイズ 4月28日(火)")),
    ],
)
def test_a_day_brings_no_publishers_together(language, titles):
    """What several publishers bring out on one day has only the day in common."""
    rows = [(f"paper{number}", title) for number, title in enumerate(titles)]
    assert place(*rows, excerpt=None, language=language) == [1, 1, 1]


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        (
            "en",
            ("Queen Ingrid will address the isles on April 5", "Queen Ingrid to address isles on April 5"),
        ),
        ("en", ("Harbour fever toll passes 60,000", "Harbour fever: toll passes 61,000")),
        ("en", ("Ferry strike to end on Monday", "Ferry strike ends on Monday")),
        ("de", ("Fährstreik vor Föhr soll am 5. April enden", "Fährstreik vor Föhr endet am 5. April")),
    ],
)
def test_news_with_a_day_or_a_number_is_one_story(language, titles):
    """A day in running text and a count that grows make no page."""
    rows = [(f"paper{number}", title) for number, title in enumerate((*titles, "Moth returns on April 5"))]
    assert place(*rows, excerpt=None, language=language) == [2, 2, 1]


def test_the_second_issue_tells_that_the_first_was_one():
    """It leaves the story that it had joined, or that had joined it, and nothing joins it any more."""
    first, second = (("alba", f"Ferry crews and harbour board on May {day}") for day in (4, 5))
    others = [(by, TALKS) for by in ("borealis", "corona")]
    assert place(first, *others) == [3, 3, 3]
    assert place(first, *others, second) == [1, 2, 2, 1]
    assert place(first, second, *others) == [1, 1, 2, 2]
    assert place(first, first, second, others[0]) == [2, 2, 1, 1]
    assert place(first, ("borealis", second[1])) == [2, 2]
    decided = Decisions([said("id-20", "id-21", AnswerKind.SAME, 1)])
    assert place(first, *others, second, decisions=decided) == [3, 3, 3, 1]


def test_pages_are_the_same_to_a_process_that_takes_up(tmp_path, defaults):
    """Which titles came before, and which articles are pages, is found in the store."""
    titles = [
        "Dockers walkout diary, May 4",
        "Dockers call walkout at port",
        "Dockers walkout diary, May 5",
        "Dockers diary, 6 May 2026",
    ]
    found = []
    for is_killed in (False, True):
        with open_store(put_empty_store(tmp_path / f"{is_killed}.db")) as store:
            desk = StoryDesk()
            for number, title in enumerate([*titles, "Dockers walkout diary, May 6", titles[1], titles[3]]):
                desk = StoryDesk() if is_killed else desk
                made = article_on(number, 2, 60 * number, 0 if "May" in title else number, [3, 4])
                insert_articles(store, [replace(made, title=title)])
                desk.group(rules=defaults, store=store, now=START)
            _, members = read_stories_since(store, START - timedelta(days=30))
        found.append([(one.article_id, one.story_id, one.terms) for one in members])
    assert found[0] == found[1]
    assert [PAGE in terms for *_, terms in found[0]] == [False, False, True, True, True, False, True]
    stories = [story_id for _, story_id, _ in found[0]]
    assert len(set(stories)) == 6
    assert stories[1] == stories[5] == found[0][0][0], "the first issue left the story that it had begun"


def stored(*members):
    """Return a story of these articles."""
    return StoredStory.of(story(), members)


def test_why_a_page_is_no_part_of_a_story_is_told():
    """Before its likeness and the time between, which play no part."""
    page, other = member("id-1", terms=("ferri", PAGE)), member("id-2", terms=("ferri",))
    for pair in ((page, other), (other, page)):
        reason = explain_distance(*map(stored, pair), Thresholds(), Decisions())
        assert reason.startswith("a page of a format")
    both = explain_distance(stored(page, other), stored(other), Thresholds(), Decisions())
    assert not both.startswith("a page of a format")
