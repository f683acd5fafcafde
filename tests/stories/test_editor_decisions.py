"""Stories follow what editors decide on them, whenever articles come and whoever groups them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import AnswerKind
from aggregator.model.decisions import Decision, Verb
from aggregator.model.ids import make_article_id
from aggregator.rules import Rules
from aggregator.store import read_story_ids
from aggregator.stories.decisions import Decisions
from aggregator.stories.editor_decisions import StoryDecisions, name_article
from tests.integration.story_desk import DAWN, NewsDesk, opened_desk, told_by
from tests.stories.answers import said
from tests.stories.invariants import broken_invariants

PAPERS = ("alba", "borealis", "corona", "dorado")


def decision_to(verb, target, *others, at=DAWN, **changes):
    """Return a decision on stories."""
    value = " ".join(others) or None
    return Decision(
        id=f"{verb}-{at:%H%M}",
        verb=verb,
        target=target,
        value=value,
        reason="why",
        by="anna",
        at=at,
        **changes,
    )


def decide(desk, *decisions):
    """Have a desk follow these decisions from now on."""
    desk.config = replace(desk.config, decisions=decisions)
    desk.rules = Rules.of(desk.config, {})


def stories_of(store, articles):
    """Return the ids of the articles' stories."""
    found = read_story_ids(store, [one.id for one in articles])
    return [found[one.id] for one in articles]


@pytest.fixture
def desk(tmp_path):
    """A desk that publishes."""
    with opened_desk(tmp_path) as made:
        yield made


def test_what_editors_decide_outweighs_answers_and_the_newest_holds():
    """An older decision, and every answer, that a newer decision contradicts is not followed."""
    later = DAWN + timedelta(hours=1)
    split = decision_to(Verb.SPLIT, "a", "b", "c", at=later)
    pairs = StoryDecisions([decision_to(Verb.MERGE, "a", "b"), split]).list_pairs(DAWN)
    decided = Decisions([said("a", "c", AnswerKind.SAME, 9), said("b", "c", AnswerKind.SAME, 8)], pairs)
    assert decided.are_apart(["a"], ["b"])
    assert decided.find_group("a") == {"a"}
    assert decided.find_group("b") == {"b", "c"}
    assert decided.leaving == {"a"}


def test_a_decision_counts_until_it_ends():
    """Addresses mean the article whose own address they are."""
    end = DAWN + timedelta(hours=2)
    address = "HTTPS://Daily.example/1?utm_source=x"
    decided = StoryDecisions([decision_to(Verb.MERGE, address, "b", until=end)])
    (pair,) = decided.list_pairs(end - timedelta(seconds=1))
    assert (pair.article_id, pair.other_id) == (make_article_id("https://daily.example/1"), "b")
    assert decided.list_pairs(end) == ()
    assert name_article("b") == "b"


def test_a_split_article_leaves_at_once_and_for_good(desk):
    """It is the one that leaves, though others fit less; a process that starts anew keeps it out."""
    told = [told_by(paper, "fire", DAWN) for paper in PAPERS[:3]]
    desk.take(told, DAWN)
    assert len(set(stories_of(desk.store, told))) == 1
    for number, one in enumerate(told):
        others = [other for other in told if other is not one]
        decide(desk, decision_to(Verb.SPLIT, one.id, *(other.id for other in others)))
        desk.take([], DAWN + timedelta(minutes=2 * number))
        assert len(set(stories_of(desk.store, others))) == 1
        assert stories_of(desk.store, [one])[0] not in stories_of(desk.store, others)
        assert set(stories_of(desk.store, told)) <= set(desk.stories_shown)
        decide(desk, decision_to(Verb.MERGE, one.id, others[0].id))
        desk.take([], DAWN + timedelta(minutes=2 * number + 1))
        assert len(set(stories_of(desk.store, told))) == 1
    assert broken_invariants(desk.store) == []


def test_a_split_holds_against_what_comes_later(desk):
    """Whoever groups, in a desk that runs or a new one, later articles never bring both together."""
    told = [told_by(paper, "fire", DAWN) for paper in PAPERS[:2]]
    desk.take(told, DAWN)
    decide(desk, decision_to(Verb.SPLIT, told[0].id, told[1].id))
    for number, paper in enumerate(PAPERS):
        if number == 2:
            desk.restart()
        desk.take(
            [told_by(paper, "fire", DAWN + timedelta(hours=1))], DAWN + timedelta(hours=1, minutes=number)
        )
        assert len(set(stories_of(desk.store, told))) == 2
    assert broken_invariants(desk.store) == []


@pytest.mark.parametrize("size", [1, 2, 6])
def test_a_new_store_keeps_what_was_decided(tmp_path, size):
    """Polled anew, stories come out as decided, however many articles come at once."""
    told = [told_by(paper, "fire", DAWN) for paper in PAPERS] + [
        told_by(paper, "strike", DAWN + timedelta(minutes=5)) for paper in PAPERS[:2]
    ]
    desk = NewsDesk(tmp_path)
    others = [one.id for one in told[:4] if one is not told[1]]
    decide(
        desk, decision_to(Verb.SPLIT, told[1].id, *others), decision_to(Verb.MERGE, told[1].id, told[4].id)
    )
    for start in range(0, len(told), size):
        desk.take(told[start : start + size], DAWN + timedelta(minutes=10 + start))
    one, split, three, four, five, six = stories_of(desk.store, told)
    assert one == three == four
    assert split == five == six != one
    assert broken_invariants(desk.store) == []
    desk.store.close()


def test_a_decision_that_moves_nothing_leaves_the_stories_in_memory(desk):
    """A desk that runs follows it without reading its window again."""
    fire, strike = told_by("alba", "fire", DAWN), told_by("borealis", "strike", DAWN)
    desk.take([fire, strike], DAWN)
    grouper = desk.stories._grouper
    again = told_by("corona", "fire", DAWN + timedelta(minutes=1))
    decide(desk, decision_to(Verb.SPLIT, again.id, fire.id))
    desk.take([again], DAWN + timedelta(minutes=1))
    assert desk.stories._grouper is grouper
    assert grouper.decisions.articles == {fire.id, again.id}
    assert len(set(stories_of(desk.store, [fire, again]))) == 2
    assert desk.stories.group(rules=desk.rules, store=desk.store, now=DAWN + timedelta(minutes=2)) == 0


def test_the_newest_lead_and_link_come_first_until_they_end():
    """Addresses mean articles; a decision ends by itself, which is noticed when it does."""
    end = DAWN + timedelta(hours=2)
    decided = StoryDecisions([
        decision_to(Verb.LEAD, "a", until=end), decision_to(Verb.LINK, "a", "b"),
        decision_to(Verb.LEAD, "https://A.example/1", at=DAWN + timedelta(hours=1)),
        decision_to(Verb.UNLINK, "b", "a", at=DAWN + timedelta(hours=1), until=end),
    ])  # fmt: skip
    named = make_article_id("https://a.example/1")
    before, after = (decided.list_choices(at) for at in (DAWN, end))
    assert ([*before.leads], [*after.leads]) == ([named, "a"], [named])
    assert [link.is_related for link in before.links] == [False, True]
    assert [link.is_related for link in after.links] == [True]
    assert decided.list_choices(DAWN + timedelta(minutes=1)) is before
    assert decided.list_pairs(DAWN) == ()
    assert decided.has_end_between(DAWN, end)
    assert not decided.has_end_between(end, end + timedelta(days=9))
