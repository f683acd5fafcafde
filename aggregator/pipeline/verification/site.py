"""All that is wrong with a site, found while its service may run."""

from collections.abc import Callable
from datetime import datetime

from aggregator.model.progress import OnProgress, ignore_progress
from aggregator.model.violations import Violation
from aggregator.pipeline.site import Site
from aggregator.pipeline.verification.tree import find_tree_violations
from aggregator.rules import Rules
from aggregator.store import Store, find_store_violations

LOOKS = 3
"""How often the tree is looked at where something is wrong: a service may just be writing it."""
PAUSE_S = 2.0
"""Between two looks."""


def find_violations(
    *,
    rules: Rules,
    store: Store,
    clock: Callable[[], datetime],
    pause: Callable[[float], object],
    on_progress: OnProgress = ignore_progress,
) -> list[Violation]:
    """Return all that is wrong with store and tree, in the order of their places.

    Of the store that is what is so at one moment, of the tree what stays so however often it is looked at.
    ``on_progress`` is told how many pages of how many were compared with what they are to be.
    """
    found = find_store_violations(store)
    if any(not one.is_mendable and "damaged" in one.problem for one in found):
        return found
    # An article that cannot be read is to be seen to first: what is made of it cannot be told.
    compared: set[str] | None = None if all(one.is_mendable for one in found) else set()
    in_tree = set(
        find_tree_violations(
            Site(rules=rules, store=store, now=clock()), compared=compared, on_progress=on_progress
        )
    )
    for _ in range(LOOKS - 1):
        if in_tree:
            pause(PAUSE_S)
            compared = compared if compared == set() else {one.place for one in in_tree}
            in_tree &= set(
                find_tree_violations(Site(rules=rules, store=store, now=clock()), compared=compared)
            )
    return [*sorted(found), *sorted(in_tree)]
