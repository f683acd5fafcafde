"""Articles that feeds are about to show: their pictures are looked at before anything is published."""

from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.publish.arrangement import arrange_feeds
from aggregator.pipeline.site import Site
from aggregator.store import MarkKind, read_marks, save_marks, select_shown_articles

MOST = 100_000
"""Changed articles that are looked through; others are marked when they are published."""


def mark_newly_shown(site: Site) -> None:
    """Give changed articles their places in the feeds, and mark those that a feed shows there."""
    changed = {mark.key for mark in read_marks(site.store, MarkKind.ARTICLE, now=site.now, limit=MOST)}
    arrange_feeds(site)
    save_marks(
        site.store,
        MarkKind.PICTURE,
        sorted(select_shown_articles(site.store, changed, size_feeds(site.rules))),
    )
