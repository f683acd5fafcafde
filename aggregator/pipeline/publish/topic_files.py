"""Writing the files of the topics that are marked: each topic by itself, kept once its files are on disk."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from aggregator.errors import PublishError
from aggregator.pipeline.publish.feed_content import read_topic_articles, read_topic_stories
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.manifest import Manifest, decode_manifest, encode_manifest
from aggregator.pipeline.publish.site_view import describe_channel
from aggregator.pipeline.publish.topic_documents import (
    TopicContent,
    TopicDocuments,
    find_content,
    make_documents,
)
from aggregator.publish.files import Stamp, Written, read_stamp, write_files
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from aggregator.publish.tree_paths import name_monogram
from aggregator.rules import Rules
from aggregator.store import (
    Mark,
    MarkKind,
    Store,
    TopicState,
    TopicUpdate,
    finish_marks,
    read_marks,
    read_topic_state,
    save_topic_failure,
    save_topic_update,
)

AT_A_TIME = 20_000
"""Marks of topics that are read at once."""
RETRY_AFTER = timedelta(minutes=1)
"""How long a topic that could not be written is left alone."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicFiles:
    """What writing did: files ``changed`` and ``unchanged``, the ``items`` of topics, a line an error."""

    changed: tuple[str, ...] = ()
    unchanged: int = 0
    items: Mapping[str, int]
    errors: tuple[str, ...] = ()


def write_topics(*, rules: Rules, store: Store, now: datetime, only: Collection[str] | None) -> TopicFiles:
    """Write what the marked topics show differently; where ``only`` is given, the topics there and no others.

    A topic that cannot be written keeps its last files, and is tried again a minute later.
    """
    marked = _read_topic_marks(store, now)
    known = list_topic_ids(rules)
    finish_marks(store, [m for topic_id, found in marked.items() if topic_id not in known for m in found])
    wanted = [topic_id for topic_id in known if (topic_id in marked if only is None else topic_id in only)]
    changed: list[str] = []
    errors: list[str] = []
    items: dict[str, int] = {}
    unchanged = 0
    for topic_id in wanted:
        marks = marked.get(topic_id, [])
        try:
            written, content = _write_topic(topic_id, marks, rules, store, now)
        except Exception as error:  # one topic that cannot be written must not stop the others
            if not isinstance(error, PublishError):
                log.exception("render", topic=topic_id)
            problem = f"topic {topic_id}: not published, its last files stay: {_describe(error)}"
            save_topic_failure(store, topic_id, problem, marks, again_at=now + RETRY_AFTER)
            errors.append(problem)
            continue
        changed += written.changed
        unchanged += len(TOPIC_DOCUMENTS) - len(written.changed)
        items[topic_id] = len(content.stories)
    return TopicFiles(changed=tuple(changed), unchanged=unchanged, items=items, errors=tuple(errors))


def _read_topic_marks(store: Store, now: datetime) -> dict[str, list[Mark]]:
    marked: dict[str, list[Mark]] = {}
    for mark in read_marks(store, MarkKind.TOPIC, now=now, limit=AT_A_TIME):
        marked.setdefault(mark.key, []).append(mark)
    return marked


def _write_topic(
    topic_id: str, marks: Sequence[Mark], rules: Rules, store: Store, now: datetime
) -> tuple[Written, TopicContent]:
    state = read_topic_state(store, topic_id)
    known = decode_manifest(state.manifest)
    intact = _find_intact(state, rules)
    places = {
        True: read_topic_stories(topic_id, rules=rules, store=store),
        False: read_topic_articles(topic_id, rules=rules, store=store),
    }
    channel = describe_channel(rules, topic_id)
    content = find_content(places, channel, known, intact, rules=rules, store=store, now=now)
    documents = make_documents(content, known, intact, rules.feeds_dir / topic_id)
    written = _write_documents(topic_id, documents, content, rules)
    stamps = _update_stamps(state, written)
    save_topic_update(store, _describe_update(state, stamps, documents.manifest, content, rules), marks)
    return written, content


def _find_intact(state: TopicState, rules: Rules) -> frozenset[str]:
    """Return the names of the documents that are as they were written."""
    folder = rules.feeds_dir / state.topic_id
    stamps = {name: Stamp(*stamp) for name, stamp in state.stamps.items()}
    return frozenset(name for name, stamp in stamps.items() if read_stamp(folder / name) == stamp)


def _write_documents(
    topic_id: str, documents: TopicDocuments, content: TopicContent, rules: Rules
) -> Written:
    """Write the documents that differ, and the monograms that they show; raises PublishError."""
    folder = rules.feeds_dir
    errors: list[str] = []
    changed: list[str] = []
    stamps: dict[str, Stamp] = {}
    of_topic = {f"{topic_id}/{name}": content for name, content in documents.files.items()}
    differing = {name: b for name, b in of_topic.items() if name.partition("/")[2] in documents.intact}
    others = {name: b for name, b in of_topic.items() if name not in differing}
    for files, is_compared in ((others | dict(content.built.monograms), True), (differing, False)):
        if files:
            written = write_files(folder, files, is_compared=is_compared)
            errors += written.errors
            changed += written.changed
            stamps |= written.stamps
    if errors:
        raise PublishError("; ".join(errors))
    return Written(changed=tuple(changed), stamps=stamps)


def _update_stamps(state: TopicState, written: Written) -> dict[str, Sequence[int]]:
    prefix = f"{state.topic_id}/"
    fresh = {
        name.removeprefix(prefix): (stamp.inode, stamp.size_bytes, stamp.modified_ns)
        for name, stamp in written.stamps.items()
        if name.startswith(prefix)
    }
    return {**state.stamps, **fresh}


def _describe_update(
    before: TopicState,
    stamps: Mapping[str, Sequence[int]],
    manifest: Manifest,
    content: TopicContent,
    rules: Rules,
) -> TopicUpdate:
    known = decode_manifest(before.manifest)
    stored = before.manifest if before.manifest and manifest == known else encode_manifest(manifest)
    built = content.built.items
    new = [one for one in built.values() if one.digest not in known.items]
    looks_up = rules.images.sizes or rules.images.logos
    return TopicUpdate(
        state=TopicState(topic_id=before.topic_id, manifest=stored, stamps=stamps),
        items=[
            place for place in (*content.stories, *content.articles) if (place.feed, place.item_id) in built
        ],
        publishers=frozenset(domain for item in manifest.items.values() for domain in item.domains),
        new_ids=frozenset(a.id for one in new for a in one.articles if looks_up and a.imported is None),
        icons=_find_logos_instead(content, rules),
    )


def _find_logos_instead(content: TopicContent, rules: Rules) -> frozenset[str]:
    """Return the publishers with a logo whose monogram is there from before."""
    icons = content.built.channel.publisher_icons
    return frozenset(
        domain
        for domain, file in icons.items()
        if file != name_monogram(domain) and (rules.feeds_dir / name_monogram(domain)).exists()
    )


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, PublishError) else repr(error)
