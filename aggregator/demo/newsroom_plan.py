"""Where and when: the addresses and times of pieces in one newsroom."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from aggregator.demo.pieces import Piece, publishers
from aggregator.demo.script import scripted_pieces, state_at
from aggregator.urls import strip_tracking

FEED_ITEMS = 40
FEED_TRACKING = {"utm_source": "rss", "utm_medium": "feed", "utm_campaign": "all"}
ROUNDUP_TRACKING = {"utm_source": "the-roundup"}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsroomPlan:
    """One newsroom: ``port`` it is on, ``start_at`` on the script's clock, which runs at ``speed``."""

    port: int
    start_at: datetime
    speed: float = 1.0

    def url(self, publisher: str, path: str = "/") -> str:
        """Return the address of ``path`` at a publisher, given by its id."""
        return f"http://{publishers()[publisher].host}:{self.port}{path}"

    def time(self, at_s: float) -> datetime:
        """Return when ``at_s`` of the script is, in whole seconds; only what follows the start is sped up."""
        real_s = at_s if at_s < 0 else at_s / self.speed
        return (self.start_at + timedelta(seconds=real_s)).replace(microsecond=0)

    def feed_pieces(self, publisher: str, elapsed_s: float) -> tuple[Piece, ...]:
        """Return what stands in a publisher's feed, newest first, with the names of weekdays filled in."""
        return tuple(self._fill_weekday(piece) for piece in state_at(elapsed_s)[publisher][:FEED_ITEMS])

    def page_url(self, piece: Piece) -> str:
        """Return the address of the page of a piece; of the page it links to, for a mere link."""
        if piece.pick:
            return self.page_url(piece.pick)
        return self.url(piece.publisher, self._path(publishers()[piece.publisher].page, piece))

    def feed_link(self, piece: Piece) -> str:
        """Return the address of the page as the publisher's feed gives it, with its tracking parameters."""
        url = self.page_url(piece)
        if piece.pick:
            return _add_query(url, ROUNDUP_TRACKING)
        return _add_query(url, FEED_TRACKING) if publishers()[piece.publisher].has_tracking else url

    def amp_url(self, piece: Piece) -> str | None:
        """Return the address of the AMP page, None where the publisher has none."""
        pattern = publishers()[piece.publisher].amp
        return self.url(piece.publisher, self._path(pattern, piece)) if pattern else None

    def picture_url(self, piece: Piece) -> str | None:
        """Return the address of the piece's picture, None where it has none."""
        if piece.picture == "none":
            return None
        name = "default" if piece.picture == "default" else piece.slug
        return self.url(piece.publisher, f"/pictures/{name}.png")

    def find(self, publisher: str, target: str, elapsed_s: float) -> tuple[Piece, bool] | None:
        """Return the piece whose page ``target`` (path and query) names, and whether it is the AMP page.

        None where nothing that is out has that address. Tracking parameters do not matter.
        """
        url = strip_tracking(self.url(publisher, target))
        for piece in state_at(elapsed_s)[publisher]:
            if url in (self.page_url(piece), self.amp_url(piece)):
                return self._fill_weekday(piece), url == self.amp_url(piece)
        return None

    def is_gone(self, publisher: str, target: str, elapsed_s: float) -> bool:
        """Tell whether ``target`` names the page of a piece that its publisher has taken out."""
        url = strip_tracking(self.url(publisher, target))
        gone = (piece for piece in scripted_pieces() if piece.is_gone(elapsed_s))
        return any(piece.publisher == publisher and self.page_url(piece) == url for piece in gone)

    def _path(self, pattern: str, piece: Piece) -> str:
        date = f"{self.time(piece.at_s):%Y/%m/%d}"
        return pattern.format(slug=piece.slug, number=piece.number, date=date)

    def _fill_weekday(self, piece: Piece) -> Piece:
        weekday = f"{self.time(piece.at_s):%A}"
        texts = (piece.title, piece.excerpt, piece.body)
        title, excerpt, body = (text.replace("{weekday}", weekday) for text in texts)
        return replace(piece, title=title, excerpt=excerpt, body=body)


def _add_query(url: str, more: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(more)}"
