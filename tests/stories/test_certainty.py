"""What an article is alike to, and does not belong to."""

import itertools
from datetime import UTC, datetime

import pytest

from aggregator.model import AnswerKind
from aggregator.stories import Thresholds
from aggregator.stories.certainty import (
    LEAST,
    OF_TITLES,
    ON_SUBJECT,
    WITH_TITLE,
    Join,
    get_least,
    measure_join,
    rate_certainty,
)
from aggregator.stories.comparison import Comparison
from aggregator.stories.decisions import Decisions
from aggregator.stories.grouper import Grouper
from aggregator.stories.joining import rate_trust
from aggregator.stories.kinds import GUIDE, OFFER, QUESTION
from aggregator.stories.merging import find_obstacle
from aggregator.stories.open_story import GroupedArticle, OpenStory
from aggregator.stories.placement import ComparedArticle, RankedStory
from aggregator.stories.rarity import CountedArticle, Rarity
from aggregator.stories.vocabulary import Vocabulary
from tests.builders import newcomer
from tests.stories.answers import said

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PLAIN = Join(score=0.3, words=4, titles=0.4, apart_h=2.0, age_h=12.0, near_share=0.5, is_news=True)


@pytest.mark.parametrize(
    ("change", "times"),
    [
        ({"score": 0.6}, 2.0),
        ({"words": 8}, 2**1.1),
        ({"titles": 0.9}, 2**1.2),
        ({"titles": 0.0}, 0.2**1.2),
        ({"apart_h": 5.0}, 2**-0.2),
        ({"age_h": 36.0}, 2**-0.15),
        ({"near_share": 1.0}, 2**0.5),
        ({"is_news": False}, 0.4),
    ],
)
def test_certainty_goes_with_what_speaks_for_a_join(change, times):
    """Likeness, many words, those of titles above all, the same day and hour, no rival, plain news."""
    assert rate_certainty(PLAIN._replace(**change)) == pytest.approx(times * rate_certainty(PLAIN))


def make_article(number, vector, title, vocabulary, *, at_h=0.0, series=()):
    """Return an article with that vector, of which some words are its title's."""
    packed, keys = vocabulary.pack(vector), vocabulary.pack_keys(title)
    return GroupedArticle(
        str(number), packed, at_h, str(number), 50, number, vocabulary, series=series, title=keys
    )


def measure(article, *members, pace=1.0):
    """Return what is known of an article and the story of others, the only one that is near."""
    story = OpenStory.of("1", members, has_excerpt=True, turn=9)
    known = ComparedArticle(
        article, Comparison.of(article.packed), has_excerpt=True, is_on_subject=False, pace=pace
    )
    overlaps = known.compared.find_overlaps([story.packed])
    near = RankedStory(0.3, 0.3, story, overlaps.terms[0], overlaps.words[0])
    return measure_join(known, near, [near])


FIRE, BLAZE = (
    {"mill": 0.8, "fire": 0.4, "quay": 0.4, "mill fire": 0.2},
    {"mill": 0.6, "blaze": 0.6, "fire": 0.5},
)


def test_titles_are_compared_with_the_nearest_article():
    """By what each word weighs in its own article; one that either tells anywhere is told by both."""
    vocabulary = Vocabulary()
    article = make_article(9, FIRE, ("mill", "quay"), vocabulary, at_h=5.0)
    far = make_article(1, {"mill": 0.3, "gala": 0.9}, ("gala",), vocabulary, at_h=4.0)
    near = make_article(2, BLAZE, ("blaze", "fire"), vocabulary)
    join = measure(article, far, near)
    assert join.titles == pytest.approx((0.8 / 1.2 + 0.5 / 1.1) / 2, abs=1e-3)
    assert (join.words, join.apart_h, join.age_h, join.near_share) == (2, 5.0, 3.0, 1.0)


def test_all_words_are_those_of_a_title_that_is_not_known():
    """So it is with what was grouped before titles were kept; pairs of words count for none."""
    vocabulary = Vocabulary()
    join = measure(make_article(9, FIRE, (), vocabulary), make_article(1, BLAZE, ("gala",), vocabulary))
    assert join.titles == pytest.approx((1.2 / 1.6 + 0) / 2, abs=1e-3)


def test_a_story_of_one_article_has_no_age():
    """What lies between it and another one counts once."""
    vocabulary = Vocabulary()
    article, other = (make_article(n, FIRE, ("mill",), vocabulary, at_h=30.0 * n) for n in (1, 0))
    join = measure(article, other)
    assert (join.apart_h, join.age_h) == (30.0, 0.0)


KINDS = [
    ((), ("=3fa9c0de",), True),
    ((GUIDE,), (), False),
    ((), (OFFER,), False),
    ((GUIDE,), (GUIDE,), False),
]


@pytest.mark.parametrize(("mine", "its", "is_news"), KINDS)
def test_an_article_and_the_nearest_one_are_to_be_plain_news(mine, its, is_news):
    """Either may ask, offer or advise; and hours count at the stream's pace."""
    vocabulary = Vocabulary()
    article = make_article(9, FIRE, ("mill",), vocabulary, at_h=6.0, series=mine)
    far = make_article(1, {"mill": 0.3, "gala": 0.9}, ("gala",), vocabulary, series=(QUESTION,))
    join = measure(article, far, make_article(2, BLAZE, ("blaze",), vocabulary, series=its), pace=0.5)
    assert (join.is_news, join.apart_h, join.age_h) == (is_news, 3.0, 3.0)


def test_time_counts_from_the_middle_of_a_story():
    """A story that was fed on and on is far from what it began with, however near its last article is."""
    vocabulary, limits = Vocabulary(), Thresholds(fading=0.6, window_h=72)
    members = [make_article(n, FIRE, (), vocabulary, at_h=at_h) for n, at_h in enumerate((0, 0, 0, 48))]
    article = make_article(9, FIRE, (), vocabulary, at_h=48.0)
    fed, late = (
        rate_trust(OpenStory.of("1", of, has_excerpt=True, turn=9), article, 4, limits, pace=1.0)
        for of in (members, members[-1:])
    )
    assert fed / late == pytest.approx(1 - 0.6 * 36 / 72, abs=1e-3)


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
    "Angry dyers blocked the market square over fees, and riders drove them back to the campus gates by noon.",
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


NEAR_STORY = [
    (True, True, False, LEAST),
    (True, False, False, WITH_TITLE),
    (False, True, False, WITH_TITLE),
    (False, False, False, OF_TITLES),
    (True, True, True, ON_SUBJECT),
    (True, False, True, WITH_TITLE),
]


@pytest.mark.parametrize(("has_excerpt", "with_excerpt", "is_on_subject", "least"), NEAR_STORY)
def test_less_is_asked_of_titles_and_on_a_subject_that_fills_the_stream(
    has_excerpt, with_excerpt, is_on_subject, least
):
    """Either side without an excerpt shares few words; on such a subject they weigh little."""
    vocabulary = Vocabulary()
    member = make_article(9, FIRE, ("mill",), vocabulary)
    story = OpenStory.of("1", [member], has_excerpt=with_excerpt, turn=9)
    compared = Comparison.of(member.packed)
    article = ComparedArticle(
        member, compared, has_excerpt=has_excerpt, is_on_subject=is_on_subject, pace=1.0
    )
    assert get_least(article, RankedStory(0.3, 0.3, story, (), 0)) == least


def test_what_counts_for_nothing_is_not_certain():
    """A publisher's return can be made to count for nothing, and joins nothing then."""
    grouper = Grouper(Thresholds(own=0.0))
    placed = [grouper.place(newcomer(number, *OPENING, provider="alba.example")) for number in range(3)]
    assert len({one.story.id for one in placed}) == 3


@pytest.mark.parametrize(("language", "fills"), [("en", True), ("gl", False)])
def test_a_fifth_of_all_articles_makes_a_subject_fill_the_stream(language, fills):
    """Not where nobody counted the language's words: those that say nothing would be taken for one."""
    rarity = Rarity(72)
    for number in range(500):
        subject = "fever" if number % 5 == 0 else "quay"
        terms = (subject, "harbour") if number % 6 == 0 else (subject,)
        rarity.count(CountedArticle(number / 100, str(number), terms, language, "alba.example"))
    assert rarity.fills_stream(("fever",), language) is fills
    assert not rarity.fills_stream(("harbour",), language)


QUEST = (
    "Norvane Quest released for the Kestrel console",
    "The sailing game came out on Tuesday after two delays, with four islands to explore.",
)
QUEST_TOO = (
    "Norvane Quest is in shops at last",
    "Traders of Brack had waited for the sailing game since spring, and pirates of Stell with them.",
)


@pytest.mark.parametrize(("an_hour", "size"), [(0, 2), (60, 1)])
def test_a_day_is_longer_in_a_fast_stream(an_hour, size):
    """What is told a day later joins where little else came meanwhile."""
    grouper = Grouper()
    grouper.place(newcomer(0, *QUEST))
    for number in range(24 * an_hour):
        grouper.place(newcomer(number, f"Zorvan{number} brell{number}", f"Stelt{number} harn{number}"))
    assert grouper.place(newcomer(24 * 60, *QUEST_TOO)).story.size == size
