"""What is to be written of the next topics: what their feeds show, and what of it is not built yet."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.pipeline.publish.correction_feeds import list_tombstones
from aggregator.pipeline.publish.feed_content import list_topic_items
from aggregator.pipeline.publish.manifest import Manifest, decode_manifest
from aggregator.pipeline.publish.shown_truth import read_shown_truth
from aggregator.pipeline.publish.topic_documents import list_wanted
from aggregator.publish.channel import Tombstone
from aggregator.publish.feed_kind import FeedKind
from aggregator.publish.files import read_stamp
from aggregator.publish.synced_file import Stamp
from aggregator.rules import Rules
from aggregator.store import ListedItem, Mark, Store, TopicState, read_topic_state

BUILT_TOGETHER = 500
"""Items that are read at once for several topics; one topic may have more."""
TOPICS_TOGETHER = 20
"""Topics whose files are kept in one transaction."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicPlan:
    """A topic to be written: what is known of its files, what its feeds show, and what is to be built.

    ``truth`` is what its page tells of how often stories are right, ``deleted`` what its feeds say was
    taken out.
    """

    topic_id: str
    marks: Sequence[Mark]
    state: TopicState
    known: Manifest
    intact: frozenset[str]
    listed: Mapping[FeedKind, Sequence[ListedItem]]
    wanted: Sequence[tuple[str, str]]
    truth: str
    deleted: Mapping[FeedKind, tuple[Tombstone, ...]]


def plan_next_topics(
    rest: deque[str],
    marked: Mapping[str, Sequence[Mark]],
    rules: Rules,
    store: Store,
    *,
    are_all_written: bool,
) -> list[TopicPlan]:
    """Take the next topics from ``rest`` that are written together, as few as have enough to be built.

    Without a mark nothing is written, unless ``are_all_written``.
    """
    plans: list[TopicPlan] = []
    built = 0
    while rest and len(plans) < TOPICS_TOGETHER and built < BUILT_TOGETHER:
        topic_id = rest.popleft()
        if are_all_written or topic_id in marked:
            plans.append(_plan_topic(topic_id, marked.get(topic_id, ()), rules, store))
            built += len(plans[-1].wanted)
    return plans


def _plan_topic(topic_id: str, marks: Sequence[Mark], rules: Rules, store: Store) -> TopicPlan:
    state = read_topic_state(store, topic_id)
    known = decode_manifest(state.manifest)
    intact = _find_intact(state, rules)
    listed = list_topic_items(topic_id, rules=rules, store=store)
    wanted = list_wanted(topic_id, listed, known, intact)
    return TopicPlan(
        topic_id=topic_id,
        marks=marks,
        state=state,
        known=known,
        intact=intact,
        listed=listed,
        wanted=wanted,
        truth=read_shown_truth(rules, store),
        deleted=list_tombstones(topic_id, listed, store),
    )


def _find_intact(state: TopicState, rules: Rules) -> frozenset[str]:
    """Return the names of the documents that are as they were written."""
    folder = f"{rules.feeds_dir}/{state.topic_id}"
    stamps = {name: Stamp(*stamp) for name, stamp in state.stamps.items()}
    return frozenset(name for name, stamp in stamps.items() if read_stamp(f"{folder}/{name}") == stamp)
