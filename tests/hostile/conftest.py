"""The hostile server, and a rig that polls from it."""

import pytest

from tests.hostile.rig import PollingRig
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
    with HostileServer() as server, PollingRig(folder, server) as rig:
        rig.seed()
    return rig.database


@pytest.fixture
def rig(tmp_path, hostile, seeded):
    """A rig whose hostile source has behaved once, so that three of its articles are stored."""
    with PollingRig(tmp_path, hostile, seeded=seeded) as opened:
        yield opened
