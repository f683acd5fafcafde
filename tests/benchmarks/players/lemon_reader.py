"""The library ``reader``, with as many threads as its documentation shows."""

import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from measure import play, sources
from reader import make_reader

WORKERS = 20


def main() -> None:
    """Set up, and play."""
    reader = make_reader(str(Path(sys.argv[2]) / "reader.sqlite"))
    for url in sources():
        reader.add_feed(url)

    def poll() -> Counter[str]:
        results = [result.value for result in reader.update_feeds_iter(scheduled=False, workers=WORKERS)]
        return Counter(_outcome(value) for value in results)

    play(f"reader {version('reader')}, feedparser {version('feedparser')}, {WORKERS} threads", poll)


def _outcome(value: object) -> str:
    if isinstance(value, Exception):
        return "failed"
    return "updated" if value is not None and (value.new or value.modified) else "not modified"


if __name__ == "__main__":
    main()
