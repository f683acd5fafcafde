"""Pushes that wait to be read."""

from datetime import UTC, datetime

import pytest

from aggregator.model import Push
from aggregator.store import finish_push, put_push, take_pushes

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("body", [None, b"<rss/>"])
def test_a_push_that_comes_again_while_it_is_read_is_read_again(store, body):
    """That there is something new is not taken for read with what came before."""
    push = Push(token="t", received_at=NOW, body=body)
    put_push(store, push)
    (taken,) = take_pushes(store, 9)
    put_push(store, push)
    finish_push(store, taken)
    (again,) = take_pushes(store, 9)
    assert again.push == push
    finish_push(store, again)
    assert take_pushes(store, 9) == ()
