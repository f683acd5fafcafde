"""The language of a short text, by its script and its commonest words."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from itertools import chain

import stopwordsiso

ENGLISH = "en"
UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my"})
"""Languages that are written without spaces between words."""

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("km", re.compile("[\u1780-\u17ff]")),
)
_FOREIGN = re.compile("[^\x00-\u024f]")
# Small or unlikely languages, whose lists would only catch names; and "no" is written nb elsewhere.
_LEFT_OUT = frozenset({"br", "eo", "eu", "ga", "gl", "ha", "ku", "la", "so", "st", "sw", "yo", "zu"})
# The English list has abbreviations of all kinds, which are words of other languages.
_SHORT_ENGLISH = frozenset(
    "to of in is on it at as be by an or he we my me if us no do so up go am".split()  # noqa: SIM905  # easier to read
)
_MORE_WORDS = 2
_CLEARLY = 1.5


def detect_language(text: str, words: Collection[str], stated: str | None) -> str:
    """Return the language of ``text`` (ISO 639-1), whose lower-case ``words`` are given.

    ``stated`` is what its source says (a tag as in ``en-GB``), which many set wrongly: it stands unless the
    script, or the common words of another language, say clearly otherwise. English where nothing is known.
    """
    expected = primary_subtag(stated)
    if not text.isascii() and _FOREIGN.search(text):
        for language, script in _SCRIPTS:
            if script.search(text):
                return "ja" if language == "zh" and expected == "ja" else language
    # Most texts have few words of others, which sets of words tell without counting for each language.
    own_words, others_words = _part_words(expected if expected in _list_known() else "")
    others = sum(map(others_words.__contains__, words))
    if others < _MORE_WORDS:
        return expected
    own = sum(map(own_words.__contains__, words))
    least = max(_CLEARLY * own, own + _MORE_WORDS)
    if own + others < least:
        return expected
    counts = Counter(chain.from_iterable(filter(None, map(_languages_by_word().get, words))))
    if max(counts.values()) < least:
        return expected
    return max(counts, key=lambda language: (counts[language], language == expected, language))


def primary_subtag(tag: str | None) -> str:
    """Return the first part of a language tag (BCP 47) in lower case, English where there is none."""
    return (tag or ENGLISH).replace("_", "-").partition("-")[0].lower() or ENGLISH


@cache
def function_words(language: str) -> frozenset[str]:
    """Return the words of a language that say nothing of a text's subject, none for one not known."""
    words = stopwordsiso.stopwords(language) if stopwordsiso.has_lang(language) else ()
    if language == ENGLISH:
        return frozenset(w for w in words if w.isalpha() and (len(w) > 2 or w in _SHORT_ENGLISH))
    return frozenset(words)


@cache
def _languages_by_word() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language in sorted(stopwordsiso.langs() - _LEFT_OUT):
        for word in filter(_tells_language, function_words(language)):
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


@cache
def _list_known() -> frozenset[str]:
    return frozenset(chain.from_iterable(_languages_by_word().values()))


@cache
def _part_words(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that are common in a language, and those that are so only in others."""
    words = _languages_by_word()
    own = frozenset(word for word, languages in words.items() if language in languages)
    return own, frozenset(words) - own


def _tells_language(word: str) -> bool:
    return len(word) > 1 and word.isalpha()
