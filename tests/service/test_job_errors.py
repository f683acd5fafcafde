"""What keeps a job from its work is told, but not with every try."""

import errno

import pytest

from aggregator.errors import StoreError
from aggregator.service import job_errors
from aggregator.service.job_errors import JobErrors


def test_an_error_that_stays_is_reported_once_a_minute(capsys, monkeypatch):
    """What the store says to all jobs once, and again where it is another or a minute has passed."""
    errors = JobErrors()
    for _ in range(100):
        errors.log_error("tick", StoreError("a.db: unable to open database file"))
        errors.log_error("group", StoreError("a.db: unable to open database file"))
    assert capsys.readouterr().out.count("unable to open") == 1
    errors.log_error("tick", StoreError("a.db: database or disk is full"))
    errors.log_error("tick", StoreError("a.db: unable to open database file"))
    assert capsys.readouterr().out.count("a.db: ") == 2
    monkeypatch.setattr(job_errors, "AGAIN_AFTER_S", 0)
    errors.log_error("tick", StoreError("a.db: unable to open database file"))
    assert capsys.readouterr().out.count("unable to open") == 1


def fail(error):
    """Raise an error."""
    raise error


@pytest.mark.parametrize(
    ("error", "lines"), [(OSError(errno.EMFILE, "x"), 1), (MemoryError(), 1), (ZeroDivisionError("x"), 0)]
)
def test_only_a_fault_of_ours_has_a_traceback(capsys, error, lines):
    """What the machine lacks is one line."""
    with pytest.raises(type(error)) as raised:
        fail(error)
    JobErrors().log_error("publish", raised.value)
    reported = capsys.readouterr().out
    assert ("Traceback" not in reported) == bool(lines)
    assert (reported.count("\n") == 1) == bool(lines)
