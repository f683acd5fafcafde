"""The database sorts sources as the desk names how they stand."""

from datetime import timedelta
from itertools import product
from random import Random

from sqlalchemy import update

from aggregator.cadence import count_entries_a_day, find_rhythm
from aggregator.desk.pages.sources import name_standing
from aggregator.model import Source, SourceState
from aggregator.store import (
    count_configured_sources,
    list_sorted_sources,
    read_all_posts,
    read_source_states,
)
from aggregator.store.schema import sources
from tests.builders import NOW

WORST_FIRST = ("gone", "failing", "quarantined", "moved", "new", "well", "off")


def put_sources(store):
    """Store a source for each way to stand; return them by id."""
    ways = list(product((True, False), (None, NOW, NOW - timedelta(hours=1)), ("gone", "updated"), (0, 1, 3),
                        (None, NOW), (None, "https://b.example/")))  # fmt: skip
    Random(1).shuffle(ways)
    made = [Source(id=f"s{n}", url=f"https://{n}.example/", enabled=way[0]) for n, way in enumerate(ways)]
    store.sync_sources(made, now=NOW)
    names = ("polled_at", "outcome", "failures", "quarantined_at", "proposed_url")
    with store.writing() as writing:
        for source, (_, *said) in zip(made, ways, strict=True):
            row = sources.c.source_id == source.id
            writing.execute(update(sources).where(row).values(**dict(zip(names, said, strict=True))))
    return {one.id: one for one in made}


def test_the_worst_and_the_last_polled_are_first(store):
    """As each source stands by its state, the most failures first, then by ids; a page is a part of that."""
    made = put_sources(store)
    states = read_source_states(store)

    def rank(source_id):
        state = states[source_id]
        stands = name_standing(made[source_id], state)
        return WORST_FIRST.index(stands), -state.failures, source_id

    def age(source_id):
        polled_at = states[source_id].polled_at
        return polled_at is None, polled_at and NOW - polled_at, source_id

    for order, key in (("standing", rank), ("polled", age), ("id", str)):
        expected = tuple(sorted(made, key=key))
        assert list_sorted_sources(store, order) == expected
        assert list_sorted_sources(store, order, start=100, most=7) == expected[100:107]
    assert count_configured_sources(store) == len(made)


def test_rates_are_those_of_rhythms(store):
    """Whatever posts there are, the short way counts what the long way does."""
    rng = Random(2)
    store.sync_sources([Source(id=f"s{n}", url=f"https://{n}.example/") for n in range(60)], now=NOW)
    quarter = int(NOW.timestamp()) // 900
    with store.writing() as writing:
        for n in range(60):
            ages = sorted({int(rng.expovariate(1 / 900)) for _ in range(rng.choice([0, 3, 40, 64]))})
            posts = tuple((quarter - age, rng.randint(1, 4)) for age in reversed(ages))
            since = rng.choice([None, NOW, NOW - timedelta(days=3), NOW - timedelta(days=100)])
            row = sources.c.source_id == f"s{n}"
            writing.execute(update(sources).where(row).values(posts=posts, first_polled_at=since))
    for source_id, posts, since in read_all_posts(store):
        rhythm = find_rhythm(SourceState(source_id=source_id, posts=posts, first_polled_at=since), NOW)
        rate = count_entries_a_day(posts, known_since=since or NOW, now=NOW)
        assert rate == (rhythm.entries_per_day if rhythm else 0)
