"""Which places in the pages of JSON a record that changed is to be shown at anew. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from aggregator.store import TOP, ListedRecord, PageMark, RecordState


def is_relisted(before: RecordState | None, after: RecordState) -> bool:
    """Tell whether a record is on the pages of other topics than before, or elsewhere on them."""
    if before is None:
        return bool(after.topic_ids)
    return (before.topic_ids, before.published_at) != (after.topic_ids, after.published_at)


def find_page_marks(before: RecordState | None, after: RecordState | None) -> Iterator[PageMark]:
    """Yield the places that change in the pages of all topics; None: there was, or is, no record."""
    was = dict.fromkeys(before.topic_ids, before) if before else {}
    is_ = dict.fromkeys(after.topic_ids, after) if after else {}
    for topic_id in sorted(was.keys() | is_.keys()):
        old, new = was.get(topic_id), is_.get(topic_id)
        if old and new and old.published_at == new.published_at:
            if old.item != new.item:
                yield _mark(topic_id, new, moves=False)
        else:
            yield from (_mark(topic_id, state, moves=True) for state in (old, new) if state)


def mark_whole_pages(topic_id: str) -> PageMark:
    """Return the mark of all pages of a topic."""
    return PageMark(topic_id=topic_id, published_at=TOP, article_id="", moves=True)


def select_page_marks(marks: Iterable[PageMark]) -> list[PageMark]:
    """Return of each topic the first mark that moves what follows, and those before it: they say it all."""
    by_topic: dict[str, list[PageMark]] = {}
    for mark in marks:
        by_topic.setdefault(mark.topic_id, []).append(mark)
    return [
        mark for found in by_topic.values() for mark in _select_of_topic(sorted(found, key=_newest_first))
    ]


def is_before(place: PageMark, record: ListedRecord) -> bool:
    """Tell whether a place is that of a record of the same topic, or before it."""
    return (record.published_at, place.article_id) <= (place.published_at, record.article_id)


def _select_of_topic(marks: Sequence[PageMark]) -> Iterator[PageMark]:
    for mark in dict.fromkeys(marks):
        yield mark
        if mark.moves:
            return


def _mark(topic_id: str, state: RecordState, *, moves: bool) -> PageMark:
    return PageMark(
        topic_id=topic_id, published_at=state.published_at, article_id=state.article_id, moves=moves
    )


def _newest_first(mark: PageMark) -> tuple[timedelta, str, bool]:
    # At one place, the mark that moves what follows comes first: it says all that the other does.
    return TOP - mark.published_at, mark.article_id, not mark.moves
