"""What grouping corrects of stories that feeds show: those that become one, and those that are parted."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, select

from aggregator.model import Grouping
from aggregator.model.corrections import CorrectionKind, PublicCorrection
from aggregator.store.database import chunks
from aggregator.store.predicates import IS_PUBLISHED
from aggregator.store.schema import articles, story_members
from aggregator.store.schema.publication import feed_items
from aggregator.store.shown.corrections import add_corrections
from aggregator.store.shown.feed_items import ALL, ARTICLES_FOLDER

MERGED = "Their articles tell of one event."
SPLIT = "Their articles tell of different events."
_NONE: frozenset[str] = frozenset()


def correct_stories(connection: Connection, grouping: Grouping) -> None:
    """Write down what a grouping corrects, in its transaction and before it is kept itself."""
    formed_at = max((s.formed_at for s in grouping.stories if s.formed_at is not None), default=None)
    if formed_at is None:
        return
    turn = max(story.turn for story in grouping.stories)
    pairs = [*_list_merges(grouping), *_list_splits(connection, grouping)]
    shown_in = _read_topics(connection, {id_ for _, *ids in pairs for id_ in ids})
    for kind, story_id, other_id in pairs:
        # Of one that nobody saw nothing is missed; one that was seen is told of, whoever takes it in.
        seen_id = other_id if kind is CorrectionKind.MERGE else story_id
        for named_id, topics in _share_topics(shown_in, story_id, seen_id):
            article_id, title = _find_title(connection, named_id)
            made = PublicCorrection(
                key=" ".join([kind.value, story_id, other_id, str(turn), *({named_id} - {story_id})]),
                kind=kind,
                at=formed_at,
                topics=tuple(sorted(topics)),
                title=title,
                reason=grouping.reason or (MERGED if kind is CorrectionKind.MERGE else SPLIT),
                article_id=article_id,
                story_id=story_id,
                other_id=other_id,
            )
            add_corrections(connection, [made])


def _share_topics(
    shown_in: Mapping[str, frozenset[str]], story_id: str, seen_id: str
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the topics that are told of a story which was seen there, and the story they know it by.

    That is the one that stays, where both were seen, else the one that is gone: a topic is told of nothing
    under a headline that it never showed.
    """
    if seen_id not in shown_in:
        return
    both = shown_in[seen_id] & shown_in.get(story_id, _NONE)
    alone = shown_in[seen_id] - both
    if both or not alone:
        yield story_id, both
    if alone:
        yield seen_id, alone


def _list_merges(grouping: Grouping) -> Iterator[tuple[CorrectionKind, str, str]]:
    """Yield the stories that are one from now on: the one that stays, and the other."""
    living = {story.id for story in grouping.stories}
    became = {gone: story_id for gone, story_id in grouping.merged if gone not in living}
    for gone, taken_in_by in became.items():
        story_id, seen = taken_in_by, {gone}
        while story_id in became and story_id not in seen:
            seen.add(story_id)
            story_id = became[story_id]
        if story_id != gone:
            yield CorrectionKind.MERGE, story_id, gone


def _list_splits(connection: Connection, grouping: Grouping) -> Iterator[tuple[CorrectionKind, str, str]]:
    """Yield the stories that lost articles to another one, and that one."""
    living = {story.id for story in grouping.stories}
    moved, before = dict(grouping.moved), {}
    for chunk in chunks(sorted(moved)):
        columns = select(story_members.c.article_id, story_members.c.story_id)
        rows = connection.execute(columns.where(story_members.c.article_id.in_(chunk)))
        before.update({row.article_id: row.story_id for row in rows})
    parted = {(old, moved[id_]) for id_, old in before.items() if moved[id_] != old and old in living}
    for old, new in sorted(parted):
        yield CorrectionKind.SPLIT, old, new


def _read_topics(connection: Connection, story_ids: set[str]) -> dict[str, frozenset[str]]:
    """Return by id the topics whose feeds have a place for stories, without those that none has."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(sorted(story_ids)):
        columns = select(feed_items.c.item_id, feed_items.c.feed)
        for row in connection.execute(columns.where(feed_items.c.item_id.in_(chunk))):
            if not row.feed.endswith(ARTICLES_FOLDER):
                found.setdefault(row.item_id, set()).add(row.feed)
    return {story_id: frozenset(feeds - {ALL}) for story_id, feeds in found.items()}


def _find_title(connection: Connection, story_id: str) -> tuple[str | None, str]:
    """Return the article that a story is named by, its first if that is published, and its title."""
    query = (
        select(articles.c.id, articles.c.title)
        .join(story_members, story_members.c.article_id == articles.c.id)
        .where(story_members.c.story_id == story_id, IS_PUBLISHED)
        .order_by((articles.c.id == story_id).desc(), articles.c.quality.desc(), articles.c.id)
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row.id, row.title) if row else (None, "")
