"""What publishing did, as ``publish --json`` and ``rebuild --json`` print it."""

from collections.abc import Mapping, Sequence

from aggregator.pipeline.publish.publication import Publication
from aggregator.pipeline.records import RecordsWritten


def report_files(done: Publication, records: RecordsWritten, errors: Sequence[str]) -> Mapping[str, object]:
    """Return which topics were published with how many items, how many files were written, and ``errors``."""
    return {
        "topics": dict(done.items),
        "written": len(done.changed) + records.changed,
        "unchanged": done.unchanged + records.unchanged,
        "errors": [*errors],
    }
