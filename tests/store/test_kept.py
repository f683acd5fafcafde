"""What is kept is documented."""

from pathlib import Path

import pytest

from aggregator.store.schema import metadata

PAGE = Path(__file__).parents[2] / "docs" / "storage.md"


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_table_is_documented(table):
    """With what it has a row for, its size, and when a row goes."""
    lines = [
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{table}`")
    ]
    assert len(lines) == 1
    assert all(cell.strip() for cell in lines[0].strip("|").split("|"))
