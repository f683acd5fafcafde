"""A published site and its server, and the browser that reads it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from aggregator.serve import Server, create_app
from tests.browser.chromium import Chromium, find_chromium
from tests.integration.site import SiteFolder
from tests.loopback import Answer, Loopback

TOPICS = [
    {"id": "ai", "name": "AI", "keywords": ["artificial intelligence"]},
    {"id": "ml", "name": "Machine Learning", "parent": "ai", "keywords": ["machine learning"]},
]
GIVEN = {
    "Machine learning finds a comet": "Machine learning finds a comet",
    "Machine learning <b>&amp; bold</b> claims": "Machine learning & bold claims",
    "«Machine learning» — नमस्ते": "«Machine learning» — नमस्ते",
}
TITLES = tuple(GIVEN.values())
EXCERPTS = (
    "Astronomers let it sift old plates, and found what nobody had seen for two hundred years.",
    "A laboratory promises translation without errors; linguists who tried it counted nine hundred.",
    "Schools in Kathmandu teach children to read with a tutor that runs on a telephone.",
)
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20"/></svg>'
)


def _item(number: int, title: str, host: str) -> str:
    published_at = datetime.now(UTC) - timedelta(hours=number)
    return (
        f"<item><title><![CDATA[{title}]]></title><link>{host}/{number}</link>"
        f"<guid>g{number}</guid><pubDate>{format_datetime(published_at)}</pubDate>"
        "<author>a@daily.example (Ann Lee)</author><description><![CDATA["
        f"<p>{EXCERPTS[number]}</p><script>document.title = 'taken over'</script>]]></description>"
        f'<enclosure url="{host}/{number}.svg" type="image/svg+xml" length="90"/></item>'
    )


@pytest.fixture(scope="session")
def program() -> str:
    """The browser's program, without which nothing else here is worth setting up."""
    return find_chromium()


@pytest.fixture(scope="session")
def publishers(program):
    """A publisher on loopback, with its feed and the pictures of its articles."""
    with Loopback() as loopback:
        items = "".join(_item(number, title, loopback.url) for number, title in enumerate(GIVEN))
        feed = f'<rss version="2.0"><channel><title>Daily</title><link>{loopback.url}</link>{items}</channel></rss>'
        loopback.route("/feed", Answer(body=feed.encode()))
        for number in range(len(TITLES)):
            loopback.route(f"/{number}.svg", Answer(body=PICTURE, headers={"Content-Type": "image/svg+xml"}))
        yield loopback


@pytest.fixture(scope="session")
def tree(tmp_path_factory, publishers) -> Path:
    """The published tree of a site that has polled the publisher."""
    folder = tmp_path_factory.mktemp("site")
    site = SiteFolder(folder, [{"id": "daily", "url": f"{publishers.url}/feed"}], TOPICS)
    site.run("poll")
    site.run("publish")
    return site.feeds


@pytest.fixture(scope="session")
def server(tree):
    """The server of the published tree."""
    with Server(create_app(tree), "127.0.0.1", 0) as running:
        yield running


@pytest.fixture
def chromium(program, tmp_path) -> Chromium:
    """The browser with a profile of its own."""
    return Chromium(program, tmp_path)
