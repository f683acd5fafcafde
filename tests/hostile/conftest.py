"""The hostile server, and a desk that polls from it."""

import pytest

from tests.hostile.desk import HostileDesk
from tests.hostile.server import HostileServer


@pytest.fixture
def hostile():
    """A running hostile server."""
    with HostileServer() as server:
        yield server


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    """A database after one round in which both sources behaved: made once, copied by every test."""
    folder = tmp_path_factory.mktemp("seeded")
    with HostileServer() as server, HostileDesk(folder, server) as desk:
        desk.seed()
    return desk.database


@pytest.fixture
def desk(tmp_path, hostile, seeded):
    """A desk whose hostile source has behaved once, so that three of its articles are stored."""
    with HostileDesk(tmp_path, hostile, seeded=seeded) as opened:
        yield opened
