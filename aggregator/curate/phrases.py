"""Phrases, found in a text all at once, as whole words.

A phrase ends, on either side, where no letter, digit or mark of a language with blanks goes on. A hyphen
joins what stands on both its sides: neither ``power`` in ``low-power`` nor ``AI`` in ``AI-powered`` is a
word of its own, but the ``KI`` of ``KI- und Robotik`` is. Beside letters of languages that are written
without blanks between words no end is asked for.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

# Han with its marks of repetition, Hiragana, Katakana, Thai, Lao, Myanmar, Khmer.
_NO_BLANKS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNBLANKED = re.compile(f"[{_NO_BLANKS}]")
_WORDS = re.compile(rf"[^\W{_NO_BLANKS}]+")
# By ASCII code: what no word goes on with becomes a blank.
_APART = bytes(code if chr(code).isalnum() or chr(code) == "_" else 32 for code in range(128)).ljust(256)
# Typesetters' forms of what a keyboard has; NFKC leaves the apostrophes and U+2010 as they are.
_TYPED = (("’", "'"), ("ʼ", "'"), ("‐", "-"))


class Phrases:
    """Phrases, looked for only where their rarest part stands in the text.

    So the cost follows the text and not the number of phrases.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        by_key: dict[str, list[str]] = defaultdict(list)
        for phrase in dict.fromkeys(phrases):
            if phrase:
                by_key[_key(phrase)].append(phrase)
        self._by_key = dict(by_key)
        self._keys = frozenset(by_key)
        self._characters = frozenset(key for key in by_key if not _WORDS.match(key))

    def found(self, text: str) -> frozenset[str]:
        """Return the phrases that stand in ``text``; they are as ``fold`` returns them."""
        folded = fold(text)
        keys = self._keys.intersection(_words(folded))
        if self._characters:
            keys |= self._characters.intersection(folded)
        near = (phrase for key in keys for phrase in self._by_key[key])
        return frozenset(phrase for phrase in near if _stands(phrase, folded)) if keys else keys


def fold(text: str) -> str:
    """Return ``text`` for matching: compatibility forms and case folded, white space as one blank."""
    folded = text.lower() if text.isascii() else _fold_forms(text)
    return " ".join(folded.split())


def _fold_forms(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    for typeset, typed in _TYPED:
        folded = folded.replace(typeset, typed)
    return folded


def _words(folded: str) -> list[str]:
    if folded.isascii():  # as most texts are, and this takes a seventh of the time
        return folded.encode().translate(_APART).decode().split()
    return _WORDS.findall(folded)


def _key(phrase: str) -> str:
    """Return a word or character that stands in every text the phrase stands in."""
    unblanked = _UNBLANKED.search(phrase)
    if unblanked:
        return unblanked[0]
    return max(_WORDS.findall(phrase), key=len, default=phrase[0])


def _stands(phrase: str, folded: str) -> bool:
    start = folded.find(phrase)
    while start >= 0:
        if _begins(folded, start) and _ends(folded, start + len(phrase)):
            return True
        start = folded.find(phrase, start + 1)
    return False


def _begins(text: str, at: int) -> bool:
    if at == 0 or _UNBLANKED.match(text[at]):
        return True
    return not _is_joined(text[at - 1], text[max(at - 2, 0) : at - 1])


def _ends(text: str, at: int) -> bool:
    if at == len(text) or _UNBLANKED.match(text[at - 1]):
        return True
    return not _is_joined(text[at], text[at + 1 : at + 2])


def _is_joined(beside: str, beyond: str) -> bool:
    """Tell whether a word goes on into the character ``beside`` it; "" is beyond the text."""
    return _goes_on(beyond if beside == "-" else beside)


def _goes_on(character: str) -> bool:
    """Tell whether a word of a language with blanks goes on with ``character``."""
    if character.isascii():
        return character.isalnum() or character == "_"
    is_part = character.isalnum() or unicodedata.category(character).startswith("M")
    return is_part and not _UNBLANKED.match(character)
