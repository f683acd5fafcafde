"""The pages of stories: of every story that ever had several articles, whether it is in a feed or not."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from aggregator.pipeline.page_wait import waits_for_page
from aggregator.pipeline.publish.public_articles import make_public
from aggregator.pipeline.publish.selection import ALL
from aggregator.pipeline.publish.site_view import describe_channel
from aggregator.pipeline.publish.story_views import change_articles, read_stories, view_story
from aggregator.pipeline.publish.tree_state import TreeState
from aggregator.publish.channel import Channel
from aggregator.publish.files import Written, remove_files, write_files
from aggregator.publish.stale_pages import find_stale_story_pages
from aggregator.publish.story_view import StoryView
from aggregator.publish.tree import render_moved_stories, render_story
from aggregator.publish.tree_paths import STORIES
from aggregator.rules import Rules
from aggregator.store import Store, read_story_aliases, read_story_states

BATCH = 200
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryPages:
    """What writing stories' pages did: files ``changed`` and ``unchanged``, and a line an error.

    ``marks`` tell by page what it shows, ``names`` are the files of all pages there are by now.
    """

    changed: tuple[str, ...] = ()
    unchanged: int = 0
    errors: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Batch:
    """Pages that were written at once: their ``names``, and an error for each story that was not rendered."""

    names: Collection[str]
    written: Written
    not_rendered: Mapping[str, str] = field(default_factory=dict)


def publish_story_pages(
    *, rules: Rules, store: Store, now: datetime, again: Collection[str], before: TreeState
) -> StoryPages:
    """Write the page of every story that ever had several articles, and lead the ids it took in there.

    Pages that show the same as ``before`` are left, but for those of the stories in ``again``. Pages of
    stories without articles are removed.
    """
    channel = describe_channel(rules, ALL)
    folder = rules.feeds_dir
    states = read_story_states(store)
    moved = {gone: to for gone, to in read_story_aliases(store).items() if to in states}
    site_mark = hashlib.blake2b(repr(channel).encode("utf-8", "replace"), digest_size=16).hexdigest()
    marks = {f"{id_}.html": f"{site_mark} {state}" for id_, state in (states | moved).items()}
    due = [id_ for id_ in sorted(states) if id_ in again or _is_new(id_, marks, before.marks)]
    aliases = {gone: to for gone, to in moved.items() if _is_new(gone, marks, before.marks)}
    left = (states.keys() | moved.keys()).difference(due, aliases)
    batches = [
        _write_pages(due[start : start + BATCH], channel, rules, store, now)
        for start in range(0, len(due), BATCH)
    ]
    if aliases:
        pages = render_moved_stories(channel, aliases)
        batches.append(_Batch(names=pages.keys(), written=write_files(folder, pages)))
    remove_files(folder, find_stale_story_pages(folder, states.keys() | moved.keys()))
    kept = {f"{STORIES}/{id_}.html" for id_ in left}.intersection(before.files)
    return _sum_up(batches, marks, kept)


def _is_new(story_id: str, marks: Mapping[str, str], before: Mapping[str, str]) -> bool:
    name = f"{story_id}.html"
    return before.get(name) != marks[name]


def _write_pages(
    story_ids: Sequence[str], channel: Channel, rules: Rules, store: Store, now: datetime
) -> _Batch:
    files: dict[str, bytes] = {}
    not_rendered: dict[str, str] = {}
    for story in _view_stories(story_ids, rules, store, now):
        try:
            files |= render_story(channel, story)
        except Exception as error:  # one story that cannot be rendered must not stop the others
            log.exception("render", story=story.id)
            not_rendered[story.id] = f"story {story.id}: not published, its last page stays: {error!r}"
    written = write_files(rules.feeds_dir, files) if files else Written()
    return _Batch(names=files.keys(), written=written, not_rendered=not_rendered)


def _sum_up(batches: Sequence[_Batch], marks: Mapping[str, str], kept: Collection[str]) -> StoryPages:
    """Return what all batches did; where files could not be written no mark tells what they show."""
    failed = {f"{story_id}.html" for batch in batches for story_id in batch.not_rendered}
    is_written = not any(batch.written.errors for batch in batches)
    return StoryPages(
        changed=tuple(name for batch in batches for name in batch.written.changed),
        unchanged=sum(batch.written.unchanged for batch in batches),
        errors=tuple(e for b in batches for e in (*b.not_rendered.values(), *b.written.errors)),
        marks={page: mark for page, mark in marks.items() if is_written and page not in failed},
        names=frozenset((*kept, *(name for batch in batches for name in batch.names))),
    )


def _view_stories(story_ids: Sequence[str], rules: Rules, store: Store, now: datetime) -> Iterator[StoryView]:
    """Yield these stories as their pages show them."""
    stories = read_stories(
        story_ids, {}, store, is_left_out=lambda article: waits_for_page(article, rules, now)
    )
    public = make_public(stories.articles.values(), rules=rules, store=store).articles
    for story_id in story_ids:
        articles = stories.published(story_id)
        story = view_story(stories, story_id, [a for a in articles if not a.is_backlog] or articles)
        if story:
            yield change_articles(story, lambda article: public[article.id])
