"""What editors decide on single articles, and take back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from aggregator.model import Article
from aggregator.model.decisions import PAIR_VERBS, Decision, Verb
from aggregator.store import read_members, read_story_ids
from tests.publishing_equality.arrivals import HOSTILE
from tests.publishing_equality.world import TOPICS, World

VERBS = list(Verb)
PUBLIC_REASONS = (None, "We were wrong.", f"It is {HOSTILE}.")
SHOWN_VERBS = (Verb.LEAD, Verb.LINK, Verb.LINK, Verb.UNLINK)
SPANS = (1, 61, 3_600, 86_400, 4 * 86_400)
"""Seconds until a decision ends, or an article is let go."""


def decide(world: World, rng: Random) -> None:
    """An editor decides whatever can be decided."""
    _decide(rng.choice(VERBS), world, rng)


def _decide(verb: Verb, world: World, rng: Random) -> None:
    """An editor decides on an article that is stored, or on one that nobody knows."""
    stored = world.read_articles()
    one = rng.choice(stored) if stored and rng.random() < 0.95 else None
    until = world.now + timedelta(seconds=rng.choice(SPANS))
    decision = Decision(
        id=f"d-{rng.randrange(16**8):08x}",
        verb=verb,
        target=_name_publisher(one) if verb is Verb.TAKEDOWN and rng.random() < 0.5 else _name(one, rng),
        value=_choose_value(verb, one, world, rng),
        topic=rng.choice(["all", *(topic.id for topic in TOPICS)]) if verb is Verb.PIN else None,
        until=until if verb is Verb.PIN or rng.random() < 0.3 else None,
        reason="why",
        public_reason=rng.choice(PUBLIC_REASONS),
        by="editor",
        at=world.now + timedelta(seconds=rng.choice((0, 0, 0, -3_600, 3_600))),
    )
    world.setup = replace(world.setup, decisions=(*world.setup.decisions, decision))


def decide_on_stories(world: World, rng: Random) -> None:
    """An editor has an article lead its story, or two stories linked or never."""
    _decide(rng.choice(SHOWN_VERBS), world, rng)


def take_back(world: World, rng: Random) -> None:
    """An editor removes some decisions from their file."""
    kept = tuple(one for one in world.setup.decisions if rng.random() < 0.5)
    world.setup = replace(world.setup, decisions=kept)


DECISIONS: dict[str, Callable[[World, Random], None]] = {
    one.__name__: one for one in (decide, decide_on_stories, take_back)
}


def _list_neighbours(one: Article | None, world: World) -> list[str]:
    """Return the articles that are in a story with one."""
    story_ids = read_story_ids(world.store, [one.id] if one else [])
    members = read_members(world.store, set(story_ids.values()))
    return [
        other.article_id
        for of_story in members.values()
        for other in of_story
        if one and other.article_id != one.id
    ]


def _name(article: Article | None, rng: Random) -> str:
    if article is None:
        return "https://nowhere.example/1"
    return rng.choice((article.id, article.id, f"{article.canonical_url or article.id}"))


def _name_publisher(article: Article | None) -> str:
    return article.provider.domain if article else "nowhere.example"


def _choose_value(verb: Verb, one: Article | None, world: World, rng: Random) -> str | None:
    if verb in PAIR_VERBS:
        return rng.choice([other.id for other in world.read_articles()] or ["nobody"])
    if verb is Verb.SPLIT:
        return " ".join(_list_neighbours(one, world)) or "nobody"
    topics = tuple(topic.id for topic in TOPICS)
    values: dict[Verb, tuple[str, ...]] = {
        Verb.RETITLE: ("Said better", f"On {HOSTILE}"),
        Verb.RE_EXCERPT: ("In other words.", f"As {HOSTILE} said."),
        Verb.PICTURE: ("none", "https://daily.example/1.jpg", "https://daily.example/other.jpg"),
        Verb.ADD_TOPIC: topics,
        Verb.REMOVE_TOPIC: topics,
        Verb.QUALITY: ("-20", "5", "40"),
        Verb.HOLD_UNTIL: tuple((world.now + timedelta(seconds=span)).isoformat() for span in SPANS),
        Verb.CORRECT: ("It was ten, not twelve.", f"Not {HOSTILE}."),
    }
    return rng.choice(values[verb]) if verb in values else None
