"""What the feeds of a topic say of themselves, and the addresses that follow from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from aggregator.model import Image
from aggregator.publish.text_forms import format_line
from aggregator.urls import absolute_url

ICON = "assets/icon.png"
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteDescription:
    """What the published tree says of itself; ``base_url`` without a slash at its end.

    ``contact`` is an e-mail address or an address on the web, None where the operator gives none. ``hubs``
    are the addresses of those that are told at once when a feed changes (W3C WebSub).
    """

    title: str
    base_url: str
    locale: str
    contact: str | None = None
    hubs: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """Return the locale as a language tag (BCP 47)."""
        return self.locale.replace("_", "-")

    @property
    def icon_url(self) -> str:
        """Return the address of the small square picture that stands for the site."""
        return f"{self.base_url}/{ICON}"

    @property
    def email(self) -> str | None:
        """Return the contact where it is an e-mail address, None where it is none."""
        return self.contact if self.contact and _EMAIL.fullmatch(self.contact) else None

    @property
    def contact_url(self) -> str | None:
        """Return the contact as an address to link to, None where it is neither e-mail nor web address."""
        return f"mailto:{self.email}" if self.email else absolute_url("", self.contact)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tombstone:
    """An item that was taken out of a feed, by the id that it had there, and what readers are told."""

    id: str
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLink:
    """The address of a feed, and its media type without parameters."""

    url: str
    media_type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """One topic's feeds: ``parent`` is another topic's id, for the index.

    ``topic_names`` has the names of all topics by id: those that items may be filed under.
    ``publisher_icons`` has by provider domain the file below the tree's root that pages show beside its name.
    ``truth`` is what its page tells of how often stories are right, "" for nothing. ``deleted`` are the items
    that were taken out of the feed, the newest first.
    """

    site: SiteDescription
    topic_id: str
    name: str
    description: str | None = None
    parent: str | None = None
    topic_names: Mapping[str, str] = field(default_factory=dict, hash=False)
    images: tuple[Image, ...] = ()
    publisher_icons: Mapping[str, str] = field(default_factory=dict, hash=False)
    truth: str = ""
    deleted: tuple[Tombstone, ...] = ()

    @property
    def page_url(self) -> str:
        """Return the address of the topic's page."""
        return f"{self.site.base_url}/{self.topic_id}/"

    @property
    def feed_id(self) -> str:
        """Return the permanent id of the topic's articles feed, the same at each of its addresses."""
        return uuid5(NAMESPACE_URL, f"{self.site.base_url}/{self.topic_id}/articles").urn

    @property
    def label(self) -> str:
        """Return the topic's name as it is shown."""
        return format_line(self.name) or self.topic_id

    @property
    def heading(self) -> str:
        """Return the topic's name on the site's own pages, where the site's needs no repeating."""
        return "All topics" if self.label == self.site_title else self.label

    @property
    def site_title(self) -> str:
        """Return the site's title as it is shown."""
        return format_line(self.site.title) or self.site.base_url

    @property
    def title(self) -> str:
        """Return the feed's title: the topic's name with the site's, where they differ."""
        return " – ".join(dict.fromkeys((self.label, self.site_title)))

    @property
    def summary(self) -> str:
        """Return the topic's description, or a sentence in its place (RSS demands one)."""
        return format_line(self.description) or f"Articles from many publishers: {self.title}"
