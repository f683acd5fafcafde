"""HTML as feeds carry it: read for its text, pictures, players and feeds; sanitised for ours. Pure."""

from aggregator.html.clutter import drop_captions, drop_clutter, starts_with_picture
from aggregator.html.head import Head, read_head
from aggregator.html.icons import list_icon_links
from aggregator.html.image_kinds import is_decoration, is_small, is_thumbnail
from aggregator.html.images import first_image, has_pictures, images_in, pixels
from aggregator.html.links import feed_links
from aggregator.html.players import embed_for, safe_embed
from aggregator.html.sanitise import sanitise_html
from aggregator.html.text_content import (
    LINK_END,
    LINK_START,
    MAX_LINES_CHARS,
    decode_text,
    plain_text,
    strip_link_marks,
    text_lines,
)
from aggregator.html.titles import is_marked_up, title_text

__all__ = [
    "LINK_END",
    "LINK_START",
    "MAX_LINES_CHARS",
    "Head",
    "decode_text",
    "drop_captions",
    "drop_clutter",
    "embed_for",
    "feed_links",
    "first_image",
    "has_pictures",
    "images_in",
    "is_decoration",
    "is_marked_up",
    "is_small",
    "is_thumbnail",
    "list_icon_links",
    "pixels",
    "plain_text",
    "read_head",
    "safe_embed",
    "sanitise_html",
    "starts_with_picture",
    "strip_link_marks",
    "text_lines",
    "title_text",
]
