"""Plain text: cleaned, cut, and made comparable. Pure."""

import re
import unicodedata

ELLIPSIS = "…"
SLUG_LENGTH = 100

# What a record may not hold, and what would let text hide or turn other text: C0 and C1 controls but
# white space, bidirectional overrides, lone surrogates, byte-order marks and non-characters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_BLANKS = re.compile(r"[\s\x85\u2028\u2029\x1c-\x1f]+")
_NOT_WORD = re.compile(r"[^\w]+|_+")
_DROPPED = re.compile(r"[^\w\s-]+|_+")
_WORD_END = re.compile(r"[\s\-–—/]")  # dashes as texts use them


def clean_text(text: str) -> str:
    """Return ``text`` on one line: no control characters, runs of white space as one blank, no ends."""
    return _BLANKS.sub(" ", _UNWANTED.sub("", text)).strip()


def cut_excerpt(text: str, limit: int = 300) -> str:
    """Return the beginning of ``text`` in at most ``limit`` characters, cut at the end of a word.

    An ellipsis stands only where something was cut. A text without blanks, as some languages are
    written, is cut at a character, never between one and its combining marks.
    """
    if len(text) <= limit:
        return text
    end = _last_word_end(text, limit - 1)
    return text[:end].rstrip(" \t,;:.-–—(/…") + ELLIPSIS  # dashes as texts use them


def _last_word_end(text: str, limit: int) -> int:
    if _WORD_END.match(text, limit):
        return limit
    for end in range(limit, limit // 2, -1):
        if _WORD_END.match(text[end - 1]):
            return end - 1
    while limit > 1 and _belongs_to_the_one_before(text, limit):
        limit -= 1
    return limit


def _belongs_to_the_one_before(text: str, index: int) -> bool:
    joined = "\u200d" in text[index - 1 : index + 1]
    return (
        joined
        or unicodedata.category(text[index]).startswith("M")
        or "\U0001f3fb" <= text[index] <= "\U0001f3ff"
    )


def title_key(title: str) -> str:
    """Return ``title`` for comparing: folded case and forms, punctuation and blanks as one blank.

    "" where nothing but punctuation is left.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold())
    return _NOT_WORD.sub(" ", folded).strip()


def slug(title: str) -> str:
    """Return ``title`` for a file name: lower case, punctuation dropped, blanks as ``-``.

    At most ``SLUG_LENGTH`` characters, cut at a word; "article" where nothing is left.
    """
    words = _DROPPED.sub("", unicodedata.normalize("NFC", clean_text(title)).lower())
    whole = re.sub(r"[\s-]+", "-", words).strip("-")
    if len(whole) > SLUG_LENGTH:
        whole = whole[: SLUG_LENGTH + 1].rpartition("-")[0] or whole[:SLUG_LENGTH]
    return whole or "article"
