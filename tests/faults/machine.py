"""A machine on which everything may fail that a service needs, and the service on it."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.empty_store import put_empty_store
from tests.faults.disks import Disk, mounted
from tests.faults.invariants import find_faults
from tests.faults.set_clock import SetClock
from tests.growing_feeds import GrowingFeeds
from tests.integration.site import TOPICS, SiteFolder
from tests.loopback import Loopback
from tests.postgresql import PostgreSQL

DOMAIN = "example"
NAME_SERVER = "127.0.0.53"
_NSSWITCH = "hosts: files dns\n"
_RESOLV = f"nameserver {NAME_SERVER}\noptions timeout:1 attempts:1\n"
DATA_MIB, TREE_MIB = 160, 32
PAPERS = 4
LOOK_EVERY_S = 0.1
HURRY_S = 1


class StartedProgram:
    """A started program, whose log is read as it comes."""

    def __init__(self, words: list[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200", **environment},
        )  # fmt: skip
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    def has_logged(self, text: str, since: int = 0) -> bool:
        """Tell whether a line has some text, of those after the first ``since``."""
        return any(text in line for line in self.lines[since:])

    def wait_for(self, text: str, within_s: float = 30.0) -> str:
        """Return the first line with some text."""
        wait_until(lambda: self.has_logged(text) or self.process.poll() is not None, within_s, lambda: text)
        found = [line for line in self.lines if text in line]
        assert found, f"it ended without {text!r}: {''.join(self.lines[-20:])}"
        return found[0]

    def close(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        if self.process.stdout:
            self.process.stdout.close()

    def _read(self) -> None:
        if self.process.stdout:
            self.lines.extend(iter(self.process.stdout.readline, ""))


class FaultyMachine:
    """A machine in ``folder`` with disks for store and tree, names, a clock, and publishers whose feeds only grow.

    Where it ``is_hurried`` time passes faster for the service while it is waited for.

    ``server`` is the PostgreSQL server that the store is on, None: it is on SQLite. ``ids`` are those that the
    feeds ever showed, by address.
    """

    def __init__(
        self, folder: Path, feeds: GrowingFeeds, disks: tuple[Disk, Disk], server: PostgreSQL | None,
        *, is_hurried: bool,
    ) -> None:  # fmt: skip
        self.is_hurried = is_hurried
        self.folder, self.feeds, self.server = folder, feeds, server
        self.data_disk, self.tree_disk = disks
        self.clock = SetClock.make(folder / "clock")
        self.ids: dict[str, str] = {}
        self.names = folder / "hosts"
        url = (
            put_empty_store(folder / "data" / "aggregator.db")
            if server is None
            else server.create_database("news")
        )
        self.site = SiteFolder(
            folder, feeds.sources, TOPICS,
            storage={"database": url}, images={"sizes": False, "logos": False},
            fetch={"timeout_s": 60}, publish={"max_items": 5_000}, enrich={"pages": True, "host_delay_s": 0},
        )  # fmt: skip
        for name, text in (("nsswitch.conf", _NSSWITCH), ("resolv.conf", _RESOLV)):
            (folder / name).write_text(text)
        self.give_names(True)
        self.service = self._start()
        self.url = self.service.wait_for("feeds and pages").split()[-1]

    def give_names(self, is_well: bool) -> None:
        """Let the names of hosts be found, or ask a name server that never answers."""
        hosts = "".join(f"127.0.0.1 {host}\n" for host in self.feeds.hosts) if is_well else ""
        self.names.write_text(f"127.0.0.1 localhost\n{hosts}")

    def _start(self) -> StartedProgram:
        """Start the service where names, and the time of day, are those of this machine."""
        mounts = " && ".join(
            f"mount --bind {self.folder}/{name} /etc/{name}"
            for name in ("hosts", "nsswitch.conf", "resolv.conf")
        )
        environment = self.clock.environment()
        set_all = " ".join(f"{name}={value}" for name, value in environment.items())
        python = f'exec env {set_all} {sys.executable} -m tests.faults.program {self.clock.path} "$@"'
        words = ["run", "--port", "0", "--config", str(self.site.config)]
        return StartedProgram(["unshare", "--mount", "sh", "-c", f"{mounts} && {python}", "run", *words], {})

    def read_ready(self, within_s: float = 5.0) -> dict[str, str]:
        """Return what `/readyz` says is wrong, by check; that of a service that does not answer is "answer"."""
        try:
            with urlopen(f"{self.url}readyz", timeout=within_s) as answer:
                said = json.load(answer)
        except HTTPError as error:
            with error:
                said = json.load(error)
        except (OSError, ValueError) as error:
            return {"answer": str(error)}
        return {name: text for name, text in said["checks"].items() if text != "ok"}

    def wait_for_rest(self, within_s: float) -> list[str]:
        """Wait until all is as it should be, and return what is not after ``within_s``."""
        until_s, wrong = time.monotonic() + within_s, ["nobody looked"]
        while wrong and time.monotonic() < until_s:
            self.pass_time()
            wrong = [f"/readyz: {name}: {text}" for name, text in self.read_ready().items()]
            wrong = wrong or find_faults(self.site.config, self.feeds, self.ids)
        return wrong

    def pass_time(self) -> None:
        """Wait for a moment, which is longer for the service where it ``is_hurried``."""
        time.sleep(LOOK_EVERY_S)
        if self.is_hurried:
            self.clock.shift_s += HURRY_S
            self.clock.skip(HURRY_S)

    def send(self, number: signal.Signals) -> None:
        """Send the service a signal."""
        os.kill(self.service.pid, number)

    def limit_files(self, most: int | None) -> None:
        """Let the service open no file whose number is not below ``most``; None: as many as it may."""
        _, hard = resource.prlimit(self.service.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.service.pid, resource.RLIMIT_NOFILE, (hard if most is None else most, hard))


@contextmanager
def run_machine(folder: Path, database: str, *, is_hurried: bool) -> Iterator[FaultyMachine]:
    """Give a machine with a running service whose store is on a kind of database."""
    with ExitStack() as stack:
        is_postgresql = database == "postgresql"
        # Who runs the server may not look into the folders of tests.
        data = Path(stack.enter_context(TemporaryDirectory())) if is_postgresql else folder / "data"
        data_disk = stack.enter_context(mounted(data, DATA_MIB))
        tree_disk = stack.enter_context(mounted(folder / "feeds", TREE_MIB))
        server = stack.enter_context(run_server(data_disk.folder)) if is_postgresql else None
        loopback = stack.enter_context(Loopback())
        stack.enter_context(_silent_name_server())
        feeds = GrowingFeeds(loopback, PAPERS, seed=0, domain=DOMAIN, growth=0, most=10_000)
        feeds.write(2)
        machine = FaultyMachine(folder, feeds, (data_disk, tree_disk), server, is_hurried=is_hurried)
        stack.callback(machine.service.close)
        yield machine


@contextmanager
def run_server(folder: Path) -> Iterator[PostgreSQL]:
    """Give a PostgreSQL server with its files in a folder."""
    server = PostgreSQL(folder)
    server.initialise()
    server.start()
    try:
        server.create_empty_store()
        yield server
    finally:
        server.stop("immediate")


@contextmanager
def _silent_name_server() -> Iterator[None]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.bind((NAME_SERVER, 53))
        yield


def wait_until(is_so: Callable[[], bool], within_s: float, describe: Callable[[], str]) -> None:
    """Wait until something is so."""
    until_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until_s, f"it did not come to that within {within_s:.0f} s: {describe()}"
        time.sleep(LOOK_EVERY_S)
