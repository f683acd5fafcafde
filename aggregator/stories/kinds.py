"""What kind of article a title announces where that is no news: a question, an offer, a guide or a review.

A game's release, how to start it, what it costs and how good it is share its name and most other words, and
are told at the same time: whoever reads of the one does not look for the others. So it is with two guides.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

KIND = "=?"
"""What the terms of a title's kinds begin with. They stand among those of series."""
QUESTION, OFFER, GUIDE = f"{KIND}question", f"{KIND}offer", f"{KIND}guide"
# What questions begin with, and titles that answer one: "How ...", "Why ...". No "WHO", which is a body.
_ASKING = {
    "da": "hvordan hvorfor hvem hvor hvornår hvilken hvilke",
    "de": "wie warum wieso weshalb wer wo wann welche welcher welches",
    "en": "how why who where when which",
    "es": "cómo quién quiénes dónde cuándo cuál cuáles",
    "fr": "comment pourquoi qui où quand quel quelle quels quelles",
    "it": "come perché chi dove quando quale quali",
    "nb": "hvordan hvorfor hvem hvor når hvilken hvilke",
    "nl": "hoe waarom wie waar wanneer welke",
    "pl": "jak dlaczego kto gdzie kiedy który która które",
    "pt": "como quem onde quando qual quais",
    "sv": "hur varför vem var när vilken vilka",
}
_MARKS = "[?؟]"
_FIRST = r"(?:^|[:–—-] )[^\w]*"
"""Where a title begins, or what follows its colon or dash."""
_ENGLISH = {
    QUESTION: r"\b(?:how|where) to\b",
    OFFER: r"""
        \b(?:deals|on\ sale|discount\w*|pre-?orders?|lowest\ price|price\ drop|black\ friday|prime\ day)\b
        | \bsaves?\ (?:you\ )?(?:on|up\ to|[$£€\d]) | (?:[$£€]\d+|\b\d+%)\ off\b
    """,
    GUIDE: r"\b(?:reviews?|best|guide|walkthrough|tips|explained|everything\ (?:you|we)|things\ to)\b",
}

_ENGLISH_SIGNS = """
    best day deals discount discounted discounts everything explained friday guide off order orders preorder
    preorders price review reviews sale save saves things tips walkthrough
"""
"""In little time they tell that most titles are of no kind."""


def find_kinds(title: str, words: Iterable[str], language: str) -> Iterator[str]:
    """Yield the terms of the kinds that a title with these lower-case words is of; most are of none.

    ``language`` is ISO 639-1.
    """
    if "?" in title or "؟" in title or not _list_signs(language).isdisjoint(words):
        yield from (kind for kind, pattern in _list_patterns(language) if pattern.search(title))


def has_kind(series: Iterable[str]) -> bool:
    """Tell by an article's terms of series whether its title is of a kind."""
    return any(term.startswith(KIND) for term in series)


@cache
def _list_signs(language: str) -> frozenset[str]:
    """Return the words of which one is in each title that is of a kind, but for questions with a mark."""
    signs = _ENGLISH_SIGNS if language == "en" else ""
    return frozenset((*_ASKING.get(language, "").split(), *signs.split()))


@cache
def _list_patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    asking = "|".join(f"{word}|{word.capitalize()}" for word in _ASKING.get(language, "").split())
    patterns = {QUESTION: rf"{_MARKS} | {_FIRST}(?-i:{asking})\b" if asking else _MARKS}
    for kind, english in _ENGLISH.items() if language == "en" else ():
        patterns[kind] = f"{patterns[kind]} | {english}" if kind in patterns else english
    flags = re.IGNORECASE | re.VERBOSE
    return tuple((kind, re.compile(pattern, flags)) for kind, pattern in patterns.items())
