"""How long a thread of this process goes on before others have their turn."""

import sys

TURN_S = 0.0005


def shorten_turns() -> None:
    """Have threads that compute let others go on after half a millisecond, a tenth of Python's default.

    One that writes many files has to wait for a turn after each call of the system: beside threads that group
    and read feeds it would wait most of the time.
    """
    sys.setswitchinterval(TURN_S)
