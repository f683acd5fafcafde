"""Why articles on a topic are in none of its feeds, counted; pure."""

from collections import Counter
from collections.abc import Sequence

from aggregator.curate.editor_rules import EditorRules
from aggregator.curate.score import KEPT_OUT
from aggregator.model import Article
from aggregator.model.curation import name_rule
from aggregator.pipeline.explanation.feed_reasons import TOO_OLD, name_part
from aggregator.text import format_count


def explain_unpublished(
    articles: Sequence[Article], least: int, editor_rules: EditorRules, *, whose: str = "its"
) -> str:
    """Return why none of so many articles is published by a topic that asks for the quality ``least``.

    ``whose`` stands before the articles.
    """
    found = Counter(_name_obstacle(one, least, editor_rules) for one in articles)
    if len(articles) == 1:
        return f"{whose} article on the topic is not published: {next(iter(found))}"
    ordered = sorted(found.items(), key=lambda told: (-told[1], told[0]))
    told = ", ".join(f"{words} in {count}" for words, count in ordered)
    return f"none of {whose} {format_count(len(articles), 'article')} on the topic is published: {told}"


def _name_obstacle(article: Article, least: int, editor_rules: EditorRules) -> str:
    if article.is_quarantined:
        return "quarantined"
    if article.is_backlog:
        return TOO_OLD
    out = [name for name, points in article.quality_parts.items() if points <= KEPT_OUT]
    holding = {name_rule(id_) for id_, rule in editor_rules.by_id.items() if rule.then.hold is not None}
    if out:
        waits = holding.issuperset(out)
        return f"{'held for a time' if waits else 'kept out'} by {', '.join(map(name_part, out))}"
    return f"its quality is below {least}"
