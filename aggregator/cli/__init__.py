"""The command line: one file per command.

Exit codes: 0 it worked; 1 it did not (every error is one line on standard error); 2 the command was
called wrongly; 3 another run holds the store; 130 interrupted.
"""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        # Here, as an interrupt may come while it is imported, which takes longest of all.
        from aggregator.cli.command_line import run_command  # noqa: PLC0415
        from aggregator.machine.interrupts import repeat_lost_interrupts  # noqa: PLC0415
        from aggregator.machine.memory import share_arenas  # noqa: PLC0415

        repeat_lost_interrupts()
        share_arenas()
        run_command()
    except KeyboardInterrupt:
        sys.exit(130)
