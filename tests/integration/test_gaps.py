"""Removals, rules and clocks that change while something else is under way."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from structlog.testing import capture_logs

from aggregator.config import Config, Settings
from aggregator.errors import StoreError
from aggregator.fetch import FetchLimits
from aggregator.model import Changes, Sighting, Source, SourceState
from aggregator.rules import Rules
from aggregator.service.clock_watch import DOUBT_NOTE
from aggregator.service.state import Work
from aggregator.store import (
    count_articles,
    open_store,
    read_note,
    read_remembered_sources,
    retire_source,
    write_note,
)
from tests.builders import article, provider
from tests.empty_store import put_empty_store
from tests.integration.machine import DAY, HOUR_S, START, Machine, service_of
from tests.integration.site import item, rss
from tests.loopback import Answer


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    with open_store(put_empty_store(tmp_path / "aggregator.db")) as opened:
        yield opened


def article_of(number, title, *, source_id="s", age=timedelta(hours=1)):
    """An article of a publisher of its own that is good enough to be published."""
    seen_at, url = START - age, f"https://p{number}.example/{number}"
    return article(
        at=seen_at,
        id=f"00000000-0000-4000-8000-00000000000{number}",
        source_id=source_id,
        title=title,
        web_url=url,
        canonical_url=url,
        original_url=url,
        provider=provider(f"p{number}.example"),
        topics=(),
        quality=90,
        excerpt="A word. " * 20,
        language="en",
        authors=("Ann Bee",),
        amp_checked_at=START,
        enriched_at=START,
    )


def keep(store, article):
    """Store an article as a poll of its source does."""
    seen = Sighting(source_id=article.source_id, article_id=article.id, entry_id=article.entry_id)
    state = SourceState(source_id=article.source_id, polled_at=START, next_poll_at=START + DAY)
    store.save_poll(state, [article], lambda _: Changes(inserted=(article,), sightings=(seen,)))


def config_of(tmp_path, *sources, **stories):
    """A configuration that publishes whatever is there, and looks at no page or picture."""
    settings = Settings.model_validate({
        "storage": {"feeds_dir": str(tmp_path / "feeds")}, "publish": {"min_items": 1}, "stories": stories,
        "images": {"sizes": False, "logos": False}, "enrich": {"pages": False},
    })  # fmt: skip
    return Config(folder=tmp_path, settings=settings, sources=sources)


async def publish_now(service):
    """Publish although nothing may have changed."""
    service.state.work |= Work.PUBLISH
    await service.run_job("publish")


def test_what_a_failed_publication_wrote_can_be_removed(tmp_path, store):
    """An article that was written before the publication failed leaves the feeds with its source."""
    sources = [Source(id=name, url=f"https://{name}.example/", enabled=False) for name in "sr"]
    config, machine, shown = config_of(tmp_path, *sources), Machine(), []
    store.sync_sources(sources, now=START)
    write_note(store, "judged by", Rules.of(config, read_remembered_sources(store)).digest)
    keep(store, article_of(1, "Kept one here"))
    feed = tmp_path / "feeds" / "all" / "articles" / "feed.json"
    in_the_way = tmp_path / "feeds" / "assets" / "images" / "organizations" / "p2.example.svg"

    async def work():
        async with service_of(machine, store, config) as service:
            await service.run_job("tick")
            await service.run_job("publish")
            keep(store, article_of(2, "Secret thing to be removed", source_id="r"))
            in_the_way.mkdir(parents=True)
            await publish_now(service)
            assert "p2.example.svg" in service.state.publication.failure
            shown.append("Secret" in feed.read_text())
            in_the_way.rmdir()
            retire_source(store, "r", with_articles=True)
            await publish_now(service)
            shown.append("Secret" in feed.read_text())

    machine.run(work())
    assert shown == [True, False]
    assert "Kept" in feed.read_text()


class Reloading:
    """A live configuration that has new rules."""

    def __init__(self, rules):
        self.rules = rules

    def reload(self):
        return self.rules


def test_rules_that_come_during_a_publication_are_published(tmp_path, store):
    """What was written by the rules before is written anew, although no article changed."""
    rules = [Rules.of(config_of(tmp_path, also_covered=count), {}) for count in (5, 0)]
    write_note(store, "judged by", rules[0].digest)
    for number in range(1, 5):
        keep(store, article_of(number, "Comet Halley returns over Paris tonight with bright tail"))
    feed, machine, shown = tmp_path / "feeds" / "all" / "rss.xml", Machine(), []

    def count_publishers():
        return sum(f"p{number}.example" in feed.read_text() for number in range(1, 5))

    async def work():
        async with service_of(machine, store, config_of(tmp_path, also_covered=5)) as service:
            service.state.live = Reloading(rules[1])
            await service.run_job("tick")
            await service.run_job("group")
            under_way = asyncio.create_task(service.run_job("publish"))
            await asyncio.sleep(0)
            await service.run_job("reload")
            await under_way
            shown.append(count_publishers())
            await publish_now(service)
            shown.append(count_publishers())

    machine.run(work())
    assert shown == [4, 1]


def test_the_doubt_of_the_clock_outlives_a_restart(store):
    """What was doubted a minute before stays so for an hour; then it is lifted, also for the next start."""
    machine, trusted = Machine(), []
    store.sync_sources([Source(id="s", url="https://s.example/")], now=START)

    async def work():
        async with service_of(machine, store) as service:
            await service.run_job("tick")
            machine.set_by = 365 * DAY
            await service.run_job("tick")
            now = machine.now()
            polled = SourceState(source_id="s", polled_at=now, next_poll_at=now + 2 * DAY)
            store.save_poll(polled, (), lambda _: Changes())
        machine.loop.passed_s += 60
        async with service_of(machine, store) as service:
            await service.run_job("tick")
            trusted.append(service.state.clock_watch.is_trusted())
            await machine.pass_time(service, HOUR_S + 600)
            trusted.append(service.state.clock_watch.is_trusted())
        async with service_of(machine, store) as service:
            await service.run_job("tick")
            trusted.append(service.state.clock_watch.is_trusted())

    machine.run(work())
    assert trusted == [False, True, True]
    assert not read_note(store, DOUBT_NOTE)


class LeapingMachine(Machine):
    """A machine whose clock is set ten years forward right after it was read, once ``is_to_leap``."""

    is_to_leap = False

    def now(self):
        now = super().now()
        if self.is_to_leap:
            self.set_by = 3650 * DAY
        return now


def test_pruning_goes_by_the_time_that_was_trusted(store):
    """A clock that is set between the look at it and the removal removes nothing."""
    machine = LeapingMachine()
    keep(store, article_of(1, "Young"))

    async def work():
        async with service_of(machine, store) as service:
            await service.run_job("tick")
            machine.is_to_leap = True
            await service.run_job("prune")

    machine.run(work())
    assert count_articles(store) == 1


def test_a_clock_that_is_years_behind_polls_nothing(tmp_path, store, loopback):
    """In 1970 no source is asked, which the log says once; all are once the clock is set."""
    loopback.route("/feed", Answer(body=rss(item(1, format_datetime(START)))))
    source, machine, asked = Source(id="s", url=f"{loopback.url}/feed"), Machine(), []
    machine.set_by = datetime(1970, 1, 1, tzinfo=UTC) - START
    store.sync_sources([source], now=machine.now())
    limits = FetchLimits(allow_private_addresses=True, domain_delay_s=0)

    async def work():
        async with service_of(machine, store, config_of(tmp_path, source), limits) as service:
            for set_by in (machine.set_by, machine.set_by, timedelta(0)):
                machine.set_by = set_by
                await service.run_job("tick")
                await asyncio.gather(*service.state.polls.under_way.values())
                asked.append(len(loopback.requests))

    with capture_logs() as logged:
        machine.run(work())
    assert asked == [0, 0, 1]
    reported = [line for line in logged if line.get("consequence") == "nothing is polled until it is set"]
    assert [line["log_level"] for line in reported] == ["error"]


def test_pruning_that_failed_is_tried_again(tmp_path, store):
    """After a failure of the store the next call removes what is too old, and not the one in six hours."""
    machine = Machine()
    keep(store, article_of(1, "Old", age=200 * DAY))

    def rename(before, after):
        with closing(sqlite3.connect(tmp_path / "aggregator.db")) as database, database:
            database.execute(f"alter table {before} rename to {after}")

    async def work():
        async with service_of(machine, store) as service:
            await service.run_job("tick")
            rename("articles", "away")
            with pytest.raises(StoreError):
                await service.run_job("prune")
            rename("away", "articles")
            await service.run_job("prune")

    machine.run(work())
    assert count_articles(store) == 0


def test_a_folder_that_cannot_be_read_does_not_keep_old_articles(tmp_path, store):
    """A file of the operator's among the copies of pictures stops no pruning."""
    machine = Machine()
    keep(store, article_of(1, "Old", age=200 * DAY))
    copies = tmp_path / "feeds" / "assets" / "images" / "cache"
    copies.mkdir(parents=True)
    (copies / "ab").write_text("named like one of our folders")

    async def work():
        async with service_of(machine, store, config_of(tmp_path)) as service:
            await service.run_job("tick")
            with suppress(OSError):
                await service.run_job("prune")

    machine.run(work())
    assert count_articles(store) == 0
