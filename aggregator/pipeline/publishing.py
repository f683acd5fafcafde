"""From stored articles to the published tree."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import structlog

from aggregator.curate import heat_of, select_window
from aggregator.model import PUBLISHED_QUALITY, Article, Topic
from aggregator.pipeline.enriching import is_awaited
from aggregator.pipeline.showing import Shown, as_shown, emblems_for
from aggregator.publish import (
    Channel,
    Site,
    remove_stale_topics,
    render_front,
    render_topic,
    write_files,
)
from aggregator.rules import Rules, changed
from aggregator.store import Store

ALL = "all"
JUDGED_BY = "judged by"
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """What publishing did: files ``changed``, and the number of ``items`` of every topic's feeds.

    ``errors`` name the topics whose last good files were left in place, and why. ``marks`` tell by topic
    what its files show.
    """

    changed: tuple[str, ...]
    unchanged: int
    items: Mapping[str, int]
    errors: tuple[str, ...]
    marks: Mapping[str, str]


def publish(
    *,
    rules: Rules,
    store: Store,
    now: datetime,
    only: Collection[str] | None = None,
    written: Mapping[str, str] = MappingProxyType({}),
) -> Publication:
    """Write the published tree from what is stored, for the topics in ``only`` or, if None, for all.

    Articles are judged again first where the rules have changed since they were judged last. ``written``
    are the marks of the publication before, by this process: topics that still show the same are left.
    """
    _judge_again(rules, store)
    chosen, shown = _chosen_as_shown(rules, store, now)
    channels = [
        replace(_channel(rules, topic_id), emblems=emblems_for(shown, articles))
        for topic_id, articles in chosen.items()
    ]
    folder = Path(rules.config.settings.storage.feeds_dir)
    marks = {c.topic_id: _mark(folder, c, chosen[c.topic_id]) for c in channels}
    wanted = [c for c in channels if only is None or c.topic_id in only]
    files, errors = _rendered([c for c in wanted if written.get(c.topic_id) != marks[c.topic_id]], chosen)
    done = write_files(folder, {**shown.drawn, **files, **render_front(_site(rules), channels)})
    if only is None:
        remove_stale_topics(folder, keep=chosen)
    return Publication(
        changed=done.changed,
        unchanged=done.unchanged,
        items={c.topic_id: len(chosen[c.topic_id]) for c in wanted},
        errors=(*errors, *done.errors),
        marks={} if errors or done.errors else marks,
    )


def _chosen_as_shown(
    rules: Rules, store: Store, now: datetime
) -> tuple[dict[str, tuple[Article, ...]], Shown]:
    """What every topic's feeds hold, each article with its pictures and logos as they are published."""
    chosen = select_topics(rules=rules, store=store, now=now)
    by_id = {a.id: a for articles in chosen.values() for a in articles}
    shown = as_shown(by_id.values(), rules=rules, store=store)
    return {key: tuple(shown.articles[a.id] for a in articles) for key, articles in chosen.items()}, shown


def _mark(folder: Path, channel: Channel, articles: Sequence[Article]) -> str:
    """What tells whether a topic's files would be the same: all that they show, which heat is not."""
    told = repr((folder, channel, [replace(article, heat=0) for article in articles]))
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()


def select_topics(*, rules: Rules, store: Store, now: datetime) -> dict[str, tuple[Article, ...]]:
    """Return the articles that the feeds of ``all`` and of every topic hold at ``now``, in order."""
    settings = rules.config.settings
    window = timedelta(days=settings.publish.window_days)
    half_life = timedelta(hours=settings.heat.half_life_h)
    stored = store.articles_since(now - window)
    recent = [a for a in stored if a.is_published and not a.is_backlog and not is_awaited(a, rules, now)]
    chosen = {}
    for topic in (None, *rules.config.topics):
        selected = select_window(
            _candidates(recent, topic, store, settings.publish.min_items),
            now=now,
            window=window,
            backlog=rules.backlog,
            min_items=settings.publish.min_items,
            max_items=(topic and topic.limit) or settings.publish.max_items,
        )
        heated = (
            replace(
                a,
                heat=heat_of(
                    a.quality, published_at=a.published_at, now=now, half_life=half_life, window=window
                ),
            )
            for a in selected
        )
        chosen[topic.id if topic else ALL] = tuple(heated)
    return chosen


def _candidates(
    recent: Sequence[Article], topic: Topic | None, store: Store, min_items: int
) -> list[Article]:
    """What the topic's feeds may hold: its recent articles, and older ones where they are too few."""
    least = max(PUBLISHED_QUALITY, (topic and topic.quality_threshold) or 0)
    found = [a for a in recent if a.quality >= least and (topic is None or topic.id in a.topics)]
    if len(found) < min_items:
        known = {article.id for article in found}
        older = store.newest_articles(
            topic_id=topic.id if topic else None, limit=min_items, min_quality=least
        )
        found.extend(article for article in older if article.id not in known)
    return found


def _judge_again(rules: Rules, store: Store) -> None:
    """Apply changed rules to what is stored, once, in batches that are each safe to kill after."""
    if store.note(JUDGED_BY) == rules.digest:
        return
    for batch in store.article_batches():
        carriers = store.sources_of([article.id for article in batch])
        judged = ((a, rules.judge_again(a, carriers.get(a.id, ()))) for a in batch)
        store.update_articles([after for before, after in judged if changed(before, after)])
    store.write_note(JUDGED_BY, rules.digest)


def _rendered(
    channels: Sequence[Channel], chosen: Mapping[str, Sequence[Article]]
) -> tuple[dict[str, bytes], list[str]]:
    files: dict[str, bytes] = {}
    errors: list[str] = []
    for channel in channels:
        try:
            files |= render_topic(channel, chosen[channel.topic_id])
        except Exception as error:  # one topic that cannot be rendered must not stop the others
            log.exception("render", topic=channel.topic_id)
            errors.append(f"topic {channel.topic_id}: not published, its last files stay: {error!r}")
    return files, errors


def _site(rules: Rules) -> Site:
    site = rules.config.settings.site
    return Site(title=site.title, base_url=site.base_url, locale=site.locale, contact=site.contact)


def _channel(rules: Rules, topic_id: str) -> Channel:
    topics = {topic.id: topic for topic in rules.config.topics}
    topic, site = topics.get(topic_id), _site(rules)
    return Channel(
        site=site,
        topic_id=topic_id,
        name=topic.name if topic else site.title,
        description=topic.description if topic else None,
        parent=topic.parent if topic else None,
        topic_names={t.id: t.name for t in topics.values()},
        images=topic.images if topic else (),
    )
