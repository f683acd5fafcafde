"""A site whose sources several workers poll, of publishers that note who asks them when."""

import os
import signal
import time
from contextlib import contextmanager, suppress
from threading import Lock

from tests.integration.site import SiteFolder, start_program
from tests.loopback import Answer, Loopback

TOPIC = {"id": "ml", "name": "Machine Learning", "keywords": ["machine learning"]}
SHARDS = 8
MOST = 3


class Publishers:
    """Publishers with a host each; every document has one entry more, and answers take ``pause_s``."""

    def __init__(self, loopback: Loopback, count: int, pause_s: float = 0.0):
        self.names = [f"publisher-{number}" for number in range(count)]
        self.pause_s = pause_s
        self.served = dict.fromkeys(self.names, 0)
        self.asked = dict.fromkeys(self.names, 0)
        self.at_once = dict.fromkeys(self.names, 0)
        self.most_at_once = 0
        self._lock = Lock()
        for name in self.names:
            loopback.route(f"/{name}", lambda _, name=name: self._answer(name))
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

    def _answer(self, name):
        with self._lock:
            self.asked[name] += 1
            self.at_once[name] += 1
            self.most_at_once = max(self.most_at_once, self.at_once[name])
            count = min(self.served[name] + 1, MOST)
        time.sleep(self.pause_s)
        with self._lock:
            self.at_once[name] -= 1
            self.served[name] = max(self.served[name], count)
        return Answer(body=_document(name, count), headers={"Content-Type": "application/rss+xml"})


def make_site(folder, publishers, url):
    """Return a site on PostgreSQL, polled every second."""
    return SiteFolder(
        folder, publishers.sources, [TOPIC],
        storage={"database": url}, enrich={"pages": False}, workers={"shards": SHARDS, "silent_s": 4},
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


def wait_until(is_so, within_s=30.0):
    """Wait until something is so."""
    until_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until_s, "it did not come to that in time"
        time.sleep(0.05)


def _document(name, count):
    items = "".join(
        f"<item><guid>{name}-{number}</guid><title>{name} on machine learning, part {number}</title>"
        f"<link>https://{name}.example/{number}</link></item>"
        for number in range(count)
    )
    head = f"<title>{name}</title><link>https://{name}.example/</link><description>News</description>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
