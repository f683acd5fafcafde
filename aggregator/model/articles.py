"""Articles, what sources say of them, and what a topic or a publisher is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from aggregator.model.limits import UNLIMITED, TopicLimits
from aggregator.model.states import Asks
from aggregator.model.wishes import NO_WISHES, Wishes

PUBLISHED_QUALITY = 70
"""An article is published exactly where its quality is at least this (the record's rule)."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture by address; ``width`` and ``height`` in pixels, None where unknown."""

    url: str
    width: int | None = None
    height: int | None = None
    title: str | None = None
    attribution: str | None = None
    is_cached: bool = False


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A file attached to an entry (RSS ``<enclosure>``, Atom ``rel=enclosure``, JSON attachment)."""

    url: str
    mime_type: str | None = None
    length_bytes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A subject we curate; ``id`` stands in addresses, ``parent`` is another topic's id.

    ``limits`` say what of its articles its feeds show, and when; they are no part of how articles are judged.
    """

    id: str
    name: str
    shortname: str | None = None
    parent: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    fold_accents: bool = False
    images: tuple[Image, ...] = ()
    limit: int | None = None
    quality_threshold: int | None = None
    limits: TopicLimits = field(default=UNLIMITED, repr=False)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A publisher, found by domain; ``name`` is empty only until it was resolved.

    ``is_reuse_granted`` says that it gave permission, whatever its pages say about reuse.
    """

    domain: str
    name: str = ""
    family: str | None = None
    weight: int = 0
    images: tuple[Image, ...] = ()
    amp_pattern: str | None = None
    is_reuse_granted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What a source says about one thing, parsed and unjudged.

    Addresses are as given (``link`` may be relative to ``base_url``, and so are pictures where the entry
    says that itself: ``has_own_base``; else they are relative to its page). ``*_html`` may hold markup;
    ``title_is_html`` False means that ``<`` in the title is a character. ``entry_id`` is opaque and
    unique only within its source. ``published_at`` and ``updated_at`` are what the source stated.
    ``permalink`` is an id that its source calls an address (RSS 2.0, isPermaLink), or that looks like one.
    """

    base_url: str
    has_own_base: bool = False
    entry_id: str | None = None
    link: str | None = None
    permalink: str | None = None
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


class DocumentProblem(NamedTuple):
    """What was odd about a document, and whether it may have cost entries."""

    text: str
    may_lose_entries: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFeed:
    """A parsed document: what it says about itself, its entries in document order, what was odd.

    ``hub_urls`` and ``self_url`` are what it announces to subscribers (W3C WebSub), as absolute addresses.
    ``deleted`` are the ids of entries that it says were deleted.
    """

    format: Literal["rss", "atom", "json", "sitemap"]
    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    asks: Asks = field(default_factory=Asks)
    entries: tuple[Entry, ...] = ()
    problems: tuple[DocumentProblem, ...] = ()
    hub_urls: tuple[str, ...] = ()
    self_url: str | None = None
    deleted: tuple[str, ...] = ()


class CorrectionNote(NamedTuple):
    """A note of an editor that corrects an article, and when it was made."""

    at: datetime
    note: str


@dataclass(frozen=True, kw_only=True)
class Article:
    """Our normalised record of one article; without slots, for ``revise``.

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
    ``is_quarantined`` it waits for the operator's review, and is not published before
    ``amp_link``      what the source says is its AMP page, unproved and never shown
    ``enriched_at``   when its page was read, or given up on; None: not yet
    ``amp_checked_at`` when its AMP page was last proved, or found to be none; None: not yet
    ``wishes``        what its page says about reuse
    ``judge_again_at`` when time alone may change what an editor's rule makes of it; None: never
    ``imported``      the record it was imported from, as it was read; None: it came from a source
    ``release_at``    when it was accepted, or is let in as its source brought too many; None: at once
    ``withdrawn_at``  when its publisher was found to have withdrawn it; None: it did not, or that was refused
    ``corrections``   those of editors that it is published with; they are decided, never stored with it
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
    is_quarantined: bool = False
    enriched_at: datetime | None = None
    amp_checked_at: datetime | None = None
    wishes: Wishes = NO_WISHES
    judge_again_at: datetime | None = None
    imported: Mapping[str, object] | None = None
    release_at: datetime | None = None
    withdrawn_at: datetime | None = None
    corrections: tuple[CorrectionNote, ...] = ()

    @property
    def is_published(self) -> bool:
        """Whether the article is good enough to be published at all, and not quarantined."""
        return self.quality >= PUBLISHED_QUALITY and not self.is_quarantined
