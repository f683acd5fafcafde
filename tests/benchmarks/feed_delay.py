"""How long an entry takes from its poll to its feed, in a running service with a filled store."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from aggregator.model import Topic
from aggregator.model.ids import make_article_id
from aggregator.store import Store, find_article
from tests.benchmarks.filled_store import LOOKUPS_OFF, open_database
from tests.benchmarks.stories import stream
from tests.integration.site import SiteFolder, ago, send_feed
from tests.loopback import Loopback

ENTRIES = 3
LOOK_EVERY_S = 0.01
PATIENCE_S = 900


def measure_feed_delay(folder: Path, topics: Sequence[Topic]) -> float:
    """Return the median of seconds from a poll's commit to the file of a topic's feed with its new entry.

    ``folder`` has the store. Each entry is alone in its poll; the first one, for which the service starts and
    publishes everything, does not count.
    """
    with Loopback() as publisher, open_database(folder) as store:
        send_feed(publisher)
        sources = [{"id": "fresh", "url": f"{publisher.url}/feed"}]
        site = SiteFolder(
            folder, sources, [_describe(topic) for topic in topics], server={"port": 0}, **LOOKUPS_OFF
        )
        feed = site.feeds / topics[0].id / "rss.xml"
        delays = []
        with _run_service(site) as service:
            for number in range(ENTRIES + 1):
                send_feed(publisher, _write_item(number, topics[0]))
                delays.append(_wait_for_entry(number, service, store, feed))
                print(f"entry {number} in its feed after {delays[-1]:.2f} s", file=sys.stderr, flush=True)
    return statistics.median(delays[1:])


def _describe(topic: Topic) -> dict[str, object]:
    described = {"id": topic.id, "name": topic.name, "keywords": list(topic.keywords)}
    return described if topic.parent is None else {**described, "parent": topic.parent}


@contextmanager
def _run_service(site: SiteFolder) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "aggregator", "run", "--config", str(site.config)]
    with (site.folder / "service.log").open("wb") as log:
        service = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield service
        finally:
            service.terminate()
            service.wait()


def _address(number: int) -> str:
    return f"https://fresh.example/story-{number}"


def _write_item(number: int, topic: Topic) -> str:
    headline = next(stream(1_000, seed=100 + number))  # each of an event of its own
    return (
        f"<title>{headline.title} {topic.keywords[0]}</title><link>{_address(number)}</link>"
        f"<guid>{_address(number)}</guid><pubDate>{ago(seconds=0)}</pubDate>"
        f"<author>a@fresh.example (Ann Lee)</author><description>{headline.excerpt}</description>"
    )


def _wait_for_entry(number: int, service: subprocess.Popen, store: Store, feed: Path) -> float:
    """Return the seconds between an entry's article in the store and its address in the feed."""
    url = _address(number)
    _wait_until(service, lambda: find_article(store, make_article_id(url)) is not None, f"{url} in the store")
    stored_s = time.monotonic()
    _wait_until(service, lambda: feed.exists() and url.encode() in feed.read_bytes(), f"{url} in {feed.name}")
    return time.monotonic() - stored_s


def _wait_until(service: subprocess.Popen, is_so: Callable[[], bool], what: str) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not is_so():
        if service.poll() is not None:
            raise SystemExit(f"the service ended with code {service.returncode}")
        if time.monotonic() > end_s:
            raise SystemExit(f"not seen after {PATIENCE_S} s: {what}")
        time.sleep(LOOK_EVERY_S)
