"""Stores of every kind that the contract holds for."""

from pathlib import Path

import pytest

from aggregator.store import open_store
from tests.empty_store import put_empty_store


@pytest.fixture
def url(tmp_path):
    """The address of a new, empty database, whose folder does not exist yet."""
    return f"sqlite:///{tmp_path}/new/aggregator.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, url):
    """An open, empty store of each kind."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        with server.open_new_store() as opened:
            yield opened
        return
    put_empty_store(Path(url.removeprefix("sqlite:///")))
    with open_store(url) as opened:
        yield opened
