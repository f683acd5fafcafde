"""Editions of a publisher's series, which are stories of their own however alike they are."""

from datetime import timedelta

import pytest

from aggregator.pipeline.grouping import StoryDesk
from aggregator.store import open_store, read_stories_since
from aggregator.stories.decisions import Decisions
from aggregator.stories.editions import APART_H, keep_series
from aggregator.stories.grouper import Grouper
from aggregator.stories.reasons import StoredStory, explain_distance
from aggregator.stories.terms import extract_terms
from aggregator.stories.thresholds import Thresholds
from tests.builders import article, insert_articles, member, newcomer, provider, story
from tests.empty_store import put_empty_store

START = newcomer(0).published_at
BLOG = "Ferry strike and harbour fever: the islands wake up"


def group_titles(*rows, excerpt="Ferry crews and the harbour board of the islands met again over pay."):
    """Return the sizes of the stories of titles, each with its publisher and hour, in their order."""
    grouper = Grouper()
    for number, (publisher, hour, title) in enumerate(rows):
        at = START + timedelta(hours=hour, minutes=-number)
        grouper.place(newcomer(number, title, excerpt, at=at, provider=f"{publisher}.example"))
    sizes = {one.id: story.size for story in grouper.index.stories.values() for one in story.members}
    return [sizes[f"id-{number}"] for number in range(len(rows))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (BLOG, BLOG),
        ("Harbour board meets ferry crews", "Again the ferry crews meet the harbour board"),
        ("Live updates: ferry crews meet harbour board", "Live updates: harbour board meets ferry crews again"),
        ("Watch live: ferry crews meet harbour board", "Harbour board meets ferry crews over pay - live"),
        ("Photos: ferry crews on the harbour wall", "Photos - harbour wall and ferry crews by night"),
        ("Gallery: ferry crews on the harbour wall", "Harbour wall and ferry crews in pictures"),
        ("Harbour board and ferry crews: updates", "Live: ferry crews meet harbour board"),
        ("Fährstreik und Hafenfieber: so erwachen die Inseln", "Fährstreik und Hafenfieber: so erwachen die Inseln"),
    ],
)  # fmt: skip
def test_editions_of_two_days_are_two_stories(one, other):
    """The same words in the title, or the same label that tells an article's kind."""
    assert group_titles(("alba", 0, one), ("alba", APART_H + 1, other)) == [1, 1]
    assert group_titles(("alba", 0, one), ("alba", 1, other)) == [2, 2], "the same article once more"
    assert group_titles(("alba", 0, one), ("borealis", APART_H + 1, other)) == [2, 2], "another publisher"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Two new cases of islands fever in Norland", "Islands fever: Five more cases, no deaths in Norland"),
        ("Zwei neue Fälle von Inselfieber in Nordland", "Nordland meldet 1.300 Fälle, Inselfieber breitet sich aus"),
    ],
)  # fmt: skip
def test_counts_of_two_days_are_two_stories(one, other):
    """In figures or in words, whatever else has changed a little."""
    told = "Ferries wait." if one.isascii() else "Die Fähren der Inseln warten und die Ärzte sind müde."
    pair = {
        hours: group_titles(("alba", 0, one), ("alba", hours, other), excerpt=told)
        for hours in (1, APART_H + 1)
    }
    assert pair == {1: [2, 2], APART_H + 1: [1, 1]}
    elsewhere = group_titles(("alba", 0, one), ("borealis", APART_H + 1, other), excerpt=told)
    assert elsewhere == [2, 2], "of another publisher"


@pytest.mark.parametrize(
    "other",
    [
        "Harbour fire: 250 ferry passengers spent the night in a school",
        "Ferry passengers rescued from harbour fire are home",
        "Three arrested over harbour fire",
    ],
)
def test_follow_ups_of_a_count_stay_in_its_story(other):
    """What has the same number, none, or says something else."""
    one = "250 ferry passengers rescued from harbour fire by two boats"
    excerpt = "The harbour fire broke out on the ferry Kestrel Vale off Tarnbeck quay."
    assert group_titles(("alba", 0, one), ("alba", APART_H + 1, other), excerpt=excerpt) == [2, 2]


@pytest.mark.parametrize(
    ("one", "other", "sizes"),
    [
        ("No new cases of islands fever in Norland", "No new cases of islands fever in Norland as ferries wait", [1, 1]),
        ("Two new cases of islands fever in Norland", "Two more islands fever cases in Norland, ferries wait", [1, 1]),
        ("Two new cases of fever in Norland", "Three new cases of fever linked to a choir of the islands", [1, 1]),
        ("9,200 new cases of islands fever in Norland", "9,200 more islands fever cases in Norland, ferries wait", [2, 2]),
        ("Two-week curfew for islands fever in Norland", "Two-week islands fever curfew in Norland, ferries wait", [2, 2]),
    ],
)  # fmt: skip
def test_a_small_count_that_is_the_same_is_another_days(one, other, sizes):
    """Not so a large one, which hardly comes twice, nor what counts nothing."""
    rows = ("alba", 0, one), ("alba", APART_H + 1, other)
    assert group_titles(*rows, excerpt="Ferries wait.") == sizes


def test_news_of_two_days_stays_one_story():
    """A label that names the subject makes no series."""
    one, other = (
        "Ferry strike: crews meet harbour board",
        "Ferry strike: harbour board and crews agree on pay",
    )
    assert group_titles(("alba", 0, one), ("alba", APART_H + 1, other)) == [2, 2]


def test_no_merger_brings_editions_together():
    """Whatever is near both of their stories."""
    rows = (
        ("alba", 0, BLOG),
        ("alba", APART_H + 1, BLOG),
        *((by, APART_H, BLOG) for by in ("borealis", "corona")),
    )
    assert group_titles(*rows) == [1, 3, 3, 3]


def test_editions_are_the_same_to_a_process_that_takes_up(tmp_path, defaults):
    """What an article may be an edition of is stored with it, and counted as no word of it."""
    found = []
    for is_killed in (False, True):
        with open_store(put_empty_store(tmp_path / f"{is_killed}.db")) as store:
            desk = StoryDesk()
            for number, hour in enumerate((0, 1, APART_H + 2, 2 * APART_H + 4)):
                desk = StoryDesk() if is_killed else desk
                made = article(
                    number,
                    title=BLOG,
                    provider=provider(domain="alba.example"),
                    published_at=START + timedelta(hours=hour),
                )
                insert_articles(store, [made])
                desk.group(rules=defaults, store=store, now=START + timedelta(days=2))
            _, members = read_stories_since(store, START - timedelta(days=30))
        found.append([(one.article_id, one.story_id, one.terms, dict(one.vector)) for one in members])
    assert found[0] == found[1]
    assert len({story_id for _, story_id, *_ in found[0]}) == 3
    assert all(len(keep_series(terms)) == 1 for *_, terms, _ in found[0])


def test_why_editions_are_apart_is_told():
    """In ``stories show``, unless they are the same article once more."""
    reasons = [
        explain_distance(
            *(
                StoredStory.of(story(), [member(id_, terms=("=3fa9c0de", "ferri"), published_at=at)])
                for id_, at in (("id-1", START), ("id-2", START + timedelta(hours=hours)))
            ),
            Thresholds(),
            Decisions(),
        )
        for hours in (1, APART_H)
    ]
    assert ["edition" in reason for reason in reasons] == [False, True]


def test_a_label_that_tells_no_kind_is_of_no_series():
    """Titles of few words are of none at all."""
    assert (
        extract_terms("Ferry: strike", None, "en").series
        == extract_terms("Strike of ferry", None, "en").series
    )
    assert extract_terms("Ferry", None, "en").series == ()
    assert len(extract_terms("Live updates: ferry strike", None, "en").series) == 3
    assert len(extract_terms("Ferry strike: harbour live", None, "en").series) == 2
