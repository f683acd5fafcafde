"""Which changes of the configuration wait for an operator: those that take much out of a feed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from aggregator.config import Config
from aggregator.model.feed_differences import FeedDifference
from aggregator.pipeline.config_in_force import is_approved, is_in_force, read_in_force
from aggregator.pipeline.plan.planning import FeedPlan, make_plan
from aggregator.store import Store, can_copy

MOST_NAMED = 3
"""Feeds that are named as those that a change would empty or cut."""
_HARMLESS = frozenset({"site", "storage", "fetch", "server", "websub", "images", "heat"})
"""Sections of the settings that decide about no item of a feed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WeighedChange:
    """What a change would do, None where it can do nothing to feeds, and why it waits, None: it need not."""

    plan: FeedPlan | None = None
    why: str | None = None


def choose_config(checked: Config, store: Store, environ: Mapping[str, str]) -> Config:
    """Return the configuration that a service starts with: the one in force, or ``checked``.

    It is the one in force where ``checked`` may change feeds and was not let go: it is to be weighed first.
    """
    if is_in_force(checked, store) or is_approved(checked, store):
        return checked
    in_force = read_in_force(store, like=checked, environ=environ)
    return in_force if in_force is not None and may_differ(in_force, checked) else checked


def weigh_change(store: Store, *, before: Config | None, after: Config, now: datetime) -> WeighedChange:
    """Return what a change does to the feeds of a store, and whether it waits to be let go.

    Nothing waits where nothing was taken up ``before``, the store cannot be copied, or the settings say that
    changes apply at once. Raises StoreError where it cannot be told what changes.
    """
    if before is None or not may_differ(before, after) or not can_copy(store.url):
        return WeighedChange()
    plan = make_plan(store.url, before=before, after=after, now=now)
    is_free = after.settings.site.apply_at_once
    return WeighedChange(plan=plan, why=None if is_free else find_reason_to_wait(plan))


def may_differ(before: Config, after: Config) -> bool:
    """Tell whether two configurations may differ in what feeds show."""
    return _list_what_decides(before) != _list_what_decides(after)


def find_reason_to_wait(plan: FeedPlan) -> str | None:
    """Return which feeds would be emptied or cut, None where each keeps two thirds of what it shows."""
    found = [text for feed in plan.feeds for text in _describe_loss(feed)]
    if not found:
        return None
    more = f", and of {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return f"it would take out {', '.join(found[:MOST_NAMED])}{more}"


def _describe_loss(feed: FeedDifference) -> Iterator[str]:
    leaving = len(feed.leaving)
    if feed.before and not feed.after:
        yield f"all {feed.before} items of {feed.feed}"
    elif 3 * leaving > feed.before:
        yield f"{leaving} of {feed.before} items of {feed.feed}"


def _list_what_decides(config: Config) -> tuple[object, ...]:
    """Return all of a configuration that decides what feeds show."""
    others = {"folder", "settings", "sources", "texts"}
    records = [getattr(config, one.name) for one in fields(config) if one.name not in others]
    sources = [(s.id, s.topics, s.assign, s.weight, s.page) for s in config.sources]
    settings = config.settings.model_dump(exclude=set(_HARMLESS))
    settings["polling"] = settings["polling"]["backlog_days"]
    return (records, sources, settings)
