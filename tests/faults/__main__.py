"""Faults in their long form: ``python -m tests.faults kill --rounds 100`` and ``python -m tests.faults outages``.

``kill`` has each stage (poll, enrich, group, publish) killed by SIGKILL at random steps, as they follow from
``--seed``, once or more in each round; then it ends, and what is stored and shown is compared with what was
written. ``outages`` has everything that a service needs fail for as long as it does in life, one after the
other; only root can do that. Both print a line for each, and exit with 1 where anything was wrong.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.faults import CASES, Case, suffer
from tests.faults.kills import Round, kill_stages, make_site
from tests.faults.machine import run_machine

DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Do what is asked for, and return the exit code."""
    asked = _asked()
    wrong = 0
    for database in asked.database or DATABASES:
        with TemporaryDirectory(prefix="faults-") as folder:
            try:
                wrong += asked.play(asked, database, Path(folder))
            except KeyboardInterrupt:
                print("\ninterrupted", file=sys.stderr)
                return 130
    print(f"{wrong} were wrong" if wrong else "all was well after each")
    return min(wrong, 1)


def _kill(asked: argparse.Namespace, database: str, folder: Path) -> int:
    began_s, kills, wrong = time.monotonic(), dict[str, int](), 0
    with make_site(folder, database, asked.seed) as (site, feeds):
        for number, one in enumerate(kill_stages(site, feeds, seed=asked.seed, rounds=asked.rounds), start=1):
            for kill in one.kills:
                kills[kill.stage] = kills.get(kill.stage, 0) + (not kill.done)
            wrong += bool(one.wrong)
            print(f"{database} round {number}: {_describe(one)}", flush=True)
            _show_progress(f"{database}: {number} of {asked.rounds} rounds", number / asked.rounds, began_s)
        entries = len(feeds.written())
    counted = ", ".join(f"{count} in {stage}" for stage, count in kills.items())
    print(
        f"{database}, seed {asked.seed}: killed {counted}; {entries} entries; {wrong} rounds were wrong; "
        f"{time.monotonic() - began_s:.0f} s"
    )
    return wrong


def _describe(one: Round) -> str:
    kills = (f"{k.stage} {'ended before' if k.done else 'at'} {k.step} of {k.steps}" for k in one.kills)
    return ", ".join(kills) + "".join(f"\n    WRONG: {line}" for line in one.wrong)


def _outages(asked: argparse.Namespace, database: str, folder: Path) -> int:
    began_s, wrong = time.monotonic(), 0
    cases = list(_choose(asked, database))
    with run_machine(folder, database, is_hurried=asked.short) as machine:
        assert machine.wait_for_rest(120) == [], "it does not come to rest at first"
        for number, case in enumerate(cases, start=1):
            done = suffer(machine, case)
            wrong += bool(done.wrong)
            told = f"told after {done.told_after_s:.1f} s, well {done.well_after_s:.1f} s after its end"
            print(f"{database}: {case.name}: {told}", *done.wrong, sep="\n    WRONG: ", flush=True)
            _show_progress(f"{database}: {number} of {len(cases)} faults", number / len(cases), began_s)
    return wrong


def _choose(asked: argparse.Namespace, database: str) -> Iterator[Case]:
    return (case for case in CASES if database in case.databases and asked.only in case.name)


def _show_progress(text: str, share: float, began_s: float) -> None:
    if sys.stderr.isatty():
        left_s = (time.monotonic() - began_s) * (1 / share - 1)
        print(f"\r{text}, about {left_s / 60:.0f} min left\033[K\r", end="", file=sys.stderr, flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=(__doc__ or "").partition("\n\n")[2]
    )
    parser.add_argument("--database", action="append", choices=DATABASES, help="only this one")
    commands = parser.add_subparsers(required=True)
    kill = commands.add_parser("kill", help="kill each stage at random steps")
    kill.add_argument(
        "--rounds", type=int, default=100, metavar="N", help="kills of each stage at least (100)"
    )
    kill.add_argument("--seed", type=int, default=1, metavar="S", help="what all chance follows from (1)")
    kill.set_defaults(play=_kill)
    outages = commands.add_parser("outages", help="have what a service needs fail")
    outages.add_argument("--only", default="", metavar="TEXT", help="only faults whose name has this")
    outages.add_argument(
        "--short", action="store_true", help="seconds of each, and pauses skipped, as in the tests"
    )
    outages.set_defaults(play=_outages)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
