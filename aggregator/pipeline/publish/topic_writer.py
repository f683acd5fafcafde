"""Writing the files of topics: each topic by itself, kept once its files are on disk."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from aggregator.errors import PublishError
from aggregator.machine.memory import defer_garbage_collection
from aggregator.pipeline.publish.changed_feeds import find_changed_feeds
from aggregator.pipeline.publish.feed_places import name_feed
from aggregator.pipeline.publish.feed_updates import settle_feed_updates
from aggregator.pipeline.publish.manifest import encode_manifest, has_other_publishers
from aggregator.pipeline.publish.piece_cache import PieceCache
from aggregator.pipeline.publish.site_view import describe_channel
from aggregator.pipeline.publish.topic_documents import (
    TopicDocuments,
    TopicShown,
    describe_shown,
    make_documents,
)
from aggregator.pipeline.publish.topic_items import BuiltItems, Material, build_topic_items, read_material
from aggregator.pipeline.publish.topic_plans import TopicPlan, plan_next_topics
from aggregator.pipeline.site import Site
from aggregator.publish.feed_kind import FeedKind
from aggregator.publish.files import StartedFiles, Written, read_file, start_files, write_files
from aggregator.publish.folder_locks import lock_folder
from aggregator.publish.synced_file import Stamp
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from aggregator.publish.tree_paths import name_monogram
from aggregator.rules import Rules
from aggregator.store import (
    RETRY_AFTER,
    Mark,
    TopicState,
    TopicUpdate,
    save_topic_failure,
    save_topic_updates,
)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicFiles:
    """What writing did: files ``changed`` and ``unchanged``, the ``items`` of topics, a line an error."""

    changed: tuple[str, ...] = ()
    unchanged: int = 0
    items: Mapping[str, int]
    errors: tuple[str, ...] = ()

    def add(self, other: "TopicFiles") -> "TopicFiles":
        """Return what both did."""
        return TopicFiles(
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            items={**self.items, **other.items},
            errors=self.errors + other.errors,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Built:
    """A topic whose items are built: what its feeds are to show."""

    plan: TopicPlan
    items: BuiltItems
    shown: TopicShown


@dataclass(frozen=True, kw_only=True, slots=True)
class _Started:
    """A topic whose files are on their way to the disk."""

    plan: TopicPlan
    documents: TopicDocuments
    built: BuiltItems
    monograms: Written
    files: StartedFiles


@dataclass(kw_only=True, slots=True)
class TopicWriter:
    """Writes the files of topics of a ``site``, and has what was done up to now.

    Unless it ``is_alone``, others write other topics meanwhile: what files of several topics may be, each
    has to itself only as long as it writes it.
    """

    site: Site
    is_alone: bool = True
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    items: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    _cache: PieceCache = field(default_factory=PieceCache)
    _monograms: set[str] = field(default_factory=set)
    _updates: list[TopicUpdate] = field(default_factory=list)
    _taken: list[Mark] = field(default_factory=list)

    @defer_garbage_collection()
    def write_next(
        self, rest: deque[str], marked: Mapping[str, Sequence[Mark]], *, are_all_written: bool = False
    ) -> None:
        """Take the next topics from ``rest`` whose items are read at once, and write those ``marked``.

        What their files show is kept in one transaction.
        """
        rules, store, now = self.site.rules, self.site.store, self.site.now
        with store.reading_together():
            plans = plan_next_topics(rest, marked, rules, store, are_all_written=are_all_written)
        if not plans:
            return
        ready = self._build(plans)
        dates = {feed: at for one in ready for feed, at in _date_feeds(one)}
        self._write(ready, settle_feed_updates(dates, store, now))
        save_topic_updates(store, self._updates, self._taken, hubs=rules.websub.publish_hubs, now=now)
        self._updates, self._taken = [], []

    def sum_up(self) -> TopicFiles:
        """Return what was done."""
        return TopicFiles(
            changed=tuple(self.changed),
            unchanged=self.unchanged,
            items=self.items,
            errors=tuple(self.errors),
        )

    def _build(self, plans: Sequence[TopicPlan]) -> list[_Built]:
        """Return the topics with those items that are wanted, but for topics that fail."""
        keys = [key for plan in plans for key in plan.wanted]
        with self.site.store.reading_together():
            material = read_material(keys, self.site)
        ready: list[_Built] = []
        for plan in plans:
            with self._noting_failure(plan):
                ready.append(_build_topic(plan, material, self.site.rules, self.site.now))
        return ready

    def _write(self, ready: Sequence[_Built], updated: Mapping[str, datetime]) -> None:
        """Write topics; the files of one get to the disk while those of the next are made."""
        started: _Started | None = None
        with lock_folder(self.site.rules.feeds_dir) if self.is_alone else nullcontext():
            for one in ready:
                before, started = started, None
                with self._noting_failure(one.plan):
                    started = self._start(one, updated)
                self._finish(before)
            self._finish(started)

    def _start(self, one: _Built, updated: Mapping[str, datetime]) -> _Started:
        """Make the documents of a topic that differ, and begin to write them and their monograms."""
        plan, built = one.plan, one.items
        tree = self.site.rules.feeds_dir
        folder = f"{tree}/{plan.topic_id}"
        documents = make_documents(
            one.shown,
            built,
            plan.known,
            updated_at={kind: updated[name_feed(plan.topic_id, kind)] for kind in FeedKind},
            read={name: partial(read_file, f"{folder}/{name}") for name in plan.intact},
            cache=self._cache,
        )
        has_variants = self.site.rules.publishing.compressed
        # Topics share monograms, so that these are not left for later, and written by the first one.
        drawn = {name: content for name, content in built.monograms.items() if name not in self._monograms}
        monograms = (
            write_files(self.site.rules.feeds_dir, drawn, has_variants=has_variants) if drawn else Written()
        )
        self._monograms |= monograms.stamps.keys()
        files = {f"{plan.topic_id}/{name}": content for name, content in documents.files.items()}
        is_compared = not documents.files.keys() <= plan.intact
        started = start_files(tree, files, is_compared=is_compared, has_variants=has_variants)
        return _Started(plan=plan, documents=documents, built=built, monograms=monograms, files=started)

    def _finish(self, started: _Started | None) -> None:
        """Wait until the files of a topic are on the disk, and note what they show."""
        if started is None:
            return
        plan, documents = started.plan, started.documents
        with self._noting_failure(plan):
            written = started.monograms, started.files.finish()
            errors = [error for part in written for error in part.errors]
            if errors:
                raise PublishError("; ".join(errors))
            self.changed += [name for part in written for name in part.changed]
            self.unchanged += len(TOPIC_DOCUMENTS) - len(documents.files)
            self.items[plan.topic_id] = len(documents.manifest.stories)
            self._updates.append(_describe_update(plan, documents, started.built, written, self.site.rules))
            self._taken += plan.marks

    @contextmanager
    def _noting_failure(self, plan: TopicPlan) -> Iterator[None]:
        """Go on with the other topics where one cannot be written; it is tried again."""
        try:
            yield
        except Exception as error:  # whatever it is
            if not isinstance(error, PublishError):
                log.exception("render", topic=plan.topic_id)
            problem = f"topic {plan.topic_id}: not published, its last files stay: {_describe(error)}"
            again_at = self.site.now + RETRY_AFTER
            save_topic_failure(self.site.store, plan.topic_id, problem, plan.marks, again_at=again_at)
            self.errors.append(problem)


def _build_topic(plan: TopicPlan, material: Material, rules: Rules, now: datetime) -> _Built:
    """Make those items of a topic that are wanted, and find what its feeds show then."""
    channel = describe_channel(rules, plan.topic_id, truth=plan.truth)
    items = build_topic_items(material, plan.wanted, channel, rules=rules, now=now)
    shown = describe_shown(plan.listed, items, plan.known, wanted=plan.wanted, deleted=plan.deleted)
    return _Built(plan=plan, items=items, shown=shown)


def _date_feeds(one: _Built) -> Iterator[tuple[str, datetime | None]]:
    """Yield the feeds of a topic, and when what they show was last updated."""
    for kind in FeedKind:
        yield name_feed(one.plan.topic_id, kind), one.shown.feeds[kind].found_at


def _describe_update(
    plan: TopicPlan, documents: TopicDocuments, built: BuiltItems, written: Sequence[Written], rules: Rules
) -> TopicUpdate:
    manifest, known = documents.manifest, plan.known
    stored = plan.state.manifest if manifest == known else encode_manifest(manifest)
    new = [one for one in built.items.values() if one.digest not in known.items]
    are_publishers_known = bool(plan.state.manifest) and not has_other_publishers(known, manifest)
    looks_up = rules.images.sizes or rules.images.logos
    fresh = {name: stamp for part in written for name, stamp in part.stamps.items()}
    stamps = {**plan.state.stamps, **_list_stamps(plan.topic_id, fresh)}
    rewritten = {name for part in written for name in part.changed}
    return TopicUpdate(
        state=TopicState(topic_id=plan.topic_id, manifest=stored, stamps=stamps),
        digests=documents.digests,
        publishers=None if are_publishers_known else manifest.domains,
        new_ids=frozenset(a.id for one in new for a in one.articles if looks_up and a.imported is None),
        icons=_find_logos_instead(built, rules),
        changed_feeds=find_changed_feeds(plan.topic_id, known, manifest, rewritten),
    )


def _list_stamps(topic_id: str, written: Mapping[str, Stamp]) -> dict[str, Sequence[int]]:
    prefix = f"{topic_id}/"
    return {
        name.removeprefix(prefix): (stamp.inode, stamp.size_bytes, stamp.modified_ns)
        for name, stamp in written.items()
        if name.startswith(prefix)
    }


def _find_logos_instead(built: BuiltItems, rules: Rules) -> frozenset[str]:
    """Return the publishers with a logo whose monogram is there from before."""
    icons = built.channel.publisher_icons
    return frozenset(
        domain
        for domain, file in icons.items()
        if file != name_monogram(domain) and (rules.feeds_dir / name_monogram(domain)).exists()
    )


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, PublishError) else repr(error)
