"""What the names of encodings mean on the web (WHATWG Encoding Standard, section 4.2)."""

import codecs
import re
from functools import lru_cache

import webencodings  # type: ignore[import-untyped]  # ships no types

_CHARACTER_SETS = re.compile(
    r"(?:ascii|utf-8|iso8859-\d+|cp\d+|koi8-[rut]|mac-[a-z]+|big5(?:hkscs)?|gbk?|gb2312|gb18030|euc_\w+"
    r"|shift_\w+|iso2022_\w+|johab|tis-620|kz1048|ptcp154|hz)"
)
"""The names of Python's codecs that are character sets; others (``punycode``, ``unicode_escape``)
would let a document choose what its bytes do."""

_SUPERSETS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
    "big5": "big5hkscs",
}  # fmt: skip
"""What browsers read a codec's name as."""

_UNSAID = {"utf-16-le": None, "utf-16-be": None, "utf-16": None, "utf-8-sig": "utf-8"}
"""UTF-16 shows in the bytes, whatever is declared: a name that could be read was not written in it."""

_OWN = {
    "ansi": "windows-1252", "iso latin 1": "windows-1252", "latin-9": "iso-8859-15", "utf8mb4": "utf-8",
    "utf8mb3": "utf-8", "x-euc-kr": "euc-kr", "sjis-win": "shift_jis", "eucjp-win": "euc-jp",
}  # fmt: skip
_PREFIX = re.compile(
    r"(?:win|windows|windows-cp|cp|x-cp|x-ms-cp|x-windows|ms)[-_ ]?(?=(?:874|932|936|949|950|125\d)$)"
)
_CODE_PAGES = {"932": "shift_jis", "936": "gbk", "949": "euc-kr", "950": "big5"}


@lru_cache(64)
def find_codec(label: str) -> str | None:
    """Return the name of Python's codec that reads what is called ``label``, None where there is none."""
    label = label.strip(" \t\r\n\f\"'").lower()
    for name in (_unify_label(label), label, label.replace("_", "-")):
        if codec := _look_up_codec(name):
            return codec
    return None


def _unify_label(label: str) -> str:
    if page := _PREFIX.match(label):
        number = label[page.end() :]
        return _CODE_PAGES.get(number, f"windows-{number}")
    return _OWN.get(label, label)


def _look_up_codec(name: str) -> str | None:
    known = webencodings.lookup(name)
    if known is not None and known.name in ("replacement", "x-user-defined"):
        known = None
    try:
        codec = (known.codec_info if known else codecs.lookup(name)).name
    except (LookupError, ValueError):
        return None
    if codec in _UNSAID:
        return _UNSAID[codec]
    return _SUPERSETS.get(codec, codec) if _CHARACTER_SETS.fullmatch(codec) else None
