"""A worker that publishes, taken out in the middle of a publication, and a stand-by that goes on in its place."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import feedparser

from aggregator.machine.processes import Process, has_locked
from aggregator.publish.tree_writers import FOLDER
from tests.faults.invariants import find_faults
from tests.faults.relay import Relay
from tests.growing_feeds import GrowingFeeds
from tests.integration.site import TOPICS, SiteFolder
from tests.integration.warm import WarmProgram
from tests.loopback import Loopback
from tests.postgresql import PostgreSQL
from tests.workers.site import run_worker, wait_until

PAPERS = 4
MANY = tuple(
    {"id": f"part-{digit}", "name": f"Part {digit}", "keywords": [f"part {digit}", f"part 1{digit}"]}
    for digit in range(10)
)
"""Each entry is of one of these, besides what it is of anyway."""
MOST_FILES = 40
"""Files of a publication that may be written before its worker is taken out."""


@dataclass(kw_only=True, slots=True)
class Takeover:
    """What came of taking a worker out once ``files`` of its publication were written.

    ``after_s`` later a feed showed what publishers had written since. ``wrong`` tells what was not as it is to be,
    ``told`` what the workers said of all that was not a poll, each line with the seconds since it was taken out.
    """

    files: int
    after_s: float
    wrong: list[str]
    told: list[str]


@dataclass(kw_only=True)
class Onlooker:
    """Somebody who reads the feeds of all articles again and again, and notes what must not be."""

    feeds: Path
    wrong: list[str] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)
    looks: int = 0
    bodies: dict[str, bytes] = field(default_factory=dict)

    def look(self) -> None:
        """Read both forms: each item once, none gone, and nothing older on top than before."""
        read: Mapping[str, Callable[[bytes], list[tuple[str, str]]]] = {
            "all/articles/feed.json": _read_json, "all/articles/atom.xml": _read_atom,
        }  # fmt: skip
        for name, read_items in read.items():
            try:
                body = (self.feeds / name).read_bytes()
            except FileNotFoundError:
                continue  # not published yet
            if body != self.bodies.get(name):
                self.bodies[name] = body
                self._compare(name, read_items(body))
        self.looks += 1

    def _compare(self, name: str, items: list[tuple[str, str]]) -> None:
        ids = [id_ for id_, _ in items]
        gone = self.seen.get(name, set()).difference(ids)
        if len(ids) != len({*ids}):
            self.wrong.append(f"{name} shows an item twice")
        if gone:
            self.wrong.append(f"{name} shows {len(gone)} items no more")
        if items and items[0][1] < self.newest.get(name, ""):
            self.wrong.append(f"{name} has an older item on top than before")
        self.seen[name] = {*ids}
        self.newest[name] = items[0][1] if items else ""


def take_out(
    folder: Path, server: PostgreSQL, way: str, *, helps: bool, seed: int, silent_s: int
) -> Takeover:
    """Take a worker out by a ``way``, in the middle of a publication, and see what becomes of its work.

    It publishes, or ``helps`` the one that does. How many files are written by then follows from ``seed``.
    """
    files = Random(f"{seed} {way}").randint(1, 5 if helps else MOST_FILES)
    relayed = folder / "relay"
    relayed.mkdir()
    with server.lend_store() as url, Loopback() as loopback, Relay(relayed, server.folder) as relay:
        feeds = GrowingFeeds(loopback, PAPERS, seed=seed, growth=1, most=10_000)
        site = _make_site(folder, feeds, url.replace(str(server.folder), "${STORE_FOLDER}"), silent_s)
        onlooker, environ = Onlooker(feeds=site.feeds), {"STORE_FOLDER": str(server.folder)}
        with (
            run_worker(site, "--publish", STORE_FOLDER=str(relayed)) as first,
            run_worker(site, "--publish", **environ) as second,
            _looking(onlooker),
        ):
            heard: list[tuple[float, str]] = []
            for name, worker in (("first", first), ("second", second)):
                _read_on(worker, name, heard)
            written = _take_out(first, way, relay, site.feeds, files, helps=helps)
            since_s, before = time.monotonic(), len(feeds.written())
            wait_until(lambda: _count_shown(site.feeds) > before, 4 * silent_s + 60.0)
            after_s = time.monotonic() - since_s
            relay.mend()
            with suppress(ProcessLookupError):
                os.kill(first.pid, signal.SIGCONT)
            feeds.growth = 0
            time.sleep(1.0)  # what the first may still do, it does now
            wait_until(lambda: _count_shown(site.feeds) == len(feeds.written()))
            with suppress(AssertionError):  # else it is told what is wrong
                wait_until(lambda: not find_faults(site.config, feeds, {}, environ))
            ended = first.poll()
            for worker in (first, second):
                with suppress(ProcessLookupError):
                    worker.send_signal(signal.SIGTERM)
            second.wait(60)
        wrong = [
            *onlooker.wrong,
            *find_faults(site.config, feeds, {}, environ),
        ]
        if ended != (None if way == ELSEWHERE else -signal.SIGKILL):
            wrong.append(f"the first kept the tree, and goes on, or was ended from elsewhere: {ended}")
        told = [f"{at_s - since_s:.1f} {line}" for at_s, line in heard if at_s >= since_s]
        return Takeover(files=written, after_s=after_s, wrong=wrong, told=told)


def _take_out(worker: WarmProgram, way: str, relay: Relay, feeds: Path, files: int, *, helps: bool) -> int:
    """Take a worker out once so many files are written; return how many were.

    One that had just ended its part when it was stopped has nothing to be taken over: it goes on to the next.
    """
    while True:
        written = _wait_for_files(feeds, worker, files, helps=helps)
        _WAYS[way](worker, relay, feeds)
        if way not in _STOPS or _is_at_work(worker, feeds, helps=helps):
            return written
        worker.send_signal(signal.SIGCONT)


def _kill(worker: WarmProgram, _relay: Relay, _feeds: Path) -> None:
    worker.kill()


def _stop(worker: WarmProgram, _relay: Relay, _feeds: Path) -> None:
    worker.send_signal(signal.SIGSTOP)


def _stop_elsewhere(worker: WarmProgram, _relay: Relay, feeds: Path) -> None:
    """Stop it where the other can neither see nor end it: as that knows, in another container."""
    worker.send_signal(signal.SIGSTOP)
    for noted in (feeds / FOLDER).iterdir():
        told = json.loads(noted.read_text(encoding="utf-8"))
        if told["pid"] == worker.pid:
            noted.write_text(json.dumps({**told, "space": "pid:[1]"}), encoding="utf-8")


def _cut(_worker: WarmProgram, relay: Relay, _feeds: Path) -> None:
    relay.cut()


ELSEWHERE = "stop elsewhere"
_WAYS: Mapping[str, Callable[[WarmProgram, Relay, Path], None]] = {
    "kill": _kill, "stop": _stop, ELSEWHERE: _stop_elsewhere, "cut": _cut,
}  # fmt: skip
WAYS = tuple(_WAYS)
_STOPS = ("stop", ELSEWHERE)


def _make_site(folder: Path, feeds: GrowingFeeds, url: str, silent_s: int) -> SiteFolder:
    return SiteFolder(
        folder, feeds.sources, [*TOPICS, *MANY],
        storage={"database": url}, workers={"shards": 4, "silent_s": silent_s},
        publish={"max_items": 5_000}, fetch={"per_domain": 1, "timeout_s": 60}, enrich={"pages": False},
    )  # fmt: skip


def _wait_for_files(feeds: Path, worker: WarmProgram, count: int, *, helps: bool) -> int:
    """Wait until so many files are written while a worker publishes, or helps, not the first time; return how many."""
    wait_until(lambda: _count_shown(feeds) > 0)
    until_s = time.monotonic() + 120
    while time.monotonic() < until_s:
        before = _read_times(feeds)
        while _is_at_work(worker, feeds, helps=helps):
            written = sum(before.get(name) != at for name, at in _read_times(feeds).items())
            if written >= count and _is_at_work(worker, feeds, helps=helps):
                return written
            time.sleep(0.001)
        time.sleep(0.005)
    raise AssertionError(f"no publication wrote {count} files")


def _is_at_work(worker: WarmProgram, feeds: Path, *, helps: bool) -> bool:
    """Tell whether a worker publishes, or helps the one that does."""
    process = Process(host="", boot="", space="", pid=worker.pid, started="")
    publishing = feeds / ".publishing.lock"
    if not helps:
        return has_locked(process, [publishing])
    return has_locked(process, feeds.glob(".topics-*.lock")) and not has_locked(process, [publishing])


def _read_times(feeds: Path) -> dict[str, int]:
    found = {}
    for path in (*feeds.glob("*/*.xml"), *feeds.glob("*/*/*.xml"), *feeds.glob("*/*.json")):
        with suppress(FileNotFoundError):
            found[str(path)] = path.stat().st_mtime_ns
    return found


def _count_shown(feeds: Path) -> int:
    try:
        return len(json.loads((feeds / "all/articles/feed.json").read_bytes())["items"])
    except FileNotFoundError:
        return 0


def _read_json(body: bytes) -> list[tuple[str, str]]:
    return [(item["id"], item["date_published"]) for item in json.loads(body)["items"]]


def _read_atom(body: bytes) -> list[tuple[str, str]]:
    return [(entry.id, entry.published) for entry in feedparser.parse(body).entries]


def _read_on(worker: WarmProgram, name: str, heard: list[tuple[float, str]]) -> None:
    """Read what a worker prints, so that it need not wait for that, and keep it with when it was heard."""

    def read() -> None:
        lines = (line.rstrip() for line in worker.stdout if "event=poll " not in line)
        heard.extend((time.monotonic(), f"{name}: {line}") for line in lines)

    threading.Thread(target=read, daemon=True).start()


@contextmanager
def _looking(onlooker: Onlooker) -> Iterator[None]:
    is_over = threading.Event()

    def look_on() -> None:
        while not is_over.wait(0.05):
            onlooker.look()

    looking = threading.Thread(target=look_on)
    looking.start()
    try:
        yield
    finally:
        is_over.set()
        looking.join()
