"""From the bytes of a document to its characters.

A byte-order mark is believed, then UTF-8 where the bytes are valid UTF-8 (other text hardly ever is
by chance, and many documents are declared wrongly), then the encoding that the document declares,
then the one of the HTTP header; a wrong byte now and then costs its character only. Where nothing
that is declared fits, the encoding is detected.

RFC 7303 puts the header before the declaration; but a server's header is a default for all of its
files, and the declaration was written by the feed's own software.
"""

import codecs
import re
from email.message import Message
from functools import lru_cache

from aggregator.parse.documents.charsets import find_codec
from aggregator.parse.documents.detection import detect_codec

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""How a document that starts with ``<`` looks in encodings that declare themselves by their zeros
(XML 1.0, appendix F)."""

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([A-Za-z0-9._: -]{2,40}?)\s*["']""")
_META = re.compile(rb"""<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""", re.IGNORECASE)
_SEVEN_BIT = re.compile(r"iso2022_\w+|hz")
_WESTERN = frozenset(("cp1252", "iso8859-15"))
_FEWEST_LETTERS = 12
_HIGH_RUNS = re.compile(rb"[\x80-\xff]{2,}|(?<=[\s>])[\x80-\xff](?=[\s<.,])")
"""Bytes beyond ASCII of languages with an alphabet of their own; in Latin ones they stand among letters."""
_MOST_WRONG = 20
"""One wrong character of so many is a fault in the text; more of them, a wrong encoding."""
_FEW_WRONG = 2
"""So many wrong places say nothing, however short the text."""


def decode_document(body: bytes, content_type: str | None = None) -> tuple[str, str | None]:
    """Return the text of ``body`` and a problem with its encoding, None if there is none.

    ``content_type`` is the HTTP header. Never raises: bytes that fit nothing are read one by one as
    Windows-1252, the encoding most often mixed into others.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _undo_second_encoding(body[len(mark) :].decode(encoding, "replace"), None)
    for start, encoding in _UNMARKED:
        if body.lstrip(b" \t\r\n").startswith(start) or body.startswith(start):
            return body.decode(encoding, "replace"), None
    declared = _find_declared_encoding(body)
    if declared and _SEVEN_BIT.fullmatch(declared) and (text := _decode_strictly(body, declared)) is not None:
        return text, None
    return _decode_eight_bit(body, declared, _find_header_encoding(content_type))


def _decode_eight_bit(body: bytes, declared: str | None, header: str | None) -> tuple[str, str | None]:
    if (text := _decode_strictly(body, "utf-8")) is not None:
        name = (
            _name_declared_encoding(body)
            if declared not in (None, "utf-8") and not body.isascii()
            else "utf-8"
        )
        is_wrong = name not in ("utf-8", "ascii")
        return _undo_second_encoding(text, f"declared as {name}, but written in utf-8" if is_wrong else None)
    guessed = f"not {declared or 'utf-8'} throughout: some bytes are a guess"
    if _is_mostly_utf_8(body):
        return _decode_mixed(body), guessed
    if letters := _find_other_letters(body, declared):
        declared = header = letters
    for encoding in filter(None, (declared, header)):
        if encoding != "utf-8" and (text := _decode_strictly(body, encoding)) is not None:
            is_as_declared = encoding == declared and not letters
            return text, None if is_as_declared else f"{_UNDECLARED} {encoding}"
    for encoding in filter(None, (declared, header)):
        if encoding != "utf-8" and (text := _decode_nearly(body, encoding)) is not None:
            return text, f"not {encoding} throughout: some bytes are lost"
    detected = detect_codec(body)
    if detected and (text := _decode_nearly(body, detected)) is not None:
        return text, f"{_UNDECLARED} {detected}"
    return _decode_mixed(body), guessed


def _find_other_letters(body: bytes, declared: str | None) -> str | None:
    """Return the encoding of a text that is declared as Western, and has none of its words; else None."""
    if declared not in _WESTERN:
        return None
    rest = _HIGH_RUNS.sub(b"", body)
    is_sure = rest.isascii() and len(body) - len(rest) >= _FEWEST_LETTERS
    return detect_codec(body) if is_sure else None


def _decode_mixed(body: bytes) -> str:
    """Return the text of a document in UTF-8, and of its other bytes as they are in Windows-1252."""
    return body.decode("utf-8", "surrogateescape").translate(_FROM_ESCAPES)


def _decode_nearly(body: bytes, encoding: str) -> str | None:
    """Return the text with a replacement for the odd wrong byte, None where too many are wrong."""
    text = body.decode(encoding, "replace")
    wrong = len(_REPLACED.findall(text))
    beyond_ascii = len(_BEYOND_ASCII.findall(text))
    return text if wrong <= _FEW_WRONG or wrong * _MOST_WRONG <= beyond_ascii else None


def _is_mostly_utf_8(body: bytes) -> bool:
    """Tell whether the odd byte out spoils a document in UTF-8: other text looks like it only by chance."""
    text = body.decode("utf-8", "surrogateescape")
    wrong = len(_WRONG_BYTE.findall(text))
    return len(_BEYOND_ASCII.findall(text)) - wrong > 2 * wrong


def _undo_second_encoding(text: str, problem: str | None) -> tuple[str, str | None]:
    """Undo a second encoding ("fÃ¼r"), but only where all of the document makes sense without it."""
    if text.isascii() or not _TWICE_ENCODED.search(text):
        return text, problem
    try:
        once = text.translate(_TO_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text, problem
    is_certain = len(set(_BEYOND_ASCII.findall(once))) > 1
    return (once, "encoded in utf-8 twice") if is_certain else (text, problem)


def _decode_strictly(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None


def _find_declared_encoding(body: bytes) -> str | None:
    label = _find_declared_label(body)
    return find_codec(label) if label else None


def _find_declared_label(body: bytes) -> str | None:
    match = _DECLARED.search(body[:1000]) or _META.search(body[:4000])
    return match[1].decode("ascii") if match else None


def _name_declared_encoding(body: bytes) -> str:
    """Return what the document calls its encoding, spelt as Python does where that knows it."""
    label = _find_declared_label(body) or "utf-8"
    try:
        return codecs.lookup(label).name
    except LookupError:
        return label


@lru_cache(16)
def _find_header_encoding(content_type: str | None) -> str | None:
    if not content_type:
        return None
    header = Message()
    header["content-type"] = content_type.replace("\r", " ").replace("\n", " ")
    charset = header.get_param("charset")
    return find_codec(charset) if isinstance(charset, str) else None


_WRONG_BYTE = re.compile("[\udc80-\udcff]")
_REPLACED = re.compile("\ufffd+")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_TWICE_ENCODED = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]")
_WINDOWS_1252 = tuple(bytes([byte]).decode("cp1252", "replace") for byte in range(256))
_FROM_ESCAPES = {0xDC00 + byte: char for byte, char in enumerate(_WINDOWS_1252) if byte > 0x7F}
_TO_BYTES = {ord(char): byte for byte, char in enumerate(_WINDOWS_1252) if char != "\ufffd"}
_UNDECLARED = "declares no encoding that fits, read as"
