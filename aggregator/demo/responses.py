"""What the newsroom answers to one request: decided from the request, the plan and the time alone."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import format_datetime

from aggregator.demo import pages, pictures
from aggregator.demo.feeds import CONTENT_TYPES, cut_short, render_feed
from aggregator.demo.feeds.body import changed_at
from aggregator.demo.newsroom_plan import NewsroomPlan
from aggregator.demo.pieces import Piece, Publisher, publishers
from aggregator.demo.script import state_at

THROTTLE_EVERY_S = 120
THROTTLE_FROM_S = 80
THROTTLE_UNTIL_S = 100
RETRY_AFTER_S = 10
CUT_EVERY_S = 100
CUT_FROM_S = 60
CUT_UNTIL_S = 75
COMPRESSED_FROM_BYTES = 500
HTML = "text/html; charset=utf-8"
PNG = "image/png"


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoRequest:
    """One GET: ``target`` is path and query, ``headers`` have lower-case names.

    ``elapsed_s`` is seconds of the script since the start, ``visit`` how many answers came before.
    """

    host: str
    target: str
    headers: Mapping[str, str]
    elapsed_s: float
    visit: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoResponse:
    """What goes back; ``served`` are the addresses of the pieces that stand whole in a feed."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    served: frozenset[str] = frozenset()


def respond(plan: NewsroomPlan, request: DemoRequest) -> DemoResponse:
    """Return the answer to ``request``; a host that no publisher has shows the list of publishers."""
    name = request.host.partition(":")[0].rstrip(".").lower().removesuffix(".localhost")
    by = publishers().get(name)
    if by is None:
        return _text(pages.start_page(plan))
    path = request.target.partition("?")[0]
    if path in (by.feed, by.moves_to):
        return _compress(_serve_feed(plan, by, request, path), request)
    return _compress(_serve_file(plan, by, request, path), request)


def _serve_feed(plan: NewsroomPlan, by: Publisher, request: DemoRequest, path: str) -> DemoResponse:
    is_dead = by.dies_at_s is not None and request.elapsed_s >= by.dies_at_s
    if is_dead and path == by.feed:
        return _text("This feed is gone for good.", status=410, kind="text/plain")
    if by.moves_at_s is not None and request.elapsed_s >= by.moves_at_s and path != by.moves_to:
        return DemoResponse(status=301, headers={"location": by.moves_to or "/"})
    if by.throttles and _is_within(request.elapsed_s, THROTTLE_EVERY_S, THROTTLE_FROM_S, THROTTLE_UNTIL_S):
        return DemoResponse(status=429, headers={"retry-after": str(RETRY_AFTER_S)})
    pieces = plan.feed_pieces(by.id, request.elapsed_s)
    found = DemoResponse(
        body=render_feed(plan, by, pieces, request.visit),
        headers={"content-type": CONTENT_TYPES[by.style]},
        served=_addresses(plan, pieces),
    )
    if by.style == "broken":
        return _cut_at_times(plan, request, found, pieces)
    if by.guids_change:
        return found
    changed = format_datetime(changed_at(plan, pieces), usegmt=True)
    return _add_etag(replace(found, headers={**found.headers, "last-modified": changed}), request)


def _cut_at_times(
    plan: NewsroomPlan, request: DemoRequest, found: DemoResponse, pieces: tuple[Piece, ...]
) -> DemoResponse:
    if not _is_within(request.elapsed_s, CUT_EVERY_S, CUT_FROM_S, CUT_UNTIL_S):
        return found
    body, whole = cut_short(found.body)
    return replace(found, body=body, served=_addresses(plan, pieces[:whole]))


def _addresses(plan: NewsroomPlan, pieces: tuple[Piece, ...]) -> frozenset[str]:
    return frozenset(plan.page_url(piece) for piece in pieces)


def _is_within(elapsed_s: float, every_s: float, from_s: float, until_s: float) -> bool:
    return from_s <= elapsed_s % every_s < until_s


def _add_etag(found: DemoResponse, request: DemoRequest) -> DemoResponse:
    """Add an ETag, and answer 304 where the asker has the same (RFC 9110, section 13)."""
    etag = f'"{hashlib.blake2b(found.body, digest_size=12).hexdigest()}"'
    headers = {**found.headers, "etag": etag}
    known = request.headers.get("if-none-match")
    if known is not None:
        is_same = etag in known or known.strip() == "*"
    else:
        is_same = request.headers.get("if-modified-since") == headers["last-modified"]
    if is_same:
        return DemoResponse(status=304, headers={"etag": etag, "last-modified": headers["last-modified"]})
    return replace(found, headers=headers)


def _serve_file(plan: NewsroomPlan, by: Publisher, request: DemoRequest, path: str) -> DemoResponse:
    drawing = _draw_file(by, path)
    if drawing:
        return drawing
    if path == "/":
        pieces = plan.feed_pieces(by.id, request.elapsed_s)
        return _text(pages.home_page(plan, by, pieces, feed=by.feed_at(request.elapsed_s)))
    if path == "/robots.txt":
        return _text(pages.robots_txt(by), kind="text/plain; charset=utf-8")
    if path.startswith("/pictures/"):
        return _picture(by, request, path)
    found = plan.find(by.id, request.target, request.elapsed_s)
    if not found:
        is_gone = plan.is_gone(by.id, request.target, request.elapsed_s)
        return _text(pages.missing_page(by), status=410 if is_gone else 404)
    piece, is_amp = found
    return _text((pages.amp_page if is_amp else pages.article_page)(plan, by, piece))


def _draw_file(by: Publisher, path: str) -> DemoResponse | None:
    """Return what every publisher has in its own colours."""
    if path == "/favicon.ico":
        return _image(pictures.icon(by.colour, by.accent), "image/x-icon")
    if path in ("/logo.png", "/apple-touch-icon.png"):
        return _image(pictures.logo(by.colour, by.accent))
    if path == "/pixel.png":
        return _image(pictures.pixel())
    if path == "/pictures/default.png":
        return _image(pictures.news_picture(0, by.colour, by.accent))
    return None


def _picture(by: Publisher, request: DemoRequest, path: str) -> DemoResponse:
    slug = path.removeprefix("/pictures/").removesuffix(".png")
    for piece in state_at(request.elapsed_s)[by.id]:
        if piece.slug == slug:
            return _image(pictures.news_picture(piece.number, by.colour, by.accent))
    return _text(pages.missing_page(by), status=404)


def _image(body: bytes, kind: str = PNG) -> DemoResponse:
    return DemoResponse(body=body, headers={"content-type": kind, "cache-control": "max-age=3600"})


def _text(text: str, *, status: int = 200, kind: str = HTML) -> DemoResponse:
    return DemoResponse(status=status, body=text.encode(), headers={"content-type": kind})


def _compress(found: DemoResponse, request: DemoRequest) -> DemoResponse:
    """Compress what is worth it; the ETag becomes a weak one, as the bytes are not the same."""
    is_image = found.headers.get("content-type", "").startswith("image/")
    if (
        "gzip" not in request.headers.get("accept-encoding", "")
        or is_image
        or len(found.body) < COMPRESSED_FROM_BYTES
    ):
        return found
    headers = {**found.headers, "content-encoding": "gzip", "vary": "Accept-Encoding"}
    if "etag" in headers:
        headers["etag"] = f"W/{headers['etag']}"
    return replace(found, body=gzip.compress(found.body, 6, mtime=0), headers=headers)
