"""What holds for every file that a subscriber may read, at any time."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from aggregator.publish.topic_folders import find_topics
from tests.publishing_equality.world import World

ATOM = "{http://www.w3.org/2005/Atom}"
AT = "{http://purl.org/atompub/tombstones/1.0}"


def find_faults(world: World, *, is_settled: bool) -> list[str]:
    """Return what is wrong with any feed below the tree's root; sizes hold where it ``is_settled``."""
    if world.is_damaged:
        return []
    removed = world.find_removed_topics()
    dated = dict(_date_feeds(world.tree, removed))
    back = [name for name, at in dated.items() if at < world.dated.get(name, at)]
    world.dated |= dated
    limits = {one.id: one.limit for one in world.setup.topics}
    most = world.rules.publishing.max_items
    pinned = {one.topic for one in world.setup.decisions}
    faults = [f"{name}: was updated later before" for name in back]
    for topic_id in {*find_topics(world.tree, without=()), "all"} - removed:
        limit = (limits.get(topic_id) or most) if is_settled else None
        # What stories stand by is not told: their last news, which is no later than their update.
        for feed, key in ((topic_id, None), (f"{topic_id}/articles", "published")):
            ordered_by = None if topic_id in pinned else key
            faults += [f"{feed}: {fault}" for fault in _check_feed(world.tree / feed, ordered_by, limit)]
    return faults


def _date_feeds(tree: Path, removed: Collection[str]) -> Iterator[tuple[str, datetime]]:
    """Yield all feeds that say when they were last updated, by name, and what they say.

    Those of ``removed`` topics stay as they are, also where somebody wrote over them, until they are gone.
    """
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree).as_posix()
        if name.partition("/")[0] in removed:
            continue
        if path.name in ("atom.xml", "changes.atom"):
            yield name, datetime.fromisoformat(ET.parse(path).getroot().findtext(f"{ATOM}updated") or "")
        elif path.name == "rss.xml":
            yield name, parsedate_to_datetime(ET.parse(path).getroot().findtext("*/lastBuildDate") or "")


def _check_feed(folder: Path, key: str | None, limit: int | None) -> list[str]:
    atom, rss, feed_json = (folder / name for name in ("atom.xml", "rss.xml", "feed.json"))
    if not all(path.is_file() for path in (atom, rss, feed_json)):
        return []
    entries = ET.parse(atom).getroot().findall(f"{ATOM}entry")  # our own file
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    times = [entry.findtext(f"{ATOM}{key}") or "" for entry in entries if key]
    others = {
        "rss.xml": [item.findtext("guid") for item in ET.parse(rss).iter("item")],
        "feed.json": [item["id"] for item in json.loads(feed_json.read_bytes())["items"]],
    }
    faults = ["an item stands twice"] if len(set(ids)) < len(ids) else []
    faults += [
        f"{name}: an item stands twice" for name, found in others.items() if len(set(found)) < len(found)
    ]
    faults += ["the newest is not first"] if times != sorted(times, reverse=True) else []
    if limit is not None:
        faults += [f"{len(ids)} items are more than {limit}"] if len(ids) > limit else []
        faults += [f"{name} has other items" for name, found in others.items() if found != ids]
        is_told = _list_gone(ET.parse(atom).getroot()) == _list_deleted(json.loads(feed_json.read_bytes()))
        faults += [] if is_told else ["feed.json tells otherwise what was taken out"]
    return faults


def _list_gone(feed: ET.Element) -> list[tuple[str | None, datetime, str]]:
    """Return what a feed in Atom says was taken out, when, and why."""
    return [
        (one.get("ref"), datetime.fromisoformat(one.get("when") or ""), one.findtext(f"{AT}comment") or "")
        for one in feed.iter(f"{AT}deleted-entry")
    ]


def _list_deleted(feed: dict[str, Any]) -> list[tuple[str, datetime, str]]:
    """Return the same of a feed in JSON."""
    return [
        (one["id"], datetime.fromisoformat(one["date"]), one.get("reason", ""))
        for one in feed.get("_deleted", {"items": []})["items"]
    ]
