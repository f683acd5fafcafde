"""Removing records: all files of theirs, where they are switched off."""

from pathlib import Path

from aggregator.errors import PublishError
from aggregator.pipeline.records.writing_result import RecordsWritten
from aggregator.publish.files import remove_files
from aggregator.publish.record_file import IMPORTED
from aggregator.publish.stale_pages import find_paged_topics, find_record_schema, find_surplus_record_pages
from aggregator.publish.tree_paths import RECORDS
from aggregator.store import WRITTEN_BY, Store, find_record_names, forget_record_states, read_note


def remove_all_records(folder: Path, store: Store) -> RecordsWritten:
    """Remove the files of records but for imported ones, of their pages and schema, unless that was done."""
    if read_note(store, WRITTEN_BY) == "":
        return RecordsWritten()
    names = find_record_names(store, None, except_source=IMPORTED).values()
    files = [f"{RECORDS}/{name}" for name in names]
    for topic_id in (*find_paged_topics(folder), None):
        files += find_surplus_record_pages(folder, topic_id, 1)
    try:
        removed = remove_files(folder, [*files, *find_record_schema(folder)])
    except PublishError as error:
        return RecordsWritten(errors=(str(error),))
    forget_record_states(store, is_off=True)
    return RecordsWritten(removed=removed)
