"""A site whose sources several workers poll, of publishers that note who asks them when."""

import os
import signal
import time
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from threading import Lock
from types import MappingProxyType

from tests.enrich.pictures import picture_file
from tests.integration.site import SiteFolder, start_program
from tests.loopback import Answer, Loopback

TOPIC = {"id": "ml", "name": "Machine Learning", "keywords": ["machine learning"]}
SHARDS = 8
MOST = 3


class Publishers:
    """Publishers with a host each; every document has one entry more, and answers take ``pause_s``.

    Entries link to pages of theirs where they have ``pages``, and name a picture each where they have
    ``pictures``; both take as long. ``most_at_once`` is how many feeds, or pages, one of them was asked for at
    once; ``visits`` has who asked each of them from when to when, by the name of its program.
    """

    def __init__(self, loopback: Loopback, count: int, pause_s: float = 0.0, *, pages=False, pictures=False):
        self.names = [f"publisher-{number}" for number in range(count)]
        self.pause_s = pause_s
        self.served = dict.fromkeys(self.names, 0)
        self.asked = dict.fromkeys(self.names, 0)
        self.at_once = Counter()
        self.most_at_once = 0
        self.read = dict.fromkeys(self.names, ())
        self.visits = {name: [] for name in self.names}
        self._lock = Lock()
        self._links = {name: f"https://{name}.example" for name in self.names}
        for name in self.names:
            loopback.route(f"/{name}", lambda request, name=name: self._answer(name, request))
            if pages or pictures:
                self._links[name] = loopback.at(f"{name}.localhost", f"/{name}")
            for number in range(MOST if pages else 0):
                loopback.route(
                    f"/{name}/{number}", lambda request, at=(name, number): self._show(*at, request)
                )
            for number in range(MOST if pictures else 0):
                loopback.route(
                    f"/{name}/{number}.png", lambda request, at=(name, number): self._picture(*at, request)
                )
        self._pictures = ".png" if pictures else ""
        self.sources = [
            {"id": name, "url": loopback.at(f"{name}.localhost", f"/{name}"), "topics": ["ml"]}
            for name in self.names
        ]

    def entries(self):
        """Return how many entries were sent altogether."""
        return sum(self.served.values())

    def is_done(self):
        """Tell whether all have sent all that they have."""
        return self.entries() == MOST * len(self.names)

    def pages_read(self):
        """Return how often pages were asked for."""
        return sum(map(len, self.read.values()))

    def are_all_read(self):
        """Tell whether each page was asked for."""
        return all(len(set(numbers)) == MOST for numbers in self.read.values())

    def find_meetings(self):
        """Return which publishers were asked by two programs at once, and by which."""
        return [
            (name, one[0], other[0])
            for name, visits in self.visits.items()
            for one in visits
            for other in visits
            if one[0] < other[0] and one[1] < other[2] and other[1] < one[2]
        ]

    def _answer(self, name, request):
        with self._lock:
            self.asked[name] += 1
            count = min(self.served[name] + 1, MOST)
        self._take_time(name, "feed", request)
        with self._lock:
            self.served[name] = max(self.served[name], count)
        body = _document(name, count, self._links[name], self._pictures)
        return Answer(body=body, headers={"Content-Type": "application/rss+xml"})

    def _show(self, name, number, request):
        with self._lock:
            self.read[name] += (number,)
        self._take_time(name, "page", request)
        body = f"<html><head><title>{name}</title></head><body><p>Part {number}".encode()
        return Answer(body=body, headers={"Content-Type": "text/html"})

    def _picture(self, name, number, request):
        self._take_time(name, "picture", request)
        body = picture_file("PNG", 200, 100, seed=10 * self.names.index(name) + number)
        return Answer(body=body, headers={"Content-Type": "image/png"})

    def _take_time(self, name, kind, request):
        began_s = time.monotonic()
        with self._lock:
            self.at_once[name, kind] += 1
            self.most_at_once = max(self.most_at_once, self.at_once[name, kind])
        time.sleep(self.pause_s)
        with self._lock:
            self.at_once[name, kind] -= 1
            self.visits[name].append((request.headers["User-Agent"], began_s, time.monotonic()))


def make_site(folder, publishers, url, *, fetch=MappingProxyType({}), images=MappingProxyType({}), **enrich):
    """Return a site on PostgreSQL, polled every second; pages are read where ``enrich`` says so."""
    return SiteFolder(
        folder, publishers.sources, [TOPIC],
        storage={"database": url}, enrich={"pages": False, **enrich}, workers={"shards": SHARDS, "silent_s": 4},
        fetch={"per_domain": 1, "timeout_s": 60, **fetch}, images=images,
    )  # fmt: skip


@contextmanager
def run_worker(site, *options, **environment):
    """Run a worker, with variables of its own in its environment, and kill it at the end."""
    program = start_program("worker", *options, "--config", str(site.config), environment=environment)
    try:
        yield program
    finally:
        with suppress(ProcessLookupError):
            os.kill(program.pid, signal.SIGCONT)
        program.kill()
        program.communicate()


def wait_until(is_so, within_s=60.0):
    """Wait until something is so."""
    until_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until_s, "it did not come to that in time"
        time.sleep(0.05)


def _document(name, count, link, pictures):
    items = "".join(
        f"<item><guid>{name}-{number}</guid><title>{name} on machine learning, part {number}</title>"
        f"<link>{link}/{number}</link>{_complete(f'{link}/{number}{pictures}') if pictures else ''}</item>"
        for number in range(count)
    )
    head = f"<title>{name}</title><link>https://{name}.example/</link><description>News</description>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def _complete(picture_url):
    """Return what makes an entry good enough for a feed, and its picture."""
    said = (
        "Astronomers let machine learning sift old plates, and found what nobody had seen for a century. " * 2
    )
    return (
        f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate><author>a@daily.example (Ann Lee)</author>"
        f'<description>{said}</description><enclosure url="{picture_url}" type="image/png" length="1000"/>'
    )
