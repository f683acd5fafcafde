"""A published site and its server, and the browser that reads it."""

from pathlib import Path

import pytest

from aggregator.serve import Server, create_app
from tests.browser.chromium import Chromium, find_chromium
from tests.browser.news import GIVEN, PICTURE, TITLES, feed_item
from tests.integration.site import TOPICS, SiteFolder
from tests.loopback import Answer, Loopback


@pytest.fixture(scope="session")
def program() -> str:
    """The browser's program, without which nothing else here is worth setting up."""
    return find_chromium()


@pytest.fixture(scope="session")
def publishers(program):
    """A publisher on loopback, with its feed and the pictures of its articles."""
    with Loopback() as loopback:
        items = "".join(feed_item(number, title, loopback.url) for number, title in enumerate(GIVEN))
        feed = f'<rss version="2.0"><channel><title>Daily</title><link>{loopback.url}</link>{items}</channel></rss>'
        loopback.route("/feed", Answer(body=feed.encode()))
        for number in range(len(TITLES)):
            loopback.route(f"/{number}.svg", Answer(body=PICTURE, headers={"Content-Type": "image/svg+xml"}))
        yield loopback


@pytest.fixture(scope="session")
def tree(tmp_path_factory, publishers) -> Path:
    """The published tree of a site that has polled the publisher."""
    folder = tmp_path_factory.mktemp("site")
    sources, images = [{"id": "daily", "url": f"{publishers.url}/feed"}], {"sizes": True, "logos": True}
    site = SiteFolder(folder, sources, TOPICS, images=images)
    site.run("poll")
    site.run("publish")
    return site.feeds


@pytest.fixture(scope="session")
def server(tree):
    """The server of the published tree."""
    with Server(create_app(tree), "127.0.0.1", 0) as running:
        yield running


@pytest.fixture(scope="session")
def chromium(program, tmp_path_factory) -> Chromium:
    """The browser, which opens each page once."""
    return Chromium(program, tmp_path_factory.mktemp("chromium"))
