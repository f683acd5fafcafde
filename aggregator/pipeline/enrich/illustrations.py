"""Pictures and logos together, as the service and a round of polling look for them."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Article
from aggregator.pipeline.context import Clock
from aggregator.pipeline.enrich.logos import check_logos
from aggregator.pipeline.enrich.pictures import check_pictures
from aggregator.pipeline.publish.select import articles_in, choose
from aggregator.rules import Rules
from aggregator.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Illustrated:
    """What was looked for: ``pictures`` and ``logos``; pictures ``left`` for next time.

    ``is_changed`` tells whether anything that is published may have changed.
    """

    pictures: int
    logos: int
    left: int
    is_changed: bool


def articles_in_play(*, rules: Rules, store: Store, now: datetime) -> tuple[Article, ...]:
    """Return the articles that any feed holds at ``now``, each once, but imported ones."""
    chosen = choose(rules=rules, store=store, now=now)
    return tuple(article for article in articles_in(chosen) if article.imported is None)


async def illustrate(
    *, rules: Rules, store: Store, fetcher: Fetcher, pages: PageFetcher, clock: Clock
) -> Illustrated:
    """Look at the pictures and logos of the articles in play that were not looked at yet.

    Bounded in number; what cannot be used is logged and stops nothing. Raises StoreError, PublishError.
    """
    articles = await asyncio.to_thread(articles_in_play, rules=rules, store=store, now=clock())
    pictures = await check_pictures(articles, rules=rules, store=store, fetcher=fetcher, clock=clock)
    logos = await check_logos(articles, rules=rules, store=store, fetcher=fetcher, pages=pages, clock=clock)
    return Illustrated(
        pictures=pictures.looked_at,
        logos=logos,
        left=pictures.left,
        is_changed=bool(pictures.looked_at or pictures.revised or logos),
    )
