"""Against the hub of Flask-WebSub, which others wrote."""

import importlib.util
import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.integration.site import ML, SiteFolder, ago, item, rss, run_service
from tests.loopback import Answer
from tests.websub.hub import send
from tests.websub.subscriber import AnnouncingSite, PushSubscriber

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("flask_websub") is None, reason="Flask-WebSub is not installed"
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class FlaskHub:
    """A running hub; ``url`` is where it takes requests."""

    def __init__(self, folder, algorithm):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.database = folder / "hub.db"
        self.url = f"http://127.0.0.1:{port}/hub"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.websub.flask_hub", str(port), str(self.database), algorithm],
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: _answers(port), "the hub did not start")

    def subscriptions(self):
        """Return topic and callback of what the hub holds."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute("SELECT topic_url, callback_url FROM hub").fetchall()

    def publish(self, topic):
        """Tell the hub that the topic has something new: it fetches it, and delivers."""
        fields = {"hub.mode": "publish", "hub.topic": topic}
        assert send("POST", self.url, urlencode(fields).encode(), FORM).status == 202


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(holds, why):
    """Wait until something holds, half a minute at the most."""
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, why
        time.sleep(0.05)


@pytest.fixture
def flask_hub(request, tmp_path):
    """The hub, signing with the algorithm that the test asks for."""
    hub = FlaskHub(tmp_path, getattr(request, "param", "sha512"))
    try:
        yield hub
    finally:
        hub.process.kill()
        hub.process.wait()


@pytest.mark.parametrize("flask_hub", ["sha1", "sha256", "sha384", "sha512"], indirect=True)
def test_subscribed_pushed_renewed_and_left(tmp_path, loopback, flask_hub):
    """The whole life of a subscription at a hub that knows nothing of us."""
    publisher = AnnouncingSite(loopback, flask_hub.url)
    with PushSubscriber(tmp_path, publisher.url) as subscriber:
        subscriber.poll()
        assert subscriber.subscribe() == 1
        wait_for(flask_hub.subscriptions, "the hub did not verify")
        assert flask_hub.subscriptions() == [(publisher.url, subscriber.subscription.callback_url)]
        assert subscriber.subscription.expires_at == subscriber.now + timedelta(days=10)
        publisher.show(4)
        flask_hub.publish(publisher.url)
        wait_for(lambda: subscriber.subscription.pushes, "the hub did not push")
        wait_for(lambda: subscriber.read().new == 1, "the push was not kept")
        assert subscriber.poll().new == 0
        assert subscriber.titles() == [f"Machine learning finds comet {n}" for n in (1, 2, 3, 4)]
        subscriber.pass_time(days=9)
        assert subscriber.subscribe() == 1
        wait_for(lambda: subscriber.subscription.verified_at == subscriber.now, "it was not renewed")
        subscriber.configure(enabled=False)
        assert subscriber.subscribe() == 1
        wait_for(lambda: not flask_hub.subscriptions(), "the hub did not let go")
        subscriber.subscribe()
        assert subscriber.subscription is None


def test_our_feeds_reach_a_subscriber_through_the_hub(tmp_path, loopback, flask_hub):
    """Polled, published, told, fetched and delivered: the feed that a subscriber asked the hub for."""
    _show(loopback, 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = SiteFolder(
        tmp_path / "site", [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML],
        site={"base_url": f"http://127.0.0.1:{port}"}, server={"port": port},
        websub={"publish_hubs": [flask_hub.url]},
    )  # fmt: skip
    delivered = []
    callback = loopback.route("/callback", partial(_take, delivered))
    with run_service(site) as service:
        topic = f"{service.url}ml/rss.xml"
        wait_for(lambda: _is_there(site.feeds / "ml" / "rss.xml", "comet 1"), "nothing was published")
        announced = (site.feeds / "ml" / "rss.xml").read_text()
        assert f'<atom:link href="{flask_hub.url}" rel="hub"/>' in announced
        assert f'<atom:link href="{topic}" rel="self"' in announced
        link = httpx.get(topic).headers["Link"]
        assert link == f'<{flask_hub.url}>; rel="hub", <{topic}>; rel="self"'
        assert "Link" not in httpx.get(f"{service.url}ml/").headers
        fields = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": callback}
        assert send("POST", flask_hub.url, urlencode(fields).encode(), FORM).status == 202
        wait_for(flask_hub.subscriptions, "the hub did not verify")
        _show(loopback, 2)
        wait_for(lambda: any(b"comet 2" in body for body in delivered), "the hub delivered nothing")
        wait_for(lambda: site.status()["hubs"][0]["waiting"] == 0, "the hub was not told of all")
    (row,) = site.status()["hubs"]
    assert (row["hub"], row["feeds"], row["error"]) == (flask_hub.url, 15, None)
    assert row["pinged_at"]


def _show(loopback, items):
    body = rss(*(item(number, ago(hours=1)) for number in range(items, 0, -1)))
    loopback.route("/feed", Answer(body=body, headers={"Content-Type": "application/rss+xml"}))


def _is_there(file, text):
    return file.is_file() and text in file.read_text()


def _take(delivered, request):
    """Verify that the subscription is wanted, and keep what is delivered."""
    if request.method == "POST":
        delivered.append(request.body)
        return Answer()
    return Answer(body=parse_qs(urlsplit(request.path).query)["hub.challenge"][0].encode())
