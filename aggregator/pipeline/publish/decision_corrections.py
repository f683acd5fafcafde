"""What editors decide on articles that feeds show, as corrections for subscribers."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from aggregator.curate.editor_decisions import find_last, is_killed
from aggregator.model import Article
from aggregator.model.corrections import OUT_KINDS, CorrectionKind, PublicCorrection
from aggregator.model.decisions import OUT_VERBS, Decision, Verb
from aggregator.rules import Rules
from aggregator.store import (
    ShownPlace,
    Store,
    find_killed_articles,
    find_shown_places,
    read_stored_articles,
    save_corrections,
)

KINDS = {
    Verb.RETITLE: CorrectionKind.RETITLE,
    Verb.CORRECT: CorrectionKind.CORRECT,
    Verb.WITHDRAW: CorrectionKind.WITHDRAW,
    Verb.KILL: CorrectionKind.KILL,
    Verb.TAKEDOWN: CorrectionKind.KILL,
    Verb.RESTORE: CorrectionKind.RESTORE,
}


def correct_decided(article_ids: Collection[str], *, rules: Rules, store: Store, now: datetime) -> None:
    """Write down what counts ``now`` of the decisions on these articles, as far as feeds show them.

    Called before the articles are judged by it: feeds hold them still. What was written down before is not
    again.
    """
    places = find_shown_places(store, article_ids)
    killed = find_killed_articles(store, places)
    found = [
        correction
        for article in read_stored_articles(store, places)
        for correction in _list_corrections(
            article, places[article.id], rules, now, was_killed=article.id in killed
        )
    ]
    save_corrections(store, found)


def _list_corrections(
    article: Article, place: ShownPlace, rules: Rules, now: datetime, *, was_killed: bool
) -> Iterator[PublicCorrection]:
    decisions = rules.decisions.of(article, now)
    title = find_last(decisions, Verb.RETITLE)
    for one in decisions:
        kind = KINDS.get(one.verb)
        if kind is None or not _is_news(kind, decisions, place, was_killed=was_killed):
            continue
        shown = (title.value if title else None) or article.title
        is_out = kind in OUT_KINDS
        yield PublicCorrection(
            key=f"decision {one.id}" + (f" {article.id}" if one.publisher else ""),
            kind=kind,
            at=now,
            topics=place.topics,
            title="" if is_killed(decisions) else shown,
            reason=_tell_reason(one),
            article_id=article.id,
            story_id=place.story_id if is_out or place.is_out else None,
            had_page=is_out and place.has_page,
        )


def _is_news(
    kind: CorrectionKind, decisions: Sequence[Decision], place: ShownPlace, *, was_killed: bool
) -> bool:
    """Tell whether a correction says more than was told: of what is out, that it is back, or killed now."""
    if kind is CorrectionKind.RESTORE:
        return place.is_out and not any(one.verb in OUT_VERBS for one in decisions)
    return not place.is_out or (kind is CorrectionKind.KILL and not was_killed)


def _tell_reason(decision: Decision) -> str | None:
    note = decision.value if decision.verb is Verb.CORRECT else None
    return " ".join(filter(None, (note, decision.public_reason))) or None
