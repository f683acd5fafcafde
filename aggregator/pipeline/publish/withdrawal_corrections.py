"""Articles that their publisher withdrew, or brought back, as corrections for subscribers."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from aggregator.curate.editor_decisions import find_last
from aggregator.model import WITHDRAWN, Article
from aggregator.model.corrections import CorrectionKind, PublicCorrection
from aggregator.model.decisions import OUT_VERBS
from aggregator.pipeline.publish.decision_corrections import (
    REMOVED,
    choose_told_title,
    correct_decided,
    name_withdrawal,
    save_told,
)
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import (
    ShownPlace,
    find_shown_places,
    find_withdrawn,
    read_stored_articles,
)

_BACK = "Its publisher shows it again."


def correct_withdrawn(article_ids: Collection[str], site: Site) -> None:
    """Write down which of these articles publishers withdrew or brought back, as far as feeds show them.

    Called after they were judged so, and before they leave their feeds. What was written down before is not
    again. What is back is updated ``now``: to readers who threw it away it is newer than its tombstone. What
    publishers brought back, and editors keep out, is out for their reason from then on.
    """
    told = find_withdrawn(site.store, article_ids)
    if told:
        places = find_shown_places(site.store, told)
        articles = read_stored_articles(site.store, told)
        found = list(_list_corrections(articles, told, places, site.rules, site.now))
        save_told(found, site)
        others = {
            article.id
            for article in articles
            if told[article.id] and _is_decided(article, site.rules, site.now)
        }
        correct_decided(others, site)


def _is_decided(article: Article, rules: Rules, now: datetime) -> bool:
    decisions = rules.decisions.of(article, now)
    return not rules.is_withdrawn(article, decisions) and find_last(decisions, *OUT_VERBS) is not None


def _list_corrections(
    articles: Collection[Article],
    told: Mapping[str, str | None],
    places: Mapping[str, ShownPlace],
    rules: Rules,
    now: datetime,
) -> Iterator[PublicCorrection]:
    for article in articles:
        place, before = places.get(article.id), told[article.id]
        if place is None:
            continue
        decisions = rules.decisions.of(article, now)
        is_out = WITHDRAWN in article.quality_parts
        if is_out and not place.is_out:
            key = name_withdrawal(article.id, now)
            kind, reason = CorrectionKind.WITHDRAW, REMOVED
        elif not is_out and before is not None and not find_last(decisions, *OUT_VERBS):
            key, kind = f"{before} back", CorrectionKind.RESTORE
            reason = _BACK if article.withdrawn_at is None else ""
        else:
            continue
        yield PublicCorrection(
            key=key,
            kind=kind,
            at=now,
            topics=place.topics,
            title=choose_told_title(article, decisions),
            reason=reason or None,
            article_id=article.id,
            story_id=place.story_id,
            from_story_id=place.from_story_id if is_out else None,
            had_page=is_out and place.has_page,
        )
