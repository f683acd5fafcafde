"""Random histories of a site, step by step, and whether its tree is what would be built anew."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from aggregator.pipeline.publish.orphaned_files import remove_orphaned_files
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.records import publish_records
from aggregator.pipeline.verification import find_violations
from aggregator.secured import SecuredKeys
from tests.publishing_equality.arrivals import ARRIVALS
from tests.publishing_equality.damages import DAMAGES, clear_the_way
from tests.publishing_equality.decisions import DECISIONS
from tests.publishing_equality.disappearing import DISAPPEARANCES
from tests.publishing_equality.helping import helping
from tests.publishing_equality.kills import run_and_die
from tests.publishing_equality.pictures import LOOKS, look_at_marked
from tests.publishing_equality.regrouping import REGROUPINGS
from tests.publishing_equality.settings import CHANGES
from tests.publishing_equality.subscribers import find_faults
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import World

Act = Callable[[World, Random], object]


def publish_all(world: World, rng: Random) -> None:
    """Everything that changed is published, by one or by several, and records where they are wanted."""
    with helping(world, rng.choice((0, 0, 1, 2))) as helpers:
        publish(world.look_at_site(), helpers=helpers)
    publish_records(world.look_at_site(), keys=SecuredKeys.of({}))


def publish_some(world: World, rng: Random) -> None:
    """Some topics are published by the command."""
    topics = ["all", *(one.id for one in world.setup.topics)]
    only = rng.sample(topics, rng.randint(1, len(topics)))
    publish(world.look_at_site(), only=only)


KILLABLE: dict[str, Act] = {
    **ARRIVALS,
    **REGROUPINGS,
    **LOOKS,
    **DISAPPEARANCES,
    "publish_all": publish_all,
    "publish_some": publish_some,
}
ACTS: dict[str, Act] = {**KILLABLE, **CHANGES, **DECISIONS, **DAMAGES}
OFTEN = (
    "add_articles", "edit_article", "group_articles", "place_articles", "pass_time", "publish_all", "decide",
)  # fmt: skip
"""Acts that are three times as frequent as the others."""
NAMES = sorted([*ACTS, *OFTEN, *OFTEN])


@dataclass(frozen=True, slots=True)
class Step:
    """One act, all of whose choices follow from ``seed`` and what is stored.

    Where it ``dies_after`` some steps of files and of the database, a process of its own does it that is
    killed then; None: it does not.
    """

    name: str
    seed: int
    dies_after: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Where in a history, by the number of steps played, which ``lines`` tell what is wrong."""

    played: int
    lines: tuple[str, ...]


def make_history(rng: Random, length: int) -> list[Step]:
    """Return a random history of so many steps."""
    return [_make_step(rng) for _ in range(length)]


def play_history(folder: Path, steps: Sequence[Step], url: str | None = None) -> Failure | None:
    """Play a history on a new site in an empty folder; return the first failure, None where all is well.

    The store is in the folder, too, or the empty one at ``url``.

    Each publication of everything that succeeds is compared with a tree that is built anew.
    """
    world = World(folder, url)
    try:
        for number, step in enumerate(steps, start=1):
            lines = play_step(world, step)
            if lines:
                return Failure(played=number, lines=tuple(lines))
        lines = settle(world)
        return Failure(played=len(steps), lines=tuple(lines)) if lines else None
    finally:
        world.close()


def play_step(world: World, step: Step) -> list[str]:
    """Play a step, and return what is then wrong with the tree."""
    act = ACTS[step.name]
    if step.dies_after is not None and step.name in KILLABLE:
        world.close()
        work = partial(_act_and_close, act, world, step.seed)
        world.is_unsettled |= not run_and_die(work, step.dies_after)
        return find_faults(world, is_settled=False)
    world.is_unsettled |= step.name == "put_in_the_way"
    world.is_damaged |= step.name in DAMAGES
    act(world, Random(step.seed))
    if step.name == "publish_all":
        world.is_damaged &= world.is_unsettled
        return _inspect(world)
    return find_faults(world, is_settled=False) if step.name == "publish_some" else []


def settle(world: World) -> list[str]:
    """Let everything come to rest that was stopped or in the way, and return what is then wrong.

    That is what happens after a start: what fails is tried again a minute later, and leftovers are removed.
    """
    clear_the_way(world)
    remove_orphaned_files(rules=world.rules, store=world.store)
    publish_all(world, Random(0))
    world.wait(minutes=2)
    publish_all(world, Random(0))
    world.is_unsettled = world.is_damaged = False
    return _inspect(world)


def shrink(steps: Sequence[Step], fails: Callable[[Sequence[Step]], bool]) -> list[Step]:
    """Return a shorter history that ``fails`` still, of which no step can be left out."""
    kept = list(steps)
    size = len(kept) // 2
    while size:
        start = 0
        while start < len(kept):
            without = [*kept[:start], *kept[start + size :]]
            if fails(without):
                kept = without
            else:
                start += size
        size //= 2
    return _keep_alive(kept, fails)


def _keep_alive(steps: list[Step], fails: Callable[[Sequence[Step]], bool]) -> list[Step]:
    """Return the history without the deaths that it fails without, too."""
    for number, step in enumerate(steps):
        alive = [*steps[:number], Step(step.name, step.seed), *steps[number + 1 :]]
        if step.dies_after is not None and fails(alive):
            steps = alive
    return steps


def format_history(steps: Iterable[Step]) -> str:
    """Return a history as it can be played again."""
    return "\n".join(f"    {step!r}," for step in steps)


def _make_step(rng: Random) -> Step:
    name = rng.choice(NAMES)
    dies = name in KILLABLE and rng.random() < 0.2
    return Step(name, rng.randrange(2**32), round(2 ** rng.uniform(0, 9)) if dies else None)


def _act_and_close(act: Act, world: World, seed: int) -> None:
    act(world, Random(seed))
    world.close()


def _inspect(world: World) -> list[str]:
    while look_at_marked(world):  # until then a picture that is known may not be shown everywhere
        publish_all(world, Random(0))
    faults = find_faults(world, is_settled=not world.is_unsettled)
    if world.is_unsettled:
        return faults
    violations = find_violations(
        rules=world.rules, store=world.store, clock=lambda: world.now, pause=lambda _: None
    )
    return [*faults, *map(str, violations), *find_differences(world)]
