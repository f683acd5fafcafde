"""The pages of stories: of every story that ever had several articles, whether it is in a feed or not."""

from collections.abc import Iterator, Mapping, Sequence

import structlog

from aggregator.machine.memory import defer_garbage_collection
from aggregator.pipeline.publish.public_articles import make_public
from aggregator.pipeline.publish.release import show_article
from aggregator.pipeline.publish.site_view import describe_channel
from aggregator.pipeline.publish.story_views import change_articles, read_stories, view_story
from aggregator.pipeline.site import Site
from aggregator.publish.channel import Channel
from aggregator.publish.files import Written, remove_files, write_files
from aggregator.publish.story_view import StoryView
from aggregator.publish.tree import render_moved_stories, render_story, render_withdrawn_stories
from aggregator.publish.tree_paths import STORIES
from aggregator.store import (
    ALL,
    RETRY_AFTER,
    MarkKind,
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


def write_story_pages(site: Site) -> Written:
    """Write the pages of the stories that are marked, and lead the ids that these took in there.

    Pages of stories that have no published article, or never had several, are removed.
    """
    channel = describe_channel(site.rules, ALL)
    changed: list[str] = []
    errors: list[str] = []
    unchanged = 0
    while marks := read_marks_by_key(site.store, MarkKind.PAGE, now=site.now, limit=AT_ONCE):
        ids = sorted(marks)
        for story_ids in (ids[start : start + BATCH] for start in range(0, len(ids), BATCH)):
            with site.store.reading_together():
                files, failed = render_pages(story_ids, channel, site)
            written = write_files(site.rules.feeds_dir, files, has_variants=site.rules.publishing.compressed)
            left = failed.keys() | {id_ for id_ in story_ids if _is_lacking(id_, files, written.stamps)}
            gone = [name_page(id_) for id_ in story_ids if id_ not in failed]
            remove_files(site.rules.feeds_dir, [name for name in gone if name not in files])
            finish_marks(site.store, [mark for id_ in story_ids if id_ not in left for mark in marks[id_]])
            retry_marks(site.store, [m for id_ in left for m in marks[id_]], again_at=site.now + RETRY_AFTER)
            changed += written.changed
            unchanged += written.unchanged
            errors += [*failed.values(), *written.errors]
    return Written(changed=tuple(changed), unchanged=unchanged, errors=tuple(errors))


def name_page(story_id: str) -> str:
    """Return the name of a story's page below the tree's root."""
    return f"{STORIES}/{story_id}.html"


def _is_lacking(story_id: str, files: Mapping[str, bytes], written: Mapping[str, object]) -> bool:
    name = name_page(story_id)
    return name in files and name not in written


@defer_garbage_collection()
def render_pages(
    story_ids: Sequence[str], channel: Channel, site: Site
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the pages of these stories that there are, and by id an error for each that was not rendered."""
    current = read_current_stories(site.store, story_ids)
    grown = find_grown_stories(site.store, {*story_ids, *current.values()})
    files: dict[str, bytes] = {}
    errors: dict[str, str] = {}
    for story in view_stories([id_ for id_ in story_ids if id_ in grown], site):
        try:
            files |= render_story(channel, story)
        except Exception as error:  # one story that cannot be rendered must not stop the others
            log.exception("render", story=story.id)
            errors[story.id] = f"story {story.id}: not published, its last page stays: {error!r}"
    moved = {gone: to for gone, to in current.items() if to in grown and gone not in grown}
    withdrawn = read_withdrawn_stories(
        site.store, [id_ for id_ in story_ids if id_ not in grown.union(moved)]
    )
    pages = render_moved_stories(channel, moved) | render_withdrawn_stories(channel, withdrawn)
    return files | pages, errors


def view_stories(story_ids: Sequence[str], site: Site) -> Iterator[StoryView]:
    """Yield these stories as their pages show them."""
    stories = read_stories(
        story_ids,
        {},
        site.store,
        choices=site.list_story_choices(),
        show=lambda a: show_article(a, site.rules, site.now),
    )
    public = make_public(stories.articles.values(), site).articles
    for story_id in story_ids:
        articles = stories.published(story_id)
        story = view_story(stories, story_id, [a for a in articles if not a.is_backlog] or articles)
        if story:
            yield change_articles(story, lambda article: public[article.id])
