"""What operators are told, kept on both databases, and trouble found by the indexes of what has any."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from aggregator.model import Changes, Source, SourceState
from aggregator.model.alerts import Alert, AlertEvent, AlertKind, ChannelState
from aggregator.store import (
    forget_channels,
    read_alerts,
    read_channels,
    read_events,
    read_ill_sources,
    read_silent_sources,
    save_alerts,
    save_channel,
    save_poll,
    sync_sources,
)
from aggregator.store.alerts import KEPT_FOR
from tests.builders import NOW

ALERT = Alert(kind=AlertKind.BROKEN, subject="daily", since_at=NOW, text="it fails", told_at=NOW)
EVENT = AlertEvent(
    at=NOW, kind=AlertKind.BROKEN, subject="daily", since_at=NOW, text="it fails", is_over=False
)
POSTS = ((1, 2), (3, 4))


def decline(_known):
    """Decide that nothing changes."""
    return Changes()


def add_states(store, *states):
    """Configure sources and poll them so."""
    sources = [Source(id=one.source_id, url=f"https://{one.source_id}.example/") for one in states]
    sync_sources(store, sources, now=NOW)
    for one in states:
        save_poll(store, one, (), decline)


def test_sources_with_trouble_are_found(store):
    """Those that fail or moved, and those that answer and are silent by now."""
    add_states(
        store,
        SourceState(source_id="well", silent_at=NOW + timedelta(hours=1)),
        SourceState(source_id="ill", outcome="failed", failures=3, failing_since_at=NOW, silent_at=NOW),
        SourceState(source_id="moved", proposed_url="https://new.example/"),
        SourceState(source_id="silent", silent_at=NOW, polled_at=NOW, posts=POSTS),
        SourceState(source_id="unasked", silent_at=NOW, polled_at=NOW - timedelta(hours=1), posts=POSTS),
    )
    found = {row["source_id"]: row["failures"] for row in read_ill_sources(store)}
    assert found == {"ill": 3, "moved": 0}
    assert read_silent_sources(store, NOW) == [("silent", POSTS, NOW)]
    sync_sources(store, [], now=NOW)
    assert (read_ill_sources(store), read_silent_sources(store, NOW)) == ([], [])


def test_sqlite_looks_at_no_other_sources(store):
    """What is wrong is asked every minute: the indexes answer that have only what is."""
    if not store.is_at_hand:
        return
    asked = {
        "failing_since_at IS NOT NULL OR quarantined_at IS NOT NULL OR proposed_url IS NOT NULL": "sources_ill",
        "silent_at <= 1": "sources_silent",
    }
    with store.reading() as connection:
        for where, index in asked.items():
            plan = connection.execute(
                text(f"EXPLAIN QUERY PLAN SELECT error FROM sources WHERE ({where})")
            ).all()
            assert index in str(plan)


def test_a_look_is_kept_whole(store):
    """Alerts, and what was told, numbered on; old events go, but for the last."""
    other = replace(ALERT, subject="other", told_at=None, over_at=NOW)
    save_alerts(store, [ALERT, other], [], [EVENT], NOW)
    assert read_alerts(store) == {one.key: one for one in (ALERT, other)}
    assert read_alerts(store, [AlertKind.SILENT]) == {}
    save_alerts(store, [], [ALERT.key], [replace(EVENT, is_over=True), EVENT], NOW)
    assert read_alerts(store) == {other.key: other}
    assert [(one.number, one.is_over) for one in read_events(store)] == [(1, False), (2, True), (3, False)]
    assert [one.number for one in read_events(store, after=1, most=1)] == [3]
    later = NOW + KEPT_FOR + timedelta(days=1)
    save_alerts(store, [], [], [], later)
    assert [one.number for one in read_events(store)] == [3]
    save_alerts(store, [], [], [replace(EVENT, at=later)], later)
    assert [one.number for one in read_events(store)] == [4]


def test_channels_are_told_from_when_they_are_known(store):
    """One that is new was told of all before; one that is configured no longer is forgotten."""
    save_alerts(store, [], [], [EVENT, EVENT], NOW)
    (new,) = read_channels(store, ["mail"]).values()
    assert new == ChannelState(channel="mail", told=2, is_new=True)
    failed = ChannelState(channel="mail", told=1, failures=2, again_at=NOW, problem="it answered 500")
    save_channel(store, failed)
    assert read_channels(store, ["mail"]) == {"mail": failed}
    forget_channels(store, ["mail"])
    assert not read_channels(store, ["mail"])["mail"].is_new
    forget_channels(store, ["webhook"])
    assert read_channels(store, ["mail"])["mail"].is_new
