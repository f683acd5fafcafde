"""Stories put right after a decision: two become one, or an article leaves one."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aggregator.stories.decisions import Decisions
from aggregator.stories.likeness import average_dot
from aggregator.stories.open_story import GroupedArticle, OpenStory, order_merged


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """The stories that have other articles than before, and the one that became part of the first, if any."""

    changed: tuple[OpenStory, ...]
    gone: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Corrector:
    """Makes stories as decisions want them; ``turn`` is the last that grouping took.

    ``choose_id`` returns an id for a new story of articles by theirs, one of the ``former`` first: ids of
    stories that became part of these. ``shown`` is by id in how many feeds
    readers know stories, ``heads`` which articles head them there, one for each feed.
    """

    decisions: Decisions
    turn: int
    choose_id: Callable[[Sequence[str]], str]
    shown: Mapping[str, int] = field(default_factory=dict)
    former: Collection[str] = ()
    heads: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def join(self, a: str, b: str, one: OpenStory, two: OpenStory) -> Correction:
        """Bring two articles of two stories together: all of both where no decision is against it.

        The first by ``order_merged`` takes in the other.
        """
        older, younger = order_merged(one, two, self.shown)
        if not self._are_apart(older.members, younger.members):
            merged = self._remake(older, [*older.members, *younger.members], 1)
            return Correction(changed=(merged,), gone=younger.id)
        group = self.decisions.find_group(a) | self.decisions.find_group(b)
        held = {story.id: _choose(story, group) for story in (older, younger)}
        for to, left in ((older, younger), (younger, older)):
            if not self._are_apart(held[left.id], to.members):
                return self._move(held[left.id], left, to)
        both = [*held[older.id], *held[younger.id]]
        rests = (
            self._remake(story, _leave(story, both), 1 + place)
            for place, story in enumerate((older, younger))
        )
        return Correction(changed=(*rests, self._create(both, 3, has_excerpt=older.has_excerpt)))

    def part(self, a: str, b: str, story: OpenStory) -> Correction:
        """Take one of two articles out of their story, with what belongs to it.

        The one that an editor wants to leave, else the less fitting. The part that readers know the story by
        keeps its id, unless the other one can have the id back that it had before they were merged.
        """
        groups = [_choose(story, self.decisions.find_group(article_id)) for article_id in (a, b)]
        rest = _leave(story, [member for group in groups for member in group])
        decided = [group for group in groups if any(one.id in self.decisions.leaving for one in group)]
        among = decided if len(decided) == 1 else groups
        leaving = min(among, key=lambda group: (_measure_likeness(group, rest), -group[0].turn))
        parts = (_leave(story, leaving), leaving)
        known, other = sorted(parts, key=lambda part: self._rate_claim(story, part), reverse=True)
        stays = self._remake(story, known, 1)
        return Correction(changed=(stays, self._create(other, 2, has_excerpt=story.has_excerpt)))

    def _rate_claim(self, story: OpenStory, part: Iterable[GroupedArticle]) -> tuple[bool, int, bool]:
        """Return how much speaks for a part to keep its story's id, what weighs most first.

        That is that it has no other id of its own, that it heads the story in feeds, and that the id is its.
        """
        ids = {one.id for one in part}
        has_own = story.id not in ids and not ids.isdisjoint(self.former)
        return not has_own, sum(head in ids for head in self.heads.get(story.id, ())), story.id in ids

    def _are_apart(self, some: Iterable[GroupedArticle], others: Iterable[GroupedArticle]) -> bool:
        return self.decisions.are_apart((one.id for one in some), [other.id for other in others])

    def _move(self, moved: Sequence[GroupedArticle], left: OpenStory, to: OpenStory) -> Correction:
        grown = self._remake(to, [*to.members, *moved], 1)
        return Correction(changed=(grown, self._remake(left, _leave(left, moved), 2)))

    def _remake(self, story: OpenStory, members: Sequence[GroupedArticle], step: int) -> OpenStory:
        made = OpenStory.of(story.id, members, has_excerpt=story.has_excerpt, turn=self.turn + step)
        # One that was placed before the story began may have come to it.
        made.founded, made.checked = min(story.founded, made.founded), len(members)
        return made

    def _create(self, members: Sequence[GroupedArticle], step: int, *, has_excerpt: bool) -> OpenStory:
        return OpenStory.of(
            self.choose_id([member.id for member in members]),
            members,
            has_excerpt=has_excerpt,
            turn=self.turn + step,
        )


def _choose(story: OpenStory, ids: Iterable[str]) -> list[GroupedArticle]:
    wanted = frozenset(ids)
    return [member for member in story.members if member.id in wanted]


def _leave(story: OpenStory, leaving: Iterable[GroupedArticle]) -> list[GroupedArticle]:
    gone = {member.id for member in leaving}
    return [member for member in story.members if member.id not in gone]


def _measure_likeness(some: Sequence[GroupedArticle], others: Sequence[GroupedArticle]) -> float:
    """Return how alike articles are to others on average; 0 where there are no others."""
    return average_dot([one.vector for one in some], [other.vector for other in others])
