"""A plan in a line."""

from aggregator.model.feed_differences import FeedDifference
from aggregator.pipeline.plan.planning import FeedPlan

KINDS = {"entering": "enter", "leaving": "leave", "moving": "move", "changing": "change"}
"""The lists of items of a feed that differs, and what is said of each."""


def summarise_plan(plan: FeedPlan) -> str:
    """Return one line on a plan."""
    if plan.is_empty:
        return f"no feed differs, of {plan.articles:,} stored articles"
    noun = "feed differs" if len(plan.feeds) == 1 else "feeds differ"
    differ = f"{len(plan.feeds)} {noun}: {count_changes(*plan.feeds)}"
    told = differ if plan.feeds else "no feed has other items"
    count = len({one.story_id for one in plan.stories})
    shown = f"; {count} {'story is' if count == 1 else 'stories are'} shown otherwise" if count else ""
    return f"{told}{shown} (of {plan.articles:,} stored articles)"


def count_changes(*feeds: FeedDifference) -> str:
    """Return how many items enter, leave, move and change."""
    counted = [(sum(map(len, (getattr(feed, kind) for feed in feeds))), verb) for kind, verb in KINDS.items()]
    return ", ".join(f"{number} {verb}" for number, verb in counted)
