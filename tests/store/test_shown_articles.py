"""Which articles the feeds show, by the places that they and their stories have there."""

from aggregator.model import Grouping
from aggregator.store import FeedSize, save_grouping, select_shown_articles
from tests.builders import article, fill, member, story
from tests.feed_places import place


def shown(store, ids, *, least=0, most=2):
    """Return which of these articles are shown where feeds have this size."""
    return sorted(select_shown_articles(store, ids, lambda _: FeedSize(least=least, most=most)))


def test_the_newest_of_a_feed_are_shown(store):
    """As many recent ones as it holds, and none that no feed has a place for."""
    place(store, "ml/articles", "id-1", "id-2", "id-3")
    assert shown(store, ["id-1", "id-2", "id-3", "id-4"]) == ["id-1", "id-2"]
    assert shown(store, ["id-3"], most=9) == ["id-3"]
    assert shown(store, []) == []


def test_older_ones_are_shown_where_there_are_too_few(store):
    """Up to the least that a feed is to hold, the recent ones counted."""
    place(store, "ml/articles", "id-1")
    place(store, "ml/articles", "id-2", "id-3", "id-4", is_recent=False)
    ids = ["id-1", "id-2", "id-3", "id-4"]
    assert shown(store, ids, least=3, most=9) == ["id-1", "id-2", "id-3"]
    assert shown(store, ids, least=1, most=9) == ["id-1"]
    assert shown(store, ids, least=9, most=9) == ids


def test_an_article_is_shown_where_its_story_is(store):
    """The id of a story is that of an article, too, which is not meant where a feed holds stories."""
    fill(store, article(1), article(2), article(3))
    members = (member("id-1", "id-1"), member("id-2", "id-1"), member("id-3", "id-3"))
    stories = (story("id-1"), story("id-3"))
    assert save_grouping(store, Grouping(since_turn=0, stories=stories, members=members))
    place(store, "ml", "id-1")
    assert shown(store, ["id-1", "id-2", "id-3"]) == ["id-1", "id-2"]
