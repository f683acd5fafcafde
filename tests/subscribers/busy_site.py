"""A site that lives long: publishers write, editors decide, processes end; subscribers come in between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import NAMESPACE_URL, uuid5

from aggregator.model import AnswerKind, Article, Changes, SourceState, revise
from aggregator.model.decisions import Decision, Verb
from aggregator.parse.article_edits import edit_article
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.removals import prune
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_decisions import answer_question
from aggregator.store import read_carriers, read_members, read_story_ids
from tests.builders import article, provider, sighting
from tests.publishing_equality.helping import helping
from tests.publishing_equality.kills import run_and_die
from tests.publishing_equality.world import World

PUBLISHERS = ("alba", "borealis", "corona", "dorado", "eridanus", "fornax")
SUBJECTS = ("machine learning", "computer vision", "artificial intelligence")
RECENT = 6
"""Events that publishers go on to write about."""


class BusySite(World):
    """A site, its publishers and its editors; all chance comes from ``rng``.

    ``tokens`` has by article id the word that is in all its texts and addresses, and in no other's;
    ``edited_at`` when its publisher changed it. ``attempts`` are when it was published, or nearly so.
    """

    def __init__(self, folder: Path, rng: Random) -> None:
        super().__init__(folder)
        self.rng = rng
        self.setup = (
            self.setup.set("enrich", pages=False)
            .set("images", cache=False, sizes=False, logos=False)
            .set("publish", min_items=3, max_items=12, records=False)
            .set("site", show_story_truth=False)
        )
        self.events: list[tuple[str, list[str]]] = []
        self.tokens: dict[str, str] = {}
        self.edited_at: dict[str, list[datetime]] = {}
        self.attempts: list[datetime] = []
        self._desk = StoryDesk()
        self._count = 0

    def publish(self) -> None:
        """Group and publish."""
        self.attempts.append(self.now)
        self._desk.group_site(Site(rules=self.rules, store=self.store, now=self.now))
        with helping(self, self.rng.choice((0, 0, 1))) as helpers:
            done = publish(self.look_at_site(), helpers=helpers)
        assert not done.errors, done.errors
        self.is_unsettled = False

    def publish_and_die(self) -> None:
        """Publish in a process that is killed at any step; what is in memory is lost."""
        self.restart()
        self.attempts.append(self.now)
        self.is_unsettled |= not run_and_die(self._publish_and_close, round(2 ** self.rng.uniform(2, 10)))

    def restart(self) -> None:
        """Begin anew with what is stored."""
        self.close()
        self._desk = StoryDesk()

    def _publish_and_close(self) -> None:
        self.publish()
        self.close()

    def write_articles(self) -> None:
        """Publishers write about what is new, or go on about what they know; some are late or copy."""
        rng = self.rng
        found = [self._write() for _ in range(rng.choice((1, 1, 2, 3)))]
        judged = tuple(self.rules.judge(one, (one.source_id,), now=self.now) for one in found)
        self._save(found, Changes(inserted=judged, sightings=tuple(map(sighting, found))))

    def _write(self) -> Article:
        rng = self.rng
        if not self.events or rng.random() < 0.45:
            words = ["".join(rng.choices("bcdfglmnprstaeiou", k=7)) for _ in range(24)]
            self.events.append((" ".join(words[:6]).title(), words[6:]))
        title, words = rng.choice(self.events[-RECENT:])
        paper = rng.choice(PUBLISHERS)
        self._count += 1
        token = f"{paper}{self._count:04}"
        id_ = str(uuid5(NAMESPACE_URL, f"{rng.random()}"))
        self.tokens[id_] = token
        at = self.now - rng.choice(
            (timedelta(0), timedelta(minutes=5), timedelta(hours=2), timedelta(hours=9))
        )
        is_old = rng.random() < 0.05
        at -= timedelta(days=5) if is_old else timedelta(0)
        told = rng.sample(words, 14) if rng.random() < 0.8 else words
        return article(
            id=id_, source_id="daily", entry_id=id_, provider=provider(f"{paper}.example", name=paper.title()),
            title=f"{title}, {rng.choice(SUBJECTS)} {token}", excerpt=" ".join([*told, paper, token, "said"] * 2),
            at=self.now, published_at=at, stated_at=at, first_seen_at=self.now, updated_at=at,
            canonical_url=f"https://{paper}.example/{token}", web_url=f"https://{paper}.example/{token}",
            authors=("Ann Lee",), enriched_at=self.now, is_backlog=is_old,
            credit=rng.choice((None,) * 8 + ("Alba",)),
        )  # fmt: skip

    def edit_article(self) -> None:
        """A publisher changes what one of its articles says."""
        stored = self.read_articles()
        if not stored:
            return
        before = self.rng.choice(stored)
        token = self.tokens[before.id]
        changes = self.rng.choice(
            ({"title": f"{before.title} now"}, {"excerpt": f"Now {token}: {before.excerpt}"})
        )
        edited = edit_article(before, revise(before, **changes), now=self.now)
        carriers = read_carriers(self.store, [before.id]).get(before.id, ("daily",))
        judged = self.rules.judge(edited, carriers, now=self.now)
        self._save([judged], Changes(updated=(judged,)))
        self.edited_at.setdefault(before.id, []).append(self.now)

    def _save(self, found: list[Article], changes: Changes) -> None:
        self.store.save_poll(SourceState(source_id="daily", outcome="updated"), found, lambda _: changes)

    def merge_stories(self) -> None:
        """An editor says that two stories are one."""
        stories = self.read_shown_stories()
        if len(stories) > 1:
            one, two = self.rng.sample(sorted(stories), 2)
            self.decide(Verb.MERGE, self.rng.choice(stories[one]), self.rng.choice(stories[two]))

    def split_story(self) -> None:
        """An editor takes an article out of its story."""
        wide = {id_: members for id_, members in self.read_shown_stories().items() if len(members) > 1}
        if wide:
            members = wide[self.rng.choice(sorted(wide))]
            leaving = self.rng.choice(members)
            self.decide(Verb.SPLIT, leaving, " ".join(one for one in members if one != leaving))

    def answer(self) -> None:
        """Somebody answers whether two articles tell one story."""
        ids = sorted(one.id for one in self.read_articles() if one.is_published)
        if len(ids) > 1:
            kind = self.rng.choice((AnswerKind.SAME, AnswerKind.DIFFERENT, AnswerKind.DIFFERENT))
            pairs = self.rules.stories.decisions.list_pairs(self.now)
            two = self.rng.sample(ids, 2)
            answer_question(self.store, two, kind, now=self.now, answered_by="ada", pairs=pairs)

    def correct(self) -> None:
        """An editor corrects an article, shows it under another title, or takes it out."""
        shown = [one for one in self.read_articles() if one.is_published]
        if shown:
            one = self.rng.choice(shown[-20:])
            verb = self.rng.choice((Verb.CORRECT, Verb.RETITLE, Verb.WITHDRAW, Verb.WITHDRAW, Verb.KILL))
            number = self.rng.randrange(16**6)
            value = {
                Verb.CORRECT: f"Noted {number:x}.",
                Verb.RETITLE: f"Retitled {number:x} {self.tokens[one.id]}",
            }
            self.decide(verb, one.id, value.get(verb))

    def take_more_out(self) -> None:
        """An editor withdraws or kills what may be withdrawn already."""
        ids = {one.target for one in self.setup.decisions if one.verb in (Verb.WITHDRAW, Verb.KILL)}
        if ids:
            self.decide(self.rng.choice((Verb.WITHDRAW, Verb.KILL)), self.rng.choice(sorted(ids)))

    def withdraw_story(self) -> None:
        """An editor withdraws all articles of a story at once."""
        stories = self.read_shown_stories()
        if stories:
            for one in stories[self.rng.choice(sorted(stories))]:
                self.decide(Verb.WITHDRAW, one)

    def restore(self) -> None:
        """An editor lets an article that was taken out be shown again."""
        ids = {one.target for one in self.setup.decisions if one.verb in (Verb.WITHDRAW, Verb.KILL)}
        if ids:
            self.decide(Verb.RESTORE, self.rng.choice(sorted(ids)))

    def take_back(self) -> None:
        """An editor removes a decision from its file."""
        known = self.setup.decisions
        if known:
            gone = self.rng.choice(known)
            self.setup = replace(self.setup, decisions=tuple(one for one in known if one is not gone))

    def decide(self, verb: Verb, target: str, value: str | None = None) -> None:
        """Write a decision down; what is told of it, if anything, is a word of its own."""
        number = self.rng.randrange(16**8)
        reason = f"because{number:08x}" if self.rng.random() < 0.8 else None
        made = Decision(
            id=f"d-{number:08x}", verb=verb, target=target, value=value, reason="secret", public_reason=reason,
            by="ann", at=self.now,
        )  # fmt: skip
        self.setup = replace(self.setup, decisions=(*self.setup.decisions, made))

    def prune(self) -> None:
        """What is past its time is removed from the store."""
        prune(self.look_at_site())

    def read_shown_stories(self) -> dict[str, list[str]]:
        """Return by id the stories with published articles, and these."""
        shown = [one.id for one in self.read_articles() if one.is_published]
        story_of = read_story_ids(self.store, shown)
        members = read_members(self.store, set(story_of.values()))
        return {
            story_id: [one.article_id for one in of_story if one.article_id in story_of]
            for story_id, of_story in members.items()
        }


ACTS: dict[str, tuple[int, Callable[[BusySite], None]]] = {
    "write_articles": (14, BusySite.write_articles),
    "edit_article": (3, BusySite.edit_article),
    "merge_stories": (3, BusySite.merge_stories),
    "split_story": (4, BusySite.split_story),
    "answer": (2, BusySite.answer),
    "correct": (6, BusySite.correct),
    "take_more_out": (1, BusySite.take_more_out),
    "withdraw_story": (1, BusySite.withdraw_story),
    "restore": (4, BusySite.restore),
    "take_back": (1, BusySite.take_back),
    "prune": (1, BusySite.prune),
    "restart": (2, BusySite.restart),
}
"""What happens, and how often."""
