"""What the feeds of all styles say alike: the HTML of a piece, and times."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from aggregator.demo.markup import element, text_element
from aggregator.demo.newsroom_plan import NewsroomPlan
from aggregator.demo.pieces import PICTURE_HEIGHT, PICTURE_WIDTH, Piece, publishers

EMBED_HOST = "https://www.youtube-nocookie.com/embed"


def content_html(plan: NewsroomPlan, piece: Piece, *, is_relative: bool = False) -> str:
    """Return the whole text of a piece as well-formed HTML; ``is_relative`` makes the picture relative."""
    picture_url = plan.picture_url(piece) if piece.picture == "content" else None
    if picture_url and is_relative:
        picture_url = picture_url.removeprefix(plan.url(piece.publisher, "/"))
    parts = [
        _figure(picture_url, piece),
        embed(piece),
        text_element("p", piece.excerpt),
        text_element("p", piece.body),
    ]
    if publishers()[piece.publisher].has_tracking:
        pixel = plan.url(piece.publisher, f"/pixel.png?p={piece.number}")
        parts.append(element("img", src=pixel, width=1, height=1, alt=""))
    return "".join(parts)


def embed(piece: Piece) -> str:
    """Return the player of a video as an ``<iframe>``; nothing where the piece is no video."""
    if not piece.video:
        return ""
    return element(
        "iframe",
        src=player_url(piece),
        width=PICTURE_WIDTH,
        height=PICTURE_HEIGHT,
        title=piece.title,
        allowfullscreen="allowfullscreen",
    )


def player_url(piece: Piece) -> str:
    """Return the address of the player of a video."""
    return f"{EMBED_HOST}/{piece.video}"


def rfc822(at: datetime) -> str:
    """Return a time as RSS wants it (RFC 822 with four-digit years)."""
    return format_datetime(at, usegmt=True)


def rfc3339(at: datetime) -> str:
    """Return a time as Atom, JSON Feed and Dublin Core want it (RFC 3339)."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def changed_at(plan: NewsroomPlan, pieces: Sequence[Piece]) -> datetime:
    """Return when the newest edit of any of ``pieces`` was made; the start where there are none."""
    return plan.time(max((piece.changed_s for piece in pieces), default=0))


def _figure(picture_url: str | None, piece: Piece) -> str:
    if not picture_url:
        return ""
    sizes = {"width": PICTURE_WIDTH, "height": PICTURE_HEIGHT}
    return element("p", element("img", src=picture_url, alt=piece.title, **sizes))
