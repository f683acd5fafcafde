"""Fixtures that every test may ask for, and how tests are run."""

import pytest

from tests.loopback import loopback
from tests.profiles import register_profiles

__all__ = ["loopback"]

register_profiles()


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server."""
    from tests.postgresql import run_postgresql  # most tests need no database

    with run_postgresql() as server:
        yield server


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Run files that are named in this process, which begins sooner; else as many as there are processors."""
    return 0 if any(".py" in word for word in config.args) else None
