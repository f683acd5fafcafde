"""Soak the service: ``python -m tests.soak [--sources N] [--days D] [--seed S] [--json FILE]``.

Made-up publishers on loopback publish for days of compressed time, fail in every way they can, and the
program that polls them is killed now and then. In the end it is judged whether any source starved, whether
memory grew, whether each entry that was served is stored exactly once, and whether anybody was asked too often.
The exit code is 1 where a claim does not hold, 130 where it was interrupted.

With ``--workers 4 --minutes 180`` workers on a PostgreSQL server of its own do that in real time, with feeds that get
entries at a steady pace; ``--kill-every 5 --kill-for 600`` kills one every five seconds in the first ten minutes. What
they took is left as a table and a plot in ``--out``, and in the end each entry is to be there exactly once.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.soak.claims import Claim, claims_of, grouped
from tests.soak.clock import DAY, HOUR, MINUTE
from tests.soak.run import Plan, Sample, Soaked, soak

MOST_SHOWN = 20


def main() -> int:
    """Soak, tell, and return the exit code."""
    asked = _asked()
    if asked.workers:
        return _soak_workers(asked)
    plan = Plan(
        sources=asked.sources, days=asked.days, seed=asked.seed, step_s=asked.step, kills=asked.kills,
        has_stories=asked.stories,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        try:
            soaked = asyncio.run(soak(plan, Path(folder), lambda sample: _tell(sample, plan)))
        except KeyboardInterrupt:
            print("\ninterrupted", file=sys.stderr)
            return 130
    claims = claims_of(soaked)
    print(report(soaked, claims))
    if asked.json:
        asked.json.write_text(json.dumps(reported(soaked, claims), indent=2) + "\n", encoding="utf-8")
    return 1 if any(claim.problems for claim in claims) else 0


def _soak_workers(asked: argparse.Namespace) -> int:
    from tests.soak.workers import WorkersPlan, soak_workers  # what it needs takes long to import

    plan = WorkersPlan(
        workers=asked.workers, minutes=asked.minutes, kill_every_s=asked.kill_every, kill_for_s=asked.kill_for,
        sources=asked.sources, pace_s=asked.pace, interval_s=asked.interval, seed=asked.seed,
    )  # fmt: skip
    try:
        soaked = soak_workers(plan, asked.out)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    last = soaked.samples[-1]
    print(
        f"{plan.workers} workers, {plan.sources} sources, {last.at_s / MINUTE:.0f} min, seed {plan.seed}: "
        f"{len(soaked.kills_s)} killed, {soaked.entries} entries, at rest after {soaked.rest_s:.0f} s; in the end "
        f"{last.resident_mib:.0f} MiB, {last.handles} handles, {last.database_mib:.0f} MiB stored; "
        f"{asked.out}/samples.csv, samples.svg, log"
    )
    for problem in soaked.wrong[:MOST_SHOWN]:
        print(f"FAILS  {problem}")
    print(
        "each entry is stored and shown once" if not soaked.wrong else f"{len(soaked.wrong)} things are wrong"
    )
    return 1 if soaked.wrong else 130 if soaked.is_interrupted else 0


def report(soaked: Soaked, claims: Sequence[Claim]) -> str:
    """Return what a soak came to, as text: each claim with its figures, and what speaks against it."""
    plan = soaked.plan
    lines = [
        f"{plan.sources} sources, {plan.days:g} days, seed {plan.seed}: {soaked.wall_s / 60:.1f} min",
        "answers: " + ", ".join(f"{count} {answer}" for answer, count in _answers(soaked).most_common()),
        "memory, MiB, at noon: " + ", ".join(f"{mib:.0f}" for mib in _noons(soaked.samples)),
    ]
    for claim in claims:
        lines.append(f"{'FAILS' if claim.problems else 'holds':6} {claim.name:28} {claim.figures}")
        problems = grouped(claim.problems)
        lines += [f"       - {problem}" for problem in problems[:MOST_SHOWN]]
        if len(problems) > MOST_SHOWN:
            lines.append(f"       - and {len(problems) - MOST_SHOWN} more")
    return "\n".join(lines)


def reported(soaked: Soaked, claims: Sequence[Claim]) -> dict:
    """Return what a soak came to, for programs."""
    return {
        "plan": asdict(soaked.plan),
        "wall_s": soaked.wall_s,
        "answers": _answers(soaked),
        "claims": [asdict(claim) for claim in claims],
        "samples": [asdict(sample) for sample in soaked.samples],
        "kills": soaked.kills,
    }


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak", description=(__doc__ or "").partition("\n\n")[2]
    )
    parser.add_argument("--sources", type=int, default=2000, metavar="N", help="how many (2000)")
    parser.add_argument("--days", type=float, default=7.0, metavar="D", help="how long, simulated (7)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="what all chance follows from (1)")
    parser.add_argument("--step", type=float, default=300.0, metavar="S",
                        help="simulated seconds between two looks at what is due (300)")  # fmt: skip
    parser.add_argument("--kills", type=int, default=3, metavar="N", help="how often it is killed (3)")
    parser.add_argument("--stories", action="store_true", help="also group and publish, twice an hour")
    parser.add_argument(
        "--workers", type=int, default=0, metavar="N", help="soak so many workers (0: one service)"
    )
    parser.add_argument(
        "--database", choices=["postgresql"], default="postgresql", help="where workers have their store"
    )
    parser.add_argument(
        "--minutes", type=float, default=180.0, metavar="N", help="how long, in real time (180)"
    )
    parser.add_argument(
        "--kill-every", type=float, default=5.0, metavar="S", help="seconds between two kills (5)"
    )
    parser.add_argument(
        "--kill-for", type=float, default=0.0, metavar="S", help="seconds in which they are killed (0)"
    )
    parser.add_argument(
        "--pace", type=float, default=60.0, metavar="S", help="seconds between two entries of a source (60)"
    )
    parser.add_argument(
        "--interval", type=float, default=20.0, metavar="S", help="seconds between two polls (20)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("data/soak"), metavar="FOLDER", help="for samples (data/soak)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser.parse_args()


def _tell(sample: Sample, plan: Plan) -> None:
    share = sample.at_s / (plan.days * DAY)
    left_min = sample.wall_s * (1 / share - 1) / 60 if share > 0.01 else 0.0
    line = (
        f"day {int(sample.at_s // DAY) + 1}, {int(sample.at_s % DAY // HOUR):02} h: {sample.visits} visits, "
        f"{sample.resident_mib:.0f} MiB, start {sample.started}, about {left_min:.0f} min left"
    )
    is_screen = sys.stderr.isatty()
    print(
        f"\r{line}\033[K" if is_screen else line, end="" if is_screen else "\n", file=sys.stderr, flush=True
    )


def _answers(soaked: Soaked) -> Counter[str]:
    return Counter(visit.answer for visits in soaked.visits for visit in visits)


def _noons(samples: Sequence[Sample]) -> list[float]:
    """Return the memory at the first sample after each noon."""
    noons = {int(s.at_s // DAY): s.resident_mib for s in reversed(samples) if s.at_s % DAY >= DAY / 2}
    return [noons[day] for day in sorted(noons)]


if __name__ == "__main__":
    sys.exit(main())
