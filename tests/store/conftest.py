"""Stores of every kind that the contract holds for."""

import pytest

from aggregator.store import open_store


@pytest.fixture
def url(tmp_path):
    """The address of a new SQLite database in a folder that does not exist yet."""
    return f"sqlite:///{tmp_path}/new/aggregator.db"


@pytest.fixture
def store(url):
    """An open, empty store."""
    with open_store(url) as opened:
        yield opened
