"""Pairs of articles drawn at random to be asked about, so that precision and recall can be estimated."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from aggregator.model import Member, StoryQuestion, Stratum, pair_of
from aggregator.pipeline.story_truth.answers import ASKED_DAYS, read_answered
from aggregator.store import Store, read_answers, save_questions, stream_shown_members
from aggregator.stories.comparison import Comparison
from aggregator.stories.thresholds import Thresholds
from aggregator.stories.truth import NEAR, is_of_stories, name_stratum
from aggregator.stories.vocabulary import Vocabulary

DRAWN_FROM = timedelta(days=7)
ANCHORS = 200
"""Articles whose pairs with all others are counted; so many of more articles stand for all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pair:
    one: Member
    other: Member
    likeness: float

    @property
    def key(self) -> tuple[str, str]:
        return pair_of(self.one.article_id, self.other.article_id)

    @property
    def is_together(self) -> bool:
        return self.one.story_id == self.other.story_id


def draw_questions(
    store: Store, thresholds: Thresholds, *, count: int, topic: str, now: datetime, chance: Random
) -> tuple[StoryQuestion, ...]:
    """Draw up to ``count`` pairs nobody answered yet, keep them as questions, and return them shuffled.

    They are of the published articles of a topic, "" for all, of the last days. Half of them are in one
    story, half near misses; of these sides, the stratum is next that has most pairs for the answers it has
    (by the root of its size: Bankier 1988), and of it each pair is as likely as any other.
    """
    vocabulary, members = Vocabulary(), tuple(stream_shown_members(store, now - DRAWN_FROM, topic=topic))
    anchors = members if len(members) <= ANCHORS else chance.sample(members, ANCHORS)
    strata = _list_pairs(anchors, members, vocabulary, thresholds.window_h)
    # Each pair is met from both of its articles where both are anchors.
    share = 2 * len(anchors) / max(1, len(members))
    sizes = {name: len(pairs) / share for name, pairs in strata.items()}
    known = {(answer.article_id, answer.other_id) for answer in read_answers(store)}
    answered = read_answered(store, since=now - timedelta(days=ASKED_DAYS), topic=topic).pairs
    asked = Counter(pair.question.stratum for pair in answered)
    drawn = _choose_pairs(strata, sizes, count, known=known, asked=asked, chance=chance)
    chosen = Counter(name for name, _ in drawn)
    questions = [_make_question(pair, name, topic, now, sizes[name] / chosen[name]) for name, pair in drawn]
    chance.shuffle(questions)
    if questions:
        counted = [Stratum(topic=topic, drawn_at=now, name=name, pairs=size) for name, size in sizes.items()]
        save_questions(store, questions, counted)
    return tuple(questions)


def _list_pairs(
    anchors: Iterable[Member], members: Sequence[Member], vocabulary: Vocabulary, window_h: float
) -> dict[str, list[_Pair]]:
    """Return by stratum the pairs of anchors with any article: those in one story, and near misses."""
    vectors = [vocabulary.pack(member.vector) for member in members]
    mates = defaultdict[str, list[int]](list)
    for place, member in enumerate(members):
        mates[member.story_id].append(place)
    window, found = timedelta(hours=window_h), defaultdict[str, list[_Pair]](list)
    for anchor in anchors:
        products = Comparison.of(vocabulary.pack(anchor.vector)).measure(vectors)
        near = [place for place, likeness in enumerate(products) if likeness >= NEAR]
        for place in sorted({*near, *mates[anchor.story_id]}):
            pair = _Pair(one=anchor, other=members[place], likeness=products[place])
            gap = abs(pair.other.published_at - anchor.published_at)
            if pair.other.article_id != anchor.article_id and (pair.is_together or gap <= window):
                found[name_stratum(pair.likeness, is_together=pair.is_together)].append(pair)
    return found


def _choose_pairs(
    strata: Mapping[str, list[_Pair]],
    sizes: Mapping[str, float],
    count: int,
    *,
    known: Collection[tuple[str, str]],
    asked: Mapping[str, int],
    chance: Random,
) -> list[tuple[str, _Pair]]:
    counts, left, seen = Counter(asked), {}, set(known)
    for name, pairs in sorted(strata.items()):
        left[name] = chance.sample(pairs, len(pairs))
    chosen: list[tuple[str, _Pair]] = []
    is_together = True
    while len(chosen) < count and any(left.values()):
        names = [name for name, pairs in left.items() if pairs and is_of_stories(name) is is_together]
        is_together = not is_together
        if not names:
            continue
        name = max(names, key=lambda name: math.sqrt(sizes[name]) / (counts[name] + 1))
        pair = left[name].pop()
        if pair.key not in seen:
            seen.add(pair.key)
            counts[name] += 1
            chosen.append((name, pair))
    return chosen


def _make_question(pair: _Pair, stratum: str, topic: str, now: datetime, weight: float) -> StoryQuestion:
    one, other = sorted((pair.one, pair.other), key=lambda member: member.article_id)
    return StoryQuestion(
        article_id=one.article_id,
        other_id=other.article_id,
        topic=topic,
        drawn_at=now,
        stratum=stratum,
        weight=weight,
        likeness=round(pair.likeness, 4),
        is_together=pair.is_together,
        provider=one.provider,
        other_provider=other.provider,
    )
