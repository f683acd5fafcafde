"""Made-up sources, as many as are asked for, and a store in which they have been polled for long."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from aggregator.config import Config
from aggregator.config.keys.settings import Settings
from aggregator.model import Source, Topic
from aggregator.store import Store

TOPIC = Topic(id="ml", name="Machine Learning", keywords=("machine learning",))
PER_DOMAIN = 2
"""Sources of most publishers."""
_DEFAULTS = {"enrich": {"pages": False}, "images": {"sizes": False, "logos": False}}
_SPREAD = text(
    "UPDATE sources SET polled_at = :ago, first_polled_at = :ago, outcome = 'not_modified', etag = '\"1\"',"
    " next_poll_at = :now + CAST(random() * :interval AS bigint)"
)


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is simulated: so many ``sources``, each polled every so many minutes, and ``workers``.

    ``warm_up_s`` pass before anything counts, then ``seconds``. A share of answers, ``new``, has a new entry.
    One publisher has ``of_the_largest`` sources, as hosts of blogs do, all others have two.
    """

    sources: int
    workers: int
    interval_min: float
    seconds: float
    warm_up_s: float
    new: float = 0.05
    shards: int = 64
    of_the_largest: int = 100


def make_sources(load: Load) -> tuple[Source, ...]:
    """Return all sources."""
    return tuple(
        Source(
            id=f"s{number}",
            url=f"https://www.{_name_domain(number, load)}/feeds/{number}.xml",
            topics=("ml",),
        )
        for number in range(load.sources)
    )


def _name_domain(number: int, load: Load) -> str:
    return "blogs.example" if number < load.of_the_largest else f"publisher-{number // PER_DOMAIN}.example"


def make_config(load: Load) -> Config:
    """Return the configuration of all sources."""
    polling = dict.fromkeys(
        ("default_interval_min", "min_interval_min", "max_interval_min"), load.interval_min
    )
    settings = Settings.model_validate({**_DEFAULTS, "polling": polling})
    return Config(folder=Path(), settings=settings, sources=make_sources(load), topics=(TOPIC,))


def fill_store(store: Store, load: Load) -> None:
    """Let the store know all sources, due one after another within the next interval."""
    now, interval = datetime.now(UTC), timedelta(minutes=load.interval_min)
    store.sync_sources(make_sources(load), now=now)
    values = {
        "now": _count_us(now), "ago": _count_us(now - interval), "interval": interval // timedelta(microseconds=1),
    }  # fmt: skip
    with store.writing() as connection:
        connection.execute(_SPREAD, values)
    with store.writing() as connection:
        connection.execute(text("ANALYZE"))


def _count_us(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)
