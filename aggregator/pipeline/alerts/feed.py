"""The feed of operations: what was told last, in the published tree, for operators alone."""

from datetime import datetime

import structlog

from aggregator.alerts import describe_event, describe_span
from aggregator.errors import PublishError
from aggregator.pipeline.site import Site
from aggregator.publish.files import write_files
from aggregator.publish.operations import render_operations
from aggregator.publish.tree_paths import OPERATIONS
from aggregator.store import Store, read_events, read_note, write_note

IN_FEED = 100
"""Events that the feed shows."""

_BEGAN = "operations feed began"
"""The note of when the feed was first written."""

log = structlog.get_logger()


def write_operations(site: Site) -> None:
    """Write the feed of operations; one that cannot be written is logged."""
    told = read_events(site.store, most=IN_FEED)
    events = [(one, f"{describe_event(one)} {describe_span(one)}") for one in told]
    content = render_operations(
        events,
        title=site.rules.site_title,
        base_url=site.rules.site.base_url,
        began_at=_find_begin(site.store, site.now),
    )
    try:
        errors = write_files(site.rules.feeds_dir, {OPERATIONS: content}).errors
    except PublishError as error:
        errors = (str(error),)
    for problem in errors:
        log.warning("alerts", error=problem)


def _find_begin(store: Store, now: datetime) -> datetime:
    """Return when the feed was first written, which is noted then: ``now``, where it never was."""
    noted = read_note(store, _BEGAN)
    if noted is None:
        write_note(store, _BEGAN, now.isoformat())
    return now if noted is None else datetime.fromisoformat(noted)
