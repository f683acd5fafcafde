"""The faults: what happens to a machine for a while, and how operators are told."""

import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.machine import FaultyMachine, wait_until
from tests.integration.site import run_program

DAY_S = 86_400
AGAIN_S = 61.0
"""Seconds after which the service tries again what it could not store, publish or look up."""
TOLD_WITHIN_S = 40.0
SETTLE_S = 0.3
"""What was begun while a fault lasted fails so soon after it."""
FEW_FILES = 6

Fault = Callable[[FaultyMachine], AbstractContextManager[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A fault: ``make`` has it last while it is open, for ``lasts_s``, or for ``long_s`` as in life.

    It can happen on these ``databases``, and is tried on those ``in_gate`` by the tests: what has no part in the
    store on one of them. Each publisher ``writes`` so many entries at a time meanwhile.

    The log says ``logged`` while it lasts, and `/readyz` names the check ``unready``, None: neither need. The
    event loop's pauses that ``pauses_s`` tells are skipped afterwards, where it does not last as in life.
    """

    name: str
    make: Fault
    logged: str | None = None
    unready: str | None = None
    lasts_s: float = 0.0
    long_s: float = 30.0
    pauses_s: float = AGAIN_S
    databases: tuple[str, ...] = ("sqlite", "postgresql")
    in_gate: tuple[str, ...] = ("sqlite", "postgresql")
    writes: int = 1


@dataclass(kw_only=True, slots=True)
class Suffered:
    """What came of a fault: what was ``wrong`` afterwards, and how many seconds it took to be well."""

    wrong: list[str] = field(default_factory=list)
    told_after_s: float = 0.0
    well_after_s: float = 0.0


def suffer(machine: FaultyMachine, case: Case) -> Suffered:
    """Have a fault last while entries are written, and return what is wrong once all should be well again."""
    done, since, began_s = Suffered(), len(machine.service.lines), time.monotonic()

    def is_told() -> bool:
        machine.feeds.write(case.writes)  # somebody has to store it, and to publish
        machine.pass_time()
        return (case.logged is None or machine.service.has_logged(case.logged, since)) and (
            case.unready is None or case.unready in machine.read_ready(1.0)
        )

    with case.make(machine):
        wait_until(
            is_told,
            TOLD_WITHIN_S,
            lambda: f"{case.name}: {machine.read_ready(1.0)}, {machine.service.lines[since:]}",
        )
        done.told_after_s = time.monotonic() - began_s
        time.sleep(case.lasts_s if machine.is_hurried else case.long_s)
    ended_s = time.monotonic()
    if machine.is_hurried:
        time.sleep(SETTLE_S)
        machine.clock.skip(case.pauses_s)
    done.wrong = machine.wait_for_rest(30.0 if machine.is_hurried else 400.0)
    done.well_after_s = time.monotonic() - ended_s
    if machine.service.process.poll() is not None:
        done.wrong.append(f"the service ended with {machine.service.process.returncode}")
    return done


def fill_disk_of_store(machine: FaultyMachine) -> AbstractContextManager[None]:
    """No room is left where the database is; PostgreSQL stops then, and its operator starts it again."""
    return _fill_disk_of_server(machine) if machine.server else machine.data_disk.filled()


@contextmanager
def _fill_disk_of_server(machine: FaultyMachine) -> Iterator[None]:
    with machine.data_disk.filled():
        yield
    if machine.server and not machine.server.is_running():
        machine.server.start()


def fill_disk_of_tree(machine: FaultyMachine) -> AbstractContextManager[None]:
    """No room is left where the published tree is."""
    return machine.tree_disk.filled()


def forbid_writing_tree(machine: FaultyMachine) -> AbstractContextManager[None]:
    """The published tree can be read only."""
    return machine.tree_disk.read_only()


@contextmanager
def lock_database(machine: FaultyMachine) -> Iterator[None]:
    """Another program has the database file for itself."""
    with closing(sqlite3.connect(_file(machine), timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def move_database(machine: FaultyMachine) -> Iterator[None]:
    """The database file is somewhere else for a while."""
    file = _file(machine)
    away = file.rename(file.with_suffix(".away"))
    try:
        yield
    finally:
        away.rename(file)


@contextmanager
def stop_server(machine: FaultyMachine) -> Iterator[None]:
    """The database server is stopped."""
    assert machine.server
    machine.server.stop()
    try:
        yield
    finally:
        machine.server.start()


@contextmanager
def set_clock_forward(machine: FaultyMachine) -> Iterator[None]:
    """The clock is a day ahead, and is set back."""
    machine.clock.shift_s += DAY_S
    try:
        yield
    finally:
        since = len(machine.service.lines)
        machine.clock.shift_s -= DAY_S
        wait_until(
            lambda: machine.service.has_logged("set back by", since), 10, lambda: "the clock is not set back"
        )


@contextmanager
def set_clock_back(machine: FaultyMachine) -> Iterator[None]:
    """The clock is a day behind, and is set forward."""
    machine.clock.shift_s -= DAY_S
    try:
        yield
    finally:
        machine.clock.shift_s += DAY_S


@contextmanager
def use_up_files(machine: FaultyMachine) -> Iterator[None]:
    """The service can open no file and no socket."""
    machine.limit_files(FEW_FILES)
    try:
        yield
    finally:
        machine.limit_files(None)


@contextmanager
def stop_process(machine: FaultyMachine) -> Iterator[None]:
    """The service is stopped, as by a debugger or a machine that is put aside."""
    machine.send(signal.SIGSTOP)
    try:
        yield
    finally:
        machine.send(signal.SIGCONT)


@contextmanager
def start_second(machine: FaultyMachine) -> Iterator[None]:
    """Somebody starts a second service on the same store."""
    second = run_program("run", "--port", "0", "--config", str(machine.site.config), code=3)
    assert "another aggregator run" in second.stderr
    yield


@contextmanager
def lose_names(machine: FaultyMachine) -> Iterator[None]:
    """The name server does not answer, and connections do not last."""
    machine.give_names(False)
    machine.feeds.hangs_up = True
    try:
        yield
    finally:
        machine.feeds.hangs_up = False
        machine.give_names(True)


def _file(machine: FaultyMachine) -> Path:
    return machine.folder / "data" / "aggregator.db"


CASES = (
    Case(
        name="disk of the store is full", make=fill_disk_of_store, logged="free disk space", unready="store",
        writes=10,
    ),
    Case(
        name="disk of the tree is full", make=fill_disk_of_tree, logged="event=publish", unready="publishing",
        in_gate=("sqlite",),
    ),
    Case(
        name="tree is read-only", make=forbid_writing_tree, logged="event=publish", unready="publishing",
        in_gate=("postgresql",),
    ),
    Case(name="database is locked", make=lock_database, lasts_s=1.0, long_s=45.0, databases=("sqlite",)),
    Case(
        name="database is moved away", make=move_database, logged="was removed", unready="store",
        databases=("sqlite",),
    ),
    Case(
        name="server is stopped", make=stop_server, logged="check that the server runs", unready="store",
        databases=("postgresql",),
    ),
    Case(name="clock is a day ahead", make=set_clock_forward, logged="ahead of those of publishers", in_gate=("sqlite",)),
    Case(name="clock is a day behind", make=set_clock_back, logged="behind those of publishers", in_gate=("postgresql",)),
    Case(
        name="no file can be opened", make=use_up_files, logged="oo many open files", in_gate=("sqlite",)
    ),
    Case(name="process is stopped", make=stop_process, unready="answer", long_s=120.0, in_gate=("postgresql",)),
    Case(name="second run is started", make=start_second, long_s=0.0, in_gate=()),  # see integration/test_kill.py
    Case(
        name="name server is silent", make=lose_names, logged="check this machine's network", long_s=300.0,
        in_gate=("sqlite",),
    ),
)  # fmt: skip
