"""A site whose sources several workers poll, of publishers that note who asks them when."""

import os
import signal
import time
from collections import Counter
from contextlib import contextmanager, suppress
from threading import Lock

from tests.integration.site import SiteFolder, start_program
from tests.loopback import Answer, Loopback

TOPIC = {"id": "ml", "name": "Machine Learning", "keywords": ["machine learning"]}
SHARDS = 8
MOST = 3


class Publishers:
    """Publishers with a host each; every document has one entry more, and answers take ``pause_s``.

    Entries link to pages of theirs where they have ``pages``, which take as long. ``most_at_once`` is how
    many feeds, or pages, one of them was asked for at once.
    """

    def __init__(self, loopback: Loopback, count: int, pause_s: float = 0.0, *, pages: bool = False):
        self.names = [f"publisher-{number}" for number in range(count)]
        self.pause_s = pause_s
        self.served = dict.fromkeys(self.names, 0)
        self.asked = dict.fromkeys(self.names, 0)
        self.at_once = Counter()
        self.most_at_once = 0
        self.read = dict.fromkeys(self.names, ())
        self._lock = Lock()
        self._links = {name: f"https://{name}.example" for name in self.names}
        for name in self.names:
            loopback.route(f"/{name}", lambda _, name=name: self._answer(name))
            if pages:
                self._links[name] = loopback.at(f"{name}.localhost", f"/{name}")
                for number in range(MOST):
                    path = f"/{name}/{number}"
                    loopback.route(path, lambda _, at=(name, number): self._show(*at))
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

    def _answer(self, name):
        with self._lock:
            self.asked[name] += 1
            count = min(self.served[name] + 1, MOST)
        self._take_time(name, "feed")
        with self._lock:
            self.served[name] = max(self.served[name], count)
        body = _document(name, count, self._links[name])
        return Answer(body=body, headers={"Content-Type": "application/rss+xml"})

    def _show(self, name, number):
        with self._lock:
            self.read[name] += (number,)
        self._take_time(name, "page")
        body = f"<html><head><title>{name}</title></head><body><p>Part {number}".encode()
        return Answer(body=body, headers={"Content-Type": "text/html"})

    def _take_time(self, name, kind):
        with self._lock:
            self.at_once[name, kind] += 1
            self.most_at_once = max(self.most_at_once, self.at_once[name, kind])
        time.sleep(self.pause_s)
        with self._lock:
            self.at_once[name, kind] -= 1


def make_site(folder, publishers, url, **enrich):
    """Return a site on PostgreSQL, polled every second; pages are read where ``enrich`` says so."""
    return SiteFolder(
        folder, publishers.sources, [TOPIC],
        storage={"database": url}, enrich={"pages": False, **enrich}, workers={"shards": SHARDS, "silent_s": 4},
        fetch={"per_domain": 1, "timeout_s": 60},
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


def _document(name, count, link):
    items = "".join(
        f"<item><guid>{name}-{number}</guid><title>{name} on machine learning, part {number}</title>"
        f"<link>{link}/{number}</link></item>"
        for number in range(count)
    )
    head = f"<title>{name}</title><link>https://{name}.example/</link><description>News</description>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
