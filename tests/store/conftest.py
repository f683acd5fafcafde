"""Stores of every kind that the contract holds for."""

from pathlib import Path

import pytest

from aggregator.store import open_store
from tests.empty_store import put_empty_store


def _sqlite(folder):
    return f"sqlite:///{folder}/new/aggregator.db"


MADE_BY = {"sqlite": _sqlite}


@pytest.fixture(params=MADE_BY)
def url(request, tmp_path):
    """The address of a new, empty database of each kind; SQLite's folder does not exist yet."""
    return MADE_BY[request.param](tmp_path)


@pytest.fixture
def store(url):
    """An open, empty store."""
    if url.startswith("sqlite:///"):
        put_empty_store(Path(url.removeprefix("sqlite:///")))
    with open_store(url) as opened:
        yield opened
