"""Everything that is found out about an article after it was stored: one list, in order.

    articles stored ───► their pages: excerpt, pictures, dates, author, publisher's name; the AMP page, proved
    articles in play ──► their pictures: sizes, local copies, defaults dropped ──► their publishers' logos

What the page of an article says is no step of its own: it is taken in ``article_pages``, where the page is
read, by ``enrich.page``. Any other new step is a function in a file of its own and a row of ``STEPS``; the
service and ``aggregator poll`` run it from then on. It is given articles, never their pages, and has to be
safe to kill and to run twice: what is due is known from the store alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from aggregator.model import Article
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.article_pages import find_unread_articles, read_article_pages
from aggregator.pipeline.enrich.logos import check_logos
from aggregator.pipeline.enrich.pictures import check_pictures
from aggregator.pipeline.enrich.step_result import StepResult
from aggregator.pipeline.publish.arrangement import arrange_feeds
from aggregator.pipeline.publish.feed_content import read_topic_articles
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.rules import Rules
from aggregator.store import read_stored_articles


class Stage(Enum):
    """Which articles a step is given, and so when it is due."""

    STORED = "stored"
    """Those whose page is due, the newest first: soon after they came in, as they wait for it."""
    IN_PLAY = "in play"
    """Those that any feed holds now: once the feeds are published, as nobody else's pictures are shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A row of the list: what the log ``counts``, which articles it is given, what it needs, what it does."""

    counts: str
    stage: Stage
    is_enabled: Callable[[Rules], bool]
    run: Callable[[Sequence[Article], Context], Awaitable[StepResult]]


STEPS = (
    Step(
        counts="articles", stage=Stage.STORED,  # those whose pages were read
        is_enabled=lambda rules: rules.enrichment.pages, run=read_article_pages,
    ),
    Step(
        counts="pictures", stage=Stage.IN_PLAY,
        is_enabled=lambda rules: rules.images.sizes, run=check_pictures,
    ),
    Step(
        counts="logos", stage=Stage.IN_PLAY,
        is_enabled=lambda rules: rules.images.logos, run=check_logos,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrichment:
    """What the steps of a stage did, by what each ``counts``."""

    counts: Mapping[str, int] = field(default_factory=dict)
    left: int = 0
    is_changed: bool = False


async def run_steps(stage: Stage, context: Context) -> Enrichment:
    """Run the steps of a stage, one after another; what cannot be used is logged and stops nothing.

    Nothing is done where no pages may be read at all. Raises StoreError, PublishError.
    """
    steps = [step for step in STEPS if step.stage is stage and step.is_enabled(context.rules)]
    if context.pages is None or not steps:
        return Enrichment()
    articles = await _find_articles(stage, context)
    results = {step.counts: await step.run(articles, context) for step in steps}
    return Enrichment(
        counts={counts: result.count for counts, result in results.items()},
        left=sum(result.left for result in results.values()),
        is_changed=any(result.is_changed for result in results.values()),
    )


async def _find_articles(stage: Stage, context: Context) -> Sequence[Article]:
    if stage is Stage.STORED:
        return await find_unread_articles(context)
    return await asyncio.to_thread(_find_articles_in_play, context)


def _find_articles_in_play(context: Context) -> Sequence[Article]:
    """Return the articles that any feed holds now, each once; nothing is asked about imported ones."""
    rules, store = context.rules, context.store
    arrange_feeds(rules=rules, store=store, now=context.clock())
    shown = {
        item.item_id
        for topic_id in list_topic_ids(rules)
        for item in read_topic_articles(topic_id, rules=rules, store=store)
    }
    return tuple(article for article in read_stored_articles(store, shown) if article.imported is None)
