"""httpx, feedparser and sqlite3, as one writes it in an hour: no limits, no guard, no normalising."""

import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import feedparser
import httpx
from measure import play, sources

THREADS = 20


class Plain:
    """A poller."""

    def __init__(self, urls: list[str], database: Path) -> None:
        self._urls = urls
        self._client = httpx.Client(limits=httpx.Limits(max_keepalive_connections=100))
        self._database = sqlite3.connect(database)
        self._database.executescript(
            "CREATE TABLE feeds (url TEXT PRIMARY KEY, etag TEXT, modified TEXT);"
            "CREATE TABLE entries (url TEXT, id TEXT, title TEXT, link TEXT, published TEXT, summary TEXT,"
            " content TEXT, PRIMARY KEY (url, id));"
        )

    def poll(self) -> Counter[str]:
        """Poll every address, and count what came of it."""
        known = {row[0]: row[1:] for row in self._database.execute("SELECT * FROM feeds")}
        outcomes: Counter[str] = Counter()
        with ThreadPoolExecutor(THREADS) as threads:
            for url, answer in threads.map(lambda url: (url, self._get(url, known)), self._urls):
                outcomes["not modified" if answer.status_code == 304 else "updated"] += 1
                if answer.status_code == 200:
                    self._store(url, answer)
        self._database.commit()
        return outcomes

    def _get(self, url: str, known: dict[str, tuple[str | None, str | None]]) -> httpx.Response:
        etag, modified = known.get(url, (None, None))
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        return self._client.get(url, headers={name: value for name, value in headers.items() if value})

    def _store(self, url: str, answer: httpx.Response) -> None:
        headers = answer.headers
        row = (url, headers.get("etag"), headers.get("last-modified"))
        self._database.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?, ?)", row)
        self._database.executemany(
            "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", _rows(url, answer.content)
        )


def _rows(url: str, body: bytes) -> Iterator[tuple[str | None, ...]]:
    for entry in feedparser.parse(body).entries:
        content = entry.content[0].value if "content" in entry else None
        texts = [entry.get(name) for name in ("id", "title", "link", "published", "summary")]
        yield (url, *texts, content)


def main() -> None:
    """Set up, and play."""
    poller = Plain(sources(), Path(sys.argv[2]) / "plain.sqlite")
    settings = f"httpx {httpx.__version__}, feedparser {feedparser.__version__}, {THREADS} threads"
    play(settings, poller.poll)


if __name__ == "__main__":
    main()
