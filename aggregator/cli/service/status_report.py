"""How every source and topic is doing, as ``aggregator status`` prints it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import typer

from aggregator.cadence import explain_poll, health_of
from aggregator.cli.editing.proposal_report import report_withdrawals
from aggregator.cli.named_ids import check_sources
from aggregator.cli.options import print_json
from aggregator.cli.service.correction_report import report_corrections
from aggregator.cli.service.hub_report import report_hubs
from aggregator.cli.service.politeness import politeness_report, politeness_rows
from aggregator.cli.service.reach import reach_of_sources, unpublished_sources
from aggregator.cli.service.upload_report import report_uploads
from aggregator.cli.service.worker_report import report_queue, report_unpublished, report_workers
from aggregator.cli.stores import configured_states
from aggregator.cli.terminal.table import format_table, format_time_if_known
from aggregator.cli.workspace import Workspace
from aggregator.curate import FeedReach
from aggregator.model import PastPoll, Source, SourceState
from aggregator.pipeline.config_in_force import find_waiting, list_urgent
from aggregator.pipeline.explanation.source_trouble import describe_trouble
from aggregator.pipeline.publish.feed_content import read_topic_articles
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publisher_names import list_unlisted_publishers
from aggregator.store import (
    SourceCounts,
    count_quarantined,
    read_outages,
    read_past_polls,
    read_pauses,
    read_queue,
    read_source_counts,
    read_subscriptions,
)
from aggregator.websub import describe_subscription

MOST_PUBLISHERS = 20
Row = Mapping[str, str | int | float | None]
States = Mapping[str, SourceState]
Reach = Mapping[str, FeedReach]


def print_status(workspace: Workspace, now: datetime, *, as_json: bool) -> None:
    """Print how every source is doing and what every topic's feed holds."""
    states, reach = (
        configured_states(workspace.config, workspace.store, now),
        reach_of_sources(workspace, now),
    )
    jobs, workers = read_queue(workspace.store)
    report: dict[str, list[Row]] = {
        "sources": list(_report_sources(workspace, states, reach, now)),
        "topics": list(_report_topics(workspace)),
        "proposals": list(_report_proposals(workspace, states)),
        "withdrawals": list(report_withdrawals(workspace.config, workspace.store, now)),
        "configuration": list(_report_waiting(workspace)),
        "warnings": list(_report_warnings(reach)),
        "publishers": list(_report_publishers(workspace)),
        "hubs": list(report_hubs(workspace)),
        "uploads": list(report_uploads(workspace)),
        "corrections": list(report_corrections(workspace)),
        "network": list(_report_network(workspace, now)),
        "workers": list(report_workers(workers, workspace, now)),
        "unpublished": list(report_unpublished(workers)),
        "queue": list(report_queue(jobs)),
    }
    if as_json:
        print_json(report)
        return
    for kind, rows in report.items():
        if not rows and kind not in ("sources", "topics"):
            continue
        headings = tuple(rows[0]) if rows else (f"no {kind}",)
        if kind == "publishers":
            typer.echo("publishers that providers.yaml does not name; list them there to name them well:")
        typer.echo("\n".join(format_table(headings, [tuple(row.values()) for row in rows])))


def print_politeness(workspace: Workspace, source_id: str | None, now: datetime, *, as_json: bool) -> None:
    """Print what polling cost each publisher, or that of one source; raises AggregatorError."""
    ids = (
        [s.id for s in workspace.config.sources]
        if source_id is None
        else [_find_source(workspace, source_id).id]
    )
    report = politeness_report(workspace, ids, now)
    if as_json:
        costs = {name: asdict(one) for name, one in report.items()}
        total = costs.pop("total")
        print_json({"sources": costs, "total": total})
        return
    headings, *rows = politeness_rows(report)
    typer.echo("\n".join(format_table([str(heading) for heading in headings], rows)))


def _find_source(workspace: Workspace, source_id: str) -> Source:
    check_sources([source_id], workspace.rules.sources)
    return workspace.rules.sources[source_id]


def print_source(workspace: Workspace, source_id: str, now: datetime, *, as_json: bool) -> None:
    """Print all of one source, and why it is polled as it is; raises AggregatorError."""
    row = _report_source(workspace, source_id, now)
    polls = [_report_poll(poll) for poll in read_past_polls(workspace.store, source_id)]
    if as_json:
        print_json({**row, "polls": polls})
        return
    (heading, value), *rest = row.items()
    typer.echo("\n".join(format_table((heading, str(value)), [pair for pair in rest if pair[1] is not None])))
    if polls:
        typer.echo("\n".join(format_table(tuple(polls[0]), [tuple(poll.values()) for poll in polls])))


def _report_poll(poll: PastPoll) -> Row:
    return {
        "polled_at": format_time_if_known(poll.at),
        "outcome": poll.outcome,
        "status": poll.status,
        "bytes": poll.received_bytes,
        "new": poll.new,
        "seconds": poll.seconds,
        "error": poll.error,
    }


def _report_source(workspace: Workspace, source_id: str, now: datetime) -> Row:
    source = _find_source(workspace, source_id)
    state = configured_states(workspace.config, workspace.store, now)[source_id]
    interval = explain_poll(state, intervals=workspace.rules.polling.intervals.of(source), now=now)
    return {
        "id": source.id,
        "url": source.url,
        "outcome": state.outcome or "not polled yet",
        "standing": health_of(state),
        "polled_at": format_time_if_known(state.polled_at),
        "next_poll_at": format_time_if_known(state.next_poll_at) if source.enabled else None,
        "interval": interval,
        "pushed": describe_subscription(
            next(iter(read_subscriptions(workspace.store, source_id)), None), now
        ),
        "failures": state.failures,
        "joined": state.joined,
        "error": describe_trouble(source, state, read_pauses(workspace.store, now)),
    }


def _report_sources(workspace: Workspace, states: States, reach: Reach, now: datetime) -> Iterator[Row]:
    counts = read_source_counts(workspace.store, now)
    quarantined, pauses = count_quarantined(workspace.store), read_pauses(workspace.store, now)
    for source in workspace.config.sources:
        state, count = states[source.id], counts.get(source.id, SourceCounts())
        yield {
            "id": source.id,
            "outcome": state.outcome,
            "standing": health_of(state),
            "next_poll_at": format_time_if_known(state.next_poll_at) if source.enabled else None,
            "failures": state.failures,
            "articles": count.articles,
            "on_topic": reach[source.id].on_topic if source.id in reach else 0,
            "published": reach[source.id].published if source.id in reach else 0,
            "quarantined": quarantined.get(source.id, 0),
            "joined": state.joined,
            "articles_per_day": round(count.articles_per_day, 2),
            "newest_at": format_time_if_known(count.newest_at),
            "error": describe_trouble(source, state, pauses),
        }


def _report_waiting(workspace: Workspace) -> Iterator[Row]:
    """Report a change of the configuration that waits to be let go, if there is one."""
    why = find_waiting(workspace.config, workspace.store)
    if why is not None:
        ahead = ", ".join(list_urgent(None, workspace.store)) or None
        yield {
            "waits": why,
            "in_force_already": ahead,
            "see": "aggregator plan",
            "let_go": "aggregator apply",
        }


def _report_network(workspace: Workspace, now: datetime) -> Iterator[Row]:
    """Report the processes whose own network is down: nothing is held against sources meanwhile."""
    for outage in read_outages(workspace.store, now):
        yield {
            "down_at": outage.where,
            "since": format_time_if_known(outage.since_at),
            "problem": outage.problem,
        }


def _report_warnings(reach: Reach) -> Iterator[Row]:
    for source_id, reason in unpublished_sources(reach):
        yield {"id": source_id, "warning": reason}


def _report_publishers(workspace: Workspace) -> Iterator[Row]:
    """The publishers that nobody named, those with most articles first."""
    for publisher in list_unlisted_publishers(workspace.rules, workspace.store)[:MOST_PUBLISHERS]:
        yield {
            "domain": publisher.domain,
            "name": publisher.name,
            "from": publisher.origin,
            "articles": publisher.articles,
        }


def _report_proposals(workspace: Workspace, states: States) -> Iterator[Row]:
    for source in workspace.config.sources:
        state = states[source.id]
        if state.proposed_url is not None:
            yield {
                "id": source.id,
                "url": source.url,
                "proposed_url": state.proposed_url,
                "why": state.proposed_why,
                "accept": f"aggregator sources accept {source.id}",
            }


def _report_topics(workspace: Workspace) -> Iterator[Row]:
    for topic_id in list_topic_ids(workspace.rules):
        items = read_topic_articles(topic_id, rules=workspace.rules, store=workspace.store)
        newest_us = max((item.published_us for item in items), default=None)
        newest_at = None if newest_us is None else datetime.fromtimestamp(newest_us / 1_000_000, UTC)
        yield {"id": topic_id, "items": len(items), "newest_at": format_time_if_known(newest_at)}
