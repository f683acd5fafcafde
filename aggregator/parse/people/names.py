"""Names of authors and of languages as feeds write them, cleaned."""

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape

from aggregator.html import plain_text
from aggregator.parse.people.bylines import split_byline

MAX_AUTHORS = 20
_LONGEST_NAME_CHARS = 120
_LONGEST_TEXT_CHARS = 1000
_LONGEST_BYLINE_CHARS = 4000
_LONGEST_TAG_CHARS = 200

_EMAIL = re.compile(
    r"(?:mailto:)?[^\s<>()\[\],;:\"]{1,64}(?:@|\s?\[at\]\s?)[^\s<>()\[\],;:\"]{1,255}", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_EMPTY_PAIR = re.compile(r"\(\s*\)|<\s*>|\[\s*\]|\"\s*\"")
_WHOLLY_BRACKETED = re.compile(r"[(<\[\"'](.*)[)>\]\"']")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_PLAIN_NAME = re.compile(r"[^\W\d_]++(?: [^\W\d_]++)*+")
_BETWEEN_LINKS = re.compile(
    r"</a>\s{0,20}(?:[,;|/·&]?\s{0,20}(?:&|and\b|und\b|et\b|y\b)?)?\s{0,20}(?=<a\s)|<(?:br|/li|/p)\s{0,5}/?>",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"@[\w.-]{1,60}\s+(?=[^\W\d_])")
_BY = re.compile(
    r"(?:by|written by|posted by|reported by|words by|story by)[:\s]\s*"
    r"|(?:author|autor(?:in|a)?|auteur|autore|автор|作者|文)\s?[:：]\s*"
    r"|(?:von|par|por|door|przez)\s(?=[^\W\d_]+\s[^\W\d_]{2})",
    re.IGNORECASE,
)
"""Before a name; what is a name's own part in one language ("von Braun") stands so only before two words."""
_RECORD = re.compile(r"""\{\s*["']name["']\s*:\s*["'](?P<name>[^"']+)["'].*\}""", re.DOTALL)
_DANGLING = re.compile(r"\s+(?:and|und|et|y|e|&)$")
_NOBODY = {
    "",
    "admin",
    "administrator",
    "anonymous",
    "array",
    "author",
    "editor",
    "guest",
    "n/a",
    "na",
    "nan",
    "noreply",
    "no-reply",
    "none",
    "null",
    "root",
    "undefined",
    "unknown",
    "webmaster",
    "[object object]",
    "object object",
}

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}")
_NO_LANGUAGE = {"und", "zxx", "mul", "mis", "xx", "xxx"}


def read_authors(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Return the people that ``texts`` name, as ``clean_authors`` does; each text may name several."""
    bounded = [text[: _LONGEST_BYLINE_CHARS + 1] for text in texts if text]
    return clean_authors([name for text in bounded for name in _find_names(text)])


def clean_authors(names: Iterable[str | None]) -> tuple[str, ...]:
    """Return the names of people in ``names``, each once, at most ``MAX_AUTHORS``; no e-mail address."""
    found: dict[str, str] = {}
    for name in names:
        cleaned = _clean_author(name[:_LONGEST_TEXT_CHARS]) if name else None
        if cleaned:
            found.setdefault(cleaned.casefold(), cleaned)
        if len(found) == MAX_AUTHORS:
            break
    return tuple(found.values())


@lru_cache(maxsize=4096)
def _find_names(text: str) -> tuple[str, ...]:
    record = _RECORD.fullmatch(text.strip()[:_LONGEST_BYLINE_CHARS])
    byline = record["name"] if record else _part_lines(text[:_LONGEST_BYLINE_CHARS])
    if not _PLAIN_NAME.fullmatch(byline):
        byline = _strip_addresses(_BETWEEN_LINKS.sub("; ", unescape(byline)))
        if listed := _BRACKETED.fullmatch(byline):
            byline = listed[1]
    names = split_byline(_strip_by(byline))
    is_cut = len(text) > _LONGEST_BYLINE_CHARS and len(names) > 1
    return tuple(names[:-1] if is_cut else names)


def _part_lines(text: str) -> str:
    """Return a byline on one line, with semicolons where each of its lines is a name."""
    if "\n" not in text or "," in text:
        return text
    lines = list(filter(None, map(str.strip, text.splitlines())))
    return "; ".join(lines) if all(len(line.split()) > 1 for line in lines) else text


@lru_cache(maxsize=4096)
def _clean_author(name: str) -> str | None:
    """``mail@example.org (Jane Doe)``, ``Jane Doe <mail@example.org>`` and ``By Jane Doe`` are Jane Doe."""
    text = _strip_by(name if _PLAIN_NAME.fullmatch(name) else _unwrap(_strip_addresses(name)))
    text = _DANGLING.sub("", text)
    is_name = (
        text.casefold() not in _NOBODY and len(text) <= _LONGEST_NAME_CHARS and any(map(str.isalpha, text))
    )
    return text if is_name else None


def _strip_by(text: str) -> str:
    return " ".join((_BY.sub("", text, count=1) if _BY.match(text) else text).split())


def _strip_addresses(text: str) -> str:
    text = _EMAIL.sub(" ", unescape(text))
    text = _ADDRESS.sub(" ", plain_text(_EMPTY_PAIR.sub(" ", text)))
    return _EMPTY_PAIR.sub(" ", _EMAIL.sub(" ", _EMPTY_PAIR.sub(" ", text))).strip(" ,;:|-")


def _unwrap(text: str) -> str:
    """Return a name without brackets around it, and without the handle that Discourse writes before it."""
    bracketed = _WHOLLY_BRACKETED.fullmatch(text)
    return _HANDLE.sub("", bracketed[1].strip() if bracketed else text, count=1)


def clean_language(tag: str | None) -> str | None:
    """Return a well-formed BCP 47 tag in lower case (``en-us``); None for what is none or says nothing.

    Of the grammar in RFC 5646 section 2.1 the language with region, script or variant is accepted.
    """
    if not tag:
        return None
    return _clean_tag(tag[:_LONGEST_TAG_CHARS])


@lru_cache(maxsize=1024)
def _clean_tag(tag: str) -> str | None:
    lowered = tag.strip().lower().replace("_", "-").partition(".")[0]
    is_language = _LANGUAGE.fullmatch(lowered) and lowered.partition("-")[0] not in _NO_LANGUAGE
    return lowered if is_language else None
