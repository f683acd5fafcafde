"""The first page: what needs a person now, how much is stored and waits, and how the service does."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aggregator.config.typed_commands import complete_commands
from aggregator.desk.answers import Fields
from aggregator.desk.phrases import format_seconds
from aggregator.desk.site import DeskSite
from aggregator.model.alerts import SOURCE_KINDS, AlertEvent
from aggregator.pipeline.config_in_force import find_waiting
from aggregator.pipeline.editing.withdrawals import list_withdrawals
from aggregator.publish.tree_writers import read_roles
from aggregator.service.publishing_jobs import PUBLISHED_MARKS
from aggregator.store import (
    count_articles,
    count_due_marks,
    count_quarantined,
    count_standings,
    count_stories,
    count_troubled,
    count_waiting_corrections,
    count_waiting_pings,
    measure_store,
    read_alerts,
    read_events,
    read_outages,
    read_queue,
    read_topic_problems,
)
from aggregator.text import format_bytes

LONGEST = 300
MOST_ALERTS = 50
MOST_PAST_ALERTS = 10
LOOKED_THROUGH = 100
"""The last events, among which those are that something is over."""
ILL = ("failing", "gone")
"""How sources stand while not all is well, though they may come back without a person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What needs a person, and the page of the desk where it is seen; "": none."""

    text: str
    page: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A number or a time, and what it is."""

    name: str
    value: str


def show_overview(site: DeskSite, _asked: Fields) -> Mapping[str, object]:
    """Return what the first page shows."""
    jobs, workers = read_queue(site.store)
    alerts = [one for one in read_alerts(site.store).values() if one.over_at is None]
    standings = count_standings(site.store)
    return {
        "source_kinds": SOURCE_KINDS,
        "alerts": alerts[:MOST_ALERTS],
        "more_alerts": max(0, len(alerts) - MOST_ALERTS),
        "past_alerts": _list_past_alerts(site),
        "needs": [*_find_service_needs(site), *_find_source_needs(site)],
        "is_well": not alerts and not any(standings[name] for name in ILL),
        "sources": [Fact(name=name, value=f"{n:,}") for name, n in standings.items()],
        "stored": list(_list_stored(site)),
        "waiting": list(_list_waiting(site)),
        "service": list(_list_service(site)),
        "jobs": jobs,
        "workers": workers,
        "roles": read_roles(site.rules.feeds_dir, site.read_time()) if workers else {},
    }


def _list_past_alerts(site: DeskSite) -> Sequence[AlertEvent]:
    """Return what is over, of what was told last: the newest first."""
    told = read_events(site.store, most=LOOKED_THROUGH)
    return [one for one in reversed(told) if one.is_over][:MOST_PAST_ALERTS]


def _find_service_needs(site: DeskSite) -> Iterator[Need]:
    for name, check in site.checks.items():
        wrong = check()
        if wrong:
            yield Need(text=f"{name}: {wrong}")
    for outage in read_outages(site.store, site.read_time()):
        if outage.where != site.state.network_watch.where:  # which said so above
            yield Need(text=f"network of {outage.where}: {outage.problem[:LONGEST]}")
    problems = site.live.problems
    if problems:
        yield Need(text=f"the configuration has problems and is left aside: {problems[0][:LONGEST]}")
    waiting = site.live.waiting
    why = waiting.why if waiting else find_waiting(site.config, site.store)
    if why:
        waits = f"a change of the configuration waits: {why}: let it go with `aggregator apply`"
        yield Need(text=complete_commands(waits, site.folder))
    for topic_id, problem in read_topic_problems(site.store).items():
        yield Need(text=f"{topic_id} could not be written: {problem[:LONGEST]}", page="topics")


def _find_source_needs(site: DeskSite) -> Iterator[Need]:
    found = count_troubled(site.store)
    told = (
        (found.broken, "source is gone or has failed for long", "sources have been gone or failing for long",
         "sources?sort=standing"),
        (found.quarantined, "source is quarantined", "sources are quarantined", "review"),
        (found.moved, "source has moved", "sources have moved", "review"),
        (sum(count_quarantined(site.store).values()), "article waits for review", "articles wait for review",
         "review"),
        (sum(not one.is_withdrawn for one in list_withdrawals(site.config, site.store, site.read_time())),
         "article disappeared at its source", "articles disappeared at their source", "review"),
    )  # fmt: skip
    for count, one, many, page in told:
        if count:
            yield Need(text=f"{count:,} {one if count == 1 else many}", page=page)


def _list_stored(site: DeskSite) -> Iterator[Fact]:
    yield Fact(name="articles", value=f"{count_articles(site.store):,}")
    yield Fact(name="stories", value=f"{count_stories(site.store):,}")
    size = measure_store(site.store)
    if size is not None:
        yield Fact(name="database", value=format_bytes(size))


def _list_waiting(site: DeskSite) -> Iterator[Fact]:
    marks = count_due_marks(site.store, site.read_time())
    published = sum(marks.get(kind.value, 0) for kind in PUBLISHED_MARKS)
    yield Fact(name="changes to publish", value=f"{published:,}")
    yield Fact(name="records, pictures and icons to do", value=f"{sum(marks.values()) - published:,}")
    yield Fact(name="corrections in no file yet", value=f"{count_waiting_corrections(site.store):,}")
    yield Fact(name="pings of hubs", value=f"{count_waiting_pings(site.store):,}")
    yield Fact(name="polls under way", value=f"{len(site.state.polls.under_way):,}")


def _list_service(site: DeskSite) -> Iterator[Fact]:
    now_s = time.monotonic()
    for name, at_s in (
        ("last publication", site.state.publication.ended_at_s),
        ("last look for due sources", site.state.ticked_at_s),
    ):
        yield Fact(name=name, value="never" if at_s is None else f"{format_seconds(now_s - at_s)} ago")
