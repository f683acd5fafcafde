"""Writing the files of the topics that are marked, while what comes meanwhile is arranged."""

from collections import deque
from collections.abc import Collection

from aggregator.pipeline.publish.arrangement import OnPlaced, arrange_feeds
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.topic_writer import TopicFiles, TopicWriter
from aggregator.pipeline.site import Site
from aggregator.store import MarkKind, finish_marks, read_marks_by_key

AT_A_TIME = 20_000
"""Marks of topics that are read at once."""


def write_topics(
    site: Site, *, only: Collection[str] | None, on_placed: OnPlaced = lambda _: None
) -> TopicFiles:
    """Write what the marked topics show differently; where ``only`` is given, the topics there and no others.

    A topic that cannot be written keeps its last files, and is tried again a minute later. What comes while
    topics are written is shown by those that are still to be: thousands take a while. ``on_placed`` is called
    with each batch that takes places then.
    """
    marked = read_marks_by_key(site.store, MarkKind.TOPIC, now=site.now, limit=AT_A_TIME)
    known = list_topic_ids(site.rules)
    finish_marks(
        site.store, [m for topic_id, found in marked.items() if topic_id not in known for m in found]
    )
    rest = deque(topic_id for topic_id in known if only is None or topic_id in only)
    writer = TopicWriter(site=site)
    while rest:
        writer.write_next(rest, marked, are_all_written=only is not None)
        if only is None and rest and arrange_feeds(site, on_placed=on_placed):
            marked = read_marks_by_key(site.store, MarkKind.TOPIC, now=site.now, limit=AT_A_TIME)
    return writer.sum_up()
