"""The pages of stories: of every story that ever had several articles, whether it is in a feed or not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from aggregator.machine.memory import defer_garbage_collection
from aggregator.pipeline.publish.public_articles import make_public
from aggregator.pipeline.publish.release import show_article
from aggregator.pipeline.publish.site_view import describe_channel
from aggregator.pipeline.publish.story_views import change_articles, read_stories, view_story
from aggregator.publish.channel import Channel
from aggregator.publish.files import remove_files, write_files
from aggregator.publish.story_view import StoryView
from aggregator.publish.tree import render_moved_stories, render_story, render_withdrawn_stories
from aggregator.publish.tree_paths import STORIES
from aggregator.rules import Rules
from aggregator.store import (
    ALL,
    RETRY_AFTER,
    MarkKind,
    Store,
    find_grown_stories,
    finish_marks,
    read_current_stories,
    read_marks_by_key,
    read_withdrawn_stories,
    retry_marks,
)

AT_ONCE = 200_000
"""Marks that are read at once; a story that has several is written once."""
BATCH = 200
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryPages:
    """What writing stories' pages did: files ``changed`` and ``unchanged``, and a line an error."""

    changed: tuple[str, ...] = ()
    unchanged: int = 0
    errors: tuple[str, ...] = ()


def write_story_pages(*, rules: Rules, store: Store, now: datetime) -> StoryPages:
    """Write the pages of the stories that are marked, and lead the ids that these took in there.

    Pages of stories that have no published article, or never had several, are removed.
    """
    channel = describe_channel(rules, ALL)
    changed: list[str] = []
    errors: list[str] = []
    unchanged = 0
    while marks := read_marks_by_key(store, MarkKind.PAGE, now=now, limit=AT_ONCE):
        ids = sorted(marks)
        for story_ids in (ids[start : start + BATCH] for start in range(0, len(ids), BATCH)):
            with store.reading_together():
                files, failed = render_pages(story_ids, channel, rules, store, now)
            written = write_files(rules.feeds_dir, files, has_variants=rules.publishing.compressed)
            left = failed.keys() | {id_ for id_ in story_ids if _is_lacking(id_, files, written.stamps)}
            gone = [name_page(id_) for id_ in story_ids if id_ not in failed]
            remove_files(rules.feeds_dir, [name for name in gone if name not in files])
            finish_marks(store, [mark for id_ in story_ids if id_ not in left for mark in marks[id_]])
            retry_marks(store, [m for id_ in left for m in marks[id_]], again_at=now + RETRY_AFTER)
            changed += written.changed
            unchanged += written.unchanged
            errors += [*failed.values(), *written.errors]
    return StoryPages(changed=tuple(changed), unchanged=unchanged, errors=tuple(errors))


def name_page(story_id: str) -> str:
    """Return the name of a story's page below the tree's root."""
    return f"{STORIES}/{story_id}.html"


def _is_lacking(story_id: str, files: Mapping[str, bytes], written: Mapping[str, object]) -> bool:
    name = name_page(story_id)
    return name in files and name not in written


@defer_garbage_collection()
def render_pages(
    story_ids: Sequence[str], channel: Channel, rules: Rules, store: Store, now: datetime
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the pages of these stories that there are, and by id an error for each that was not rendered."""
    current = read_current_stories(store, story_ids)
    grown = find_grown_stories(store, {*story_ids, *current.values()})
    files: dict[str, bytes] = {}
    errors: dict[str, str] = {}
    for story in view_stories([id_ for id_ in story_ids if id_ in grown], rules, store, now):
        try:
            files |= render_story(channel, story)
        except Exception as error:  # one story that cannot be rendered must not stop the others
            log.exception("render", story=story.id)
            errors[story.id] = f"story {story.id}: not published, its last page stays: {error!r}"
    moved = {gone: to for gone, to in current.items() if to in grown and gone not in grown}
    withdrawn = read_withdrawn_stories(store, [id_ for id_ in story_ids if id_ not in grown.union(moved)])
    pages = render_moved_stories(channel, moved) | render_withdrawn_stories(channel, withdrawn)
    return files | pages, errors


def view_stories(story_ids: Sequence[str], rules: Rules, store: Store, now: datetime) -> Iterator[StoryView]:
    """Yield these stories as their pages show them."""
    stories = read_stories(
        story_ids, {}, store,
        choices=rules.story_decisions.list_choices(now), show=lambda a: show_article(a, rules, now),
    )  # fmt: skip
    public = make_public(stories.articles.values(), rules=rules, store=store, now=now).articles
    for story_id in story_ids:
        articles = stories.published(story_id)
        story = view_story(stories, story_id, [a for a in articles if not a.is_backlog] or articles)
        if story:
            yield change_articles(story, lambda article: public[article.id])
