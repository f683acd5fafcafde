"""A machine whose clock is a day wrong: what publishers state stays what it is, and the operator is told."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from aggregator.config import Config, Settings
from aggregator.fetch import FetchLimits
from aggregator.fetch.clock_lag import ClockLag
from aggregator.fetch.feed import Fetcher
from aggregator.model import Source
from aggregator.pipeline.clock_correction import read_clock_correction
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service import Service, ServiceState
from aggregator.store import open_store, read_articles_since, read_remembered_sources
from tests.builders import NOW
from tests.empty_store import put_empty_store
from tests.integration.site import ago, item, rss
from tests.loopback import Answer

DAY = timedelta(days=1)
LIMITS = FetchLimits(allow_private_addresses=True, domain_delay_s=0)
STATED = ago(hours=2)


@pytest.mark.parametrize(
    ("behind", "told"), [(DAY, "behind those"), (-DAY, "ahead of those"), (timedelta(0), None)]
)
def test_dates_count_by_the_clocks_of_publishers(tmp_path, loopback, behind, told):
    """An entry of two hours ago keeps its date, health names the clock, and publishers' time is gone by then."""
    sources = tuple(
        Source(id=f"s{n}", url=loopback.at(f"{name}.example", f"/{n}"))
        for n, name in enumerate(("daily", "dawn", "weekly"))
    )
    for n in range(len(sources)):
        date = format_datetime(datetime.now(UTC), usegmt=True)
        loopback.route(f"/{n}", Answer(body=rss(item(n, STATED)), headers={"Date": date}))
    rules = Config(folder=tmp_path, settings=Settings(), sources=sources)

    def clock():
        return datetime.now(UTC) - behind

    async def run(store):
        async with Fetcher(LIMITS, look_up=lambda *_: [(socket.AF_INET, "127.0.0.1")]) as fetcher:
            context = Context(
                rules=Rules.of(rules, read_remembered_sources(store)),
                store=store, fetcher=fetcher, clock=clock,
            )  # fmt: skip
            service = Service(state=ServiceState(context=context), on_stop=lambda: None)
            await service.run_job("tick")
            await asyncio.gather(*service.state.polls.under_way.values())
            await service.run_job("tick")
            return service.health(), service.state.context.clock() - datetime.now(UTC)

    with open_store(put_empty_store(tmp_path / "aggregator.db")) as store:
        store.sync_sources(sources, now=clock())
        health, wrong_by = asyncio.run(run(store))
        stored = read_articles_since(store, datetime.now(UTC) - 3 * DAY)
        kept_by = read_clock_correction(store, clock())
    assert [one.published_at for one in stored] == [parsedate_to_datetime(STATED)] * len(sources)
    assert health["ok"]
    texts = [text for text in health.get("degraded", ()) if "of publishers: set it" in text]
    assert bool(texts) == bool(told)
    assert all(told in text and ("1 day, 0:00:0" in text or "23:59:5" in text) for text in texts)
    assert abs(wrong_by) < timedelta(minutes=2)
    assert abs(kept_by - behind) < timedelta(minutes=2)


def list_lags(*hours):
    """Return what is found of services whose clocks are so many hours ahead of ours, and what they agree on."""
    lag = ClockLag()
    for number, ahead in enumerate(hours):
        lag.note(f"s{number}", format_datetime(NOW + timedelta(hours=ahead)), None, NOW)
    return [round(found / timedelta(hours=1)) for found in (lag.find(), lag.find_agreed())]


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ((), [0, 0]),
        ((24,), [24, 0]),  # nobody says otherwise, and nobody is told
        ((24, 0), [0, 0]),
        ((24, 0, 24), [24, 0]),
        ((24, 0, 24, 24), [24, 24]),
        ((24, -2, -3), [0, 0]),  # kept by caches, which do not say for how long
        ((-5, -2, -3, -5, -5, -9), [0, 0]),
        ((-24, -24), [0, 0]),
        ((-24, 0, -24, -24), [0, -24]),  # ours is ahead
        ((0, 0, 0, -24, -24, -24), [0, 0]),
        ((0, 0, 48), [0, 0]),  # a server whose own clock is wrong
        ((24, 24, 24, 24, 0, 0, 0, 0, 0), [0, 0]),  # the clock was set: more say so than did before
        ((20_000,), [0, 0]),
    ],
)  # fmt: skip
def test_the_middle_of_what_services_say_counts(hours, found):
    """One that is wrong, or old, decides nothing where others answer."""
    assert list_lags(*hours) == found


@pytest.mark.parametrize("stated", [None, "", "soon", "Mon, 99 Mar 2026 12:00:00 GMT"])
def test_what_is_no_date_says_nothing(stated):
    """Headers are written by anybody."""
    lag = ClockLag()
    lag.note("s", stated, "x" * 100, NOW)
    assert not lag.find()


def test_what_a_cache_kept_is_as_old_as_it_says():
    """Its age is added to the date of the answer."""
    lag = ClockLag()
    lag.note("s", format_datetime(NOW), "86400", NOW)
    assert lag.find() == DAY - timedelta(microseconds=NOW.microsecond)
