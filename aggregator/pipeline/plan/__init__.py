"""What a changed configuration would publish, compared with what is published now; nothing is changed.

the store, copied ─► arranged by what is in force ─► what feeds show
                  ─► judged and arranged by what is planned ─► what they would show ─► compared, explained
"""

from aggregator.model.feed_differences import FeedDifference, ItemChange
from aggregator.pipeline.plan.comparison import compare_feeds
from aggregator.pipeline.plan.gate import choose_config, may_differ, weigh_change
from aggregator.pipeline.plan.planning import STEPS, FeedPlan, OnStep, make_plan

__all__ = [
    "STEPS",
    "FeedDifference",
    "FeedPlan",
    "ItemChange",
    "OnStep",
    "choose_config",
    "compare_feeds",
    "make_plan",
    "may_differ",
    "weigh_change",
]
