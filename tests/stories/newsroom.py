"""Made-up news of many publishers, in which stories often come together and part again."""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from tests.builders import article, provider

THINGS = [
    "robot",
    "engine",
    "satellite",
    "harbour",
    "glacier",
    "vaccine",
    "telescope",
    "turbine",
    "battery",
    "reactor",
    "orchard",
    "library",
    "comet",
    "lizard",
    "bridge",
    "railway",
    "tunnel",
    "museum",
    "factory",
    "algorithm",
    "network",
    "sensor",
    "camera",
    "drone",
    "submarine",
    "violin",
    "stadium",
    "election",
    "budget",
    "treaty",
    "lawsuit",
    "wildfire",
    "flood",
    "earthquake",
    "merger",
    "strike",
    "outage",
    "breach",
    "patent",
]
DEEDS = [
    "unveils",
    "rejects",
    "repairs",
    "launches",
    "closes",
    "discovers",
    "sells",
    "buys",
    "bans",
    "approves",
    "delays",
    "tests",
]
PLACES = ["Lisbon", "Oslo", "Kyoto", "Nairobi", "Quito", "Tallinn", "Porto", "Ghent", "Turin", "Leeds"]
PEOPLE = [
    "Ibarra",
    "Okafor",
    "Lindqvist",
    "Tanaka",
    "Moreau",
    "Novak",
    "Silva",
    "Haugen",
    "Petrov",
    "Kowalski",
]


class Newsroom:
    """Tells of events, again and again, and of what is only told once; the same for the same ``rng``."""

    def __init__(self, rng):
        self._rng = rng
        self._events = []
        self._number = 0

    def articles(self, count, now, *, within=timedelta(hours=2)):
        """Return so many new articles, published up to ``within`` before ``now``."""
        return [self._article(now, within) for _ in range(count)]

    def _article(self, now, within):
        rng = self._rng
        self._number += 1
        if rng.random() < 0.2 or not self._events:
            self._events.append(self._event())
        title, excerpt = rng.choice(self._events[-25:]) if rng.random() < 0.35 else self._oddity()
        at = now - within * rng.random()
        return article(
            self._number,
            at=now,
            id=str(uuid5(NAMESPACE_URL, f"{rng.random()}/{self._number}")),
            source_id=f"s{rng.randrange(3)}",
            provider=provider(f"p{rng.randrange(16)}.example"),
            title=title,
            excerpt=excerpt,
            published_at=at,
            quality=rng.randrange(50, 90),
        )

    def _event(self):
        rng = self._rng
        (a, b), person = rng.sample(THINGS, 2), rng.choice(PEOPLE)
        title = f"{person} {rng.choice(DEEDS)} {a} and {b} in {rng.choice(PLACES)} machine learning"
        days, place = rng.randint(3, 900), rng.choice(PLACES)
        return title, (
            f"The {a} near {place} was part of machine learning plans by {person} and the {b}, officials said"
            f" after {days} days of talks about the {rng.choice(THINGS)}."
        )

    def _oddity(self):
        rng = self._rng
        a, b, c, d = (rng.choice(THINGS) for _ in range(4))
        person, place = rng.choice(PEOPLE), rng.choice(PLACES)
        return f"{person} {rng.choice(DEEDS)} {a} {self._number}: machine learning {b}", (
            f"About the {c} no {self._number} of {place} and machine learning by {rng.choice(PEOPLE)}; the {d}"
            f" was {rng.choice(DEEDS)} by {rng.choice(THINGS)} and more text to be long enough."
        )
