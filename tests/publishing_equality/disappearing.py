"""Articles that disappear at their source and come back, and what editors say of it."""

from collections.abc import Callable
from random import Random

from aggregator.cadence import note_page
from aggregator.model import Disappearance, DisappearanceKind, PageState
from aggregator.store import (
    note_disappearance,
    read_due_checks,
    read_proposals,
    reject_withdrawal,
    revise_disappearances,
    save_check,
)
from tests.publishing_equality.world import World


def disappear(world: World, rng: Random) -> None:
    """Some articles are found to be gone: marked as deleted, left out of a feed, or their page answered 410."""
    stored = [one for one in world.read_articles() if one.imported is None]
    configured = {one.id for one in world.setup.sources}
    for one in rng.sample(stored, min(len(stored), rng.randint(1, 3))):
        if one.source_id in configured:
            kind = rng.choice(list(DisappearanceKind))
            is_told = kind is not DisappearanceKind.PAGE
            found = Disappearance(
                article_id=one.id, source_id=one.source_id, kind=kind, missing_since_at=world.now,
                proposed_at=world.now if is_told else None, check_at=world.now,
            )  # fmt: skip
            note_disappearance(world.store, found, now=world.now)


def ask_for_pages(world: World, rng: Random) -> None:
    """The pages of some are asked for, and answer one thing or another."""
    for one in read_due_checks(world.store, now=world.now, limit=3):
        page = rng.choice(list(PageState))
        save_check(world.store, one, note_page(one, page, now=world.now), now=world.now)


def come_back(world: World, rng: Random) -> None:
    """A source shows again what had disappeared, or some of it."""
    source_id = rng.choice(world.setup.sources).id
    revise_disappearances(
        world.store, source_id, lambda known, *_: [one for one in known if rng.random() < 0.5], now=world.now
    )


def refuse(world: World, rng: Random) -> None:
    """An editor refuses to withdraw one that is proposed, or was withdrawn."""
    proposed = read_proposals(world.store)
    if proposed:
        reject_withdrawal(world.store, rng.choice(proposed).found.article_id, now=world.now)


DISAPPEARANCES: dict[str, Callable[[World, Random], None]] = {
    one.__name__: one for one in (disappear, ask_for_pages, come_back, refuse)
}
