"""What is true of a site at a moment: the articles of each item, and when anything of them happened.

Counted from what is stored and decided, apart from the program's own reckoning of times and places.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model import Article, Member
from aggregator.model.corrections import CorrectionKind
from aggregator.model.decisions import Decision, Verb
from aggregator.store import SITE, read_corrections, read_members, read_story_ids
from tests.subscribers.busy_site import BusySite

OUT = (Verb.WITHDRAW, Verb.KILL)


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A site as it was published ``at`` a time.

    ``members`` are the placed articles by story, ``decisions`` those by article, the oldest first; ``related``
    has by story a representative of the stories that subscribers were told it merged with or parted from.
    ``back_at`` is when articles that had been taken out may have been shown again, ``headed_at`` when items
    may have been headed otherwise, or by what has gone: they never say less than they said. ``dates`` has by
    story when the articles were published that it has or had.
    """

    at: datetime
    articles: Mapping[str, Article]
    members: Mapping[str, tuple[Member, ...]]
    decisions: Mapping[str, tuple[Decision, ...]]
    edited_at: Mapping[str, tuple[datetime, ...]]
    tokens: Mapping[str, str]
    related: Mapping[str, str]
    back_at: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    headed_at: frozenset[datetime] = frozenset()
    dates: dict[str, frozenset[datetime]] = field(default_factory=dict)

    @classmethod
    def of(cls, room: BusySite, before: "Edition | None" = None) -> "Edition":
        """Return what is true now, some time after the edition ``before``."""
        articles = {one.id: one for one in room.read_articles()}
        story_of = read_story_ids(room.store, articles)
        decisions: dict[str, list[Decision]] = {}
        for one in sorted(room.setup.decisions, key=lambda one: one.at):
            decisions.setdefault(one.target, []).append(one)
        made = cls(
            at=room.now,
            articles=articles,
            members=read_members(room.store, set(story_of.values())),
            decisions={key: tuple(theirs) for key, theirs in decisions.items()},
            edited_at={key: tuple(theirs) for key, theirs in room.edited_at.items()},
            tokens=dict(room.tokens),
            related=_relate(room),
            back_at=dict(before.back_at) if before else {},
            headed_at=(before.headed_at if before else frozenset()) | _list_known_times(room),
        )
        for story_id, theirs in made.members.items():
            had = before.dates.get(story_id, frozenset()) if before else frozenset()
            made.dates[story_id] = had | {one.published_at for one in theirs}
        for id_ in before.articles if before else ():
            if before and before.find_out(id_) and not made.find_out(id_):
                made.back_at[id_] = (*made.back_at.get(id_, ()), *room.attempts)
        return made

    def list_articles(self, item_id: str, *, has_stories: bool) -> frozenset[str]:
        """Return the ids of an item's articles that may be shown."""
        ids = [one.article_id for one in self.members.get(item_id, ())] if has_stories else [item_id]
        return frozenset(i for i in ids if i in self.articles and self.articles[i].is_published)

    def find_span(self, item_id: str, *, has_stories: bool) -> tuple[datetime, datetime]:
        """Return the earliest and the latest moment that an item can stand by."""
        ids = self.list_articles(item_id, has_stories=has_stories)
        # What was taken out of a story leaves it in its place.
        members = self.members.get(item_id, ()) if has_stories else ()
        dates = [*(one.published_at for one in members), *(self.articles[i].published_at for i in ids)]
        joined = [one.joined_at for one in members]
        return min(dates, default=self.at), max([*joined, *dates], default=self.at)

    def list_moments(self, item_id: str, *, has_stories: bool) -> frozenset[datetime]:
        """Return when an item may say that it was updated, in whole seconds."""
        ids = self.list_articles(item_id, has_stories=has_stories)
        moments = [self.articles[i].published_at for i in ids]
        moments += [one.joined_at for one in self.members.get(item_id, ()) if has_stories]  # what went, too
        moments += self.dates.get(item_id, ()) if has_stories else ()
        moments += [at for i in ids for at in self.edited_at.get(i, ())]
        moments += [one.at for i in ids for one in self.list_notes(i)]
        moments += [at for i in ids for at in self.back_at.get(i, ())]
        return frozenset(map(cut, moments))

    def find_out(self, article_id: str) -> Decision | None:
        """Return what keeps an article out, the strongest and latest; None where nothing does."""
        return (self.list_out(article_id) or [None])[-1]

    def list_out(self, article_id: str) -> list[Decision]:
        """Return all that keeps an article out, or only what kills it."""
        counting: list[Decision] = []
        for one in self.decisions.get(article_id, ()):
            counting = [] if one.verb is Verb.RESTORE else [*counting, *([one] if one.verb in OUT else [])]
        kills = [one for one in counting if one.verb is Verb.KILL]
        return kills or counting

    def find_title(self, article_id: str) -> str:
        """Return the title that an article is shown under."""
        said = [one.value for one in self.decisions.get(article_id, ()) if one.verb is Verb.RETITLE]
        return (said or [self.articles[article_id].title])[-1] or ""

    def list_notes(self, article_id: str) -> list[Decision]:
        """Return what corrects an article."""
        return [one for one in self.decisions.get(article_id, ()) if one.verb is Verb.CORRECT]

    def list_elsewhere(self, article_ids: frozenset[str], story_id: str) -> frozenset[str]:
        """Return which of the articles are in another story than one that had them."""
        found = {one.article_id for id_, theirs in self.members.items() if id_ != story_id for one in theirs}
        return article_ids & found if story_id in self.members else frozenset()

    def came_together(self, one: str, other: str) -> bool:
        """Tell whether articles of two stories came at the same time: what tells these apart then may go."""
        times = [{member.joined_at for member in self.members.get(id_, ())} for id_ in (one, other)]
        return not times[0].isdisjoint(times[1])

    def are_related(self, one: str, other: str) -> bool:
        """Tell whether subscribers were told that articles went from one story to the other."""
        return self.related.get(one, one) == self.related.get(other, other)


def _list_known_times(room: BusySite) -> frozenset[datetime]:
    edits = [at for theirs in room.edited_at.values() for at in theirs]
    notes = [one.at for one in room.setup.decisions if one.verb is Verb.CORRECT]
    return frozenset(map(cut, [*room.attempts, *edits, *notes]))


def cut(at: datetime) -> datetime:
    """Return a time in whole seconds."""
    return at.replace(microsecond=0)


def _relate(room: BusySite) -> dict[str, str]:
    told = read_corrections(room.store, SITE, 100_000)
    kinds = (CorrectionKind.MERGE, CorrectionKind.SPLIT)
    groups: dict[str, set[str]] = {}
    for one in told:
        if one.kind in kinds and one.story_id and one.other_id:
            both = groups.get(one.story_id, {one.story_id}) | groups.get(one.other_id, {one.other_id})
            groups.update(dict.fromkeys(both, both))
    return {story_id: min(group) for story_id, group in groups.items()}
