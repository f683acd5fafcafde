"""The frozen records that stages hand to each other.

Times are aware UTC ``datetime`` and end in ``_at``; durations are ``timedelta``; sizes end in
``_bytes``. ``None`` always means "not stated"; an empty tuple means "none".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

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
class Asks:
    """How often a publisher wants its feed to be asked for; None where it says nothing.

    ``ttl``         the document's ``ttl``
    ``period``      its ``sy:updatePeriod`` divided by its ``sy:updateFrequency``
    ``fresh``       how long its last answer is fresh, by its HTTP headers
    ``skip_hours``  hours of the day, UTC, 0 to 23, in which it is not to be asked
    ``skip_days``   days of the week, UTC, Monday is 0, on which it is not to be asked
    """

    ttl: timedelta | None = None
    period: timedelta | None = None
    fresh: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFeed:
    """A parsed document: what it says about itself, its entries in document order, what was odd."""

    format: Literal["rss", "atom", "json"]
    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    asks: Asks = Asks()
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
    enriched_at: datetime | None = None
    amp_checked_at: datetime | None = None
    imported: Mapping[str, object] | None = None

    @property
    def is_published(self) -> bool:
        """Whether the article is good enough to be published at all."""
        return self.quality >= PUBLISHED_QUALITY


Outcome = Literal["updated", "not_modified", "throttled", "failed", "gone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """What polling knows of a source; ``etag`` and ``last_modified`` exactly as received.

    ``redirect_url`` is where a permanent redirect points, since ``redirect_since_at``: a suggestion to
    the operator, never followed up silently. ``title`` and ``site_url`` are what the feed last said of
    itself.

    ``posts``     quarters of an hour since 1970 in which it published, and how many entries; oldest first
    ``asks``      how often its publisher wants it to be asked for
    ``throttles`` answers 429 in a row, or 503 with a Retry-After
    ``held_until_at`` until when a 429 holds back all sources of its service
    ``redirect_sightings`` polls in a row that were redirected there
    ``redirect_proved_at`` when the feed there was found to be the same; None: not yet
    ``proposed_url`` where the operator should move the source to, and ``proposed_why``
    ``failing_since_at`` the first of the failures in a row
    ``told_at`` when the operator was told that it is gone, or failing for long; None: it is not
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
    posts: tuple[tuple[int, int], ...] = ()
    asks: Asks = Asks()
    throttles: int = 0
    held_until_at: datetime | None = None
    redirect_sightings: int = 0
    redirect_proved_at: datetime | None = None
    proposed_url: str | None = None
    proposed_why: str | None = None
    failing_since_at: datetime | None = None
    told_at: datetime | None = None


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
    """

    sightings: tuple[Sighting, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[tuple[str, str], tuple[Article, ...]] = field(default_factory=dict)
    articles: Mapping[str, Article] = field(default_factory=dict)
    carriers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What one poll does to the store.

    ``inserted`` new articles, ``updated`` edited ones (whole rows, same ids), ``sightings`` to write
    or refresh, ``urls`` canonical URL -> article id to remember for ever. ``state`` is the source's state
    after them; None: as it was handed to the store.
    """

    inserted: tuple[Article, ...] = ()
    updated: tuple[Article, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    state: SourceState | None = None
