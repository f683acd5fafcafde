"""Workers that write to the tree: which of those that are gone keep a lock of it, told by the system."""

import subprocess
import sys
from contextlib import contextmanager

from aggregator.machine.processes import end_process
from aggregator.publish.folder_locks import lock_publication
from aggregator.publish.tree_writers import FOLDER, find_gone_writers, forget_writer, note_writer

WORKER = """
import sys, time
from contextlib import nullcontext
from pathlib import Path
from aggregator.publish.folder_locks import lock_publication
from aggregator.publish.tree_writers import note_writer

folder = Path(sys.argv[1])
note_writer(folder, 3)
with lock_publication(folder) if sys.argv[2] == "locks" else nullcontext():
    print("ready", flush=True)
    time.sleep(600)
"""


@contextmanager
def running(folder, *, locks):
    """Run a process that is worker 3, and has a lock of the tree or none."""
    words = [sys.executable, "-c", WORKER, str(folder), "locks" if locks else "does not"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def test_one_that_is_gone_and_keeps_a_lock_is_found_and_ended(tmp_path):
    """Its lock is free then, and nothing is noted of it any more."""
    with running(tmp_path, locks=True) as process:
        assert find_gone_writers(tmp_path, {3}) == {}
        found = find_gone_writers(tmp_path, {4})
        assert found[3].pid == process.pid
        end_process(found[3])
        process.wait()
    with lock_publication(tmp_path):
        assert find_gone_writers(tmp_path, {4}) == {}
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_one_without_a_lock_is_left_alone(tmp_path):
    """It begins anew by itself, and keeps nothing from others."""
    with running(tmp_path, locks=False):
        assert find_gone_writers(tmp_path, ()) == {}
        assert len(list((tmp_path / FOLDER).iterdir())) == 1


def test_another_process_of_the_same_number_is_none_of_ours(tmp_path):
    """It began at another time, on another machine, or before this one was started anew."""
    with running(tmp_path, locks=True):
        (noted,) = (tmp_path / FOLDER).iterdir()
        text = noted.read_text(encoding="utf-8")
        for field in ("host", "space", "boot", "started"):
            noted.write_text(text.replace(f'"{field}": "', f'"{field}": "1'), encoding="utf-8")
            assert find_gone_writers(tmp_path, ()) == {}
            noted.write_text(text, encoding="utf-8")
        noted.write_text("{", encoding="utf-8")
        assert find_gone_writers(tmp_path, ()) == {}


def test_a_worker_that_ends_is_forgotten(tmp_path):
    """What it was known by goes with it; it may have had several numbers."""
    for number in (3, 5):
        note_writer(tmp_path, number)
    forget_writer(tmp_path)
    forget_writer(tmp_path)
    assert list((tmp_path / FOLDER).iterdir()) == []
