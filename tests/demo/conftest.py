"""Fixtures of the demo's tests."""

import pytest

from tests.demo.visitor import visiting


@pytest.fixture
def visitor():
    """A visitor of a newsroom that has just opened."""
    with visiting() as found:
        yield found
