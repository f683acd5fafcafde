"""Workers that write to the tree: which of those that are gone keep a lock of it, told by the system."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from aggregator.machine.processes import end_process
from aggregator.publish.files import start_files, write_files
from aggregator.publish.folder_locks import lock_folder, lock_publication
from aggregator.publish.tree_writers import (
    FOLDER,
    break_locks,
    find_gone_elsewhere,
    find_gone_writers,
    forget_writer,
    name_tree,
    note_help,
    note_writer,
    read_roles,
)
from tests.builders import NOW
from tests.elsewhere import move_elsewhere

WORKER = """
import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from aggregator.errors import PublishError
from aggregator.publish.files import remove_files, write_files
from aggregator.publish.folder_locks import lock_publication
from aggregator.publish.tree_writers import note_writer

class StoppingFiles(dict):
    stopped = set()

    def __getitem__(self, name):
        if name not in self.stopped:  # it is about to be written under another name
            self.stopped.add(name)
            os.kill(os.getpid(), signal.SIGSTOP)
        return super().__getitem__(name)

folder = Path(sys.argv[1])
note_writer(folder, 3)
with lock_publication(folder) if sys.argv[2] == "locks" else nullcontext():
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            files = {"a.xml": b"old", "b.xml": b"old"}
            if line == "stop\\n":
                files = StoppingFiles(files)
            written = write_files(folder, files) if line != "remove\\n" else None
            print(written.changed if written else remove_files(folder, ["a.xml"]), flush=True)
        except PublishError as error:
            print(error, flush=True)
"""


@contextmanager
def running(folder, *, locks):
    """Run a process that is worker 3, and has a lock of the tree or none."""
    words = [sys.executable, "-c", WORKER, str(folder), "locks" if locks else "does not"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def test_a_tree_has_a_name_that_stays_its_own(tmp_path):
    """All that write to it read the same, also where several name it at once; another tree has another."""
    folder = tmp_path / "feeds"
    with ThreadPoolExecutor(8) as threads:
        names = set(threads.map(name_tree, [folder] * 8))
    assert names == {name_tree(folder)}
    assert [path.name for path in folder.iterdir()] == [".tree"]
    assert name_tree(tmp_path / "other") not in names


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


def test_who_arranges_and_who_helps_is_told(tmp_path):
    """By who had the lock of publications last, and who wrote topics of late."""
    assert read_roles(tmp_path, NOW) == {}
    note_writer(tmp_path, 5)
    with running(tmp_path, locks=True):
        assert read_roles(tmp_path, NOW) == {3: "arranges", 5: "stands by"}
        note_help(tmp_path, NOW)
        roles = [read_roles(tmp_path, NOW + timedelta(minutes=after))[5] for after in (0, 9, 11)]
        assert roles == ["helps", "helps", "stands by"]


def ask(process, what):
    """Have a process write files, or remove one, and return what it says of that."""
    process.stdin.write(f"{what}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_one_that_is_gone_elsewhere_changes_nothing_once_others_publish(tmp_path):
    """It was stopped with the lock: another gets that at once, and what it does when it goes on is refused."""
    with running(tmp_path, locks=True) as process:
        assert ask(process, "write") == "('a.xml', 'b.xml')"
        process.send_signal(signal.SIGSTOP)
        move_elsewhere(tmp_path, 3)
        assert find_gone_writers(tmp_path, {4}) == find_gone_elsewhere(tmp_path, {3, 4}) == {}
        (gone,) = find_gone_elsewhere(tmp_path, {4}).values()
        assert break_locks(tmp_path, gone) == [".publishing.lock", ".writing.lock"]
        assert find_gone_elsewhere(tmp_path, {4}) == {}
        with lock_publication(tmp_path):
            write_files(tmp_path, {"a.xml": b"new"})
            process.send_signal(signal.SIGCONT)
            for what in ("write", "remove"):
                assert "another process publishes by now" in ask(process, what)
        assert "another process publishes by now" in ask(process, "write")
        assert (tmp_path / "a.xml").read_bytes() == b"new"
        assert not list(tmp_path.glob("*.unfinished"))


def test_one_that_is_gone_elsewhere_takes_no_file_that_another_is_writing(tmp_path):
    """It was stopped before it wrote one under another name: what the other writes so is not replaced."""
    with running(tmp_path, locks=True) as process:
        process.stdin.write("stop\n")
        process.stdin.flush()
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        move_elsewhere(tmp_path, 3)
        (gone,) = find_gone_elsewhere(tmp_path, {4}).values()
        break_locks(tmp_path, gone)
        new = {"a.xml": b"new", "b.xml": b"new"}
        with lock_folder(tmp_path):
            started = start_files(tmp_path, new)
            process.send_signal(signal.SIGCONT)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED)  # at the second file, behind the first
            assert started.finish().changed == tuple(new)
        process.send_signal(signal.SIGCONT)
        assert "another process publishes by now" in process.stdout.readline()
        assert {name: (tmp_path / name).read_bytes() for name in new} == new
        assert not list(tmp_path.glob("*.unfinished"))


def test_one_whose_lock_a_file_server_gave_up_changes_nothing(tmp_path):
    """Neither while another has it, nor after that."""
    with running(tmp_path, locks=True) as process:
        (tmp_path / ".publishing.lock").unlink()  # what is left of it for others
        with lock_publication(tmp_path):
            assert "another process publishes by now" in ask(process, "write")
        assert "another process publishes by now" in ask(process, "write")


def test_a_lock_that_another_has_by_now_is_left_to_it(tmp_path):
    """Of one that is gone only what it had last is broken."""
    with running(tmp_path, locks=False):
        move_elsewhere(tmp_path, 3)
        (gone,) = find_gone_elsewhere(tmp_path, ()).values()
        with lock_publication(tmp_path):
            assert break_locks(tmp_path, gone) == []
            assert write_files(tmp_path, {"a.xml": b"new"}).changed == ("a.xml",)
