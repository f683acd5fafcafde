"""What a plan costs: how long it takes to tell what a changed configuration would change.

    python -m tests.benchmarks.planning [--articles N] [--topics N] [--json FILE]

A store is filled as for ``publishing``, and everything is published by the configuration in force. Then plans are
made of it, each in a copy of the store, with the wall-clock seconds that it took:

none        nothing changed
one topic   a topic looks for another word
one rule    of 200 editors' rules one is new
weights     all sources have another weight: the quality of every article changes
window      feeds reach back another number of days

``ratio`` is how much longer it took than to judge all articles once more without storing anything.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from aggregator.config import Config
from aggregator.model.curation import EditorRule, Effects
from aggregator.pipeline.plan import make_plan
from aggregator.pipeline.publish.changes import take_up_changes
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import Store, read_article_batches, read_remembered_sources
from tests.benchmarks.filled_store import StoreFiller, make_config, name_subject, open_database

RULES = 200
ALLOWED_S = 30.0
"""Seconds that a plan may take at 50,000 articles."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """What a plan took in ``seconds``, how often as long as judging, and how many ``feeds`` differed."""

    seconds: float
    ratio: float
    feeds: int


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=50_000, metavar="N", help="stored (default: 50000)")
    parser.add_argument("--topics", type=int, default=100, metavar="N", help="of the site (default: 100)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), options.articles, options.topics)
    print(f"{options.articles:,} articles, {options.topics:,} topics; allowed {ALLOWED_S:.0f} s")
    for name, one in measured.items():
        print(f"{name:10}{one.seconds:>8.1f} s  {one.ratio:>5.1f} x judging{one.feeds:>6} feeds differ")
    if options.json:
        figures = {
            f"plan_{name.replace(' ', '_')}_s": round(one.seconds, 2) for name, one in measured.items()
        }
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measure(folder: Path, articles: int, topics: int) -> Mapping[str, Planned]:
    """Return what each plan costs with so many articles and topics, by what changed."""
    now = datetime.now(UTC)
    filler = StoreFiller(folder, articles=articles, topics=topics, now=now)
    filler.fill(articles)
    filler.close()
    rules = tuple(_make_rule(f"word{number}", -1) for number in range(RULES))
    in_force = replace(make_config(folder, topics), rules=rules)
    with open_database(folder) as store:
        made = Rules.of(in_force, read_remembered_sources(store))
        take_up_changes(Site(rules=made, store=store, now=now))
        publish(Site(rules=made, store=store, now=now), is_tree_checked=True)
        judged_s = _time_judging(made, store)
        url = store.url
    return {
        name: _measure_plan(url, in_force, planned, now, judged_s)
        for name, planned in _change(in_force).items()
    }


def _change(config: Config) -> Mapping[str, Config]:
    first, second, *rest = config.topics
    other = replace(second, keywords=(name_subject(len(config.topics) - 1),))
    publishing = config.settings.publish.model_copy(update={"window_days": 5})
    return {
        "none": config,
        "one topic": replace(config, topics=(first, other, *rest)),
        "one rule": replace(config, rules=(*config.rules, _make_rule(name_subject(3), -40))),
        "weights": replace(config, sources=tuple(replace(one, weight=3) for one in config.sources)),
        "window": replace(config, settings=config.settings.model_copy(update={"publish": publishing})),
    }


def _make_rule(word: str, points: int) -> EditorRule:
    return EditorRule(id=f"no-{word}", when=(f'title.matches("(?i){word}")',), then=Effects(quality=points))


def _measure_plan(url: str, before: Config, after: Config, now: datetime, judged_s: float) -> Planned:
    started_s = time.perf_counter()
    plan = make_plan(url, before=before, after=after, now=now)
    seconds = time.perf_counter() - started_s
    return Planned(seconds=seconds, ratio=seconds / judged_s, feeds=len(plan.feeds))


def _time_judging(rules: Rules, store: Store) -> float:
    started_s = time.perf_counter()
    for batch in read_article_batches(store):
        for article in batch:
            rules.judge_again(article, [article.source_id], now=article.first_seen_at)
    return time.perf_counter() - started_s


if __name__ == "__main__":
    main()
