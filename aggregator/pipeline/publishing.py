"""From stored articles to the published tree."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import structlog

from aggregator.model import Article
from aggregator.pipeline.selecting import ALL, TopicChoice, articles_in, as_published, choose, cooled
from aggregator.pipeline.showing import as_shown, emblems_for
from aggregator.publish import (
    Channel,
    Site,
    remove_files,
    remove_stale_topics,
    render_front,
    render_moved,
    render_story,
    render_topic,
    write_files,
)
from aggregator.rules import Rules, changed
from aggregator.store import (
    Edit,
    Store,
    aliases_of,
    aliases_since,
    members_of,
    save_edits,
    stored_articles,
)

STORIES = "stories"
JUDGED_BY = "judged by"
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """What publishing did: files ``changed``, and the number of ``items`` of every topic's feeds of stories.

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
    bare = choose(rules=rules, store=store, now=now)
    shown = as_shown(articles_in(bare), rules=rules, store=store)
    chosen = {topic_id: as_published(choice, shown.articles) for topic_id, choice in bare.items()}
    channels = [
        replace(_channel(rules, topic_id), emblems=emblems_for(shown, articles_in({topic_id: choice})))
        for topic_id, choice in chosen.items()
    ]
    folder = Path(rules.config.settings.storage.feeds_dir)
    marks = {c.topic_id: _mark(folder, c, chosen[c.topic_id]) for c in channels}
    wanted = [c for c in channels if only is None or c.topic_id in only]
    changed_channels = [c for c in wanted if written.get(c.topic_id) != marks[c.topic_id]]
    files, errors = _rendered(
        changed_channels, chosen, aliases_since(store, now - _window(rules)), _also_covered(rules)
    )
    done = write_files(folder, {**shown.drawn, **files, **render_front(_site(rules), channels)})
    if only is None:
        remove_stale_topics(folder, keep=chosen)
    return Publication(
        changed=done.changed,
        unchanged=done.unchanged,
        items={c.topic_id: len(chosen[c.topic_id].stories) for c in wanted},
        errors=(*errors, *done.errors),
        marks={} if errors or done.errors else marks,
    )


def _mark(folder: Path, channel: Channel, chosen: TopicChoice) -> str:
    """What tells whether a topic's files would be the same: all that they show, which heat is not."""
    told = repr((folder, channel, cooled(chosen)))
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _judge_again(rules: Rules, store: Store) -> None:
    """Apply changed rules to what is stored, once, in batches that are each safe to kill after.

    What was edited since it was read is read and judged once more.
    """
    if store.note(JUDGED_BY) == rules.digest:
        return
    for batch in store.article_batches():
        unsaved = batch
        while unsaved:
            unsaved = stored_articles(store, save_edits(store, _judgements(unsaved, rules, store)))
    store.write_note(JUDGED_BY, rules.digest)


def _judgements(articles: Sequence[Article], rules: Rules, store: Store) -> list[Edit]:
    carriers = store.sources_of([article.id for article in articles])
    edits = (
        Edit(before=article, after=rules.judge_again(article, own), carriers=own)
        for article in articles
        for own in [carriers.get(article.id, ())]
    )
    return [edit for edit in edits if changed(edit.before, edit.after)]


def _rendered(
    channels: Sequence[Channel],
    chosen: Mapping[str, TopicChoice],
    moved: Mapping[str, str],
    also_covered: int,
) -> tuple[dict[str, bytes], list[str]]:
    files: dict[str, bytes] = {}
    errors: list[str] = []
    for channel in channels:
        choice = chosen[channel.topic_id]
        try:
            files |= render_topic(channel, choice.articles, choice.stories, also_covered=also_covered)
            if channel.topic_id == ALL:
                files |= _story_pages(channel, choice, moved)
        except Exception as error:  # one topic that cannot be rendered must not stop the others
            log.exception("render", topic=channel.topic_id)
            errors.append(f"topic {channel.topic_id}: not published, its last files stay: {error!r}")
    return files, errors


def _story_pages(channel: Channel, choice: TopicChoice, moved: Mapping[str, str]) -> dict[str, bytes]:
    pages: dict[str, bytes] = {}
    for told in choice.stories:
        pages |= render_story(channel, told)
    shown = {told.id for told in choice.stories if told.others}
    return pages | render_moved(channel, {gone: story for gone, story in moved.items() if story in shown})


def prune_story_pages(*, rules: Rules, store: Store) -> int:
    """Remove the pages of stories that are no more, or have one article left, and return how many."""
    folder = Path(rules.config.settings.storage.feeds_dir)
    pages = {path.stem: path.name for path in (folder / STORIES).glob("*.html")}
    members = members_of(store, set(pages))
    moved = aliases_of(store, set(pages))
    stale = [name for id_, name in pages.items() if len(members.get(id_, ())) < 2 and id_ not in moved]
    return remove_files(folder, [f"{STORIES}/{name}" for name in stale]) if stale else 0


def _window(rules: Rules) -> timedelta:
    return timedelta(days=rules.config.settings.publish.window_days)


def _also_covered(rules: Rules) -> int:
    return rules.config.settings.stories.also_covered


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
