"""The jobs of the service: one table, and the function of each job; those that write the tree stand apart.

A function does what there is to do now and returns what has to follow; its errors are caught and logged by
whoever calls it (``service.jobs``). Due times are in the store: a job only asks often what is due.
"""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import structlog

from aggregator.errors import StoreError
from aggregator.machine.memory import return_memory
from aggregator.pipeline.doctor import examine_due
from aggregator.pipeline.enrich.steps import Stage, run_steps
from aggregator.pipeline.publish.orphaned_files import remove_orphaned_files
from aggregator.pipeline.push.read import read_pushes
from aggregator.pipeline.push.subscribe import subscribe_due
from aggregator.pipeline.push.tell_hubs import tell_hubs
from aggregator.pipeline.removals import prune
from aggregator.service.alert_round import tell_operators
from aggregator.service.job import Job
from aggregator.service.measurements import list_due_measurements, measure_again
from aggregator.service.publishing_jobs import (
    check_assets,
    check_marks,
    check_tree,
    end_decisions,
    publish_tree,
    write_records,
)
from aggregator.service.state import ServiceState, Work, work_after_storing
from aggregator.service.uploading import upload_tree

log = structlog.get_logger()


async def reload_config(state: ServiceState) -> Work:
    """Take up a changed configuration."""
    # Thousands of sources take seconds to check: exchanges under way must not wait for that.
    rules = await asyncio.to_thread(state.live.reload) if state.live else None
    if rules is None:
        return Work.NONE
    state.context = replace(state.context, rules=rules)
    return Work.GROUP | Work.PUBLISH | Work.PAGES | Work.SUBSCRIBE


async def poll_due(state: ServiceState) -> Work:
    """Start polling what is due and not under way; the log calls this job ``tick``."""
    state.ticked_at_s = time.monotonic()
    try:
        await state.clock_watch.check(state.context.rules)
        await state.network_watch.check()
        # Where the clock is behind, what is read now would be dated so, and pruned once it is set.
        if not state.clock_watch.is_behind() and await state.polls.start_due(state.context):
            state.store_standing.note_answer()
        else:  # where no poll may begin, nobody asks the store
            await asyncio.to_thread(state.store_standing.ask)
    except StoreError as error:
        state.store_standing.note_failure(error)
        state.polled_at_s = time.monotonic()  # we are at work: a restart would not mend the store
        raise
    state.polled_at_s = time.monotonic()
    state.metrics.record_tick(time.time())
    return Work.NONE


async def store_pushes(state: ServiceState) -> Work:
    """Store what hubs pushed."""
    done = await read_pushes(state.context)
    state.metrics.record_entries(
        new=done.new, quarantined=done.quarantined, edited=done.edited, duplicates=done.duplicates
    )
    return work_after_storing(new=done.new, edited=done.edited)


async def renew_subscriptions(state: ServiceState) -> Work:
    """Subscribe at the hubs that sources announce, renew what ends, and leave what is not wanted."""
    if state.poster is None:
        return Work.NONE
    has_asked = await subscribe_due(state.context, state.poster) > 0
    return Work.SUBSCRIBE if has_asked else Work.NONE  # of what is due, a round takes some


async def ping_hubs(state: ServiceState) -> Work:
    """Tell hubs which of our feeds changed."""
    if state.poster is not None and state.context.rules.websub.publish_hubs:
        told = await tell_hubs(state.context, state.poster)
        state.metrics.record_pings(taken=told.taken, refused=told.refused)
    return Work.NONE


async def group_articles(state: ServiceState) -> Work:
    """Put new articles into stories."""
    context = state.context
    done = await asyncio.to_thread(state.story_desk.group_site, context.look_at_site())
    if not done:
        return Work.NONE
    log.info("group", articles=done)
    return Work.PUBLISH


async def check_store(state: ServiceState) -> Work:
    """Log that somebody removed or replaced the database."""
    await asyncio.to_thread(state.store_watch.find_problem)
    return Work.NONE


async def enrich_articles(state: ServiceState) -> Work:
    """Read the pages of new articles, and prove AMP pages again that were proved some days ago."""
    done = await run_steps(Stage.STORED, state.context)
    left = Work.PAGES if done.is_changed or done.left else Work.NONE
    if not done.is_changed:
        return left
    log.info("enrich", **done.counts)
    return left | Work.PUBLISH


async def check_pictures(state: ServiceState) -> Work:
    """Check the pictures and logos of articles that are newly shown, and those to be tried again by now."""
    while not (done := await run_steps(Stage.IN_PLAY, state.context)).is_changed:
        if not done.left:
            return Work.NONE
    log.info("pictures", **done.counts, left=done.left)
    return Work.PICTURES | Work.PUBLISH if done.left else Work.PUBLISH


async def prune_articles(state: ServiceState) -> Work:
    """Remove what is past ``publish.retention_days``, once the clock can be believed."""
    context = state.context
    site = context.look_at_site()  # its time is trusted next, and not what it may be set to after that
    if not state.clock_watch.is_trusted():
        return Work.PRUNE
    done = await asyncio.to_thread(prune, site)
    if done.articles or done.sources:
        log.info("prune", removed=done.articles, sources=done.sources)
    if not state.has_removed_orphans:
        state.has_removed_orphans = True
        await asyncio.to_thread(remove_orphaned_files, rules=context.rules, store=context.store)
    return Work.PUBLISH


async def measure(state: ServiceState) -> Work:
    """Measure what is due for ``/metrics``, if somebody asks for that."""
    due = list_due_measurements(state, time.monotonic())
    if due:
        await asyncio.to_thread(measure_again, due, state)
    return Work.NONE


async def free_memory(state: ServiceState) -> Work:  # noqa: ARG001  # as all jobs
    """Give back what the largest pieces of work left unused: a service runs for months."""
    await asyncio.to_thread(return_memory)
    return Work.NONE


async def examine_sources(state: ServiceState) -> Work:
    """Look for where sources have gone that do not answer any more; what is found is proposed."""
    if state.context.pages is not None:
        await examine_due(state.context)
    return Work.NONE


async def tell_alerts(state: ServiceState) -> Work:
    """Look for what needs a person, and tell operators."""
    await asyncio.to_thread(tell_operators, state, time.monotonic())
    return Work.NONE


def _to_timedelta(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


JOBS = (
    Job(name="reload", every=_to_timedelta(1), function=reload_config),
    Job(name="tick", every=_to_timedelta(1), function=poll_due),
    Job(
        name="group", every=_to_timedelta(1), function=group_articles,
        needs=Work.GROUP, is_retried=True, is_hastened=True,
    ),
    Job(
        name="publish", every=_to_timedelta(2), function=publish_tree,
        needs=Work.PUBLISH, at_least_every=timedelta(minutes=1), then=Work.PICTURES, is_retried=True,
        is_hastened=True, first="group",  # what has no story yet would be written now and again with it
    ),
    Job(name="records", after="publish", function=write_records),
    Job(name="upload", every=_to_timedelta(2), function=upload_tree),
    Job(name="end_decisions", every=_to_timedelta(1), function=end_decisions),
    Job(name="check_marks", every=_to_timedelta(2), function=check_marks),
    Job(name="check_tree", every=_to_timedelta(5), function=check_tree),
    Job(name="free_memory", every=timedelta(minutes=5), function=free_memory),
    Job(name="measure", every=_to_timedelta(2), function=measure),
    Job(name="check_store", every=_to_timedelta(5), function=check_store),
    Job(
        name="pictures", every=_to_timedelta(3), function=check_pictures,
        needs=Work.PICTURES, at_least_every=timedelta(minutes=1),
    ),
    Job(name="check_assets", every=timedelta(hours=1), function=check_assets),
    Job(
        name="enrich", every=_to_timedelta(3), function=enrich_articles,
        needs=Work.PAGES, at_least_every=timedelta(minutes=1), is_retried=True, is_hastened=True,
    ),
    Job(
        name="prune", every=_to_timedelta(60), function=prune_articles,
        needs=Work.PRUNE, at_least_every=timedelta(hours=6), is_retried=True,
    ),
    Job(name="alerts", every=timedelta(minutes=1), function=tell_alerts),
    Job(name="doctor", every=_to_timedelta(60), function=examine_sources),
    Job(name="take_pushes", every=_to_timedelta(1), function=store_pushes),
    Job(name="ping_hubs", every=_to_timedelta(1), function=ping_hubs),
    Job(
        name="subscribe", every=_to_timedelta(5), function=renew_subscriptions,
        needs=Work.SUBSCRIBE, at_least_every=timedelta(minutes=1), is_retried=True,
    ),
)  # fmt: skip
"""Every job, by the name that the log has for its errors."""
