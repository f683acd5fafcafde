"""Publishing records step by step, and all of them anew."""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.pipeline.publish.release import has_record
from aggregator.pipeline.records.cooling import cool_records
from aggregator.pipeline.records.page_changes import find_page_marks, is_relisted, select_page_marks
from aggregator.pipeline.records.pages import write_pages
from aggregator.pipeline.records.removal import remove_all_records
from aggregator.pipeline.records.rendering import render_records
from aggregator.pipeline.records.rule_changes import take_up_rules
from aggregator.pipeline.records.writing_result import RecordsWritten, add_up
from aggregator.pipeline.site import Site
from aggregator.publish.files import remove_files, write_files
from aggregator.publish.folder_locks import lock_folder
from aggregator.publish.record_file import IMPORTED
from aggregator.publish.tree_paths import RECORDS
from aggregator.secured import SecuredKeys
from aggregator.store import (
    RETRY_AFTER,
    Mark,
    MarkKind,
    RecordUpdate,
    Store,
    find_record_names,
    forget_record_states,
    read_marks_by_key,
    read_record_states,
    read_stored_articles,
    save_record_update,
)

BATCH = 500
"""Records that are written at once."""
MOST_MARKS = 20_000
"""Marks that are read at once: an article that changed again and again since is written once."""
LOCK = ".records.lock"
"""Who writes records does so alone: pages of two that do would be of different times."""


def publish_records(site: Site, *, keys: SecuredKeys, is_cooling: bool = True) -> RecordsWritten:
    """Write the records that are marked or whose heat fell, the pages of JSON that list them, and the schema.

    The files of what is not stored any more are removed; without ``publish.records``, all of them. Unless
    ``is_cooling``, what only has another heat is left for the next time.
    """
    if not site.rules.publishing.records:
        return remove_all_records(site.rules.feeds_dir, site.store)
    with lock_folder(site.rules.feeds_dir, LOCK):
        return add_up(_publish(site, keys, is_cooling))


def rebuild_records(site: Site, *, keys: SecuredKeys) -> RecordsWritten:
    """Forget what is known of the files of records, and write all of them anew; none where they are off."""
    if not site.rules.publishing.records:  # no lock: its file would be new in a tree without records
        forget_record_states(site.store, is_off=False)
        return remove_all_records(site.rules.feeds_dir, site.store)
    with lock_folder(site.rules.feeds_dir, LOCK):
        forget_record_states(site.store, is_off=False)
        return publish_records(site, keys=keys)


def _publish(site: Site, keys: SecuredKeys, is_cooling: bool) -> Iterator[RecordsWritten]:
    yield take_up_rules(site.rules, site.store, keys)
    if is_cooling:
        yield from cool_records(site)
    while marked := read_marks_by_key(site.store, MarkKind.RECORD, now=site.now, limit=MOST_MARKS):
        waiting = iter(marked.values())
        while batch := list(islice(waiting, BATCH)):
            yield from _write_marked(list(chain.from_iterable(batch)), site, keys)
    yield from write_pages(rules=site.rules, store=site.store)


def _write_marked(marks: Sequence[Mark], site: Site, keys: SecuredKeys) -> Iterator[RecordsWritten]:
    """Write the records of marked articles, and remove those of articles that have none any more."""
    ids = frozenset(mark.key for mark in marks)
    articles = [a for a in read_stored_articles(site.store, ids) if has_record(a, site.rules, site.now)]
    rendered = render_records(articles, site, keys=keys)
    files = {record.name: record.content for record in rendered}
    written = write_files(site.rules.feeds_dir, files)
    yield RecordsWritten.of(written)
    gone = ids - {article.id for article in articles}
    removal = _remove(gone, site.rules.feeds_dir, site.store)
    yield removal
    states = {one.state.article_id: one.state for one in rendered if one.name in written.stamps}
    failed = {article.id for article in articles} - states.keys()
    if removal.errors:
        gone, failed = frozenset(), failed | gone
    before = read_record_states(site.store, states.keys() | gone)
    page_marks = (
        mark for i in states.keys() | gone for mark in find_page_marks(before.get(i), states.get(i))
    )
    update = RecordUpdate(
        states=tuple(states.values()),
        relisted=tuple(state for i, state in states.items() if is_relisted(before.get(i), state)),
        gone=gone,
        page_marks=select_page_marks(page_marks),
        taken=marks,
        again=dict.fromkeys(failed, site.now + RETRY_AFTER),
    )
    save_record_update(site.store, update, now=site.now)


def _remove(article_ids: Collection[str], folder: Path, store: Store) -> RecordsWritten:
    names = find_record_names(store, article_ids, except_source=IMPORTED)
    try:
        return RecordsWritten(removed=remove_files(folder, [f"{RECORDS}/{name}" for name in names.values()]))
    except PublishError as error:
        return RecordsWritten(errors=(str(error),))
