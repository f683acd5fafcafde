"""A plan as lines, as JSON, and as a page."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

from aggregator.model.feed_differences import (
    FeedDifference,
    HeadDifference,
    ItemChange,
    ShownPart,
    StoryDifference,
)
from aggregator.pipeline.plan import FeedPlan
from aggregator.pipeline.plan.summary import KINDS, count_changes, name_head, summarise_plan
from aggregator.pipeline.plan.taken_in import tell_once
from aggregator.publish.plan_page import render_plan_page
from aggregator.text import clean_cell, format_time

MOST_LISTED = 10
"""Items of a feed that are listed of each kind, where not all are asked for."""


def describe_plan(plan: FeedPlan, *, most: int = MOST_LISTED) -> Iterator[str]:
    """Yield lines on a plan: one on all of it, then the feeds with some of their items."""
    yield summarise_plan(plan)
    yield from map(_describe_head, plan.heads)
    for one in plan.feeds:
        yield f"{one.feed}: {one.before} -> {one.after} items: {count_changes(one)}"
        for sign, items in _list_kinds(tell_once(one)):
            yield from (f"  {sign} {_describe_item(item)}" for item in items[:most])
            if len(items) > most:
                yield f"  {sign} and {len(items) - most} more: --json and --html have all"
    yield from map(_describe_story, plan.stories[:most])
    if len(plan.stories) > most:
        yield f"and {len(plan.stories) - most} more stories: --json and --html have all"


_SIGNS = {"entering": "+", "leaving": "-", "moving": "~", "changing": "*"}


def _list_kinds(feed: FeedDifference) -> Iterator[tuple[str, tuple[ItemChange, ...]]]:
    return ((sign, getattr(feed, kind)) for kind, sign in _SIGNS.items())


def report_plan(plan: FeedPlan) -> str:
    """Return a plan as one JSON object."""
    report = {
        "at": format_time(plan.at),
        "articles": plan.articles,
        **{kind: sum(len(getattr(feed, kind)) for feed in plan.feeds) for kind in KINDS},
        "feeds": [_report_feed(feed) for feed in plan.feeds],
        "stories": [
            {
                "id": one.story_id,
                "title": one.title,
                "part": one.part.value,
                "before": one.before,
                "after": one.after,
                "because": one.because,
            }
            for one in plan.stories
        ],
        "heads": [
            {
                "part": one.part.value,
                "feeds": list(one.feeds),
                "before": one.before,
                "after": one.after,
            }
            for one in plan.heads
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=2)


def render_page(plan: FeedPlan) -> bytes:
    """Return a plan as a page in HTML."""
    times = f"Compared at {format_time(plan.at)} with what is published now; nothing was changed."
    return render_plan_page(
        "What would change",
        [summarise_plan(plan), *map(_describe_head, plan.heads), times],
        [tell_once(feed) for feed in plan.feeds],
        plan.stories,
    )


def cut_to_days(plan: FeedPlan, days: int) -> FeedPlan:
    """Return a plan with those items alone that were published in the last ``days``."""
    since = plan.at - timedelta(days=days)
    return plan.select(lambda item: item.published_at is not None and item.published_at >= since)


def _report_feed(one: FeedDifference) -> dict[str, object]:
    lists = {kind: _report_items(getattr(one, kind)) for kind in KINDS}
    return {"feed": one.feed, "before": one.before, "after": one.after, **lists}


def _report_items(items: Sequence[ItemChange]) -> list[dict[str, object]]:
    return [
        {
            "id": item.item_id, "title": item.title, "url": item.url,
            "before": item.before, "after": item.after, "because": item.because,
            "into": item.into, "takes_in": item.takes_in,
        }
        for item in items
    ]  # fmt: skip


def _describe_item(item: ItemChange) -> str:
    places = " -> ".join(str(place) for place in (item.before, item.after) if place is not None)
    taken = f"; takes in {'; '.join(item.takes_in)}" if item.takes_in else ""
    return clean_cell(f"{places}  {item.title or item.item_id}{taken}  [{', '.join(item.because)}]")


def _describe_head(one: HeadDifference) -> str:
    named = "" if one.is_all else f" ({', '.join(one.feeds)})"
    return clean_cell(f"{name_head(one)}{named}: {one.before or 'none'} -> {one.after or 'none'}")


def _describe_story(one: StoryDifference) -> str:
    was, is_ = ("; ".join(titles) or "nothing" for titles in (one.before, one.after))
    what = "lead" if one.part is ShownPart.LEAD else f"{one.title}: related"
    return clean_cell(f"story {one.story_id}: {what}: {was} -> {is_}  [{', '.join(one.because)}]")
