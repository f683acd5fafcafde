"""Whatever articles, decisions and rules say: what is published is well-formed, runs nothing, can be rebuilt."""

from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Changes, SourceState
from aggregator.model.decisions import Decision, Verb
from tests.builders import article, sighting
from tests.profiles import repeat
from tests.publishing_equality.arrivals import HOSTILE
from tests.publishing_equality.histories import publish_all
from tests.publishing_equality.published_files import find_unsafe
from tests.publishing_equality.settings import change_rules
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import World

PIECES = (
    HOSTILE, "]]>", "<!--", "<![CDATA[", "</title></head><script>x()</script>", "<img src=x onerror=x()>",
    '" onmouseover="x()', "javascript:x()", '<a href="javascript:x()">y</a>', "{{ 7 * 7 }}", "&#x3c;script&#x3e;",
    "\u202e\u2066", "\x85\x01\x1b", "\ufffe", "\U0010ffff", "<svg onload=x()>", "a" * 3_000, "robot", "\r\n",
)  # fmt: skip
STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
"""Parsing and the files of decisions let neither lone surrogates nor NUL through to a store."""
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(STORABLE, max_size=9), min_size=1, max_size=4).map(
    " ".join
)
SAID = (
    Verb.RETITLE, Verb.RE_EXCERPT, Verb.CORRECT, Verb.WITHDRAW, Verb.KILL, Verb.BAN, Verb.RESTORE, Verb.TAKEDOWN,
)  # fmt: skip


@settings(max_examples=repeat(4, large=300))
@given(st.lists(TEXTS, min_size=3, max_size=8), st.lists(st.sampled_from(SAID), max_size=6), st.integers(0))
def test_what_is_published_is_safe_and_can_be_rebuilt(texts, verbs, seed):
    """Hostile texts of articles, decisions and public reasons break no file, run nowhere and stay the same."""
    with TemporaryDirectory() as folder:
        world, rng = World(Path(folder)), Random(seed)
        try:
            change_rules(world, rng)
            _add_articles(world, texts)
            publish_all(world, rng)
            _decide(world, texts, verbs)
            world.wait(minutes=5)
            publish_all(world, rng)
            assert [*find_unsafe(world.tree), *find_differences(world)] == []
        finally:
            world.close()


def _add_articles(world, texts):
    """A source shows articles that say the texts."""
    made = [
        article(
            id=f"{number:08x}-0000-5000-8000-000000000000", source_id="daily", entry_id=str(number),
            title=f"Artificial intelligence {text}", excerpt=text * 3, authors=(text,), published_at=world.now,
            updated_at=world.now, first_seen_at=world.now, enriched_at=world.now,
            canonical_url=f"https://alba.example/{number}", web_url=f"https://alba.example/{number}",
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip
    judged = tuple(world.rules.judge(one, ("daily",), now=world.now) for one in made)
    changes = Changes(inserted=judged, sightings=tuple(map(sighting, made)))
    world.store.save_poll(SourceState(source_id="daily", outcome="updated"), made, lambda _: changes)


def _decide(world, texts, verbs):
    """An editor decides on the articles, in the words of the texts."""
    ids = [one.id for one in world.read_articles()]
    decisions = tuple(
        Decision(
            id=f"d-{number}", verb=verb, target=ids[number % len(ids)], value=texts[number % len(texts)],
            reason=texts[0], public_reason=texts[-1], by="editor", at=world.now,
        )
        for number, verb in enumerate(verbs)
    )  # fmt: skip
    world.setup = replace(world.setup, decisions=decisions)
