"""A small published tree, and a server of it on a free port."""

import pytest

from aggregator.serve import Server, create_app
from tests.serve.client import Client
from tests.serve.tree import write_tree


@pytest.fixture
def tree(tmp_path):
    """A tree of the test's own, to be changed at will."""
    return write_tree(tmp_path)


@pytest.fixture
def server(tree):
    """A running server of the test's own tree."""
    with Server(create_app(tree), "127.0.0.1", 0) as running:
        yield running


@pytest.fixture
def client(server):
    """A client of the test's own server, with one connection."""
    with Client(server.port) as client:
        yield client


@pytest.fixture(scope="session")
def unchanging(tmp_path_factory):
    """A server of a tree that no test changes."""
    folder = write_tree(tmp_path_factory.mktemp("unchanging"))
    with Server(create_app(folder), "127.0.0.1", 0) as running:
        yield running


@pytest.fixture
def reader(unchanging):
    """A client of the unchanging server, with one connection."""
    with Client(unchanging.port) as client:
        yield client
