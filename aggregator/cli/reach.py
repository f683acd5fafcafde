"""How much of each source's articles reaches the feeds, for commands that report it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from aggregator.cli.workspace import Workspace
from aggregator.curate import IN_TITLE, LONG_EXCERPT, FeedReach, explain_unpublished
from aggregator.store import count_reach


def reach_of_sources(workspace: Workspace, now: datetime) -> Mapping[str, FeedReach]:
    """Return by source id what the sources brought within the window of the feeds."""
    window = timedelta(days=workspace.config.settings.publish.window_days)
    found = count_reach(
        workspace.store, now - window, backlog=workspace.rules.backlog,
        long_excerpt=LONG_EXCERPT, in_title=IN_TITLE, is_neutral=not workspace.config.topics,
    )  # fmt: skip
    weights = {source.id: source.weight for source in workspace.config.sources}
    return {
        source_id: FeedReach(
            on_topic=reached.on_topic,
            published=reached.published,
            without=reached.without,
            weight=weights[source_id],
        )
        for source_id, reached in found.items()
        if source_id in weights
    }


def unpublished_sources(reach: Mapping[str, FeedReach]) -> Iterator[tuple[str, str]]:
    """Yield each source with articles on topic and none published, and why that is."""
    for source_id, one in reach.items():
        reason = explain_unpublished(one)
        if reason is not None:
            yield source_id, reason
