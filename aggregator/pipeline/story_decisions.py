"""What people decide on pairs of articles, and the stories of the store as these decisions want them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from uuid import NAMESPACE_URL, uuid5

from aggregator.errors import AggregatorError
from aggregator.model import AnswerKind, Grouping, StoryAnswer
from aggregator.pipeline.stored_stories import make_grouped_article, make_open_stories, make_story
from aggregator.store import (
    ARTICLES_FOLDER,
    Store,
    count_story_feeds,
    find_filled_stories,
    read_answers,
    read_current_stories,
    read_last_turn,
    read_members,
    read_note,
    read_shown_updates,
    read_stories,
    read_story_ids,
    save_answer,
    save_grouping,
    write_note,
)
from aggregator.stories.correction import Correction, Corrector
from aggregator.stories.decisions import Decisions
from aggregator.stories.editor_decisions import EditorPair, find_public_reason
from aggregator.stories.open_story import OpenStory
from aggregator.stories.vocabulary import Vocabulary

FOLLOWED = "stories decided by"
"""The note in the store with the digest of what editors decided on stories, as these follow it."""
_MOST_OVERTAKEN = 20


def answer_question(
    store: Store,
    pair: Sequence[str],
    kind: AnswerKind,
    *,
    now: datetime,
    answered_by: str,
    pairs: Sequence[EditorPair] = (),
) -> StoryAnswer:
    """Keep what somebody says of two articles, and put their stories right at once.

    What editors decided on ``pairs`` outweighs it.
    """
    answer = save_answer(store, pair, kind, now=now, answered_by=answered_by)
    enforce_decisions(store, pairs, now=now)
    return answer


def follow_editors(pairs: Sequence[EditorPair], store: Store, *, now: datetime) -> int:
    """Put stories right where editors decided otherwise than at the last time; return how many corrections.

    Nothing is looked at where they did not.
    """
    digest = _digest(pairs)
    if (read_note(store, FOLLOWED) or "") == digest:
        return 0
    corrected = enforce_decisions(store, pairs, now=now)
    write_note(store, FOLLOWED, digest)
    return corrected


def _digest(pairs: Sequence[EditorPair]) -> str:
    said = [(one.article_id, one.other_id, one.is_together) for one in pairs]
    return blake2b(repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest() if said else ""


def enforce_decisions(store: Store, pairs: Sequence[EditorPair] = (), *, now: datetime) -> int:
    """Put every story right that a decision wants otherwise; return how many corrections that took.

    Each is kept whole or not at all. Raises AggregatorError where other processes are quicker all the time.
    """
    decisions = Decisions(read_answers(store), pairs)
    corrected = overtaken = 0
    while overtaken < _MOST_OVERTAKEN:
        turn = read_last_turn(store)
        story_of = read_story_ids(store, decisions.articles)
        broken = decisions.find_broken(story_of)
        if broken is None:
            return corrected
        correction = _correct(store, broken, story_of, decisions, turn)
        reason = find_public_reason(pairs, broken, story_of)
        if correction and save_grouping(store, _make_grouping(correction, turn, now, reason)):
            corrected += 1
        else:
            overtaken += 1
    raise AggregatorError("what was answered is kept; stories follow it when articles are grouped next")


def _correct(
    store: Store,
    broken: tuple[str, str, bool],
    story_of: Mapping[str, str],
    decisions: Decisions,
    turn: int,
) -> Correction | None:
    """Return what puts a broken decision right; None where stories have changed since they were read."""
    a, b, are_together = broken
    stories = _read_open_stories(store, {story_of[a], story_of[b]})
    one, two = stories.get(story_of[a]), stories.get(story_of[b])
    if one is None or two is None:
        return None

    former = read_current_stories(store, [one.id for story in stories.values() for one in story.members])

    def choose_id(ids: Sequence[str]) -> str:
        taken = find_filled_stories(store, ids) | {story.id for story in read_stories(store, ids)}
        free = [article_id for article_id in ids if article_id not in taken]
        own = [article_id for article_id in free if article_id in former]
        return next(iter(own + free), None) or str(uuid5(NAMESPACE_URL, f"{ids[0]}\n{turn}\ncorrected"))

    corrector = Corrector(
        decisions=decisions,
        turn=turn,
        choose_id=choose_id,
        shown=count_story_feeds(store, stories),
        former=former,
        heads=find_heads(stories, store),
    )
    return corrector.join(a, b, one, two) if are_together else corrector.part(a, b, one)


def find_heads(story_ids: Iterable[str], store: Store) -> dict[str, list[str]]:
    """Return by story the articles that head it, one for each feed that shows it with others."""
    heads: dict[str, list[str]] = {}
    for (feed, story_id), one in read_shown_updates(store, {*story_ids}).items():
        if not feed.endswith(ARTICLES_FOLDER):
            heads.setdefault(story_id, []).extend(one.head.split()[:1])
    return heads


def _read_open_stories(store: Store, story_ids: set[str]) -> dict[str, OpenStory]:
    vocabulary = Vocabulary()
    grouped = {
        story_id: [make_grouped_article(member, vocabulary) for member in members]
        for story_id, members in read_members(store, story_ids).items()
    }
    made = make_open_stories(read_stories(store, story_ids), grouped, vocabulary)
    return {story.id: story for story in made}


def _make_grouping(correction: Correction, since_turn: int, now: datetime, reason: str | None) -> Grouping:
    changed = correction.changed
    return Grouping(
        since_turn=since_turn,
        stories=tuple(make_story(story, now) for story in changed),
        moved=tuple((member.id, story.id) for story in changed for member in story.members),
        merged=() if correction.gone is None else ((correction.gone, changed[0].id),),
        reason=reason,
    )
