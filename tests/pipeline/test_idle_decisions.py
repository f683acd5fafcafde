"""Decisions that change nothing: of which of them nothing is expected any more."""

from datetime import timedelta

import pytest

from aggregator.config import Config
from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.decision_targets import find_idle_decisions
from aggregator.pipeline.idle_decisions import Excuse
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import open_store, remove_articles_before
from tests.builders import NOW, article, insert_articles

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path):
    """A store with two articles, of which the older one was removed since."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as opened:
        insert_articles(opened, [article(1, at=NOW - 30 * DAY), article(2, at=NOW - DAY)])
        assert remove_articles_before(opened, NOW - 10 * DAY) == 1
        yield opened


def find_idle(store, *decisions):
    """Return by id what is told of decisions that change nothing."""
    config = Config(folder=Config.default().folder, settings=Config.default().settings, decisions=decisions)
    found = find_idle_decisions(decisions, Site(rules=Rules.of(config, {}), store=store, now=NOW))
    return {one.decision.id: one.idle for one in found}


def find_excuses(store, *decisions):
    """Return by id what is said of decisions that change nothing."""
    return {id_: (idle.excuse, idle.why) for id_, idle in find_idle(store, *decisions).items()}


def decide(id_, target, verb="ban", at=NOW - DAY, **changes):
    """Return a decision of a day ago."""
    return Decision(id=id_, verb=Verb(verb), target=target, reason="r", by="b", at=at, **changes)


def test_what_is_gone_rests_and_what_was_never_known_does_not(store):
    """A target that was removed since, or that would be by now, is no reason to look at its decision."""
    gone, here = article(1).id, article(2).id
    excuses = find_excuses(
        store,
        decide("gone", gone), decide("pair", here, "link", value=gone),
        decide("never", "https://daily.example/never"), decide("old", "https://old.example/1", at=NOW - 4_000 * DAY),
        decide("works", here, "quality", value="3"), decide("nobody", "nobody.example", "takedown"),
        decide("waits", "waits.example", "takedown", at=NOW - 31 * DAY),
    )  # fmt: skip
    assert excuses == {
        "gone": (Excuse.REMOVED, "its target is not stored"),
        "pair": (None, "its target is in no story yet"),
        "never": (None, "its target is not stored"),
        "old": (Excuse.REMOVED, "its target is not stored"),
        "nobody": (None, "no article of nobody.example is stored; what comes later is kept out"),
        "waits": (Excuse.WAITING, "no article of waits.example is stored; what comes later is kept out"),
    }


def test_what_ended_or_was_outdone_rests(store):
    """What had ended before it began is told for a month."""
    here = article(2).id
    excuses = find_excuses(
        store,
        decide("ended", here, "quality", value="3", until=NOW - timedelta(hours=1)),
        decide("slip", here, "quality", value="3", until=NOW - 2 * DAY),
        decide("old slip", here, "quality", value="3", at=NOW - 40 * DAY, until=NOW - 50 * DAY),
        decide("banned", here, at=NOW - 3 * DAY), decide("back", here, "restore", at=NOW - 2 * DAY),
        decide("same", here, "retitle", value=article(2).title),
        decide("topic", here, "add-topic", value="nope"),
    )  # fmt: skip
    assert {id_: excuse for id_, (excuse, _) in excuses.items()} == {
        "ended": Excuse.ENDED, "slip": None, "old slip": Excuse.ENDED, "banned": Excuse.OUTDONE, "same": Excuse.NEEDLESS,
        "topic": None,
    }  # fmt: skip


def test_a_time_to_hold_until_is_replaced_by_the_next(store):
    """That is no restoring, and the next one works."""
    here, sooner, later = article(2).id, NOW + DAY, NOW + 2 * DAY
    excuses = find_excuses(
        store,
        decide("first", here, "hold-until", value=later.isoformat()),
        decide("second", here, "hold-until", value=sooner.isoformat(), at=NOW),
    )
    assert excuses == {"first": (Excuse.OUTDONE, "a later hold-until replaced it")}


def test_of_one_second_the_decision_that_stands_below_is_later(store):
    """Since when one is over is told by the next, not by one that was made in its second before it."""
    here = article(2).id
    idle = find_idle(
        store,
        decide("first", here, "hold-until", value=(NOW + DAY).isoformat()),
        decide("second", here, "hold-until", value=(NOW + 2 * DAY).isoformat()),
        decide("third", here, "hold-until", value=(NOW + 3 * DAY).isoformat(), at=NOW),
    )
    assert {id_: one.since for id_, one in idle.items()} == {"first": NOW - DAY, "second": NOW}
