"""The news that never ends: short reports with facts that differ, the same ones on every run.

Bulletin ``n`` is about one subject and comes out at up to three publishers within a minute.
"""

import random
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from aggregator.demo.pieces import Piece, content, publishers

FIRST_S = 520
EVERY_S = 75
NEXT_VERSION_S = 20
KEPT = 400
"""Bulletins whose pages still answer; the feeds show far fewer."""

SEED = 1874


def bulletins_until(elapsed_s: float) -> list[Piece]:
    """Return what came out of the last bulletins by ``elapsed_s`` seconds after the start."""
    count = max(0, int((elapsed_s - FIRST_S) // EVERY_S) + 1)
    recent = range(max(0, count - KEPT), count)
    return [piece for n in recent for piece in bulletin(n) if piece.at_s <= elapsed_s]


@lru_cache(maxsize=2 * KEPT)
def bulletin(n: int) -> tuple[Piece, ...]:
    """Return the pieces of bulletin ``n``, counted from 0."""
    script = bulletin_content()
    kinds = script["kinds"]
    kind = kinds[n % len(kinds)]
    facts = _facts(n, script)
    start_s = FIRST_S + n * EVERY_S
    return tuple(
        _piece(version, kind["topic"], facts, n, start_s + place * NEXT_VERSION_S)
        for place, version in enumerate(kind["versions"])
    )


@lru_cache(maxsize=1)
def bulletin_content() -> Mapping[str, Any]:
    """Return what bulletins are made of: companies, places, and the kinds with their wordings."""
    return dict(content("bulletins.json"))


def _facts(n: int, script: Mapping[str, Any]) -> Mapping[str, str]:
    chance = random.Random(SEED * 1_000_003 + n)  # noqa: S311 - the same news on every run is the point
    facts = {
        "company": chance.choice(script["companies"]),
        "place": chance.choice(script["places"]),
        "percent": str(chance.randint(51, 97)),
        # In every title, so that no publisher repeats one within days.
        "count": str(21 + n * 37 % 997),
    }
    # The weekday depends on when the newsroom started and is filled in where the text is shown.
    return {**facts, "weekday": "{weekday}"}


def _piece(version: Mapping[str, str], topic: str, facts: Mapping[str, str], n: int, at_s: float) -> Piece:
    by = publishers()[version["by"]]
    return Piece(
        publisher=by.id,
        event=f"bulletin-{n}",
        slug=f"bulletin-{n}-{topic.lower().replace(' ', '-')}",
        number=1_000_000 + n,
        at_s=at_s,
        changed_s=at_s,
        title=version["title"].format_map(facts),
        excerpt=version["excerpt"].format_map(facts),
        body=f"This is number {n + 1} in a series of short reports from around the country.",
        topic=topic,
        picture=by.picture,
        place=facts["place"],
        author=by.staff[n % len(by.staff)],
    )
