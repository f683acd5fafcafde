"""Sources, how their polls went, and what a poll changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from aggregator.model.articles import Article
from aggregator.model.states import SourceState

WATCHED_ENTRIES = 3
"""Fewer new entries than this at once say nothing about whether a source is still itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """An input feed as the operator configured it; ``headers`` have their ``${NAME}`` filled in."""

    id: str
    url: str
    kind: Literal["feed", "sitemap"] = "feed"
    name: str | None = None
    provider: str | None = None
    topics: tuple[str, ...] = ()
    assign: bool = False
    weight: int = 0
    language: str | None = None
    enabled: bool = True
    page: bool = True
    min_interval: timedelta | None = None
    max_interval: timedelta | None = None
    max_per_hour: int | None = None
    disappeared: Literal["propose", "withdraw", "ignore"] | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """That a source carries an article: the entry as it last stood there.

    One row per source and article. ``title_key`` is ``text.title_key`` of the title; ``digest``
    tells whether the entry changed since; ``moved_at`` when its addresses last did and nothing else.
    """

    source_id: str
    article_id: str
    entry_id: str | None = None
    canonical_url: str | None = None
    title_key: str = ""
    stated_at: datetime | None = None
    digest: str = ""
    first_seen_at: datetime | None = None
    moved_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the store already knows that could be the same as the articles of one poll.

    ``sightings``  of this source: of the poll's entry ids, and of its articles' own ids
    ``urls``       canonical URL -> article id, also of articles that were pruned
    ``titles``     (provider domain, title key) -> articles of that title there, newest first
    ``articles``   by id, those of the above that are still stored
    ``carriers``   article id -> ids of the sources that carry it, for the ``articles``
    ``recent``     the newest articles that this source showed first, without quarantined ones; none where
                   next to nothing of the poll is new, for then there is nothing to compare them with
    ``is_quarantined`` whether what is new from this source is quarantined
    """

    sightings: tuple[Sighting, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[tuple[str, str], tuple[Article, ...]] = field(default_factory=dict)
    articles: Mapping[str, Article] = field(default_factory=dict)
    carriers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recent: tuple[Article, ...] = ()
    is_quarantined: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """An entry that was judged to be a known article by likeness; ``because`` says why."""

    article_id: str
    title: str
    url: str | None
    article_url: str | None
    because: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What one poll does to the store.

    ``inserted`` new articles, ``updated`` edited ones (whole rows, same ids), ``sightings`` to write
    or refresh, ``urls`` canonical URL -> article id to remember for ever. ``state`` is the source's, where
    what came in says more about it than was known before; ``quarantined_because`` says why what is new is
    quarantined from now on, None where nothing changes about that. ``joined`` are entries that were
    judged to be a known article by likeness for the first time. ``needs_all`` says that nothing is to be
    written, since it depends on entries that were left out.
    """

    inserted: tuple[Article, ...] = ()
    updated: tuple[Article, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    state: SourceState | None = None
    quarantined_because: str | None = None
    joined: tuple[Joined, ...] = ()
    needs_all: bool = False
