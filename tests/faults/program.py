"""The program on a machine whose time is set: ``python -m tests.faults.program FILE WORDS...``.

It is ``aggregator WORDS``, in an event loop whose pauses are over as soon as FILE says that so much time has
passed: what waits a minute before it tries again need not be waited for. Nothing of the program is replaced.
"""

import asyncio
import sys
from pathlib import Path

from tests.faults.set_clock import SetClock

LOOK_EVERY_S = 0.05


class SkippingLoop(asyncio.SelectorEventLoop):
    """An event loop in which time passes as it does, and is skipped at will."""

    def __init__(self, clock: SetClock) -> None:
        self._clock = clock
        super().__init__()
        self._look()

    def _look(self) -> None:
        """Wake up often: nothing else tells a loop that waits how much was skipped."""
        self.call_later(LOOK_EVERY_S, self._look)

    def time(self) -> float:
        """Return the time by which everything waits."""
        return super().time() + self._clock.skipped_s


class _Policy(asyncio.DefaultEventLoopPolicy):
    def __init__(self, clock: SetClock) -> None:
        super().__init__()
        self._clock = clock

    def new_event_loop(self) -> SkippingLoop:
        return SkippingLoop(self._clock)


def main() -> None:
    """Run the program."""
    _, file, *words = sys.argv
    asyncio.set_event_loop_policy(_Policy(SetClock(Path(file))))
    sys.argv = ["aggregator", *words]
    from aggregator.cli import main as run  # it is to find the words

    run()


if __name__ == "__main__":
    main()
