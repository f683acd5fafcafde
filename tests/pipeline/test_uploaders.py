"""Two processes that upload one tree: what one does that was taken for gone, in the middle of a round."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from aggregator.config.keys.settings import PublishKeys
from aggregator.pipeline.upload import describe_target, has_uploads, read_waiting
from aggregator.pipeline.upload.comparison import list_files
from aggregator.publish.files import write_files
from aggregator.publish.folder_locks import UPLOADING, try_to_lock_uploads
from aggregator.publish.tree_writers import break_locks, find_gone_elsewhere, note_writer
from tests.elsewhere import move_elsewhere
from tests.pipeline.uploader import UPLOADER

FIRST = "stories/1.html"
"""The file that is on its way when its uploader is taken out."""


@pytest.fixture
def tree(tmp_path, object_server, monkeypatch):
    """A tree to which workers write, with files that wait to be uploaded."""
    for name, value in object_server.environment.items():
        monkeypatch.setenv(name, value)
    object_server.empty()
    note_writer(tmp_path, 4)
    write_files(tmp_path, {"ai/rss.xml": b"old", FIRST: b"old", "index.html": b"old"})
    yield tmp_path
    object_server.on_put = lambda _name, _body: None


@contextmanager
def run_uploader(folder, object_server, way="ends"):
    """Run worker 3, which uploads the tree until nothing waits; a way of it is that its lock outlives it."""
    words = [sys.executable, "-c", UPLOADER, str(folder), object_server.address, way]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


class HeldPut:
    """The first request for a file, which reaches the store only once it is let go."""

    def __init__(self, object_server):
        self.is_there, self.may_go = threading.Event(), threading.Event()
        object_server.on_put = self._wait

    def _wait(self, name, body):
        if name == FIRST and body == b"old" and not self.is_there.is_set():
            self.is_there.set()
            self.may_go.wait(60)


def upload(folder, object_server):
    """Upload as worker 4, and return what that process says."""
    words = [sys.executable, "-c", UPLOADER, str(folder), object_server.address, "ends", "4"]
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout


def read_tree(folder):
    """Return the bytes of all files by name."""
    return {name: (folder / name).read_bytes() for name in list_files(folder)}


def test_one_that_died_leaves_its_lock_and_nothing_is_lost(tree, object_server):
    """Killed in mid-round where the system keeps its lock, as a file server may: the other goes on at once."""
    put = HeldPut(object_server)
    with run_uploader(tree, object_server, "leaves its lock") as first:
        assert put.is_there.wait(60)
        first.kill()
        first.wait()
        put.may_go.set()
        assert upload(tree, object_server) == "another uploads\n"
        move_elsewhere(tree, 3)
        (gone,) = find_gone_elsewhere(tree, {4}).values()
        assert UPLOADING in break_locks(tree, gone)
        assert upload(tree, object_server) == "done\n"
    assert object_server.read_all() == read_tree(tree)


def test_one_that_was_stopped_sends_nothing_old(tree, object_server):
    """What was on its way when it was stopped comes after what the other sent: that is sent once more."""
    label = describe_target(PublishKeys(target=object_server.address))
    put = HeldPut(object_server)
    with run_uploader(tree, object_server) as first:
        assert put.is_there.wait(60)
        first.send_signal(signal.SIGSTOP)
        move_elsewhere(tree, 3)
        (gone,) = find_gone_elsewhere(tree, {4}).values()
        assert UPLOADING in break_locks(tree, gone)
        write_files(tree, dict.fromkeys(read_tree(tree), b"new"))
        assert upload(tree, object_server) == "done\n"
        assert not has_uploads(tree, label)
        asked = len(object_server.asked)
        put.may_go.set()
        first.send_signal(signal.SIGCONT)
        assert "another process publishes by now" in first.stdout.read()
        assert object_server.asked[asked:] == [("PUT", FIRST)]
    assert object_server.read(FIRST)[0] == b"old"
    assert read_waiting(tree, label) == (FIRST,)
    assert upload(tree, object_server) == "done\n"
    assert object_server.read_all() == read_tree(tree) == dict.fromkeys(read_tree(tree), b"new")


def test_a_lock_that_was_given_up_is_noticed_before_anything_is_sent(tree):
    """The list of what waits stays the other's as well."""
    with try_to_lock_uploads(tree) as lost:
        lost.check()
        (tree / UPLOADING).unlink()  # what is left of it for others
        with subprocess.Popen([sys.executable, "-c", UPLOADER, str(tree), "", "only locks", "4"]) as process:
            assert process.wait() == 0
        assert lost.is_lost()
