"""Live many lives: ``python -m tests.subscribers --lives 50 --seed 1 --steps 150``.

Prints what readers saw, and of each life in which something is wrong what happened last.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from tests.subscribers.lives import begin_life, describe


def main() -> int:
    """Live what the command line asks for; 1 where something is wrong."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[lambda *_: ""])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lives", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of the first life; the next has the next")
    parser.add_argument("--steps", type=int, default=100, help="steps of a life")
    parser.add_argument("--shown", type=int, default=12, help="steps that are shown where something is wrong")
    chosen = parser.parse_args()
    failed = 0
    for seed in range(chosen.seed, chosen.seed + chosen.lives):
        began_s = time.monotonic()
        with TemporaryDirectory() as folder, begin_life(Path(folder), seed) as life:
            faults = life.live(chosen.steps)
            numbers = ", ".join(f"{value} {name}" for name, value in describe(life).items())
            print(
                f"seed {seed}: {len(life.steps)} steps, {numbers}, {time.monotonic() - began_s:.1f} s",
                flush=True,
            )
            if faults:
                failed += 1
                print(
                    "\n".join([*faults[:10], *(f"    {step}" for step in life.steps[-chosen.shown :])]),
                    flush=True,
                )
    print(f"{chosen.lives} lives, {failed} failed")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
