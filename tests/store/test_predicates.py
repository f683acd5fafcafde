"""Each rule that is written in Python and in SQL says the same of the same records."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select, update

from aggregator.model import Source, predicates
from aggregator.store import list_due_sources, read_article_batches
from aggregator.store import predicates as in_sql
from aggregator.store.schema import articles, sources
from tests.builders import NOW, article

INSTANT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AROUND = (-INSTANT, timedelta(0), INSTANT)
FIRST_SEEN = [*(NOW - 2 * DAY + by for by in AROUND), NOW - HOUR, NOW + HOUR]
PUBLISHED = [NOW - 9 * DAY, *(NOW - 2 * DAY + by for by in AROUND), NOW - HOUR, NOW + DAY]
CHECKED = [None, *(NOW - 3 * DAY + by for by in AROUND), NOW, *(NOW + MINUTE + by for by in AROUND)]


def _articles():
    """Return articles whose fields stand on both sides of every limit, in all combinations."""
    number = 0
    for quality, is_quarantined, is_backlog, published_at, first_seen_at in product(
        (69, 70, 85), (False, True), (False, True), PUBLISHED, FIRST_SEEN
    ):
        number += 1
        yield article(
            number, quality=quality, is_quarantined=is_quarantined, is_backlog=is_backlog,
            published_at=published_at, first_seen_at=first_seen_at,
        )  # fmt: skip
    for enriched_at, imported, is_quarantined, first_seen_at, amp_url, checked_at in product(
        (None, NOW), (None, {"x": 1}), (False, True), FIRST_SEEN, (None, "https://daily.example/amp"), CHECKED
    ):
        number += 1
        yield article(
            number, enriched_at=enriched_at, imported=imported, is_quarantined=is_quarantined,
            first_seen_at=first_seen_at, amp_url=amp_url, amp_checked_at=checked_at,
        )  # fmt: skip


RULES = {
    "is_published": (lambda a: a.is_published, in_sql.IS_PUBLISHED),
    "is_listed": (predicates.is_listed, in_sql.is_listed()),
    "is_listed, of more": (
        lambda a: predicates.is_listed(a, min_quality=85),
        in_sql.is_listed(min_quality=85),
    ),
    "is_unread": (predicates.is_unread, in_sql.IS_UNREAD),
    "needs_page": (lambda a: predicates.needs_page(a, NOW), in_sql.needs_page(NOW)),
    "needs_amp_proof": (lambda a: predicates.needs_amp_proof(a, NOW), in_sql.needs_amp_proof(NOW)),
    **{
        f"is_recent, backlog of {backlog}": (
            lambda a, backlog=backlog: predicates.is_recent(a, backlog=backlog, cutoff=NOW - 2 * DAY),
            in_sql.is_recent(backlog=backlog, cutoff=NOW - 2 * DAY),
        )
        for backlog in (timedelta(0), *(7 * DAY + by for by in AROUND), 30 * DAY)
    },
}


@pytest.fixture
def stored(store):
    """A store with all of those articles."""
    store.update_articles(tuple(_articles()))
    return store


def test_rules_on_articles_agree(stored):
    """Of articles on both sides of every limit each rule chooses the same in Python and in SQL, not all or none."""
    kept = [a for batch in read_article_batches(stored) for a in batch]
    for name, (holds, condition) in RULES.items():
        chosen = {a.id for a in kept if holds(a)}
        with stored.reading() as connection:
            found = set(connection.execute(select(articles.c.id).where(condition)).scalars())
        assert found == chosen, name
        assert 0 < len(chosen) < len(kept), name


PAUSES = [
    (),
    ((NOW - HOUR, NOW + HOUR),),
    ((NOW - 5 * HOUR, NOW - 15 * MINUTE),),
    ((NOW - 30 * HOUR, NOW - 30 * MINUTE),),
    ((NOW - 30 * HOUR, NOW - HOUR),),
    ((NOW - 30 * HOUR, NOW - HOUR + INSTANT),),
    ((NOW - 5 * HOUR, NOW - 10 * MINUTE), (NOW - 30 * HOUR, NOW - 50 * MINUTE)),
    ((NOW - 5 * HOUR, NOW - 10 * MINUTE), (NOW - 90 * HOUR, NOW - 3 * HOUR)),
]
PHASES = (0, 1, 333, 499, 500, 501, 998, 999)


def _configure(store, pauses):
    """Configure sources of a service: one of each phase that is due, and one for each of its ``pauses``."""
    reported = {f"told-{number}": pause for number, pause in enumerate(pauses)}
    waiting = {f"phase-{phase}": phase for phase in PHASES}
    store.sync_sources(
        [Source(id=name, url=f"https://daily.example/{name}") for name in (*reported, *waiting)],
        now=NOW - DAY,
    )
    with store.writing() as connection:
        for name, (since, until) in reported.items():
            values = {"polled_at": since, "paused_until_at": until, "next_poll_at": NOW + 9 * DAY}
            connection.execute(update(sources).where(sources.c.source_id == name).values(**values))
        for name, phase in waiting.items():
            connection.execute(update(sources).where(sources.c.source_id == name).values(phase=phase))
    return waiting


@pytest.mark.parametrize("pauses", PAUSES)
def test_rules_on_pauses_agree(store, pauses):
    """After the pauses of a service its sources come back at the same moments in Python and in SQL."""
    waiting = _configure(store, pauses)
    for minutes in range(0, 130, 3):
        now = NOW + timedelta(minutes=minutes)
        free = {name for name, phase in waiting.items() if not predicates.is_paused(pauses, phase, now)}
        assert set(list_due_sources(store, now)) == free
    assert free == set(waiting)
