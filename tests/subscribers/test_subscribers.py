"""Subscribers of a site with a long life: each story is seen once, nothing twice, and corrections arrive."""

import pytest

from tests.profiles import repeat
from tests.subscribers.lives import begin_life, describe

LIVES = repeat(2, large=100)
STEPS = repeat(16, large=150)


@pytest.mark.filterwarnings(
    "ignore:.*multi-threaded.*:DeprecationWarning"
)  # of processes that die on purpose
@pytest.mark.parametrize("seed", range(1, 1 + LIVES))
def test_no_subscriber_has_reason_to_complain(tmp_path, seed):
    """Whatever publishers write, editors decide and processes leave undone, in every format and rhythm."""
    with begin_life(tmp_path, seed) as life:
        faults = life.live(STEPS)
        if faults:
            pytest.fail("\n".join([*faults[:10], "after this life:", *life.steps]))
        assert describe(life)["unread"] > STEPS
