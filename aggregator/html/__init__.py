"""HTML as feeds carry it: read for its text, pictures, players and feeds; sanitised for ours. Pure."""

from aggregator.html.head import Head, read_head
from aggregator.html.icons import icon_links
from aggregator.html.image_kinds import is_decoration, is_small
from aggregator.html.images import first_image, images_in, pixels
from aggregator.html.links import feed_links
from aggregator.html.players import embed_for, safe_embed
from aggregator.html.prose import decode_text, plain_text
from aggregator.html.sanitise import sanitise_html

__all__ = [
    "Head",
    "decode_text",
    "embed_for",
    "feed_links",
    "first_image",
    "icon_links",
    "images_in",
    "is_decoration",
    "is_small",
    "pixels",
    "plain_text",
    "read_head",
    "safe_embed",
    "sanitise_html",
]
