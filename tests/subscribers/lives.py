"""The life of a site, step by step, with subscribers who come and go: what any of them could complain about."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

from aggregator.model.decisions import Verb
from aggregator.serve import Server, create_app
from tests.publishing_equality.published_files import find_unsafe
from tests.publishing_equality.subscribers import find_faults
from tests.serve.client import Client
from tests.subscribers.busy_site import ACTS, BusySite
from tests.subscribers.editions import Edition
from tests.subscribers.feeds import ATOM_FEED, FORMATS, JSON_FEED, RSS, read_entries
from tests.subscribers.readers import Reader

FOLDERS = ("all", "all/articles", "ml", "ml/articles")
PAUSES_MIN = (1, 7, 30, 30, 90, 400)
LONG_PAUSE_MIN = 2 * 24 * 60


def make_readers() -> list[Reader]:
    """Return subscribers of every format and feed: some come often, some seldom."""
    often = [Reader(folder=folder, form=form, every=1) for folder in FOLDERS for form in FORMATS]
    heeding = [
        Reader(folder=folder, form=form, every=every, heeds_updates=True, heeds_tombstones=True)
        for folder in FOLDERS
        for form, every in ((ATOM_FEED, 1), (JSON_FEED, 3))
    ]
    seldom = [Reader(folder=folder, form=RSS, every=every) for folder in FOLDERS for every in (5, 17)]
    return [*often, *heeding, *seldom]


@dataclass
class Life:
    """A site with its readers; ``steps`` are the names of what happened, ``editions`` how often they came."""

    room: BusySite
    port: int
    readers: list[Reader] = field(default_factory=make_readers)
    changes: dict[str, str] = field(default_factory=dict)
    awaited: dict[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    editions: int = 0
    before: Edition | None = None

    def live(self, steps: int) -> list[str]:
        """Let so much happen, until something is wrong; return what."""
        for _ in range(steps):
            faults = self._step()
            if faults:
                return faults
        return find_unsafe(self.room.tree)

    def _step(self) -> list[str]:
        room, rng = self.room, self.room.rng
        names = list(ACTS)
        name = rng.choices(names, [ACTS[one][0] for one in names])[0]
        room.wait(seconds=13)
        ACTS[name][1](room)
        self.steps.append(f"{room.now:%d %H:%M} {name}")
        room.wait(minutes=LONG_PAUSE_MIN if rng.random() < 0.02 else rng.choice(PAUSES_MIN))
        chance = rng.random()
        if chance < 0.2:
            return []  # more happens before it is published
        if chance < 0.28:
            room.publish_and_die()
            self.steps.append(f"{room.now:%d %H:%M} killed")
            faults = self._visit()
            room.wait(minutes=2)
            if faults or rng.random() < 0.5:
                return faults
        room.publish()
        self.steps.append(f"{room.now:%d %H:%M} published")
        return self._visit()

    def _visit(self) -> list[str]:
        """Have everybody look whose time has come."""
        self.editions += 1
        is_settled = not self.room.is_unsettled
        edition = Edition.of(self.room, self.before)
        shown = self._list_shown()
        faults = find_faults(self.room, is_settled=is_settled)
        with Client(self.port) as client:
            for reader in self.readers:
                if self.editions % reader.every == 0:
                    faults += reader.poll(client, edition, is_settled=is_settled)
            if is_settled:
                faults += self._read_changes(client, edition, shown)
        if is_settled:
            self.before = edition
            self.room.attempts.clear()
        return faults

    def _read_changes(self, client: Client, edition: Edition, shown: set[str]) -> list[str]:
        """Return which decisions subscribers should have heard of, and did not."""
        reply = client.get("/changes.atom")
        for entry in read_entries(ET.fromstring(reply.body)):
            said = f"{entry.title} {entry.text}"
            known = self.changes.get(entry.id, "")
            if said not in known:  # of what is killed later the reason goes
                self.changes[entry.id] = f"{known} {said}"
        told = " ".join(self.changes.values())
        self._await_decisions(edition, shown)
        return [f"{why} is not told of" for reason, why in self.awaited.items() if reason not in told] + [
            f"{one} was killed, and changes.atom has it"
            for one in self._list_killed(edition)
            if edition.tokens[one].encode() in reply.body
        ]

    def _list_killed(self, edition: Edition) -> Iterator[str]:
        for article_id in edition.articles:
            decision = edition.find_out(article_id)
            if decision is not None and decision.verb is Verb.KILL:
                yield article_id

    def _await_decisions(self, edition: Edition, shown: set[str]) -> None:
        """Note whose public reason has to be told: of what was shown, and changed since the last edition."""
        before = self.before
        if before is None:
            return
        for article_id in shown:
            was, is_ = before.find_out(article_id), edition.find_out(article_id)
            known = before.decisions.get(article_id, ())
            fresh = [one for one in edition.decisions.get(article_id, ()) if one not in known]
            if is_ is not None and is_ in fresh and (was is None or was.verb is not is_.verb):
                self._await(is_.public_reason, f"{is_.verb} of {article_id}")
            if was is None and is_ is None:
                for one in fresh:
                    if one.verb in (Verb.CORRECT, Verb.RETITLE):
                        self._await(one.public_reason, f"{one.verb} of {article_id}")

    def _list_shown(self) -> set[str]:
        """Return the articles that were in the feed of all articles at some time."""
        return {i for one in self.readers if one.path == "/all/articles/atom.xml" for i in one.memory}

    def _await(self, reason: str | None, why: str) -> None:
        if reason:
            self.awaited[reason] = why


@contextmanager
def begin_life(folder: Path, seed: int) -> Iterator[Life]:
    """Give a new site in an empty folder, with a server and readers; all is closed at the end."""
    room = BusySite(folder, Random(seed))
    room.tree.mkdir()
    room.publish()
    try:
        with Server(create_app(room.tree), "127.0.0.1", 0) as server:
            yield Life(room, server.port)
    finally:
        room.close()


def describe(life: Life) -> Mapping[str, int]:
    """Return what the readers of a life saw, in numbers."""
    return {
        "publications": life.editions,
        "articles": len(life.room.tokens),
        "unread": sum(one.unread for one in life.readers),
        "told": len(life.changes),
    }
