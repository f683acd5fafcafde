"""A subscription from announcement to farewell, against a hub that behaves and one that does not."""

import socket
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from aggregator.model import Changes, Source
from aggregator.store import read_source_state, read_subscriptions
from aggregator.websub import describe_subscription
from tests.loopback import Answer
from tests.websub.subscriber import AnnouncingSite, PushSubscriber

DAY = timedelta(days=1)


def test_what_announces_a_hub_is_subscribed_to(subscribed, hub, publisher):
    """The hub gets topic, callback, lease and secret, verifies, and the lease it grants is kept."""
    (form,) = hub.forms
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == publisher.url
    assert form["hub.lease_seconds"] == "864000"
    assert form["hub.callback"].startswith(f"{subscribed.server.url}/_websub/")
    assert len(form["hub.callback"].rpartition("/")[2]) >= 40
    assert 32 <= len(form["hub.secret"]) < 200
    assert list(hub.held) == [(publisher.url, form["hub.callback"])]
    assert subscribed.subscription.expires_at == subscribed.now + 10 * DAY
    assert subscribed.subscribe() == 0
    assert (
        describe_subscription(subscribed.subscription, subscribed.now)
        == "pushed by 127.0.0.1 until 2026-03-12T12:00:00Z"
    )


def test_a_hub_may_verify_before_it_answers(subscriber, hub):
    """What is asked is known before the request leaves."""
    hub.before = True
    subscriber.subscribe()
    assert subscriber.subscription.expires_at is not None
    assert subscriber.subscription.asked is None


def test_every_subscription_has_a_secret_and_a_callback_of_its_own(tmp_path, loopback, hub, subscriber):
    """Two subscribers, and two subscriptions of one, share neither."""
    other = tmp_path / "other"
    other.mkdir()
    publisher = AnnouncingSite(loopback, hub.url)
    subscriber.subscribe()
    with PushSubscriber(other, publisher.url) as second:
        second.poll()
        second.subscribe()
        hub.settle()
    first, second = hub.forms
    assert first["hub.secret"] != second["hub.secret"]
    assert first["hub.callback"].rpartition("/")[2] != second["hub.callback"].rpartition("/")[2]


def test_the_topic_is_what_the_feed_calls_itself(tmp_path, loopback, hub):
    """The address that is polled may be another one."""
    publisher = AnnouncingSite(loopback, hub.url, self_url="https://daily.example/feed.xml")
    with PushSubscriber(tmp_path, publisher.url) as subscriber:
        subscriber.poll()
        subscriber.subscribe()
        hub.settle()
        assert hub.forms[0]["hub.topic"] == "https://daily.example/feed.xml"
        assert subscriber.subscription.expires_at is not None


@pytest.mark.parametrize("websub", [{"enabled": False}, {"public_url": ""}])
def test_without_a_public_address_nothing_is_asked(tmp_path, publisher, hub, websub):
    """Where WebSub is off, or this site is only on this machine, sources are just polled."""
    with PushSubscriber(tmp_path, publisher.url, websub=websub) as subscriber:
        subscriber.poll()
        assert subscriber.subscribe() == 0
        assert subscriber.subscription is None
    assert hub.forms == []


def test_it_is_renewed_before_it_ends(subscribed, hub):
    """After three quarters of its lease the hub is asked again, for the same callback and secret."""
    expires_at = subscribed.subscription.expires_at
    subscribed.pass_time(days=7)
    assert subscribed.subscribe() == 0
    subscribed.pass_time(days=1.6)
    assert subscribed.subscribe() == 1
    hub.settle()
    first, second = hub.forms
    assert second == first
    assert expires_at < subscribed.subscription.expires_at == subscribed.now + 10 * DAY


def test_a_short_lease_is_renewed_in_time(subscriber, hub):
    """The lease that the hub grants counts, not the one that was asked for."""
    hub.lease_s = 600
    subscriber.subscribe()
    hub.settle()
    subscriber.pass_time(seconds=520)
    assert subscriber.subscribe() == 1
    hub.settle()
    assert subscriber.subscription.expires_at == subscriber.now + timedelta(seconds=600)


@pytest.mark.parametrize(
    "asks",
    [
        {"hub_topic": "https://other.example/feed"},
        {"hub_mode": "unsubscribe"},
        {"hub_mode": "nonsense"},
        {"hub_challenge": ""},
    ],
)
def test_what_was_not_asked_for_is_not_confirmed(subscriber, hub, asks):
    """A hub that verifies another topic, another mode, or nothing at all gets 404."""
    hub.asks = asks
    subscriber.subscribe()
    hub.settle()
    (reply,) = hub.replies
    assert (reply.status, reply.body) == (404, b"")
    assert subscriber.subscription.expires_at is None


def test_nobody_else_can_subscribe_us(subscribed, hub, publisher):
    """A callback that nobody knows, or an unsubscription that we did not ask for, is 404."""
    url = subscribed.server.url
    held = hub.held[publisher.url, subscribed.subscription.callback_url]
    for callback in (f"{url}/_websub/{'x' * 43}", f"{url}/_websub/x", f"{url}/_websub/", held.callback + "x"):
        fields = {"hub_mode": "subscribe", "hub_topic": publisher.url, "hub_challenge": "c"}
        assert hub.ask(callback, **fields).status == 404
    fields = {"hub_mode": "unsubscribe", "hub_topic": publisher.url, "hub_challenge": "c"}
    assert hub.ask(held.callback, **fields).status == 404
    assert subscribed.subscription.expires_at is not None


def test_a_hub_may_ask_again_whether_it_still_holds(subscribed, hub, publisher):
    """A subscription that is wanted is confirmed at any time, and its lease follows."""
    fields = {"hub_mode": "subscribe", "hub_topic": publisher.url, "hub_lease_seconds": "3600"}
    reply = hub.ask(subscribed.subscription.callback_url, hub_challenge="again", **fields)
    assert (reply.status, reply.body) == (200, b"again")
    assert subscribed.subscription.expires_at == subscribed.now + timedelta(hours=1)


def test_a_denied_subscription_is_let_be_for_a_week(subscriber, hub, publisher):
    """The operator is told the reason, without what could break a line; then it is tried again."""
    hub.denies = "no \n strangers\x1b[2J"
    subscriber.subscribe()
    hub.settle()
    assert hub.replies[0].status == 200
    reported = describe_subscription(subscriber.subscription, subscriber.now)
    assert reported == "127.0.0.1: the hub denied it: no strangers[2J, asked again at 2026-03-09T12:00:00Z"
    subscriber.pass_time(days=6.9)
    assert subscriber.subscribe() == 0
    hub.denies = None
    subscriber.pass_time(days=0.2)
    assert subscriber.subscribe() == 1
    hub.settle()
    assert "pushed by" in describe_subscription(subscriber.subscription, subscriber.now)
    assert (
        hub.ask(
            subscriber.subscription.callback_url, hub_mode="denied", hub_topic="https://x.example/"
        ).status
        == 404
    )


def test_a_hub_that_fails_is_asked_less_and_less(subscriber, hub):
    """Each failure doubles the wait, and what the hub said is told."""
    hub.answers = 500
    waits = []
    for _ in range(12):
        assert subscriber.subscribe() == 1
        waits.append(subscriber.subscription.next_at - subscriber.now)
        assert subscriber.subscribe() == 0
        subscriber.now = subscriber.subscription.next_at
    assert timedelta(minutes=5) <= waits[0] <= timedelta(minutes=5.5)
    assert all(one < other for one, other in pairwise(waits[:9]))
    assert 2 * DAY <= waits[-1] <= 2.2 * DAY
    assert "answered 500" in describe_subscription(subscriber.subscription, subscriber.now)
    assert '("not today")' in subscriber.subscription.error


def test_a_hub_that_never_verifies_is_a_failure(subscriber, hub):
    """Ten minutes after it took the request it is told so, and asked again later."""
    hub.verifies = False
    subscriber.subscribe()
    assert (
        describe_subscription(subscriber.subscription, subscriber.now)
        == "asked 127.0.0.1, which has not verified it yet"
    )
    subscriber.pass_time(minutes=11)
    assert subscriber.subscribe() == 0
    assert "did not verify" in subscriber.subscription.error
    hub.verifies = True
    subscriber.pass_time(minutes=6)
    assert subscriber.subscribe() == 1
    hub.settle()
    assert (subscriber.subscription.failures, subscriber.subscription.error) == (0, None)


def test_a_failed_renewal_leaves_what_holds(subscribed, hub, publisher):
    """Until its end the lease holds, and pushes are believed."""
    hub.answers = 503
    subscribed.pass_time(days=8.6)
    subscribed.subscribe()
    assert "renewing failed" in describe_subscription(subscribed.subscription, subscribed.now)
    hub.publish(publisher.url, publisher.document(4))
    assert subscribed.read().new == 1
    subscribed.pass_time(days=2)
    assert describe_subscription(subscribed.subscription, subscribed.now).startswith(
        "no longer pushed by 127.0.0.1"
    )


def test_it_goes_on_after_a_restart(tmp_path, publisher, hub):
    """What was asked before the process ended is confirmed by the next, and not asked twice."""
    hub.verifies = False
    with PushSubscriber(tmp_path, publisher.url) as subscriber:
        subscriber.poll()
        subscriber.subscribe()
        port = subscriber.server.port
        token = subscriber.subscription.token
    with PushSubscriber(tmp_path, publisher.url, port=port) as subscriber:
        assert subscriber.subscribe() == 0
        asked = {"hub_mode": "subscribe", "hub_topic": publisher.url, "hub_challenge": "late"}
        assert hub.ask(f"{subscriber.server.url}/_websub/{token}", **asked).body == b"late"


def test_the_program_never_tells_secrets(subscribed):
    """Neither token nor secret is in what the subscription looks like, or in what is told of it."""
    subscription = subscribed.subscription
    shown = f"{subscription!r} {describe_subscription(subscription, subscribed.now)}"
    assert subscription.token not in shown
    assert subscription.secret not in shown


def test_a_hub_that_redirects_is_followed(subscriber, hub, publisher, loopback):
    """307 keeps the form (section 5.1); 302 would make a question of it and is refused."""
    publisher.hub_url = loopback.route("/old", Answer(status=307, headers={"Location": hub.url}))
    publisher.show(4)
    subscriber.poll()
    subscriber.subscribe()
    hub.settle()
    assert subscriber.subscription.expires_at is not None
    publisher.hub_url = loopback.route("/odd", Answer(status=302, headers={"Location": hub.url}))
    publisher.show(5)
    subscriber.poll()
    subscriber.subscribe()
    errors = [one.error for one in read_subscriptions(subscriber.store, "daily") if one.is_wanted]
    assert "answered 302" in errors[0]


def test_one_hub_does_not_take_all_turns(subscriber, hub, loopback):
    """In a round a hub is asked about ten sources at the most, so that others get their turn."""
    sources = [Source(id=f"s{number}", url=f"{loopback.url}/{number}") for number in range(30)]
    subscriber.store.sync_sources(sources, now=subscriber.now)
    for source in sources:
        state = read_source_state(subscriber.store, source.id)
        announced = replace(state, hub_url=hub.url, topic_url=source.url)
        subscriber.store.save_poll(announced, (), lambda _: Changes())
    subscriber.store.sync_sources(sources, now=subscriber.now)
    assert [subscriber.subscribe() for _ in range(4)] == [10, 10, 10, 0]


def test_a_redirect_does_not_carry_the_secret_into_the_open(tmp_path, loopback, hub):
    """A hub that was told the secret in private cannot have it sent on over plain http."""

    def look_up(host, family):
        return [(socket.AF_INET, "127.0.0.1")]

    there = hub.server.at("hub.example", "/hub")
    publisher = AnnouncingSite(
        loopback, loopback.route("/old", Answer(status=307, headers={"Location": there}))
    )
    with PushSubscriber(tmp_path, publisher.url, look_up=look_up) as subscriber:
        subscriber.poll()
        subscriber.subscribe()
        assert hub.forms == []
        assert "where the form must not go" in subscriber.subscription.error
