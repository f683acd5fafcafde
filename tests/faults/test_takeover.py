"""A worker that publishes is taken out in the middle of a publication: a stand-by publishes within a minute."""

import pytest

from tests.faults.takeover import ELSEWHERE, WAYS, take_out
from tests.profiles import repeat


@pytest.mark.parametrize(
    ("way", "helps"),
    [
        *((way, False) for way in WAYS),
        ("kill", True),
        *[("stop", True), (ELSEWHERE, True)] * repeat(0, large=1),
    ],
)
@pytest.mark.parametrize("seed", range(1, 1 + repeat(1, large=20)))
def test_a_stand_by_goes_on_where_a_publisher_was_taken_out(tmp_path, postgresql, way, helps, seed):
    """Killed, stopped here or elsewhere, or cut off: nothing is lost or doubled, and what it left is ended."""
    done = take_out(tmp_path, postgresql, way, helps=helps, seed=seed, silent_s=repeat(10, large=30))
    print(
        f"{way}, helps {helps}, seed {seed}: after {done.files} files, taken over within {done.after_s:.0f} s"
    )
    print("\n".join(done.told))
    assert done.wrong == []
    assert done.after_s < 60
