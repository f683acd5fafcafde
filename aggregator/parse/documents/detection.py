"""Which encoding a text was written in, by its letters alone."""

import re
from collections.abc import Iterator

from aggregator.parse.documents.charsets import find_codec

_DETECTED_BYTES = 200_000
_LATIN = frozenset(("cp1250", "cp1254", "cp1257", "iso8859-2"))
_EAST_ASIAN = frozenset(("cp932", "cp949", "big5hkscs", "euc_jp", "gb18030"))
_LETTERS = frozenset(
    ("cp1251", "cp1253", "cp1255", "cp1256", "cp874", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
     "koi8-r", "koi8-u")
)  # fmt: skip
"""What feeds are written in; of a few letters a detector also makes Mac and DOS encodings."""

_SURER = 1.3
_SUREST = 1.6
_FEW_LETTERS = 4
"""So many times as likely as Windows-1252, the web's default, another encoding of Latin letters must be;
more where fewer different letters speak for it."""

_BEYOND_ASCII = frozenset(range(128, 256))
_TAG = re.compile(rb"<[A-Za-z/?!][^<>]*>")
_MIXED_WORD = re.compile("(?<=[A-Za-z])[\u0370-\u06ff\u0e00-\u0e7f]|[\u0370-\u06ff\u0e00-\u0e7f](?=[A-Za-z])")
_WORD = re.compile("[\u0370-\u06ff\u0e00-\u0e7f]+")
_SYMBOL_IN_WORD = re.compile("[^\\W\\d_][\u00a3\u00b3\u00b9\u00bc\u00be\u00bf\ufffd][^\\W\\d_]")


def detect_codec(body: bytes) -> str | None:
    """Return the codec that fits the text's letters, None where that is Windows-1252 or unknown."""
    body = body[:_DETECTED_BYTES]
    first, _ = next(_rank_codecs(body), (None, 0.0))
    return first if first in _EAST_ASIAN else _detect_letters(_TAG.sub(b" ", body))


def _detect_letters(body: bytes) -> str | None:
    """Return the codec of a text without its tags, whose English hides what the text is written in."""
    is_western = not _SYMBOL_IN_WORD.search(body.decode("cp1252", "replace"))
    likely = list(_rank_codecs(body))
    western = max((share for codec, share in likely if codec == "cp1252"), default=0.0)
    needed = western * (_SUREST if len({*body} & _BEYOND_ASCII) < _FEW_LETTERS else _SURER)
    for codec, share in likely:
        if codec == "cp1252" and is_western:
            return None
        if codec in _EAST_ASIAN or (codec in _LETTERS and not _mixes_scripts(body, codec)):
            return codec
        if codec in _LATIN and (not is_western or share >= needed):
            return codec
    return None


def _rank_codecs(body: bytes) -> Iterator[tuple[str, float]]:
    """Yield codecs with how likely they are, the likeliest first."""
    # Hardly any document needs it.
    import chardet  # noqa: PLC0415

    for found in chardet.detect_all(body):
        if found["encoding"] and (codec := find_codec(found["encoding"])):
            yield codec, found["confidence"]


def _mixes_scripts(body: bytes, codec: str) -> bool:
    """Tell whether many words would be of two scripts, as accented Latin letters look in a wrong encoding."""
    text = body.decode(codec, "replace")
    return len(_MIXED_WORD.findall(text)) * 3 > len(_WORD.findall(text))
