"""What editors decide on articles that feeds show, as corrections for subscribers."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from aggregator.curate.editor_decisions import find_key, find_last, is_killed
from aggregator.model import Article
from aggregator.model.corrections import OUT_KINDS, STANDING_KINDS, CorrectionKind, PublicCorrection
from aggregator.model.decisions import OUT_VERBS, Decision, Verb
from aggregator.pipeline.publish.judgements import judge_articles
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import (
    PUBLISHER,
    ShownPlace,
    find_shown_places,
    read_stored_articles,
    save_corrections,
)
from aggregator.text import format_minute

KINDS = {
    Verb.RETITLE: CorrectionKind.RETITLE,
    Verb.CORRECT: CorrectionKind.CORRECT,
    Verb.WITHDRAW: CorrectionKind.WITHDRAW,
    Verb.KILL: CorrectionKind.KILL,
    Verb.TAKEDOWN: CorrectionKind.KILL,
}
_STANDING = {**KINDS, Verb.BAN: CorrectionKind.WITHDRAW}
"""Of a ban nobody is told, but where it keeps out what subscribers know to be withdrawn."""
REMOVED = "Its publisher has removed it."
"""What subscribers are told of what its publisher keeps out."""
_KILLS = (Verb.KILL, Verb.TAKEDOWN)


def correct_decided(article_ids: Collection[str], site: Site) -> None:
    """Write down what counts ``now`` of the decisions on these articles, as far as feeds show them.

    Called before the articles are judged by it: feeds hold them still. What was written down before is not
    again. What is back is updated ``now``: to readers who threw it away it is newer than its tombstone.
    """
    articles = read_stored_articles(site.store, article_ids)
    leaving = {one.id for one in articles if _is_kept_out(site.rules.decisions.of(one, site.now))}
    places = find_shown_places(site.store, article_ids, leaving=leaving)
    found = [
        correction
        for article in articles
        if article.id in places
        for correction in _list_corrections(article, places[article.id], site.rules, site.now)
    ]
    save_told(found, site)


def save_told(found: Sequence[PublicCorrection], site: Site) -> None:
    """Write corrections down, and have what is back updated ``now``."""
    back = {one.article_id for one in found if one.kind is CorrectionKind.RESTORE and one.article_id}
    judge_articles(back, site, updated_at=site.now)
    save_corrections(site.store, found)


def choose_told_title(article: Article, decisions: Sequence[Decision]) -> str:
    """Return the title by which subscribers are told of an article: none of one that is killed."""
    if is_killed(decisions):
        return ""
    title = find_last(decisions, Verb.RETITLE)
    return (title.value if title else None) or article.title


def _is_kept_out(decisions: Iterable[Decision]) -> bool:
    return any(one.verb in OUT_VERBS for one in decisions)


def _list_corrections(
    article: Article, place: ShownPlace, rules: Rules, now: datetime
) -> Iterator[PublicCorrection]:
    decisions = rules.decisions.of(article, now)
    all_ = rules.decisions.find_on(article)
    is_withdrawn = rules.is_withdrawn(article, decisions)
    for kind, one in _list_news(decisions, place, all_, is_withdrawn=is_withdrawn):
        is_out = kind in OUT_KINDS
        yield PublicCorrection(
            key=_name_key(kind, one, article, place, now),
            kind=kind,
            at=now,
            topics=place.topics,
            title=choose_told_title(article, decisions),
            reason=_tell_reason(one) if one else _tell_without(kind, _find_taker(place, all_), now),
            article_id=article.id,
            story_id=place.story_id if is_out or place.is_out else None,
            from_story_id=place.from_story_id if is_out else None,
            had_page=is_out and place.has_page,
        )


def _list_news(
    decisions: Sequence[Decision], place: ShownPlace, all_: Sequence[Decision], *, is_withdrawn: bool
) -> Iterator[tuple[CorrectionKind, Decision | None]]:
    """Yield what was not told yet, and the decision that does it, None where one counts no more.

    Of what is out that is only that it is back, or killed now, or killed no more, or out for something else
    than what was told. What keeps an article out is told once, the strongest of several. ``all_`` are the
    decisions on the article, ended or not; it ``is_withdrawn`` where its publisher keeps it out.
    """
    if not place.is_out:
        for verb in (Verb.RETITLE, Verb.CORRECT):
            yield from ((KINDS[verb], one) for one in decisions if one.verb is verb)
    out = find_last(decisions, *_KILLS) or find_last(decisions, Verb.WITHDRAW)
    if place.is_out:
        out = out or find_last(decisions, Verb.BAN)
    if out and not _is_told_so(decisions, _STANDING[out.verb], place, is_withdrawn=is_withdrawn):
        yield _STANDING[out.verb], out
    if place.taken_out is None or _is_kept_out(decisions):
        return
    if not is_withdrawn:
        yield CorrectionKind.RESTORE, _find_restore(decisions, place, all_)
    elif not place.taken_out.key.startswith(PUBLISHER):  # whatever editors took back, its publisher did not
        yield CorrectionKind.WITHDRAW, None


def _is_told_so(
    decisions: Sequence[Decision], kind: CorrectionKind, place: ShownPlace, *, is_withdrawn: bool
) -> bool:
    """Tell whether subscribers know that an article is out in this way, and a reason that counts still."""
    reasons = {_tell_reason(one) for one in decisions if _STANDING.get(one.verb) is kind}
    if is_withdrawn and kind is CorrectionKind.WITHDRAW:
        reasons.add(REMOVED)
    told = place.taken_out
    return told is not None and told.kind is kind and told.reason in reasons


def _find_restore(
    decisions: Sequence[Decision], place: ShownPlace, all_: Sequence[Decision]
) -> Decision | None:
    """Return the decision that lets an article back which was out, None where none does."""
    taker = _find_taker(place, all_)
    told = place.taken_out
    since = taker.at if taker else told.at if told else None
    restores = [
        one
        for one in decisions
        if one.verb is Verb.RESTORE and not _is_told(one, place) and (since is None or one.at >= since)
    ]
    return restores[-1] if restores else None


def _name_key(
    kind: CorrectionKind, one: Decision | None, article: Article, place: ShownPlace, now: datetime
) -> str:
    """Return the key of a correction; what takes an article out, or lets it back, may do so again."""
    if one is None:
        return name_withdrawal(article.id, now) if kind in OUT_KINDS else f"end of {place.told[-1]}"
    is_its_own = find_key(one.target) in (article.id, article.canonical_url)
    key = _name(one) if is_its_own else f"{_name(one)} {article.id}"
    return f"{key} after {place.told[-1]}" if kind in STANDING_KINDS and key in place.told else key


def name_withdrawal(article_id: str, now: datetime) -> str:
    """Return the key of the correction that says ``now`` that its publisher keeps an article out."""
    return f"{PUBLISHER}{article_id} {now.isoformat()}"


def _name(decision: Decision) -> str:
    return f"decision {decision.id}"


def _is_told(decision: Decision, place: ShownPlace) -> bool:
    """Tell whether a decision was told of an article, named by itself or together with others."""
    name = _name(decision)
    return any(key == name or key.startswith(f"{name} ") for key in place.told)


def _find_taker(place: ShownPlace, decisions: Iterable[Decision]) -> Decision | None:
    """Return the decision that took an article out as subscribers were told, None where it is gone."""
    last = place.told[-1].split(" after ")[0] if place.told else ""
    return next((one for one in decisions if last.startswith(f"{_name(one)} ") or last == _name(one)), None)


def _tell_without(kind: CorrectionKind, taker: Decision | None, now: datetime) -> str:
    """Return what readers are told of why an article is out, or back, by no decision of an editor."""
    if kind in OUT_KINDS:
        return REMOVED
    if taker is not None and taker.until is not None and taker.until <= now:
        return f"It was taken out until {format_minute(taker.until)}."
    return "What took it out was taken back."


def _tell_reason(decision: Decision) -> str | None:
    note = decision.value if decision.verb is Verb.CORRECT else None
    return " ".join(filter(None, (note, decision.public_reason))) or None
