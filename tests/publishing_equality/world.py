"""A site without its network: a store, a published tree, a configuration that changes, and a clock."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aggregator.config import Config
from aggregator.config.keys.settings import Settings
from aggregator.model import Article, Provider, Source, Topic
from aggregator.model.curation import EditorRule
from aggregator.model.decisions import Decision
from aggregator.pipeline.context import Context
from aggregator.pipeline.site import Site
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from aggregator.rules import Rules
from aggregator.store import Store, open_store, read_article_batches, read_remembered_sources
from tests.builders import source, topic
from tests.empty_store import put_empty_store

BEGAN_AT = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
TOPICS = (
    topic("ai", name="AI", keywords=("artificial intelligence",)),
    topic("ml", name="Machine Learning", keywords=("machine learning",), parent="ai"),
    topic("vision", name="Vision", keywords=("computer vision",), parent="ml", limit=2),
    topic("robots", name="Robots", keywords=("robot",), quality_threshold=76),
)
SOURCES = (source("daily"), source("weekly"), source("wire", weight=4))
SETTINGS: dict[str, dict[str, Any]] = {
    "site": {"title": "The Site", "base_url": "https://feeds.example.org", "show_story_truth": True},
    "publish": {"min_items": 2, "max_items": 5},
    "enrich": {"pages": True},
    "images": {"cache": True},
}


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What the operator configured."""

    topics: tuple[Topic, ...] = TOPICS
    sources: tuple[Source, ...] = SOURCES
    providers: tuple[Provider, ...] = ()
    rules: tuple[EditorRule, ...] = ()
    settings: dict[str, dict[str, Any]] = field(default_factory=lambda: SETTINGS)
    decisions: tuple[Decision, ...] = ()

    def make_rules(self, store: Store, tree: Path) -> Rules:
        """Return the rules of the configuration for a tree in a folder."""
        return Rules.of(self.make_config(tree), read_remembered_sources(store))

    def make_config(self, tree: Path) -> Config:
        """Return the configuration for a tree in a folder."""
        sections = {**self.settings, "storage": {"feeds_dir": str(tree)}}
        return Config(
            folder=Path(),
            settings=Settings.model_validate(sections),
            sources=self.sources,
            topics=self.topics,
            providers=self.providers,
            rules=self.rules,
            decisions=self.decisions,
        )

    def set(self, section: str, **values: object) -> "Setup":
        """Return the setup with other values for keys of a section of the settings."""
        changed = {**self.settings.get(section, {}), **values}
        return replace(self, settings={**self.settings, section: changed})


class World:
    """The site in ``folder``, whose clock shows ``now``; its store is there, too, or the empty one at ``url``.

    It ``is_unsettled`` where something was killed or is in the way of a file, and it ``is_damaged`` where
    somebody else changed its files, since everything was published.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.database = folder / "aggregator.db"  # where the store is its own
        self.url = put_empty_store(self.database) if url is None else url
        self.tree = folder / "feeds"
        self.copies = folder / "copies"
        self.setup = Setup()
        self.now = BEGAN_AT
        self.is_unsettled = False
        self.is_damaged = False
        self.dated: dict[str, datetime] = {}
        """When the files of feeds said last that they were updated."""
        self._store: Store | None = None
        self.store.sync_sources(self.setup.sources, now=self.now)

    @property
    def store(self) -> Store:
        """The store, opened where it is not."""
        if self._store is None:
            self._store = open_store(self.url)
        return self._store

    def close(self) -> None:
        """Close the store, as a process does that ends."""
        if self._store is not None:
            self._store.close()
            self._store = None

    @property
    def rules(self) -> Rules:
        """The rules of today."""
        return self.setup.make_rules(self.store, self.tree)

    @property
    def context(self) -> Context:
        """What the jobs that enrich work with, but for who fetches."""
        return Context(rules=self.rules, store=self.store, fetcher=None, clock=lambda: self.now)  # type: ignore[arg-type]  # nobody fetches

    def look_at_site(self) -> Site:
        """Return the site as it is now."""
        return Site(rules=self.rules, store=self.store, now=self.now)

    def wait(self, **span: float) -> None:
        """Let time pass, or set the clock back where it is less than none."""
        self.now += timedelta(**span)

    def read_articles(self) -> list[Article]:
        """Return all articles that are stored, in the order of their ids."""
        return [article for batch in read_article_batches(self.store) for article in batch]

    def find_removed_topics(self) -> set[str]:
        """Return the topics that are configured no more and of which there still is a document."""
        there = {path.parent.name for one in TOPIC_DOCUMENTS for path in self.tree.glob(f"*/{one.name}")}
        return there - {"all", *(one.id for one in self.setup.topics)}
