"""Published files that are gone are found, and folders that stay as they are cost next to nothing."""

import os
import shutil

import pytest

from aggregator.config import Config
from aggregator.rules import Rules
from aggregator.service.tree_watch import SETTLED_AFTER_S, TreeWatch

LONG_AGO_S = 1_000_000_000


class WatchedTree:
    """A tree of empty files, its watch, and the seconds of a clock that is set by hand."""

    def __init__(self, folder):
        self.folder = folder
        self.now_s = 100.0
        self.watch = TreeWatch(folder=folder, now_s=lambda: self.now_s)
        self.watch.note_publication(Rules.of(Config.default(), {}))
        for name in self.watch.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()

    def settle(self):
        """Look as often as it takes until no folder is listed any more; all of them have stood still for long.

        Clocks of file systems tick slowly: without that, what is done next may be of the same moment.
        """
        for name in {"", *self.watch.folders}:
            os.utime(self.folder / name, (LONG_AGO_S, LONG_AGO_S))
        for _ in range(2):
            assert self.watch.check()
            self.now_s += SETTLED_AFTER_S


@pytest.fixture
def tree(tmp_path):
    """A tree in which all files are there."""
    return WatchedTree(tmp_path)


@pytest.mark.parametrize("is_settled", [False, True])
def test_each_file_that_is_removed_is_missed(tree, is_settled):
    """Whichever it is, whether its folder was settled or not, until it is there again."""
    for name in tree.watch.files:
        if is_settled:
            tree.settle()
        (tree.folder / name).unlink()
        assert not tree.watch.check()
        assert tree.watch.missing == (name,)
        assert not tree.watch.check()
        (tree.folder / name).touch()
        assert tree.watch.check()


def test_a_folder_that_is_removed_is_missed(tree):
    """With all of its files, and so is the whole tree."""
    tree.settle()
    shutil.rmtree(tree.folder / "all" / "articles")
    assert not tree.watch.check()
    assert {name.rpartition("/")[0] for name in tree.watch.missing} == {"all/articles"}
    shutil.rmtree(tree.folder)
    assert not tree.watch.check()
    assert set(tree.watch.missing) == set(tree.watch.files)


def test_settled_folders_are_those_that_stood_still(tree):
    """None at first, all after a while, and all but one where a file was written anew."""
    assert tree.watch.check()
    assert not tree.watch.settled
    tree.settle()
    assert set(tree.watch.settled) == set(tree.watch.folders)
    (tree.folder / "all" / "new").touch()
    before = dict(tree.watch.settled)
    assert tree.watch.check()
    tree.now_s += SETTLED_AFTER_S
    assert tree.watch.check()
    changed = {parent for parent, stamp in tree.watch.settled.items() if before[parent] != stamp}
    assert changed == {"all"}
