"""The sentences of excerpts, and their marks: by these numbers a publisher's sentence is known again.

Those of an article are kept among its terms.
"""

import re
from array import array
from collections.abc import Iterable, Sequence
from typing import Final
from zlib import crc32

NO_MARKS = b""
_TERM = "~"
"""What the term of a mark begins with: "~3fa9c0de"."""
_NUMBER: Final = "I"
# What it begins with stands alone, before all choices: so a text is searched in a third of the time.
_END = re.compile(r"[.!?…。！？\n](?:[.!?…\"'”’)]*\s+|(?<=[。！？]))")
_ADDRESS = re.compile(r"\s*https?://\S+\s*")
_LONGEST_TEXT = 1_000
_SHORTEST = 16
"""Bytes of a sentence that has a mark: shorter ones come anywhere."""
_WORD = re.compile(r"[^\W\d_]+")
_ROOT = 4
_UNSPACED = "\u0e00"
"""From this character on words mostly have no spaces between them: two characters stand for one."""


def list_sentences(excerpt: str, provider: str) -> Sequence[tuple[str, int]]:
    """Return the sentences of a publisher's excerpt without addresses, with marks: 0 for a short one."""
    text, publisher = excerpt[:_LONGEST_TEXT], crc32(provider.encode())
    if has_address(text):
        text = _ADDRESS.sub(".\n", text)
    encoded = ((sentence, sentence.removesuffix(".").encode()) for sentence in _END.split(text))
    return [
        (sentence, crc32(said, publisher) if len(said) >= _SHORTEST else 0)
        for sentence, said in encoded
        if said
    ]


def has_address(text: str) -> bool:
    """Tell whether a text may have an address of the web."""
    return "://" in text


def is_apart(sentence: str, title: str) -> bool:
    """Tell whether a sentence has none of the longer words of a title, by what these begin with."""
    words = [word for word in _WORD.findall(title.lower()) if len(word) >= _ROOT or word >= _UNSPACED]
    roots = [root for word in words for root in _list_roots(word)]
    text = sentence.lower()
    return bool(roots) and not any(root in text for root in roots)


def pack_marks(marks: Iterable[int]) -> bytes:
    """Return marks, each once, as they are kept of an article; 0 is none."""
    return array(_NUMBER, dict.fromkeys(filter(None, marks))).tobytes()


def read_marks(packed: bytes) -> Iterable[int]:
    """Return the marks that were packed."""
    return array(_NUMBER, packed)


def write_marks(packed: bytes) -> tuple[str, ...]:
    """Return packed marks as terms, which ``keep_marks`` finds among others."""
    return tuple(f"{_TERM}{mark:x}" for mark in read_marks(packed))


def keep_marks(terms: Iterable[str]) -> bytes:
    """Return the marks that are among an article's terms, packed."""
    return pack_marks(int(term[1:], 16) for term in terms if term[0] == _TERM)


def leave_out_marks(terms: Iterable[str]) -> Sequence[str]:
    """Return an article's terms but for those of marks."""
    return [term for term in terms if term[0] != _TERM]


def _list_roots(word: str) -> Iterable[str]:
    return (word[at : at + 2] for at in range(len(word) - 1)) if word >= _UNSPACED else (word[:_ROOT],)
