"""What an article is alike to, and does not belong to."""

import itertools
import math
from datetime import UTC, datetime

import pytest

from aggregator.model import AnswerKind
from aggregator.stories import Thresholds
from aggregator.stories.certainty import LEAST, Join, rate_certainty
from aggregator.stories.decisions import Decisions
from aggregator.stories.grouper import Grouper
from aggregator.stories.merging import find_obstacle
from aggregator.stories.open_story import GroupedArticle, OpenStory
from aggregator.stories.vocabulary import Vocabulary
from tests.builders import newcomer
from tests.stories.answers import said

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PLAIN = Join(score=0.3, main_share=0.4, near_share=0.5, return_h=0.0, size=1)


@pytest.mark.parametrize(
    ("change", "times"),
    [
        ({"score": 0.6}, 2.0),
        ({"main_share": 0.1}, 8.0),
        ({"near_share": 1.0}, 2**0.7),
        ({"return_h": 24.0}, math.exp(-0.8)),
        ({"return_h": 48.0}, math.exp(-1.6)),
        ({"return_h": 700.0}, math.exp(-1.6)),
        ({"size": 32}, 2.0),
    ],
)
def test_certainty_goes_with_what_speaks_for_a_join(change, times):
    """Likeness of many words, nothing else near, the publisher's own article of the same hour, a large story."""
    assert rate_certainty(PLAIN._replace(**change)) == pytest.approx(times * rate_certainty(PLAIN))


def test_what_one_word_is_owed_to_joins_only_where_nothing_else_is_near():
    """A likeness just enough for joining is not enough among many others."""
    alone = Join(score=Thresholds().join_excerpt, main_share=0.55, near_share=1.0, return_h=0.0, size=1)
    assert rate_certainty(alone) >= LEAST > rate_certainty(alone._replace(near_share=0.4))


OPENING = (
    "Ottokar Brandis opens tannery in Tarnbeck",
    "The governor cut a ribbon at the new leather works before four hundred dyers.",
)
OTHERS = [
    ("Tarnbeck bakers cheer Ottokar Brandis over flour", "Rye and oats were the subject of a breakfast."),
    ("Tarnbeck ferry scandal denied by Ottokar Brandis", "An engine fault was hidden for months."),
    ("Tarnbeck orchestra gala hears Ottokar Brandis sing", "The first woman conductor bowed twice."),
    ("Tarnbeck cricket team praised by Ottokar Brandis", "Rain had delayed the final day."),
]
JEERED = (
    "Governor Brandis jeered on a walk through Tarnbeck",
    "Angry students blocked the market square over fees, and riders drove them back to the campus gates by noon.",
)


@pytest.mark.parametrize(("others", "size"), [(0, 3), (len(OTHERS), 1)])
def test_what_is_near_many_stories_joins_none(others, size):
    """Who a person and where a place is bring together once, not where all else is of both."""
    grouper, ids = Grouper(), [f"id-{number}" for number in range(others + 1)]
    pairs = enumerate(itertools.combinations(ids, 2))
    grouper.decisions = Decisions(said(*pair, AnswerKind.TOPIC, turn) for turn, pair in pairs)
    for number, texts in enumerate((OPENING, *OTHERS[:others], OPENING, JEERED)):
        last = grouper.place(newcomer(number, *texts, at=NOON))
    assert last.story.size == size


def test_a_title_alone_merges_with_less_only_beside_titles():
    """What titles need to be one is not enough where one story has an excerpt, and still less where both have."""
    limits = Thresholds()
    needed = [
        limits.get_merging(has_excerpt=has_excerpt, with_excerpt=with_excerpt)
        for has_excerpt, with_excerpt in ((False, 0), (False, 1), (False, 2), (True, 2))
    ]
    assert needed[0] == (limits.merge, limits.merge_spread)
    assert needed[-1] == (limits.merge_excerpt, limits.merge_spread_excerpt)
    assert all(
        low < high for less, more in itertools.pairwise(needed) for low, high in zip(less, more, strict=True)
    )


@pytest.mark.parametrize(("excerpts", "is_one"), [(False, True), (True, False)])
def test_a_title_alone_merges_stories_with_excerpts_that_are_more_alike(excerpts, is_one):
    """Stories of titles are one where stories with excerpts that are as much alike are two."""
    vocabulary = Vocabulary()
    vectors = [{"tannery": 0.5, "quay": 0.866}, {"tannery": 0.5, "gala": 0.866}]
    one, other = (
        OpenStory.of(
            str(n),
            [GroupedArticle(str(n), vocabulary.pack(vector), 0.0, str(n), 50, n, vocabulary)],
            has_excerpt=excerpts,
            turn=n,
        )
        for n, vector in enumerate(vectors)
    )
    found = find_obstacle(one, other, 0.25, Thresholds(), has_excerpt=False)
    assert (found is None) is is_one
