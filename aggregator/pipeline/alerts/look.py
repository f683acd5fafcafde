"""What is wrong now: asked of the store by what has trouble, never by all sources."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from aggregator.alerts import (
    SourceTrouble,
    decide_alerts,
    describe_disk,
    describe_silence,
    describe_troubles,
    make_patience,
)
from aggregator.cadence import find_silence, newest_post_at, note_posts
from aggregator.model.alerts import SOURCE_KINDS, AlertEvent, AlertKey, AlertKind, Condition
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import (
    find_sqlite_file,
    read_alerts,
    read_ill_sources,
    read_newest_times,
    read_outages,
    read_silent_sources,
    save_alerts,
)

SELDOM_KINDS = (AlertKind.SILENT, AlertKind.TOPIC_SILENT)
"""What is looked for less often: silence is measured in days, and sites may have many silent sources."""
OFTEN_KINDS = tuple(kind for kind in AlertKind if kind not in SELDOM_KINDS)
POSTS = 64
"""Articles of a topic by which it is known how often something new comes."""


def look_often(
    site: Site, *, publishing: str | None = None, clock: str | None = None
) -> tuple[AlertEvent, ...]:
    """Look for all but silence, keep what follows, and return what is to be told.

    ``publishing`` says why publishing is behind, and ``clock`` by how much the clock is, None: it is not.
    Raises StoreError.
    """
    outages = (
        Condition(kind=AlertKind.NETWORK, subject=one.where, since_at=one.since_at, text=one.problem)
        for one in read_outages(site.store, site.now)
    )
    troubles = (SourceTrouble(**row) for row in read_ill_sources(site.store))
    conditions = [*describe_troubles(troubles, site.now), *outages, *_list_full_disks(site)]
    for kind, text in ((AlertKind.PUBLISHING, publishing), (AlertKind.CLOCK, clock)):
        if text is not None:
            conditions.append(Condition(kind=kind, subject="site", since_at=site.now, text=text))
    return _decide(conditions, OFTEN_KINDS, site)


def look_for_silence(site: Site) -> tuple[AlertEvent, ...]:
    """Look for sources and topics that fell silent, keep what follows, and return what is to be told."""
    sources = (
        describe_silence(AlertKind.SILENT, source_id, newest_post_at(posts), silent_at)
        for source_id, posts, silent_at in read_silent_sources(site.store, site.now)
    )
    conditions = [*sources, *_list_silent_topics(site)]
    return _decide(conditions, SELDOM_KINDS, site)


def _decide(
    conditions: Iterable[Condition], kinds: Sequence[AlertKind], site: Site
) -> tuple[AlertEvent, ...]:
    kept = read_alerts(site.store, kinds)
    known = {key for key in kept if _is_asked_for(key, site.rules)}
    wanted = [one for one in conditions if _is_asked_for(one.key, site.rules)]
    patience = make_patience(timedelta(minutes=site.rules.alerts.wait_min))
    decision = decide_alerts(wanted, kept, patience=patience, known=known, now=site.now)
    if decision.alerts or decision.removed or decision.events:
        save_alerts(site.store, decision.alerts, decision.removed, decision.events, site.now)
    return decision.events


def _is_asked_for(key: AlertKey, rules: Rules) -> bool:
    """Tell whether what an alert is about is still polled or published."""
    kind, subject = key
    if kind in SOURCE_KINDS:
        source = rules.sources.get(subject)
        return source is not None and source.enabled
    return kind is not AlertKind.TOPIC_SILENT or subject in rules.topics_by_id


def _list_silent_topics(site: Site) -> Iterator[Condition]:
    topic_ids = [topic_id for topic_id in list_topic_ids(site.rules) if topic_id in site.rules.topics_by_id]
    for topic_id, times in read_newest_times(site.store, topic_ids, POSTS).items():
        posts = note_posts((), times, now=site.now)
        silent_at = find_silence(posts)
        if silent_at is not None and silent_at <= site.now:
            yield describe_silence(AlertKind.TOPIC_SILENT, topic_id, newest_post_at(posts), silent_at)


def _list_full_disks(site: Site) -> Iterator[Condition]:
    """Yield the disks of store and tree that are nearly full; one that is both is named once."""
    file = find_sqlite_file(site.store.url)
    folders = {"store": None if file is None else file.parent, "tree": site.rules.feeds_dir}
    seen: dict[int, str] = {}
    for name, folder in folders.items():
        found = None if folder is None else _measure(folder)
        if found is not None and found[0] not in seen:
            seen[found[0]] = name
            full = describe_disk(f"disk of {name}", found[1], site.rules.alerts.disk_free_mib, site.now)
            if full is not None:
                yield full


def _measure(folder: Path) -> tuple[int, int] | None:
    """Return the number of a folder's disk and the bytes that are free there, None where it is not there."""
    try:
        return folder.stat().st_dev, shutil.disk_usage(folder).free
    except OSError:
        return None
