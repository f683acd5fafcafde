"""A site that has published six articles on machine learning, and what its feed shows."""

import json
import time

from tests.integration.site import ML, SiteFolder, ago, item, send_feed

TITLES = ("storm", "verdict", "strike", "rocket", "comet", "harvest")


def publish_foretold(folder, loopback):
    """Return the site, polled and published."""
    titles = enumerate(TITLES, 1)
    send_feed(
        loopback, *(item(n, ago(hours=n), title=f"Machine learning foretells a {t}") for n, t in titles)
    )
    made = SiteFolder(
        folder, [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML],
        enrich={"pages": False}, images={"sizes": False, "logos": False},
    )  # fmt: skip
    made.run("poll")
    made.run("publish")
    assert count_shown(made) == 6
    return made


def count_shown(site):
    """Return how many articles the feed of the topic shows."""
    return len(json.loads((site.feeds / "ml/articles/feed.json").read_bytes())["items"])


def wait_for_shown(site, number, seconds=60, has=""):
    """Wait until the feed shows so many articles, one of them with this text."""
    deadline_s = time.monotonic() + seconds
    file = site.feeds / "ml/articles/feed.json"
    while count_shown(site) != number or has not in file.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline_s, f"{count_shown(site)} items, not {number}"
        time.sleep(0.1)
