"""The tree's pages: an index of the topics, a page of each topic with its items, and one of each story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from aggregator.publish.channel import ICON, Channel, SiteDescription
from aggregator.publish.feed_formats import FEED_FORMATS
from aggregator.publish.frame import FRAMES_KEPT, Frame, cut_items
from aggregator.publish.item import Item
from aggregator.publish.languages import is_right_to_left
from aggregator.publish.notice_place import NoticePlace
from aggregator.publish.opml import OPML_FILE, OPML_TYPE
from aggregator.publish.text_forms import format_day, format_line
from aggregator.text import format_time

_ASSETS = {"assets/style.css": "style.css", ICON: "icon.png", "favicon.ico": "favicon.ico"}
_ROOT = "../"
_START = b'<main id="main">\n'
_ITEM = b"<article "
_TAIL = b"</main>\n"
SITE_FILES = ("index.html", OPML_FILE, *_ASSETS)
"""The files that belong to no topic and no story."""
TOPIC_PAGE_NOTICE = NoticePlace(
    above=rb"\n", below=rb"</header>\n<main", before=b'<p class="about" role="status">', after=b"</p>\n"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Branch:
    """A topic in the index, with its narrower topics below it."""

    channel: Channel
    children: tuple["_Branch", ...]


@lru_cache(FRAMES_KEPT)
def render_topic_frame(channel: Channel) -> Frame:
    """Return the frame of the topic's page in HTML, which offers its feeds."""
    document = _render_page("topic.html", channel.site, root=_ROOT, channel=channel)
    head, start, main = document.partition(_START)
    tail = main[main.index(_TAIL) :]
    return Frame(head=head + start, tail=tail, without_items=document)


def render_topic_items(channel: Channel, items: Sequence[Item]) -> list[bytes]:
    """Return each of the items as the topic's page has it."""
    page = (
        load_templates()
        .get_template("items.html")
        .render(
            root=_ROOT, shown_topic_id=channel.topic_id, publisher_icons=channel.publisher_icons, items=items
        )
    )
    return cut_items(page.encode(), _ITEM, b"")


def render_story_page(channel: Channel, item: Item) -> bytes:
    """Return a story's page in HTML: its lead, all others that cover the event, and related articles."""
    return _render_page("story.html", channel.site, root=_ROOT, channel=channel, item=item)


def render_moved_page(channel: Channel, story_id: str, url: str) -> bytes:
    """Return a page in HTML that leads to the page at ``url`` of the story that another became part of."""
    return _render_page("moved.html", channel.site, root=_ROOT, channel=channel, story_id=story_id, url=url)


class WithdrawnArticle(NamedTuple):
    """What a page says of an article that was withdrawn ``at`` a time; ``reason`` None: none is given."""

    title: str
    reason: str | None
    at: datetime


def render_withdrawn_page(channel: Channel, articles: Sequence[WithdrawnArticle]) -> bytes:
    """Return a page in HTML that says of each article of a story when it was withdrawn, and why."""
    told = [
        one._replace(title=format_line(one.title) or "Withdrawn", reason=format_line(one.reason))
        for one in articles
    ]
    title = told[0].title if len(told) == 1 else "All of this story was withdrawn"
    return _render_page(
        "withdrawn.html", channel.site, root=_ROOT, channel=channel, title=title, articles=told
    )


def render_index(site: SiteDescription, channels: Sequence[Channel], truth: str = "") -> bytes:
    """Return the front page in HTML: the topics in their order, narrower ones below their parents.

    ``truth`` is what it tells of how often stories are right, "" for nothing.
    """
    title = format_line(site.title) or site.base_url
    return _render_page(
        "index.html",
        site,
        root="",
        title=title,
        channels=channels,
        branches=_build_branches(channels),
        truth=truth,
    )


def render_assets() -> dict[str, bytes]:
    """Return the files that all pages share, by name below the tree's root."""
    folder = files("aggregator.publish").joinpath("templates")
    return {name: folder.joinpath(file).read_bytes() for name, file in _ASSETS.items()}


def _render_page(template: str, site: SiteDescription, **values: object) -> bytes:
    html = (
        load_templates()
        .get_template(template)
        .render(site=site, direction="rtl" if is_right_to_left(site.language) else "ltr", **values)
    )
    return f"{html}\n".encode()


def make_templates(package: str) -> Environment:
    """Return the templates of a package, which escape whatever is put into them."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def load_templates() -> Environment:
    """Return the templates of pages."""
    environment = make_templates("aggregator.publish")
    environment.globals |= {"feed_formats": FEED_FORMATS, "opml_file": OPML_FILE, "opml_type": OPML_TYPE}
    environment.filters |= {"moment": format_time, "day": format_day}
    return environment


def _build_branches(channels: Sequence[Channel]) -> tuple[_Branch, ...]:
    """Return each topic below its parent; one whose parent is missing, or below itself, stands at the top."""
    known = {channel.topic_id: channel for channel in channels}
    below: dict[str | None, list[Channel]] = {}
    for channel in channels:
        parent = channel.parent if _is_rooted(channel, known) else None
        below.setdefault(parent if parent in known else None, []).append(channel)
    return _grow_branches(None, below)


def _is_rooted(channel: Channel, known: Mapping[str, Channel]) -> bool:
    """Tell whether the parents of a topic end, instead of running in a circle."""
    seen, above = {channel.topic_id}, channel.parent
    while above in known and above is not None:
        if above in seen:
            return False
        seen.add(above)
        above = known[above].parent
    return True


def _grow_branches(parent: str | None, below: Mapping[str | None, Sequence[Channel]]) -> tuple[_Branch, ...]:
    return tuple(
        _Branch(channel=channel, children=_grow_branches(channel.topic_id, below))
        for channel in below.get(parent, ())
    )
