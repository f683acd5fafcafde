"""A machine whose clock is set and whose time passes at will, and the service on it."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from aggregator.config import Config
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service import Service, ServiceState

DAY = timedelta(days=1)
HOUR_S = 3600.0
START = datetime(2026, 3, 2, 12, tzinfo=UTC)


class SteppedLoop(asyncio.SelectorEventLoop):
    """An event loop in which time passes at will, beside how it does."""

    passed_s = 0.0

    def time(self):
        """Return the time by which everything waits."""
        return super().time() + self.passed_s


class Machine:
    """A machine's clock: ``set_by`` is how far it was set, and time passes as in the loop."""

    def __init__(self):
        self.loop = SteppedLoop()
        self.began_s = self.loop.time()
        self.set_by = timedelta(0)

    def now(self):
        return START + self.set_by + timedelta(seconds=self.loop.time() - self.began_s)

    async def pass_time(self, service, seconds):
        """Let time pass, with a tick every ten minutes as the service would do every second."""
        for _ in range(round(seconds / 600)):
            self.loop.passed_s += 600
            await service.run_job("tick")

    def run(self, work):
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(work)


@asynccontextmanager
async def service_of(machine, store, config=None, limits=None):
    """A service on ``store``, without sources unless ``config`` has some, by the machine's clock."""
    limits = limits or FetchLimits()
    async with Fetcher(limits) as fetcher, PageFetcher(limits, host_delay_s=1, robot="test") as pages:
        context = Context(
            rules=Rules.of(config or Config.default(), {}), store=store, fetcher=fetcher, pages=pages,
            clock=machine.now,
        )  # fmt: skip
        yield Service(state=ServiceState(context=context), on_stop=lambda: None)
