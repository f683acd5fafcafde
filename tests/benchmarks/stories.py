"""How fast articles find their stories, and how that grows with the articles in the window.

    python -m tests.benchmarks.stories [--articles 200000] [--json FILE]

A seeded stream of made-up headlines with excerpts (words as frequent as in English, events that several
publishers tell) fills the window, then some thousand more articles are timed: with 10,000 and with
``--articles`` in the window. The baseline scores every story of the window, without the index.
"""

import argparse
import bisect
import json
import random
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from aggregator.stories.grouper import Grouper
from aggregator.stories.language_data import read_frequencies
from aggregator.stories.likeness import dot
from aggregator.stories.placement import Newcomer

START = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW = timedelta(hours=72)
SMALL = 10_000
TIMED = 3_000
BASELINE_TIMED = 30
PUBLISHERS = 300


def stream(count_in_window, seed=1):
    """Yield articles for ever, ``count_in_window`` of them in 72 hours."""
    return (article for _, article in stream_events(count_in_window, seed))


def stream_events(count_in_window, seed=1):
    """Yield articles of ``stream``, each after the number of its event."""
    chance = random.Random(seed)
    counted = read_frequencies("en")
    words = [word for word in counted if word.isalpha() and len(word) > 3]
    heights = list(accumulate(counted[word] for word in words))
    step = WINDOW / count_in_window

    def some(count):
        return [words[bisect.bisect(heights, chance.random() * heights[-1])] for _ in range(count)]

    events = []
    number = told = 0
    while True:
        if not events or chance.random() < 0.5:
            events.append((told, some(9), [chance.choice(words) for _ in range(4)]))
            told += 1
            events = events[-max(50, count_in_window // 20) :]
        event, reported, names = chance.choice(events)
        title = [*chance.sample(names, 3), *chance.sample(reported, 4), *some(2)]
        excerpt = [*names, *chance.sample(reported, 5), *some(15)]
        article = Newcomer(
            id=f"article-{number}",
            title=" ".join(title).capitalize(),
            excerpt=" ".join(excerpt).capitalize(),
            provider=f"publisher-{chance.randrange(PUBLISHERS)}.example",
            published_at=START + step * number,
            language="en",
        )
        yield event, article
        number += 1


def filled(count):
    """Return a grouper whose window is full, and the rest of its stream."""
    grouper, articles = Grouper(), stream(count)
    for done, article in enumerate(islice(articles, count)):
        grouper.place(article)
        if sys.stderr.isatty() and done % 1_000 == 0:
            sys.stderr.write(f"\rfilling {done:,} of {count:,} ")
    return grouper, articles


def seconds_an_article(grouper, articles):
    """Return CPU seconds to place one article, over the next ``TIMED``."""
    batch = list(islice(articles, TIMED))
    started = time.process_time()
    for article in batch:
        grouper.place(article)
    return (time.process_time() - started) / len(batch)


def baseline_seconds(grouper):
    """Return CPU seconds to compare one article with every story of the window."""
    stories = list(grouper.index.stories.values())
    looked_for = [story.total for story in stories[:BASELINE_TIMED]]
    started = time.process_time()
    for other in stories:
        total = other.total
        for article in looked_for:
            dot(article, total)
    return (time.process_time() - started) / len(looked_for)


def measured(count):
    """Return what one size of the window comes to."""
    grouper, articles = filled(count)
    taken_s = seconds_an_article(grouper, articles)
    return {
        "articles_in_window": count,
        "stories": len(grouper.index.stories),
        "articles_per_s": round(1 / taken_s, 1),
        "baseline_articles_per_s": round(1 / baseline_seconds(grouper), 2),
    }


def main():
    """Measure both sizes and print them, their ratio to the baseline and to each other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=200_000, help="articles in the larger window")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    chosen = parser.parse_args()
    rows = [measured(count) for count in (SMALL, chosen.articles)]
    growth = rows[0]["articles_per_s"] / rows[1]["articles_per_s"]
    for row in rows:
        ratio = row["articles_per_s"] / row["baseline_articles_per_s"]
        print(
            f"{row['articles_in_window']:>8,} in the window, {row['stories']:>7,} stories: "
            f"{row['articles_per_s']:>8,.0f} articles/s, without the index "
            f"{row['baseline_articles_per_s']:>8,.1f}: {ratio:,.0f} times as fast"
        )
    peak_mib = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    print(f"growth: {growth:.2f} times the time an article; peak memory {peak_mib:,.0f} MiB")
    if chosen.json:
        report = {"sizes": rows, "growth": round(growth, 3), "peak_mib": peak_mib}
        chosen.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
