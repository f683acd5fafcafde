"""A publisher's mark where it has no logo: its first letter on a colour of its own. Pure."""

import hashlib
import re
import unicodedata
from html import escape

from aggregator.text import clean_text

_PIXELS = 50
_MONOGRAM = re.compile(
    rb'<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50" viewBox="0 0 50 50">'
    rb'<rect width="50" height="50" fill="hsl\(\d{1,3},45%,36%\)"/><text [^<>]*>[^<>]{1,40}</text></svg>\n'
)
_ARTICLE = re.compile(r"^the\s+(?=\w)", re.IGNORECASE)


def draw_monogram(name: str, domain: str) -> str:
    """Return an SVG of 50 pixels: the first letter or digit of ``name``, the colour by ``domain``.

    An English article at the name's beginning does not count.
    """
    hue = int.from_bytes(hashlib.blake2b(domain.encode("utf-8", "replace"), digest_size=2).digest(), "big")
    letter = escape(_find_initial(_ARTICLE.sub("", clean_text(name))) or _find_initial(domain) or "?")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_PIXELS}" height="{_PIXELS}" viewBox="0 0 50 50">'
        f'<rect width="50" height="50" fill="hsl({hue % 360},45%,36%)"/>'
        '<text x="25" y="26" fill="#fff" font-family="system-ui,sans-serif" font-size="28" font-weight="600"'
        f' text-anchor="middle" dominant-baseline="central">{letter}</text></svg>\n'
    )


def is_monogram(svg: bytes) -> bool:
    """Return whether a file is such a mark."""
    return _MONOGRAM.fullmatch(svg) is not None


def _find_initial(text: str) -> str:
    cleaned = unicodedata.normalize("NFC", clean_text(text))
    return next((character.upper() for character in cleaned if character.isalnum()), "")
