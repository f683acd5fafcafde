"""Sources that a wrong clock put off: they are made due now, and it is logged."""

import structlog

from aggregator.cadence import longest_wait
from aggregator.model.clock_skew import is_behind
from aggregator.pipeline.site import Site
from aggregator.store import repair_clock_faults
from aggregator.websub import LONGEST_LEASE

log = structlog.get_logger()


def mend_clock(site: Site) -> None:
    """Make due ``now`` what times that cannot be true put off, and log it; raises StoreError.

    By a clock that is certainly wrong itself nothing is mended.
    """
    if is_behind(site.now):
        log.error("clock", error=f"the clock of this machine shows {site.now:%Y-%m-%d}: set it")
        return
    longest = longest_wait(
        [site.rules.polling.intervals, *map(site.rules.polling.intervals.of, site.rules.sources.values())]
    )
    mended = repair_clock_faults(site.store, site.now, longest_wait=longest, longest_lease=LONGEST_LEASE)
    if mended.sources or mended.subscriptions:
        log.warning(
            "clock", problem="the clock was wrong: what it put off too far is due now",
            sources=len(mended.sources), first=mended.sources[0] if mended.sources else None,
            subscriptions=mended.subscriptions,
        )  # fmt: skip
