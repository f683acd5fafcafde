"""The newest corrections of a topic, of the whole site, and of an article."""

__all__ = ["read_corrections", "read_corrections_of", "read_gone_articles", "read_regrouped_stories"]

from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, bindparam, exists, literal, select

from aggregator.model.corrections import CorrectionKind, PublicCorrection
from aggregator.store.database import Database
from aggregator.store.fast.driver import rows_with
from aggregator.store.schema.corrections import corrections, topic_corrections
from aggregator.store.shown.corrections import IS_OUT, SITE, make_corrections

_Queries: TypeAlias = tuple[Select[Any], Select[Any]]
"""Those of the whole site, and those of a topic."""
_EARLIER = corrections.alias()
_IS_TOLD_OTHERWISE = exists().where(
    _EARLIER.c.story_id == corrections.c.story_id,
    _EARLIER.c.other_id == corrections.c.other_id,
    _EARLIER.c.kind == corrections.c.kind,
    _EARLIER.c.at == corrections.c.at,
    _EARLIER.c.id < corrections.c.id,
)
"""Topics knew the stories of one merge by other headlines: the site tells of it under the first alone."""
_IS_REGROUPED = corrections.c.kind.in_(
    [literal(kind.value) for kind in (CorrectionKind.MERGE, CorrectionKind.SPLIT)]
)
_IS_ITS = (topic_corrections.c.correction_id == corrections.c.id) & (
    topic_corrections.c.topic_id == bindparam("of_topic")
)


def _select_newest(*where: ColumnElement[bool]) -> _Queries:
    newest = select(corrections).where(*where).order_by(corrections.c.id.desc()).limit(bindparam("most"))
    return newest.where(~_IS_TOLD_OTHERWISE), newest.join(topic_corrections, _IS_ITS)


_ALL, _GONE, _REGROUPED = _select_newest(), _select_newest(IS_OUT), _select_newest(_IS_REGROUPED)


def read_corrections(store: Database, topic_id: str, limit: int) -> tuple[PublicCorrection, ...]:
    """Return the newest corrections of a topic, ``SITE``: of the whole site, the newest first."""
    return _read_newest(store, _ALL, topic_id, limit)


def read_corrections_of(store: Database, article_id: str) -> tuple[PublicCorrection, ...]:
    """Return what was corrected of an article, or of a story under its title, the newest first."""
    query = select(corrections).where(corrections.c.article_id == article_id)
    with store.reading() as connection:
        rows = connection.execute(query.order_by(corrections.c.id.desc())).mappings().all()
        return make_corrections(connection, rows)


def read_gone_articles(store: Database, topic_id: str, limit: int) -> tuple[PublicCorrection, ...]:
    """Return what took the articles out of a topic's feeds that were not restored, the newest first."""
    return _read_newest(store, _GONE, topic_id, limit)


def read_regrouped_stories(store: Database, topic_id: str, limit: int) -> tuple[PublicCorrection, ...]:
    """Return which of a topic's stories became part of others, or were parted, the newest first."""
    return _read_newest(store, _REGROUPED, topic_id, limit)


def _read_newest(
    store: Database, queries: _Queries, topic_id: str, limit: int
) -> tuple[PublicCorrection, ...]:
    query = queries[0] if topic_id == SITE else queries[1]
    values = {"most": limit} if topic_id == SITE else {"most": limit, "of_topic": topic_id}
    with store.reading() as connection:
        return make_corrections(connection, list(rows_with(connection, query, values)))
