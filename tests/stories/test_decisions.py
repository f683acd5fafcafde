"""What people decide on pairs of articles is followed at once, and for good."""

from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.model import AnswerKind
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.story_decisions import answer_question, enforce_decisions
from aggregator.store import open_store, read_answers, read_members, read_story_ids, save_answer
from aggregator.stories.decisions import Decisions
from tests.builders import insert_articles
from tests.empty_store import put_empty_store
from tests.integration.story_desk import DAWN, NewsDesk, opened_desk, told_by
from tests.profiles import FIXTURES_SHARED, repeat
from tests.stories.answers import said
from tests.stories.invariants import broken_invariants
from tests.stories.subjects import START, article_on

PAPERS = ("alba", "borealis", "corona", "dorado")
SAME, FOLLOW, TOPIC, DIFFERENT, SKIP = AnswerKind


def answer_about(store, one, two, kind, **changes):
    """Answer about two articles."""
    return answer_question(store, (one.id, two.id), kind, **{"now": DAWN, "answered_by": "ada", **changes})


def stories_of(store, *articles):
    """Return the ids of the articles' stories."""
    found = read_story_ids(store, [one.id for one in articles])
    return [found[one.id] for one in articles]


@pytest.fixture
def desk(tmp_path):
    """A desk that publishes."""
    with opened_desk(tmp_path) as made:
        yield made


def test_the_newest_of_contradicting_answers_holds():
    """One that newer ones contradict, by themselves or taken together, is not followed."""
    decided = Decisions([said("a", "b", SAME, 1), said("b", "c", SAME, 2), said("a", "c", DIFFERENT, 3)])
    assert decided.find_group("c") == {"b", "c"}
    assert decided.are_apart(["a"], ["b"])
    decided = Decisions([said("a", "c", DIFFERENT, 1), said("a", "b", SAME, 2), said("b", "c", FOLLOW, 3)])
    assert decided.find_group("a") == {"a", "b", "c"}
    assert not decided.are_apart(["a"], ["c"])
    assert not Decisions([said("a", "b", SKIP, 1)]).articles


def test_a_parted_article_is_never_joined_again(desk):
    """It has a story of its own at once, in the feed, too, and what comes later brings both together no more."""
    told = [told_by(paper, "fire", DAWN) for paper in PAPERS[:3]]
    desk.take(told, DAWN)
    assert len(set(stories_of(desk.store, *told))) == 1
    answer_about(desk.store, told[0], told[2], DIFFERENT)
    parted = stories_of(desk.store, *told)
    assert len(set(parted)) == 2
    assert parted[0] != parted[2]
    desk.take([], DAWN + timedelta(minutes=1))
    assert set(parted) <= set(desk.stories_shown)
    later = [told_by(paper, "fire", DAWN + timedelta(hours=1)) for paper in PAPERS]
    for number, one in enumerate(later):
        if number == 2:
            desk.restart()
        desk.take([one], DAWN + timedelta(hours=1, minutes=number))
        now_in = stories_of(desk.store, *told)
        assert now_in[0] != now_in[2]
    assert broken_invariants(desk.store) == []


def test_what_belongs_together_is_brought_together(desk):
    """Two stories become one, whose feed item has both articles, and the id of the one leads to the other."""
    fire, strike = told_by("alba", "fire", DAWN), told_by("borealis", "strike", DAWN)
    desk.take([fire, strike], DAWN)
    one, two = stories_of(desk.store, fire, strike)
    assert one != two
    answer_about(desk.store, fire, strike, FOLLOW)
    desk.take([], DAWN + timedelta(minutes=1))
    assert len(set(stories_of(desk.store, fire, strike))) == 1
    assert len(desk.stories_shown) == 1
    assert broken_invariants(desk.store) == []


def test_an_answer_is_kept_with_who_gave_it_and_when(desk):
    """The same said again changes nothing; another answer takes its place."""
    fire, strike = told_by("alba", "fire", DAWN), told_by("borealis", "strike", DAWN)
    desk.take([fire, strike], DAWN)
    answer_about(desk.store, fire, strike, SAME)
    merged = stories_of(desk.store, fire, strike)
    answer_about(desk.store, strike, fire, SAME, now=DAWN + timedelta(days=1), answered_by="bob")
    (kept,) = read_answers(desk.store)
    assert (kept.kind, kept.answered_by, kept.answered_at) == (SAME, "ada", DAWN)
    assert stories_of(desk.store, fire, strike) == merged
    answer_about(desk.store, strike, fire, TOPIC, now=DAWN + timedelta(days=1), answered_by="bob")
    (kept,) = read_answers(desk.store)
    assert (kept.kind, kept.answered_by) == (TOPIC, "bob")
    assert len(set(stories_of(desk.store, fire, strike))) == 2


def test_an_answer_before_grouping_is_followed_by_it(desk):
    """Two articles that have no story yet are placed as was decided."""
    fire, strike = told_by("alba", "fire", DAWN), told_by("borealis", "strike", DAWN)
    again = told_by("corona", "fire", DAWN)
    insert_articles(desk.store, [fire, strike, again])
    answer_about(desk.store, fire, strike, SAME)
    answer_about(desk.store, fire, again, DIFFERENT)
    desk.take([], DAWN)
    one, two, three = stories_of(desk.store, fire, strike, again)
    assert one == two != three


def test_an_answer_that_moves_nothing_leaves_the_stories_in_memory(desk):
    """A desk that runs learns of it without reading its window again, and follows it."""
    fire, again = told_by("alba", "fire", DAWN), told_by("borealis", "fire", DAWN)
    strike = told_by("corona", "strike", DAWN)
    desk.take([fire, strike], DAWN)
    grouper = desk.stories._grouper
    answer_about(desk.store, fire, strike, DIFFERENT)
    desk.take([again], DAWN)
    assert desk.stories._grouper is grouper
    assert grouper.decisions.articles == {fire.id, strike.id}
    assert broken_invariants(desk.store) == []


def test_a_decision_that_nobody_followed_yet_is_followed_at_the_next_start(tmp_path):
    """Who answered was killed before stories were put right."""
    desk = NewsDesk(tmp_path)
    told = [told_by(paper, "fire", DAWN) for paper in PAPERS[:2]]
    desk.take(told, DAWN)
    save_answer(desk.store, [one.id for one in told], DIFFERENT, now=DAWN, answered_by="ada")
    assert len(set(stories_of(desk.store, *told))) == 1
    desk.restart()
    desk.take([told_by("corona", "strike", DAWN)], DAWN)
    assert len(set(stories_of(desk.store, *told))) == 2
    desk.store.close()


ANSWERS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11), st.sampled_from(AnswerKind)), min_size=1, max_size=12
)


@settings(max_examples=repeat(6, large=200), suppress_health_check=FIXTURES_SHARED)
@given(answers=ANSWERS, fresh=st.integers(0, 12))
@example(answers=[(1, 3, TOPIC), (0, 1, SAME)], fresh=3)
def test_whatever_is_answered_stories_stay_whole(tmp_path, defaults, answers, fresh):
    """Between and after any answers, every decision that is followed holds, also where a process was killed."""
    articles = [article_on(n, n % 3, n * 30, n % 4, [0, 1, 2, 3, n % 6]) for n in range(12)]
    with open_store(put_empty_store(tmp_path / f"{len(list(tmp_path.iterdir()))}.db")) as store:
        insert_articles(store, articles[:fresh])
        desk = StoryDesk()
        desk.group(rules=defaults, store=store, now=START)
        for number, (one, two, kind) in enumerate(answers):
            if one == two:
                continue
            answer_about(store, articles[one], articles[two], kind)
            assert broken_invariants(store) == []
            insert_articles(store, articles[fresh + number : fresh + number + 1])
            (StoryDesk() if number % 2 else desk).group(rules=defaults, store=store, now=START)
            assert broken_invariants(store) == []
            story_of = read_story_ids(store, [article.id for article in articles])
            assert Decisions(read_answers(store)).find_broken(story_of) is None
            members = read_members(store, set(story_of.values()))
            assert {m.article_id: id_ for id_, all_ in members.items() for m in all_} == story_of
        assert enforce_decisions(store, now=START) == 0
