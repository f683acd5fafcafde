"""Writing the pages of JSON: those on which a record changed, and all after one that came or went."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aggregator.errors import PublishError
from aggregator.pipeline.records.page_changes import is_before, select_page_marks
from aggregator.pipeline.records.writing_result import RecordsWritten
from aggregator.publish.files import remove_files, write_files
from aggregator.publish.record_pages import PER_PAGE, name_record_pages, render_record_page
from aggregator.publish.stale_pages import find_surplus_record_pages
from aggregator.rules import Rules
from aggregator.store import (
    ALL,
    TOP_POSITION,
    ListedRecord,
    PageMark,
    Position,
    Store,
    count_listed_records,
    find_position,
    forget_page_marks,
    list_marked_topics,
    read_listed_records,
    read_page_marks,
)

PAGES_AT_ONCE = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pages:
    """The pages of a topic: how many ``records`` they list, and how many pages there are, one at least."""

    topic_id: str
    records: int

    @property
    def count(self) -> int:
        return max(1, -(-self.records // PER_PAGE))


def write_pages(*, rules: Rules, store: Store) -> Iterator[RecordsWritten]:
    """Write the pages of JSON that are marked, and yield what was done.

    Where a page cannot be written, those of its topic stay marked.
    """
    configured = {ALL, *(topic.id for topic in rules.topics)}
    for topic_id in list_marked_topics(store):
        last_id, marks = read_page_marks(store, topic_id)
        is_done = True
        for done in _write_topic(topic_id, marks, rules, store, is_configured=topic_id in configured):
            is_done = is_done and not done.errors
            yield done
        if is_done:
            forget_page_marks(store, topic_id, last_id)


def _write_topic(
    topic_id: str, marks: Collection[PageMark], rules: Rules, store: Store, *, is_configured: bool
) -> Iterator[RecordsWritten]:
    if not is_configured:
        yield _remove_surplus(topic_id, 1, rules)
        return
    pages = _Pages(topic_id=topic_id, records=count_listed_records(store, topic_id))
    position, last = TOP_POSITION, None
    for place in select_page_marks(marks):
        if last is not None and not place.moves and is_before(place, last):
            continue  # it is on the page just written
        position = find_position(store, place, after=position)
        # What comes or goes may also make another page the last one: the one before it.
        first = max(position.before - place.moves, 0) // PER_PAGE
        if place.moves:
            yield from _write_from(first, position, pages, rules, store)
            yield _remove_surplus(topic_id, pages.count + 1, rules)
        else:
            shown = read_listed_records(
                store, topic_id, start=first * PER_PAGE, count=PER_PAGE, near=position
            )
            last = shown[-1] if shown else None
            yield _write(_render_page(first, shown, pages), rules)


def _write(files: Mapping[str, bytes], rules: Rules) -> RecordsWritten:
    return RecordsWritten.of(write_files(rules.feeds_dir, files, has_variants=rules.publishing.compressed))


def _write_from(
    first: int, near: Position, pages: _Pages, rules: Rules, store: Store
) -> Iterator[RecordsWritten]:
    """Write the page with the index ``first``, and all after it."""
    for index in range(first, pages.count, PAGES_AT_ONCE):
        start, count = index * PER_PAGE, PAGES_AT_ONCE * PER_PAGE
        shown = read_listed_records(store, pages.topic_id, start=start, count=count, near=near)
        files: dict[str, bytes] = {}
        for number in range(min(PAGES_AT_ONCE, pages.count - index)):
            part = shown[number * PER_PAGE : (number + 1) * PER_PAGE]
            files |= _render_page(index + number, part, pages)
        yield _write(files, rules)
        near = _advance(near, start, shown)


def _render_page(index: int, shown: Sequence[ListedRecord], pages: _Pages) -> dict[str, bytes]:
    number = index + 1
    content = render_record_page(number, [record.item for record in shown], is_last=number == pages.count)
    topic_id = None if pages.topic_id == ALL else pages.topic_id
    return dict.fromkeys(name_record_pages(topic_id, number), content)


def _advance(near: Position, start: int, shown: Sequence[ListedRecord]) -> Position:
    """Return the position of the last of the records ``shown``, which come after ``start`` others."""
    if not shown or shown[-1].published_at == near.published_at:
        return near
    at = shown[-1].published_at
    newer = start + next(number for number, record in enumerate(shown) if record.published_at == at)
    return Position(published_at=at, newer=newer, before=newer)


def _remove_surplus(topic_id: str, first: int, rules: Rules) -> RecordsWritten:
    names = find_surplus_record_pages(rules.feeds_dir, None if topic_id == ALL else topic_id, first)
    try:
        return RecordsWritten(removed=remove_files(rules.feeds_dir, names))
    except PublishError as error:
        return RecordsWritten(errors=(str(error),))
