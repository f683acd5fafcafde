"""A hub (W3C WebSub) on a loopback server: it verifies intent and delivers signed, or misbehaves as told."""

import hashlib
import hmac
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.loopback import Answer, Loopback, Request

LEASE_S = 864_000


@dataclass(frozen=True, kw_only=True)
class HubReply:
    """What a subscriber answered."""

    status: int
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Held:
    """A verified subscription; without a ``secret`` its deliveries are not signed."""

    topic: str
    callback: str
    secret: str | None
    lease_s: int


@dataclass
class Hub:
    """A hub at ``/hub`` of a loopback server; what it does is set by its fields, also while it runs.

    ``algorithm``     what deliveries are signed with
    ``lease_s``       what it grants; None: what was asked for
    ``denies``        the reason for which it denies every subscription
    ``answers``       the status that requests get, 202 if it takes them
    ``verifies``      whether it verifies at all; ``asks`` what it asks then, beside what is right
    ``before``        whether it verifies before it answers the request
    """

    server: Loopback
    algorithm: str = "sha256"
    lease_s: int | None = None
    denies: str | None = None
    answers: int = 202
    verifies: bool = True
    asks: dict[str, str] = field(default_factory=dict)
    before: bool = False
    held: dict[tuple[str, str], Held] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)
    replies: list[HubReply] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self):
        self.url = self.server.route("/hub", self.requested)

    def settle(self):
        """Wait until every verification has ended."""
        while self.threads:
            self.threads.pop().join()

    def publish(
        self, topic: str, body: bytes, *, content_type: str = "application/rss+xml"
    ) -> list[HubReply]:
        """Deliver new content to all who subscribed to ``topic``, as the specification wants it."""
        reported = [held for held in list(self.held.values()) if held.topic == topic]
        return [self.deliver(held, body, content_type=content_type) for held in reported]

    def deliver(
        self, held: Held, body: bytes, *, signature: str | None = "", content_type: str = "", **headers
    ):
        """Send ``body`` to one callback; ``signature`` is sent instead of the right one, None: none is."""
        link = f'<{self.url}>; rel="hub", <{held.topic}>; rel="self"'
        sent = {"Content-Type": content_type or "application/rss+xml", "Link": link, **headers}
        if signature == "" and held.secret is not None:
            signature = sign(self.algorithm, held.secret, body)
        if signature:
            sent["X-Hub-Signature"] = signature
        return send("POST", held.callback, body, sent)

    def ask(self, callback: str, **fields: str) -> HubReply:
        """Ask a subscriber; ``hub_mode`` is ``hub.mode``."""
        query = urlencode({name.replace("_", ".", 1): value for name, value in fields.items()})
        return send("GET", f"{callback}{'&' if '?' in callback else '?'}{query}")

    def requested(self, request: Request) -> Answer:
        """Take a subscription request."""
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        form = dict(parse_qsl(request.body.decode("ascii"), strict_parsing=True))
        self.forms.append(form)
        if self.answers != 202:
            return Answer(status=self.answers, body=b"not\r\n today")
        if self.before:
            self._verify(form)
        else:
            self.threads.append(threading.Thread(target=self._verify, args=(form,)))
            self.threads[-1].start()
        return Answer(status=202)

    def _verify(self, form: dict[str, str]) -> None:
        callback, topic, mode = form["hub.callback"], form["hub.topic"], form["hub.mode"]
        if self.denies is not None and mode == "subscribe":
            self.replies.append(
                self.ask(callback, hub_mode="denied", hub_topic=topic, hub_reason=self.denies)
            )
            self.held.pop((topic, callback), None)
            return
        if not self.verifies:
            return
        lease = str(self.lease_s or form.get("hub.lease_seconds") or LEASE_S)
        asked = {"hub_mode": mode, "hub_topic": topic, "hub_challenge": "c-1 ü&=", "hub_lease_seconds": lease}
        reply = self.ask(callback, **{**asked, **self.asks})
        self.replies.append(reply)
        if not 200 <= reply.status < 300 or reply.body.decode() != asked["hub_challenge"]:
            return
        if mode == "unsubscribe":
            self.held.pop((topic, callback), None)
            return
        self.held[topic, callback] = Held(
            topic=topic, callback=callback, secret=form.get("hub.secret"), lease_s=int(lease)
        )


def sign(algorithm: str, secret: str, body: bytes) -> str:
    """Return the value of X-Hub-Signature."""
    return f"{algorithm}={hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()}"


def send(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> HubReply:
    """Send a request as a hub does: to the callback's own address, following nothing."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=60)
    try:
        connection.request(
            method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers or {}
        )
        response = connection.getresponse()
        return HubReply(status=response.status, body=response.read())
    finally:
        connection.close()
