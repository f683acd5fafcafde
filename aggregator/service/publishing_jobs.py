"""The jobs of the service that write the published tree, and those that see that it is to be written."""

import asyncio
import time
from datetime import timedelta

import structlog

from aggregator.errors import StoreError
from aggregator.pipeline.enrich.lost_files import forget_lost_files
from aggregator.pipeline.publish.publication import Publication, publish
from aggregator.pipeline.publish.topic_groups import Helpers, help_with_topics
from aggregator.pipeline.records import publish_records
from aggregator.publish.topic_offers import read_offer
from aggregator.publish.tree_writers import note_help
from aggregator.service.state import ServiceState, Work
from aggregator.store import MarkKind, count_marks, find_newest_mark

RECORDS_PAUSE_S = 10.0
RECORDS_SHARE = 20
"""A new record moves all others on their pages: writing records takes at most one twentieth of the time."""
PUBLISHED_MARKS = (
    MarkKind.ARTICLE, MarkKind.STORY, MarkKind.TOPIC, MarkKind.PAGE, MarkKind.SITE, MarkKind.TRUTH,
)  # fmt: skip
"""What asks publishing for something; the others are left by it, or taken up by jobs of their own."""
RECORDS_COOL_S = 600.0
"""How often records are looked for whose heat was to be measured again: each is once or twice a day."""
LAGS_UP_TO = timedelta(days=1)
"""The age up to which an article that is newly shown counts for the delay: a rule let older ones in."""

log = structlog.get_logger()


async def publish_tree(state: ServiceState) -> Work:
    """Write the feeds and pages of what changed, and of what ages out of the window.

    That waits a moment for publishers to say what time it is where the clock was set.
    """
    if state.clock_watch.is_unsure():
        return Work.PUBLISH
    context, publication, tree = state.context, state.publication, state.tree_watch
    tree.is_publishing = True
    try:
        done = await asyncio.to_thread(
            publish, context.look_at_site(),
            is_tree_checked=tree.is_check_due, is_clock_trusted=state.clock_watch.is_trusted(),
            helpers=Helpers(most=state.helpers),
        )  # fmt: skip
        tree.note_publication(context.rules)
    except Exception as error:
        publication.failure, publication.has_lost_store = str(error), isinstance(error, StoreError)
        raise
    finally:
        tree.is_publishing = False
    publication.failure, publication.has_lost_store = next(iter(done.errors), None), False
    publication.ended_at_s = time.monotonic()
    _record_publication(done, state)
    for problem in done.errors:
        log.error("publish", error=problem)
    if done.changed:
        log.info("publish", topics=len(done.items), written=len(done.changed), unchanged=done.unchanged)
    return Work.NONE


async def help_to_publish(state: ServiceState) -> Work:
    """Write some of the topics that another worker, which publishes, offers."""
    context = state.context
    offer = read_offer(context.rules.feeds_dir)
    if offer is None or offer.id == state.offer_seen or state.tree_watch.is_publishing:
        return Work.NONE
    state.offer_seen = offer.id
    done = await asyncio.to_thread(help_with_topics, offer, rules=context.rules, store=context.store)
    state.publication.failure = next(iter(done.errors), None)
    state.metrics.record_publication(
        len(done.changed), len(done.items), (), context.clock().timestamp(), helps=True
    )
    for problem in done.errors:
        log.error("publish", error=problem)
    if done.changed:
        await asyncio.to_thread(note_help, context.rules.feeds_dir, context.clock())
        log.info(
            "publish", topics=len(done.items), written=len(done.changed), unchanged=done.unchanged, helps=True
        )
    return Work.NONE


def _record_publication(done: Publication, state: ServiceState) -> None:
    """Record a publication that ended now; an article that a changed rule lets in after days is not late."""
    now = state.context.clock()
    ages = [(one.topics, now - one.first_seen_at) for one in done.placed]
    lags_s = [(topics, age.total_seconds()) for topics, age in ages if age <= LAGS_UP_TO]
    state.metrics.record_publication(
        len(done.changed), len(done.items), [lag_s for _, lag_s in lags_s], now.timestamp()
    )
    state.publication.note_lags(lags_s)


async def check_marks(state: ServiceState) -> Work:
    """Have published at once what another process changed: an answer about stories, or a decision."""
    if state.tree_watch.is_publishing:  # which leaves marks itself, and takes them
        return Work.NONE
    newest = await asyncio.to_thread(find_newest_mark, state.context.store, PUBLISHED_MARKS)
    if newest <= state.newest_mark:
        return Work.NONE
    state.newest_mark = newest
    return Work.GROUP | Work.PUBLISH


async def end_decisions(state: ServiceState) -> Work:
    """Have published at once what a decision held back or changed until now."""
    now = state.context.clock()
    since, state.decisions_ended_at = state.decisions_ended_at or now, now
    rules = state.context.rules
    kinds = (rules.decisions, rules.stories.decisions)
    has_ended = any(decisions.has_end_between(since, now) for decisions in kinds)
    return Work.GROUP | Work.PUBLISH if has_ended else Work.NONE


async def write_records(state: ServiceState) -> Work:
    """Write the records of what changed, unless that was done a moment ago."""
    if state.clock_watch.is_unsure():
        return Work.PUBLISH
    context, publication, loop = state.context, state.publication, asyncio.get_running_loop()
    started_s = loop.time()
    if started_s < publication.records_again_at_s:
        # What is left is asked for again by the next publication, which is not a minute away.
        waiting = await asyncio.to_thread(count_marks, context.store, MarkKind.RECORD, now=context.clock())
        return Work.PUBLISH if waiting else Work.NONE
    is_cooling = started_s >= publication.records_cool_at_s
    done = await asyncio.to_thread(
        publish_records,
        context.look_at_site(), keys=state.keys, is_cooling=is_cooling,
    )  # fmt: skip
    ended_s = loop.time()
    publication.records_again_at_s = ended_s + max(RECORDS_PAUSE_S, RECORDS_SHARE * (ended_s - started_s))
    if is_cooling:
        publication.records_cool_at_s = ended_s + RECORDS_COOL_S
    for problem in done.errors:
        log.error("records", error=problem)
    if done.changed or done.removed:
        log.info("records", written=done.changed, unchanged=done.unchanged, removed=done.removed)
    return Work.NONE


async def check_tree(state: ServiceState) -> Work:
    """Have files of the tree written again that somebody removed."""
    return Work.NONE if await asyncio.to_thread(state.tree_watch.check) else Work.PUBLISH


async def check_assets(state: ServiceState) -> Work:
    """Have copies of pictures and logos made again that somebody removed from the tree."""
    context = state.context
    lost = await asyncio.to_thread(forget_lost_files, context.look_at_site())
    if not lost:
        return Work.NONE
    log.warning("assets", problem="pictures or logos were removed: they are made again", files=lost)
    return Work.PUBLISH | Work.PICTURES
