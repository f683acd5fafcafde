"""News in German, Spanish and Japanese beside English ones, each event told by three publishers."""

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.stories.grouper import Grouper
from tests.builders import NOW, newcomer

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("languages.tsv").read_text(encoding="utf-8").splitlines()
]
"""Language, event, title and excerpt of each article."""
ENGLISH = [
    f"{what} {deed} in {where}"
    for where in ("Leeds", "Ohio", "Lagos", "Perth", "Mumbai")
    for what, deed in (
        ("Council", "approves tram line"),
        ("Museum", "returns bronze statue"),
        ("Hospital", "opens wing for burns"),
        ("Bakers", "warn of flour prices"),
        ("Storm", "fells old oaks"),
    )
]
LEAST_WHOLE = {"de": 9, "es": 9, "ja": 10}
"""Of ten events a language that become one story each; a strike and a fine are told in three vocabularies."""


def find_events(seed, has_excerpt):
    """Return the events of each story, by how many articles, with articles some of which come out of turn."""
    chance, told = random.Random(seed), Counter()
    arriving = []
    for number, (language, event, title, excerpt) in enumerate(ROWS):
        told[event] += 1
        article = newcomer(
            number,
            title,
            excerpt if has_excerpt else None,
            provider=f"{language}{told[event]}.example",
            published_at=NOW + timedelta(minutes=number * 3 + told[event] * 40),
        )
        arriving.append((article.published_at + timedelta(minutes=chance.randrange(30)), article))
    for number, title in enumerate(ENGLISH, 1_000):
        at = NOW + timedelta(minutes=(number - 1_000) * 12)
        arriving.append((at, newcomer(number, title, provider=f"en{number}.example", published_at=at)))
    grouper = Grouper()
    for _, article in sorted(arriving, key=lambda one: (one[0], one[1].id)):
        grouper.place(article)
    events = {f"id-{number}": tuple(row[:2]) for number, row in enumerate(ROWS)}
    return [
        Counter(events.get(member.id, ("en", member.id)) for member in story.members)
        for story in grouper.index.stories.values()
    ]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("has_excerpt", [True, False])
def test_no_story_across_events(seed, has_excerpt):
    """What different events share in a language, or in several, brings no two of them together."""
    stories = find_events(seed, has_excerpt)
    assert [story for story in stories if len({event for event in story if event[0] != "en"}) > 1] == []
    assert [story for story in stories if len({language for language, _ in story}) > 1] == []


@pytest.mark.parametrize("seed", range(3))
def test_events_get_their_stories(seed):
    """An event that three publishers tell is one story of three articles, in each language."""
    whole = Counter(event[0] for story in find_events(seed, True) for event, n in story.items() if n == 3)
    assert {language: whole[language] >= least for language, least in LEAST_WHOLE.items()} == dict.fromkeys(
        LEAST_WHOLE, True
    )
