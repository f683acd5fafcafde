"""When corrections reached files and hub, as ``aggregator status`` prints it."""

from collections.abc import Iterator, Mapping

from aggregator.cli.terminal.table import format_time_if_known
from aggregator.cli.workspace import Workspace
from aggregator.store import SITE, read_corrections

MOST_CORRECTIONS = 10


def report_corrections(workspace: Workspace) -> Iterator[Mapping[str, str | int | float | None]]:
    """Yield a row for each of the newest corrections, the newest first."""
    for one in read_corrections(workspace.store, SITE, MOST_CORRECTIONS):
        yield {
            "correction": one.kind.value,
            "of": one.article_id or one.story_id,
            "title": one.title,
            "public_reason": one.reason,
            "at": format_time_if_known(one.at),
            "in_files_at": format_time_if_known(one.published_at),
            "at_hub_at": format_time_if_known(one.pinged_at),
        }
