"""A site whose topics are limited: articles come in one by one, and its feeds are read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.model import Changes, Grouping, SourceState, TopicLimits
from aggregator.pipeline.publish.publication import publish
from aggregator.store import save_grouping
from tests.builders import article, member, provider, sighting, source, story
from tests.publishing_equality.world import World

EVENING = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
ALPHA, BETA, GAMMA = "alpha.example", "beta.example", "gamma.example"


class LimitedSite(World):
    """A site in the evening that fetches no pages; every article that is about a topic is good enough."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.setup = self.setup.set("enrich", pages=False).set("publish", min_items=0, max_items=50)
        self.setup = replace(self.setup, sources=(source("daily", weight=50),))
        self.now = EVENING
        self._turn = 0

    def limit(self, limits: TopicLimits, topic_id: str = "ai") -> None:
        """Limit the feeds of a topic."""
        topics = tuple(replace(t, limits=limits) if t.id == topic_id else t for t in self.setup.topics)
        self.setup = replace(self.setup, topics=topics)

    def arrive(
        self,
        id_: str,
        domain: str = ALPHA,
        *,
        story_id: str | None = None,
        title: str = "artificial intelligence",
        ago: timedelta = timedelta(0),
    ) -> None:
        """Have an article come in now that was published some time ago: alone, or in a story."""
        at = self.now - ago
        one = article(
            id=id_, provider=provider(domain), title=f"{title} {id_}", canonical_url=f"https://{domain}/{id_}",
            entry_id=id_, published_at=at, stated_at=at, updated_at=at, first_seen_at=self.now,
        )  # fmt: skip
        judged = self.rules.judge(one, ("daily",), now=self.now)
        changes = Changes(
            inserted=(judged,), sightings=(sighting(one),), urls={f"https://{domain}/{id_}": id_}
        )
        self.store.save_poll(SourceState(source_id="daily", outcome="updated"), [one], lambda _: changes)
        self._group(id_, story_id or id_, domain, at)

    def show(self, feed: str, **span: float) -> list[str]:
        """Let time pass, publish, and return what a feed shows then."""
        self.wait(**span)
        publish(self.look_at_site())
        items = json.loads(self.read_feed(feed))["items"]
        return [item["id"].removeprefix("urn:uuid:") for item in items]

    def read_feed(self, feed: str) -> str:
        """Return the text of a feed."""
        return (self.tree / feed / "feed.json").read_text(encoding="utf-8")

    def _group(self, id_: str, story_id: str, domain: str, at: datetime) -> None:
        since, self._turn = self._turn, self._turn + 2
        founded = since + 1 if story_id == id_ else 0
        placed = member(
            id_, story_id, turn=self._turn, joined_at=self.now, published_at=at, provider=domain,
            shared=() if story_id == id_ else ("words",),
        )  # fmt: skip
        changed = story(story_id, turn=self._turn, founded=founded, last_at=self.now)
        save_grouping(self.store, Grouping(since_turn=since, stories=(changed,), members=(placed,)))


@contextmanager
def limited_site(folder: Path) -> Iterator[LimitedSite]:
    """Give such a site that has published nothing yet."""
    site = LimitedSite(folder)
    try:
        yield site
    finally:
        site.close()
