"""Writing the tree: whole files, only where they changed, and removing what is no longer published."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from aggregator.errors import PublishError
from aggregator.publish.files import FILES_TOGETHER, read_stamp, remove_files, start_files, write_files
from aggregator.publish.folder_locks import lock_folder
from aggregator.publish.topic_folders import remove_topics
from aggregator.publish.unfinished_files import clear_unfinished
from tests.builders import channel, example_article
from tests.publish.rendering import topic_files


def _files(folder):
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in paths if path.name != ".writing.lock"}


def test_writes_files_into_new_folders(tmp_path):
    """Folders are made as needed, and the result names what changed."""
    written = write_files(tmp_path / "feeds", {"ai/rss.xml": b"one", "index.html": b"two"})
    assert written.changed == ("ai/rss.xml", "index.html")
    assert (written.unchanged, written.errors) == (0, ())
    assert (tmp_path / "feeds/ai/rss.xml").read_bytes() == b"one"
    assert _files(tmp_path / "feeds") == {"ai/rss.xml", "index.html"}


def test_does_not_touch_a_file_with_the_same_bytes(tmp_path):
    """An unchanged file keeps its time and its place on the disk; a changed one of equal size does not."""
    write_files(tmp_path, {"same": b"one", "other": b"one"})
    os.utime(tmp_path / "same", (1, 1))
    before = (tmp_path / "same").stat()
    written = write_files(tmp_path, {"same": b"one", "other": b"two"})
    after = (tmp_path / "same").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert (written.changed, written.unchanged) == (("other",), 1)
    assert (tmp_path / "other").read_bytes() == b"two"


def test_files_can_be_read_by_others(tmp_path):
    """A web server of another user may read what is written, as far as the process's mask allows."""
    write_files(tmp_path, {"rss.xml": b"one"})
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "rss.xml").stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/etc/out", "", "a\0b", ".."])
def test_refuses_names_that_lead_out_of_the_folder(tmp_path, name):
    """Such a name is an error; the other files are written."""
    written = write_files(tmp_path / "feeds", {name: b"one", "good": b"two"})
    assert len(written.errors) == 1
    assert written.changed == ("good",)
    assert _files(tmp_path) == {"feeds/good"}


def test_refuses_a_symbolic_link_that_leads_out_of_the_folder(tmp_path):
    """A link below the folder does not let files be written elsewhere."""
    elsewhere, feeds = tmp_path / "elsewhere", tmp_path / "feeds"
    elsewhere.mkdir()
    feeds.mkdir()
    (feeds / "ai").symlink_to(elsewhere)
    (elsewhere / "page").write_bytes(b"mine")
    (feeds / "page").symlink_to(elsewhere / "page")
    assert len(write_files(feeds, {"ai/rss.xml": b"one", "page": b"one"}).errors) == 2
    assert len(write_files(feeds, {"ai/rss.xml": b"one", "page": b"one"}, is_compared=False).errors) == 2
    with pytest.raises(PublishError, match="ai/page: not removed: it is outside of the folder"):
        remove_files(feeds, ["ai/page"])
    assert _files(elsewhere) == {"page"}
    assert (elsewhere / "page").read_bytes() == b"mine"


def test_follows_a_symbolic_link_that_stays_in_the_folder(tmp_path):
    """A folder of the tree may be a link to another one."""
    (tmp_path / "there").mkdir()
    (tmp_path / "ai").symlink_to("there")
    assert not write_files(tmp_path, {"ai/rss.xml": b"one"}).errors
    assert (tmp_path / "there/rss.xml").read_bytes() == b"one"


def test_removes_files_and_what_they_leave_empty(tmp_path):
    """Only the files that are named go, and the folders that have nothing in them then, but the root."""
    write_files(tmp_path, {"a/b/c/one": b"1", "a/b/two": b"2", "d/three": b"3", "four": b"4"})
    assert remove_files(tmp_path, ["a/b/c/one", "a/b/c/gone", "nowhere/x", "four/x", "d/three"]) == 2
    assert _files(tmp_path) == {"a/b/two", "four"}
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_dir()) == ["a", "b"]
    assert remove_files(tmp_path, ["a/b/two", "four"]) == 2
    assert [path.name for path in tmp_path.iterdir()] == [".writing.lock"]


def test_one_failure_does_not_stop_the_others(tmp_path):
    """A file that cannot be written is named, leaves nothing half-written, and the rest is done."""
    (tmp_path / "blocked/inside").mkdir(parents=True)
    written = write_files(tmp_path, {"first": b"1", "blocked": b"2", "last": b"3"})
    assert written.changed == ("first", "last")
    assert [str(tmp_path / "blocked") in error for error in written.errors] == [True]
    assert _files(tmp_path) == {"first", "last"}


def test_says_when_the_folder_cannot_be_used(tmp_path):
    """A file in the folder's place is one PublishError that names it."""
    (tmp_path / "feeds").write_text("in the way")
    with pytest.raises(PublishError, match="feeds: a file stands where a folder is to be; move it away"):
        write_files(tmp_path / "feeds", {"a": b"1"})


def test_replaces_what_a_killed_writer_left(tmp_path):
    """An unfinished file does not stand in the way of the next writing."""
    write_files(tmp_path, {"ai/rss.xml": b"one"})
    (tmp_path / "ai/.rss.xml.unfinished").write_bytes(b"half of a long file")
    assert write_files(tmp_path, {"ai/rss.xml": b"two"}).changed == ("ai/rss.xml",)
    assert _files(tmp_path) == {"ai/rss.xml"}
    assert (tmp_path / "ai/rss.xml").read_bytes() == b"two"


def test_puts_no_file_in_place_that_another_process_wrote(tmp_path):
    """One that was taken for gone may write under the same name at any moment: the last version stays."""
    write_files(tmp_path, {"rss.xml": b"one"})
    with lock_folder(tmp_path):
        started = start_files(tmp_path, {"rss.xml": b"two", "atom.xml": b"two"})
        unfinished = tmp_path / ".rss.xml.unfinished"
        unfinished.rename(tmp_path / "ours")
        unfinished.write_bytes(b"old")
        written = started.finish()
    assert (written.changed, "rss.xml" in written.stamps) == (("atom.xml",), False)
    assert "rss.xml: not written, its last version stays: another process" in written.errors[0]
    assert (tmp_path / "rss.xml").read_bytes() == b"one"
    assert unfinished.read_bytes() == b"old"


def test_clears_what_killed_writers_left_anywhere(tmp_path):
    """Unfinished files go, and folders that hold nothing else."""
    write_files(tmp_path, {"ai/rss.xml": b"one"})
    (tmp_path / "ai/.atom.xml.unfinished").write_bytes(b"half")
    (tmp_path / "new").mkdir()
    (tmp_path / "new/.rss.xml.unfinished").write_bytes(b"half")
    assert clear_unfinished(tmp_path) == 2
    assert _files(tmp_path) == {"ai/rss.xml"}
    assert not (tmp_path / "new").exists()


def test_tells_a_file_from_a_later_one(tmp_path):
    """Writing gives the stamp of each file, which it has until somebody puts another in its place."""
    first = write_files(tmp_path, {"ai/rss.xml": b"one", "ai": b"in the way"})
    assert first.stamps == {"ai/rss.xml": read_stamp(tmp_path / "ai/rss.xml")}
    assert write_files(tmp_path, {"ai/rss.xml": b"one"}).stamps == first.stamps
    later = write_files(tmp_path, {"ai/rss.xml": b"two"}).stamps
    assert later == {"ai/rss.xml": read_stamp(tmp_path / "ai/rss.xml")} != first.stamps
    assert [read_stamp(tmp_path / name) for name in ("ai", "gone", "ai/rss.xml/below")] == [None] * 3


def test_writes_without_comparing_where_it_is_told_so(tmp_path):
    """A file that is known to differ is replaced without a look at the old bytes."""
    write_files(tmp_path, {"same": b"one"})
    assert write_files(tmp_path, {"same": b"one"}, is_compared=False).changed == ("same",)
    assert (tmp_path / "same").read_bytes() == b"one"


_WRITER = """
import sys
from itertools import count
from pathlib import Path
from aggregator.publish.files import FILES_TOGETHER, write_files
for round in count():
    content = bytes(str(round % 10), "ascii") * 100_000
    write_files(Path(sys.argv[1]), {f"topic{n}/rss.xml": content for n in range(5)})
    print(flush=True)
"""


def test_a_killed_writer_leaves_whole_files(tmp_path):
    """After SIGKILL at any moment each file is one version as a whole, and the next writer goes on."""
    chance = random.Random()
    for _ in range(5):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE)
        with writer:
            writer.stdout.readline()
            time.sleep(chance.uniform(0, 0.05))
            writer.send_signal(signal.SIGKILL)
        contents = [path.read_bytes() for path in tmp_path.glob("topic*/rss.xml")]
        assert [(len(content), len(set(content))) for content in contents] == [(100_000, 1)] * 5
    write_files(tmp_path, {f"topic{number}/rss.xml": b"done" for number in range(5)})
    assert _files(tmp_path) == {f"topic{number}/rss.xml" for number in range(5)}
    assert {path.read_bytes() for path in tmp_path.glob("topic*/rss.xml")} == {b"done"}


def test_writers_take_turns(tmp_path):
    """Several writers at once do not trip over each other, and one of them wins as a whole."""
    versions = [{f"{name}.xml": content * 1000 for name in range(20)} for content in (b"a", b"b", b"c", b"d")]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda files: write_files(tmp_path, files), versions))
    assert [result.errors for result in results] == [()] * 4
    assert len({(tmp_path / f"{name}.xml").read_bytes() for name in range(20)}) == 1


def test_who_holds_the_lock_writes_without_waiting(tmp_path):
    """Several writings may be one turn, and another thread waits until it is over."""
    with ThreadPoolExecutor(1) as pool:
        with lock_folder(tmp_path):
            other = pool.submit(write_files, tmp_path, {"file": b"other"})
            for content in (b"one", b"two"):
                assert write_files(tmp_path, {"file": content}).changed == ("file",)
            time.sleep(0.2)
            assert not other.done()
        assert other.result().changed == ("file",)
    assert (tmp_path / "file").read_bytes() == b"other"


def test_removes_the_files_of_topics_no_longer_kept(tmp_path):
    """A stale topic's files and folders go; kept topics and other files stay."""
    for topic_id in ("ai", "old"):
        write_files(tmp_path, topic_files(channel(topic_id), [example_article()]))
    (tmp_path / "README.md").write_text("ours")
    removed = remove_topics(tmp_path, keep={"ai"})
    assert set(removed) == {name.replace("ai/", "old/") for name in topic_files(channel(), [])}
    assert not (tmp_path / "old").exists()
    assert (tmp_path / "ai/articles/rss.xml").exists()
    assert (tmp_path / "README.md").exists()


def test_removing_leaves_what_others_put_there(tmp_path):
    """A file that publishing does not write stays with its folder, and so does a folder that is none of ours."""
    write_files(tmp_path, topic_files(channel("old"), []))
    (tmp_path / "old/notes.txt").write_text("mine")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.html").write_text("mine")
    remove_topics(tmp_path, keep=())
    assert _files(tmp_path) == {"old/notes.txt", "docs/index.html"}


def test_a_removal_that_was_broken_off_is_taken_up_again(tmp_path):
    """The feed that marks a topic's folder goes last, so the next removal finds the rest."""
    write_files(tmp_path, topic_files(channel("old"), []))
    (tmp_path / "old/index.html").unlink()
    (tmp_path / "old/articles/atom.xml").unlink()
    removed = remove_topics(tmp_path, keep=())
    assert removed[-1] == "old/articles/rss.xml"
    assert not (tmp_path / "old").exists()


def test_there_is_nothing_to_remove_before_the_first_publishing(tmp_path):
    """A missing folder is no error and is not made."""
    assert remove_topics(tmp_path / "feeds", keep=()) == ()
    assert not (tmp_path / "feeds").exists()


def test_a_file_may_come_in_more_parts_than_the_system_takes_at_once(tmp_path):
    """Its bytes are those of the parts, and it is not written again where it has them."""
    parts = tuple(f"part {number}\n".encode() for number in range(2_500))
    files = {f"{number}.txt": parts for number in range(FILES_TOGETHER + 1)}
    assert write_files(tmp_path, files).changed == tuple(files)
    assert {(tmp_path / name).read_bytes() for name in files} == {b"".join(parts)}
    assert write_files(tmp_path, files).unchanged == len(files)
    assert write_files(tmp_path, files, is_compared=False).changed == tuple(files)
