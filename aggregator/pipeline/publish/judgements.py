"""Judging again what is stored, where rules, time or stories have changed since, or what editors decided."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import structlog

from aggregator.curate.judgement_reach import Reach, find_reach
from aggregator.model import Article, revise
from aggregator.model.curation import ALONE, StoryFacts
from aggregator.pipeline.publish.unseen_edits import UnseenEdits
from aggregator.pipeline.story_facts import read_story_facts
from aggregator.rules import Rules, has_changed
from aggregator.store import (
    Edit,
    Mark,
    MarkKind,
    Store,
    find_articles_to_judge,
    read_article_batches,
    read_carriers,
    read_members,
    read_note,
    read_stored_articles,
    save_edits,
    write_note,
)

JUDGED_BY = "judged by"
"""The note in the store with the digest of the rules that everything was judged by."""
JUDGED_AT = "judged at"
"""The note with the time by which rules that ask for time judged last."""
BATCH = 500
_OF_ARTICLES = frozenset({MarkKind.ARTICLE, MarkKind.PLACE})
log = structlog.get_logger()


def judge_again(rules: Rules, store: Store, now: datetime, *, is_trial: bool = False) -> None:
    """Apply changed rules to what is stored, once, in batches that are each safe to kill after.

    What was edited since it was read is read and judged once more. Until all are done, none are noted to be
    judged by these rules, nor by those before. Where all are noted to be judged by the rules that these
    replace, only what these can judge otherwise is judged. In a trial, whose store is looked at for what
    feeds show and thrown away, what none of them shows is not saved.
    """
    noted = read_note(store, JUDGED_BY)
    if noted == rules.digest:
        return
    if noted:
        write_note(store, JUDGED_BY, "")
    is_known = rules.former is not None and rules.former.digest == noted
    reach = find_reach(rules.former, rules.judging) if rules.former and is_known else None
    if is_trial:
        _judge_for_feeds(rules, store, now, reach)
    else:
        _judge_everything(rules, store, now, reach)
    write_note(store, JUDGED_BY, rules.digest)


def judge_due(rules: Rules, store: Store, now: datetime) -> None:
    """Judge again what time alone may have changed since, and tell which rules failed.

    Where the clock was set back, that is everything.
    """
    if rules.editor_rules.uses_time:
        noted = read_note(store, JUDGED_AT)
        if noted is not None and now < datetime.fromisoformat(noted):
            _judge_everything(rules, store, now)
        write_note(store, JUDGED_AT, now.isoformat())
    while due := find_articles_to_judge(store, now, BATCH):
        _judge_and_save(due, rules, store, now)
    for failure in rules.failures.take():
        log.warning(
            "rule",
            rule=failure.rule_id,
            article=failure.article_id,
            clause=failure.clause,
            error=failure.error,
        )


def judge_marked(marks: Collection[Mark], rules: Rules, store: Store, now: datetime) -> None:
    """Judge again what changed itself, or whose story did, where a rule asks for stories or the time."""
    if not (rules.editor_rules.uses_stories or rules.editor_rules.uses_time):
        return
    story_ids = {mark.key for mark in marks if mark.kind is MarkKind.STORY}
    members = read_members(store, story_ids).values()
    article_ids = {mark.key for mark in marks if mark.kind in _OF_ARTICLES}
    article_ids |= {member.article_id for of_story in members for member in of_story}
    _judge_and_save(read_stored_articles(store, article_ids), rules, store, now)


def judge_articles(
    article_ids: Collection[str],
    *,
    rules: Rules,
    store: Store,
    now: datetime,
    updated_at: datetime | None = None,
) -> None:
    """Judge these articles again, as far as they are stored; ``updated_at``: from then on, None: as ever."""
    ids = sorted(article_ids)
    for start in range(0, len(ids), BATCH):
        _judge_and_save(
            read_stored_articles(store, ids[start : start + BATCH]), rules, store, now, updated_at
        )


def _judge_everything(rules: Rules, store: Store, now: datetime, reach: Reach | None = None) -> None:
    """Judge all articles again that are within ``reach``; None: all."""
    for batch in read_article_batches(store):
        within = batch if reach is None else tuple(_select_within(reach, batch, rules, store, now))
        _judge_and_save(within, rules, store, now)


def _judge_for_feeds(rules: Rules, store: Store, now: datetime, reach: Reach | None) -> None:
    """Judge as ``_judge_everything``, and save alone what feeds may show."""
    unseen = UnseenEdits(rules)
    for batch in read_article_batches(store):
        within = batch if reach is None else tuple(_select_within(reach, batch, rules, store, now))
        edits = unseen.put_aside(batch, _judge(within, rules, store, now, None))
        _judge_and_save(read_stored_articles(store, save_edits(store, edits)), rules, store, now)
    judge_articles(unseen.find_shown(store), rules=rules, store=store, now=now)


def _select_within(
    reach: Reach, articles: Sequence[Article], rules: Rules, store: Store, now: datetime
) -> Iterator[Article]:
    carriers = read_carriers(store, [article.id for article in articles]) if reach.source_ids else {}
    for article in articles:
        # A publisher may be listed under another name than the one that its source's poll gave the article.
        is_other = rules.registry.refresh(article) != article
        if is_other or reach.includes(article, carriers.get(article.id, ()), now):
            yield article


def _judge_and_save(
    articles: Sequence[Article], rules: Rules, store: Store, now: datetime, updated_at: datetime | None = None
) -> None:
    unsaved = articles
    while unsaved:
        edits = _judge(unsaved, rules, store, now, updated_at)
        unsaved = read_stored_articles(store, save_edits(store, edits))


def _judge(
    articles: Sequence[Article], rules: Rules, store: Store, now: datetime, updated_at: datetime | None
) -> list[Edit]:
    ids = [article.id for article in articles]
    carriers = read_carriers(store, ids)
    stories: Mapping[str, StoryFacts] = {}
    if rules.editor_rules.uses_stories:
        stories = read_story_facts(ids, store)
    edits = (
        Edit(
            before=article,
            after=_date(
                rules.judge_again(article, own, now=now, story=stories.get(article.id, ALONE)), updated_at
            ),
            carriers=own,
        )
        for article in articles
        for own in [carriers.get(article.id, ())]
    )
    return [edit for edit in edits if has_changed(edit.before, edit.after)]


def _date(article: Article, updated_at: datetime | None) -> Article:
    """Return an article that is updated then; an imported one stays as it was imported."""
    return article if updated_at is None or article.imported else revise(article, updated_at=updated_at)
