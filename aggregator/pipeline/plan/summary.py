"""A plan in a line."""

from aggregator.model.feed_differences import FeedDifference, HeadDifference, HeadPart
from aggregator.pipeline.plan.planning import FeedPlan

KINDS = {"entering": "enter", "leaving": "leave", "moving": "move", "changing": "change"}
"""The lists of items of a feed that differs, and what is said of each."""
_PARTS = {
    HeadPart.TITLE: "titles", HeadPart.ADDRESS: "addresses", HeadPart.DESCRIPTION: "descriptions",
    HeadPart.LANGUAGE: "language", HeadPart.CONTACT: "contact", HeadPart.HUBS: "hubs",
}  # fmt: skip


def summarise_plan(plan: FeedPlan) -> str:
    """Return one line on a plan."""
    if plan.is_empty:
        return f"no feed differs, of {plan.articles:,} stored articles"
    noun = "feed differs" if len(plan.feeds) == 1 else "feeds differ"
    differ = f"{len(plan.feeds)} {noun}: {count_changes(*plan.feeds)}"
    told = differ if plan.feeds else "no feed has other items"
    told = "; ".join([told, *map(name_head, plan.heads)])
    count = len({one.story_id for one in plan.stories})
    shown = f"; {count} {'story is' if count == 1 else 'stories are'} shown otherwise" if count else ""
    return f"{told}{shown} (of {plan.articles:,} stored articles)"


def name_head(head: HeadDifference) -> str:
    """Return which feeds say what otherwise of themselves."""
    count = len(head.feeds)
    feeds = f"all {count} feeds" if head.is_all else f"{count} feeds"
    return f"{feeds} change their {_PARTS[head.part]}"


def count_changes(*feeds: FeedDifference) -> str:
    """Return how many items enter, leave, move and change."""
    counted = [(sum(map(len, (getattr(feed, kind) for feed in feeds))), verb) for kind, verb in KINDS.items()]
    return ", ".join(f"{number} {verb}" for number, verb in counted)
