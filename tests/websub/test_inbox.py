"""What waits in the store, and what the store lets polls and pushes do to each other."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import Changes, Push
from aggregator.store import put_push, take_pushes
from aggregator.store.pushes.pushes import MAX_TRIES, MAX_WAITING_BYTES


def test_a_poll_under_way_does_not_undo_what_pushes_did(subscribed, hub, publisher):
    """A poll that began before the push, and ends after it, leaves it noted that pushes come."""
    before = subscribed.state
    hub.publish(publisher.url, publisher.document(4))
    subscribed.store.save_poll(replace(before, etag="new"), (), lambda _: Changes())
    assert subscribed.state.etag == "new"
    assert subscribed.state.push_until_at == subscribed.subscription.expires_at


def test_what_ends_the_process_is_given_up(subscribed, hub, publisher):
    """A push that was begun three times and never finished is not begun again."""
    hub.publish(publisher.url, publisher.document(4))
    for _ in range(MAX_TRIES):
        assert len(take_pushes(subscribed.store, 9)) == 1
    assert take_pushes(subscribed.store, 9) == ()


@pytest.mark.parametrize("size", [MAX_WAITING_BYTES + 1, MAX_WAITING_BYTES - 10])
def test_all_that_waits_is_bounded(subscribed, size):
    """Bodies of many subscriptions together have a limit; beyond it only that they came is kept."""
    push = Push(token="t" * 43, received_at=subscribed.now, body=b"x" * size)
    fits = put_push(subscribed.store, push)
    more = put_push(subscribed.store, replace(push, token="u" * 43, body=b"y" * 11))
    assert (fits, more) == (size < MAX_WAITING_BYTES, size > MAX_WAITING_BYTES)
    waiting = take_pushes(subscribed.store, 9)
    assert sorted(len(one.push.body or b"") for one in waiting) == ([0, 11] if more else [0, size])


def test_another_address_of_a_source_starts_afresh(subscribed, hub, publisher, loopback):
    """What its old address announced does not hold for the new one."""
    hub.publish(publisher.url, publisher.document(4))
    subscribed.configure(url=f"{loopback.url}/elsewhere")
    state = subscribed.state
    assert (state.hub_url, state.topic_url, state.push_until_at) == (None, None, None)
    subscribed.subscribe()
    hub.settle()
    assert hub.held == {}


def test_oldest_first(subscribed, hub, publisher):
    """Of two versions of an entry the one that came last stands."""
    for title in ("Comet 9 is near", "Comet 9 is far"):
        subscribed.pass_time(seconds=5)
        hub.publish(
            publisher.url, publisher.document(9).replace(b"Machine learning finds comet 9", title.encode())
        )
    done = subscribed.read()
    assert (done.new, done.edited) == (1, 1)
    assert subscribed.titles()[0] == "Comet 9 is far"
    assert subscribed.now - subscribed.subscription.pushed_at == timedelta(0)
