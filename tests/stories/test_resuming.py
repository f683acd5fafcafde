"""Grouping is the same however articles arrive in a batch, and however often it is killed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from aggregator.model import AnswerKind
from aggregator.pipeline.grouping import StoryDesk, restore_grouper
from aggregator.store import (
    find_articles_to_group,
    find_current_story,
    open_store,
    read_members,
    read_stories_since,
    read_story_ids,
    remove_articles_before,
    save_answer,
)
from aggregator.stories import Thresholds
from aggregator.stories.vocabulary import read_keys
from tests.builders import insert_articles
from tests.empty_store import put_empty_store
from tests.profiles import FIXTURES_SHARED, repeat
from tests.stories.invariants import broken_invariants
from tests.stories.subjects import START, SUBJECTS, article_on

COSTLY = settings(max_examples=repeat(4, large=100), suppress_health_check=FIXTURES_SHARED)
ARTICLES = st.lists(
    st.tuples(
        st.integers(0, len(SUBJECTS) - 1),
        st.one_of(st.integers(0, 6_000), st.integers(0, 30)),
        st.integers(0, 5),
        st.lists(st.integers(0, 6), min_size=3, max_size=6),
        st.sampled_from(["", "", " on May 4", " on May 5", ", 6 May 2026", "?"]),
    ),
    min_size=2,
    max_size=25,
).map(lambda rows: [article_on(number, *row, day=day) for number, (*row, day) in enumerate(rows)])
ANSWERS = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24), st.sampled_from(AnswerKind)), max_size=3)


def kept(store):
    """Return everything that grouping keeps, but when it was done."""
    stories, members = read_stories_since(store, START - timedelta(days=30))
    reported = [(m.article_id, m.story_id, m.turn, m.score, m.shared, dict(m.vector)) for m in members]
    return sorted((s.id, s.turn, s.founded, dict(s.total)) for s in stories if s.turn), reported


def grouped(folder, batches, defaults, *, is_killed):
    """Group batches in a new store; return what is kept."""
    with open_store(put_empty_store(folder / f"{len(list(folder.iterdir()))}.db")) as store:
        return group_batches(store, batches, defaults, is_killed=is_killed)


def group_batches(store, batches, defaults, *, is_killed):
    """Group batches one after the other, each by a new process if ``is_killed``; return what is kept."""
    desk = StoryDesk()
    for batch in batches:
        insert_articles(store, batch)
        desk = StoryDesk() if is_killed else desk
        desk.group(rules=defaults, store=store, now=START)
        assert broken_invariants(store) == []
    return kept(store)


@COSTLY
@given(articles=ARTICLES, order=st.randoms(use_true_random=False))
def test_the_order_within_a_batch_changes_nothing(tmp_path, defaults, articles, order):
    """The same articles in one batch share the same stories, in whichever order they were stored."""
    shuffled = list(articles)
    order.shuffle(shuffled)
    first = grouped(tmp_path, [articles], defaults, is_killed=False)
    assert grouped(tmp_path, [shuffled], defaults, is_killed=False) == first


@COSTLY
@given(articles=ARTICLES, size=st.integers(1, 5))
def test_killing_and_resuming_changes_nothing(tmp_path, defaults, articles, size):
    """A process that is killed after every batch finds the stories that one which lives on finds."""
    batches = [articles[at : at + size] for at in range(0, len(articles), size)]
    alive = grouped(tmp_path, batches, defaults, is_killed=False)
    assert grouped(tmp_path, batches, defaults, is_killed=True) == alive


@COSTLY
@given(articles=ARTICLES, sizes=st.tuples(st.integers(1, 5), st.integers(1, 25)), answers=ANSWERS)
def test_databases_and_sizes_of_batches_change_nothing(  # noqa: PLR0917  # fixtures and examples
    tmp_path, postgresql, defaults, articles, sizes, answers
):
    """What arrives in one order has the same stories on either database, however much is grouped at once."""
    arrived = [replace(one, first_seen_at=START + n * timedelta(seconds=1)) for n, one in enumerate(articles)]
    small, large = ([arrived[at : at + n] for at in range(0, len(arrived), n)] for n in sizes)
    with (
        open_store(put_empty_store(tmp_path / f"{len(list(tmp_path.iterdir()))}.db")) as here,
        postgresql.open_new_store() as there,
        postgresql.open_new_store() as elsewhere,
    ):
        for store in (here, there, elsewhere):
            for one, two, kind in answers:
                pair = {articles[number % len(articles)].id for number in (one, two)}
                if len(pair) == 2:
                    save_answer(store, sorted(pair), kind, now=START, answered_by="ada")
        first = group_batches(here, large, defaults, is_killed=False)
        assert group_batches(there, large, defaults, is_killed=False) == first
        assert group_batches(elsewhere, small, defaults, is_killed=True) == first


@COSTLY
@given(articles=ARTICLES)
def test_ids_always_resolve(tmp_path, defaults, articles):
    """Every article has one story, every story has its articles, and every id ever used leads to one."""
    with open_store(put_empty_store(tmp_path / f"{len(list(tmp_path.iterdir()))}.db")) as store:
        used = set()
        desk = StoryDesk()
        for one in articles:
            insert_articles(store, [one])
            desk.group(rules=defaults, store=store, now=START)
            assert broken_invariants(store) == []
            used |= set(read_story_ids(store, [a.id for a in articles]).values())
        story_of = read_story_ids(store, [a.id for a in articles])
        assert story_of.keys() == {a.id for a in articles}
        members = read_members(store, set(story_of.values()))
        assert {m.article_id: s for s, all_ in members.items() for m in all_} == story_of
        assert {find_current_story(store, story) for story in used} <= set(story_of.values())


def test_grouping_that_another_process_overtook_is_done_again(tmp_path, defaults):
    """Two desks on one store never place an article twice, nor build on what they do not know."""
    with open_store(put_empty_store(tmp_path / "shared.db")) as store:
        desks = StoryDesk(), StoryDesk()
        for number in range(12):
            insert_articles(store, [article_on(number, number % 2, number, number % 3, [0, 1, 2, 3])])
            desks[number % 2].group(rules=defaults, store=store, now=START)
            assert broken_invariants(store) == []
        _, members = read_stories_since(store, START - timedelta(days=1))
        assert [m.turn for m in members] == sorted({m.turn for m in members})
        assert len({m.story_id for m in members}) == 2


def test_thresholds_are_all_that_grouping_by_itself_needs(tmp_path):
    """A program of one's own groups without a configuration, as far as editors decided nothing."""
    with open_store(put_empty_store(tmp_path / "own.db")) as store:
        insert_articles(store, [article_on(number, 0, number, number, [0, 1, 2, 3]) for number in range(3)])
        limits = SimpleNamespace(thresholds=Thresholds())
        assert StoryDesk().group(rules=limits, store=store, now=START) == 3
        assert broken_invariants(store) == []


def test_grouping_goes_on_after_every_article_was_removed(tmp_path, defaults):
    """The turns of stories that lost their articles are not taken for another process's."""
    with open_store(put_empty_store(tmp_path / "shared.db")) as store:
        for number in range(6):
            insert_articles(store, [article_on(number, 0, number, number % 3, [0, 1, 2, number % 3 + 3])])
        StoryDesk().group(rules=defaults, store=store, now=START)
        assert remove_articles_before(store, datetime.now(UTC) + timedelta(days=1)) == 6
        insert_articles(
            store, [article_on(number, 1, number, number % 3, [0, 1, 2, 3]) for number in range(6, 9)]
        )
        assert StoryDesk().group(rules=defaults, store=store, now=START) == 3
        assert (
            len(set(read_story_ids(store, [article_on(n, 1, n, 0, [0]).id for n in range(6, 9)]).values()))
            == 1
        )


def test_articles_that_have_a_story_are_not_looked_at_again(defaults, tmp_path):
    """What is to be grouped is found by an index that has nothing else; an edit leaves it as it is."""
    first, second = (article_on(number, 0, number, 1, [0, 1, 2]) for number in range(2))
    with open_store(f"sqlite:///{tmp_path}/one.db") as store:
        insert_articles(store, [first])
        assert StoryDesk().group(rules=defaults, store=store, now=START) == 1
        insert_articles(store, [first, second])
        assert [waiting.id for waiting in find_articles_to_group(store, 9)] == [second.id]
        with store.reading() as connection:
            asked = [
                "SELECT id FROM articles WHERE is_grouped IS 0 AND is_quarantined IS 0 ORDER BY first_seen_at",
                "SELECT max(turn) FROM story_members",
                "SELECT max(turn) FROM stories",
            ]
            plans = [str(connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()) for query in asked]
    for index, plan in zip(("articles_to_group", "story_members_turn", "stories_turn"), plans, strict=True):
        assert index in plan


def test_the_words_of_titles_are_known_to_the_next_process(tmp_path, defaults):
    """They are told from those of excerpts, of series and of sentences that are known again."""
    said = "Divers searched the cold harbour until the lamps of the quay went out at dawn."
    with open_store(put_empty_store(tmp_path / "store.db")) as store:
        fire = article_on(1, 0, 0, 0, [0, 1, 2])
        insert_articles(
            store, [replace(fire, title="Ferry sinks: live updates", excerpt=said, language="en")]
        )
        StoryDesk().group(rules=defaults, store=store, now=START)
        grouper = restore_grouper(store, defaults.thresholds)
    (story,) = grouper.index.stories.values()
    words = map(grouper.vocabulary.find_term, read_keys(story.members[0].title))
    assert sorted(words) == ["ferri", "live", "sink", "updat"]
