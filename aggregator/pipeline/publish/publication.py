"""From stored articles to the published tree."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import structlog

from aggregator.errors import PublishError
from aggregator.model import Article
from aggregator.pipeline.publish.public_article import as_shown, emblems_for, left_emblems
from aggregator.pipeline.publish.removed_topics import removed_topics, render_removed
from aggregator.pipeline.publish.select import ALL, TopicChoice, articles_in, as_published, choose, cooled
from aggregator.pipeline.publish.story_pages import PagesWritten, publish_story_pages
from aggregator.pipeline.removals import clear_removed
from aggregator.publish.channel import Channel, Site
from aggregator.publish.files import missing_files, remove_files, write_files
from aggregator.publish.topic_folders import remove_topics
from aggregator.publish.tree import render_front, render_topic
from aggregator.rules import Rules, changed
from aggregator.store import (
    Edit,
    Store,
    read_article_batches,
    read_carriers,
    read_note,
    read_stored_articles,
    save_edits,
    write_note,
)

JUDGED_BY = "judged by"
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """What publishing did: files ``changed``, and the number of ``items`` of every topic's feeds of stories.

    ``errors`` name the topics whose last good files were left in place, and why. ``marks`` tell by topic,
    and by the page of a story, what its files show; ``files`` are the names of those of topics, stories and
    the site, which stand by now.
    """

    changed: tuple[str, ...]
    unchanged: int
    items: Mapping[str, int]
    errors: tuple[str, ...]
    marks: Mapping[str, str]
    files: frozenset[str] = frozenset()


def publish(
    *,
    rules: Rules,
    store: Store,
    now: datetime,
    only: Collection[str] | None = None,
    written: Mapping[str, str] = MappingProxyType({}),
    standing: Collection[str] = (),
    is_clock_trusted: bool = True,
) -> Publication:
    """Write the published tree from what is stored, for the topics in ``only`` or, if None, for all.

    Articles are judged again first where the rules have changed since they were judged last. ``written``
    are the marks of the publication before, by this process, and ``standing`` its files: topics that still
    show the same are left, where their files are still there. Nothing goes by its age unless
    ``is_clock_trusted``.
    """
    _judge_again(rules, store)
    bare = choose(rules=rules, store=store, now=now)
    shown = as_shown(articles_in(bare), rules=rules, store=store)
    chosen = {topic_id: as_published(choice, shown.articles) for topic_id, choice in bare.items()}
    channels = [
        replace(_channel(rules, topic_id), emblems=emblems_for(shown, articles_in({topic_id: choice})))
        for topic_id, choice in chosen.items()
    ]
    folder = rules.feeds_dir
    written = _marks_of_standing(written, missing_files(folder, standing))
    marks = {c.topic_id: _mark(folder, c, chosen[c.topic_id]) for c in channels}
    wanted = [c for c in channels if only is None or c.topic_id in only]
    changed_channels = [c for c in wanted if written.get(c.topic_id) != marks[c.topic_id]]
    pages = PagesWritten()
    if only is None or ALL in only:
        site_wide = _channel(rules, ALL)
        is_changed = any(c.topic_id == ALL for c in changed_channels)
        again = {told.id for told in bare[ALL].stories} if is_changed else ()
        pages = publish_story_pages(
            site_wide, rules=rules, store=store, now=now, again=again, written=written, standing=standing
        )
    files, errors = _rendered(changed_channels, chosen, rules.also_covered)
    files |= {**shown.drawn, **render_front(_site(rules), channels)}
    done = write_files(folder, files)
    left = {c.topic_id for c in channels}.difference(c.topic_id for c in changed_channels)
    errors = [*errors, *done.errors]
    noted: tuple[str, ...] = ()
    if only is None:
        removed = removed_topics(
            folder, rules=rules, store=store, now=now, configured=chosen, may_delete=is_clock_trusted
        )
        remove_topics(folder, keep=chosen.keys() | removed.keys())
        noted = write_files(folder, render_removed(folder, removed)).changed
        remove_files(folder, () if errors else left_emblems(rules, shown, also_on=removed))
        errors.extend(_cleared(folder, store))
    return Publication(
        changed=(*pages.changed, *done.changed, *noted),
        unchanged=pages.unchanged + done.unchanged,
        items={c.topic_id: len(chosen[c.topic_id].stories) for c in wanted},
        errors=(*errors, *pages.errors),
        marks={**pages.marks, **({} if errors else marks)},
        files=frozenset((*files, *pages.names, *(n for n in standing if n.partition("/")[0] in left))),
    )


def _marks_of_standing(written: Mapping[str, str], missing: Collection[str]) -> Mapping[str, str]:
    """Return the marks but of what somebody removed from the tree, which is to be written again."""
    gone = {part for name in missing for part in (name.partition("/")[0], name.rpartition("/")[2])}
    return {name: mark for name, mark in written.items() if name not in gone} if gone else written


def _cleared(folder: Path, store: Store) -> Iterator[str]:
    """Clear up after removed articles; yield the reason where that is left for the next time."""
    try:
        clear_removed(folder, store)
    except PublishError as error:
        yield str(error)


def _mark(folder: Path, channel: Channel, chosen: TopicChoice) -> str:
    """What tells whether a topic's files would be the same: all that they show, which heat is not."""
    told = repr((folder, channel, cooled(chosen)))
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _judge_again(rules: Rules, store: Store) -> None:
    """Apply changed rules to what is stored, once, in batches that are each safe to kill after.

    What was edited since it was read is read and judged once more.
    """
    if read_note(store, JUDGED_BY) == rules.digest:
        return
    for batch in read_article_batches(store):
        unsaved = batch
        while unsaved:
            unsaved = read_stored_articles(store, save_edits(store, _judgements(unsaved, rules, store)))
    write_note(store, JUDGED_BY, rules.digest)


def _judgements(articles: Sequence[Article], rules: Rules, store: Store) -> list[Edit]:
    carriers = read_carriers(store, [article.id for article in articles])
    edits = (
        Edit(before=article, after=rules.judge_again(article, own), carriers=own)
        for article in articles
        for own in [carriers.get(article.id, ())]
    )
    return [edit for edit in edits if changed(edit.before, edit.after)]


def _rendered(
    channels: Sequence[Channel],
    chosen: Mapping[str, TopicChoice],
    also_covered: int,
) -> tuple[dict[str, bytes], list[str]]:
    files: dict[str, bytes] = {}
    errors: list[str] = []
    for channel in channels:
        choice = chosen[channel.topic_id]
        try:
            files |= render_topic(channel, choice.articles, choice.stories, also_covered=also_covered)
        except Exception as error:  # one topic that cannot be rendered must not stop the others
            log.exception("render", topic=channel.topic_id)
            errors.append(f"topic {channel.topic_id}: not published, its last files stay: {error!r}")
    return files, errors


def _site(rules: Rules) -> Site:
    site = rules.site
    return Site(title=rules.site_title, base_url=site.base_url, locale=site.locale, contact=site.contact)


def _channel(rules: Rules, topic_id: str) -> Channel:
    topics = {topic.id: topic for topic in rules.topics}
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
