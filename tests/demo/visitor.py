"""Somebody who visits a newsroom: real requests to 127.0.0.1 that name the publisher as their host."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import feedparser
import httpx

from aggregator.demo import Newsroom
from aggregator.demo.pieces import publishers

START = datetime(2026, 3, 12, 8, 30, tzinfo=UTC)


class Visitor:
    """A client of one newsroom, and the clock on its wall, which stands still until it is set."""

    def __init__(self, **options) -> None:
        self.elapsed_s = 0.0
        self.newsroom = Newsroom(clock=lambda: START + timedelta(seconds=self.elapsed_s), **options)
        self.client = httpx.Client(trust_env=False, timeout=10)

    def get(self, publisher: str, target: str | None = None, **headers: str) -> httpx.Response:
        """Ask a publisher for ``target``, by default its feed; header names have ``_`` for ``-``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("accept-encoding", "identity")
        host = f"{publisher}.localhost:{self.newsroom.port}"
        path = publishers()[publisher].feed if target is None else target
        return self.client.get(f"http://127.0.0.1:{self.newsroom.port}{path}", headers={"host": host, **sent})

    def open(self, url: str) -> httpx.Response:
        """Ask for an address of the newsroom, which must be of this port and under ``.localhost``."""
        parts = urlsplit(url)
        assert parts.hostname.endswith(".localhost"), url
        assert parts.port == self.newsroom.port, url
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return self.get(parts.hostname.removesuffix(".localhost"), target)

    def entries(self, publisher: str) -> list[dict]:
        """Return the entries of a publisher's feed, those of JSON Feed with feedparser's names."""
        answer = self.get(publisher)
        if publishers()[publisher].style != "json":
            return feedparser.parse(answer.content, response_headers=dict(answer.headers)).entries
        return [{**item, "link": item["url"]} for item in json.loads(answer.content)["items"]]

    def titles(self, publisher: str) -> list[str]:
        """Return the titles in a publisher's feed."""
        return [entry["title"] for entry in self.entries(publisher)]


@contextmanager
def visiting(**options) -> Iterator[Visitor]:
    """Start a newsroom, and yield its visitor."""
    visitor = Visitor(**options)
    with visitor.newsroom, visitor.client:
        yield visitor
