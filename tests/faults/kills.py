"""Kills of the stages at random steps, round after round, on a site that goes on growing."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.empty_store import put_empty_store
from tests.faults.invariants import find_faults
from tests.faults.stages import STAGES, run_stage
from tests.growing_feeds import GrowingFeeds
from tests.integration.site import TOPICS, SiteFolder
from tests.loopback import Loopback
from tests.postgresql import PostgreSQL, run_postgresql

PAPERS = 4
FIRST_STEPS = 40
"""Of how many steps the first kill of a stage chooses one; later ones know how many there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kill:
    """A stage that was to be killed after so many steps, of as many as it took last; ``done`` before that."""

    stage: str
    step: int
    steps: int
    done: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """A round: what was killed in it, and what was wrong after it."""

    kills: tuple[Kill, ...]
    wrong: tuple[str, ...]


@contextmanager
def make_site(folder: Path, database: str, seed: int) -> Iterator[tuple[SiteFolder, GrowingFeeds]]:
    """Give a site whose feeds grow, with an empty store on a kind of database."""
    server = run_postgresql() if database == "postgresql" else nullcontext()
    with server as running, Loopback() as loopback:
        url = _make_store(folder, running)
        feeds = GrowingFeeds(loopback, PAPERS, seed=seed, growth=0, most=10_000)
        yield _make_folder(folder, feeds, url), feeds


def kill_stages(site: SiteFolder, feeds: GrowingFeeds, *, seed: int, rounds: int) -> Iterator[Round]:
    """Kill each stage once or more in each round, then let it end, and look at what there is then."""
    rng, steps, ids = Random(f"{seed} kills"), dict.fromkeys(STAGES, FIRST_STEPS), dict[str, str]()
    for _ in range(rounds):
        kills: list[Kill] = []
        for stage in STAGES:
            if stage == "poll":
                feeds.write(rng.randint(1, 2))
            kills.extend(_kill_often(site, stage, steps[stage], rng))
            steps[stage] = run_stage(site.config, stage) or FIRST_STEPS
        yield Round(kills=tuple(kills), wrong=tuple(find_faults(site.config, feeds, ids)))


def _kill_often(site: SiteFolder, stage: str, steps: int, rng: Random) -> Iterator[Kill]:
    """Kill a stage, and with less and less chance its second and third try, too."""
    again = 1.0
    while rng.random() < again:
        again /= 4
        step = rng.randint(1, steps)
        done = run_stage(site.config, stage, dies_after=step) is not None
        yield Kill(stage=stage, step=step, steps=steps, done=done)


def _make_store(folder: Path, server: PostgreSQL | None) -> str:
    if server is None:
        return put_empty_store(folder / "data" / "aggregator.db")
    return server.create_database("kills")


def _make_folder(folder: Path, feeds: GrowingFeeds, url: str) -> SiteFolder:
    return SiteFolder(
        folder, feeds.sources, TOPICS,
        storage={"database": url}, images={"sizes": False, "logos": False},
        publish={"max_items": 5_000}, enrich={"pages": True, "host_delay_s": 0, "wait_s": 5},
    )  # fmt: skip
