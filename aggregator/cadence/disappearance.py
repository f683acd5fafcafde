"""Which articles disappeared at their source: pure.

An entry is missing where the last document had it, this one has not, and entries before and after it, by
place and by date, are still there. Whatever fell off the end of a document is not missing. Its withdrawal is
proposed where the next document that differs bears that out. What a document marks as deleted is proposed at
once. Its page is asked for then, as ``page_checks`` says.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.model import Disappearance, DisappearanceKind, Sighting

MOST_AT_ONCE = 3
SHARE = 5
"""Where more than one of so many entries are missing at once, a feed was made in another way."""
Marks = frozenset[bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingEntry:
    """An entry that is missing, and the nearest ones on both sides that are not."""

    marks: Marks
    before: Marks
    after: Marks


def count_believed(entries: int) -> int:
    """Return how many entries may disappear at once, of a document of so many, and be believed to be gone."""
    return max(1, min(MOST_AT_ONCE, entries // SHARE))


def find_missing(last: Sequence[Marks], listed: Collection[bytes]) -> tuple[MissingEntry, ...]:
    """Return the entries of the last document that are missing in one that lists these marks."""
    are_here = [any(mark in listed for mark in marks) for marks in last]
    here = [number for number, is_here in enumerate(are_here) if is_here]
    if not here:
        return ()
    return tuple(
        MissingEntry(
            marks=last[number],
            before=last[max(at for at in here if at < number)],
            after=last[min(at for at in here if at > number)],
        )
        for number in range(here[0], here[-1])
        if not are_here[number] and last[number]
    )


def judge_disappearances(
    known: Sequence[Disappearance],
    missing: Sequence[MissingEntry],
    deleted: Collection[str],
    listed: Collection[bytes],
    sightings: Mapping[bytes, Sighting],
    *,
    now: datetime,
) -> tuple[Disappearance, ...]:
    """Return which articles of a source disappeared, after a document that was not the last one.

    ``known`` are those that had disappeared before, ``deleted`` the ids that the document marks and may,
    ``listed`` what tells its entries, and ``sightings`` the source's own, by what tells their entries.
    """
    kept = {one.article_id: one for one in _judge_known(known, listed, now)}
    for entry in missing:
        found = _make_missing(entry, sightings, now)
        if found is not None:
            kept.setdefault(found.article_id, found)
    for sighting, mark in find_deleted(deleted, listed, sightings):
        kept[sighting.article_id] = _make_deleted(sighting, mark, kept.get(sighting.article_id), now)
    return tuple(kept.values())


def find_deleted(
    deleted: Collection[str], listed: Collection[bytes], sightings: Mapping[bytes, Sighting]
) -> list[tuple[Sighting, bytes]]:
    """Return what a document marks as deleted of what its source showed, unless it also lists it."""
    by_id = {one.entry_id: (one, mark) for mark, one in sightings.items() if one.entry_id in deleted}
    return [(one, mark) for one, mark in by_id.values() if mark not in listed]


def _judge_known(
    known: Sequence[Disappearance], listed: Collection[bytes], now: datetime
) -> Iterator[Disappearance]:
    for one in known:
        if one.rejected_at is not None or one.kind is DisappearanceKind.PAGE:
            yield one  # what was decided stays, and of a page no document says anything
        elif _is_listed(one.marks, listed):
            continue  # it came back
        elif one.proposed_at is not None:
            yield one
        elif _is_listed(one.newer, listed) and _is_listed(one.older, listed):
            yield replace(one, proposed_at=now, check_at=now)


def _is_listed(marks: Marks, listed: Collection[bytes]) -> bool:
    return any(mark in listed for mark in marks)


def _make_missing(
    entry: MissingEntry, sightings: Mapping[bytes, Sighting], now: datetime
) -> Disappearance | None:
    """Return what is known of a missing entry; None where dates do not say that it stood in its place."""
    own, before, after = (_find(marks, sightings) for marks in (entry.marks, entry.before, entry.after))
    if own is None or before is None or after is None:
        return None
    times = [one.stated_at for one in (before, own, after) if one.stated_at is not None]
    if len(times) < 3 or times not in (sorted(times), sorted(times, reverse=True)) or times[0] == times[2]:
        return None
    is_newest_first = times[0] > times[2]
    newer, older = (entry.before, entry.after) if is_newest_first else (entry.after, entry.before)
    return Disappearance(
        article_id=own.article_id, source_id=own.source_id, kind=DisappearanceKind.GONE,
        marks=entry.marks, newer=newer, older=older, missing_since_at=now,
    )  # fmt: skip


def _find(marks: Marks, sightings: Mapping[bytes, Sighting]) -> Sighting | None:
    return next((sightings[mark] for mark in sorted(marks) if mark in sightings), None)


def _make_deleted(
    sighting: Sighting, mark: bytes, before: Disappearance | None, now: datetime
) -> Disappearance:
    if before is not None and (before.rejected_at or before.kind is DisappearanceKind.DELETED):
        return before
    return Disappearance(
        article_id=sighting.article_id, source_id=sighting.source_id, kind=DisappearanceKind.DELETED,
        marks=frozenset({mark}), missing_since_at=before.missing_since_at if before else now, proposed_at=now,
    )  # fmt: skip
