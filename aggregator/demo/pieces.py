"""The records of the newsroom: its publishers, and what they have out at one moment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

PICTURE_WIDTH = 800
PICTURE_HEIGHT = 450


@dataclass(frozen=True, kw_only=True, slots=True)
class Publisher:
    """One fictional publisher with a host of its own.

    ``feed``, ``page``, ``amp``  paths; ``{slug}``, ``{number}`` and ``{date}`` are filled in per piece;
                                 None: it has no AMP pages
    ``picture``                  where its feed shows pictures: ``page`` is on the article's page only
    ``moves_at_s``               when its feed answers 301 to ``moves_to``, in seconds after the start
    ``dies_at_s``                when its feed answers 410; its front page names ``moves_to``, if any, then
    ``throttles``                whether its feed answers 429 at times
    ``shuns_robots``             whether its robots.txt closes its pages
    ``guids_change``             whether its feed has other guids on every visit
    """

    id: str
    name: str
    motto: str
    style: Literal["rss", "atom", "xhtml", "json", "rdf", "broken"]
    feed: str
    page: str
    colour: str
    accent: str
    picture: str
    amp: str | None = None
    amp_is_wrong: bool = False
    guid: Literal["link", "number", "urn"] = "link"
    guids_change: bool = False
    has_tracking: bool = False
    throttles: bool = False
    shuns_robots: bool = False
    moves_at_s: float | None = None
    moves_to: str | None = None
    dies_at_s: float | None = None
    staff: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host name; ``*.localhost`` is always this machine (RFC 6761, section 6.3)."""
        return f"{self.id}.localhost"

    def feed_at(self, elapsed_s: float) -> str:
        """Return the path of the feed that its front page names so long after the start."""
        is_dead = self.dies_at_s is not None and elapsed_s >= self.dies_at_s
        return self.moves_to if is_dead and self.moves_to else self.feed


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """An edit of a piece, ``after_s`` seconds after it came out; None leaves a text as it was."""

    after_s: float
    title: str | None = None
    excerpt: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One article of one publisher, as it stands at one moment.

    ``at_s``, ``changed_s``  when it came out and was last edited, in seconds after the start
    ``event``                names what it is about, the same at every publisher that covers it
    ``slug``, ``number``     stand in its address; both stay when its title is edited
    ``picture``              as for publishers; ``default`` is one picture for many pieces
    ``credit``               the id of the agency that the text is from
    ``video``                the id of the video that it is
    ``pick``                 the piece of another publisher that it merely links to
    ``gone_at_s``            when its publisher takes it out of the feed, and its page answers 410
    """

    publisher: str
    event: str
    slug: str
    number: int
    at_s: float
    changed_s: float
    title: str
    excerpt: str
    body: str
    topic: str
    picture: str
    place: str | None = None
    author: str | None = None
    credit: str | None = None
    video: str | None = None
    pick: "Piece | None" = None
    gone_at_s: float | None = None
    changes: tuple[Change, ...] = field(default=(), repr=False)

    def is_out(self, elapsed_s: float) -> bool:
        """Tell whether its publisher shows it so long after the start."""
        return self.at_s <= elapsed_s and not self.is_gone(elapsed_s)

    def is_gone(self, elapsed_s: float) -> bool:
        """Tell whether its publisher has taken it out by then."""
        return self.gone_at_s is not None and elapsed_s >= self.gone_at_s


def content(name: str) -> Any:
    """Return the JSON document ``name`` of the newsroom's content."""
    return json.loads(files("aggregator.demo").joinpath("content", name).read_text(encoding="utf-8"))


@cache
def publishers() -> Mapping[str, Publisher]:
    """Return every publisher by its id."""
    rows = content("publishers.json")
    return {row["id"]: Publisher(**{**row, "staff": tuple(row["staff"])}) for row in rows}
