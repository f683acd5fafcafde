"""How alike is alike enough."""

import pytest

from aggregator.stories import Thresholds


@pytest.mark.parametrize("has_excerpt", [False, True])
def test_a_larger_story_must_be_more_of_one_piece(has_excerpt):
    """From four articles on, a share more with each doubling, and no more from sixteen on."""
    limits = Thresholds(growth=0.5)
    small, *others = (limits.get_cohesion(n, has_excerpt=has_excerpt) for n in (2, 4, 8, 16, 300))
    assert small == (limits.split_excerpt if has_excerpt else limits.split)
    assert others == pytest.approx([small, 1.5 * small, 2 * small, 2 * small])
