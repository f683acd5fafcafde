"""The pages of stories: of every story that several articles told, whether it is in a feed or not."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import structlog

from aggregator.pipeline.page_wait import waits_for_page
from aggregator.pipeline.publish.public_article import as_shown
from aggregator.pipeline.publish.story_views import as_told, read_stories, told
from aggregator.publish.channel import Channel
from aggregator.publish.files import remove_files, write_files
from aggregator.publish.leftovers import left_story_pages
from aggregator.publish.story_view import Told
from aggregator.publish.tree import render_moved, render_story
from aggregator.publish.tree_paths import STORIES
from aggregator.rules import Rules
from aggregator.store import Store, read_story_aliases, read_story_states

AT_ONCE = 200
log = structlog.get_logger()


@dataclass(slots=True)
class PagesWritten:
    """What writing stories' pages did: files ``changed`` and ``unchanged``, and a line an error.

    ``marks`` tell by page what it shows, ``names`` are the files of all pages there are by now.
    """

    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    errors: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


def publish_story_pages(
    channel: Channel,
    *,
    rules: Rules,
    store: Store,
    now: datetime,
    again: Collection[str] = (),
    written: Mapping[str, str] = MappingProxyType({}),
    standing: Collection[str] = (),
) -> PagesWritten:
    """Write the page of every story that ever had several articles, and lead the ids it took in there.

    ``written`` are the marks of the time before: pages that show the same are left, but for those of the
    stories in ``again``. ``standing`` are the files that there were then. Pages of stories without articles
    are removed.
    """
    folder = rules.feeds_dir
    states = read_story_states(store)
    moved = {gone: to for gone, to in read_story_aliases(store).items() if to in states}
    of_site = _digest(channel)
    marks = {f"{id_}.html": f"{of_site} {state}" for id_, state in (states | moved).items()}
    due = [id_ for id_ in sorted(states) if id_ in again or _is_new(id_, marks, written)]
    aliases = {gone: to for gone, to in moved.items() if _is_new(gone, marks, written)}
    left = (states.keys() | moved.keys()).difference(due, aliases)
    done = PagesWritten(marks=marks, names={f"{STORIES}/{id_}.html" for id_ in left}.intersection(standing))
    for start in range(0, len(due), AT_ONCE):
        stories = tuple(_told(due[start : start + AT_ONCE], rules, store, now))
        _write(done, folder, _pages(stories, channel, done))
    _write(done, folder, render_moved(channel, aliases))
    remove_files(folder, left_story_pages(folder, states.keys() | moved.keys()))
    return done


def _is_new(story_id: str, marks: Mapping[str, str], written: Mapping[str, str]) -> bool:
    name = f"{story_id}.html"
    return written.get(name) != marks[name]


def _digest(channel: Channel) -> str:
    return hashlib.blake2b(repr(channel).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _write(done: PagesWritten, folder: Path, files: Mapping[str, bytes]) -> None:
    if not files:
        return
    written = write_files(folder, files)
    done.names |= files.keys()
    done.changed.extend(written.changed)
    done.unchanged += written.unchanged
    done.errors.extend(written.errors)
    if written.errors:
        done.marks.clear()


def _told(story_ids: Sequence[str], rules: Rules, store: Store, now: datetime) -> Iterator[Told]:
    """These stories as their pages show them."""
    stories = read_stories(
        story_ids, {}, store, is_left_out=lambda article: waits_for_page(article, rules, now)
    )
    shown = as_shown(stories.articles.values(), rules=rules, store=store).articles
    for story_id in story_ids:
        articles = stories.published(story_id)
        story = told(stories, story_id, [a for a in articles if not a.is_backlog] or articles)
        if story:
            yield as_told(story, lambda article: shown[article.id])


def _pages(stories: Sequence[Told], channel: Channel, done: PagesWritten) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for story in stories:
        try:
            files |= render_story(channel, story)
        except Exception as error:  # one story that cannot be rendered must not stop the others
            log.exception("render", story=story.id)
            done.marks.pop(f"{story.id}.html", None)
            done.errors.append(f"story {story.id}: not published, its last page stays: {error!r}")
    return files
