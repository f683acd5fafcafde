"""Plain text: cleaned, cut, and made comparable. Pure."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from unicodedata import category, normalize

ELLIPSIS = "…"
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
SLUG_LENGTH = 100
SLUG_BYTES = 200
"""File systems end names at 255 bytes; the date and the file ending need some of them."""
_COMPARED_LENGTH = 2_000
"""Characters of a title that are looked at: normalising takes quadratic time on runs of marks."""
_TITLES_KEPT = 1024
"""Keys that are remembered: a poll asks a dozen times for that of each of its titles."""

# What a record may not hold, and what would let text hide or turn other text: C0 and C1 controls but
# white space, soft hyphens, zero-width spaces, bidirectional overrides and isolates, byte-order marks,
# lone surrogates and non-characters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff"
    "\ud800-\udfff]"
)
_WHITE_SPACE = re.compile(r"[\s\x85\u2028\u2029\x1c-\x1f]+")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_NOT_WORD = re.compile(r"[^\w\s]|_")
_ASCII_KEYS = bytes(ord(chr(one).lower()) if chr(one).isalnum() else 0x20 for one in range(128)) + bytes(128)
_ASCII_UNWANTED = bytes(one for one in range(128) if _UNWANTED.match(chr(one)))
_MEANINGFUL_SIGNS = frozenset("+#%‰&@=<>±×÷↑↓▲▼°")
_DECORATION = frozenset("|~¬©®→←►▶▸▷◄◀◂◁●○■□▪▫◆◇•·¦")
_DASHES = frozenset("-‐‑‒–—−")
_SHORT_GRADE = 3
"""Letters of what a minus may stand after: the grade ``A-``, the rating ``BBB-``."""
_PUNCTUATION = re.compile(r"[^\w\s-]|_")
_HYPHENS = re.compile(r"[\s-]+")
_CUT_ENDS = " \t,;:.-–—([{/…、，；：（「『"
# Han, kana, Thai, Lao, Tibetan, Burmese, Khmer: written without spaces between words.
_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f"
    "\U00020000-\U0003ffff]"
)
_ZWJ = "\u200d"
_SKIN_TONES = frozenset("🏻🏼🏽🏾🏿")
_FLAG_LETTERS = re.compile("[🇦-🇿]*$")


def format_count(count: int, one: str, several: str | None = None) -> str:
    """Return so many of something in words; ``several`` is what more than one are called, None: with an s."""
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def format_time(at: datetime) -> str:
    """Return an aware time as in ``2020-09-14T01:03:00Z``: UTC, whole seconds (RFC 3339)."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def format_minute(at: datetime) -> str:
    """Return an aware time to the minute as people read it: ``2020-09-14 01:03 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def format_bytes(size_bytes: float) -> str:
    """Return a size with the unit that suits it."""
    size, unit = float(size_bytes), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if unit == 0 else f"{size:.1f} {_UNITS[unit]}"


def clean_cell(text: str) -> str:
    """Return a text without what may steer a terminal: a publisher may have sent it."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def clean_text(text: str) -> str:
    """Return ``text`` on one line: no control characters, white space as one space, none at the ends."""
    if text.isprintable() and "  " not in text:  # most texts are clean, and this is quick to see
        return text.strip(" ")
    return _WHITE_SPACE.sub(" ", _UNWANTED.sub("", text)).strip()


def drop_illegal(text: str) -> str:
    """Return ``text`` without the characters that no record may hold, its lines as they are."""
    return _ILLEGAL.sub("", text)


def cut_excerpt(text: str, limit: int = 300) -> str:
    """Return the beginning of ``text`` in at most ``limit`` characters, cut at the end of a word.

    An ellipsis, within the limit, stands only where something was cut. A script that is written without
    spaces, or a word longer than the limit, is cut between characters as readers see them.
    """
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    return text[: _find_last_end(text, limit - 1)].rstrip(_CUT_ENDS) + ELLIPSIS


def _find_last_end(text: str, limit: int) -> int:
    ends = (end for end in range(limit, 0, -1) if _ends_word(text, end))
    return next((end for end in ends if text[:end].rstrip(_CUT_ENDS)), _find_last_character(text, limit))


def _ends_word(text: str, end: int) -> bool:
    before, after = text[end - 1], text[end]
    if after.isspace() or after in "–—":
        return True
    is_unspaced = _UNSPACED.match(before) or _UNSPACED.match(after)
    return bool(is_unspaced) and not _is_joined(text, end)


def _find_last_character(text: str, limit: int) -> int:
    return next((end for end in range(limit, 0, -1) if not _is_joined(text, end)), limit)


def _is_joined(text: str, index: int) -> bool:
    """Tell whether the characters before and at ``index`` are one to readers (UAX #29, in the main)."""
    before, after = text[index - 1], text[index]
    if _ZWJ in (before, after) or after in _SKIN_TONES or category(after).startswith("M"):
        return True
    if "🇦" <= after <= "🇿":
        flags = _FLAG_LETTERS.search(text, max(0, index - 64), index)
        return flags is not None and len(flags[0]) % 2 == 1
    return "\U000e0020" <= after <= "\U000e007f" or "\u1160" <= after <= "\u11ff"


def title_key(title: str) -> str:
    """Return ``title`` for comparing: folded case and forms, punctuation and white space as one space.

    Letters, marks and digits of all scripts stay; "" where nothing but punctuation is left.
    """
    return _title_key(title[:_COMPARED_LENGTH])


@lru_cache(_TITLES_KEPT)
def _title_key(title: str) -> str:
    if title.isascii():  # there are no other forms of it
        return b" ".join(title.encode().translate(_ASCII_KEYS, _ASCII_UNWANTED).split()).decode()
    cleaned = normalize("NFKC", clean_text(title))
    return " ".join(_replace(_NOT_WORD, normalize("NFKC", cleaned.casefold()), " ").split())


def signed_key(title: str) -> str:
    """Return ``title`` for telling whether two are one: as ``title_key``, and the signs that carry meaning.

    ``C++`` is not ``C#``, nor ``+3 %`` ``-3 %``, nor one emoji another; quotes, dashes between words and
    other punctuation still count for nothing.
    """
    return _signed_key(title[:_COMPARED_LENGTH])


@lru_cache(_TITLES_KEPT)
def _signed_key(title: str) -> str:
    cleaned = normalize("NFKC", clean_text(title))
    folded = normalize("NFKC", cleaned.casefold())
    return " ".join(_NOT_WORD.sub(_keep_meaningful_sign, folded).split())


def _keep_meaningful_sign(found: re.Match[str]) -> str:
    sign = found[0]
    if sign in _DASHES:
        return " - " if _is_minus(found.string, found.start()) else " "
    if sign == "*":
        return " * " if found.string[: found.start()][-1:].isalnum() else " "
    if sign in _MEANINGFUL_SIGNS:
        return f" {sign} "
    if sign.isascii() or sign in _DECORATION:
        return " $ " if sign == "$" else " "
    if _is_sign(sign):
        return sign
    return f" {sign} " if category(sign) in ("Sc", "So", "Sm") or sign in _SKIN_TONES else " "


def _is_minus(text: str, at: int) -> bool:
    before, after = text[max(0, at - _SHORT_GRADE - 1) : at], text[at + 1 : at + 2]
    if after.isdigit():
        return before[-1:] in ("", " ", "(")
    grade = before.rpartition(" ")[2]
    return after in ("", " ") and grade.isalpha() and len(grade) <= _SHORT_GRADE


def slug(title: str) -> str:
    """Return ``title`` for a file name: lower case, punctuation dropped, spaces as ``-``.

    At most ``SLUG_LENGTH`` characters and ``SLUG_BYTES`` in UTF-8, cut at a word; "article" where
    nothing is left.
    """
    lower = normalize("NFC", clean_text(title[:_COMPARED_LENGTH])).lower()
    whole = _HYPHENS.sub("-", _replace(_PUNCTUATION, lower, "")).strip("-")
    length = min(SLUG_LENGTH, len(whole.encode()[:SLUG_BYTES].decode(errors="ignore")))
    if len(whole) > length:
        end = _find_last_character(whole, length)
        whole = whole[: end + 1].rpartition("-")[0] or whole[:end]
    return whole.strip("-") or "article"


def _replace(unwanted: re.Pattern[str], text: str, substitute: str) -> str:
    if text.isascii():
        return unwanted.sub(substitute, text)
    # The vowel signs of many scripts are marks, which to the pattern are no part of a word.
    return unwanted.sub(lambda found: found[0] if _is_sign(found[0]) else substitute, text)


def _is_sign(character: str) -> bool:
    return category(character) in ("Mn", "Mc") and not "\ufe00" <= character <= "\ufe0f"
