"""Judging again what is stored, where rules, time or stories have changed since, or what editors decided."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import structlog

from aggregator.curate.judgement_reach import Reach, find_reach
from aggregator.model import Article, revise
from aggregator.model.curation import ALONE, StoryFacts
from aggregator.pipeline.publish.unseen_edits import UnseenEdits
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_facts import read_story_facts
from aggregator.rules import has_changed
from aggregator.store import (
    Edit,
    Mark,
    MarkKind,
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


def judge_again(site: Site, *, is_trial: bool = False) -> None:
    """Apply changed rules to what is stored, once, in batches that are each safe to kill after.

    What was edited since it was read is read and judged once more. Until all are done, none are noted to be
    judged by these rules, nor by those before. Where all are noted to be judged by the rules that these
    replace, only what these can judge otherwise is judged. In a trial, whose store is looked at for what
    feeds show and thrown away, what none of them shows is not saved.
    """
    noted = read_note(site.store, JUDGED_BY)
    if noted == site.rules.digest:
        return
    if noted:
        write_note(site.store, JUDGED_BY, "")
    is_known = site.rules.former is not None and site.rules.former.digest == noted
    reach = find_reach(site.rules.former, site.rules.judging) if site.rules.former and is_known else None
    if is_trial:
        _judge_for_feeds(site, reach)
    else:
        _judge_everything(site, reach)
    write_note(site.store, JUDGED_BY, site.rules.digest)


def judge_due(site: Site) -> None:
    """Judge again what time alone may have changed since, and tell which rules failed.

    Where the clock was set back, that is everything.
    """
    if site.rules.editor_rules.uses_time:
        noted = read_note(site.store, JUDGED_AT)
        if noted is not None and site.now < datetime.fromisoformat(noted):
            _judge_everything(site)
        write_note(site.store, JUDGED_AT, site.now.isoformat())
    while due := find_articles_to_judge(site.store, site.now, BATCH):
        _judge_and_save(due, site)
    for failure in site.rules.failures.take():
        log.warning(
            "rule",
            rule=failure.rule_id,
            article=failure.article_id,
            clause=failure.clause,
            error=failure.error,
        )


def judge_marked(marks: Collection[Mark], site: Site) -> None:
    """Judge again what changed itself, or whose story did, where a rule asks for stories or the time."""
    if not (site.rules.editor_rules.uses_stories or site.rules.editor_rules.uses_time):
        return
    story_ids = {mark.key for mark in marks if mark.kind is MarkKind.STORY}
    members = read_members(site.store, story_ids).values()
    article_ids = {mark.key for mark in marks if mark.kind in _OF_ARTICLES}
    article_ids |= {member.article_id for of_story in members for member in of_story}
    _judge_and_save(read_stored_articles(site.store, article_ids), site)


def judge_articles(article_ids: Collection[str], site: Site, *, updated_at: datetime | None = None) -> None:
    """Judge these articles again, as far as they are stored; ``updated_at``: from then on, None: as ever."""
    ids = sorted(article_ids)
    for start in range(0, len(ids), BATCH):
        _judge_and_save(read_stored_articles(site.store, ids[start : start + BATCH]), site, updated_at)


def _judge_everything(site: Site, reach: Reach | None = None) -> None:
    """Judge all articles again that are within ``reach``; None: all."""
    for batch in read_article_batches(site.store):
        within = batch if reach is None else tuple(_select_within(reach, batch, site))
        _judge_and_save(within, site)


def _judge_for_feeds(site: Site, reach: Reach | None) -> None:
    """Judge as ``_judge_everything``, and save alone what feeds may show."""
    unseen = UnseenEdits(site.rules)
    for batch in read_article_batches(site.store):
        within = batch if reach is None else tuple(_select_within(reach, batch, site))
        edits = unseen.put_aside(batch, _judge(within, site, None))
        _judge_and_save(read_stored_articles(site.store, save_edits(site.store, edits)), site)
    judge_articles(unseen.find_shown(site.store), site)


def _select_within(reach: Reach, articles: Sequence[Article], site: Site) -> Iterator[Article]:
    carriers = read_carriers(site.store, [article.id for article in articles]) if reach.source_ids else {}
    for article in articles:
        # A publisher may be listed under another name than the one that its source's poll gave the article.
        is_other = site.rules.registry.refresh(article) != article
        if is_other or reach.includes(article, carriers.get(article.id, ()), site.now):
            yield article


def _judge_and_save(articles: Sequence[Article], site: Site, updated_at: datetime | None = None) -> None:
    unsaved = articles
    while unsaved:
        edits = _judge(unsaved, site, updated_at)
        unsaved = read_stored_articles(site.store, save_edits(site.store, edits))


def _judge(articles: Sequence[Article], site: Site, updated_at: datetime | None) -> list[Edit]:
    ids = [article.id for article in articles]
    carriers = read_carriers(site.store, ids)
    stories: Mapping[str, StoryFacts] = {}
    if site.rules.editor_rules.uses_stories:
        stories = read_story_facts(ids, site.store)
    edits = (
        Edit(
            before=article,
            after=_date(
                site.rules.judge_again(article, own, now=site.now, story=stories.get(article.id, ALONE)),
                updated_at,
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
