"""Noting which articles disappeared at their source, after a document was stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog

from aggregator.cadence import (
    MissingEntry,
    count_believed,
    find_deleted,
    find_missing,
    judge_disappearances,
    needs_proof,
)
from aggregator.model import Disappearance, Sighting, SourceState
from aggregator.parse import ParseResult, is_made_alike, list_entries, mark_text
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.decide import PollAnswer
from aggregator.store import has_disappearances, revise_disappearances

log = structlog.get_logger()


def note_disappearances(
    answer: PollAnswer, parsed: ParseResult, state: SourceState, seen: bytes, context: Context
) -> None:
    """Note which articles disappeared in a document that was read; ``seen`` is of the last one.

    That is a transaction of its own: where the program is killed before it, a proposal is missing, and
    nothing is proposed wrongly. A source that is quarantined, or has moved and is still to be proved, is not
    itself, and tells nothing.
    """
    if answer.is_same or state.quarantined_at is not None or needs_proof(state) or not parsed.listed:
        return
    source_id = answer.source.id
    is_off = context.rules.choose_disappeared(source_id) == "ignore"
    missing = () if is_off else _find_missing(answer, parsed, seen)
    deleted = () if is_off else parsed.feed.deleted
    if missing or deleted or has_disappearances(context.store, source_id):
        judge = _Judge(answer=answer, listed=parsed.listed, missing=missing, deleted=deleted)
        revise_disappearances(context.store, source_id, judge.judge, now=answer.now)


def _find_missing(answer: PollAnswer, parsed: ParseResult, seen: bytes) -> tuple[MissingEntry, ...]:
    """Return which entries are missing; none where the feed is made in another way, or seems to be."""
    if not is_made_alike(seen, parsed.seen):
        return ()
    last = list_entries(seen)
    missing = find_missing(last, parsed.listed)
    return missing if _are_few(len(missing), len(last), answer) else ()


def _are_few(count: int, entries: int, answer: PollAnswer) -> bool:
    if count <= count_believed(entries):
        return True
    problem = f"{count} of {entries} entries disappeared at once: the feed is made in another way, or broken"
    log.warning("disappeared", source=answer.source.id, error=f"{problem}; no withdrawal follows from that")
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judge:
    """What a document says, for judging by it what the store knows."""

    answer: PollAnswer
    listed: Collection[bytes]
    missing: Sequence[MissingEntry]
    deleted: Collection[str]

    def judge(
        self, known: Sequence[Disappearance], sightings: Sequence[Sighting], own: Collection[str]
    ) -> Sequence[Disappearance]:
        """Return which articles of the source disappeared; what it marks counts of its ``own`` alone."""
        by_mark = {
            mark_text(said): one for one in sightings for said in (one.canonical_url, one.entry_id) if said
        }
        return judge_disappearances(
            known, self.missing, self._select_deleted(known, by_mark, own), self.listed, by_mark,
            now=self.answer.now,
        )  # fmt: skip

    def _select_deleted(
        self, known: Sequence[Disappearance], by_mark: Mapping[bytes, Sighting], own: Collection[str]
    ) -> Collection[str]:
        """Return the ids that are marked as deleted and that is to be believed of."""
        told = {one.article_id for one in known if one.proposed_at is not None}
        found = [one for one, _ in find_deleted(self.deleted, self.listed, by_mark) if one.article_id in own]
        fresh = sum(one.article_id not in told for one in found)
        if fresh and not _are_few(fresh, fresh + len(self.listed), self.answer):
            found = [one for one in found if one.article_id in told]
        return {one.entry_id for one in found if one.entry_id}
