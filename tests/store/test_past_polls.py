"""The last polls of each source, kept with what each of them was."""

from dataclasses import replace
from datetime import timedelta

from aggregator.model import Changes, PastPoll, PollAnswered, Source, SourceState
from aggregator.store import read_past_polls, save_poll, save_polls, sync_sources
from aggregator.store.sources.past_polls import KEPT, MAX_ERROR
from tests.builders import NOW, article

POLLED = SourceState(
    source_id="daily", outcome="not_modified", polled_at=NOW, answer=PollAnswered(304, 0, 0.25)
)


def add_source(store):
    """Configure the source."""
    sync_sources(store, [Source(id="daily", url="https://daily.example/feed")], now=NOW)


def decline(_known):
    """Decide that nothing changes."""
    return Changes()


def test_a_poll_is_noted_with_all_that_it_was(store):
    """Whether it brought nothing, articles or an error."""
    add_source(store)
    new = article(1, source_id="daily")
    save_poll(store, POLLED, (), decline)
    updated = replace(
        POLLED, outcome="updated", polled_at=NOW + timedelta(hours=1), answer=PollAnswered(200, 9_000, 0.5)
    )
    save_poll(store, updated, [new], lambda _: Changes(inserted=(new,)))
    failed = replace(
        POLLED, outcome="failed", polled_at=NOW + timedelta(hours=2), error="x" * 1_000, answer=PollAnswered()
    )
    save_poll(store, failed, (), decline)
    assert read_past_polls(store, "daily") == (
        PastPoll(
            at=NOW + timedelta(hours=2), outcome="failed", status=None, received_bytes=0, new=0, seconds=None,
            error="x" * MAX_ERROR,
        ),
        PastPoll(
            at=NOW + timedelta(hours=1), outcome="updated", status=200, received_bytes=9_000, new=1, seconds=0.5,
            error=None,
        ),
        PastPoll(
            at=NOW, outcome="not_modified", status=304, received_bytes=0, new=0, seconds=0.25, error=None
        ),
    )  # fmt: skip
    assert read_past_polls(store, "nothing") == ()


def test_the_oldest_goes_with_each_that_comes(store):
    """However often a source is polled, and wherever the clock is, so many are kept, in the order they came."""
    add_source(store)
    times = [NOW + timedelta(minutes=number * (-1) ** number) for number in range(KEPT + 15)]
    save_polls(store, [(replace(POLLED, polled_at=at), (), decline) for at in times])
    assert [poll.at for poll in read_past_polls(store, "daily")] == times[: -KEPT - 1 : -1]


def test_what_is_no_poll_leaves_no_trace(store):
    """A state that is written for another reason, such as a push, is none."""
    add_source(store)
    save_poll(store, replace(POLLED, answer=None), (), decline)
    assert read_past_polls(store, "daily") == ()
