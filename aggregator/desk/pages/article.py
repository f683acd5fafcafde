"""One article: its whole life, and why each feed has it or not."""

from collections.abc import Mapping
from dataclasses import replace

from aggregator.cadence import explain_disappearance
from aggregator.desk.answers import Fields
from aggregator.desk.site import DeskSite
from aggregator.pipeline.explanation.article_life import ArticleLife, read_article_life
from aggregator.pipeline.explanation.feed_reasons import FeedReason
from aggregator.pipeline.explanation.field_values import format_field
from aggregator.pipeline.explanation.subject import find_article_id
from aggregator.text import cut_excerpt

LONGEST = 200
"""Characters of a field's value."""


def show_article(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the page of an article shows; raises AggregatorError where none is meant."""
    text = asked.get("id", "")
    if not text.strip():
        return {"life": None}
    article_id = find_article_id(text, site.store, site.config.decisions)
    life = read_article_life(article_id, site.look_at_site())
    return {
        "life": life,
        "fields": _list_fields(life),
        "feeds": group_feeds(life.feeds),
        "shown": sum(one.is_shown for one in life.feeds),
        "disappearances": [(one, explain_disappearance(one)) for one in life.disappearances],
    }


def group_feeds(reasons: tuple[FeedReason, ...]) -> list[tuple[FeedReason, list[str]]]:
    """Return each reason with all feeds that have it, those that show the article first."""
    alike: dict[FeedReason, list[str]] = {}
    for reason in sorted(reasons, key=lambda one: not one.is_shown):
        alike.setdefault(replace(reason, feed=""), []).append(reason.feed)
    return list(alike.items())


def _list_fields(life: ArticleLife) -> list[tuple[str, str, str]]:
    """Return the fields of an article that say where they are from, with their values as texts."""
    if life.article is None:
        return []
    told = ((name, origin, format_field(life.article, name)) for name, origin in life.article.origins.items())
    return [(name, origin, cut_excerpt(text, LONGEST)) for name, origin, text in sorted(told)]
