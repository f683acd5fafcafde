"""The forms of letters that make no difference to a reader, as one form.

In any case, in any of Unicode's ways to write one character. Capitals are no plain matter: of Turkish ``İ``
the small letter is ``i`` and of ``ı`` the capital is ``I``; Greek capitals carry no accents; the marks of
vowels in Arabic and Hebrew are mostly left out.
"""

import re
import unicodedata

# Typesetters' forms of what a keyboard has; NFKC leaves the apostrophes and U+2010 as they are.
_TYPED = (("’", "'"), ("ʼ", "'"), ("‐", "-"))
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_GREEK_MARKS = re.compile("(?<=[\u0370-\u03ff])[\u0300-\u036f]+")
_VOWEL_MARKS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670]+")
# The breve of й is no accent: й is a letter of its own.
_ACCENTS = re.compile("(?<!и)[\u0300-\u036f]+")
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
_TURKISH = re.compile("[ıİğĞşŞ]")


def fold(text: str, *, fold_accents: bool = False) -> str:
    """Return ``text`` for matching: compatibility forms and case folded, white space as one space.

    ``fold_accents`` drops the accents of all letters as well.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = _fold_forms(text)
    return " ".join((_drop_accents(folded) if fold_accents else folded).split())


def dotless_forms(text: str) -> tuple[str, ...]:
    """Return ``text`` as it is and, where it is Turkish with a capital ``I``, with ``ı`` for it."""
    is_dotless = "I" in text and _TURKISH.search(text)
    return (text, text.replace("I", "ı")) if is_dotless else (text,)


def _fold_forms(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    if "\u0307" in folded:
        folded = folded.replace("i\u0307", "i")
    folded = unicodedata.normalize("NFKC", folded)
    for typeset, typed in _TYPED:
        folded = folded.replace(typeset, typed)
    if _GREEK.search(folded):
        folded = _drop_marks(_GREEK_MARKS, folded)
    return _VOWEL_MARKS.sub("", folded)


def _drop_accents(folded: str) -> str:
    return _drop_marks(_ACCENTS, folded.translate(_STROKES))


def _drop_marks(marks: re.Pattern[str], text: str) -> str:
    return unicodedata.normalize("NFC", marks.sub("", unicodedata.normalize("NFD", text)))
