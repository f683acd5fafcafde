"""The second opinion: asked near the threshold only, and of no weight elsewhere."""

from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

import pytest

from aggregator.errors import AggregatorError
from aggregator.stories import Grouper, Newcomer, Thresholds, dense_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIRE = "Fire at Kestrelholm battery plant halts deliveries"
NEAR = "Kestrelholm plant inspectors order battery checks after deliveries"
HAS_EXTRA = find_spec("sentence_transformers") is not None


class Sure:
    """An opinion that is always the same, and remembers what it was asked."""

    def __init__(self, likeness):
        self._likeness = likeness
        self.asked = []

    def likeness(self, article_text, story_texts):
        """Return the likeness."""
        self.asked.append((article_text, tuple(story_texts)))
        return self._likeness


def stories(opinion, *titles, join=0.4):
    """Return the story ids of headlines of different publishers, a minute apart."""
    grouper = Grouper(Thresholds(join=join, merge=1.0), opinion)
    return [
        grouper.place(
            Newcomer(
                id=title,
                title=title,
                excerpt=None,
                provider=f"p{n}",
                published_at=NOON + timedelta(minutes=n),
            )
        ).story.id
        for n, title in enumerate(titles)
    ]


@pytest.mark.parametrize(("likeness", "together"), [(0.9, True), (0.1, False)])
def test_near_the_threshold_it_decides(likeness, together):
    """A candidate within the band joins or not as the opinion says, which sees the texts of both."""
    opinion = Sure(likeness)
    score = Grouper(Thresholds(join=0.05, merge=1.0))
    placed = [
        score.place(Newcomer(id=t, title=t, excerpt=None, provider=t, published_at=NOON))
        for t in (FIRE, NEAR)
    ]
    first, second = stories(opinion, FIRE, NEAR, join=placed[1].score)
    assert (first == second) is together
    assert opinion.asked == [(NEAR, (FIRE,))]


def test_far_from_the_threshold_it_is_not_asked():
    """What is plainly alike, or plainly not, is decided without it."""
    opinion = Sure(0.0)
    first, second, other = stories(opinion, FIRE, FIRE + " again", "Rhubarb growers hope for sun", join=0.2)
    assert first == second != other
    assert opinion.asked == []


@pytest.mark.skipif(HAS_EXTRA, reason="the extra is installed")
def test_without_the_extra_the_error_says_what_to_install(tmp_path):
    """A configured model without its extra is refused with the command to type."""
    with pytest.raises(AggregatorError, match=r"pip install 'aggregator\[dense\]'"):
        dense_of(str(tmp_path))


@pytest.mark.skipif(not HAS_EXTRA, reason="needs the extra aggregator[dense]")
def test_a_folder_without_a_model_is_named(tmp_path):
    """The error names the folder and the setting."""
    with pytest.raises(AggregatorError, match=r"stories\.dense_model: .* has no modules\.json"):
        dense_of(str(tmp_path))


def test_no_folder_is_no_opinion():
    """The default asks nobody."""
    assert dense_of("") is None
