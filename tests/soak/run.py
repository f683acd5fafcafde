"""A soak from its start to its end: publishers here, the program in a process of its own, which is killed at times."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from shutil import copyfile

import yaml

from aggregator.store import read_source_states
from tests.soak.answers import Visit
from tests.soak.clock import DAY, HOUR, SharedClock
from tests.soak.program import SoakTask, play
from tests.soak.publishers import Publisher, made_publishers
from tests.soak.server import Newsstand

SHIPPED = Path(__file__).parents[2] / "config"
POLLING = {"default_interval_min": 60, "min_interval_min": 60, "max_interval_min": 720}
KILLED_UNTIL = 0.4
"""The share of the time in which the program is killed: after that, its memory is looked at."""
_WATCH_S = 0.02
_SETTLE_S = 0.3
"""After a kill, publishers answer what was asked before, and notice who is waiting no more."""
_SPAWN = get_context("spawn")


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is soaked: ``step_s`` is how often, in simulated time, the program looks for what is due."""

    sources: int
    days: float
    seed: int
    step_s: float = 300.0
    kills: int = 3
    has_stories: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """What was seen at an hour: ``started`` is how often the program had been started by then."""

    at_s: float
    started: int
    resident_mib: float
    wall_s: float
    visits: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """What the store has in the end: the marks of sightings and of articles by source, and its own counts."""

    sightings: Sequence[tuple[int, str, str]]
    articles: Sequence[tuple[str, str]]
    quarantined: Sequence[int]
    counted: Mapping[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Soaked:
    """What came of a soak. ``kills`` are pairs: since when things were under way, and when it was killed."""

    plan: Plan
    publishers: Sequence[Publisher]
    visits: Sequence[Sequence[Visit]]
    samples: Sequence[Sample]
    kills: Sequence[tuple[float, float]]
    stored: Stored
    logged: Sequence[str]
    others: int
    wall_s: float
    exit_code: int | None


Watch = Callable[[Sample], None]


@dataclass(slots=True)
class _Watched:
    samples: list[Sample] = field(default_factory=list)
    kills: list[tuple[float, float]] = field(default_factory=list)
    started: int = 0


async def soak(plan: Plan, folder: Path, watch: Watch = lambda _: None) -> Soaked:
    """Soak in an empty ``folder``; ``watch`` hears of every simulated hour."""
    began_s = time.monotonic()
    publishers = made_publishers(plan.seed, plan.sources, plan.days)
    clock, watched = SharedClock.made(folder / "clock"), _Watched()
    async with Newsstand(publishers, clock) as stand:
        _write_config(folder, stand)
        task = SoakTask(
            config=folder / "config", clock=folder / "clock", log=folder / "log", step_s=plan.step_s,
            end_s=plan.days * DAY, has_stories=plan.has_stories,
        )  # fmt: skip
        exit_code = await _let_run(plan, task, stand, watched, watch)
    return Soaked(
        plan=plan, publishers=publishers, visits=stand.visits, samples=watched.samples, kills=watched.kills,
        stored=_stored(folder), logged=(folder / "log").read_text(encoding="utf-8").splitlines(),
        others=stand.others, wall_s=time.monotonic() - began_s, exit_code=exit_code,
    )  # fmt: skip


async def _let_run(
    plan: Plan, task: SoakTask, stand: Newsstand, watched: _Watched, watch: Watch
) -> int | None:
    """Start the program, kill it at its times, and return the exit code with which it ended by itself."""
    chance = random.Random(f"{plan.seed} kills")
    kill_times = sorted(chance.uniform(0.02, KILLED_UNTIL) * task.end_s for _ in range(plan.kills))
    began_s = time.monotonic()
    for kill_at_s in (*kill_times, None):
        program = _SPAWN.Process(target=play, args=(task,))
        program.start()
        watched.started += 1
        try:
            while program.exitcode is None and (kill_at_s is None or stand.clock.now_s() < kill_at_s):
                _look(program, stand, watched, watch, began_s)
                await asyncio.sleep(_WATCH_S)
            await asyncio.sleep(chance.uniform(0, 0.05))
        finally:
            under_way_since_s = stand.clock.skipped_at_s
            program.kill()
            program.join()
        if kill_at_s is None:
            return program.exitcode
        await asyncio.sleep(_SETTLE_S)
        watched.kills.append((under_way_since_s, stand.clock.now_s()))
    return None


def _look(program: BaseProcess, stand: Newsstand, watched: _Watched, watch: Watch, began_s: float) -> None:
    now_s, samples = stand.clock.now_s(), watched.samples
    if samples and now_s - samples[-1].at_s < HOUR and samples[-1].started == watched.started:
        return
    sample = Sample(
        at_s=now_s, started=watched.started, resident_mib=_resident_mib(program.pid),
        wall_s=time.monotonic() - began_s, visits=sum(map(len, stand.visits)),
    )  # fmt: skip
    samples.append(sample)
    watch(sample)


def _resident_mib(process_id: int | None) -> float:
    try:
        lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    except OSError:  # it has just ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def _write_config(folder: Path, stand: Newsstand) -> None:
    config = folder / "config"
    config.mkdir()
    settings = {
        "storage": {"data_dir": str(folder / "data"), "feeds_dir": str(folder / "feeds")},
        "fetch": {"allowed_networks": ["127.0.0.0/8"], "domain_delay_s": 0},
        "enrich": {"host_delay_s": 0},
        "polling": POLLING,
    }
    sources = [{"id": f"s{publisher.number}", "url": stand.url(publisher)} for publisher in stand.publishers]
    (config / "settings.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (config / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")
    for name in ("topics.yaml", "providers.yaml"):
        copyfile(SHIPPED / name, config / name)


def _stored(folder: Path) -> Stored:
    """Read the database itself, so that what is judged is not judged by the code that wrote it."""
    with closing(sqlite3.connect(folder / "data" / "aggregator.db")) as database:
        seen = database.execute(
            "SELECT CAST(substr(source_id, 2) AS INTEGER), coalesce(entry_id, canonical_url), article_id"
            " FROM sightings"
        ).fetchall()
        articles = database.execute("SELECT id, coalesce(entry_id, canonical_url) FROM articles").fetchall()
        quarantined = database.execute(
            "SELECT CAST(substr(source_id, 2) AS INTEGER) FROM sources WHERE quarantined_at IS NOT NULL"
        ).fetchall()
    return Stored(
        sightings=seen,
        articles=articles,
        quarantined=[row[0] for row in quarantined],
        counted=_counted(folder),
    )


def _counted(folder: Path) -> dict[int, int]:
    from aggregator.store import open_store

    with open_store(f"sqlite:///{folder / 'data' / 'aggregator.db'}") as store:
        states = read_source_states(store)
    return {int(id_[1:]): sum(day.requests for day in state.tallies) for id_, state in states.items()}
