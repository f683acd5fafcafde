"""When jobs begin that were taken from the queue."""

import asyncio
import time
from datetime import timedelta

from aggregator.service.job import Job
from aggregator.service.state import Work
from aggregator.service.workers.job_order import JobOrder


async def do_nothing(_):
    """Do what there is to do, which is nothing."""
    return Work.NONE


def make_job(name, **given):
    """Return a job of that name."""
    return Job(name=name, function=do_nothing, every=timedelta(seconds=0.2), **given)


def test_publishing_waits_for_grouping_at_work():
    """What has no story yet would be written now, and again with it; without that it begins at once."""
    group, publish = make_job("group"), make_job("publish", first="group")
    order, told = JobOrder(), []

    async def do(job, seconds=0.0):
        async with order.take_turn(job):
            told.append(f"{job.name} begins")
            await asyncio.sleep(seconds)
            told.append(f"{job.name} ends")

    async def run():
        await asyncio.gather(do(group, 0.1), do(publish))
        await do(publish)

    asyncio.run(run())
    assert told == ["group begins", "group ends", *["publish begins", "publish ends"] * 2]


def test_what_is_hastened_does_not_begin_twice_within_its_time():
    """Each time publishes all that has come: nothing is gained by more of them."""

    async def run(job):
        order, starts = JobOrder(), []
        for _ in range(2):
            async with order.take_turn(job):
                order.note_start(job)
                starts.append(time.monotonic())
        return starts[1] - starts[0]

    assert asyncio.run(run(make_job("publish", is_hastened=True))) >= 0.19
    assert asyncio.run(run(make_job("publish"))) < 0.19
