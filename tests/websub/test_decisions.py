"""What is decided about subscriptions without asking anybody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Announcement, SourceState, Subscription
from aggregator.websub import (
    choose_callback_base,
    confirm,
    describe_subscription,
    is_private,
    leave,
    list_hub_addresses,
    make_subscription,
    note_push,
    note_refusal,
    note_request,
    request_fields,
    slow_polling,
)
from aggregator.websub.lease import LEAST_RENEWAL, LONGEST_LEASE

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOPIC = "https://daily.example/feed"
NEW = make_subscription(
    Announcement(hub_url="https://hub.example/", topic_url=TOPIC),
    source_id="daily", base_url="https://news.example/_websub", token="T" * 43, secret="s" * 64, now=NOW,
)  # fmt: skip
ASKED = note_request(NEW, is_signed=True, now=NOW)


def _confirmed(lease, now=NOW):
    return confirm(ASKED, mode="subscribe", topic=TOPIC, lease=lease, asked_for=timedelta(days=10), now=now)


@pytest.mark.parametrize(
    ("public_url", "site_url", "base"),
    [
        ("", "https://news.example.org", "https://news.example.org/_websub"),
        ("", "https://news.example.org/ai/", "https://news.example.org/ai/_websub"),
        ("", "http://93.184.216.34", "http://93.184.216.34/_websub"),
        ("http://127.0.0.1:8080", "https://news.example.org", "http://127.0.0.1:8080/_websub"),
        ("", "http://127.0.0.1:8080", None),
        ("", "http://192.168.1.4", None),
        ("", "http://[::1]:80", None),
        ("", "http://localhost:8080", None),
        ("", "http://news.local", None),
        ("", "http://news", None),
    ],
)
def test_where_hubs_reach_us(public_url, site_url, base):
    """The configured address as it is; the site's only where its host is one of the internet."""
    assert choose_callback_base(public_url, site_url) == base


@pytest.mark.parametrize(
    ("hub", "asked", "reported"),
    [
        ("https://hub.example/", ["https://hub.example/"], [True]),
        ("http://hub.example/a?b", ["https://hub.example/a?b", "http://hub.example/a?b"], [True, False]),
        ("http://hub.example:80/", ["https://hub.example/", "http://hub.example:80/"], [True, False]),
        ("http://hub.example:8080/", ["http://hub.example:8080/"], [False]),
        ("http://127.0.0.1/hub", ["http://127.0.0.1/hub"], [True]),
        ("http://a.localhost:1/", ["http://a.localhost:1/"], [True]),
        (
            "http://127.0.0.1.example/",
            ["https://127.0.0.1.example/", "http://127.0.0.1.example/"],
            [True, False],
        ),
    ],
)
def test_the_secret_goes_over_https_only(hub, asked, reported):
    """https is tried first; what could be read on the way gets no secret, only this very machine does."""
    assert list(list_hub_addresses(hub)) == asked
    assert [is_private(address) for address in list_hub_addresses(hub)] == reported


def test_the_secret_is_sent_only_where_it_is_to_be_used():
    """Neither an unsigned subscription nor an unsubscription tells it."""
    assert request_fields(ASKED, lease=HOUR)["hub.secret"] == "s" * 64
    assert "hub.secret" not in request_fields(note_request(NEW, is_signed=False, now=NOW), lease=HOUR)
    assert "hub.secret" not in request_fields(leave(ASKED, now=NOW), lease=HOUR)


@pytest.mark.parametrize(
    ("stated", "granted"),
    [
        ("3600", HOUR),
        (" 3600 ", HOUR),
        ("", timedelta(days=10)),
        ("0", timedelta(days=10)),
        ("-5", timedelta(days=10)),
        ("1e9", timedelta(days=10)),
        ("٣", timedelta(days=10)),
        ("9" * 5000, LONGEST_LEASE),
    ],
)
def test_a_lease_is_what_the_hub_says_within_reason(stated, granted):
    """What is no positive number is taken as what we asked for; what is endless is bounded."""
    assert _confirmed(stated).expires_at == NOW + granted


@given(st.integers(1, 10**10))
def test_every_lease_is_renewed_before_it_ends(seconds):
    """But not more than once a minute, however short it is."""
    confirmed = _confirmed(str(seconds))
    wait = confirmed.next_at - NOW
    lease = confirmed.expires_at - NOW
    assert wait >= LEAST_RENEWAL
    assert wait == LEAST_RENEWAL or lease * 0.75 <= wait <= lease * 0.85


@pytest.mark.parametrize(
    "subscription",
    [
        NEW,
        leave(ASKED, now=NOW),
        leave(_confirmed("3600"), now=NOW),
        replace(_confirmed("3600"), expires_at=NOW),
    ],
)
def test_only_what_is_wanted_and_was_asked_for_is_confirmed(subscription):
    """Not before we asked, not once we leave, and not what ended without our asking again."""
    found = confirm(subscription, mode="subscribe", topic=TOPIC, lease="9", asked_for=HOUR, now=NOW)
    assert found is None


def test_a_refusal_does_not_undo_a_verification():
    """A hub that verified and then failed to answer our request has subscribed us."""
    confirmed = _confirmed("3600")
    assert note_refusal(confirmed, "timeout", now=NOW) == confirmed
    assert note_refusal(ASKED, "timeout", now=NOW).failures == 1


@given(st.timedeltas(timedelta(minutes=1), timedelta(days=40)), st.timedeltas(-HOUR, timedelta(days=40)))
def test_slowing_down_never_speeds_up_and_has_its_bounds(wait, until):
    """At most four times, at most the longest interval, at most to the lease's end; never less than before."""
    state = SourceState(source_id="daily", next_poll_at=NOW + wait, push_until_at=NOW + until)
    maximum = timedelta(days=1)
    slowed = slow_polling(state, maximum=maximum, now=NOW).next_poll_at - NOW
    assert slowed >= wait
    assert slowed == wait or slowed == min(4 * wait, maximum, until)


def test_a_source_without_pushes_is_polled_as_ever():
    """Nothing is changed about one that is not pushed, and about one that is gone."""
    state = SourceState(source_id="daily", next_poll_at=NOW + HOUR)
    assert slow_polling(state, maximum=24 * HOUR, now=NOW) == state
    gone = SourceState(source_id="daily", push_until_at=NOW + HOUR)
    assert slow_polling(gone, maximum=24 * HOUR, now=NOW) == gone


@pytest.mark.parametrize(
    ("subscription", "reported"),
    [
        (None, "not pushed"),
        (NEW, "hub.example is to be asked"),
        (ASKED, "asked hub.example, which has not verified it yet"),
        (
            replace(ASKED, failures=1, error="broken"),
            "not pushed by hub.example: broken, asked again at 2026-03-02T12:10:00Z",
        ),
        (
            note_push(note_push(_confirmed("7200"), now=NOW), now=NOW + HOUR),
            "pushed by hub.example until 2026-03-02T14:00:00Z; 2 pushes, the last at 2026-03-02T13:00:00Z",
        ),
        (leave(_confirmed("7200"), now=NOW), "leaving hub.example"),
    ],
)
def test_how_it_stands_is_reported(subscription: Subscription | None, reported):
    """In a line, for every state, with the hub's name and the times that matter."""
    assert describe_subscription(subscription, NOW) == reported
