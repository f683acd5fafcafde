"""Soak the service: ``python -m tests.soak [--sources N] [--days D] [--seed S] [--json FILE]``.

Made-up publishers on loopback publish for days of compressed time, fail in every way they can, and the
program that polls them is killed now and then. In the end it is judged whether any source starved, whether
memory grew, whether each entry that was served is stored exactly once, and whether anybody was asked too often.
The exit code is 1 where a claim does not hold, 130 where it was interrupted.
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
from tests.soak.clock import DAY, HOUR
from tests.soak.run import Plan, Sample, Soaked, soak

MOST_SHOWN = 20


def main() -> int:
    """Soak, tell, and return the exit code."""
    asked = _asked()
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
