"""Precision and recall are estimated from answers as the books say."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

import pytest

from aggregator.model import AnswerKind, StoryQuestion, Stratum
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.story_decisions import answer_question
from aggregator.pipeline.story_truth.answers import read_answered
from aggregator.pipeline.story_truth.drawing import draw_questions
from aggregator.pipeline.story_truth.threshold_check import compare_with_answers
from aggregator.store import open_store, read_answers, read_questions, read_story_ids
from aggregator.stories.thresholds import Thresholds
from aggregator.stories.truth import AnsweredPair, estimate_truth, is_of_stories, name_stratum
from tests.builders import NOW, insert_articles
from tests.empty_store import put_empty_store
from tests.stories.subjects import START, article_on

SITE = {
    name_stratum(likeness, is_together=is_together): (pairs, share)
    for likeness, is_together, pairs, share in [
        (0.05, True, 200, 0.5),
        (0.3, True, 2_000, 0.85),
        (0.5, True, 3_000, 0.97),
        (0.9, True, 1_500, 1.0),
        (0.15, False, 20_000, 0.01),
        (0.3, False, 1_500, 0.3),
        (0.5, False, 100, 0.7),
    ]
}
"""How many pairs of each stratum a made-up site has, and which share of them belongs in one story."""
STRATA = [Stratum(topic="", drawn_at=NOW, name=name, pairs=pairs) for name, (pairs, _) in SITE.items()]


def answered(number, stratum, *, is_one, weight=1.0, providers=("a.example", "b.example")):
    """Return an answered question of a stratum."""
    question = StoryQuestion(
        article_id=f"a{number}", other_id=f"b{number}", topic="", drawn_at=NOW, stratum=stratum, weight=weight,
        likeness=0.3, is_together=is_of_stories(stratum), provider=providers[0], other_provider=providers[1],
    )  # fmt: skip
    return AnsweredPair(question, AnswerKind.SAME if is_one else AnswerKind.TOPIC)


def test_strata_are_weighed_by_their_pairs():
    """Of 100 pairs half are right, of 900 all: precision is .95, whatever was asked more often."""
    low, high = (name_stratum(likeness, is_together=True) for likeness in (0.3, 0.9))
    near = name_stratum(0.3, is_together=False)
    strata = [Stratum(topic="", drawn_at=NOW, name=name, pairs=pairs)
              for name, pairs in ((low, 100), (high, 900), (near, 100))]  # fmt: skip
    pairs = [
        *(answered(n, low, is_one=n < 10) for n in range(20)),
        *(answered(n, high, is_one=True) for n in range(20, 24)),
        *(answered(n, near, is_one=n < 25) for n in range(24, 34)),
    ]
    found = estimate_truth(pairs, strata)
    assert found.precision.value == pytest.approx(0.95)
    assert found.recall.value == pytest.approx(950 / 960)
    for estimate in (found.precision, found.recall):
        assert 0 <= estimate.low < estimate.value <= estimate.high <= 1
    assert found.mistakes == {("together", "topic"): 10, ("apart", "same"): 1}
    assert found.publishers == (("a.example", 34, 11), ("b.example", 34, 11))


def test_what_nobody_answered_is_unknown():
    """Without answers there are no figures; a stratum without any leaves its share open, and the interval wide."""
    assert estimate_truth([], STRATA).precision is None
    together = [name for name in SITE if is_of_stories(name)]
    few = [answered(n, together[1], is_one=True) for n in range(40)]
    found = estimate_truth(few, STRATA)
    assert found.recall is None
    assert found.precision.value == 1
    assert found.precision.low < 0.6
    assert estimate_truth([], []).strata == ()


@pytest.mark.parametrize("count", [30, 120])
def test_intervals_hold_the_truth(count):
    """Of a hundred made-up samples at least 88 intervals hold what is true of the site."""
    right = sum(pairs * share for name, (pairs, share) in SITE.items() if is_of_stories(name))
    precision = right / sum(pairs for name, (pairs, _) in SITE.items() if is_of_stories(name))
    recall = right / sum(pairs * share for pairs, share in SITE.values())
    chance, held = random.Random(count), Counter()
    for _ in range(100):
        pairs = []
        for place, (name, (size, share)) in enumerate(SITE.items()):
            asked = max(2, count * (1 + place % 2) // 10)
            pairs += [answered(f"{place}.{n}", name, is_one=chance.random() < share, weight=size / asked)
                      for n in range(asked)]  # fmt: skip
        found = estimate_truth(pairs, STRATA)
        held["precision"] += found.precision.low <= precision <= found.precision.high
        held["recall"] += found.recall.low <= recall <= found.recall.high
    assert min(held.values()) >= 88


def test_pairs_are_drawn_at_random_with_their_weights(tmp_path, defaults):
    """Weights add up to the pairs of each stratum, both sides are asked about, and no pair comes twice."""
    told = [article_on(n, n % 6, n * 20, n % 5, [n % 2, 2, 3 + n % 3, 4]) for n in range(40)]
    articles = [replace(one, quality=80) for one in told]
    with open_store(put_empty_store(tmp_path / "one.db")) as store:
        insert_articles(store, articles)
        StoryDesk().group(rules=defaults, store=store, now=START)
        drawn = draw_questions(
            store, Thresholds(), count=12, topic="", now=START + timedelta(days=1), chance=random.Random(1)
        )
        assert len({(one.article_id, one.other_id) for one in drawn}) == len(drawn) == 12
        assert {one.is_together for one in drawn} == {True, False}
        assert all(one.article_id < one.other_id for one in drawn)
        kept, strata = read_questions(store, since=START, topic="")
        assert {*kept} == {*drawn}
        sizes = {stratum.name: stratum.pairs for stratum in strata}
        weights = Counter()
        for one in drawn:
            weights[one.stratum] += one.weight
        assert dict(weights) == pytest.approx({name: sizes[name] for name in weights})
        assert (
            draw_questions(store, Thresholds(), count=9, topic="none", now=START, chance=random.Random(1))
            == ()
        )


def test_stories_are_compared_with_answers():
    """Each outcome is counted; answers about articles that are gone are told apart."""
    near, low = name_stratum(0.3, is_together=False), name_stratum(0.3, is_together=True)
    pairs = [
        answered(1, low, is_one=True, weight=6),
        answered(2, low, is_one=False, weight=2),
        answered(3, near, is_one=True, weight=4),
        answered(4, near, is_one=False, weight=9),
        answered(5, near, is_one=True),
    ]
    story_of = {
        "a1": "x",
        "b1": "x",
        "a2": "x",
        "b2": "x",
        "a3": "x",
        "b3": "y",
        "a4": "x",
        "b4": "y",
        "a5": "x",
    }
    fit = compare_with_answers(story_of, pairs)
    assert (fit.right, fit.joined_wrongly, fit.parted_wrongly, fit.gone) == (2, 1, 1, 1)
    assert (fit.precision, fit.recall, fit.f1) == pytest.approx((0.75, 0.6, 2 * 6 / 18))


def test_either_database_tells_the_same_truth(tmp_path, postgresql, defaults):
    """Questions, answers, what follows from them for stories, and the estimate of how often these are right."""
    articles = [article_on(n, n % 6, n * 20, n % 5, [n % 2, 2, 3 + n % 3, 4]) for n in range(40)]
    told = []
    for opened in (open_store(put_empty_store(tmp_path / "one.db")), postgresql.open_new_store()):
        with opened as store:
            insert_articles(store, [replace(one, quality=80) for one in articles])
            StoryDesk().group(rules=defaults, store=store, now=START)
            chance, now = random.Random(1), START + timedelta(days=1)
            drawn = draw_questions(store, Thresholds(), count=12, topic="", now=now, chance=chance)
            for question, kind in zip(drawn, cycle(AnswerKind), strict=False):
                pair = question.article_id, question.other_id
                answer_question(store, pair, kind, now=now, answered_by="ada")
            answered, strata, skipped = read_answered(store, since=START, topic="")
            stories = read_story_ids(store, [one.id for one in articles])
            truth = estimate_truth(answered, strata)
            told.append((drawn, answered, strata, skipped, stories, truth, read_answers(store)))
    assert truth.precision is not None
    assert told[0] == told[1]
