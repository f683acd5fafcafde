"""What hubs were told of our feeds, as ``aggregator status`` prints it."""

from collections.abc import Iterator, Mapping

from aggregator.cli.terminal.table import format_time_if_known
from aggregator.cli.workspace import Workspace
from aggregator.model import HubPing
from aggregator.store import read_pings


def report_hubs(workspace: Workspace) -> Iterator[Mapping[str, str | int | float | None]]:
    """Yield a row for each hub: its feeds, how many it is still to be told of, and how it stands."""
    pings = read_pings(workspace.store)
    for hub in workspace.rules.websub.publish_hubs:
        theirs = [ping for ping in pings if ping.hub_url == hub]
        yield {
            "hub": hub,
            "feeds": len(theirs),
            "waiting": sum(ping.due_at is not None for ping in theirs),
            "pinged_at": format_time_if_known(
                max((p.pinged_at for p in theirs if p.pinged_at), default=None)
            ),
            "error": _find_error(theirs),
        }


def _find_error(pings: list[HubPing]) -> str | None:
    failing = [ping for ping in pings if ping.error]
    return max(failing, key=lambda ping: ping.failures).error if failing else None
