"""The feeds of what was corrected, of each topic and of the site, and what feeds say of items taken out."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.curate.editor_decisions import is_killed
from aggregator.model.corrections import CorrectionKind, PublicCorrection
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.feed_updates import settle_feed_updates
from aggregator.pipeline.publish.site_view import describe_channel
from aggregator.pipeline.site import Site
from aggregator.publish.channel import Tombstone
from aggregator.publish.correction_feed import MOST_CORRECTIONS, render_corrections
from aggregator.publish.feed_kind import FeedKind
from aggregator.publish.files import Written, write_files
from aggregator.publish.item import cut_to_second
from aggregator.publish.text_forms import format_line
from aggregator.publish.tree_paths import CHANGES, TOPIC_MARK
from aggregator.rules import Rules
from aggregator.store import (
    ALL,
    RETRY_AFTER,
    SITE,
    ListedItem,
    MarkKind,
    Store,
    find_killed_articles,
    find_last_correction,
    find_listed_stories,
    note_corrections_published,
    read_corrections,
    read_feed_updates,
    read_gone_articles,
    read_marks_by_key,
    read_regrouped_stories,
    read_stored_articles,
    retry_marks,
)

MOST_TOMBSTONES = 50
"""Items that a feed says were taken out, the newest."""
AT_A_TIME = 20_000
_REGROUPED = {
    CorrectionKind.MERGE: "part of another story now",
    CorrectionKind.SPLIT: "parted into other stories",
}
"""What tombstones say of stories: an editor's reason may quote what was killed since."""
_REASONS = {CorrectionKind.WITHDRAW: "withdrawn"}


def write_correction_feeds(site: Site) -> Written:
    """Write the feeds of corrections that are marked, and note which corrections have reached files.

    Called once the feeds themselves are written: what they are to show is on the disk then.
    """
    marked = read_marks_by_key(site.store, MarkKind.CORRECTIONS, now=site.now, limit=AT_A_TIME)
    if not marked:
        return Written()
    last = find_last_correction(site.store)
    topic_ids = list_topic_ids(site.rules)
    keys = [key for key in marked if key == SITE or (key in topic_ids and _is_published(key, site.rules))]
    with site.store.reading_together():
        told = {key: _read_told(key, site) for key in keys}
    found = {name_correction_feed(key): max((one.at for one in told[key]), default=None) for key in keys}
    updated = settle_feed_updates(found, site.store, site.now)
    files = {name_correction_feed(key): _render(key, told[key], updated, site.rules) for key in keys}
    written = write_files(site.rules.feeds_dir, files, has_variants=site.rules.publishing.compressed)
    if written.errors:
        retry_marks(
            site.store, [m for found in marked.values() for m in found], again_at=site.now + RETRY_AFTER
        )
        return written
    # A topic whose own files could not be written would leave a folder that is taken for somebody else's.
    waiting = [m for key in topic_ids if key in marked and key not in keys for m in marked[key]]
    retry_marks(site.store, waiting, again_at=site.now + RETRY_AFTER)
    taken = [mark for found in marked.values() for mark in found if mark not in waiting]
    note_corrections_published(
        site.store, taken, last=last, feeds=written.changed, hubs=site.rules.websub.publish_hubs, now=site.now
    )
    return written


def _is_published(topic_id: str, rules: Rules) -> bool:
    return (rules.feeds_dir / topic_id / TOPIC_MARK).is_file()


def name_correction_feed(key: str) -> str:
    """Return the file of a topic's corrections, ``SITE``: of those of the whole site."""
    return CHANGES if key == SITE else f"{key}/{CHANGES}"


def list_correction_feeds(rules: Rules) -> dict[str, str]:
    """Return all files of corrections, and what marks them."""
    return {name_correction_feed(key): key for key in (SITE, *(id_ for id_ in list_topic_ids(rules)))}


def render_correction_feeds(keys: Collection[str], site: Site) -> dict[str, bytes]:
    """Return the feeds of corrections that these topics have, by their names, as they were written last."""
    updated = read_feed_updates(site.store, [*map(name_correction_feed, keys)])
    told = {key: _read_told(key, site) for key in keys if name_correction_feed(key) in updated}
    return {
        name_correction_feed(key): _render(key, found, updated, site.rules) for key, found in told.items()
    }


def _read_told(key: str, site: Site) -> list[PublicCorrection]:
    found = read_corrections(site.store, SITE if key == ALL else key, MOST_CORRECTIONS)
    return _hide_killed(found, site)


def _render(
    key: str, told: Sequence[PublicCorrection], updated: Mapping[str, datetime], rules: Rules
) -> bytes:
    channel = describe_channel(rules, ALL if key == SITE else key)
    return render_corrections(channel, told, updated[name_correction_feed(key)], of_site=key == SITE)


def _hide_killed(corrections: Sequence[PublicCorrection], site: Site) -> list[PublicCorrection]:
    """Return corrections that say of articles of which nothing may be left what was done, and no more.

    Notes and reasons quote them, but for that of the kill.
    """
    ids = {one.article_id for one in corrections if one.article_id}
    killed = set(find_killed_articles(site.store, ids))
    if site.rules.decisions:
        # What was in no feed any more when it was decided is told as killed by nothing else.
        known = read_stored_articles(site.store, ids - killed)
        killed |= {one.id for one in known if is_killed(site.rules.decisions.of(one, site.now))}
    return [_hide(one) if one.article_id in killed else one for one in corrections]


def _hide(one: PublicCorrection) -> PublicCorrection:
    return replace(one, title="", reason=one.reason if one.kind is CorrectionKind.KILL else None)


def list_tombstones(
    topic_id: str, listed: Mapping[FeedKind, Iterable[ListedItem]], store: Store
) -> dict[FeedKind, tuple[Tombstone, ...]]:
    """Return what was taken out of a topic's feeds; what has a place there is not.

    A story is gone from a topic with the last of the topic's own articles, whichever others it has, and where
    it became part of another one.
    """
    key = SITE if topic_id == ALL else topic_id
    gone = read_gone_articles(store, key, MOST_TOMBSTONES)
    regrouped = read_regrouped_stories(store, key, MOST_TOMBSTONES)
    if not gone and not regrouped:
        return {}
    story_ids = {story_id for one in gone if (story_id := _name_story(one))}
    story_ids |= {story_id for one in regrouped for story_id in (one.story_id, one.other_id) if story_id}
    staying = find_listed_stories(store, story_ids, topic_id)
    told = [*gone, *(one for one in regrouped if _took_out(one, staying))]
    told.sort(key=lambda one: one.at, reverse=True)
    shown = {kind: {item_id for item_id, _ in items} for kind, items in listed.items()}
    stories = ((_name_story(one), one) for one in told[:MOST_TOMBSTONES])
    articles = ((one.article_id, one) for one in gone)
    return {
        FeedKind.STORIES: tuple(_make_tombstones(stories, shown[FeedKind.STORIES] | staying)),
        FeedKind.ARTICLES: tuple(_make_tombstones(articles, shown[FeedKind.ARTICLES])),
    }


def _took_out(one: PublicCorrection, listed: Collection[str]) -> bool:
    """Tell whether a story may have left a topic as it was merged, or as its articles there were parted."""
    return one.kind is CorrectionKind.MERGE or one.other_id in listed


def _name_story(one: PublicCorrection) -> str | None:
    if one.kind is CorrectionKind.MERGE:
        return one.other_id
    return one.from_story_id or one.story_id


def _make_tombstones(
    gone: Iterable[tuple[str | None, PublicCorrection]], shown: set[str]
) -> Iterator[Tombstone]:
    """Yield the tombstones of items, by the last that is told of each, but for those that are shown."""
    seen = set(shown)
    for item_id, one in gone:
        if item_id and item_id not in seen:
            seen.add(item_id)
            reason = _REGROUPED.get(one.kind) or format_line(one.reason) or _REASONS.get(one.kind, "")
            yield Tombstone(id=f"urn:uuid:{item_id}", at=cut_to_second(one.at), reason=reason)
