"""Arranging much at once comes to the same as arranging it all from nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.pipeline.publish.arrangement import BATCH, arrange_feeds
from aggregator.pipeline.publish.changes import take_up_changes
from aggregator.pipeline.publish.feed_places import list_topic_ids, name_feeds
from aggregator.pipeline.publish.rule_changes import remake_everything
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import FeedSize, read_feed_items, read_remembered_sources
from tests.benchmarks.filled_store import StoreFiller, make_config, open_database
from tests.builders import NOW

ARTICLES = 2 * BATCH + 50
TOPICS = 4
ALL_OF_IT = FeedSize(least=10_000, most=10_000)


@pytest.fixture
def filled(tmp_path):
    """A configuration and a store in which everything has its place."""
    filler = StoreFiller(tmp_path, articles=ARTICLES, topics=TOPICS, now=NOW)
    filler.fill(ARTICLES)
    filler.close()
    config = make_config(tmp_path, TOPICS)
    with open_database(tmp_path) as store:
        take_up_changes(Site(rules=Rules.of(config, read_remembered_sources(store)), store=store, now=NOW))
        yield config, store


def read_places(rules, store):
    """Return what each feed holds, in its order."""
    feeds = [feed for topic_id in list_topic_ids(rules) for feed in name_feeds(topic_id)]
    found = {feed: read_feed_items(store, feed, ALL_OF_IT) for feed in feeds}
    return {feed: [item._replace(digest=None) for item in items] for feed, items in found.items()}


def test_more_changes_than_are_taken_up_at_once(filled):
    """Other weights change every article, and take some out: stories lose leads, or go."""
    config, store = filled
    sources = (replace(one, weight=-7 if n % 2 else 4) for n, one in enumerate(config.sources))
    rules = Rules.of(replace(config, sources=tuple(sources)), {})
    before, later = read_places(rules, store), NOW + timedelta(minutes=1)
    take_up_changes(Site(rules=rules, store=store, now=later))
    after = read_places(rules, store)
    assert 0 < len(after["all"]) < len(before["all"])
    remake_everything(rules, store)
    arrange_feeds(Site(rules=rules, store=store, now=later))
    assert read_places(rules, store) == after
