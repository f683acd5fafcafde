"""The frozen records that stages hand to each other.

Times are aware UTC ``datetime`` and end in ``_at``; durations are ``timedelta``; sizes end in
``_bytes``. ``None`` always means "not stated"; an empty tuple means "none".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

WATCHED_ENTRIES = 3
"""Fewer new entries than this at once say nothing about whether a source is still itself."""

PUBLISHED_QUALITY = 70
"""An article is published exactly where its quality is at least this (the record's rule)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A picture by address; ``width`` and ``height`` in pixels, None where unknown."""

    url: str
    width: int | None = None
    height: int | None = None
    title: str | None = None
    attribution: str | None = None
    is_cached: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A file attached to an entry (RSS ``<enclosure>``, Atom ``rel=enclosure``, JSON attachment)."""

    url: str
    mime_type: str | None = None
    length_bytes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """An input feed as the operator configured it; ``headers`` have their ``${NAME}`` filled in."""

    id: str
    url: str
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
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A subject we curate; ``id`` stands in addresses, ``parent`` is another topic's id."""

    id: str
    name: str
    shortname: str | None = None
    parent: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    limit: int | None = None
    quality_threshold: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """A publisher, found by domain; ``name`` is empty only until it was resolved."""

    domain: str
    name: str = ""
    family: str | None = None
    weight: int = 0
    images: tuple[Image, ...] = ()
    amp_pattern: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What a source says about one thing, parsed and unjudged.

    Addresses are as given (``link`` may be relative to ``base_url``). ``*_html`` may hold markup;
    ``title_is_html`` False means that ``<`` in the title is a character. ``entry_id`` is opaque and
    unique only within its source. ``published_at`` and ``updated_at`` are what the source stated.
    """

    base_url: str
    entry_id: str | None = None
    link: str | None = None
    original_link: str | None = None
    amp_link: str | None = None
    title: str | None = None
    title_is_html: bool = True
    summary_html: str | None = None
    content_html: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    embed_html: str | None = None
    is_video: bool = False
    origin_title: str | None = None
    origin_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFeed:
    """A parsed document: what it says about itself, its entries in document order, what was odd."""

    format: Literal["rss", "atom", "json"]
    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """Our normalised record of one article.

    ``id``            UUIDv5 of ``canonical_url`` at first sight (of source and entry id without one)
    ``canonical_url`` the address that tells articles apart, never shown; None: known by its id only
    ``stated_at``     the publication date the source stated, None where missing or absurd
    ``published_at``  ``stated_at``, or the time first seen; fixed at first sight
    ``updated_at``    when what a reader sees last changed; at first when it was published
    ``topics``        topic ids, the narrower before its parents
    ``heat``          -1 where out of play; computed when publishing
    ``origins``       field name -> where its value came from (``entry``, ``page``, ``config`` ...)
    ``credit``        who the text is credited to where that is not the provider (RSS ``<source>``)
    ``is_backlog``    it was already old when a source that we knew first showed it
    ``is_held``       it waits for the operator's review, and is not published before
    ``amp_link``      what the source says is its AMP page, unproved and never shown
    ``enriched_at``   when its page was read, or given up on; None: not yet
    ``amp_checked_at`` when its AMP page was last proved, or found to be none; None: not yet
    ``imported``      the record it was imported from, as it was read; None: it came from a source
    """

    id: str
    source_id: str
    provider: Provider
    title: str
    published_at: datetime
    first_seen_at: datetime
    updated_at: datetime
    entry_id: str | None = None
    canonical_url: str | None = None
    stated_at: datetime | None = None
    excerpt: str | None = None
    original_url: str | None = None
    web_url: str | None = None
    amp_url: str | None = None
    amp_link: str | None = None
    cdn_amp_url: str | None = None
    type: Literal["article", "video"] = "article"
    featured_content: str | None = None
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    authors: tuple[str, ...] = ()
    language: str | None = None
    topics: tuple[str, ...] = ()
    quality: int = 0
    quality_parts: Mapping[str, int] = field(default_factory=dict)
    heat: int = -1
    origins: Mapping[str, str] = field(default_factory=dict)
    credit: str | None = None
    is_backlog: bool = False
    is_held: bool = False
    enriched_at: datetime | None = None
    amp_checked_at: datetime | None = None
    imported: Mapping[str, object] | None = None

    @property
    def is_published(self) -> bool:
        """Whether the article is good enough to be published at all, and not held."""
        return self.quality >= PUBLISHED_QUALITY and not self.is_held


Outcome = Literal["updated", "not_modified", "throttled", "failed", "gone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """What polling knows of a source; ``etag`` and ``last_modified`` exactly as received.

    ``next_poll_at`` None means never again (gone). ``redirect_url`` is where a permanent redirect
    points, since ``redirect_since_at``: a suggestion to the operator, never followed up silently.
    ``title`` and ``site_url`` are what the feed last said of itself. ``whole_at`` is when it last answered
    with a whole document, ``unread_polls`` how many answers 304 came since. ``has_frozen_validators`` tells
    that its validators stay the same whatever it publishes. Since ``held_at`` what is new from it is held
    for the operator's review, for what ``held_because`` says; None: it is not.
    """

    source_id: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    outcome: Outcome | None = None
    error: str | None = None
    failures: int = 0
    polled_at: datetime | None = None
    first_polled_at: datetime | None = None
    next_poll_at: datetime | None = None
    redirect_url: str | None = None
    redirect_since_at: datetime | None = None
    title: str | None = None
    site_url: str | None = None
    whole_at: datetime | None = None
    unread_polls: int = 0
    has_frozen_validators: bool = False
    held_at: datetime | None = None
    held_because: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """That a source carries an article: the entry as it last stood there.

    One row per source and article. ``title_key`` is ``text.title_key`` of the title; ``digest``
    tells whether the entry changed since.
    """

    source_id: str
    article_id: str
    entry_id: str | None = None
    canonical_url: str | None = None
    title_key: str = ""
    stated_at: datetime | None = None
    digest: str = ""
    first_seen_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the store already knows that could be the same as the articles of one poll.

    ``sightings``  of this source: of the poll's entry ids, and of its articles' own ids
    ``urls``       canonical URL -> article id, also of articles that were pruned
    ``titles``     (provider domain, title key) -> articles of that title there, newest first
    ``articles``   by id, those of the above that are still stored
    ``carriers``   article id -> ids of the sources that carry it, for the ``articles``
    ``recent``     the newest articles that this source showed first, without those held; none where next
                   to nothing of the poll is new, for then there is nothing to compare them with
    ``is_held``    whether what is new from this source is held
    """

    sightings: tuple[Sighting, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[tuple[str, str], tuple[Article, ...]] = field(default_factory=dict)
    articles: Mapping[str, Article] = field(default_factory=dict)
    carriers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recent: tuple[Article, ...] = ()
    is_held: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What one poll does to the store.

    ``inserted`` new articles, ``updated`` edited ones (whole rows, same ids), ``sightings`` to write
    or refresh, ``urls`` canonical URL -> article id to remember for ever. ``state`` is the source's, where
    what came in says more about it than was known before; ``held_because`` says why what is new is held
    from now on, None where nothing changes about that.
    """

    inserted: tuple[Article, ...] = ()
    updated: tuple[Article, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    state: SourceState | None = None
    held_because: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """Articles on one event, as grouping keeps them; ``id`` is its first article's and never changes meaning.

    ``total`` is the sum of its articles' vectors, trimmed. ``founded`` and ``turn`` order stories by when
    they began and were last told of; ``checked`` articles were found to belong together. ``formed_at`` is
    when it last took in another story or was parted, None if never; ``last_at`` when its newest article was
    published.
    """

    id: str
    total: Mapping[str, float]
    has_excerpt: bool
    founded: int
    turn: int
    checked: int
    last_at: datetime
    formed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """That an article belongs to a story, and why: ``score`` and the ``shared`` terms of most weight.

    ``turn`` orders articles by when they were placed, which was at ``joined_at``. ``terms`` are those of
    title and excerpt, in ``language``; ``vector`` has the weights of the heaviest.
    """

    article_id: str
    story_id: str
    turn: int
    joined_at: datetime
    published_at: datetime
    provider: str
    quality: int
    language: str
    terms: tuple[str, ...]
    vector: Mapping[str, float]
    score: float
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Grouping:
    """What placing some articles changes: whole ``stories`` and ``members``, written anew.

    ``moved`` are pairs of article and story id; ``aliases`` of a story that is no more and the one it became
    part of; ``links`` of a story and a related one with their likeness. ``since_turn`` is what it builds on.
    """

    since_turn: int
    stories: tuple[Story, ...] = ()
    members: tuple[Member, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str, float], ...] = ()
