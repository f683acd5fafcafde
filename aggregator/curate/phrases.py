"""Phrases, found in a text all at once, as whole words.

A phrase ends, on either side, where no letter, digit or mark of a language with spaces goes on. A hyphen
joins what stands on both its sides: neither ``power`` in ``low-power`` nor ``AI`` in ``AI-powered`` is a
word of its own, but the ``KI`` of ``KI- und Robotik`` is. Beside letters of languages that are written
without spaces between words no end is asked for. Korean words are written with spaces, but with their
particles: a Hangul word ends before one (``korean_particles``), and a word of other letters before any
Hangul.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.curate.korean_particles import HANGUL, is_particle, stems_of
from aggregator.curate.letter_forms import dotless_forms, fold

# Han with its marks of repetition, Hiragana, Katakana, Thai, Lao, Myanmar, Khmer.
_WITHOUT_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNSPACED = re.compile(f"[{_WITHOUT_SPACES}]")
_HANGUL = re.compile(f"[{HANGUL}]")
_WORDS = re.compile(rf"[^\W{_WITHOUT_SPACES}{HANGUL}]+|[{HANGUL}]+")
# By ASCII code: what no word goes on with becomes a space.
_WORD_ENDS = bytes(code if chr(code).isalnum() or chr(code) == "_" else 32 for code in range(128)).ljust(256)


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A phrase as the operator wrote it; ``fold_accents``: ``cafe`` is ``café``, and the reverse.

    Two of the same words are two, so that each knows its own topic, and is found in a set at once.
    """

    text: str
    fold_accents: bool = False


class Phrases:
    """Phrases, looked for only where their rarest part stands in the text.

    So the cost follows the text and not the number of phrases.
    """

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        of_either: tuple[list[Phrase], list[Phrase]] = ([], [])
        for phrase in phrases:
            of_either[phrase.fold_accents].append(phrase)
        self._groups = tuple(_FoldedPhrases(found) for found in of_either if found)

    def find_in(self, text: str) -> frozenset[Phrase]:
        """Return the phrases that stand in ``text``."""
        if len(self._groups) == 1:
            return self._groups[0].find_in(text)
        return frozenset[Phrase]().union(*(group.find_in(text) for group in self._groups))


class _FoldedPhrases:
    """Phrases that fold alike."""

    def __init__(self, phrases: list[Phrase]) -> None:
        self._fold_accents = phrases[0].fold_accents
        by_form: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in phrases:
            for form in self._fold_forms(phrase.text):
                by_form[form].append(phrase)
        by_key: dict[str, list[str]] = defaultdict(list)
        for form in by_form:
            by_key[_choose_key(form)].append(form)
        self._by_form, self._by_key = dict(by_form), dict(by_key)
        self._keys = frozenset(by_key)
        self._characters = frozenset(key for key in by_key if not _WORDS.match(key))
        self._ascii_characters = frozenset(filter(str.isascii, self._characters))
        self._has_dotless = any("ı" in form for form in by_form)

    def find_in(self, text: str) -> frozenset[Phrase]:
        found = self._find_folded(text)
        if self._has_dotless and "I" in text:
            found |= self._find_folded(text.replace("I", "ı"))
        return found

    def _fold_forms(self, text: str) -> set[str]:
        return {fold(form, fold_accents=self._fold_accents) for form in dotless_forms(text)} - {""}

    def _find_folded(self, text: str) -> frozenset[Phrase]:
        is_plain = text.isascii()  # then what may stand there is seen without folding it
        folded = text.lower() if is_plain else fold(text, fold_accents=self._fold_accents)
        keys = self._keys.intersection(_split_words(folded))
        characters = self._ascii_characters if is_plain else self._characters
        if characters:
            keys |= characters.intersection(folded)
        if not keys:
            return frozenset()
        if is_plain:
            folded = fold(text, fold_accents=self._fold_accents)
        near = (form for key in keys for form in self._by_key[key])
        standing = (self._by_form[form] for form in near if _occurs(form, folded))
        return frozenset(phrase for phrases in standing for phrase in phrases)


def _split_words(folded: str) -> list[str]:
    if folded.isascii():  # as most texts are, and this takes a seventh of the time
        return folded.encode().translate(_WORD_ENDS).decode().split()
    words = _WORDS.findall(folded)
    if _HANGUL.search(folded):
        words += [stem for word in words if _HANGUL.match(word) for stem in stems_of(word)]
    return words


def _choose_key(phrase: str) -> str:
    """Return a word or character that stands in every text the phrase stands in."""
    unspaced = _UNSPACED.search(phrase)
    if unspaced:
        return unspaced[0]
    return max(_WORDS.findall(phrase), key=len, default=phrase[0])


def _occurs(phrase: str, folded: str) -> bool:
    start = folded.find(phrase)
    while start >= 0:
        if _is_word_start(folded, start) and _is_word_end(folded, start + len(phrase)):
            return True
        start = folded.find(phrase, start + 1)
    return False


def _is_word_start(text: str, at: int) -> bool:
    if at == 0 or _UNSPACED.match(text[at]) or _is_border(text[at - 1], text[at]):
        return True
    return not _is_joined(text[at - 1], text[max(at - 2, 0) : at - 1])


def _is_word_end(text: str, at: int) -> bool:
    if at == len(text) or _UNSPACED.match(text[at - 1]) or _is_border(text[at - 1], text[at]):
        return True
    if _HANGUL.match(text[at - 1]) and _HANGUL.match(text[at]):
        return is_particle(text, at)
    return not _is_joined(text[at], text[at + 1 : at + 2])


def _is_border(before: str, after: str) -> bool:
    """Tell whether Hangul and other letters or digits meet."""
    if before.isascii() and after.isascii():
        return False
    return before.isalnum() and after.isalnum() and bool(_HANGUL.match(before)) != bool(_HANGUL.match(after))


def _is_joined(beside: str, beyond: str) -> bool:
    """Tell whether a word goes on into the character ``beside`` it; "" is beyond the text."""
    return _goes_on(beyond if beside == "-" else beside)


def _goes_on(character: str) -> bool:
    """Tell whether a word of a language with spaces goes on with ``character``."""
    if character.isascii():
        return character.isalnum() or character == "_"
    is_part = character.isalnum() or unicodedata.category(character).startswith("M")
    return is_part and not _UNSPACED.match(character)
