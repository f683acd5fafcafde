"""What the newsroom answers to one request: decided from the request, the desk and the time alone."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import format_datetime

from aggregator.demo import pages, pictures
from aggregator.demo.desk import Desk
from aggregator.demo.feeds import CONTENT_TYPES, cut_short, render_feed
from aggregator.demo.feeds.body import changed_at
from aggregator.demo.pieces import Piece, Publisher, publishers
from aggregator.demo.script import state_at

THROTTLE_EVERY_S = 120
THROTTLE_FROM_S = 80
THROTTLE_UNTIL_S = 100
RETRY_AFTER_S = 10
CUT_EVERY_S = 100
CUT_FROM_S = 60
CUT_UNTIL_S = 75
ZIPPED_FROM_BYTES = 500
HTML = "text/html; charset=utf-8"
PNG = "image/png"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One GET: ``target`` is path and query, ``headers`` have lower-case names.

    ``elapsed_s`` is seconds of the script since the start, ``visit`` how many answers came before.
    """

    host: str
    target: str
    headers: Mapping[str, str]
    elapsed_s: float
    visit: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What goes back; ``served`` are the addresses of the pieces that stand whole in a feed."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    served: frozenset[str] = frozenset()


def answer(desk: Desk, ask: Ask) -> Answer:
    """Return the answer to ``ask``; a host that no publisher has shows the list of publishers."""
    name = ask.host.partition(":")[0].rstrip(".").lower().removesuffix(".localhost")
    by = publishers().get(name)
    if by is None:
        return _text(pages.start_page(desk))
    path = ask.target.partition("?")[0]
    if path in (by.feed, by.moves_to):
        return _zipped(_feed(desk, by, ask, path), ask)
    return _zipped(_file(desk, by, ask, path), ask)


def _feed(desk: Desk, by: Publisher, ask: Ask, path: str) -> Answer:
    if by.dies_at_s is not None and ask.elapsed_s >= by.dies_at_s:
        return _text("This feed is gone for good.", status=410, kind="text/plain")
    if by.moves_at_s is not None and ask.elapsed_s >= by.moves_at_s and path != by.moves_to:
        return Answer(status=301, headers={"location": by.moves_to or "/"})
    if by.throttles and _is_within(ask.elapsed_s, THROTTLE_EVERY_S, THROTTLE_FROM_S, THROTTLE_UNTIL_S):
        return Answer(status=429, headers={"retry-after": str(RETRY_AFTER_S)})
    pieces = desk.feed_pieces(by.id, ask.elapsed_s)
    found = Answer(
        body=render_feed(desk, by, pieces, ask.visit),
        headers={"content-type": CONTENT_TYPES[by.style]},
        served=_addresses(desk, pieces),
    )
    if by.style == "broken":
        return _perhaps_cut(desk, ask, found, pieces)
    if by.guids_change:
        return found
    changed = format_datetime(changed_at(desk, pieces), usegmt=True)
    return _if_changed(replace(found, headers={**found.headers, "last-modified": changed}), ask)


def _perhaps_cut(desk: Desk, ask: Ask, found: Answer, pieces: tuple[Piece, ...]) -> Answer:
    if not _is_within(ask.elapsed_s, CUT_EVERY_S, CUT_FROM_S, CUT_UNTIL_S):
        return found
    body, whole = cut_short(found.body)
    return replace(found, body=body, served=_addresses(desk, pieces[:whole]))


def _addresses(desk: Desk, pieces: tuple[Piece, ...]) -> frozenset[str]:
    return frozenset(desk.page_url(piece) for piece in pieces)


def _is_within(elapsed_s: float, every_s: float, from_s: float, until_s: float) -> bool:
    return from_s <= elapsed_s % every_s < until_s


def _if_changed(found: Answer, ask: Ask) -> Answer:
    """Add an ETag, and answer 304 where the asker has the same (RFC 9110, section 13)."""
    etag = f'"{hashlib.blake2b(found.body, digest_size=12).hexdigest()}"'
    headers = {**found.headers, "etag": etag}
    known = ask.headers.get("if-none-match")
    if known is not None:
        is_same = etag in known or known.strip() == "*"
    else:
        is_same = ask.headers.get("if-modified-since") == headers["last-modified"]
    if is_same:
        return Answer(status=304, headers={"etag": etag, "last-modified": headers["last-modified"]})
    return replace(found, headers=headers)


def _file(desk: Desk, by: Publisher, ask: Ask, path: str) -> Answer:
    drawn = _drawn(by, path)
    if drawn:
        return drawn
    if path == "/":
        return _text(pages.home_page(desk, by, desk.feed_pieces(by.id, ask.elapsed_s)))
    if path == "/robots.txt":
        return _text(pages.robots_txt(by), kind="text/plain; charset=utf-8")
    if path.startswith("/pictures/"):
        return _picture(by, ask, path)
    found = desk.find(by.id, ask.target, ask.elapsed_s)
    if not found:
        return _text(pages.missing_page(by), status=404)
    piece, is_amp = found
    return _text((pages.amp_page if is_amp else pages.article_page)(desk, by, piece))


def _drawn(by: Publisher, path: str) -> Answer | None:
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


def _picture(by: Publisher, ask: Ask, path: str) -> Answer:
    slug = path.removeprefix("/pictures/").removesuffix(".png")
    for piece in state_at(ask.elapsed_s)[by.id]:
        if piece.slug == slug:
            return _image(pictures.news_picture(piece.number, by.colour, by.accent))
    return _text(pages.missing_page(by), status=404)


def _image(body: bytes, kind: str = PNG) -> Answer:
    return Answer(body=body, headers={"content-type": kind, "cache-control": "max-age=3600"})


def _text(text: str, *, status: int = 200, kind: str = HTML) -> Answer:
    return Answer(status=status, body=text.encode(), headers={"content-type": kind})


def _zipped(found: Answer, ask: Ask) -> Answer:
    """Compress what is worth it; the ETag becomes a weak one, as the bytes are not the same."""
    is_image = found.headers.get("content-type", "").startswith("image/")
    if (
        "gzip" not in ask.headers.get("accept-encoding", "")
        or is_image
        or len(found.body) < ZIPPED_FROM_BYTES
    ):
        return found
    headers = {**found.headers, "content-encoding": "gzip", "vary": "Accept-Encoding"}
    if "etag" in headers:
        headers["etag"] = f"W/{headers['etag']}"
    return replace(found, body=gzip.compress(found.body, 6, mtime=0), headers=headers)
