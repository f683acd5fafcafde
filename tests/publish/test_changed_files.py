"""The list of files that are still to be uploaded: no name is lost, whenever its writer is killed."""

import os
import threading

import pytest

from aggregator.errors import PublishError
from aggregator.publish.changed_files import (
    CHANGED,
    ListHead,
    drop_changes,
    has_changes,
    keep_changes,
    note_changes,
    read_changes,
)
from aggregator.publish.files import remove_files, write_files

HEAD = ListHead(target="s3://bucket", form=1)


@pytest.fixture
def folder(tmp_path):
    """A tree with an empty list."""
    keep_changes(tmp_path, HEAD, (), read_bytes=0)
    return tmp_path


def test_without_a_list_nothing_is_noted(tmp_path):
    """A site that uploads nothing has no such file."""
    write_files(tmp_path, {"ai/rss.xml": b"one"})
    assert not (tmp_path / CHANGED).exists()
    assert (has_changes(tmp_path), read_changes(tmp_path)) == (False, None)


def test_what_is_written_and_removed_is_noted(folder):
    """In the order of the changes, each once; what is written again unchanged is not."""
    write_files(folder, {"ai/rss.xml": b"one", "index.html": b"one"})
    write_files(folder, {"ai/rss.xml": b"one", "index.html": b"two"})
    remove_files(folder, ["ai/rss.xml"])
    assert read_changes(folder).names == ("ai/rss.xml", "index.html")
    assert has_changes(folder)


def test_a_name_is_noted_before_its_file_changes(folder):
    """A file whose name cannot be written down stays as it is."""
    write_files(folder, {"rss.xml": b"one"})
    (folder / CHANGED).unlink()
    (folder / CHANGED).mkdir()
    with pytest.raises(PublishError, match=r"\.changed: cannot be written"):
        write_files(folder, {"rss.xml": b"two"})
    assert (folder / "rss.xml").read_bytes() == b"one"


def test_compressed_copies_that_come_or_go_are_noted(folder):
    """Also where their file stays as it is."""
    body = b"text " * 200
    write_files(folder, {"rss.xml": body})
    noted = []
    for has_variants in (True, True, False, False):
        keep_changes(folder, HEAD, (), read_bytes=read_changes(folder).length_bytes)
        write_files(folder, {"rss.xml": body}, has_variants=has_variants)
        noted.append(read_changes(folder).names)
    assert noted == [("rss.xml",), (), ("rss.xml",), ()]


def test_what_was_done_goes_and_what_came_meanwhile_stays(folder):
    """Names that are noted while others are uploaded are not lost."""
    note_changes(folder, ["a", "b", "c"])
    known = read_changes(folder)
    note_changes(folder, ["d", "a"])
    keep_changes(folder, HEAD, ["c"], read_bytes=known.length_bytes)
    assert read_changes(folder).names == ("c", "d", "a")


def test_a_line_that_a_kill_cut_short_spoils_no_other(folder):
    """Its own file was not changed yet."""
    note_changes(folder, ["a"])
    with (folder / CHANGED).open("ab") as file:
        file.write(b'\n"b/half-a-na')
    note_changes(folder, ["c"])
    assert read_changes(folder).names == ("a", "c")


@pytest.mark.parametrize("content", [b"", b"no json\n", b'{"target": 1, "unknown": 2}\n', b'[]\n\n"a"\n'])
def test_a_list_that_nobody_can_read_is_none(folder, content):
    """All files are compared then."""
    (folder / CHANGED).write_bytes(content)
    assert read_changes(folder) is None
    assert has_changes(folder)


def test_names_are_kept_as_they_are(folder):
    """Whatever signs they have."""
    names = ("a b", "ü/ß.html", 'q"uote\\', "line\nend", os.fsdecode(b"\xff"))
    note_changes(folder, names)
    assert read_changes(folder).names == names


def test_writers_at_the_same_time_lose_nothing(folder):
    """While another takes out what was done."""
    done = []

    def write(number):
        for count in range(20):
            note_changes(folder, [f"{number}/{count}"])

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers) or has_changes(folder):
        known = read_changes(folder)
        done += known.names
        keep_changes(folder, HEAD, (), read_bytes=known.length_bytes)
    assert sorted(done) == sorted(f"{number}/{count}" for number in range(4) for count in range(20))


def test_a_list_that_is_dropped_notes_nothing_more(folder):
    """As where the setting was removed."""
    note_changes(folder, ["a"])
    drop_changes(folder)
    note_changes(folder, ["b"])
    assert not (folder / CHANGED).exists()
