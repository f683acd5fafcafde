"""What publishers answer: a pure function of the publisher, the time and what was asked. And what of it is noted."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import NamedTuple

from tests.soak.clock import date_of
from tests.soak.documents import LOGIN_PAGE, MEDIA_TYPES, document_of
from tests.soak.publishers import Fault, Publisher

REASONS = {200: "OK", 301: "Moved Permanently", 304: "Not Modified", 404: "Not Found",
           429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}  # fmt: skip
STATUSES = {"error": 500, "outage": 500, "unavailable": 503, "too many": 429, "missing": 404, "moved": 301}
MOVED_PATH = "/moved"

GOOD, SAME = "good", "not modified"


class Visit(NamedTuple):
    """A request as its publisher saw it: when, how it was answered, and which entries were served, whole.

    ``is_hop`` is that of a request which a redirect led to.
    """

    at_s: float
    answer: str
    first: int = 0
    end: int = 0
    retry_after_s: int = 0
    is_hop: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PublisherReply:
    """What to send, and then: ``keep`` the connection, ``close``, ``reset`` or ``hold`` it."""

    sent: bytes
    visit: Visit
    then: str = "keep"


@dataclass(slots=True)
class _Head:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def sent(self, body: bytes, announced: int | None = None) -> bytes:
        """Return the answer with a body whose length is as it is, or as is announced."""
        if self.status != 304:
            self.headers["Content-Length"] = str(len(body) if announced is None else announced)
        lines = [f"HTTP/1.1 {self.status} {REASONS[self.status]}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body


def answer_of(
    publisher: Publisher, *, now_s: float, visit: int, asked: Mapping[str, str], is_hop: bool
) -> PublisherReply:
    """Return the answer to a request with these headers (lower-case names); ``visit`` counts the requests."""
    fault = None if is_hop else publisher.fault(now_s, visit)
    head = _Head(headers={"Date": _http_date(now_s)})
    if fault is not None and fault.kind in STATUSES:
        return _refusal(publisher, fault, head, now_s)
    if fault is not None and fault.kind != "no validators":
        return _broken(publisher, fault, head, now_s)
    if fault is None:
        validators = _validators(publisher, now_s, visit)
        head.headers |= validators
        if _is_same(validators, asked):
            head.status = 304
            return PublisherReply(sent=head.sent(b""), visit=Visit(now_s, SAME, is_hop=is_hop))
    shown = publisher.shown(now_s)
    body = _coded(publisher, document_of(publisher, now_s), head)
    return PublisherReply(
        sent=head.sent(body), visit=Visit(now_s, GOOD, shown.start, shown.stop, is_hop=is_hop)
    )


def _refusal(publisher: Publisher, fault: Fault, head: _Head, now_s: float) -> PublisherReply:
    head.status = STATUSES[fault.kind]
    head.headers["Content-Type"] = "text/plain"
    if fault.kind == "moved":
        head.headers["Location"] = f"/{publisher.number}{MOVED_PATH}"
    if fault.retry_after_s:
        is_date = publisher.number % 2 == 1
        until = _http_date(now_s + fault.retry_after_s)
        head.headers["Retry-After"] = until if is_date else str(fault.retry_after_s)
    visit = Visit(now_s, fault.kind, retry_after_s=fault.retry_after_s)
    return PublisherReply(sent=head.sent(fault.kind.encode()), visit=visit)


def _broken(publisher: Publisher, fault: Fault, head: _Head, now_s: float) -> PublisherReply:
    """Answer 200 with something that is no document, or not all of it."""
    visit = Visit(now_s, fault.kind)
    if fault.kind == "login page":
        head.headers["Content-Type"] = "text/html"
        return PublisherReply(sent=head.sent(LOGIN_PAGE), visit=visit)
    if fault.kind in ("reset", "silence"):
        return PublisherReply(sent=b"", visit=visit, then={"reset": "reset", "silence": "hold"}[fault.kind])
    body = document_of(publisher, now_s)
    if fault.kind == "truncated gzip":
        head.headers |= {"Content-Encoding": "gzip", "Content-Type": MEDIA_TYPES[publisher.format]}
        packed = gzip.compress(body, 1, mtime=0)
        return PublisherReply(sent=head.sent(packed[: len(packed) // 2]), visit=visit)
    packed = _coded(publisher, body, head)
    then = "reset" if fault.kind == "reset in the body" else "close"
    return PublisherReply(
        sent=head.sent(packed[: len(packed) // 2], announced=len(packed)), visit=visit, then=then
    )


def _coded(publisher: Publisher, body: bytes, head: _Head) -> bytes:
    head.headers["Content-Type"] = MEDIA_TYPES[publisher.format]
    if not publisher.is_gzip:
        return body
    head.headers["Content-Encoding"] = "gzip"
    return gzip.compress(body, 1, mtime=0)


def _validators(publisher: Publisher, now_s: float, visit: int) -> dict[str, str]:
    entries, edits = publisher.version(now_s)
    etag = {"restless": f'"v{visit}"', "frozen": '"1"'}.get(publisher.validators, f'W/"{entries}-{edits}"')
    dated = {"Last-Modified": _http_date(publisher.changed_at(now_s))}
    tagged = {"ETag": etag}
    return {"both": tagged | dated, "date": dated, "none": {}}.get(publisher.validators, tagged)


def _is_same(validators: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """Tell whether a conditional request has what is there already (RFC 9110 section 13.2.2)."""
    if "if-none-match" in asked:
        return asked["if-none-match"] == validators.get("ETag")
    return asked.get("if-modified-since") == validators.get("Last-Modified", "")


def _http_date(at_s: float) -> str:
    return format_datetime(date_of(at_s), usegmt=True)
