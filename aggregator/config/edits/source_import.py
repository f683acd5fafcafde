"""What importing a list of feeds adds to the configuration; pure."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from aggregator.config.checks.validation import validate
from aggregator.config.edits.opml import FeedFolder, ListedFeed
from aggregator.config.edits.readable_ids import make_readable_id
from aggregator.config.edits.topic_ids import make_topic_id, slug_of
from aggregator.config.files.yaml_document import YamlDocument
from aggregator.config.keys.entries import SourceKeys
from aggregator.config.loading import Config
from aggregator.model import SourceState
from aggregator.urls import canonical_url

_CREDENTIALS = re.compile(r"(?<=//)[^/?#]*@")

Entry = dict[str, Any]
NO_STATES: Mapping[str, SourceState] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class SkippedFeed:
    """A feed that is not added, and why."""

    url: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPlan:
    """What is added, as entries of the files; ``known`` are configured already, ``wrong`` cannot be added."""

    sources: tuple[Entry, ...]
    topics: tuple[Entry, ...]
    known: tuple[SkippedFeed, ...]
    wrong: tuple[SkippedFeed, ...]


def plan_import(
    feeds: Sequence[ListedFeed],
    config: Config,
    *,
    interpret: Callable[[str], Sequence[str]],
    has_topics: bool,
    weight: int = 0,
) -> ImportPlan:
    """Return what importing ``feeds`` adds to ``config``.

    ``interpret`` gives the addresses that a text may mean. With ``has_topics`` a feed's innermost folder
    is its topic: one of that id or name, else a new one below that of the folder around it. A topic
    without keywords has the articles of its sources given; one with keywords matches them.
    """
    planning = _Planning(config=config)
    for feed in feeds:
        planning.take(feed, interpret(feed.url), has_topics=has_topics)
    return planning.finish(weight)


@dataclass(slots=True)
class _Planning:
    """The state of one plan: entries by canonical address, topics by the folders that they stand for."""

    config: Config
    sources: dict[str, Entry] = field(default_factory=dict)
    topics: list[Entry] = field(default_factory=list)
    topic_of: dict[tuple[FeedFolder, ...], str] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)
    matched: set[str] = field(default_factory=set)
    known: dict[str, SkippedFeed] = field(default_factory=dict)
    wrong: list[SkippedFeed] = field(default_factory=list)
    configured: Mapping[str, str] = field(init=False)
    source_ids: set[str] = field(init=False)
    topic_ids: set[str] = field(init=False)
    named: dict[str, str] = field(init=False)
    made: dict[tuple[str | None, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.configured = {canonical_url(source.url): source.id for source in self.config.sources}
        self.source_ids = {source.id for source in self.config.sources}
        self.topic_ids = {topic.id for topic in self.config.topics}
        self.named = {topic.name.casefold(): topic.id for topic in self.config.topics}
        self.named |= {topic_id: topic_id for topic_id in self.topic_ids}
        self.matched = {topic.id for topic in self.config.topics if topic.keywords}

    def take(self, feed: ListedFeed, addresses: Sequence[str], *, has_topics: bool) -> None:
        """Take one feed of the list into the plan."""
        if not addresses:
            self.wrong.append(_skip(feed, "is no address of a feed"))
            return
        key = canonical_url(addresses[0])
        if key in self.configured:
            self.known.setdefault(key, _skip(feed, f"is configured already as {self.configured[key]}"))
            return
        entry = self.sources.get(key) or self._make_entry(feed, addresses[0])
        _, problems = validate(YamlDocument("sources.yaml"), SourceKeys, entry, ("sources",))
        if problems:
            self.wrong.append(_skip(feed, problems[0].text))
            return
        self.sources[key] = entry
        self.source_ids.add(entry["id"])
        if has_topics and feed.folders:
            self._add_topic(entry, feed)

    def finish(self, weight: int) -> ImportPlan:
        """Return the plan."""
        sources = (entry | ({"weight": weight} if weight else {}) for entry in self.sources.values())
        return ImportPlan(
            sources=tuple(sources),
            topics=tuple(self.topics),
            known=tuple(self.known.values()),
            wrong=tuple(self.wrong),
        )

    def _make_entry(self, feed: ListedFeed, url: str) -> Entry:
        own = feed.source_id if feed.source_id and feed.source_id not in self.source_ids else None
        made = own or self._make_id(feed, url)
        kind = {"type": "sitemap"} if feed.is_sitemap else {}
        return {"id": made, "url": url, **kind} | ({"name": feed.name} if feed.name else {})

    def _make_id(self, feed: ListedFeed, url: str) -> str:
        """Return an id as of a source that is added alone, numbered on where many would have the same."""
        make = partial(make_readable_id, url, site_url=feed.site_url, title=feed.name)
        first = make(taken=())
        free = next((one for one in (first, make(taken={first})) if one not in self.source_ids), None)
        while free is None:
            self.numbers[first] += 1
            numbered = f"{first}-{self.numbers[first] + 1}"
            free = None if numbered in self.source_ids else numbered
        return free

    def _add_topic(self, entry: Entry, feed: ListedFeed) -> None:
        topic_id = self._find_topic(feed.folders)
        topics = entry.setdefault("topics", [])
        if topic_id not in topics:
            topics.append(topic_id)
        # All topics of a source are given, or none: where one matches by keywords, so do the others.
        assigns = feed.assigns is True if feed.source_id else topic_id not in self.matched
        if assigns and entry.get("assign", len(topics) == 1):
            entry["assign"] = True
        else:
            entry.pop("assign", None)

    def _find_topic(self, folders: tuple[FeedFolder, ...]) -> str:
        """Return the id of the topic for the innermost of ``folders``, which is made where there is none."""
        known = self.topic_of.get(folders)
        if known is None:
            known = self._match_topic(folders[-1]) or self._make_topic(folders)
            self.topic_of[folders] = known
        return known

    def _match_topic(self, folder: FeedFolder) -> str | None:
        if folder.topic_id in self.topic_ids:
            return folder.topic_id
        return self.named.get(folder.name.casefold()) or self.named.get(slug_of(folder.name))

    def _make_topic(self, folders: tuple[FeedFolder, ...]) -> str:
        parent = self._find_topic(folders[:-1]) if len(folders) > 1 else None
        folder = folders[-1]
        made = self.made.get((parent, folder.name.casefold()))
        if made is not None:
            return made
        first = make_topic_id(folder.topic_id or folder.name)
        is_taken = first in self.topic_ids
        topic_id = make_topic_id(f"{parent or 'topic'} {folder.name}", self.topic_ids) if is_taken else first
        self.topic_ids.add(topic_id)
        self.made[parent, folder.name.casefold()] = topic_id
        self.topics.append({"id": topic_id, "name": folder.name} | ({"parent": parent} if parent else {}))
        return topic_id


def _skip(feed: ListedFeed, why: str) -> SkippedFeed:
    return SkippedFeed(url=_CREDENTIALS.sub("", feed.url), why=why)


def list_feeds(config: Config, states: Mapping[str, SourceState] = NO_STATES) -> tuple[ListedFeed, ...]:
    """Return the sources of ``config`` as a list of feeds: in the folder of each of its topics, or in none.

    ``states`` are by source id: what their feeds last said of themselves. A topic stands within the
    wider one that it has as its parent. Headers are left out: they may be secret.
    """
    topics = {topic.id: topic for topic in config.topics}
    folders: dict[str, tuple[FeedFolder, ...]] = {}

    def find_folders(topic_id: str) -> tuple[FeedFolder, ...]:
        if topic_id not in folders:
            topic = topics[topic_id]
            above = find_folders(topic.parent) if topic.parent else ()
            folders[topic_id] = (*above, FeedFolder(name=topic.name, topic_id=topic_id))
        return folders[topic_id]

    return tuple(
        ListedFeed(
            url=source.url,
            name=source.name,
            title=known.title if known else None,
            site_url=known.site_url if known else None,
            folders=find_folders(topic_id) if topic_id else (),
            source_id=source.id,
            assigns=source.assign or None,
            is_sitemap=source.kind == "sitemap",
        )
        for source in config.sources
        for known in (states.get(source.id),)
        for topic_id in (source.topics or (None,))
    )
