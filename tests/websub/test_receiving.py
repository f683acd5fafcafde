"""What hubs push: believed when it is signed, stored like what is polled, and never twice."""

import socket
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from structlog.testing import capture_logs

from aggregator.cli.service.serve import make_receiver
from aggregator.config import Settings
from aggregator.fetch import FetchLimits
from aggregator.pipeline.push.read import PushesRead
from aggregator.serve import Server
from aggregator.serve.hubs import HubCallback
from aggregator.store import read_past_polls, read_quarantined
from aggregator.store.pushes.pushes import MAX_WAITING
from aggregator.websub import describe_subscription
from tests.integration.site import item, rss
from tests.loopback import Answer
from tests.websub.hub import Held, send, sign
from tests.websub.subscriber import MAX_BODY_BYTES, AnnouncingSite, PushSubscriber

MINUTE = timedelta(minutes=1)
FOUR = [f"Machine learning finds comet {number}" for number in range(1, 5)]


@pytest.fixture
def held(subscribed, hub):
    """The subscription as the hub holds it."""
    return next(iter(hub.held.values()))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_push_is_stored_once(subscribed, hub, publisher, algorithm):
    """With each algorithm: 202 at once, the article is stored, and a poll that shows it finds nothing new."""
    hub.algorithm = algorithm
    publisher.show(4)
    (reply,) = hub.publish(publisher.url, publisher.document())
    assert (reply.status, reply.body) == (202, b"")
    assert subscribed.titles() == FOUR[:3]
    done = subscribed.read()
    assert (done.new, done.edited, done.hints) == (1, 0, 0)
    assert subscribed.poll().new == 0
    assert subscribed.titles() == FOUR


def test_a_push_of_only_what_is_new_is_enough(subscribed, hub, publisher):
    """A hub may leave out what it delivered before (section 7): what is missing is not gone."""
    publisher.show(4)
    hub.publish(publisher.url, publisher.document(4))
    assert subscribed.read().new == 1
    assert subscribed.poll().new == 0
    assert subscribed.titles() == FOUR


def test_an_edit_is_pushed_too(subscribed, hub, publisher):
    """A known entry with another title edits its article."""
    hub.publish(publisher.url, rss(item(3, "Sun, 01 Mar 2026 13:00:00 GMT", title="Comet 3 was dust")))
    assert subscribed.read().edited == 1
    assert subscribed.titles() == ["Comet 3 was dust", *FOUR[:2]]


def test_a_pushed_edit_that_the_feed_takes_back_is_taken_back(subscribed, hub, publisher):
    """What stands in the feed as it stood at the last poll may not be what is stored now."""
    hub.publish(publisher.url, rss(item(3, "Sun, 01 Mar 2026 13:00:00 GMT", title="Comet 3 was dust")))
    assert subscribed.read().edited == 1
    publisher.show(4)
    done = subscribed.poll()
    assert (done.new, done.edited) == (1, 1)
    assert subscribed.titles() == FOUR


def test_the_same_push_twice_is_read_once(subscribed, hub, publisher):
    """A hub that delivers again, before or after it was read, changes nothing."""
    for _ in range(2):
        hub.publish(publisher.url, publisher.document(4))
    assert subscribed.read().new == 1
    hub.publish(publisher.url, publisher.document(4))
    assert subscribed.read() == PushesRead()
    assert subscribed.titles() == FOUR


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "sha256=" + "0" * 64,
        "sha256=",
        "md5=5d41402abc4b2a76b9719d911017c592",
        "sha256",
        "=",
        "sha256=é",
        "none=none",
    ],
)
def test_what_is_not_signed_as_agreed_is_ignored(subscribed, hub, held, publisher, signature):
    """The hub gets 202, which says nothing (section 8.2); nothing is stored, and no poll comes of it."""
    waits = subscribed.waits
    headers = {"X-Hub-Signature": signature.encode("utf-8").decode("latin-1")} if signature else {}
    assert hub.deliver(held, publisher.document(4), signature=None, **headers).status == 202
    assert subscribed.read() == PushesRead()
    assert subscribed.titles() == FOUR[:3]
    assert subscribed.waits == waits
    assert subscribed.subscription.ignored == 1
    assert "1 without a valid signature" in describe_subscription(subscribed.subscription, subscribed.now)


def test_a_signature_of_another_secret_or_body_is_ignored(subscribed, hub, held, publisher):
    """Only this secret over these bytes counts."""
    body = publisher.document(4)
    hub.deliver(held, body, signature=sign("sha256", "another", body))
    hub.deliver(held, body, signature=sign("sha256", held.secret, body + b" "))
    subscribed.read()
    assert subscribed.titles() == FOUR[:3]
    assert subscribed.subscription.ignored == 2


def test_letter_case_of_a_signature_does_not_matter(subscribed, hub, held, publisher):
    """Some hubs write SHA256, and the digits in capitals."""
    body = publisher.document(4)
    hub.deliver(held, body, signature=sign("sha256", held.secret, body).upper())
    assert subscribed.read().new == 1


def test_a_push_to_nobody_is_gone(subscribed, hub, held, publisher):
    """410 tells the hub that there is no such subscription (section 7), and nothing is kept."""
    other = type(held)(topic=held.topic, callback=held.callback[:-3] + "xyz", secret=held.secret, lease_s=1)
    assert hub.deliver(other, publisher.document(4)).status == 410
    assert subscribed.read() == PushesRead()


def test_a_push_before_any_verification_is_ignored(subscriber, hub, publisher):
    """Who was asked and never verified has nothing to say yet."""
    hub.verifies = False
    subscriber.subscribe()
    form = hub.forms[0]
    hub.asks = {}
    held = Held(topic=publisher.url, callback=form["hub.callback"], secret=form["hub.secret"], lease_s=9)
    assert hub.deliver(held, publisher.document(4)).status == 202
    subscriber.read()
    assert subscriber.titles() == FOUR[:3]


@pytest.mark.parametrize("length", [True, False])
def test_a_huge_push_is_refused_at_the_limit(subscribed, hub, held, length):
    """Stated or not, a body longer than a document may be gets 413, and nothing of it is kept."""
    parts = urlsplit(held.callback)
    head = f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nX-Hub-Signature: sha256=0\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        if length:
            connection.sendall(f"{head}Content-Length: {10**12}\r\n\r\n".encode())
        else:
            connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
            chunk = b"x" * (MAX_BODY_BYTES + 1)
            connection.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")
    assert subscribed.read() == PushesRead()
    assert subscribed.subscription.ignored == 0


def test_a_compressed_push_is_refused(subscribed, hub, held, publisher):
    """415 asks for the document itself: nothing is unpacked that was not asked for."""
    reply = hub.deliver(held, publisher.document(4), **{"Content-Encoding": "gzip"})
    assert reply.status == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(subscribed, held, method):
    """A callback is asked and pushed to, nothing else."""
    assert send(method, held.callback).status == 405


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"<html><body>Down for maintenance</body></html>", b"\x00\xff"]
)
def test_what_cannot_be_read_lets_the_source_be_polled(subscribed, hub, held, body):
    """A signed push that is no feed says that something happened: a poll comes sooner, not at once."""
    hub.deliver(held, body)
    assert subscribed.read().hints == 1
    assert subscribed.waits == 15 * MINUTE
    assert subscribed.titles() == FOUR[:3]


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_push_that_is_not_whole_is_told(subscribed, hub, publisher, is_whole):
    """By its log line, and among the last polls of its source: whole entries are read, and it is no failure."""
    polls = len(read_past_polls(subscribed.store, "daily"))
    subscribed.pass_time(seconds=5)
    body = publisher.document(5, 4)
    hub.publish(publisher.url, body if is_whole else body[: body.rindex(b"</item>")])
    with capture_logs() as logged:
        done = subscribed.read()
    fault = None if is_whole else "the document breaks off: only whole entries were read"
    assert done.hints == 0
    assert [line.get("fault") for line in logged if line["event"] == "push"] == [fault]
    newest, *older = read_past_polls(subscribed.store, "daily")
    if is_whole:
        assert len(older) + 1 == polls
        return
    assert len(older) == polls
    assert (newest.at, newest.outcome, newest.error) == (subscribed.now, "pushed", fault)
    assert (newest.new, newest.status) == (done.new, None)
    assert subscribed.state.error is None
    assert subscribed.state.outcome != "pushed"


def test_a_hub_that_was_never_told_the_secret_only_hints(tmp_path, loopback, hub):
    """Over plain http no secret is sent; a push is then no more than a reason to poll within the bounds."""

    def look_up(host, family):
        return [(socket.AF_INET, "127.0.0.1")] if family in (0, socket.AF_INET) else []

    publisher = AnnouncingSite(loopback, hub.server.at("hub.example", "/hub"))
    with PushSubscriber(tmp_path, publisher.url, look_up=look_up) as subscriber:
        subscriber.poll()
        subscriber.subscribe()
        hub.settle()
        assert "hub.secret" not in hub.forms[0]
        publisher.show(4)
        hub.publish(publisher.url, publisher.document(4))
        assert subscriber.read().hints == 1
        assert subscriber.titles() == FOUR[:3]
        assert subscriber.waits == 15 * MINUTE
        subscriber.pass_time(minutes=16)
        hub.publish(publisher.url, publisher.document(4))
        subscriber.read()
        assert subscriber.waits == -MINUTE
        assert subscriber.poll().new == 1
        assert 1 <= subscriber.slowed <= 1.1


def test_a_hint_leaves_a_source_in_trouble_alone(subscribed, hub, held, publisher, loopback):
    """A publisher that asked for peace, or fails, is not asked sooner because a hub says so."""
    loopback.route("/feed", Answer(status=429, headers={"Retry-After": "7200"}))
    subscribed.poll()
    waits = subscribed.waits
    hub.deliver(held, b"no feed")
    assert subscribed.read().hints == 1
    assert subscribed.waits == waits > 119 * MINUTE


def test_the_inbox_is_bounded(subscribed, hub, held, publisher):
    """More than fits is taken as a hint; what fits is read in the order it came."""
    for number in range(4, 4 + MAX_WAITING + 3):
        subscribed.pass_time(seconds=1)
        hub.deliver(held, publisher.document(number))
    done = subscribed.read()
    assert (done.new, done.hints) == (MAX_WAITING, 1)


def test_what_was_pushed_survives_the_process(tmp_path, subscribed, hub, publisher):
    """A push that was acknowledged and not read yet is read by the next process."""
    hub.publish(publisher.url, publisher.document(4))
    with PushSubscriber(tmp_path, publisher.url) as other:
        assert other.read().new == 1
    assert subscribed.read().new == 0
    assert subscribed.titles() == FOUR


def test_a_push_that_is_somebody_elses_is_quarantined(subscribed, hub, publisher):
    """What a hub pushes passes the same watch as what is polled."""
    publisher.show(12)
    subscribed.poll()
    other = [
        item(n, "Sun, 01 Mar 2026 13:00:00 GMT").replace("daily.example", "casino.example")
        for n in range(40, 50)
    ]
    hub.publish(publisher.url, rss(*other))
    subscribed.read()
    assert len(read_quarantined(subscribed.store)) == 10
    assert "casino.example" in subscribed.state.quarantined_because


def test_many_new_entries_in_a_partial_push_are_no_replacement(subscribed, hub, publisher):
    """That the old entries are left out says nothing: a hub may leave them out."""
    for newest in range(4, 40, 2):
        publisher.show(newest)
        subscribed.poll()
        subscribed.pass_time(minutes=60)
    hub.publish(publisher.url, publisher.document(*range(40, 56)))
    assert subscribed.read().new == 16
    assert read_quarantined(subscribed.store) == ()


def test_a_push_changes_nothing_that_polling_knows(subscribed, hub, publisher):
    """Validators, hash, failures and the next poll stay as they were; a poll still sees the whole."""
    before = subscribed.state
    subscribed.pass_time(minutes=1)
    hub.publish(publisher.url, publisher.document(4))
    subscribed.read()
    after = subscribed.state
    assert after.push_until_at == subscribed.subscription.expires_at
    assert (after.etag, after.body_hash, after.polled_at, after.next_poll_at, after.failures) == (
        before.etag, before.body_hash, before.polled_at, before.next_poll_at, before.failures,
    )  # fmt: skip


def test_limits_are_those_of_documents():
    """A push may be as long as what is polled: the default is the same number."""
    assert make_receiver(Settings(), None).max_body_bytes == FetchLimits().max_body_bytes


def test_a_push_that_never_ends_is_given_up(subscribed, held):
    """A hub that sends a byte now and then gets 408, and keeps nobody waiting."""
    callback = HubCallback(subscribed.receiver, body_within_s=0.3)
    with Server(Starlette(routes=[Route("/{token}", callback)]), "127.0.0.1", 0) as server:
        token = held.callback.rpartition("/")[2]
        head = f"POST /{token} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx"
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            connection.sendall(head.encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 408")
    assert subscribed.read() == PushesRead()
