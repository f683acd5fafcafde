"""What fuzzing asks of every document holds for those that we have."""

from pathlib import Path

import pytest

from tests.fuzz.target import read_and_judge

CASES = sorted(
    p for p in (Path(__file__).parents[1] / "parse" / "cases").iterdir() if ".expected." not in p.name
)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_case_is_read_or_refused(path):
    """No crash, and nothing that cannot be shown."""
    read_and_judge(path.read_bytes())
