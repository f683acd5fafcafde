"""Play many random histories: ``python -m tests.publishing_equality --histories 2000 --seed 1``.

Prints how many were played, and each that fails, as short as it still fails.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import structlog

from tests.publishing_equality.histories import (
    Failure,
    Step,
    format_history,
    make_history,
    play_history,
    shrink,
)


def play_seed(seed: int, longest: int) -> tuple[int, int, str]:
    """Play the history of a seed; return the seed, how long the history was, and how it failed, or ""."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[lambda *_: ""])
    rng = Random(seed)
    steps = make_history(rng, rng.randint(5, longest))
    failure = play_anew(steps)
    if failure is None:
        return seed, len(steps), ""
    shortest = shrink(steps[: failure.played], lambda some: play_anew(some) is not None)
    again = play_anew(shortest) or failure
    return seed, len(steps), "\n".join((format_history(shortest), *again.lines))


def play_anew(steps: Sequence[Step]) -> Failure | None:
    """Play a history in a folder of its own; what the program raises is a failure, too."""
    with TemporaryDirectory() as folder:
        try:
            return play_history(Path(folder), steps)
        except Exception as error:  # an error is what is looked for
            return Failure(played=len(steps), lines=(f"raised: {error!r}",))


def main() -> int:
    """Play what the command line asks for; 1 where a history fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first history; the next has the next")
    parser.add_argument("--longest", type=int, default=60, help="steps of a history at the most")
    parser.add_argument("--processes", type=int, default=1)
    chosen = parser.parse_args()
    seeds = range(chosen.seed, chosen.seed + chosen.histories)
    began_s, steps, failures = time.monotonic(), 0, 0
    with ProcessPoolExecutor(chosen.processes) as pool:
        for seed, length, failure in pool.map(partial(play_seed, longest=chosen.longest), seeds):
            steps += length
            if (seed - chosen.seed + 1) % 100 == 0:
                print(f"{seed - chosen.seed + 1} histories, {steps} steps so far", flush=True)
            if failure:
                failures += 1
                print(f"seed {seed}:\n{failure}\n", flush=True)
    print(
        f"{len(seeds)} histories, {steps} steps, {failures} failed, {time.monotonic() - began_s:.0f} s",
        flush=True,
    )
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
