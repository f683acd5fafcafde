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


def test_more_shared_words_count_more():
    """Likeness of several words counts more than that of one or two, and no more from eight words on."""
    limits = Thresholds(words=4, breadth=0.5)
    assert [limits.weigh_breadth(count) for count in (0, 1, 4)] == [0.5, 0.5, 1.0]
    assert limits.weigh_breadth(8) == limits.weigh_breadth(60) == pytest.approx(2**0.5)


@pytest.mark.parametrize("has_excerpt", [False, True])
def test_less_beside_the_main_idea_is_enough_for_what_is_near(has_excerpt):
    """From 1.3 times the likeness that joining needs on, a third is."""
    limits = Thresholds(join=0.2, join_excerpt=0.4, ideas=0.09)
    near = 0.52 if has_excerpt else 0.26
    needed = [
        limits.get_ideas(likeness, has_excerpt=has_excerpt)
        for likeness in (0.0, near - 0.01, near + 0.001, 1.0)
    ]
    assert needed == pytest.approx([0.09, 0.09, 0.03, 0.03])
