"""Which items entered feeds of which each shows only so many of one provider, and which were kept out.

That is decided when an item comes, and stays so, or subscribers would see old items as new ones.
"""

__all__ = ["enter_items", "forget_limited_items", "read_kept_out"]

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, or_, select

from aggregator.model import KeptOut, LimitedItem, TopicLimits
from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import Row, rows_with, run_with, upsert
from aggregator.store.fast.prepared_in import rows_among, select_among
from aggregator.store.marks import MarkKind, add_marks
from aggregator.store.schema import articles, notes, stories
from aggregator.store.schema.limits import limited_items
from aggregator.store.shown.feed_items import ARTICLES_FOLDER

NEAR = 10
"""Items that were kept out on each side of one that enters are looked at again, so many."""
PUSHED_AT_ONCE = 1_000
Key = tuple[str, str]

_BY_ITEM = select_among(limited_items, limited_items.c.item_id)
_IS_IT = (limited_items.c.feed == bindparam("of_feed")) & (limited_items.c.item_id == bindparam("of_item"))
_REMOVE = delete(limited_items).where(_IS_IT)
_OF_FEED = limited_items.c.feed == bindparam("of_feed")
_IS_IN = limited_items.c.kept_out.is_(None)
_COLUMNS = limited_items.c
_AT = bindparam("at", type_=_COLUMNS.sorted_at.type)
_PUBLISHED = bindparam("published", type_=_COLUMNS.published_at.type)
_ORDER = (_COLUMNS.sorted_at.desc(), _COLUMNS.published_at.desc(), _COLUMNS.item_id)
_REVERSE = (_COLUMNS.sorted_at, _COLUMNS.published_at, _COLUMNS.item_id.desc())
_STANDS_AFTER = and_(
    _COLUMNS.sorted_at <= _AT,
    or_(
        _COLUMNS.sorted_at < _AT,
        _COLUMNS.published_at < _PUBLISHED,
        and_(_COLUMNS.published_at == _PUBLISHED, _COLUMNS.item_id > bindparam("of_item")),
    ),
)
_STANDS_BEFORE = and_(
    _COLUMNS.sorted_at >= _AT,
    or_(
        _COLUMNS.sorted_at > _AT,
        _COLUMNS.published_at > _PUBLISHED,
        and_(_COLUMNS.published_at == _PUBLISHED, _COLUMNS.item_id < bindparam("of_item")),
    ),
)
_BEYOND = (
    select(limited_items)
    .where(_OF_FEED, _COLUMNS.provider == bindparam("of_provider"), _IS_IN)
    .order_by(*_ORDER)
    .limit(PUSHED_AT_ONCE)
    .offset(bindparam("most"))
)


def _select_near(*where: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    """Return the queries of the nearest items of a feed that stand after one, and before it."""
    query = select(limited_items).where(_OF_FEED, *where).limit(bindparam("most"))
    return query.where(_STANDS_AFTER).order_by(*_ORDER), query.where(_STANDS_BEFORE).order_by(*_REVERSE)


_IN_NEAR = _select_near(_IS_IN)
_OUT_NEAR = _select_near(
    _COLUMNS.kept_out == KeptOut.IN_A_ROW.value, _COLUMNS.provider != bindparam("of_provider")
)


def enter_items(
    store: Database,
    items: Sequence[LimitedItem],
    limits: Mapping[str, TopicLimits],
    *,
    article_ids: Collection[str],
    story_ids: Collection[str],
) -> frozenset[Key]:
    """Decide which of the ``items`` enter their feeds, and keep that; return those that do not.

    ``limits`` are by feed. ``article_ids`` and ``story_ids`` are all that could have places there: what else
    is known of them has left. Items that go for it, or may enter now, are marked to be arranged again.
    """
    known = {one.key: one for one in _read_items(store, {*article_ids, *story_ids})}
    left = [
        key
        for key in known.keys() - {item.key for item in items}
        if key[1] in (article_ids if key[0].endswith(ARTICLES_FOLDER) else story_ids)
    ]
    fresh = [item for item in items if not _is_settled(item, known.get(item.key))]
    if left or fresh:
        with store.writing() as connection:
            run_with(connection, _REMOVE, [{"of_feed": feed, "of_item": id_} for feed, id_ in left])
            admission = _Admission(connection, limits, known)
            for item in sorted(fresh, key=lambda item: (item.sorted_at, item.published_at, item.item_id)):
                admission.let_in(item)
            admission.mark()
    return frozenset(item.key for item in items if not _is_in(known.get(item.key)))


def read_kept_out(store: Database, item_ids: Collection[str]) -> Mapping[Key, KeptOut]:
    """Return by feed and id which limit keeps these articles and stories out."""
    return {one.key: one.kept_out for one in _read_items(store, item_ids) if one.kept_out is not None}


def forget_limited_items(store: Database, feeds: Collection[str], *, note: tuple[str, str]) -> None:
    """Forget what entered feeds whose limits are other ones now, and keep a note, in one transaction."""
    with store.writing() as connection:
        for chunk in chunks(sorted(feeds)):
            connection.execute(delete(limited_items).where(_COLUMNS.feed.in_(chunk)))
        upsert(connection, notes, [{"key": note[0], "value": note[1]}])


def forget_gone_items(connection: Connection) -> None:
    """Forget what entered limited feeds and is gone, whose marks are forgotten."""
    is_article = _COLUMNS.feed.endswith(ARTICLES_FOLDER)
    is_gone = or_(
        is_article & _COLUMNS.item_id.not_in(select(articles.c.id)),
        ~is_article & _COLUMNS.item_id.not_in(select(stories.c.id)),
    )
    connection.execute(delete(limited_items).where(is_gone))


def _read_items(store: Database, item_ids: Collection[str]) -> list[LimitedItem]:
    with store.reading() as connection:
        return [_make_item(row) for row in rows_among(connection, _BY_ITEM, item_ids)]


def _make_item(row: Row) -> LimitedItem:
    kept_out = row["kept_out"]
    return LimitedItem(**{**row, "kept_out": None if kept_out is None else KeptOut(kept_out)})


def _is_in(known: LimitedItem | None) -> bool:
    return known is not None and known.kept_out is None


def _is_settled(item: LimitedItem, known: LimitedItem | None) -> bool:
    return known is not None and item.is_at_place_of(known)


@dataclass(slots=True)
class _Admission:
    """Lets items into their feeds, one after another; ``known`` is kept as it is stored."""

    connection: Connection
    limits: Mapping[str, TopicLimits]
    known: dict[Key, LimitedItem]
    marked: dict[MarkKind, set[str]] = field(default_factory=dict)

    def let_in(self, item: LimitedItem) -> None:
        """Decide on an item that is new, or that is at another place or of another provider than before."""
        before = self.known.get(item.key)
        if before is not None and before.kept_out is None:
            self._write(item, None)  # what is shown stays, wherever it stands now
            if item.provider != before.provider:
                self._push_out(item)
        elif before is not None and not _is_decided_anew(item, before):
            self._write(item, before.kept_out)
        elif self._is_one_too_many(item):
            self._write(item, KeptOut.IN_A_ROW)
        else:
            self._write(item, None)
            self._push_out(item)
            self._look_again(item)

    def mark(self) -> None:
        """Mark what is to be arranged again."""
        for kind, keys in self.marked.items():
            add_marks(self.connection, kind, sorted(keys))

    def _is_one_too_many(self, item: LimitedItem) -> bool:
        limits = self.limits[item.feed]
        if item.provider is None or limits.max_in_a_row is None:
            return False
        most = limits.max_in_a_row
        older, newer = ([one.provider for one in self._find(q, item, most=most)] for q in _IN_NEAR)
        return limits.is_one_too_many(item.provider, older=older, newer=newer)

    def _push_out(self, item: LimitedItem) -> None:
        """Take the oldest items of a provider out that are more than there may be, which may be this one."""
        most = self.limits[item.feed].max_per_provider
        if most is None or item.provider is None:
            return
        values = {"of_feed": item.feed, "of_provider": item.provider, "most": most}
        beyond = [_make_item(row) for row in rows_with(self.connection, _BEYOND, values)]
        for one in beyond:
            self._write(one, KeptOut.PER_PROVIDER)
            if one.key != item.key:
                self._mark(one)

    def _look_again(self, item: LimitedItem) -> None:
        """Have those enter that this one now stands between; they are decided on when they are arranged."""
        if self.limits[item.feed].max_in_a_row is None or not _is_in(self.known.get(item.key)):
            return
        for query in _OUT_NEAR:
            for one in self._find(query, item, most=NEAR, of_provider=item.provider or ""):
                if not self._is_one_too_many(one):
                    run_with(self.connection, _REMOVE, [{"of_feed": one.feed, "of_item": one.item_id}])
                    self.known.pop(one.key, None)
                    self._mark(one)

    def _find(self, query: Select[Any], item: LimitedItem, *, most: int, **given: str) -> list[LimitedItem]:
        values = {
            "of_feed": item.feed,
            "of_item": item.item_id,
            "at": item.sorted_at,
            "published": item.published_at,
            "most": most,
            **given,
        }
        return [_make_item(row) for row in rows_with(self.connection, query, values)]

    def _write(self, item: LimitedItem, kept_out: KeptOut | None) -> None:
        row = {
            "feed": item.feed,
            "item_id": item.item_id,
            "provider": item.provider,
            "sorted_at": item.sorted_at,
            "published_at": item.published_at,
            "kept_out": None if kept_out is None else kept_out.value,
        }
        upsert(self.connection, limited_items, [row])
        self.known[item.key] = _make_item(row)

    def _mark(self, item: LimitedItem) -> None:
        kind = MarkKind.ARTICLE if item.feed.endswith(ARTICLES_FOLDER) else MarkKind.STORY
        self.marked.setdefault(kind, set()).add(item.item_id)


def _is_decided_anew(item: LimitedItem, before: LimitedItem) -> bool:
    """Tell whether it is asked again if an item that was kept out may enter.

    One that was shown and left as others came does so only where another provider's tells it, too.
    """
    return item.provider != before.provider or before.kept_out is KeptOut.IN_A_ROW
