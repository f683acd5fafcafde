"""Only so many items of a provider, in all and in a row, as published feeds show them."""

from datetime import timedelta

import pytest

from aggregator.model import TopicLimits
from tests.limited_site import BETA, GAMMA, limited_site
from tests.publishing_equality.trees import find_differences

MINUTE = timedelta(minutes=1)


@pytest.fixture
def site(tmp_path):
    """A site in the evening that has published nothing yet."""
    with limited_site(tmp_path) as made:
        yield made


@pytest.mark.parametrize("feed", ["ai", "ai/articles"])
def test_a_provider_has_its_newest_items(site, feed):
    """The oldest leaves for a newer one; other topics and the feeds of all show everything."""
    site.limit(TopicLimits(max_per_provider=2))
    for number in (1, 2, 3):
        site.arrive(f"a{number}")
        site.wait(minutes=1)
        site.show(feed)
    site.arrive("b4", BETA)
    assert site.show(feed) == ["b4", "a3", "a2"]
    assert site.show(feed.replace("ai", "all")) == ["b4", "a3", "a2", "a1"]
    assert find_differences(site) == []


@pytest.mark.parametrize("feed", ["ai", "ai/articles"])
def test_a_flood_of_one_provider_ends_after_so_many_in_a_row(site, feed):
    """More enter when another provider's item, found late, stands between."""
    site.limit(TopicLimits(max_in_a_row=2))
    for number in (1, 2, 3, 4, 5, 6):
        site.arrive(f"a{number}", ago=(6 - number) * 10 * MINUTE)
    assert site.show(feed) == ["a2", "a1"]
    site.arrive("b4", BETA, ago=25 * MINUTE)
    assert site.show(feed) == ["a5", "a4", "b4", "a2", "a1"]
    assert find_differences(site) == []


def test_a_story_that_a_second_publisher_tells_enters(site):
    """It was kept out for as long as only one did."""
    site.limit(TopicLimits(max_in_a_row=1))
    site.arrive("a1")
    site.wait(minutes=1)
    site.arrive("a2")
    assert site.show("ai") == ["a1"]
    site.wait(minutes=5)
    site.arrive("b1", BETA, story_id="a2")
    assert site.show("ai") == ["a2", "a1"]
    assert site.show("ai/articles") == ["b1", "a1"]
    assert find_differences(site) == []


def test_limits_that_change_are_decided_on_anew(site):
    """In the order in which articles came; without limits everything is there."""
    for number in range(1, 5):
        site.arrive(f"a{number}", ago=(9 - number) * MINUTE)
    site.arrive("b9", BETA)
    assert site.show("ai/articles") == ["b9", "a4", "a3", "a2", "a1"]
    site.limit(TopicLimits(max_in_a_row=2))
    assert site.show("ai/articles") == ["b9", "a2", "a1"]
    site.limit(TopicLimits(max_per_provider=1))
    assert site.show("ai/articles") == ["b9", "a4"]
    site.limit(TopicLimits())
    assert site.show("ai/articles") == ["b9", "a4", "a3", "a2", "a1"]
    assert find_differences(site) == []


def test_a_rebuild_keeps_what_was_decided(site):
    """Whatever the order in which it takes up articles."""
    site.limit(TopicLimits(max_per_provider=3, max_in_a_row=1))
    for number, domain in enumerate((BETA, BETA, GAMMA, BETA, BETA, GAMMA, BETA)):
        site.arrive(f"x{number}", domain)
        site.show("ai", minutes=7)
    assert site.show("ai") == ["x6", "x5", "x3", "x2", "x0"]
    assert find_differences(site) == []
