"""Sources and topics that somebody names to a command by their ids."""

from collections.abc import Collection, Iterable

from aggregator.errors import AggregatorError


def check_topics(named: Iterable[str], known: Collection[str]) -> None:
    """Raise AggregatorError for the first of the named topics that is not configured."""
    for topic_id in named:
        if topic_id not in known:
            there = ", ".join(sorted(known)) or "none yet"
            raise AggregatorError(f"no topic {topic_id!r} is configured; there are: {there}")


def check_sources(named: Iterable[str], known: Collection[str]) -> None:
    """Raise AggregatorError for the first of the named sources that is not configured."""
    for source_id in named:
        if source_id not in known:
            raise AggregatorError(f"no source {source_id!r} is configured: see `aggregator sources list`")
