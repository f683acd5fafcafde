"""The feed of what operators are told: for whoever may read the metrics, and hidden from all others."""

import pytest

from aggregator.publish.tree_paths import OPERATIONS
from aggregator.serve import MetricsAccess, Server, create_app
from tests.serve.client import Client


def ask(tree, metrics, headers=()):
    """Return the status and the body of the feed, from a server of a tree that has it."""
    file = tree / OPERATIONS
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"<feed/>")
    with Server(create_app(tree, metrics=metrics), "127.0.0.1", 0) as server, Client(server.port) as client:
        replies = [client.get(f"/{OPERATIONS}", **dict(headers)) for _ in range(2)]
        folder = client.get("/_operations/")
    assert folder.status == 404
    assert {reply.headers["Cache-Control"] for reply in replies} == {"no-store"}
    return replies[1].status, replies[1].body


@pytest.mark.parametrize("is_public", [True, False])
def test_who_may_read_metrics_reads_it(tree, is_public):
    """A program on this machine asks for itself."""
    assert ask(tree, MetricsAccess(render=lambda: b"", is_public=is_public)) == (200, b"<feed/>")


def test_for_others_there_is_nothing(tree):
    """Where a proxy asks for somebody, and where no metrics are served."""
    forwarded = {"X-Forwarded-For": "192.0.2.1"}
    assert ask(tree, MetricsAccess(render=lambda: b""), forwarded)[0] == 404
    assert ask(tree, None)[0] == 404
