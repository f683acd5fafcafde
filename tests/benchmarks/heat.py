"""What it costs that the heat of records falls, while there is no new article.

    python -m tests.benchmarks.heat [--articles N]

A site is filled by the program itself (``filled_site``), whose articles are spread over ten days; all records are
written once. Then they are published every hour of a day to come. CPU is user and system time of the process.
"""

import argparse
import resource
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.pipeline.records import publish_records
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.secured import SecuredKeys
from aggregator.store import read_remembered_sources
from tests.benchmarks.filled_site import fill_site

HOURS = 24
ARTICLES_PER_SOURCE = 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=20_000, metavar="N", help="stored (default: 20000)")
    articles = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder:
        hourly = measure(Path(folder), articles)
    print(
        f"{articles:,} articles, records published every hour of a day\n{'hour':>4}{'files':>10}{'CPU s':>10}"
    )
    for hour, (files, cpu_s) in enumerate(hourly, start=1):
        print(f"{hour:>4}{files:>10,}{cpu_s:>10.2f}")
    files, cpu_s = (sum(figures) / HOURS for figures in zip(*hourly, strict=True))
    print(f"mean{files:>10,.0f}{cpu_s:>10.2f}")


def measure(folder: Path, articles: int) -> list[tuple[int, float]]:
    """Return how many files were written in each hour, and CPU seconds."""
    now = datetime.now(UTC)
    sources = max(articles // ARTICLES_PER_SOURCE, 1)
    config, store = fill_site(folder, articles=articles, sources=sources, now=now)
    rules = Rules.of(config, read_remembered_sources(store))
    publishing = rules.publishing.model_copy(update={"records": True})
    rules = replace(rules, publishing=publishing, feeds_dir=folder / "feeds")
    hourly = []
    with store:
        for hour in range(HOURS + 1):
            before_s = _count_cpu_s()
            at = now + timedelta(hours=hour)
            done = publish_records(Site(rules=rules, store=store, now=at), keys=SecuredKeys())
            assert done.errors == ()
            hourly.append((done.changed, _count_cpu_s() - before_s))
    return hourly[1:]


def _count_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
