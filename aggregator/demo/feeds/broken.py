"""RSS as the worst real sites serve it, on purpose.

Blank lines before the prolog, Windows-1252 bytes that nothing declares, characters illegal in XML,
undeclared entities, bare ampersands, markup and doubly encoded entities in titles, no guids, dates of
every form, scripts in the text, and a document that now and then ends in the middle.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from aggregator.demo.feeds.body import content_html
from aggregator.demo.markup import cdata, escape
from aggregator.demo.newsroom_plan import NewsroomPlan
from aggregator.demo.pieces import Piece, Publisher

LEFT_OF_DESCRIPTION_BYTES = 40

_DATES: Sequence[Callable[[datetime], str]] = (
    lambda at: f"{at:%d %b %Y %H:%M:%S} GMT",
    lambda at: f"{at:%Y/%m/%d %H:%M:%S}",
    lambda at: f"{at:%a, %d %b %y %H:%M:%S} UT",
    lambda at: f"{at:%B %d, %Y %I:%M:%S %p} GMT",
    lambda at: f"{at:%Y-%m-%d %H:%M:%S} +0000",
)


def broken_feed(plan: NewsroomPlan, by: Publisher, pieces: Sequence[Piece]) -> bytes:
    """Return a feed that no XML parser accepts, with all of the titles and links in it."""
    items = "\n".join(_item(plan, piece) for piece in pieces)
    feed = f"""

<?xml version="1.0"?>
<rss version="2.0"><channel>
<title>{by.name.upper()} &mdash; {by.motto}</title><link>{plan.url(by.id)}</link>
<description>Caf\u00e9 talk & \x0bmore</description>
{items}
</channel></rss>
"""
    return feed.encode("cp1252", "xmlcharrefreplace")


def cut_short(body: bytes) -> tuple[bytes, int]:
    """Return the first part of a feed, ending within the text of an item, and how many items are whole."""
    middle = body.find(b"<description>", len(body) // 2)
    part = body[: middle + LEFT_OF_DESCRIPTION_BYTES]
    return part, part.count(b"</item>")


def _item(plan: NewsroomPlan, piece: Piece) -> str:
    date = _DATES[piece.number % len(_DATES)](plan.time(piece.at_s))
    author = f"<author>{piece.author}</author>" if piece.author else ""
    return (
        f"<item><title>{_rough_title(piece)}</title><link> {plan.feed_link(piece)}\n</link>"
        f"<pubDate>{date}</pubDate>{author}<category>{piece.topic}</category>"
        f"<description>{_rough_text(plan, piece)}</description></item>"
    )


def _rough_title(piece: Piece) -> str:
    first, _, rest = piece.title.partition(" ")
    kinds = (
        f"<b>{escape(first)}</b> {escape(rest)}",
        escape(escape(piece.title)).replace("’", "&amp;amp;rsquo;"),
        f"{escape(first)}&nbsp;{escape(rest)}",
        piece.title,
    )
    return kinds[piece.number % len(kinds)]


def _rough_text(plan: NewsroomPlan, piece: Piece) -> str:
    html = content_html(plan, piece)
    if piece.number % 2:
        return cdata(
            f'{html}<script>document.write("Subscribe!")</script><p onclick="alert(1)">More \x02soon</p>'
        )
    return escape(html.replace(". ", ".&nbsp;", 1)) + "&nbsp;\x0b"
