"""What a poll learns of pushes: which hub its document announces, and whether a push was missed."""

from dataclasses import replace
from datetime import datetime

from aggregator.model import Changes, Fetched, ParsedFeed, Source, SourceState, revised
from aggregator.rules import Rules
from aggregator.websub import find_announcement, slow_polling


def note_announced(state: SourceState, fetched: Fetched, feed: ParsedFeed) -> SourceState:
    """Return ``state`` with the hub and the topic that a document announces, or with none."""
    found = find_announcement(
        fetched.headers.get("link"),
        url=fetched.final_url,
        hub_urls=feed.hub_urls,
        self_url=feed.self_url,
    )
    if found is None:
        return revised(state, hub_url=None, topic_url=None)
    return revised(state, hub_url=found.hub_url, topic_url=found.topic_url)


def slowed(state: SourceState, source: Source, rules: Rules, now: datetime) -> SourceState:
    """Return ``state`` after a poll without news, the next one put off while pushes come."""
    return slow_polling(state, maximum=rules.intervals.of(source).maximum, now=now)


def slowed_without_news(
    changes: Changes, state: SourceState, source: Source, rules: Rules, now: datetime
) -> Changes:
    """Return ``changes`` with the next poll put off while pushes come, unless this one found something new.

    ``state`` is the one to be stored where ``changes`` have none.
    """
    if changes.inserted:
        return changes
    return replace(changes, state=slowed(changes.state or state, source, rules, now))


def is_push_missed(state: SourceState, changes: Changes, now: datetime) -> bool:
    """Tell whether a poll of a source in ``state`` found entries that pushes should have brought."""
    return bool(changes.inserted) and state.push_until_at is not None and state.push_until_at > now
