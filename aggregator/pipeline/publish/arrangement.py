"""The first step of a publication: marked articles and stories take their places in the feeds anew.

marks of articles, stories, publishers ─► places in feeds, names ─► stored, with marks of what to write
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from aggregator.pipeline.publish.arranged_batch import ARRANGED, NamedPublishers, Placed, arrange_batch
from aggregator.pipeline.publish.decision_changes import judge_decided
from aggregator.pipeline.publish.judgements import judge_due, judge_marked
from aggregator.pipeline.publish.topic_counts import keep_limits
from aggregator.pipeline.publish.withdrawal_corrections import correct_withdrawn
from aggregator.pipeline.site import Site
from aggregator.store import (
    Mark,
    MarkKind,
    Store,
    age_items,
    read_marks,
    read_story_ids,
    save_arrangement,
)

BATCH = 400
"""Marks of articles and stories that are taken up at once, more where one story has more."""
READ = 20_000
"""Marks of a kind that are read at once, so that those of a story are taken up together."""
BATCH_OF_ALL = 1_500
"""Marks that are taken up at once where everything is arranged, in the order of time."""
_CHANGED = frozenset({MarkKind.ARTICLE, MarkKind.STORY})
OnPlaced = Callable[[Sequence[Placed]], None]
"""Called with articles that no feed held before; imported ones are left out."""


def arrange_feeds(site: Site, *, on_placed: OnPlaced = lambda _: None) -> int:
    """Take up all marks of articles, stories and publishers, and what ages; return how many marks.

    ``on_placed`` is called with each batch that takes places.

    Each batch is kept whole or not at all. What is to be written then has marks of its own. What time or a
    story's change makes editors' rules say otherwise is judged again before.
    """
    judge_due(site)
    while age_items(site.store, site.now - timedelta(days=site.rules.publishing.window_days)):
        pass
    taken = 0
    named = NamedPublishers()
    while read := _read_next(site.store, site.now):
        named.begin()
        for marks in _split(read, site.store):
            judge_marked(marks, site)
            judge_decided(marks, site)
            marked = {mark.key for mark in marks if mark.kind in (MarkKind.ARTICLE, MarkKind.PLACE)}
            correct_withdrawn(marked, site)
            with site.store.reading_together():
                batch = arrange_batch(marks, named, site)
            article_ids, story_ids = batch.marked.article_ids, batch.marked.story_ids
            done = keep_limits(
                batch.arrangement,
                article_ids=article_ids,
                story_ids=story_ids,
                rules=site.rules,
                store=site.store,
            )
            save_arrangement(site.store, done, marks)
            on_placed(batch.placed)
            taken += len(marks)
    return taken


def _read_next(store: Store, now: datetime) -> list[Mark]:
    limits = {kind: BATCH_OF_ALL if kind is MarkKind.PLACE else READ for kind in ARRANGED}
    return [m for kind, limit in limits.items() for m in read_marks(store, kind, now=now, limit=limit)]


def _split(marks: list[Mark], store: Store) -> Iterator[list[Mark]]:
    """Yield marks in pieces that are taken up at once, those of a story together: so it is arranged once."""
    changed = [mark for mark in marks if mark.kind in _CHANGED]
    if len(changed) <= BATCH:
        yield marks
        return
    story_of = read_story_ids(store, {mark.key for mark in changed if mark.kind is MarkKind.ARTICLE})
    by_story: dict[str, list[Mark]] = {}
    for mark in changed:
        # What has no story counts as one of its own, whose id is that of its first article anyway.
        by_story.setdefault(story_of.get(mark.key, mark.key), []).append(mark)
    piece = [mark for mark in marks if mark.kind not in _CHANGED]
    for together in by_story.values():
        piece += together
        if len(piece) >= BATCH:
            yield piece
            piece = []
    if piece:
        yield piece
