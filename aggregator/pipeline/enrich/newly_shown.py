"""Articles that feeds are about to show: their pictures are looked at before anything is published."""

from datetime import datetime

from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.publish.arrangement import arrange_feeds
from aggregator.rules import Rules
from aggregator.store import MarkKind, Store, read_marks, save_marks, select_shown_articles

MOST = 100_000
"""Changed articles that are looked through; others are marked when they are published."""


def mark_newly_shown(*, rules: Rules, store: Store, now: datetime) -> None:
    """Give changed articles their places in the feeds, and mark those that a feed shows there."""
    changed = {mark.key for mark in read_marks(store, MarkKind.ARTICLE, now=now, limit=MOST)}
    arrange_feeds(rules=rules, store=store, now=now)
    save_marks(store, MarkKind.PICTURE, sorted(select_shown_articles(store, changed, size_feeds(rules))))
