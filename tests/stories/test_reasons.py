"""What is said of why articles are together, and stories are not."""

import itertools
import random
from collections import Counter
from datetime import timedelta

import pytest

from aggregator.model import AnswerKind
from aggregator.pipeline.stored_stories import make_story
from aggregator.stories.comparison import Comparison
from aggregator.stories.decisions import Decisions
from aggregator.stories.grouper import Grouper
from aggregator.stories.likeness import dot
from aggregator.stories.merging import find_obstacle
from aggregator.stories.reasons import StoredStory, explain_distance, explain_pair, find_nearest
from aggregator.stories.thresholds import Thresholds
from tests.builders import NOW, member, newcomer, story
from tests.profiles import repeat
from tests.stories.answers import said

FIRE = {"kestrelholm": 0.7, "batteri": 0.5, "fire": 0.4, "84": 0.3, "batteri plant": 0.2}
COURT = {"brightpath": 0.8, "verdict": 0.6}
WORDS = [
    f"{begin}{end}"
    for begin in ("batter", "kestrel", "inspect", "dock", "verd", "vaccin", "rock", "merg")
    for end in ("holm", "arium", "ova", "ick")
]


def told(number, vector, *, hours=0.0, provider="alba.example", terms=()):
    """Return an article of a story."""
    return member(
        f"id-{number}", "s", turn=number, vector=vector, provider=provider, terms=terms,
        published_at=NOW + timedelta(hours=hours),
    )  # fmt: skip


def stored(members, *, has_excerpt=True):
    """Return a story of these articles."""
    total = Counter()
    for one in members:
        total.update(one.vector)
    return StoredStory.of(story(total=total, has_excerpt=has_excerpt), members)


def explain(some, others, decisions=None):
    """Return why two stories are not one."""
    return explain_distance(stored(some), stored(others), Thresholds(), decisions or Decisions())


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
        (told(2, COURT), "likeness 0.00 is below 0.32"),
        (told(2, FIRE, hours=80), "80 h lie between them, at most 72 are allowed"),
        (told(2, {**FIRE, "84": 0.0}, hours=70), "counts 0.3"),
        (
            told(2, {**{k: v for k, v in FIRE.items() if k != "84"}, "85": 0.3}),
            "another number of the same series",
        ),
        (told(2, FIRE, provider="b.example"), "would do, but they share one idea only, or few words,"),
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


@pytest.mark.parametrize(
    ("here", "there", "told_of"),
    [
        (
            ("fire", "@DE"),
            ("fire", "@US"),
            "likeness 0.68 counts 0.30 (cohesion 0.92, their countries differ (Germany; United States))",
        ),
        (("fire", "@FR", "@DE"), ("@GB",), "their countries differ (France, Germany; United Kingdom)"),
        (("fire", "@DE"), ("fire", "@DE", "@US"), "one idea only"),
        (("fire", "@DE"), ("fire", "@+DE", "@US"), "one idea only"),
        (("fire", "@+FR", "@DE"), ("fire", "@+FR", "@US"), "(Germany; United States)"),
        (("fire", "@DE"), ("fire",), "one idea only"),
    ],
)
def test_countries_that_differ_are_told(here, there, told_of):
    """Where that is what keeps two stories apart, by names that a reader knows."""
    one, two = {"fire": 0.82, "hall": 0.57}, {"fire": 0.83, "port": 0.56}
    reason = explain([told(1, one, terms=here)], [told(2, two, provider="b.example", terms=there)])
    assert told_of in reason


@pytest.mark.parametrize("has_excerpt", [True, False])
@pytest.mark.parametrize("seed", range(repeat(3, large=30)))
def test_what_is_told_is_what_grouping_does(seed, has_excerpt):
    """Of a story in memory and of the same in the store the same holds, whichever two are compared."""
    grouper, chance, now = Grouper(), random.Random(seed), NOW
    kept, found = {}, set()
    for number in range(150):
        words = " ".join(chance.sample(WORDS, 9))
        places = chance.choice(("", " in Germany", " in Kenya", " in Japan"))
        now += timedelta(minutes=chance.randrange(90))
        excerpt = chance.choice((words[20:], words[20:], None))
        placed = grouper.place(newcomer(number, words[:20] + places, excerpt, published_at=now))
        kept[placed.member.id] = member(
            placed.member.id, published_at=now, turn=placed.member.turn, terms=placed.terms,
            vector=placed.member.vector, provider=placed.member.provider,
        )  # fmt: skip
    stories = [*grouper.index.stories.values()]
    for one, other in itertools.combinations(stories, 2):
        sides = [
            StoredStory.of(make_story(side, None), [kept[id_] for id_ in side.ids]) for side in (one, other)
        ]
        product = Comparison.of(one.packed).measure([other.packed])[0]
        obstacle = find_obstacle(one, other, product, Thresholds(), has_excerpt=has_excerpt)
        assert obstacle is find_obstacle(
            *sides, dot(sides[0].total, sides[1].total), Thresholds(), has_excerpt=has_excerpt
        )
        found.add(obstacle)
    assert len(found) >= 3
