"""One session of a worker: from when it is known by a number to when it stops, or others take it for gone."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import structlog
from procrastinate.worker import Worker as Taker

from aggregator.errors import StoreError, WorkerReplaced
from aggregator.machine.processes import end_process
from aggregator.pipeline.poll.report import Poll
from aggregator.pipeline.robots_memory import StoredRobots
from aggregator.publish.tree_writers import (
    break_locks,
    count_writers,
    find_gone_elsewhere,
    find_gone_writers,
    forget_writer,
    note_writer,
)
from aggregator.service.job import Job
from aggregator.service.job_errors import JobErrors
from aggregator.service.jobs import Jobs
from aggregator.service.service import SETTLE_S
from aggregator.service.state import ServiceState, Work
from aggregator.service.workers.held_shards import HeldShards, read_steady_s
from aggregator.service.workers.job_order import JobOrder
from aggregator.service.workers.queue import Queue
from aggregator.service.workers.shared_jobs import (
    list_followers,
    list_jobs_for,
    list_own_jobs,
    list_shared_jobs,
)
from aggregator.service.workers.shared_tree import PublisherWatch, SharedTree
from aggregator.store import find_due_shards, make_worker_guard

LOOK_S = 2.0
"""How often a worker with room for more shards looks for those with something to ask for."""
PUT_S = 1.0
"""Within this, work that was noticed is put into the queue once at most."""
SET_BACK_S = 1.0
"""By how much the clock is set back before a worker begins anew: the queue plans by it."""

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class WorkerSession:
    """What a worker has while others know of it: the ``queue``, its shards, and work that is to be put there.

    ``ended`` is set where it has to begin anew, ``why`` says for what reason. It ``has_begun`` once
    others know of it, by its ``worker_id``.
    """

    state: ServiceState
    queue: Queue
    shards: int
    groups: int
    publishes: bool
    errors: JobErrors
    work: Work = Work.GROUP | Work.PUBLISH | Work.PAGES | Work.SUBSCRIBE  # nobody knows what others left
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    why: BaseException | None = None
    worker_id: int | None = None
    has_begun: bool = False
    put_at_s: float = float("-inf")
    gone_writers: frozenset[int] = frozenset()
    publisher: PublisherWatch = field(default_factory=PublisherWatch)
    order: JobOrder = field(default_factory=JobOrder)
    jobs: Jobs = field(init=False)
    held: HeldShards = field(init=False)

    def __post_init__(self) -> None:
        self.jobs = Jobs(errors=self.errors)
        self.held = HeldShards(
            state=self.state,
            count=self.shards,
            sure_for_s=self.queue.silent_s / 2,
            on_hold=partial(self._note_work, Work.PAGES),
            on_cut=self._stop_reading,
        )
        context = self.state.context = replace(self.state.context, page_share=self.held.share_pages())
        if context.pages is not None:
            context.pages.memory = StoredRobots(store=context.store, clock=context.clock)
        self.state.on_work = self._note_work
        self.queue.add_shards(self._hold_shard)
        for job in list_shared_jobs():
            self.queue.add_job(job, self._do_in_turn)

    async def run(self, stop: asyncio.Event) -> None:
        """Take jobs until ``stop`` is set; raises what keeps it from that."""
        polls = self.state.polls
        note_before = polls.on_done

        def note_poll(poll: Poll) -> None:
            self.held.note_poll(poll, self.state.context.rules)
            note_before(poll)

        polls.choose_shards, polls.on_done = self.held.choose_shards, note_poll
        polls.again_at_s = float("-inf")  # whatever a former session could not store
        try:
            async with self.queue.open():
                if self.publishes:
                    await self._name_tree().check()
                await self._take(stop)
                await self._put_work()
        finally:
            polls.on_done = note_before
            if stop.is_set():
                forget_writer(self.state.context.rules.feeds_dir)
        if self.why is not None:
            raise self.why

    async def _take(self, stop: asyncio.Event) -> None:
        """Take jobs until there is a reason to end, and let those under way end."""
        at_once = self.shards + len(list_shared_jobs()) + 1
        taker = self.queue.make_taker(publishes=self.publishes, at_once=at_once)
        taking: asyncio.Task[None] = asyncio.create_task(taker.run())  # type: ignore[no-untyped-call]  # theirs
        waits = [asyncio.create_task(event.wait()) for event in (stop, self.ended)]
        try:
            await self._begin(taker, taking)
            await asyncio.wait({taking, *waits}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.held.end()
            taker.stop()  # type: ignore[no-untyped-call]  # theirs
            await asyncio.wait({taking})
            for wait in waits:
                wait.cancel()
            await self.jobs.stop(self.state.polls.under_way.values())
        failure = taking.exception()
        if self.why is None and failure is not None:
            self.why = self.queue.name_cause(failure)
        elif self.why is None and not stop.is_set():
            self.why = StoreError("the connection to the queue of jobs was lost: it begins anew")

    async def _begin(self, taker: Taker, taking: "asyncio.Task[None]") -> None:
        """Wait for the worker's number, and begin what it does by itself."""
        while taker.worker_id is None and not taking.done():
            await asyncio.sleep(0.01)
        worker_id = taker.worker_id
        if worker_id is None:
            return
        self.state.context.store.guard = make_worker_guard(worker_id)
        self.held.sure_at_s = read_steady_s()
        if self.publishes:
            await self._name_tree().claim(worker_id)
            note_writer(self.state.context.rules.feeds_dir, worker_id)
        self.has_begun, self.worker_id = True, worker_id
        log.info("worker", id=worker_id, publishes=self.publishes)
        for job in list_own_jobs(publishes=self.publishes):
            if job.every is not None:
                self.jobs.add(job.name, partial(self._do, job), job.every)
        lead_s = _lead_of_clock_s()
        self.jobs.add(
            "workers", partial(self._look_after_workers, worker_id), timedelta(seconds=self.queue.heartbeat_s)
        )
        self.jobs.add("look", self._look, timedelta(seconds=LOOK_S))
        self.jobs.add("put", self._put_work, timedelta(seconds=PUT_S))
        self.jobs.add("clock", partial(self._check_clock, lead_s), timedelta(seconds=1))
        self.jobs.start()

    def _name_tree(self) -> SharedTree:
        return SharedTree(queue=self.queue, folder=self.state.context.rules.feeds_dir)

    async def _do_in_turn(self, job: Job) -> None:
        """Do a job of the queue once it is its turn."""
        async with self.order.take_turn(job):
            self.work &= ~job.needs  # which was noted here, and is done now
            await self._do(job)

    async def _do(self, job: Job) -> None:
        """Do a job and those that follow it; an error is logged, as what is due is found due again."""
        started_s = time.monotonic()
        self.order.note_start(job)
        try:
            following = await job.function(self.state)
        except Exception as error:  # a fault of ours in one job must not stop the others
            self.errors.log_error(job.name, error)
            self.state.metrics.record_job_error(job.name)
            self._note_work(job.needs if job.is_retried else Work.NONE)
            return
        finally:
            self.state.metrics.record_seconds(job.name, time.monotonic() - started_s)
        self._note_work(following | job.then)
        for follower in list_followers(job):
            await self._do(follower)

    async def _hold_shard(self, number: int, is_claimed: bool) -> None:
        """Hold a shard; where the store cannot be asked, it is left to others."""
        try:
            await self.held.hold(number, is_claimed=is_claimed)
        except StoreError as error:
            self.errors.log_error("poll_shard", error)

    def _note_work(self, work: Work) -> None:
        """Note work, and have it put into the queue soon, or done where this worker does it itself."""
        self.work |= work
        now_s = time.monotonic()
        if any(job.is_hastened for job in list_jobs_for(work)):
            self.jobs.hasten("put", max(SETTLE_S, self.put_at_s + PUT_S - now_s))
        for job in list_own_jobs(publishes=self.publishes):
            if job.is_hastened and work & job.needs:
                self.jobs.hasten(job.name, max(SETTLE_S, self.order.find_next_start_s(job) - now_s))

    def _stop_reading(self) -> None:
        task = self.jobs.under_way.get("enrich")
        if task is not None:
            task.cancel()

    async def _put_work(self) -> None:
        """Put the jobs into the queue for which there is work, and shards of which pictures are wanted."""
        work = self.work | (Work.PICTURES if self.held.has_wanted() else Work.NONE)
        self.work = Work.NONE
        jobs = list_jobs_for(work)
        if any(job.is_hastened for job in jobs):
            self.put_at_s = time.monotonic()
        try:
            await self.queue.put([job.name for job in jobs])
            claims = self.held.list_claims()
            if claims and self.worker_id is not None:
                await self.queue.claim_shards(sorted(claims), self.worker_id)
        except Exception:
            self.work |= work
            raise

    async def _look(self) -> None:
        """Put shards into the queue of which publishers are to be asked, as far as there is room for them."""
        if (room := self.held.count_room()) > 0:
            due = {shard % self.shards for shard in await asyncio.to_thread(self._find_due_shards)}
            if others := due - self.held.held.keys():
                await self.queue.put_shards(sorted(others), room)

    def _find_due_shards(self) -> frozenset[int]:
        """Return the shards in the store of which a feed or a page is to be asked for."""
        context = self.state.context
        now, has_pages = context.clock(), context.pages is not None and context.rules.enrichment.pages
        return find_due_shards(context.store, now, has_pages=has_pages)

    async def _look_after_workers(self, worker_id: int) -> None:
        """Make sure that this worker is not taken for gone, and take the jobs from those that are."""
        asked_at_s = read_steady_s()
        seen = await self.queue.look_at_workers()
        if worker_id not in seen.ids:
            self._end(WorkerReplaced(f"it was silent for {self.queue.silent_s} s, and others do its jobs"))
            return
        self.held.sure_at_s = asked_at_s
        self.held.share_with(len(seen.ids))
        self.publisher.note(is_published=seen.is_published)
        self.held.leave_claimed(seen.claimed)
        if seen.may_be_gone:
            await self.queue.free_jobs_of_gone()
            self.state.polls.resume()  # what the gone were writing may have kept polls from being stored
            seen = await self.queue.look_at_workers()
        if self.publishes:
            await asyncio.to_thread(self._look_after_writers, seen.ids)

    def _look_after_writers(self, workers: Collection[int]) -> None:
        """Count who may write topics, and end who has kept the tree from others since the last look.

        One that is at work has learnt that it is gone. Of one on another machine the locks are broken.
        """
        folder = self.state.context.rules.feeds_dir
        self.state.helpers = max(0, min(count_writers(folder, workers), self.groups) - 1)
        found = find_gone_writers(folder, workers)
        for number in found.keys() & self.gone_writers:
            end_process(found[number])
            problem = "one that is gone kept the published tree from others: its process was ended"
            log.error("workers", problem=problem, gone=number, folder=str(folder))
        elsewhere = find_gone_elsewhere(folder, workers)
        for number in elsewhere.keys() & self.gone_writers:
            if locks := break_locks(folder, elsewhere[number]):
                problem = (
                    "one that is gone, on another machine, kept the tree from others: its locks were broken"
                )
                log.error("workers", problem=problem, gone=number, locks=" ".join(locks))
        self.gone_writers = frozenset(found) | frozenset(elsewhere)

    async def _check_clock(self, lead_s: float) -> None:
        if _lead_of_clock_s() < lead_s - SET_BACK_S:
            self._end(WorkerReplaced("the clock was set back: jobs are planned anew"))

    def _end(self, why: Exception) -> None:
        self.why = why
        self.ended.set()


def _lead_of_clock_s() -> float:
    return time.time() - read_steady_s()
