"""Topics that are published and no longer configured: their feeds stay for some days, and then go."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from aggregator.model.clock_skew import is_behind
from aggregator.pipeline.site import Site
from aggregator.publish.notice_place import format_notice
from aggregator.publish.removed_topic import add_notice, read_title
from aggregator.publish.text_forms import format_day
from aggregator.publish.topic_folders import find_topics
from aggregator.store import (
    LONG_AGO,
    Store,
    is_end_asked,
    note_end_done,
    read_removal_times,
    save_removal_times,
)
from aggregator.text import format_minute

MOST_NAMES = 20
"""Topics that one line of the log names."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedTopic:
    """A topic that was removed at ``at``, and whose feeds stay ``until``."""

    at: datetime
    until: datetime


def find_removed_topics(
    folder: Path, site: Site, *, configured: Collection[str], may_delete: bool
) -> dict[str, RemovedTopic]:
    """Return the topics below ``folder`` that are not ``configured``, while their feeds stay.

    When a topic was removed is kept in the store. What is removed now is logged with its name, as it may be
    by mistake. Unless ``may_delete``, they stay although their time is over.
    """
    known = read_removal_times(site.store)
    there = find_topics(folder, without=configured)
    keep = timedelta(days=site.rules.publishing.keep_removed_days)
    topics = {
        topic_id: RemovedTopic(at=at, until=at + keep)
        for topic_id, at in _note_removals(there, known, site.store, site.now, is_trusted=may_delete).items()
    }
    if fresh := [topic_id for topic_id in topics if topic_id not in known]:
        titles = [_read_heading(folder, topic_id, site.rules.site_title) for topic_id in fresh]
        stay = f"their feeds stay until {format_minute(site.now + keep)}"
        log.warning("topics", removed=_join_names(titles), then=stay if keep else "their feeds are deleted")
    if not may_delete:
        return {topic_id: topic for topic_id, topic in topics.items() if topic.at != LONG_AGO}
    gone = [topic_id for topic_id, topic in topics.items() if topic.until <= site.now and topic_id in known]
    if gone:
        log.info("topics", deleted=", ".join(gone))
    return {topic_id: topic for topic_id, topic in topics.items() if topic.until > site.now}


def _note_removals(
    topic_ids: Iterable[str], known: Mapping[str, datetime], store: Store, now: datetime, *, is_trusted: bool
) -> dict[str, datetime]:
    """Keep when these topics were removed, where that is not ``known``, and return it.

    Where the operator asked for their end, that is long ago; ``is_trusted``: the clock is.
    """
    are_ended = is_end_asked(store)
    removed_at = {
        topic_id: LONG_AGO if are_ended else _correct_time(known.get(topic_id, now), now, is_trusted)
        for topic_id in topic_ids
    }
    if removed_at != known:
        save_removal_times(store, removed_at)
    if are_ended:
        note_end_done(store)
    return removed_at


def _correct_time(at: datetime, now: datetime, is_trusted: bool) -> datetime:
    """Return when a topic was removed: now, where the time is of a clock that was wrong."""
    if not is_trusted or at == LONG_AGO:
        return at
    return now if is_behind(at) else min(at, now)


def render_notices(folder: Path, removed: Mapping[str, RemovedTopic]) -> dict[str, bytes]:
    """Return the files of these topics as they are, with a notice that they are no longer updated."""
    files: dict[str, bytes] = {}
    for topic_id, topic in removed.items():
        files |= add_notice(folder, topic_id, format_notice(format_day(topic.at), format_day(topic.until)))
    return files


def _read_heading(folder: Path, topic_id: str, site_title: str) -> str:
    """Return a topic's name as its files have it, with its id."""
    return f"{read_title(folder, topic_id).removesuffix(f' – {site_title}')} ({topic_id})"


def _join_names(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
