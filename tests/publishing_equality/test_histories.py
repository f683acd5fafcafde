"""Random histories of a site: what is published step by step is what would be built anew."""

from random import Random

import pytest

from tests.profiles import repeat
from tests.publishing_equality.histories import format_history, make_history, play_history

HISTORIES = repeat(12, large=3_000)
ON_POSTGRESQL = repeat(3, large=1_000)
STEPS = repeat(25, large=60)


@pytest.mark.filterwarnings(
    "ignore:.*multi-threaded.*:DeprecationWarning"
)  # of processes that die on purpose
@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_tree_is_what_would_be_built_anew(tmp_path, seed):
    """After new, edited, merged, removed articles, other rules, time and kills no byte is another one."""
    steps = make_history(Random(seed), STEPS)
    _explain(play_history(tmp_path, steps), steps)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.parametrize("seed", range(ON_POSTGRESQL))
def test_the_tree_of_a_store_on_postgresql_is_what_sqlite_would_build(tmp_path, postgresql, seed):
    """Step by step on the one, and anew of a copy on the other, has the same bytes."""
    steps = make_history(Random(-1 - seed), STEPS)
    with postgresql.lend_store() as url:
        _explain(play_history(tmp_path, steps, url), steps)


def _explain(failure, steps):
    if failure is not None:
        lines = "\n".join(failure.lines)
        pytest.fail(f"{lines}\nafter this history:\n{format_history(steps[: failure.played])}")
