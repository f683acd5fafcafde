"""Records whose heat fell meanwhile: only that line of their files changes, and that value on their pages."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from aggregator.pipeline.records.page_changes import find_page_marks, select_page_marks
from aggregator.pipeline.records.rendering import find_heat_left
from aggregator.pipeline.records.writing_result import RecordsWritten
from aggregator.pipeline.site import Site
from aggregator.publish.files import write_files
from aggregator.publish.front_matter import change_heat
from aggregator.publish.record_pages import change_item_heat
from aggregator.publish.tree_paths import RECORDS
from aggregator.rules import Rules
from aggregator.store import (
    AT_ONCE,
    RETRY_AFTER,
    RecordState,
    RecordUpdate,
    measure_heat_again,
    read_cooled_records,
    read_record_names,
    read_time_of_records,
    save_record_update,
)

BATCH = 500


def cool_records(site: Site) -> Iterator[RecordsWritten]:
    """Have all records say the heat that they have ``now``, and yield what was done.

    Records whose files are not as they were written are marked: they are written whole.
    """
    written_at = read_time_of_records(site.store)
    if written_at is not None and site.now < written_at:
        measure_heat_again(site.store, site.now)
    while before := read_cooled_records(site.store, site.now, limit=BATCH):
        yield _cool(before, site)


def _cool(before: tuple[RecordState, ...], site: Site) -> RecordsWritten:
    after = {state.article_id: _set_heat(state, site.rules, site.now) for state in before}
    names = read_record_names(site.store, list(after))
    files, again = {}, {}
    for old in before:
        new = after[old.article_id]
        if new.heat == old.heat:
            continue
        name = f"{RECORDS}/{names.get(old.article_id, '')}"
        content = None
        with suppress(OSError):
            content = change_heat((site.rules.feeds_dir / name).read_bytes(), old.heat, new.heat)
        if content is None:
            again[old.article_id] = AT_ONCE
        else:
            files[name] = content
    written = write_files(site.rules.feeds_dir, files, is_compared=False)
    ids = {f"{RECORDS}/{name}": article_id for article_id, name in names.items()}
    again |= {ids[name]: site.now + RETRY_AFTER for name in files.keys() - written.stamps.keys()}
    for article_id in again:
        after[article_id] = replace(after[article_id], cools_at=None)
    marks = (mark for old in before for mark in find_page_marks(old, after[old.article_id]))
    update = RecordUpdate(states=list(after.values()), page_marks=select_page_marks(marks), again=again)
    save_record_update(site.store, update, now=site.now)
    return RecordsWritten.of(written)


def _set_heat(state: RecordState, rules: Rules, now: datetime) -> RecordState:
    if state.warmth is None:
        return replace(state, cools_at=None)
    left = find_heat_left(state.warmth, state.published_at, rules, now)
    item = change_item_heat(state.item, state.heat, left.heat) if state.item is not None else None
    return replace(state, heat=left.heat, cools_at=left.cools_at, item=item)
