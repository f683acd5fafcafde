"""How much of each source's articles reaches the feeds, for commands that report it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.cli.workspace import Workspace
from aggregator.curate import IN_TITLE, LONG_EXCERPT, FeedReach, explain_unpublished
from aggregator.curate.editor_decisions import PART
from aggregator.curate.score import KEPT_OUT
from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.explanation.feed_reasons import name_part
from aggregator.store import count_reach, read_parts_of_reached
from aggregator.text import format_time


def reach_of_sources(workspace: Workspace, now: datetime) -> Mapping[str, FeedReach]:
    """Return by source id what the sources brought within the window of the feeds."""
    window = timedelta(days=workspace.config.settings.publish.window_days)
    found = count_reach(
        workspace.store, now - window, backlog=workspace.rules.polling.backlog,
        long_excerpt=LONG_EXCERPT, in_title=IN_TITLE, is_neutral=not workspace.config.topics,
    )  # fmt: skip
    weights = {source.id: source.weight for source in workspace.config.sources}
    reach = {
        source_id: FeedReach(
            on_topic=reached.on_topic,
            published=reached.published,
            without=reached.without,
            weight=weights[source_id],
        )
        for source_id, reached in found.items()
        if source_id in weights
    }
    silent = [source_id for source_id, one in reach.items() if one.is_silent]
    parts = read_parts_of_reached(
        workspace.store, silent, now - window,
        backlog=workspace.rules.polling.backlog, is_neutral=not workspace.config.topics,
    )  # fmt: skip
    decisions = {f"{PART}{one.id}": one for one in workspace.config.decisions}
    return reach | {
        source_id: replace(reach[source_id], kept_out=_count_kept_out(of_articles, decisions))
        for source_id, of_articles in parts.items()
    }


def _count_kept_out(
    articles: Iterable[Mapping[str, int]], decisions: Mapping[str, Decision]
) -> Mapping[str, int]:
    """Return in words what keeps articles with these parts of quality out, with of how many."""
    names = (name for parts in articles for name, points in parts.items() if points <= KEPT_OUT)
    return Counter(_name_hindrance(name, decisions.get(name)) for name in names)


def _name_hindrance(name: str, decision: Decision | None) -> str:
    until = f" (until {format_time(decision.until)})" if decision and decision.until else ""
    is_taken_down = decision is not None and decision.verb is Verb.TAKEDOWN
    return f"{'taken down' if is_taken_down else 'kept out'} by {name_part(name)}{until}"


def unpublished_sources(reach: Mapping[str, FeedReach]) -> Iterator[tuple[str, str]]:
    """Yield each source with articles on topic and none published, and why that is."""
    for source_id, one in reach.items():
        reason = explain_unpublished(one)
        if reason is not None:
            yield source_id, reason
