"""A worker of the simulation: the program's own, but for the exchange with a publisher, in a process of its own."""

import asyncio
import json
import os
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aggregator.cli.terminal.log import log_to_stderr
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.machine.memory import tune_garbage_collection
from aggregator.machine.turns import shorten_turns
from aggregator.model import Fetched
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service import ServiceState
from aggregator.service.workers import Worker, prepare_workers
from aggregator.store import open_store
from aggregator.urls.services import service_of_url
from tests.builders import answer
from tests.scale.sources import Load, make_config


@dataclass(kw_only=True)
class Visits:
    """What one worker did: whom it asked from when to when, and how late polls were when they were asked.

    Times are of the clock that all processes of a machine share, in seconds; ``polls`` are pairs of when one
    ended and how late it was, ``visits`` are services, begins and ends.
    """

    visits: list[tuple[str, float, float]] = field(default_factory=list)
    polls: list[tuple[float, float]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write it to a file."""
        path.write_text(json.dumps({"visits": self.visits, "polls": self.polls}))

    @classmethod
    def read(cls, path: Path) -> "Visits":
        """Read it from a file."""
        return cls(**json.loads(path.read_text()))


class MadeUpPublishers(Fetcher):
    """A fetcher whose publishers answer after some milliseconds, most of them that nothing is new.

    Turns, pauses and limits are those of every fetcher. ``new`` is the share of answers with one new entry.
    """

    def __init__(self, limits: FetchLimits, visits: Visits, *, new: float) -> None:
        super().__init__(limits)
        self._visits = visits
        self._new = new
        self._random = random.Random()

    async def get(self, url: str, **_: object) -> Fetched:
        """Answer as a publisher does."""
        began_s = time.monotonic()
        await asyncio.sleep(self._random.uniform(0.02, 0.2))
        self._visits.visits.append((service_of_url(url), began_s, time.monotonic()))
        is_new = self._random.random() < self._new
        body = _make_document(url, time.time_ns()) if is_new else b""
        return answer(
            200 if is_new else 304, url=url, final_url=url, body=body, etag='"1"', last_modified=None,
            content_type="application/rss+xml" if is_new else None, wire_bytes=len(body),
        )  # fmt: skip


def run(url: str, load: Load, path: Path) -> None:
    """Be a worker until SIGTERM, and write what was done to the file at ``path``, with its log beside it."""
    with path.with_suffix(".log").open("w") as log:
        os.dup2(log.fileno(), 2)
    log_to_stderr()
    config = make_config(load)
    visits = Visits()
    tune_garbage_collection()
    shorten_turns()
    with open_store(url) as store:
        prepare_workers(store, load.shards)
        settings = config.settings.workers.model_copy(update={"shards": load.shards})
        rules = Rules.of(config, {})
        asyncio.run(_work(rules, store, settings, visits, load.new))
    visits.write(path)


async def _work(rules, store, settings, visits, new) -> None:
    async with MadeUpPublishers(FetchLimits(user_agent="simulation"), visits, new=new) as fetcher:
        context = Context(rules=rules, store=store, fetcher=fetcher, clock=lambda: datetime.now(UTC))
        state = ServiceState(context=context)
        note = state.polls.on_done

        def note_poll(poll) -> None:
            if poll.late_s is not None:
                visits.polls.append((time.monotonic(), poll.late_s))
            note(poll)

        state.polls.on_done = note_poll
        await Worker(state=state, settings=settings, publishes=False, on_stop=lambda: None).run()


def _make_document(url: str, number: int) -> bytes:
    """Return a document with an entry of this number."""
    item = (
        f"<item><guid>{url}#{number}</guid><title>What machine learning found, part {number} of {url}</title>"
        f"<link>{url.removesuffix('.xml')}/{number}</link><description>It sifted plates of the sky and found "
        f"comet {number}, which nobody had seen for two hundred years, and some more.</description></item>"
    )
    return f'<rss version="2.0"><channel><title>{url}</title>{item}</channel></rss>'.encode()
