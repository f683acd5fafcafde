"""Jobs that APScheduler starts again and again."""

import asyncio
from datetime import UTC, datetime, timedelta

from aggregator.service.jobs import Every, Jobs

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_the_next_start_is_counted_from_now_wherever_the_clock_was():
    """Ten years that the clock skipped are one start that was missed, not one for each second."""
    every = Every(timedelta(seconds=2))
    assert every.get_next_fire_time(None, NOW) == NOW
    assert every.get_next_fire_time(NOW - timedelta(days=3650), NOW) == NOW + timedelta(seconds=2)
    assert every.get_next_fire_time(NOW + timedelta(days=3650), NOW) == NOW + timedelta(seconds=2)


def test_jobs_that_start_together_stay_together():
    """A start that is looked for a moment after it was due puts no later one off."""
    one, two = Every(timedelta(seconds=1)), Every(timedelta(seconds=2))
    first = one.get_next_fire_time(NOW, NOW + timedelta(milliseconds=3))
    second = one.get_next_fire_time(first, first + timedelta(milliseconds=5))
    assert (
        second == two.get_next_fire_time(NOW, NOW + timedelta(milliseconds=3)) == NOW + timedelta(seconds=2)
    )


def test_a_job_runs_again_and_again_and_an_error_stops_nothing():
    """One job fails each time, the other goes on; a stop ends what is at work."""
    runs = []

    async def fail():
        runs.append("fail")
        raise ValueError

    async def work():
        runs.append("work")

    async def wait():
        runs.append("wait")
        await asyncio.sleep(60)

    async def some_time():
        jobs = Jobs()
        for job in (fail, work, wait):
            jobs.add(job.__name__, job, timedelta(seconds=0.02))
        jobs.start()
        async with asyncio.timeout(10):
            while runs.count("work") < 3 or runs.count("fail") < 3:
                await asyncio.sleep(0.01)
        await jobs.stop()
        return jobs.under_way["wait"].cancelled()

    assert asyncio.run(some_time())
    assert runs.count("wait") == 1


def test_a_hastened_job_runs_soon_and_then_in_its_rhythm_again():
    """What was to start in an hour starts at once; no start is put off, and an unknown job is no error."""
    runs = []

    async def note():
        runs.append("run")

    async def wait_for_runs(count):
        async with asyncio.timeout(10):
            while len(runs) < count:
                await asyncio.sleep(0.01)

    async def some_time():
        jobs = Jobs()
        jobs.add("note", note, timedelta(hours=1))
        jobs.start()
        await wait_for_runs(1)
        jobs.hasten("note", 0.05)
        jobs.hasten("note", 3_000)
        jobs.hasten("unknown", 0)
        await wait_for_runs(2)
        planned = jobs.scheduler.get_job("note").next_run_time - datetime.now(UTC)
        await jobs.stop()
        return planned

    assert asyncio.run(some_time()) > timedelta(minutes=59)
    assert len(runs) == 2


def test_a_job_that_is_at_work_is_not_launched_twice():
    """Whoever launches it waits for the run that is under way."""
    runs = []

    async def work():
        runs.append("begin")
        await asyncio.sleep(0.02)
        runs.append("end")

    async def launch_twice():
        jobs = Jobs()
        await asyncio.wait({jobs.launch("work", work), jobs.launch("work", work)})

    asyncio.run(launch_twice())
    assert runs == ["begin", "end"]


def test_what_a_clock_planned_that_was_ahead_for_a_moment_is_planned_anew():
    """A job that was planned for tomorrow runs within seconds, and in its rhythm again."""
    runs = []

    async def note():
        runs.append("run")

    async def some_time():
        jobs = Jobs()
        jobs.add("note", note, timedelta(hours=1))
        jobs.start()
        jobs.scheduler.get_job("note").modify(next_run_time=datetime.now(UTC) + timedelta(days=1))
        async with asyncio.timeout(10):
            while not runs:
                await asyncio.sleep(0.01)
        planned = jobs.scheduler.get_job("note").next_run_time
        await jobs.stop()
        return planned

    assert asyncio.run(some_time()) <= datetime.now(UTC) + timedelta(hours=1)
    assert runs == ["run"]
