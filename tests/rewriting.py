"""Test modules, rewritten by pytest so that asserts tell what failed: shared out among the processes of a run.

To rewrite them all takes longer than to import them, and what was rewritten is kept. Processes that go
through them in one order are all at the same one, and each rewrites it.
"""

import importlib
import sys
from contextlib import suppress
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def import_share(number: int, count: int) -> None:
    """Import one of ``count`` shares of all test modules, unless what is rewritten is not kept."""
    if sys.dont_write_bytecode:
        return
    for path in sorted(TESTS.rglob("test_*.py"))[number::count]:
        # What cannot be imported is told of where it is collected.
        with suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(path.relative_to(TESTS.parent).with_suffix("").parts))
