"""Who meets whom by titles: two meetings are two stories however alike they are."""

from datetime import timedelta

import pytest

from aggregator.stories.contests import are_other_contests, find_contest
from aggregator.stories.decisions import Decisions
from aggregator.stories.editions import APART_H
from aggregator.stories.grouper import Grouper
from aggregator.stories.reasons import StoredStory, explain_distance
from aggregator.stories.terms import extract_terms
from aggregator.stories.thresholds import Thresholds
from tests.builders import member, newcomer, story

EXCERPT = "The quarter-final of the rugby World Cup is on Saturday in Marseille: kick-off, teams, referee, television."


@pytest.mark.parametrize(
    ("title", "language", "found"),
    [
        ("Wales v Argentina: Biggar fit", "en", ["=v@GB wales|@AR"]),
        ("Rugby World Cup: New Zealand vs. South Africa live", "en", ["=v@NZ|@ZA"]),
        ("How to watch Springboks vs France", "en", ["=vspringboks|@FR"]),
        ("Man Utd 2-1 Arsenal: late winner", "en", ["=vman utd|arsenal"]),
        ("Deutschland 2:1 Frankreich: Spätes Tor", "de", ["=v@DE|@FR"]),
        ("Argentina's 1-0 World Cup win", "en", []),
        ("The Court in Roe v. Wade", "en", []),
        ("The Hill's 12:30 Report", "en", []),
        ("Mayor v harbour board", "en", []),
        ("Požár v Praze", "cs", []),
        ("Ferries wait in Norland", "en", []),
    ],
)
def test_sides_are_read_from_titles(title, language, found):
    """Countries by whatever name, others by their words; most titles have none."""
    assert list(find_contest(title, language)) == found
    assert [term for term in extract_terms(title, None, language).series if term[:2] == "=v"] == found


@pytest.mark.parametrize(
    ("one", "other", "are_other"),
    [
        ("Wales v Argentina", "England v Fiji", True),
        ("France v South Africa", "Australia v South Africa", True),
        ("England v Fiji", "Wales v Fiji", True),
        ("Arsenal v Chelsea", "Liverpool v Everton", True),
        ("Arsenal v Chelsea", "Chelsea 0-2 Arsenal", False),
        ("Spurs v Man City", "Manchester City 1-0 Tottenham", False),
        ("Ireland v All Blacks", "Ireland v New Zealand", False),
        ("IND v PAK", "India vs Pakistan", False),
        ("US v Mexico", "Mexico 0-0 USA", False),
        ("Wales v Argentina", "Argentina beat Wales", False),
    ],
)
def test_contests_are_other_ones_where_no_name_may_be_the_same(one, other, are_other):
    """A side that is known by other words may be the same, a country that is another one never."""
    terms = [extract_terms(title, None, "en").series for title in (one, other)]
    assert are_other_contests(*terms) is are_other
    assert are_other_contests(*reversed(terms)) is are_other


def test_one_contest_in_common_is_enough():
    """What tells of a whole day has several."""
    assert not are_other_contests(["=v@FR|@ZA", "=v@GB england|@FJ"], ["=v@FJ|@GB england", "=v@IE|@NZ"])


def group_titles(*rows):
    """Return the sizes of the stories of titles, each with its publisher and hour, in their order."""
    grouper = Grouper()
    for number, (publisher, hour, title) in enumerate(rows):
        at = newcomer(0).published_at + timedelta(hours=hour)
        grouper.place(newcomer(number, title, EXCERPT, at=at, provider=f"{publisher}.example"))
    sizes = {one.id: story.size for story in grouper.index.stories.values() for one in story.members}
    return [sizes[f"id-{number}"] for number in range(len(rows))]


@pytest.mark.parametrize("hour", [0, APART_H + 1])
def test_two_matches_of_a_cup_are_two_stories(hour):
    """Of one publisher or of two, and no merger brings them together; each keeps all that is told of it."""
    wales, england = (
        f"{sides} in the World Cup quarter-final" for sides in ("Wales v Argentina", "England v Fiji")
    )
    rows = (
        ("alba", 0, wales), ("alba", 0, england), ("borealis", hour, wales), ("borealis", hour, england),
        ("corona", hour, "How to watch Fiji vs England in the World Cup quarter-final"),
    )  # fmt: skip
    assert group_titles(*rows) == [2, 3, 2, 3, 3]


def test_a_publisher_tells_of_one_match_on_two_days():
    """The same two sides are no series."""
    rows = ("alba", 0, "Wales v Argentina: teams"), ("alba", APART_H + 1, "Wales 17-29 Argentina: late try")
    assert group_titles(*rows) == [2, 2]


def test_why_contests_are_apart_is_told():
    """In ``stories show``."""
    sides = (
        StoredStory.of(story(), [member(id_, terms=(contest, "rugbi"))])
        for id_, contest in (("id-1", "=v@GB wales|@AR"), ("id-2", "=v@GB england|@FJ"))
    )
    assert "other sides" in explain_distance(*sides, Thresholds(), Decisions())
