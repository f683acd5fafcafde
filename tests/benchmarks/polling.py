"""What polling costs: ours, ``reader`` and a plain program, in turn, on the same feeds and machine.

    python -m tests.benchmarks.polling [--sources N] [--json FILE]

``reader`` is installed into an environment of its own, since it wants its own feedparser. Four rounds:

cold          every source for the first time
not modified  every source answers 304
changed       one source in twenty has two new entries, the others answer 304
same bytes    no source sends validators any more, and every document is as before

CPU is user and system time of the process and its children; starting up is left out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.feeds import ENTRIES, document
from tests.benchmarks.server import ADDRESSES, DocumentServer

ROOT = Path(__file__).parents[2]
PLAYERS = Path(__file__).parent / "players"
READER_ENVIRONMENT = ROOT / "data" / "benchmark-reader"
READER = ("reader>=3.20,<4", "feedparser<6.0.12")
"""Its copy of feedparser wants what later versions of feedparser do not bring any more."""
CHANGED_EVERY = 20
ROUNDS = ("cold", "not_modified", "changed", "same_bytes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a round cost a player: ``cpu_s`` and ``wall_s`` in seconds, ``peak_mib`` since it started."""

    cpu_s: float
    wall_s: float
    peak_mib: float
    outcomes: Mapping[str, int]


Costs = Mapping[str, Mapping[str, Cost]]
"""By player and round."""


class Player:
    """A program that polls when it is told to; ``settings`` is what it says of itself."""

    def __init__(self, command: Sequence[str]) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", ""))),
        }
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
        )
        self.settings = str(self._answer()["settings"])

    def play(self) -> Cost:
        """Let it do a round."""
        print("round", file=self._process.stdin, flush=True)
        return Cost(**self._answer())

    def end(self) -> None:
        """Let it end."""
        self._process.communicate()

    def _answer(self) -> dict:
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._process.args}: ended with code {self._process.wait()}")
        return json.loads(line)


def main() -> None:
    """Measure, print, and write."""
    options = _options()
    costs = measure(options.sources, options.players)
    print(table(costs))
    if {"ours", "reader"} <= costs.keys():
        reported = report(options.sources, costs)
        print(
            "\nours / reader: "
            + ", ".join(f"{name} {value:.3f}" for name, value in reported["ratios"].items())
        )
        print(f"peak memory of our process: {reported['parent_peak_mib']:.0f} MiB")
        if options.json:
            options.json.write_text(json.dumps(reported, indent=2) + "\n", encoding="utf-8")


def measure(sources: int, names: Sequence[str]) -> Costs:
    """Return what each round costs each player on so many sources; the rounds go in turn."""
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        folder = Path(made)
        site, costs = folder / "site", {player: {} for player in names}
        site.mkdir()
        publisher = DocumentServer(site)
        for source in range(sources):
            publisher.write(source, document(source, 0))
        (folder / "urls").write_text("\n".join(publisher.url(source) for source in range(sources)))
        stack.enter_context(publisher)
        players = {name: stack.enter_context(_started(name, folder)) for name in names}
        _introduce(sources, publisher, players)
        for round_name in ROUNDS:
            _prepare(round_name, publisher, sources)
            for name, player in players.items():
                costs[name][round_name] = player.play()
                print(f"  {round_name}: {name} {costs[name][round_name]}", file=sys.stderr)
        return costs


def report(sources: int, costs: Costs) -> dict:
    """Return the ratios of ours to ``reader``, and our memory."""
    ours, reader = costs["ours"], costs["reader"]
    cpu = {f"{name}_cpu": ours[name].cpu_s / reader[name].cpu_s for name in ROUNDS}
    ratios = {
        "cold_cpu": cpu.pop("cold_cpu"),
        "cold_wall": ours["cold"].wall_s / reader["cold"].wall_s,
        **cpu,
    }
    peak_mib = max(cost.peak_mib for cost in ours.values())
    return {"sources": sources, "ratios": ratios, "parent_peak_mib": peak_mib}


def table(costs: Costs) -> str:
    """Return the costs in seconds, a line for each player."""
    columns = [f"{name.replace('_', ' ')} {kind}" for name in ROUNDS for kind in ("CPU s", "wall s")]
    lines = [f"{'':10}" + "".join(f"{column:>20}" for column in [*columns, "peak MiB"])]
    for player, rounds in costs.items():
        cells = [f"{value:.2f}" for name in ROUNDS for value in (rounds[name].cpu_s, rounds[name].wall_s)]
        cells.append(f"{max(cost.peak_mib for cost in rounds.values()):.0f}")
        lines.append(f"{player:10}" + "".join(f"{cell:>20}" for cell in cells))
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=int, default=1000, metavar="N", help="how many (default: 1000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the ratios there")
    parser.add_argument(
        "--players", nargs="+", default=list(COMMANDS), choices=list(COMMANDS), help="who (default: all)"
    )
    return parser.parse_args()


def _introduce(sources: int, publisher: DocumentServer, players: Mapping[str, Player]) -> None:
    print(f"{sources} sources of {ENTRIES} entries, {len(document(0, 0)) / 1000:.0f} KB, sent in gzip")
    print(f"served by {publisher.name}, on {len(ADDRESSES)} loopback addresses, keep-alive without end")
    for name, player in players.items():
        print(f"{name}: {player.settings}")
    print(flush=True)


def _prepare(round_name: str, publisher: DocumentServer, sources: int) -> None:
    if round_name == "changed":
        for source in range(0, sources, CHANGED_EVERY):
            publisher.write(source, document(source, 1))
    if round_name == "same_bytes":
        publisher.drop_validators()
    publisher.reload()


@contextmanager
def _started(name: str, folder: Path) -> Iterator[Player]:
    player = Player(COMMANDS[name](folder))
    try:
        yield player
    finally:
        player.end()


def _here(name: str) -> Callable[[Path], list[str]]:
    return lambda folder: [sys.executable, str(PLAYERS / name), str(folder / "urls"), str(folder)]


def _with_reader(folder: Path) -> list[str]:
    python = READER_ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", READER_ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *READER], check=True)
    return [str(python), str(PLAYERS / "lemon_reader.py"), str(folder / "urls"), str(folder)]


COMMANDS = {"ours": _here("ours.py"), "reader": _with_reader, "plain": _here("plain.py")}


if __name__ == "__main__":
    main()
