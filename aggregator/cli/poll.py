"""``aggregator poll``: one round of polling."""

import asyncio
import logging
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

import typer

from aggregator.cli.completion import SOURCE_ID
from aggregator.cli.corrected_clock import correct_clock
from aggregator.cli.fetchers import open_fetchers
from aggregator.cli.named_ids import check_sources
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, print_json
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.cli.terminal.progress_bar import show_progress_bar
from aggregator.cli.usable_config import read_usable_config
from aggregator.cli.workspace import Workspace, list_service_waits, open_workspace
from aggregator.errors import AggregatorError
from aggregator.machine.memory import tune_garbage_collection
from aggregator.pipeline.clock_faults import mend_clock
from aggregator.pipeline.context import Clock, Context
from aggregator.pipeline.enrich.newly_shown import mark_newly_shown
from aggregator.pipeline.enrich.steps import Stage, run_steps
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.poll.report import Poll
from aggregator.pipeline.poll.round import poll
from aggregator.store import list_due_sources
from aggregator.text import format_count

PICTURE_ROUNDS = 5
"""Rounds of looking at pictures, of some articles each, that follow a round of polling at the most."""
app = typer.Typer()


@app.command(name="poll", epilog="Example: aggregator poll --source mit-news")
def poll_command(
    source: Annotated[
        list[str] | None,
        typer.Option(**SOURCE_ID, help="Poll this source now; may be repeated."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Poll every enabled source, due or not.")] = False,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Poll the sources that are due, store what is new, and print a one-line summary.

    Exits 1 if more than half of them failed.
    """
    log_to_stderr(logging.ERROR if sys.stderr.isatty() else logging.INFO)  # a terminal has the bar
    with open_workspace(read_usable_config(config).config, polls=True) as workspace:
        clock = correct_clock(workspace.store)
        mend_clock(workspace.look_at_site(clock()))
        chosen = _choose_sources(workspace, source or [], clock(), every=every)
        # Who names a source wants to know what it says now, whatever another one of its service said.
        waits = {} if source else list_service_waits(workspace.store, clock())
        tune_garbage_collection()
        polls = _poll_with_bar(workspace, chosen, waits, clock)
    if as_json:
        print_json({"polls": [asdict(done) for done in polls]})
    else:
        typer.echo(summary(polls))
    failed = sum(done.outcome in ("failed", "gone") for done in polls)
    if 2 * failed > len(polls):
        advice = "`aggregator status` says why, `aggregator sources doctor` looks for where they are"
        raise AggregatorError(f"{failed} of {len(polls)} sources failed: {advice}")


def summary(polls: Sequence[Poll]) -> str:
    """Return one line on a round of polls."""
    if not polls:
        return "no source is due; --all polls every one now"
    outcomes = Counter(done.outcome for done in polls)
    counted = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    new, edited = sum(done.new for done in polls), sum(done.edited for done in polls)
    quarantined = sum(done.quarantined for done in polls)
    waiting = f", {quarantined} quarantined: see `aggregator review`" if quarantined else ""
    polled, came = format_count(len(polls), "source"), format_count(new, "new article")
    return f"{polled} polled: {counted}; {came}, {edited} edited{waiting}"


def _choose_sources(
    workspace: Workspace, named: Sequence[str], now: datetime, *, every: bool
) -> tuple[str, ...]:
    check_sources(named, workspace.rules.sources)
    if named:
        return tuple(dict.fromkeys(named))
    if every:
        return tuple(source.id for source in workspace.config.sources if source.enabled)
    return tuple(i for i in list_due_sources(workspace.store, now) if i in workspace.rules.sources)


async def _poll(
    workspace: Workspace,
    chosen: Sequence[str],
    waits: Mapping[str, timedelta],
    clock: Clock,
    on_done: Callable[[Poll], None],
) -> tuple[Poll, ...]:
    settings = workspace.config.settings
    async with open_fetchers(settings) as (fetcher, pages):
        fetcher.pause_services(waits)
        rules, store = workspace.rules, workspace.store
        context = Context(rules=rules, store=store, fetcher=fetcher, clock=clock, pages=pages)
        polls = await poll(chosen, context, on_done=on_done)
        await asyncio.to_thread(StoryDesk().group_site, context.look_at_site())
        await run_steps(Stage.STORED, context)
        await asyncio.to_thread(mark_newly_shown, context.look_at_site())
        for _ in range(PICTURE_ROUNDS):
            if not (await run_steps(Stage.IN_PLAY, context)).left:
                break
        return polls


def _poll_with_bar(
    workspace: Workspace, chosen: Sequence[str], waits: Mapping[str, timedelta], clock: Clock
) -> tuple[Poll, ...]:
    with show_progress_bar("polling", len(chosen), stays=True) as bar:

        def on_done(done: Poll) -> None:
            bar.advance()
            bar.note(done.source_id)
            said = done.error or done.fault
            if said is not None:
                bar.tell(f"{done.source_id}: {said}")

        return asyncio.run(_poll(workspace, chosen, waits, clock, on_done))
