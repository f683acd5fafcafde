"""A database that somebody removes or replaces while the service runs."""

import pytest
from structlog.testing import capture_logs

from aggregator.service.store_watch import StoreWatch


@pytest.fixture
def file(tmp_path):
    """A database that the service has open."""
    path = tmp_path / "data" / "aggregator.db"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


def test_a_database_that_is_removed_is_reported_once_in_the_log(file):
    """Health says so as long as it is so, with the file and what to do."""
    watch = StoreWatch(file=file)
    assert watch.find_problem() is None
    with file.open("rb"), capture_logs() as logged:
        file.unlink()
        file.parent.rmdir()
        reported = [watch.find_problem(), watch.find_problem()]
    assert reported[0] == reported[1]
    assert f"{file} was removed while the service runs" in (reported[0] or "")
    assert "start it again" in (reported[0] or "")
    assert [line["event"] for line in logged] == ["store"]


def test_another_database_in_its_place_is_reported(file):
    """A backup that is put there under the service is not what the service writes to."""
    watch = StoreWatch(file=file)
    assert watch.find_problem() is None
    kept = file.with_suffix(".away")
    file.rename(kept)
    file.write_bytes(b"new")
    assert f"{file} was replaced" in (watch.find_problem() or "")
    kept.replace(file)
    assert watch.find_problem() is None


def test_what_is_only_written_to_is_well(file):
    """New content is what the service itself writes."""
    watch = StoreWatch(file=file)
    watch.find_problem()
    with file.open("ab") as database:
        database.write(b"more")
    assert watch.find_problem() is None


def test_a_store_that_is_no_file_has_nothing_to_watch(tmp_path):
    """Neither has one that is not there yet."""
    assert StoreWatch(file=None).find_problem() is None
    assert StoreWatch(file=tmp_path / "none.db").find_problem() is None
