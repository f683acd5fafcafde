"""What is removed by its age, and when the clock is believed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from aggregator.config import Config, Settings
from aggregator.model import Changes, SourceState, Topic
from aggregator.pipeline.publish.clock_steps import PUBLISHED_AT
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.service.clock_watch import ClockReading, measure_clock_change
from aggregator.service.state import Work
from aggregator.store import count_articles, list_due_sources, open_store, read_note
from tests.builders import article, source
from tests.empty_store import put_empty_store
from tests.integration.machine import DAY, HOUR_S, START, Machine, service_of


@pytest.fixture
def store(tmp_path):
    """A store with an article of a month ago, which stays for two more months."""
    seen_at = START - 30 * DAY
    with open_store(put_empty_store(tmp_path / "aggregator.db")) as opened:
        opened.update_articles([article(id="a", source_id="s", at=seen_at, topics=(), quality=0)])
        yield opened


@pytest.mark.parametrize("has_ticked", [True, False])
def test_nothing_is_removed_by_a_clock_that_was_just_set(store, has_ticked):
    """A year ahead, noticed by a tick or not: what would be too old stays, and stays after the clock is back."""
    machine = Machine()

    async def work():
        async with service_of(machine, store) as service:
            await service.run_job("tick")
            machine.set_by = 365 * DAY
            if has_ticked:
                await service.run_job("tick")
            await service.run_job("prune")
            await machine.pass_time(service, HOUR_S / 2)
            await service.run_job("prune")
            machine.set_by = timedelta(0)
            await machine.pass_time(service, 3 * HOUR_S)
            await service.run_job("prune")

    machine.run(work())
    assert count_articles(store) == 1


def test_a_clock_that_has_stood_for_an_hour_is_believed(store):
    """What is too old by then is removed, once."""
    machine = Machine()

    async def work():
        async with service_of(machine, store) as service:
            await service.run_job("tick")
            machine.set_by = 365 * DAY
            await machine.pass_time(service, HOUR_S + 600)
            await service.run_job("prune")

    machine.run(work())
    assert count_articles(store) == 0


@pytest.mark.parametrize(("last_poll", "left"), [(timedelta(hours=20), 0), (200 * DAY, 1)])
def test_after_a_long_stop_the_clock_is_looked_at_twice(store, last_poll, left):
    """A start long after the last poll may be a start at a wrong time: nothing is removed for an hour."""
    machine = Machine()
    machine.set_by = 365 * DAY
    polled_at = machine.now() - last_poll
    store.sync_sources([source("s")], now=polled_at)
    polled = SourceState(source_id="s", polled_at=polled_at, next_poll_at=machine.now() + DAY)
    store.save_poll(polled, (), lambda _: Changes())
    counts = []

    async def work():
        async with service_of(machine, store) as service:
            await service.run_job("tick")
            await service.run_job("prune")
            counts.append(count_articles(store))
            await machine.pass_time(service, HOUR_S + 600)
            await service.run_job("prune")
            counts.append(count_articles(store))

    machine.run(work())
    assert counts == [left, 0]


def test_feeds_of_removed_topics_wait_for_a_clock_that_is_believed(tmp_path, store):
    """A clock a year ahead does not end the days for which they stay, before it has stood for an hour."""
    machine = Machine()
    storage = {"feeds_dir": str(tmp_path / "feeds")}
    settings = Settings.model_validate({"storage": storage})
    topic = Topic(id="old", name="Old", keywords=("old",))
    config = Config(folder=tmp_path, settings=settings, topics=(topic,))
    rest = Config(folder=tmp_path, settings=settings)
    publish(Site(rules=Rules.of(config, {}), store=store, now=START))
    publish(Site(rules=Rules.of(rest, {}), store=store, now=START))
    feed = tmp_path / "feeds" / "old" / "rss.xml"
    there = []

    async def work():
        async with service_of(machine, store, rest) as service:
            await service.run_job("tick")
            machine.set_by = 365 * DAY
            await service.run_job("publish")
            there.append(feed.exists())
            await machine.pass_time(service, HOUR_S + 600)
            await service.run_job("publish")
            there.append(feed.exists())

    machine.run(work())
    assert there == [True, False]


@pytest.mark.parametrize("is_noted_before", [True, False])
def test_days_of_removed_topics_do_not_count_from_1970(tmp_path, store, is_noted_before):
    """Published by a clock of 1970, a removed topic stays for its days once the clock is right, and then goes."""
    machine = Machine()
    settings = Settings.model_validate({"storage": {"feeds_dir": str(tmp_path / "feeds")}})
    topic = Topic(id="old", name="Old", keywords=("old",))
    rest = Config(folder=tmp_path, settings=settings)
    publish(Site(rules=Rules.of(replace(rest, topics=(topic,)), {}), store=store, now=START))
    if is_noted_before:
        publish(Site(rules=Rules.of(rest, {}), store=store, now=START))
    feed = tmp_path / "feeds" / "old" / "rss.xml"
    there = []

    async def work():
        async with service_of(machine, store, rest) as service:
            machine.set_by = datetime(1970, 1, 2, tzinfo=UTC) - START
            await service.run_job("tick")
            await service.run_job("publish")
            machine.set_by = timedelta(0)
            for passed_s in (0, HOUR_S + 600, 8 * 24 * HOUR_S):
                await service.run_job("tick")
                machine.loop.passed_s += passed_s
                service.state.work |= Work.PUBLISH
                await service.run_job("publish")
                there.append(feed.exists())

    machine.run(work())
    assert there == [True, True, False]


def test_a_clock_without_a_battery_removes_nothing(store):
    """A machine that begins in 1970 mends nothing and removes nothing, however long it takes to be set."""
    machine = Machine()
    machine.set_by = datetime(1970, 1, 1, tzinfo=UTC) - START
    store.sync_sources([source("s")], now=START)

    async def work():
        async with service_of(machine, store) as service:
            await machine.pass_time(service, 3 * HOUR_S)
            assert not service.state.clock_watch.is_trusted()
            await service.run_job("prune")

    machine.run(work())
    assert count_articles(store) == 1
    assert list_due_sources(store, machine.now()) == ()


def test_what_was_planned_while_the_clock_was_ahead_is_due(store):
    """A tick after the clock is back, not a minute later, the source that was polled tomorrow is due."""
    machine = Machine()
    store.sync_sources([source("s")], now=START)
    ahead = START + DAY
    due = []

    async def work():
        async with service_of(machine, store) as service:
            machine.set_by = DAY
            await service.run_job("tick")
            polled = SourceState(source_id="s", polled_at=ahead, next_poll_at=ahead + timedelta(hours=1))
            store.save_poll(polled, (), lambda _: Changes())
            machine.set_by = timedelta(0)
            due.append(list_due_sources(store, machine.now()))
            await service.run_job("tick")
            due.append(list_due_sources(store, machine.now()))

    machine.run(work())
    assert due == [(), ("s",)]


@pytest.mark.parametrize(
    ("shown_h", "passed_s", "moved_h"), [(1, 3600, 0), (25, 3600, 24), (-23, 3600, -24), (0.5, 1800, 0)]
)
def test_how_far_a_clock_was_set_follows_from_the_time_that_passed(shown_h, passed_s, moved_h):
    """Time that passes is no setting, however much."""
    before = ClockReading(at=START, passed_s=7.0)
    now = ClockReading(at=START + timedelta(hours=shown_h), passed_s=7.0 + passed_s)
    assert measure_clock_change(before, now) == timedelta(hours=moved_h)


def agree(service, machine, *, ahead=timedelta(0)):
    """Have publishers say what time it is; ``ahead``: what the machine's clock is ahead of theirs."""
    state = service.state
    for name in ("daily", "dawn", "weekly"):
        now = state.context.clock()
        state.context.fetcher.clock_lag.note(name, format_datetime(machine.now() - ahead), None, now)


def test_a_clock_that_is_ahead_removes_nothing(store):
    """However long it stands: publishers agree on another time, by which nothing is old, and nothing due."""
    machine = Machine()
    store.sync_sources([source("s")], now=START)
    polled = SourceState(source_id="s", polled_at=START, next_poll_at=START + timedelta(hours=5))
    store.save_poll(polled, (), lambda _: Changes())
    seen = []

    async def work():
        async with service_of(machine, store) as service:
            clock = service.state.context.clock
            await service.run_job("tick")
            machine.set_by = 90 * DAY
            await service.run_job("tick")
            seen.append(service.state.clock_watch.is_unsure())
            agree(service, machine, ahead=90 * DAY)
            for _ in range(3):
                await machine.pass_time(service, HOUR_S)
                agree(service, machine, ahead=90 * DAY)
            seen.append(service.state.clock_watch.is_unsure())
            seen.append(service.state.clock_watch.is_trusted())
            service.state.work |= Work.PRUNE
            await service.run_job("prune")
            seen.append(list_due_sources(store, clock()))
            machine.set_by = timedelta(0)
            await service.run_job("tick")
            seen.append(abs(clock() - machine.now()) < timedelta(minutes=1))
            seen.append(service.state.clock_watch.find_problem())
            agree(service, machine)
            await machine.pass_time(service, HOUR_S + 600)
            seen.append(service.state.clock_watch.is_trusted())

    machine.run(work())
    assert seen == [True, False, False, (), True, None, True]
    assert count_articles(store) == 1


def test_what_is_withdrawn_while_the_clock_is_ahead_is_not_of_the_future(store, tmp_path):
    """A clock that was set forward waits a moment for publishers; by theirs the next publication is dated."""
    machine = Machine()
    settings = Settings.model_validate({"storage": {"feeds_dir": str(tmp_path / "feeds")}})
    noted = []

    async def work():
        async with service_of(machine, store, Config(folder=tmp_path, settings=settings)) as service:
            await service.run_job("tick")
            machine.set_by = 90 * DAY
            await service.run_job("tick")
            for _ in range(2):
                service.state.work |= Work.PUBLISH
                await service.run_job("publish")
                noted.append(read_note(store, PUBLISHED_AT))
                agree(service, machine, ahead=90 * DAY)
                await service.run_job("tick")

    machine.run(work())
    assert noted[0] is None
    assert START <= datetime.fromisoformat(noted[1]) < START + timedelta(hours=1)
