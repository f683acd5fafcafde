"""The files of topics: whether each is as it was written, can be read, and holds what the store says."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from xml.parsers import expat

from aggregator.model.violations import MEND, Violation
from aggregator.pipeline.publish.feed_content import list_topic_items
from aggregator.pipeline.publish.manifest import Manifest, decode_manifest
from aggregator.publish.files import read_stamp
from aggregator.publish.synced_file import Stamp
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS, TopicDocument
from aggregator.publish.variants import find_stale_variant
from aggregator.rules import Rules
from aggregator.store import Store, TopicState, read_topic_problems, read_topic_state

_ITEMS = frozenset({"item", "entry"})
"""The elements of RSS and Atom that hold an item."""


def find_topic_violations(topic_ids: Collection[str], *, rules: Rules, store: Store) -> Iterator[Violation]:
    """Yield what is wrong with the files of topics of which nothing waits to be written."""
    problems = read_topic_problems(store)
    for topic_id in topic_ids:
        folder = rules.feeds_dir / topic_id
        if topic_id in problems:
            yield Violation(
                place=str(folder), problem=f"it could not be written last ({problems[topic_id]})",
                advice="see to that; it is tried again every minute", is_mendable=True,
            )  # fmt: skip
            continue
        state = read_topic_state(store, topic_id)
        known = decode_manifest(state.manifest)
        listed = list_topic_items(topic_id, rules=rules, store=store)
        for kind, items in listed.items():
            if known.list_digests(kind) != tuple(digest for _, digest in items):
                yield _broken(folder, f"its feeds of {kind} do not show what the store has for them")
        for document in TOPIC_DOCUMENTS:
            problem = _find_problem(folder / document.name, document, state, known)
            if problem is not None:
                yield _broken(folder / document.name, problem)


def _find_problem(path: Path, document: TopicDocument, state: TopicState, known: Manifest) -> str | None:
    stamp = state.stamps.get(document.name)
    if stamp is None:
        return "it was never written"
    found = read_stamp(path)
    if found is None:
        return "it is missing"
    if found != Stamp(*stamp):
        return "it is not as it was written"
    try:
        number = _count_items(path)
    except (OSError, ValueError, expat.ExpatError) as error:
        return f"it cannot be read ({error})"
    wanted = len(known.list_digests(document.kind))
    if number is not None and number != wanted:
        return f"it holds {number} items, of {wanted}"
    variant = find_stale_variant(path)
    return f"{variant} beside it has other bytes" if variant else None


def _count_items(path: Path) -> int | None:
    """Return how many items a feed has, None of what is no feed; raises ValueError or ExpatError."""
    content = path.read_bytes()
    if path.suffix == ".json":
        return len(json.loads(content)["items"])
    if path.suffix not in {".xml", ".atom", ".opml"}:
        content.decode()
        return None
    parser = expat.ParserCreate()
    number = 0

    def count(name: str, _: object) -> None:
        nonlocal number
        number += name in _ITEMS

    parser.StartElementHandler = count
    parser.Parse(content, True)
    return number


def _broken(path: Path, problem: str) -> Violation:
    return Violation(place=str(path), problem=problem, advice=MEND, is_mendable=True)
