"""Records written step by step are what writing all of them anew gives, whatever happens in between."""

import random

import pytest

from tests.empty_store import put_empty_store
from tests.integration.record_history import RecordHistory
from tests.profiles import repeat


@pytest.mark.parametrize("seed", range(repeat(3, large=400)))
def test_records_are_what_a_rebuild_gives(tmp_path, seed):
    """After any changes of articles, stories, settings and the clock, and kills at any file or transaction."""
    put_empty_store(tmp_path / "a.db")
    history = RecordHistory(tmp_path, random.Random(seed))
    try:
        for _ in range(12):
            for _ in range(3):
                history.go_on()
            history.check()
    finally:
        history.close()
