"""Many events are one message."""

from datetime import UTC, datetime, timedelta

from aggregator.alerts import make_message
from aggregator.alerts.webhook import describe_message
from aggregator.model.alerts import AlertEvent, AlertKind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def event(number, kind=AlertKind.BROKEN, *, subject=None, text="answered 404", is_over=False):
    """Return an event an hour after something began."""
    return AlertEvent(
        at=NOW,
        kind=kind,
        subject=subject or f"s{number}",
        since_at=NOW - timedelta(hours=1),
        text=text,
        is_over=is_over,
        number=number,
    )


def test_what_is_new_is_one_message_by_kind():
    """The title says how many, the text which; what concerns all stands first."""
    events = [
        event(7),
        event(8),
        event(9, is_over=True),
        event(10, AlertKind.NETWORK, subject="here:1"),
        event(11, AlertKind.TOPIC_SILENT, subject="ai"),
    ]
    message = make_message(events, "The Site", NOW, site_url="https://site.example/")
    assert message.title == (
        "The Site: our own network is down, 2 sources broke, 1 source recovered, 1 topic fell silent"
    )
    assert message.text == (
        "Our own network is down:\n"
        "- here:1 (since 2026-03-02 11:00 UTC): answered 404\n\n"
        "2 sources broke:\n"
        "- s7, s8 (the first since 2026-03-02 11:00 UTC): answered 404\n\n"
        "1 source recovered:\n"
        "- s9 (after 60 min)\n\n"
        "1 topic fell silent:\n"
        "- ai (since 2026-03-02 11:00 UTC): answered 404\n\n"
        "What is on now: `aggregator alerts`, for https://site.example/"
    )
    assert describe_message(message)["data"]["site"] == "https://site.example/"
    assert describe_message(message)["data"]["alerts"][2] == {
        "kind": "broken",
        "subject": "s9",
        "is_over": True,
        "since_at": "2026-03-02T11:00:00+00:00",
        "at": "2026-03-02T12:00:00+00:00",
        "text": "answered 404",
    }


def test_a_message_of_hundreds_is_short():
    """Some are named, the others counted."""
    message = make_message(
        [event(n, text=f"answered {n}") for n in range(1, 501)],
        "The Site",
        NOW,
        site_url="https://site.example/",
    )
    assert message.title == "The Site: 500 sources broke"
    assert message.text.count("\n- ") == 21
    assert "- and 480 more" in message.text


def test_what_is_over_before_anybody_could_be_told_is_told_as_over():
    """A channel that was away gets no alarm about what is well again."""
    message = make_message(
        [event(1, subject="daily"), event(2, subject="daily", is_over=True)], "S", NOW, site_url=""
    )
    assert message.title == "S: 1 source recovered"


def test_a_message_that_is_sent_again_has_its_id():
    """Who gets it twice can tell."""
    first, again = (
        make_message([event(1), event(2)], "S", NOW + timedelta(hours=n), site_url="").id for n in range(2)
    )
    assert first == again != make_message([event(1), event(3)], "S", NOW, site_url="").id
