"""Stories that lost their row while they were merged and parted at once, and links that lead to none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Json, UtcTime

revision = "0011"
down_revision = "0010"

_DIGITS, _TERMS = 4, 64
_AT_ONCE = 500

_stories = sa.table(
    "stories",
    sa.column("id", sa.String()),
    sa.column("total", Json()),
    sa.column("has_excerpt", sa.Boolean()),
    sa.column("founded", sa.Integer()),
    sa.column("turn", sa.Integer()),
    sa.column("checked", sa.Integer()),
    sa.column("last_at", UtcTime()),
)
_members = sa.table(
    "story_members",
    sa.column("article_id", sa.String()),
    sa.column("story_id", sa.String()),
    sa.column("turn", sa.Integer()),
    sa.column("published_at", UtcTime()),
    sa.column("vector", Json()),
)
_articles = sa.table("articles", sa.column("id", sa.String()), sa.column("excerpt", sa.Text()))
_aliases = sa.table("story_aliases", sa.column("id", sa.String()), sa.column("story_id", sa.String()))
_links = sa.table(
    "story_links",
    sa.column("story_id", sa.String()),
    sa.column("other_id", sa.String()),
    sa.column("likeness", sa.Float()),
)


def upgrade() -> None:
    """Give stories back their row; lead links and ids to the story that lives, drop those without one."""
    connection = op.get_bind()
    _restore_rows(connection)
    living = set(connection.execute(sa.select(_stories.c.id)).scalars())
    aliases = {row.id: row.story_id for row in connection.execute(sa.select(_aliases))}
    led = {gone: _end(gone, aliases, living) for gone in aliases if gone not in living}
    wanted = {gone: story_id for gone, story_id in led.items() if story_id is not None}
    if wanted != aliases:
        connection.execute(_aliases.delete())
        _insert(connection, _aliases, [{"id": a, "story_id": b} for a, b in wanted.items()])
    _mend_links(connection, {**wanted, **{story_id: story_id for story_id in living}})


def _restore_rows(connection: sa.Connection) -> None:
    is_lost = _members.c.story_id.not_in(sa.select(_stories.c.id))
    query = (
        sa.select(_members, _articles.c.excerpt)
        .join(_articles, _articles.c.id == _members.c.article_id)
        .where(is_lost)
        .order_by(_members.c.turn)
    )
    lost: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        lost[row.story_id].append(row)
    _insert(connection, _stories, [_row(story_id, own) for story_id, own in lost.items()])


def _row(story_id: str, own: Sequence[Any]) -> dict[str, Any]:
    return {
        "id": story_id,
        "total": _sum(row.vector for row in own),
        "has_excerpt": any(row.excerpt for row in own),
        "founded": own[0].turn,
        "turn": own[-1].turn,
        "checked": 0,
        "last_at": max(row.published_at for row in own),
    }


def _sum(vectors: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for vector in vectors:
        for term, weight in vector.items():
            total[term] = round(total.get(term, 0.0) + weight, _DIGITS)
    heaviest = sorted(total, key=lambda term: (-total[term], term))
    return {term: total[term] for term in heaviest[:_TERMS]}


def _end(gone: str, aliases: Mapping[str, str], living: set[str]) -> str | None:
    """The living story that an id leads to, be it over others; None where there is none."""
    met: set[str] = set()
    story_id: str | None = gone
    while story_id is not None and story_id not in living and story_id not in met:
        met.add(story_id)
        story_id = aliases.get(story_id)
    return story_id if story_id in living else None


def _mend_links(connection: sa.Connection, led: Mapping[str, str]) -> None:
    """Keep a link once a pair, as alike as it was at most."""
    likeness: dict[tuple[str, str], float] = {}
    for row in connection.execute(sa.select(_links)):
        a, b = sorted((led.get(row.story_id, ""), led.get(row.other_id, "")))
        if a and a != b:
            likeness[a, b] = max(row.likeness, likeness.get((a, b), row.likeness))
    connection.execute(_links.delete())
    rows = [{"story_id": a, "other_id": b, "likeness": value} for (a, b), value in likeness.items()]
    _insert(connection, _links, rows)


def _insert(connection: sa.Connection, table: sa.TableClause, rows: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(table.insert(), rows[start : start + _AT_ONCE])
