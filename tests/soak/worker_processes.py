"""Workers as processes, of which one is killed now and then and another started in its place."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

STOPS_WITHIN_S = 20.0


class WorkerProcesses:
    """Workers with one configuration, whose log is one file."""

    def __init__(self, config: Path, log: Path) -> None:
        self._config = config
        self._log = log.open("w", encoding="utf-8")
        self._running: list[tuple[subprocess.Popen[str], bool]] = []

    def start(self, *, publishes: bool) -> None:
        """Start a worker."""
        words = ["worker", *(["--publish"] if publishes else []), "--config", str(self._config)]
        process = subprocess.Popen(
            [sys.executable, "-m", "aggregator", *words],
            stdout=self._log, stderr=self._log, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
            process_group=0,  # Ctrl-C is for whom judges them
        )  # fmt: skip
        self._running.append((process, publishes))

    def list_pids(self) -> list[int]:
        """Return the numbers of those that run."""
        return [process.pid for process, _ in self._running if process.poll() is None]

    def kill_one(self, chance: Random) -> None:
        """Kill a worker, and start another one that does what it did."""
        process, publishes = self._running.pop(chance.randrange(len(self._running)))
        process.kill()
        process.wait()
        self.start(publishes=publishes)

    def stop(self) -> None:
        """Ask all to end, and kill those that do not."""
        for process, _ in self._running:
            process.send_signal(signal.SIGTERM)
        for process, _ in self._running:
            try:
                process.wait(STOPS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._log.close()
