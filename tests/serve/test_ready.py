"""``/readyz``: whether the service can do its work, and which part of it cannot."""

import json
import time

from structlog.testing import capture_logs

from aggregator.serve import Server, create_app
from tests.serve.client import Client


def ask_ready(tree, checks, **options):
    """Return the status and the JSON of /readyz of a server with these checks."""
    app = create_app(tree, checks=checks, **options)
    with Server(app, "127.0.0.1", 0) as server, Client(server.port) as client:
        reply = client.get("/readyz")
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    return reply.status, json.loads(reply.body)


def test_a_server_alone_is_ready(tree):
    """It serves files as long as it answers."""
    assert ask_ready(tree, {}) == (200, {"ok": True, "checks": {}, "status": "ok"})


def test_each_check_is_named_with_what_it_says(tree):
    """One that finds something makes the answer 503, but for the network, and the others are told beside it."""
    well = {"store": lambda: None, "scheduler": lambda: None}
    assert ask_ready(tree, well) == (
        200,
        {"ok": True, "checks": {"store": "ok", "scheduler": "ok"}, "status": "ok"},
    )
    late = {**well, "scheduler": lambda: "no ticks"}
    assert ask_ready(tree, late) == (
        503,
        {"ok": False, "checks": {"store": "ok", "scheduler": "no ticks"}, "status": "failing"},
    )

    cut_off = {**well, "network": lambda: "it is down"}
    assert ask_ready(tree, cut_off) == (
        200,
        {
            "ok": True,
            "checks": {"store": "ok", "scheduler": "ok", "network": "it is down"},
            "status": "degraded",
        },
    )


def test_a_check_that_raises_or_hangs_fails_alone(tree):
    """What an error says, which may be secret, stays in the log, once, and a store that hangs is told of in time."""

    def broken():
        raise RuntimeError("postgresql://user:password@db")

    checks = {"store": lambda: time.sleep(1), "scheduler": broken, "publishing": lambda: None}
    app = create_app(tree, checks=checks, health_within_s=0.2)
    with capture_logs() as lines, Server(app, "127.0.0.1", 0) as server, Client(server.port) as client:
        replies = [client.get("/readyz") for _ in range(2)]
    assert [reply.status for reply in replies] == [503, 503]
    assert json.loads(replies[1].body)["checks"] == {
        "store": "no answer within 0.2 s",
        "scheduler": "it could not be told: see the log",
        "publishing": "ok",
    }
    assert [(line["event"], line["check"]) for line in lines] == [("ready", "scheduler")]
