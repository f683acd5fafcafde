"""Which judgements no feed shows: a plan, whose store is thrown away, is made without them.

An article with another quality is in the same feeds, at the same place, as long as it passes the same
thresholds. In a story the quality also says who leads and who follows: it may differ, but not by its order.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aggregator.curate.editor_decisions import is_taken_out
from aggregator.model import PUBLISHED_QUALITY, Article, revise
from aggregator.rules import Rules
from aggregator.store import Edit, Store, read_story_ids


@dataclass(slots=True)
class UnseenEdits:
    """Edits that were put aside, as no feed would show them by ``rules`` if each article were alone.

    ``qualities`` has those of all articles, before and after, ``aside`` the ids of the edits put aside,
    ``saved`` those of all others.
    """

    rules: Rules
    qualities: dict[str, tuple[int, int]] = field(default_factory=dict)
    aside: set[str] = field(default_factory=set)
    saved: set[str] = field(default_factory=set)

    def put_aside(self, articles: Iterable[Article], edits: Sequence[Edit]) -> list[Edit]:
        """Return the edits of these articles that feeds may show; the others are put aside."""
        self.qualities |= {article.id: (article.quality, article.quality) for article in articles}
        self.qualities |= {edit.after.id: (edit.before.quality, edit.after.quality) for edit in edits}
        shown = [edit for edit in edits if self._may_show(edit.before, edit.after)]
        self.saved |= {edit.after.id for edit in shown}
        self.aside |= {edit.after.id for edit in edits} - self.saved
        return shown

    def find_shown(self, store: Store) -> list[str]:
        """Return the articles whose edits were put aside and show in a story after all.

        That is one of which another article was saved, or whose articles come in another order of quality.
        """
        if not self.aside:
            return []
        by_story: dict[str, list[str]] = {}
        for article_id, story_id in read_story_ids(store, self.qualities).items():
            by_story.setdefault(story_id, []).append(article_id)
        return [
            article_id
            for ids in by_story.values()
            if len(ids) > 1 and not self.aside.isdisjoint(ids) and self._is_other(ids)
            for article_id in ids
            if article_id in self.aside
        ]

    def _is_other(self, ids: Sequence[str]) -> bool:
        if not self.saved.isdisjoint(ids):
            return True
        ordered = sorted({self.qualities[article_id] for article_id in ids})
        pairs = itertools.pairwise(ordered)
        return any(before == other or after >= next_ for (before, after), (other, next_) in pairs)

    def _may_show(self, before: Article, after: Article) -> bool:
        alike = revise(
            after,
            quality=before.quality,
            quality_parts=before.quality_parts,
            judge_again_at=before.judge_again_at,
            heat=before.heat,
        )
        if alike != before or is_taken_out(before) != is_taken_out(after):
            return True
        topics = (self.rules.topics_by_id.get(topic_id) for topic_id in after.topics)
        least = {PUBLISHED_QUALITY, *(one.quality_threshold or 0 for one in topics if one)}
        return any((before.quality >= one) != (after.quality >= one) for one in least)
