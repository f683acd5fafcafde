"""Grouping: articles that have no story yet are placed in order of arrival, and what came of it is kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from sys import intern
from types import MappingProxyType
from typing import Protocol

from aggregator.model import Article, Grouping, Member, pair_of
from aggregator.pipeline.site import Site
from aggregator.pipeline.stored_stories import make_grouped_article, make_open_stories, make_story
from aggregator.pipeline.story_decisions import enforce_decisions, find_heads, follow_editors
from aggregator.store import (
    Store,
    count_story_feeds,
    find_articles_to_group,
    find_ended_stories,
    find_filled_stories,
    find_newest_grouped,
    read_answers,
    read_grouped_turn,
    read_last_turn,
    save_grouping,
    stream_lasting_members,
    stream_lasting_stories,
    stream_members_since,
)
from aggregator.stories.decisions import Decisions
from aggregator.stories.editions import keep_words
from aggregator.stories.editor_decisions import EditorPair
from aggregator.stories.grouper import Grouper
from aggregator.stories.hours import count_hours, read_hours
from aggregator.stories.open_story import GroupedArticle, OpenStory
from aggregator.stories.placement import Newcomer, Placement
from aggregator.stories.rarity import CountedArticle
from aggregator.stories.thresholds import Thresholds
from aggregator.stories.vocabulary import Vocabulary

BATCH = 1_000
_MOST_OVERTAKEN = 20  # how often another process may be quicker, before this one stops for now
NEW_WORDS = 1 << 20
"""So many new words after it read the store, a grouper is made anew, without those of articles long gone."""


class StoryLimits(Protocol):
    """What grouping by itself goes by."""

    @property
    def thresholds(self) -> Thresholds:
        """How alike articles of one story are."""


class StoryDesk:
    """The stories of the window in memory, beside the store that keeps them."""

    def __init__(self) -> None:
        self._grouper: Grouper | None = None
        self._most_words = 0
        self._pairs: tuple[EditorPair, ...] = ()

    def group_site(self, site: Site) -> int:
        """Place every article that has no story yet, and have stories follow what editors decided.

        Returns how many articles were placed and stories put right. Each batch is kept whole or not at all.
        Where another process was quicker, or keeping failed, the next call goes on from what the store has.
        """
        stories = site.rules.stories
        return self._group(stories.thresholds, stories.decisions.list_pairs(site.now), site.store, site.now)

    def group(self, *, rules: StoryLimits, store: Store, now: datetime) -> int:
        """Do what ``group_site`` does where editors decided nothing, by thresholds alone."""
        return self._group(rules.thresholds, (), store, now)

    def _group(
        self, thresholds: Thresholds, pairs: tuple[EditorPair, ...], store: Store, now: datetime
    ) -> int:
        placed, overtaken = follow_editors(pairs, store, now=now), 0
        while overtaken < _MOST_OVERTAKEN and (batch := find_articles_to_group(store, BATCH)):
            grouper = self._prepare_grouper(thresholds, pairs, store, now)
            self._grouper = None
            since_turn = grouper.turn
            batch = _cut_behind_decided(batch, grouper.decisions)
            grouper.taken |= find_filled_stories(store, [article.id for article in batch])
            placements = [grouper.place(newcomer_of(article)) for article in batch]
            grouping = _make_grouping(since_turn, placements, now, late=_find_late(batch, now))
            if not save_grouping(store, grouping):
                overtaken += 1
                continue
            self._grouper = grouper
            placed += len(batch)
            if not grouper.decisions.articles.isdisjoint(grouping.article_ids):
                enforce_decisions(store, pairs, now=now)
        return placed

    def _prepare_grouper(
        self, thresholds: Thresholds, pairs: tuple[EditorPair, ...], store: Store, now: datetime
    ) -> Grouper:
        known, turn = self._grouper, read_last_turn(store)
        if known is None or known.turn != turn or pairs != self._pairs:
            enforce_decisions(store, pairs, now=now)  # who answered may have been killed before
            turn = read_last_turn(store)
            if known is not None and known.turn >= read_grouped_turn(store):  # the decisions moved nothing
                known.decisions, known.turn = Decisions(read_answers(store), pairs), turn
            self._pairs = pairs
        if (
            known is None
            or known.thresholds != thresholds
            or known.turn != turn
            or len(known.vocabulary) > self._most_words
        ):
            known = restore_grouper(store, thresholds, pairs)
            self._most_words = len(known.vocabulary) + NEW_WORDS
        return known


def _cut_behind_decided(batch: tuple[Article, ...], decisions: Decisions) -> tuple[Article, ...]:
    """Return the articles up to the first that something was decided on, all where there is none.

    Stories follow a decision once its article is kept, so that the next articles find them as they are to be,
    however many are placed at once.
    """
    decided = (place for place, article in enumerate(batch) if article.id in decisions.articles)
    return batch[: next(decided, len(batch)) + 1]


def _find_late(batch: Sequence[Article], now: datetime) -> dict[str, datetime]:
    """Return when articles came that were accepted later: they are no news of the day they were accepted."""
    return {a.id: min(a.first_seen_at, now) for a in batch if a.release_at is not None}


def newcomer_of(article: Article) -> Newcomer:
    """Return what grouping looks at of an article: no text of one that a rule has stand alone."""
    is_alone = "story" in article.origins
    return Newcomer(
        id=article.id,
        title="" if is_alone else article.title,
        excerpt=None if is_alone else article.excerpt,
        provider=article.provider.domain,
        published_at=article.published_at,
        language=article.language,
        quality=article.quality,
    )


def restore_grouper(store: Store, thresholds: Thresholds, pairs: Sequence[EditorPair] = ()) -> Grouper:
    """Return a grouper with what the store has, as the one that stored it was.

    It follows what editors decided on ``pairs``.
    """
    grouper = Grouper(thresholds)
    # First: where another process groups meanwhile, what this one places is not kept, and it reads again.
    turn = read_last_turn(store)
    grouper.decisions = Decisions(read_answers(store), pairs)
    grouper.count_shown = partial(count_story_feeds, store)
    grouper.find_heads = lambda story_id: find_heads([story_id], store).get(story_id, ())
    newest_at = find_newest_grouped(store)
    if newest_at is None:  # articles were removed, but the turns their stories took stay taken
        grouper.restore((), (), turn=turn)
        return grouper
    hour = newest_at.replace(minute=0, second=0, microsecond=0)
    since = hour - timedelta(hours=thresholds.horizon_h)
    grouped = _read_grouped_articles(store, since, grouper.vocabulary)
    counted = stream_members_since(store, newest_at - timedelta(hours=thresholds.window_h))
    grouper.restore(
        make_open_stories(stream_lasting_stories(store, since), grouped, grouper.vocabulary),
        map(_make_counted_article, counted),
        turn=turn,
        taken=find_ended_stories(store, since),
    )
    return grouper


def _read_grouped_articles(
    store: Store, since: datetime, vocabulary: Vocabulary
) -> dict[str, list[GroupedArticle]]:
    """Return the articles of the stories that lasted until then, by the story's id, in order."""
    found: dict[str, list[GroupedArticle]] = {}
    for member in stream_lasting_members(store, since):
        found.setdefault(member.story_id, []).append(make_grouped_article(member, vocabulary))
    return found


def _make_counted_article(member: Member) -> CountedArticle:
    return CountedArticle(
        count_hours(member.published_at),
        member.article_id,
        tuple(map(intern, keep_words(member.terms))),
        intern(member.language),
        intern(member.provider),
    )


@dataclass(slots=True)
class _BatchResult:
    """What a batch of placements comes to, its later ones overruling the earlier."""

    stories: dict[str, OpenStory] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    merged: list[tuple[str, str]] = field(default_factory=list)
    formed: set[str] = field(default_factory=set)
    links: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, placed: Placement) -> None:
        for gone in placed.gone:
            self.stories.pop(gone, None)
            self.merged.append((gone, placed.changed[0].id))
        if placed.gone:
            self._move_links(placed.gone, placed.changed[0].id)
        self.stories |= {story.id: story for story in placed.changed}
        if placed.gone or len(placed.changed) > 1:
            self.formed |= {story.id for story in placed.changed}
            self.moved |= {article.id: story.id for story in placed.changed for article in story.members}
        for other, likeness in placed.linked:
            self._add_link(placed.story.id, other, likeness)

    def _move_links(self, gone: Collection[str], story_id: str) -> None:
        moved = [(a, b) for a, b in self.links if a in gone or b in gone]
        for a, b in moved:
            likeness = self.links.pop((a, b))
            self._add_link(story_id if a in gone else a, story_id if b in gone else b, likeness)

    def _add_link(self, a: str, b: str, likeness: float) -> None:
        if a != b:
            pair = pair_of(a, b)
            self.links[pair] = max(likeness, self.links.get(pair, likeness))


def _make_grouping(
    since_turn: int,
    placements: Sequence[Placement],
    now: datetime,
    *,
    late: Mapping[str, datetime] = MappingProxyType({}),
) -> Grouping:
    changed = _BatchResult()
    for placed in placements:
        changed.add(placed)
    places = [(article, story.id) for story in changed.stories.values() for article in story.members]
    # One that was removed and came back may still be in the story that it was in before.
    story_of = {article.id: story_id for article, story_id in sorted(places, key=lambda place: place[0].turn)}
    new = {placed.member.id for placed in placements}
    return Grouping(
        since_turn=since_turn,
        stories=tuple(
            make_story(story, now if story.id in changed.formed else None)
            for story in changed.stories.values()
        ),
        members=tuple(
            _make_member(placed, story_of[placed.member.id], late.get(placed.member.id, now))
            for placed in placements
        ),
        moved=tuple(
            (article_id, story_of[article_id])
            for article_id in changed.moved
            if article_id not in new and article_id in story_of
        ),
        merged=tuple(changed.merged),
        links=tuple((a, b, likeness) for (a, b), likeness in changed.links.items()),
    )


def _make_member(placed: Placement, story_id: str, joined_at: datetime) -> Member:
    article = placed.member
    return Member(
        article_id=article.id,
        story_id=story_id,
        turn=article.turn,
        joined_at=joined_at,
        published_at=read_hours(article.at_h),
        provider=article.provider,
        quality=article.quality,
        language=placed.language,
        terms=placed.terms,
        vector=article.vector,
        score=placed.score,
        shared=placed.shared,
        title_terms=placed.title_terms,
    )


_grouping, restored = _make_grouping, restore_grouper  # their names until now, for programs that import them
