"""Fixtures that every test may ask for, and how tests are run."""

import os
import signal

import pytest

from tests.loopback import loopback
from tests.profiles import register_profiles
from tests.rewriting import import_share

__all__ = ["loopback"]

register_profiles()
# A shell that starts the tests in the background has them, and all that they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server."""
    from tests.postgresql import run_postgresql  # most tests need no database

    with run_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def object_server():
    """An object store."""
    from tests.object_store import run_object_store  # few tests need one

    with run_object_store() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """The address of an empty store on each kind of database."""
    if request.param == "postgresql":
        with request.getfixturevalue("postgresql").lend_store() as url:
            yield url
        return
    from tests.empty_store import put_empty_store

    yield put_empty_store(tmp_path / "aggregator.db")


def pytest_collection(session: pytest.Session) -> None:
    """Have each of the processes rewrite assertions of other modules first, which all find done afterwards."""
    worker = getattr(session.config, "workerinput", None)
    if worker and session.config.args == session.config.getini("testpaths"):
        import_share(int(worker["workerid"].removeprefix("gw")), worker["workercount"])


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Run files that are named in this process, which begins sooner; else twice as many as processors.

    Tests with servers and services wait for half of their time.
    """
    return 0 if any(".py" in word for word in config.args) else (os.cpu_count() or 1) * 2
