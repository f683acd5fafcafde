"""What is said of why articles are together, and stories are not."""

from datetime import timedelta

import pytest

from aggregator.model import AnswerKind
from aggregator.stories.decisions import Decisions
from aggregator.stories.reasons import explain_distance, explain_pair, find_nearest
from aggregator.stories.thresholds import Thresholds
from tests.builders import NOW, member
from tests.stories.answers import said

FIRE = {"kestrelholm": 0.7, "batteri": 0.5, "fire": 0.4, "84": 0.3, "batteri plant": 0.2}
COURT = {"brightpath": 0.8, "verdict": 0.6}


def told(number, vector, *, hours=0.0, provider="alba.example"):
    """Return an article of a story."""
    return member(
        f"id-{number}", "s", turn=number, vector=vector, provider=provider,
        published_at=NOW + timedelta(hours=hours),
    )  # fmt: skip


def explain(some, others, decisions=None, *, has_excerpt=True):
    """Return why two stories are not one."""
    return explain_distance(some, others, Thresholds(), decisions or Decisions(), has_excerpt=has_excerpt)


def test_what_two_articles_share_is_told_in_words():
    """Names by the capitals of running text, other words as they are written, numbers, and the time between."""
    texts = ("Batteries burn", "Crews in Kestrelholm fight a Fire at 84 halls. Batteries of the plant burn.")
    ground = explain_pair(told(1, FIRE), told(2, FIRE, hours=3), texts)
    assert ground.names == ("Kestrelholm", "Fire")
    assert ground.terms == ("batteries", "plant")
    assert (ground.numbers, ground.apart_h) == (("84",), 3)
    assert ground.likeness == pytest.approx(1.03)
    nothing = explain_pair(told(1, FIRE), told(2, COURT), texts)
    assert (nothing.names, nothing.terms, nothing.numbers, nothing.likeness) == ((), (), (), 0)


def test_capitals_of_a_title_in_title_case_make_no_name():
    """Where most words have one, it tells nothing; neither does the beginning of a sentence."""
    texts = ("Crews Fight Kestrelholm Fire", "It burns. Kestrelholm waits.")
    assert explain_pair(told(1, FIRE), told(2, FIRE), texts).names == ()


def test_the_first_word_of_a_sentence_is_a_name_beside_one():
    """A person's first name begins many a title, and its family name tells that it is one."""
    texts = ("Harrison Ford strayed onto a runway", "Agency looks at Ford after a flight on a runway")
    vector = {"harrison": 0.6, "ford": 0.6, "runway": 0.5}
    ground = explain_pair(told(1, vector), told(2, vector), texts)
    assert (ground.names, ground.terms) == (("Ford", "Harrison"), ("runway",))


def test_the_nearest_is_the_most_alike():
    """Of equals the one that was placed first."""
    first, second, court = told(1, FIRE), told(2, FIRE), told(3, COURT)
    assert find_nearest(told(4, FIRE), [court, second, first]) is first


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (told(2, COURT), "likeness 0.00 is below 0.34"),
        (told(2, FIRE, hours=80), "80 h lie between them, at most 72 are allowed"),
        (told(2, {**FIRE, "84": 0.0}, hours=70), "counts 0.3"),
        (
            told(2, {**{k: v for k, v in FIRE.items() if k != "84"}, "85": 0.3}),
            "another number of the same series",
        ),
        (told(2, FIRE, provider="b.example"), "would do, but they share one idea only, or nothing"),
    ],
)
def test_what_keeps_two_stories_apart_is_told(other, reason):
    """Likeness, time, a series, or what is left of likeness after some time."""
    assert reason in explain([told(1, FIRE)], [other])


def test_a_decision_and_cohesion_are_told():
    """A decision comes before all else; stories whose articles are unlike each other have no cohesion."""
    decided = Decisions([said("id-1", "id-2", AnswerKind.TOPIC, 1)])
    assert explain([told(1, FIRE)], [told(2, FIRE)], decided) == "it was decided so"
    mixed = [told(n, {"death": 0.36, f"place{n}": 0.93}) for n in range(3, 9)]
    others = [told(n, {"death": 0.36, f"place{n}": 0.93}) for n in range(9, 15)]
    assert "no cohesion: their articles are 0.13 alike on average" in explain(mixed, others)
