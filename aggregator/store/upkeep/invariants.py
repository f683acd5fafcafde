"""What always holds of the tables, between any two transactions."""

from typing import Any

from sqlalchemy import Column, ColumnElement, ScalarSelect, and_, exists, func, or_, select

from aggregator.store.marks import MarkKind
from aggregator.store.pictures.picture_schema import picture_uses
from aggregator.store.records.record_schema import listed_records, record_files, record_states, secured_texts
from aggregator.store.schema import (
    article_topics,
    article_urls,
    articles,
    past_polls,
    removed_articles,
    sightings,
    source_entries,
    sources,
    stories,
    story_aliases,
    story_links,
    story_members,
)
from aggregator.store.schema.corrections import corrections, topic_corrections
from aggregator.store.schema.disappearances import disappeared_articles
from aggregator.store.schema.limits import limited_items
from aggregator.store.schema.publication import feed_items, marks
from aggregator.store.shown.feed_items import ARTICLES_FOLDER
from aggregator.store.sources.past_polls import KEPT
from aggregator.store.upkeep.invariant import Invariant

IMPORTED = "imported"
"""The source of records that were imported: their names outlive them."""


def _lacks(column: Column[Any], of: Column[Any]) -> ColumnElement[bool]:
    """Tell whether no row of another table has what a column names."""
    other = of.table.alias()
    return column.is_not(None) & ~exists().where(other.c[of.name] == column)


def _is_unmarked(column: Column[Any], *kinds: MarkKind) -> ColumnElement[bool]:
    named = [kind.value for kind in kinds]
    return ~exists().where(marks.c.key == column, marks.c.kind.in_(named))


def _has_no_article(column: Column[Any]) -> ColumnElement[bool]:
    """Tell whether an article is gone, and what it left is not about to be cleared up."""
    return and_(_lacks(column, articles.c.id), _lacks(column, removed_articles.c.article_id))


def _of_members(value: Any) -> ScalarSelect[Any]:
    return select(value).where(story_members.c.story_id == stories.c.id).scalar_subquery()


_IS_EMPTY = and_(
    _lacks(stories.c.id, story_members.c.story_id), _lacks(stories.c.id, removed_articles.c.story_id)
)
_HAS_MEMBER = exists().where(story_members.c.article_id == articles.c.id)
_IS_OF_ARTICLES = feed_items.c.feed.endswith(ARTICLES_FOLDER)
_LIMITS_ARTICLES = limited_items.c.feed.endswith(ARTICLES_FOLDER)
_BACK = story_links.alias()
_LATER_POLL = past_polls.alias()
_IMPORTED = exists().where(
    sightings.c.article_id == record_files.c.article_id, sightings.c.source_id == IMPORTED
)

INVARIANTS = (
    Invariant(
        table=article_topics,
        is_broken=_lacks(article_topics.c.article_id, articles.c.id),
        problem="has topic {topic_id}, but there is no such article",
    ),
    Invariant(
        table=story_members,
        is_broken=_lacks(story_members.c.article_id, articles.c.id),
        problem="is part of a story, but there is no such article",
        marks=((MarkKind.STORY, story_members.c.story_id),),
    ),
    Invariant(
        table=story_members,
        is_broken=_lacks(story_members.c.story_id, stories.c.id),
        problem="is part of a story that is not there",
        marks=((MarkKind.ARTICLE, story_members.c.article_id),),
    ),
    Invariant(
        table=articles,
        is_broken=articles.c.is_grouped & ~_HAS_MEMBER,
        problem="counts as grouped, but is part of no story",
        marks=((MarkKind.ARTICLE, articles.c.id),),
        values={"is_grouped": False},
    ),
    Invariant(
        table=articles,
        is_broken=~articles.c.is_grouped & _HAS_MEMBER,
        problem="is part of a story, but counts as not grouped",
        values={"is_grouped": True},
    ),
    Invariant(
        table=stories,
        is_broken=_IS_EMPTY,
        problem="it has no article",
        marks=((MarkKind.STORY, stories.c.id), (MarkKind.PAGE, stories.c.id)),
    ),
    Invariant(
        table=stories,
        is_broken=stories.c.last_at < _of_members(func.max(story_members.c.published_at)),
        problem="it ended before its newest article",
        values={"last_at": _of_members(func.max(story_members.c.published_at))},
    ),
    Invariant(
        table=stories,
        is_broken=stories.c.founded > _of_members(func.min(story_members.c.turn)),
        problem="it is younger than its first article",
        values={"founded": _of_members(func.min(story_members.c.turn))},
    ),
    Invariant(
        table=stories,
        is_broken=stories.c.turn < _of_members(func.max(story_members.c.turn)),
        problem="an article joined it after it last changed",
        values={"turn": _of_members(func.max(story_members.c.turn))},
    ),
    Invariant(
        table=story_aliases,
        is_broken=_lacks(story_aliases.c.story_id, stories.c.id),
        problem="it leads to a story that is not there",
        marks=((MarkKind.PAGE, story_aliases.c.id),),
    ),
    Invariant(
        table=story_aliases,
        is_broken=exists().where(stories.c.id == story_aliases.c.id),
        problem="it leads to another story, but is one itself",
        marks=((MarkKind.PAGE, story_aliases.c.id),),
    ),
    Invariant(
        table=story_links,
        is_broken=or_(
            _lacks(story_links.c.story_id, stories.c.id),
            _lacks(story_links.c.other_id, stories.c.id),
            story_links.c.story_id == story_links.c.other_id,
        ),
        problem="two stories are related of which one is not there",
        marks=((MarkKind.STORY, story_links.c.story_id), (MarkKind.STORY, story_links.c.other_id)),
    ),
    Invariant(
        table=story_links,
        is_broken=and_(
            story_links.c.story_id > story_links.c.other_id,
            exists().where(
                _BACK.c.story_id == story_links.c.other_id, _BACK.c.other_id == story_links.c.story_id
            ),
        ),
        problem="two stories are related twice",
        marks=((MarkKind.STORY, story_links.c.story_id), (MarkKind.STORY, story_links.c.other_id)),
    ),
    Invariant(
        table=feed_items,
        is_broken=and_(
            _IS_OF_ARTICLES,
            _lacks(feed_items.c.item_id, articles.c.id),
            _is_unmarked(feed_items.c.item_id, MarkKind.ARTICLE, MarkKind.PLACE),
        ),
        problem="a feed holds it, but there is no such article",
        marks=((MarkKind.ARTICLE, feed_items.c.item_id),),
        stays=True,
    ),
    Invariant(
        table=feed_items,
        is_broken=and_(
            ~_IS_OF_ARTICLES,
            _lacks(feed_items.c.item_id, stories.c.id),
            _lacks(feed_items.c.item_id, articles.c.id),
            _is_unmarked(feed_items.c.item_id, MarkKind.STORY, MarkKind.ARTICLE, MarkKind.PLACE),
        ),
        problem="a feed holds it, but there is no such story",
        marks=((MarkKind.STORY, feed_items.c.item_id), (MarkKind.ARTICLE, feed_items.c.item_id)),
        stays=True,
    ),
    Invariant(
        table=picture_uses,
        is_broken=_has_no_article(picture_uses.c.article_id),
        problem="it shows a picture, but there is no such article",
        cleared=True,
    ),
    Invariant(
        table=secured_texts,
        is_broken=_has_no_article(secured_texts.c.article_id),
        problem="it has a sealed text, but there is no such article",
        cleared=True,
    ),
    Invariant(
        table=record_files,
        is_broken=_has_no_article(record_files.c.article_id) & ~_IMPORTED,
        problem="it has a record, but there is no such article",
        cleared=True,
    ),
    *(
        Invariant(
            table=table,
            is_broken=and_(
                _lacks(table.c.article_id, articles.c.id),
                _is_unmarked(table.c.article_id, MarkKind.RECORD, MarkKind.ARTICLE, MarkKind.PLACE),
            ),
            problem="pages list its record, but there is no such article",
            marks=((MarkKind.RECORD, table.c.article_id),),
            stays=True,
        )
        for table in (record_states, listed_records)
    ),
    Invariant(
        table=article_urls,
        is_broken=and_(
            _lacks(article_urls.c.article_id, sightings.c.article_id),
            _lacks(article_urls.c.article_id, articles.c.id),
        ),
        problem="it is the address of an article that no source ever showed",
    ),
    Invariant(
        table=source_entries,
        is_broken=_lacks(source_entries.c.source_id, sources.c.source_id),
        problem="entries are known of a source that is not there",
    ),
    Invariant(
        table=past_polls,
        is_broken=_lacks(past_polls.c.source_id, sources.c.source_id),
        problem="a poll is kept of a source that is not there",
    ),
    Invariant(
        table=past_polls,
        is_broken=exists().where(
            _LATER_POLL.c.source_id == past_polls.c.source_id,
            _LATER_POLL.c.number >= past_polls.c.number + KEPT,
        ),
        problem="a poll is kept that is older than the last ones",
    ),
    Invariant(
        table=disappeared_articles,
        is_broken=or_(
            _lacks(disappeared_articles.c.article_id, articles.c.id),
            _lacks(disappeared_articles.c.source_id, sources.c.source_id),
        ),
        problem="an article disappeared at a source of which one is not there",
    ),
    Invariant(
        table=topic_corrections,
        is_broken=_lacks(topic_corrections.c.correction_id, corrections.c.id),
        problem="a topic shows a correction that is not there",
    ),
    Invariant(
        table=marks,
        is_broken=marks.c.kind.not_in([kind.value for kind in MarkKind]),
        problem="nobody takes up a mark of its kind",
    ),
)
"""In the order in which they are mended: what the first leave is found by the others."""
