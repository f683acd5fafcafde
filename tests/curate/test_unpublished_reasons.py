"""Why nothing of a source is published, in words."""

from aggregator.curate import FeedReach, explain_unpublished


def test_what_keeps_all_out_is_the_only_reason():
    """What articles lack beside that would change nothing."""
    reach = FeedReach(on_topic=9, published=0, without={"title": 5}, kept_out={"taken down by decision d": 9})
    assert explain_unpublished(reach) == (
        "9 articles on topic and none published: taken down by decision d in 9 of 9"
    )


def test_what_keeps_some_out_comes_before_what_the_rest_lacks():
    """Both are told with of how many."""
    reach = FeedReach(on_topic=3, published=0, without={"date": 1}, kept_out={"kept out by rule r": 2})
    assert explain_unpublished(reach) == (
        "3 articles on topic and none published: kept out by rule r in 2 of 3, no date in 1 of 3"
    )
