"""What polling costs the publishers, as ``aggregator status --politeness`` prints it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from aggregator.cadence import Politeness, politeness_of, total_of
from aggregator.cli.stores import configured_states
from aggregator.cli.workspace import Workspace
from aggregator.text import format_bytes


def politeness_report(
    workspace: Workspace, source_ids: Sequence[str], now: datetime
) -> Mapping[str, Politeness]:
    """Return what these sources cost, by id, and together as ``total``."""
    states = configured_states(workspace.config, workspace.store, now)
    each = {source_id: politeness_of(states[source_id], now=now) for source_id in source_ids}
    return {**each, "total": total_of(each.values())}


def politeness_rows(report: Mapping[str, Politeness]) -> Iterator[tuple[object, ...]]:
    """Yield headings and a row for each, as people read them."""
    yield "id", "requests_per_day", "not_modified", "received", "saved", "polls", "days"
    for name, one in report.items():
        share = one.not_modified_share
        yield (
            name,
            f"{one.requests_per_day:.1f}",
            None if share is None else f"{share:.0%}",
            format_bytes(one.received_bytes),
            format_bytes(one.saved_bytes),
            one.polls,
            f"{one.days:.1f}",
        )
