"""A changed file counts once it stands still."""

import os

import pytest

from aggregator.config.files.file_watch import FileWatch, read_stamps

OLD, HALF, WHOLE = ({"topics.yaml": (n, n, 1)} for n in range(3))


def test_nothing_is_due_without_a_change():
    """Files that are as they were read need no reading, however long that is ago."""
    assert not FileWatch.begin(OLD, 0).update(OLD, 1_000).is_due(1_000)


def test_a_change_is_due_after_two_seconds():
    """A changed file is waited for until it stood still for two seconds."""
    watch = FileWatch.begin(OLD, 0).update(WHOLE, 10)
    assert [watch.update(WHOLE, now).is_due(now) for now in (10, 11, 11.9, 12)] == [False, False, False, True]


def test_a_file_that_is_still_written_is_not_due():
    """What changes again begins its two seconds anew: half a file is never read."""
    watch = FileWatch.begin(OLD, 0).update(HALF, 10).update(HALF, 11).update(WHOLE, 11.5)
    assert not watch.is_due(12)
    assert not watch.is_due(13.4)
    assert watch.is_due(13.5)


def test_a_change_that_is_taken_back_is_none():
    """A file that is as it was read before it stood still was never another."""
    assert not FileWatch.begin(OLD, 0).update(HALF, 10).update(OLD, 11).is_due(20)


@pytest.mark.parametrize("change", ["rename over", "write in place", "keep the time", "remove", "add"])
def test_every_way_of_writing_is_seen(folder, change):
    """Editors rename or rewrite, copies keep the time of the original: each is another stamp."""
    path = folder / "topics.yaml"
    before, status = read_stamps(folder), path.stat()
    if change == "rename over":
        fresh = folder / ".topics.yaml.new"
        fresh.write_bytes(path.read_bytes())
        os.utime(fresh, ns=(status.st_atime_ns, status.st_mtime_ns))
        fresh.replace(path)
    elif change == "write in place":
        path.write_bytes(b"topics: [] ")
    elif change == "keep the time":
        path.write_bytes(b"topics: []  # none\n")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif change == "remove":
        path.unlink()
    else:
        (folder / "settings.yaml").write_text("site: {}\n", encoding="utf-8")
    assert read_stamps(folder) != before


def test_other_files_are_not_watched(folder):
    """A lock file or backup beside the four changes nothing."""
    before = read_stamps(folder)
    (folder / "topics.yaml~").write_text("topics: []\n", encoding="utf-8")
    (folder / ".#topics.yaml").symlink_to("somebody@somewhere.4711")
    assert read_stamps(folder) == before
