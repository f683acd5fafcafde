"""Which articles tell the same story, decided one by one in the order they arrive."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from sys import intern
from uuid import NAMESPACE_URL, uuid5

from aggregator.stories.certainty import get_least, measure_join, rate_certainty
from aggregator.stories.cohesion import cluster_vectors
from aggregator.stories.comparison import Comparison
from aggregator.stories.decisions import Decisions
from aggregator.stories.editions import tell_two_events
from aggregator.stories.formats import PAGE, list_shapes
from aggregator.stories.hours import count_hours
from aggregator.stories.index import StoryIndex
from aggregator.stories.joining import are_one, joins_late, rate_trust, shares_ideas
from aggregator.stories.open_story import GroupedArticle, OpenStory, order_merged, order_parts
from aggregator.stories.placement import ComparedArticle, Newcomer, Placement, RankedStory
from aggregator.stories.rarity import CountedArticle
from aggregator.stories.reading import Reader, Reading
from aggregator.stories.rivals import compare_stories, has_rival, list_related
from aggregator.stories.series import continues_series, has_number
from aggregator.stories.thresholds import Thresholds
from aggregator.stories.vector import trim
from aggregator.stories.vocabulary import DIGITS, Records, read_records

_SHARED_SHOWN = 6
KEPT = 32
"""Terms of an article's vector that are kept once it is placed."""
FIRST_CHECK, LAST_CHECK, CHECK_GROWTH = 4, 100, 1.4
"""A story's articles are compared with each other whenever it has grown by so much, up to a size."""
_LEAST_LOOK = 0.15
"""Below this cosine to an article, no story is thought of as a rival of its own."""


class Grouper:
    """The stories of the window; ``place`` is called with every article once, in order of arrival.

    ``taken`` are ids of articles that are not to be those of new stories: a story that is over, or that the
    article was in before it was removed and came back, has it. ``count_shown`` returns by their ids how many
    feeds show stories, of those that readers know, ``find_heads`` which articles head one there.
    """

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self.thresholds = thresholds or Thresholds()
        self.index = StoryIndex()
        self._reader = Reader(self.thresholds.window_h)
        self.vocabulary, self._rarity = self._reader.vocabulary, self._reader.rarity
        self._sentences = self._reader.sentences
        self.taken: set[str] = set()
        self.decisions = Decisions()
        self.count_shown: Callable[[Collection[str]], Mapping[str, int]] = lambda _: {}
        self.find_heads: Callable[[str], Sequence[str]] = lambda _: ()
        self.turn = 0
        self._forgot_h = float("-inf")

    def place(self, article: Newcomer) -> Placement:
        """Put an article into the story it belongs to, or make it the first of its own."""
        self.turn += 1
        at_h = count_hours(article.published_at)
        reading = self._reader.read(article, at_h)
        if self._oldest_open_h() > self._forgot_h:
            self._forget_old()
        member = self._make_member(article, reading, at_h)
        self._sentences.count(member.marks)
        compared = Comparison(reading.vector)
        placed = ComparedArticle(member, compared, reading.has_excerpt, reading.is_on_subject, reading.pace)
        parted = self._part_issues(member) if PAGE in member.formats else ()
        ranked = self._rank_stories(placed)
        joined = self._find_nearest(placed, ranked)
        story, gone = self._merge_rivals(placed, self._enter(placed, joined, reading.vector), ranked)
        changed = (story, *self._split(story), *parted)
        return Placement(
            story=next(part for part in changed if member in part.members),
            member=member,
            score=1.0 if joined is None else round(joined.score, DIGITS),
            shared=() if joined is None else placed.name_shared(joined, _SHARED_SHOWN),
            language=reading.terms.language,
            terms=reading.stored_terms,
            title_terms=len({*reading.terms.title}),
            changed=changed,
            gone=gone,
            linked=list_related(story, ranked, self.thresholds.link, self.index.stories),
        )

    def restore(
        self,
        stories: Iterable[OpenStory],
        counted: Iterable[CountedArticle],
        *,
        turn: int,
        taken: Iterable[str] = (),
    ) -> None:
        """Take up where another grouper stopped, with its stories and the articles it had counted."""
        for article in counted:
            self._rarity.count(article)
        self.turn, self._forgot_h = turn, self._oldest_open_h()
        self.taken.update(taken)
        for story in sorted(stories, key=lambda story: story.turn):
            self.index.put(story)
            for member in story.members:
                self._sentences.count(member.marks)

    def _make_member(self, article: Newcomer, reading: Reading, at_h: float) -> GroupedArticle:
        terms = reading.terms
        return GroupedArticle(
            article.id,
            trim(reading.vector, KEPT).tobytes(),
            at_h,
            intern(article.provider),
            article.quality,
            self.turn,
            self.vocabulary,
            terms.countries,
            terms.formats,
            terms.series,
            reading.marks,
            self.vocabulary.pack_keys(terms.title),
        )

    def _enter(self, article: ComparedArticle, joined: RankedStory | None, vector: Records) -> OpenStory:
        """Add an article to the story it joins, None: to one of its own, which it begins; return that."""
        member = article.member
        if joined is None:
            story_id = self._choose_id([member], f"{member.id}\n{self.turn}")
            story = OpenStory.of(story_id, [member], has_excerpt=article.has_excerpt, turn=self.turn)
        else:
            story = joined.story
            story.add([member], vector.tobytes())
        self._update_index(story)
        return story

    def _forget_old(self) -> None:
        self._forgot_h = self._oldest_open_h()
        for story in self.index.remove_before(self._forgot_h):
            self._close(story)

    def _oldest_open_h(self) -> float:
        """Return the hour before which stories are over; whole ones, so that few articles look for them."""
        clock_h = self._rarity.clock_h
        return math.floor(clock_h) - self.thresholds.horizon_h if math.isfinite(clock_h) else clock_h

    def _rank_stories(self, article: ComparedArticle) -> list[RankedStory]:
        """Return the stories that an article may join, the best first; none for a page of a format."""
        member, limits = article.member, self.thresholds
        if PAGE in member.formats:
            return []
        heaviest, compared, pace = read_records(member.packed), article.compared, article.pace
        found = (
            RankedStory(cos * rate_trust(story, member, words, limits, pace), cos, story, overlap, words)
            for cos, story, overlap, words in self.index.find_candidates(heaviest, compared, _LEAST_LOOK)
            if not self._has_recurring_pages(story)
        )
        is_numbered, is_decided = has_number(member), member.id in self.decisions.articles
        ranked = (
            near
            for near in found
            if not (is_numbered and continues_series(member, near.story))
            and not (is_decided and self.decisions.are_apart([member.id], near.story.ids))
        )
        return sorted(ranked, key=lambda near: (-near.score, near.story.founded))

    def _has_recurring_pages(self, story: OpenStory) -> bool:
        """Tell whether a story is of pages alone whose titles came with another day."""
        return story.has_formats and all(
            self._rarity.recurs(one.formats, one.provider) for one in story.members
        )

    def _find_nearest(self, article: ComparedArticle, ranked: Sequence[RankedStory]) -> RankedStory | None:
        limits, member = self.thresholds, article.member
        least = limits.get_joining(has_excerpt=article.has_excerpt)
        for near in ranked:
            if near.score < least:
                break  # as all behind it are
            if near.story.gap_h(member.at_h) > limits.window_h:
                continue
            if (
                shares_ideas(article.list_shares(near), near, limits, has_excerpt=article.has_excerpt)
                and self._is_certain(article, near, ranked)
                and not tell_two_events([member], near.story.members)
            ):
                return near
        return None

    def _is_certain(self, article: ComparedArticle, near: RankedStory, ranked: Iterable[RankedStory]) -> bool:
        return rate_certainty(measure_join(article, near, ranked)) >= get_least(article, near)

    def _update_index(self, story: OpenStory) -> None:
        self.turn += 1
        story.turn = self.turn
        if story.last_h >= self._forgot_h:
            self.index.put(story)
        else:
            self._close(story)

    def _close(self, story: OpenStory) -> None:
        """Forget what is counted of a story that is over, but its id where its article is in another one."""
        for member in story.members:
            self._sentences.count(member.marks, -1)
        if all(member.id != story.id for member in story.members):
            self.taken.add(story.id)

    def _merge_rivals(
        self, article: ComparedArticle, story: OpenStory, ranked: Sequence[RankedStory]
    ) -> tuple[OpenStory, tuple[str, ...]]:
        merged: list[str] = []
        if not has_rival(story, ranked, self.thresholds, has_excerpt=article.has_excerpt):
            return story, ()
        products, joined_nothing = compare_stories(story, ranked), story.size == 1
        for number, near in enumerate(ranked):
            if near.story is story or near.story.id in merged:
                continue
            if self._is_one(article, story, near, products[number]) and (
                not joined_nothing or self._is_certain(article, near, ranked)
            ):
                story, other = order_merged(story, near.story, self.count_shown((story.id, near.story.id)))
                self._absorb(story, other)
                merged.append(other.id)
                products = compare_stories(story, ranked)
        return story, tuple(merged)

    def _is_one(self, article: ComparedArticle, story: OpenStory, near: RankedStory, product: float) -> bool:
        """Tell whether an article's story and one near it are one; ``product`` is that of their vectors."""
        limits, rival, has_excerpt = self.thresholds, near.story, article.has_excerpt
        is_one = (
            are_one(story, rival, product, limits, has_excerpt=has_excerpt)
            and shares_ideas(article.list_shares(near), near, limits, has_excerpt=has_excerpt)
        ) or (has_excerpt and joins_late(story, rival, product, limits, article.pace))
        return (
            is_one
            and not tell_two_events(story.members, rival.members)
            and not self.decisions.are_apart(story.ids, rival.ids)
        )

    def _absorb(self, story: OpenStory, other: OpenStory) -> None:
        self.index.remove(other)
        story.add(other.members, other.packed)
        story.founded = min(story.founded, other.founded)
        self._update_index(story)

    def _split(self, story: OpenStory) -> tuple[OpenStory, ...]:
        """Part a story that has grown much where its articles do not belong together; return the new ones."""
        if not FIRST_CHECK <= story.size <= LAST_CHECK or story.size < CHECK_GROWTH * story.checked:
            return ()
        find_least = partial(self.thresholds.get_cohesion, has_excerpt=story.has_excerpt)
        parts = cluster_vectors([member.packed for member in story.members], find_least)
        if self.decisions.articles:
            parts = self.decisions.unite(parts, story.ids)
        story.checked = story.size
        if len(parts) == 1:
            return ()
        lead = min(range(story.size), key=lambda place: (-story.members[place].quality, place))
        return self._part(story, sorted(parts, key=lambda part: (lead not in part, part[0])))

    def _part_issues(self, page: GroupedArticle) -> tuple[OpenStory, ...]:
        """Take the earlier issues of a page's format out of stories of others; return what has changed."""
        changed: list[OpenStory] = []
        shapes = frozenset(list_shapes(page.formats))
        for story in self.index.find_shaped(page.provider, shapes):
            groups: tuple[list[int], list[int]] = [], []
            for place, one in enumerate(story.members):
                is_issue = one.provider == page.provider and not shapes.isdisjoint(one.formats)
                groups[is_issue].append(place)
            if groups[0] and len(self.decisions.unite(groups, story.ids)) > 1:
                changed += (story, *self._part(story, groups))
        return tuple(changed)

    def _part(self, story: OpenStory, groups: Iterable[Sequence[int]]) -> tuple[OpenStory, ...]:
        """Make a story of each group of places in one, which the known or first one keeps; return the new."""
        kept, *others = order_parts(story, groups, self.find_heads(story.id))
        self.index.remove(story)
        made = tuple(self._create_part(group, story) for group in others)
        self._reduce_to(story, kept)
        return made

    def _create_part(self, group: Sequence[GroupedArticle], story: OpenStory) -> OpenStory:
        others = [member for member in group if member.id != story.id]
        story_id = self._choose_id(others, f"{story.id}\n{self.turn}\n{group[0].id}")
        made = OpenStory.of(story_id, group, has_excerpt=story.has_excerpt, turn=self.turn)
        self._update_index(made)
        return made

    def _choose_id(self, group: Iterable[GroupedArticle], origin: str) -> str:
        """Return an id for a new story: an article's that no story has, the first one's at best."""
        free = (
            member.id
            for member in group
            if member.id not in self.index.stories and member.id not in self.taken
        )
        return next(free, None) or str(uuid5(NAMESPACE_URL, origin))

    def _reduce_to(self, story: OpenStory, group: Sequence[GroupedArticle]) -> None:
        story.packed, story.members = b"", []
        story.add(group, *(member.packed for member in group))
        story.checked = story.size
        self._update_index(story)
