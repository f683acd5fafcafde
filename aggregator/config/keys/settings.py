"""The keys of ``settings.yaml``, each with its default, its unit in its name, and its meaning."""

import re
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from aggregator.config.keys.alert_keys import AlertKeys
from aggregator.config.keys.database_address import SQLITE, Database
from aggregator.config.keys.fetch_keys import FetchKeys, PollingKeys
from aggregator.config.keys.fields import (
    Allowed,
    BaseAddress,
    Flag,
    Folder,
    HeaderText,
    KeyGroup,
    Language,
    Number,
    Text,
    Whole,
    refuse_key,
)
from aggregator.config.keys.server_keys import ServerKeys, WebSubKeys, WorkerKeys
from aggregator.config.keys.story_keys import StoriesKeys
from aggregator.config.keys.target_address import Endpoint, Target

UNTITLED = "Untitled site"
DATABASE_NAME = "aggregator.db"
"""The store in ``storage.data_dir``, where no other database is configured."""
_PRODUCT = re.compile(r"[A-Za-z][A-Za-z_-]*(?=[/ ]|$)")


Contact = Annotated[HeaderText, Allowed('an address or e-mail in ASCII, or "" for base_url')]


class SiteKeys(KeyGroup):
    """``site``: what the published tree says of itself."""

    title: Text = Field(
        default="", description="The name of the site; without one, the host of base_url stands for it."
    )
    base_url: BaseAddress = Field(
        default="http://127.0.0.1:8080",
        description="Where readers reach the published tree; feeds and pages build their addresses on it.",
    )
    locale: Language = Field(default="en-us", description="The language of the site and its feeds.")
    contact: Contact = Field(
        default="",
        description="Where publishers can reach you; it stands in the User-Agent of every request.",
    )
    show_story_truth: Flag = Field(
        default=False,
        description="Whether pages of topics tell how often stories are right, by answers to `stories ask`.",
    )
    apply_at_once: Flag = Field(
        default=False,
        description="Whether changes that empty a feed, or take out a third, do without `aggregator apply`.",
    )


class StorageKeys(KeyGroup):
    """``storage``: where things are kept; relative folders start beside the configuration's."""

    data_dir: Folder = Field(default="data", description="The folder of the database.")
    feeds_dir: Folder = Field(default="feeds", description="The folder of the published tree.")
    database: Database = Field(
        default="", repr=False, description="The database; ${NAME} in it is taken from the environment."
    )


class PublishKeys(KeyGroup):
    """``publish``: what stands in the published feeds, and for how long."""

    window_days: Whole = Field(
        default=7, ge=1, le=3_650, description="Days that an article stays in its feeds."
    )
    min_items: Whole = Field(
        default=20,
        ge=0,
        le=10_000,
        description="Items that a feed keeps even where they are older than the window.",
    )
    max_items: Whole = Field(default=500, ge=1, le=10_000, description="Items in a feed at the most.")
    retention_days: Whole = Field(
        default=90, ge=1, le=36_500, description="Days that articles are stored; their ids are kept for ever."
    )
    keep_removed_days: Whole = Field(
        default=7,
        ge=0,
        le=365,
        description="Days that the feeds of a removed topic stay, no longer updated and with a note.",
    )
    records: Flag = Field(
        default=False,
        description="Whether every article is also written as a record, and published ones as pages of JSON.",
    )
    noindex: Flag = Field(
        default=True,
        description="Whether articles are published whose pages ask search engines not to list them.",
    )
    disappeared: Annotated[Literal["propose", "withdraw", "ignore"], Allowed("propose, withdraw, ignore")] = (
        Field(
            default="propose",
            description="What is done about articles that disappear at their source.",
        )
    )
    compressed: Flag = Field(
        default=False,
        description="Whether texts have copies in gzip and brotli beside them, for servers that send these.",
    )
    target: Target = Field(
        default="", description="Where the published tree is uploaded to, besides being kept in feeds_dir."
    )
    target_endpoint: Endpoint = Field(
        default="", description="Where the object store of target answers; else what AWS_ENDPOINT_URL says."
    )

    @model_validator(mode="after")
    def _order_limits(self) -> Self:
        if self.min_items > self.max_items:
            raise refuse_key(
                "min_items", f"{self.min_items} is more than max_items, allowed: up to {self.max_items}"
            )
        if self.retention_days < self.window_days:
            raise refuse_key(
                "retention_days",
                f"{self.retention_days} is less than window_days, allowed: {self.window_days} or more",
            )
        return self


class PictureKeys(KeyGroup):
    """``images``: the pictures of articles, and the logos of their publishers."""

    sizes: Flag = Field(
        default=True,
        description="Whether sizes that sources do not state are read; no picture is published without.",
    )
    logos: Flag = Field(
        default=True, description="Whether publishers' logos are looked for and kept in the published tree."
    )
    cache: Flag = Field(
        default=False, description="Whether pictures are made anew and kept in the published tree."
    )
    max_mib: Whole = Field(
        default=500, ge=1, le=1_048_576, description="Mebibytes that the kept pictures may take together."
    )
    max_pixels: Whole = Field(
        default=40_000_000,
        ge=10_000,
        le=80_000_000,
        description="Pixels of one picture; one of more is not decoded and not shown.",
    )
    max_bytes: Whole = Field(
        default=10_485_760, ge=1_024, le=104_857_600, description="Bytes of one picture's or logo's file."
    )
    max_side: Whole = Field(
        default=1_600, ge=100, le=10_000, description="Pixels of a kept picture's longer side."
    )


class EnrichKeys(KeyGroup):
    """``enrich``: what is looked up on the pages of articles."""

    pages: Flag = Field(
        default=False,
        description="Whether the page of each new article is read, for what the feed lacks and for AMP.",
    )
    wait_s: Number = Field(
        default=120,
        ge=0,
        le=86_400,
        description="Seconds that an article waits for its page, at the most, before it is published.",
    )
    concurrency: Whole = Field(default=8, ge=1, le=1_000, description="Pages fetched at the same time.")
    host_delay_s: Number = Field(
        default=1, ge=0, le=3_600, description="Seconds between two pages of one host, at the least."
    )
    max_page_bytes: Whole = Field(
        default=3_145_728, ge=1_024, le=104_857_600, description="Bytes of one page after decompression."
    )


class HeatKeys(KeyGroup):
    """``heat``: how attention to an article fades."""

    half_life_h: Number = Field(
        default=48, ge=0.1, le=87_600, description="Hours in which heat falls to one half."
    )


def _resolve_database(address: str, base: Path) -> str:
    path = address.removeprefix(SQLITE)
    return address if path in {"", ":memory:", address} else f"{SQLITE}{base / path}"


def _replace_none(value: object) -> object:
    return {} if value is None else value


# A section whose keys are all commented out reads as null.
_Section = (BeforeValidator(_replace_none), Allowed("a mapping of keys"))


class Settings(KeyGroup):
    """All settings; every key has a default."""

    site: Annotated[SiteKeys, *_Section] = SiteKeys()
    storage: Annotated[StorageKeys, *_Section] = StorageKeys()
    fetch: Annotated[FetchKeys, *_Section] = FetchKeys()
    polling: Annotated[PollingKeys, *_Section] = PollingKeys()
    publish: Annotated[PublishKeys, *_Section] = PublishKeys()
    images: Annotated[PictureKeys, *_Section] = PictureKeys()
    enrich: Annotated[EnrichKeys, *_Section] = EnrichKeys()
    stories: Annotated[StoriesKeys, *_Section] = StoriesKeys()
    heat: Annotated[HeatKeys, *_Section] = HeatKeys()
    server: Annotated[ServerKeys, *_Section] = ServerKeys()
    websub: Annotated[WebSubKeys, *_Section] = WebSubKeys()
    workers: Annotated[WorkerKeys, *_Section] = WorkerKeys()
    alerts: Annotated[AlertKeys, *_Section] = AlertKeys()

    @property
    def site_title(self) -> str:
        """The name of the site; where none is set, the public host that it has, or that it has none."""
        host = urlsplit(self.site.base_url).hostname or ""
        is_public = "." in host and not host.replace(".", "").isdigit() and ":" not in host
        return self.site.title or (host if is_public else UNTITLED)

    @property
    def database_url(self) -> str:
        """The database's address; SQLite in ``storage.data_dir`` where none is configured."""
        return self.storage.database or f"sqlite:///{self.storage.data_dir}/{DATABASE_NAME}"

    def resolve_folders(self, base: Path) -> "Settings":
        """Return the settings with their relative folders below ``base``.

        Where the process runs in ``base`` already, they stay as they are written.
        """
        if base == Path.cwd():
            return self
        storage = self.storage.model_copy(
            update={
                "data_dir": str(base / self.storage.data_dir),
                "feeds_dir": str(base / self.storage.feeds_dir),
                "database": _resolve_database(self.storage.database, base),
            }
        )
        return self.model_copy(update={"storage": storage})

    @property
    def user_agent(self) -> str:
        """What requests call themselves: as configured, or software, version and contact."""
        contact = self.site.contact or self.site.base_url
        return self.fetch.user_agent or f"aggregator/{version('aggregator')} (+{contact})"

    @property
    def robot(self) -> str:
        """The name that robots.txt and pages are read for: the product that requests call themselves.

        A browser's, which stands before many a robot's own, is no such name.
        """
        name = _PRODUCT.match(self.fetch.user_agent)
        return name[0] if name and name[0].lower() != "mozilla" else "aggregator"

    @property
    def asked_as(self) -> str:
        """How requests look, by the settings: once it differs, failing sources are tried again."""
        limits = ", ".join(f"{key}={value!r}" for key, value in self.fetch)
        return f"{self.user_agent} Fetch({limits})"  # as it stands in stores already
