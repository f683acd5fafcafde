"""What somebody does to the published tree: files go, are written over, or something is in their way."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from aggregator.publish.tree_paths import CHANGES, LOGOS, PICTURE_COPIES, RECORDS, TOPIC_MARK
from aggregator.publish.variants import SUFFIXES
from tests.publishing_equality.world import World

IN_THE_WAY = ".in the way"
UNWATCHED = (f"{RECORDS}/", "api/", "schema/")
"""What is written anew by a rebuild only where somebody removes it."""


def remove_file(world: World, rng: Random) -> None:
    """Somebody removes some files."""
    for path in _choose_files(world, rng):
        path.unlink()


def write_over_file(world: World, rng: Random) -> None:
    """Somebody writes over some documents of topics, or cuts them off."""
    for path in _choose_files(world, rng, _is_of_topic):
        content = path.read_bytes()
        path.write_bytes(rng.choice((b"", b"else", content[: len(content) // 2], content + b"\n")))


def remove_folder(world: World, rng: Random) -> None:
    """Somebody removes a folder, or the whole tree."""
    folders = sorted({path.parent for path in _list_files(world)} - {world.tree, world.tree / "assets"})
    if folders:
        shutil.rmtree(rng.choice([*folders, world.tree]))


def put_in_the_way(world: World, rng: Random) -> None:
    """A folder stands where a file is to be written."""
    for path in _choose_files(world, rng)[:1]:
        path.unlink()
        path.mkdir()
        (path / IN_THE_WAY).touch()


def clear_the_way(world: World) -> None:
    """What stands in the way is removed, as the log asked for."""
    for mark in list(world.tree.rglob(IN_THE_WAY)):
        shutil.rmtree(mark.parent)


DAMAGES: dict[str, Callable[[World, Random], None]] = {
    one.__name__: one for one in (remove_file, write_over_file, remove_folder, put_in_the_way)
}


def _choose_files(world: World, rng: Random, is_wanted: Callable[[Path], bool] = Path.is_file) -> list[Path]:
    files = [path for path in _list_files(world) if is_wanted(path)]
    return rng.sample(files, min(len(files), rng.randint(1, 3)))


def _list_files(world: World) -> list[Path]:
    """Return the files that publishing makes, and of removed topics none."""
    gone = world.find_removed_topics()
    found = (
        path
        for path in sorted(world.tree.rglob("*"))
        if path.is_file() and path.name[0] != "." and path.suffix not in SUFFIXES
    )
    names = ((path, path.relative_to(world.tree).as_posix()) for path in found)
    return [
        path
        for path, name in names
        if not name.startswith((f"{PICTURE_COPIES}/", LOGOS, *UNWATCHED))
        and name.partition("/")[0] not in gone
    ]


def _is_of_topic(path: Path) -> bool:
    is_below_topic = any((folder / TOPIC_MARK).is_file() for folder in (path.parent, path.parent.parent))
    return is_below_topic and path.name != CHANGES  # which is written anew only where somebody removes it
