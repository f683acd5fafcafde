"""Each stage killed at random steps, a few times: ``python -m tests.faults kill`` does it often."""

import pytest

from tests.faults.kills import kill_stages, make_site
from tests.faults.stages import STAGES
from tests.profiles import repeat


@pytest.mark.parametrize(("database", "seed"), [("sqlite", 1), ("postgresql", 2)])
def test_what_a_killed_stage_left_is_done_by_the_next(tmp_path, database, seed):
    """Poll, enrich, group and publish lose nothing and double nothing, wherever they die."""
    with make_site(tmp_path, database, seed) as (site, feeds):
        done = list(kill_stages(site, feeds, seed=seed, rounds=repeat(2, large=100)))
    assert [one.wrong for one in done] == [()] * len(done)
    assert {kill.stage for one in done for kill in one.kills if not kill.done} == set(STAGES)
