"""Pages and logos of publishers that want to be left alone: asked once at most, and nobody else waits for them."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.config import Config, Settings
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Source
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.article_pages import BATCH
from aggregator.pipeline.enrich.logos import check_logos
from aggregator.pipeline.enrich.steps import Stage, run_steps
from aggregator.rules import Rules
from aggregator.store import open_store
from aggregator.urls import canonical_url
from tests.builders import article, provider
from tests.empty_store import put_empty_store
from tests.loopback import Answer

LIMITS = FetchLimits(allow_private_addresses=True)
HTML = {"Content-Type": "text/html"}
DAY = timedelta(days=1)
ROUNDS = 3


def now():
    return datetime.now(UTC)


def page_article(id_, url, *, source_id="daily", domain="daily.localhost"):
    """Return an article that was seen just now."""
    return article(
        at=now(),
        id=id_,
        source_id=source_id,
        provider=provider(domain),
        web_url=url,
        canonical_url=canonical_url(url),
    )


@pytest.fixture
def rules(tmp_path):
    """Two sources; pages are read."""
    settings = {
        "enrich": {"pages": True, "host_delay_s": 0},
        "storage": {"feeds_dir": str(tmp_path / "feeds")},
    }
    sources = (Source(id="daily", url="https://d.example/"), Source(id="blog", url="https://a.blogspot.com/"))
    config = Config(folder=tmp_path, settings=Settings.model_validate(settings), sources=sources)
    return Rules.of(config, {})


@pytest.fixture
def store(tmp_path, rules):
    """An empty store."""
    with open_store(put_empty_store(tmp_path / "aggregator.db")) as opened:
        opened.sync_sources(tuple(rules.sources.values()), now=now())
        yield opened


def rounds(work, rules, store, *, paused):
    """Do ``work(context)`` some times while a service is paused; return what it returned."""

    async def run():
        async with (
            Fetcher(LIMITS) as feeds,
            PageFetcher(LIMITS, host_delay_s=0, robot="aggregator", sibling=feeds) as pages,
        ):
            feeds.pause(paused, DAY)
            context = Context(rules=rules, store=store, fetcher=feeds, pages=pages, clock=now)
            return [await work(context) for _ in range(ROUNDS)]

    return asyncio.run(run())


async def read_pages(context):
    """Read the pages that are due, and return how many were."""
    return (await run_steps(Stage.STORED, context)).counts["articles"]


def test_a_page_is_read_once_though_its_amp_page_cannot_be_asked_for(store, rules, loopback):
    """The page's address leads to a service that is paused, which is asked no second time for it."""
    loopback.route(
        "/short", Answer(status=302, headers={"Location": loopback.at("paused.localhost", "/page")})
    )
    page = b'<html><head><link rel="amphtml" href="/amp"></head></html>'
    loopback.route("/page", Answer(body=page, headers=HTML))
    store.update_articles([page_article("a", loopback.at("short.localhost", "/short"))])
    done = rounds(
        read_pages,
        rules,
        store,
        paused=loopback.at("paused.localhost", "/"),
    )
    assert done == [1, 0, 0]
    assert [request.path for request in loopback.requests].count("/page") == 1


def test_pages_that_are_left_alone_keep_nobody_out(store, rules, loopback):
    """More of them than are looked at together, all newer than the one page that may be read."""
    store.update_articles(
        [page_article("free", loopback.route("/free", Answer(body=b"<p>Free", headers=HTML)))]
    )
    urls = [f"https://{n}.blogspot.com/{n}" for n in range(BATCH + 5)]
    store.update_articles([page_article(f"h{n}", url, source_id="blog") for n, url in enumerate(urls)])
    done = rounds(
        read_pages,
        rules,
        store,
        paused="https://a.blogspot.com/",
    )
    assert done == [1, 0, 0]


def test_a_logo_that_cannot_be_asked_for_is_looked_for_another_day(store, rules, loopback):
    """The publisher's own pages name one on a service that is paused: they are not read again for it."""
    icon = loopback.at("paused.localhost", "/icon.png")
    page = Answer(body=f'<html><head><link rel="icon" href="{icon}"></head></html>'.encode(), headers=HTML)
    for path in ("/", "/article"):
        loopback.route(path, page)
    shown = [page_article("a", loopback.at("daily.localhost", "/article"))]
    store.update_articles(shown)
    rounds(
        lambda context: check_logos(shown, context),
        rules,
        store,
        paused=icon,
    )
    assert max(Counter(request.path for request in loopback.requests).values()) == 1
