"""What is still to be uploaded, as ``aggregator status`` prints it."""

from collections.abc import Iterator, Mapping

from aggregator.cli.terminal.table import format_time_if_known
from aggregator.cli.workspace import Workspace
from aggregator.store import UPLOAD_FAILURE, read_note


def report_uploads(workspace: Workspace) -> Iterator[Mapping[str, str | int | float | None]]:
    """Yield a row for the target: files that wait, None: all are to be compared first; and why they do."""
    if workspace.rules.publishing.target:
        # A site without a target does not wait for what it needs.
        from aggregator.pipeline.upload import describe_target, read_done_at, read_waiting  # noqa: PLC0415

        label = describe_target(workspace.rules.publishing)
        waiting = read_waiting(workspace.rules.feeds_dir, label)
        yield {
            "target": label,
            "waiting": None if waiting is None else len(waiting),
            "done_at": format_time_if_known(read_done_at(workspace.rules.feeds_dir)),
            "error": read_note(workspace.store, UPLOAD_FAILURE) or None,
        }
