"""What holds of a site once it has come to rest, whatever happened to it: compared with what was written, exactly."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import text

from aggregator.config import load_config
from aggregator.pipeline.verification import find_violations
from aggregator.rules import Rules
from aggregator.store import Store, open_store, read_remembered_sources
from tests.growing_feeds import GrowingFeeds

_SIGHTINGS = "SELECT source_id, entry_id, article_id FROM sightings"
_ARTICLES = "SELECT id, canonical_url, is_quarantined, is_grouped FROM articles"
_MEMBERS = "SELECT article_id, story_id FROM story_members"
_QUARANTINED = "SELECT source_id FROM sources WHERE quarantined_at IS NOT NULL"
MOST_TOLD = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is in the store: article by source and entry id, and what is known of articles."""

    sightings: tuple[tuple[str, str, str], ...]
    articles: tuple[tuple[str, str, bool, bool], ...]
    stories: tuple[tuple[str, str], ...]
    quarantined: tuple[str, ...]


def read_kept(store: Store) -> Kept:
    """Read the tables themselves, at one moment."""
    with store.reading() as connection:
        found = [
            tuple(tuple(row) for row in connection.execute(text(query)))
            for query in (_SIGHTINGS, _ARTICLES, _MEMBERS)
        ]
        quarantined = tuple(connection.execute(text(_QUARANTINED)).scalars())
    return Kept(sightings=found[0], articles=found[1], stories=found[2], quarantined=quarantined)


def count_stored(store: Store) -> int:
    """Return how many entries were seen."""
    with store.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM sightings")).scalar_one())


def find_faults(
    config: Path, feeds: GrowingFeeds, ids: dict[str, str], environ: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """Return what is wrong with a site that is at rest; ``ids`` keeps the id of each address that a feed showed."""
    read = load_config(config, environ)
    with open_store(read.settings.database_url) as store:
        rules = Rules.of(read, read_remembered_sources(store))
        violations = find_violations(
            rules=rules, store=store, clock=lambda: datetime.now(UTC), pause=lambda _: None
        )
        kept = read_kept(store)
    tree = Path(read.settings.storage.feeds_dir)
    return [*map(str, violations), *compare_kept(kept, feeds), *compare_feeds(kept, feeds, tree, ids)]


def compare_kept(kept: Kept, feeds: GrowingFeeds) -> list[str]:
    """Compare what is stored with what publishers wrote."""
    written = {(one.source, f"{one.source}-{one.number}") for one in feeds.written()}
    return compare_entries(kept, written)


def compare_entries(kept: Kept, written: AbstractSet[tuple[str, str]]) -> list[str]:
    """Compare what is stored with the sources and ids of entries: each once, with one article, in one story."""
    seen = Counter((source, entry) for source, entry, _ in kept.sightings)
    owners = Counter(article for *_, article in kept.sightings)
    addresses = Counter(url for _, url, *_ in kept.articles)
    in_stories = Counter(article for article, _ in kept.stories)
    known = {article for article, *_ in kept.articles}
    ungrouped = [
        article for article, _, is_kept_back, is_grouped in kept.articles if not (is_kept_back or is_grouped)
    ]
    return [
        *_tell("entries are not stored", written - seen.keys()),
        *_tell("entries are stored that nobody wrote", seen.keys() - written),
        *_tell("entries are stored more than once", (one for one, count in seen.items() if count > 1)),
        *_tell("articles are of more than one entry", (one for one, count in owners.items() if count > 1)),
        *_tell("addresses are those of several articles", (one for one, count in addresses.items() if count > 1)),
        *_tell("entries have no article", owners.keys() - known),
        *_tell("articles are in several stories", (one for one, count in in_stories.items() if count > 1)),
        *_tell("articles have no story", ungrouped),
        *_tell("sources are quarantined", kept.quarantined),
        *_tell("articles are quarantined", (article for article, _, is_kept_back, _ in kept.articles if is_kept_back)),
    ]  # fmt: skip


def compare_feeds(kept: Kept, feeds: GrowingFeeds, tree: Path, ids: dict[str, str]) -> list[str]:
    """Compare what subscribers see with what was written: each article once, by the id that it always had."""
    items = json.loads((tree / "all" / "articles" / "feed.json").read_bytes())["items"]
    shown = Counter(item["id"] for item in items)
    links = {item["url"]: item["id"] for item in items}
    moved = [url for url, item_id in links.items() if ids.setdefault(url, item_id) != item_id]
    stories = json.loads((tree / "all" / "feed.json").read_bytes())["items"]
    told = Counter(item["id"] for item in stories)
    return [
        *_tell("a feed shows items twice", (one for one, count in (shown | told).items() if count > 1)),
        *_tell("subscribers do not see", {feeds.address_of(one) for one in feeds.written()} - links.keys()),
        *_tell("items have another id than before", moved),
        *_tell("items are dated in the future", _list_future(items)),
        *_tell("items are shown that are not stored", {i.rpartition(":")[2] for i in shown} - {a for a, *_ in kept.articles}),
    ]  # fmt: skip


def _tell(
    problem: str, found: "Iterator[object] | set[object] | list[object] | tuple[object, ...]"
) -> Iterator[str]:
    named = sorted(map(str, found))
    if named:
        more = f" and {len(named) - MOST_TOLD} more" if len(named) > MOST_TOLD else ""
        yield f"{len(named)} {problem}: {', '.join(named[:MOST_TOLD])}{more}"


def _list_future(items: list[dict[str, str]]) -> Iterator[str]:
    """Yield the ids of items that are published or updated later than now."""
    now = datetime.now(UTC)
    for item in items:
        dates = (item[key] for key in ("date_published", "date_modified") if key in item)
        if any(datetime.fromisoformat(date) > now for date in dates):
            yield item["id"]
