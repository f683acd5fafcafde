"""The published tree as it came about, and as it is built anew into an empty folder at the same moment."""

import shutil
from pathlib import Path

from aggregator.pipeline.publish.rebuild import rebuild
from aggregator.pipeline.records import rebuild_records
from aggregator.pipeline.site import Site
from aggregator.publish.removed_topic import find_publisher_icons
from aggregator.publish.tree_paths import LOGOS, PICTURE_COPIES
from aggregator.secured import SecuredKeys
from aggregator.store import copy_store
from tests.publishing_equality.world import World


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder by name, but for the hidden ones."""
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.as_posix(): (folder / path).read_bytes()
        for path in paths
        if not any(part.startswith(".") for part in path.parts)
    }


def find_differences(world: World) -> list[str]:
    """Return what of the tree differs from one that is built anew of a copy of the store."""
    shutil.rmtree(world.copies, ignore_errors=True)
    tree = world.copies / "feeds"
    _copy_others_files(world, tree)
    with copy_store(world.url) as store:
        rules = world.setup.make_rules(store, tree)
        rebuild(Site(rules=rules, store=store, now=world.now))
        rebuild_records(Site(rules=rules, store=store, now=world.now), keys=SecuredKeys.of({}))
    return compare_trees(read_tree(world.tree), read_tree(tree))


def compare_trees(grown: dict[str, bytes], rebuilt: dict[str, bytes]) -> list[str]:
    """Return a line for each file that is only in one of two trees, or has other bytes there."""
    lines = [f"not rebuilt: {name}" for name in sorted(grown.keys() - rebuilt.keys())]
    lines += [f"only rebuilt: {name}" for name in sorted(rebuilt.keys() - grown.keys())]
    both = sorted(grown.keys() & rebuilt.keys())
    return lines + [
        _describe(name, grown[name], rebuilt[name]) for name in both if grown[name] != rebuilt[name]
    ]


def _describe(name: str, grown: bytes, rebuilt: bytes) -> str:
    pairs = enumerate(zip(grown, rebuilt, strict=False))
    at = next((place for place, (a, b) in pairs if a != b), min(len(grown), len(rebuilt)))
    start = max(at - 60, 0)
    return f"differs: {name} at byte {at}: {grown[start : at + 60]!r}, rebuilt {rebuilt[start : at + 60]!r}"


def _copy_others_files(world: World, tree: Path) -> None:
    """Copy what publishing makes nothing of: pictures, logos, and the last state of removed topics."""
    tree.mkdir(parents=True)
    removed = world.find_removed_topics()
    names = {PICTURE_COPIES, *removed}
    names |= {path.relative_to(world.tree).as_posix() for path in (world.tree / LOGOS).glob("*.jpg")}
    names |= set(find_publisher_icons(world.tree, removed))
    for name in sorted(names):
        origin, target = world.tree / name, tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            shutil.copytree(origin, target)
        elif origin.is_file():
            shutil.copy2(origin, target)
