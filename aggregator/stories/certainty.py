"""How certain it is that an article belongs to a story that it is like enough to join.

Articles are alike for other reasons than one event, which likeness alone does not show: few words are shared,
and those of their titles are not among them, other stories are as near, much time lies between them, or one
of them asks, offers or advises.
"""

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from aggregator.stories.kinds import has_kind
from aggregator.stories.open_story import GroupedArticle
from aggregator.stories.placement import ComparedArticle, RankedStory
from aggregator.stories.vocabulary import FIRST_PAIR, read_keys, read_weights

WORDS, TITLES, TIME, AGE, ALONE = 1.1, 1.2, 0.2, 0.15, 0.5
"""What the logarithm of each weighs beside that of a story's score.

Round numbers near those of a logistic regression on joins that were read (``tests.benchmarks.joins``), words
and rivals counting for more: so fewer joins were wrong that it had not seen. ``AGE`` was chosen by that
alone.
"""
HALF_DAY_H = 12
"""So many hours from a story's middle double what its age counts."""
NO_TITLE = 0.1
"""What is added to the share of the titles' words, so that none shared leaves something."""
NO_NEWS = 0.4
"""What certainty is multiplied with where an article, or the one nearest to it, is no plain news."""
LEAST, ON_SUBJECT = 0.57, 0.22
"""From this certainty on an article joins; and where it is on a subject that fills the stream.

What such articles share weighs little.
"""
OF_TITLES, WITH_TITLE = 0.18, 0.3
"""The same where both sides have only titles, which share few words; and where one side has."""


class Join(NamedTuple):
    """What is known of an article and of a story that it may join.

    ``words`` are how many words both have, ``titles`` what share of the words in its title the other has
    among its heaviest terms, of the article and of the story's article nearest to it, on average and by
    weight, ``apart_h`` the hours between these two as they count at the stream's pace, ``age_h`` those
    between the article and the middle of a story that has several (0 for one alone), ``near_share`` the
    story's share of the scores of all that are near the article; ``is_news`` tells whether the titles of
    these two are of no kind (see ``kinds``).
    """

    score: float
    words: int
    titles: float
    apart_h: float
    age_h: float
    near_share: float
    is_news: bool


def rate_certainty(join: Join) -> float:
    """Return how certain it is that the story is the article's own, from 0 on."""
    alike = join.score * math.pow(join.words, WORDS) * math.pow(NO_TITLE + join.titles, TITLES)
    passed = math.pow(1 + join.apart_h, TIME) * math.pow(1 + join.age_h / HALF_DAY_H, AGE)
    certainty = alike * math.pow(join.near_share, ALONE) / passed
    return certainty if join.is_news else NO_NEWS * certainty


def get_least(article: ComparedArticle, near: RankedStory) -> float:
    """Return how certain it has to be that an article belongs to a story near it."""
    if article.has_excerpt != near.story.has_excerpt:
        return WITH_TITLE
    if not article.has_excerpt:
        return OF_TITLES
    return ON_SUBJECT if article.is_on_subject else LEAST


def measure_join(article: ComparedArticle, near: RankedStory, ranked: Iterable[RankedStory]) -> Join:
    """Return what is known of an article and a story near it, one of those ``ranked``."""
    member, nearest = article.member, _find_nearest(article, near.story.members)
    return Join(
        score=near.score,
        words=near.words,
        titles=_compare_titles(member, nearest),
        apart_h=article.pace * abs(member.at_h - nearest.at_h),
        age_h=article.pace * abs(member.at_h - near.story.middle_h) if near.story.size > 1 else 0.0,
        near_share=near.score and near.score / sum(one.score for one in ranked),
        is_news=not (has_kind(member.series) or has_kind(nearest.series)),
    )


def _find_nearest(article: ComparedArticle, members: Sequence[GroupedArticle]) -> GroupedArticle:
    if len(members) == 1:  # as in most stories
        return members[0]
    products = article.compared.measure([one.packed for one in members])
    return members[max(range(len(members)), key=products.__getitem__)]


def _compare_titles(one: GroupedArticle, other: GroupedArticle) -> float:
    """Return what share of the words in either's title the other has, by weight and on average."""
    weights, its = (read_weights(article.packed) for article in (one, other))
    return (_measure_told(one.title, weights, its) + _measure_told(other.title, its, weights)) / 2


def _measure_told(title: bytes, weights: Mapping[int, int], others: Container[int]) -> float:
    """Return what share of a title's words is among other terms, by what they weigh; 0 where it has none.

    All words of its article count as its title's where that has none, or is not known.
    """
    keys = read_keys(title) or [key for key in weights if key < FIRST_PAIR]
    known = [(key, weights[key]) for key in keys if key in weights]
    told = sum(weight for key, weight in known if key in others)
    return told / max(1, sum(weight for _, weight in known))
