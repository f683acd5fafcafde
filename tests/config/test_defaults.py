"""What a setting is by default is what the code does without settings."""

from dataclasses import fields

import pytest

from aggregator.config.keys.fetch_keys import FetchKeys
from aggregator.config.keys.story_keys import StoriesKeys
from aggregator.fetch import FetchLimits
from aggregator.stories import Thresholds

LINKED = {"follow_up_days": "link_days"}
"""Settings that are called by another name than what they set."""


@pytest.mark.parametrize("name", sorted({f.name for f in fields(FetchLimits)} - {"user_agent", "proxies"}))
def test_limits_of_fetching(name):
    """Each limit of an exchange has the same default as its key in ``fetch``."""
    assert getattr(FetchLimits(), name) == getattr(FetchKeys(), name)


@pytest.mark.parametrize("key", sorted({*StoriesKeys.model_fields} - {"also_covered"}))
def test_thresholds_of_stories(key):
    """Each key in ``stories`` has the default of the threshold that it sets."""
    assert getattr(StoriesKeys(), key) == getattr(Thresholds(), LINKED.get(key, key))
