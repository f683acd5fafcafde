"""A site at rest in a folder: its configuration, and a store in which nothing is left to do.

Of the sources, one in five shares its domain with others, one in ten is pushed by a hub, one in twenty fails
for long and was examined, one in a hundred is paused by a 429. Articles are spread over sources and window;
all have a story, the pages of all were read, and one in four has an AMP page.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from aggregator.config import Config, load_config
from aggregator.model import Article, Grouping, Source, SourceState, Subscription, Topic
from aggregator.rules import Rules
from aggregator.store import (
    Store,
    add_subscriptions,
    open_store,
    read_last_turn,
    read_remembered_sources,
    save_grouping,
    save_polls,
    sync_sources,
)
from aggregator.store.sources.due_sources import note_examination
from tests.benchmarks.filled_store import make_topics, name_subject
from tests.benchmarks.stories import stream
from tests.builders import article, inserting, member, provider, story, subscription

TOPICS = 500
PROVIDERS = 300
WINDOW = timedelta(days=10)
POLLS_AT_ONCE = 100
BASE_URL = "https://feeds.example.org"


def fill_site(folder: Path, *, articles: int, sources: int, now: datetime) -> tuple[Config, Store]:
    """Write the configuration into ``folder`` and fill its store; return both, the store open."""
    write_config(folder / "config", sources)
    config = load_config(folder / "config", {})
    store = open_store(config.settings.database_url)
    sync_sources(store, config.sources, now=now, asked_as=config.settings.asked_as)
    rules = Rules.of(config, read_remembered_sources(store))
    written = _write_articles(config, rules, articles, now)
    shares = [articles * number // sources for number in range(sources + 1)]
    polls = []
    for number, source in enumerate(config.sources):
        carried = list(islice(written, shares[number + 1] - shares[number]))
        polls.append((_make_state(number, source, now), carried, inserting(*carried)))
        if len(polls) == POLLS_AT_ONCE or number == sources - 1:
            save_polls(store, polls)
            _group_alone(store, [stored for _, carried, _ in polls for stored in carried], now)
            polls = []
    for number, source in enumerate(config.sources):
        if _is_ill(number):
            note_examination(store, source.id, None, None, now)
    pushed = [source for number, source in enumerate(config.sources) if _is_pushed(number)]
    base_url = rules.websub.callback_url
    add_subscriptions(store, [_make_subscription(source, f"{base_url}/", now) for source in pushed])
    return config, store


def write_config(folder: Path, sources: int) -> None:
    """Write the four files, as an operator would lay them out."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"site": {"title": "The Site", "base_url": BASE_URL}, "enrich": {"pages": True}}
    listed = [_describe_source(number) for number in range(sources)]
    topics = [_describe_topic(topic) for topic in make_topics(TOPICS)]
    providers = [
        {"domain": f"publisher-{number}.example", "name": f"Publisher {number}"}
        for number in range(PROVIDERS)
    ]
    (folder / "settings.yaml").write_text(json.dumps(settings), encoding="utf-8")
    for key, entries in (("sources", listed), ("topics", topics), ("providers", providers)):
        (folder / f"{key}.yaml").write_text(_spell_list(entries, key), encoding="utf-8")


def _spell_list(entries: Sequence[Mapping[str, object]], key: str) -> str:
    lines = [f"{key}:"]
    for entry in entries:
        pairs = [f"{name}: {json.dumps(value)}" for name, value in entry.items()]
        lines += [f"  - {pairs[0]}", *(f"    {pair}" for pair in pairs[1:])]
    return "\n".join([*lines, ""])


def _describe_source(number: int) -> dict[str, object]:
    domain = f"host-{number % 50}.example" if number % 5 == 0 else f"site-{number}.example"
    entry: dict[str, object] = {
        "url": f"https://www.{domain}/feeds/{number}.xml",
        "id": f"source-{number}",
        "name": f"Source number {number}",
    }
    if number % 3 == 0:
        entry["topics"] = [f"topic-{number % TOPICS}", f"topic-{(number + 7) % TOPICS}"]
    if number % 7 == 0:
        entry |= {"weight": 5, "language": "en", "poll": {"max_interval_min": 240}}
    return entry


def _describe_topic(topic: Topic) -> dict[str, object]:
    entry: dict[str, object] = {"id": topic.id, "name": topic.name, "keywords": list(topic.keywords)}
    return entry if topic.parent is None else {**entry, "parent": topic.parent}


def _is_ill(number: int) -> bool:
    return number % 20 == 3


def _is_pushed(number: int) -> bool:
    return number % 10 == 1


def _make_state(number: int, source: Source, now: datetime) -> SourceState:
    """Return a source that was polled within the last hours and is not due before some have passed."""
    polled_at = now - timedelta(minutes=number % 60)
    known = SourceState(
        source_id=source.id, outcome="not_modified", etag=f'"{number}"', body_hash=f"{number:032}",
        polled_at=polled_at, first_polled_at=now - WINDOW, next_poll_at=now + timedelta(minutes=120 + number % 60),
        title=source.name, site_url=source.url, posts=tuple((1_900_000 + day, 2) for day in range(20)),
    )  # fmt: skip
    if _is_ill(number):
        since = now - timedelta(days=8)
        return replace(known, outcome="failed", failures=20, failing_since_at=since, told_at=since)
    if number % 100 == 7:
        return replace(known, outcome="throttled", throttles=1, paused_until_at=now + timedelta(hours=1))
    if _is_pushed(number):
        return replace(known, hub_url="https://hub.example/", topic_url=source.url)
    return known


def _make_subscription(source: Source, base_url: str, now: datetime) -> Subscription:
    token = f"token-{source.id}"
    return subscription(
        token, source_id=source.id, topic_url=source.url, callback_url=f"{base_url}{token}",
        next_at=now + timedelta(days=5), verified_at=now, expires_at=now + timedelta(days=7),
    )  # fmt: skip


def _write_articles(config: Config, rules: Rules, count: int, now: datetime) -> Iterator[Article]:
    """Yield judged articles, those of one source after each other, each somewhere in the window."""
    chance = random.Random(3)
    headlines = stream(max(count, 1_000))
    for number in range(count):
        source = config.sources[number * len(config.sources) // count]
        headline = next(headlines)
        at = now - WINDOW * chance.random()
        url = f"https://{headline.provider}/{headline.id}"
        written = article(
            at=at, id=f"article-{number:07}", source_id=source.id, provider=provider(headline.provider),
            title=f"{headline.title} {name_subject(chance.randrange(TOPICS))}", excerpt=headline.excerpt,
            entry_id=url, canonical_url=url, web_url=url, original_url=url, stated_at=at, language="en",
            authors=("A. Person",), enriched_at=at, amp_checked_at=now if number % 4 == 0 else None,
            amp_url=f"{url}/amp" if number % 4 == 0 else None,
        )  # fmt: skip
        yield rules.judge(rules.registry.refresh(written), [source.id], now=now)


def _group_alone(store: Store, grouped: Sequence[Article], now: datetime) -> None:
    """Give each article a story of its own: what grouping has to do with it is not looked at here."""
    turn = read_last_turn(store)
    placed = list(enumerate(grouped, start=turn + 1))
    done = save_grouping(
        store,
        Grouping(
            since_turn=turn,
            stories=tuple(
                story(one.id, founded=at, turn=at, last_at=one.published_at) for at, one in placed
            ),
            members=tuple(
                member(
                    one.id, one.id, turn=at, joined_at=now, published_at=one.published_at,
                    provider=one.provider.domain,
                )
                for at, one in placed
            ),
        ),
    )  # fmt: skip
    assert done or not grouped
