"""What kind of article a title announces where that is no news: a question, an offer, a guide or a review.

A game's release, how to start it, what it costs and how good it is share its name and most other words, and
are told at the same time: whoever reads of the one does not look for the others. So it is with two guides.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

KIND = "=?"
"""What the terms of a title's kinds begin with. They stand among those of series."""
QUESTION, OFFER, GUIDE = f"{KIND}question", f"{KIND}offer", f"{KIND}guide"
_NORWEGIAN = "hvordan hvorfor hvem hvor hvilken hvilke"
# What questions begin with, and titles that answer one: "How ...", "Why ...". No "WHO", which is a body; no
# words that begin other titles as often: "what", Italian "come", Polish "jak", Portuguese "como".
_ASKING = {
    "da": "hvordan hvorfor hvem hvor hvornår hvilken hvilke",
    "de": "wie warum wieso weshalb wer wo wann welche welcher welches",
    "en": "how why who where when which",
    "es": "qué cómo quién quiénes dónde cuándo cuál cuáles",
    "fr": "comment pourquoi qui où quand quel quelle quels quelles",
    "it": "perché quale quali",
    "nb": _NORWEGIAN,
    "nl": "hoe waarom wie waar wanneer welke",
    "no": _NORWEGIAN,
    "pl": "dlaczego kto gdzie kiedy który która które",
    "pt": "onde qual quais",
    "sv": "hur varför vem vilken vilka",
}
_MARKS = "?؟"
_FIRST = r"(?:^|[:–—-]\ )[^\w]*"
"""Where a title begins, or what follows its colon or dash."""
_ENGLISH = {
    QUESTION: rf"\bhere[’']?s\ (?:how|why|who|where|when|which)\b | {_FIRST}learn\ (?:how|where)\b",
    OFFER: r"""
        \b(?:best|early|top|these|all)\b.*\ deals?\b | \bdeals\ (?:on|at|under)\b | \bon\ sale\b
        | \bpre-?orders?\b | \blowest\ prices?\b | \bprice\ drops?\b | \b(?:black\ friday|prime\ day)\b
        | \bdiscount(?:s|ed)?\b(?!\ rate) | \bsaves?\ (?:you\ )?(?:on\b|up\ to\ [$£€]|[$£€]\d)
        | [$£€]\d+\ off\b | \b\d+%\ off\b(?!\ (?:\w+\ )?(?:highs?|lows?|peak))
    """,
    GUIDE: rf"""
        \breview(?:\ ?[:–—-]|\ roundup|$) | \bguide(?:\ ?[:–—-]|\ (?:to|for)\b|$) | \bwalkthrough\b
        | \b(?:tips|explained)$ | \btips\ (?:to|for|on)\b | \beverything\ (?:you|we)\b | \bthings\ to\ know\b
        | {_FIRST}(?:the\ )?(?:\d+\ )?best\ (?!buy\b)
    """,
}
_SIGNS = {
    OFFER: """
        deal deals sale pre preorder preorders price prices black prime discount discounts discounted save
        saves off
    """,
    GUIDE: "review guide walkthrough tips explained everything things best",
}
"""One of these words is in each English title that is an offer or a guide, which few others have."""
_APOSTROPHE = re.compile("['’]")
_ENDING = re.compile(r"\s[–—|-]\s\S+(?:\s\S+){0,2}$")
"""The name of a publisher or a section behind a title, which may be "Which?" or "Tom's Guide"."""


def find_kinds(title: str, words: Collection[str], language: str) -> Iterator[str]:
    """Yield the terms of the kinds that a title is of, in a language (ISO 639-1); most are of none.

    ``words`` are all of its words in lower case, contracted ones whole.
    """
    if _APOSTROPHE.search(title):
        words = [part for word in words for part in _APOSTROPHE.split(word)]
    may_ask = any(mark in title for mark in _MARKS)
    for kind, signs, pattern in _list_kinds(language):
        # Most titles are of none, which their words tell in little time.
        is_likely = (may_ask and kind == QUESTION) or not signs.isdisjoint(words)
        if is_likely and pattern.search(_ENDING.sub("", title)):
            yield kind


def has_kind(series: Iterable[str]) -> bool:
    """Tell by an article's terms of series whether its title is of a kind."""
    return any(term.startswith(KIND) for term in series)


@cache
def _list_kinds(language: str) -> Sequence[tuple[str, frozenset[str], re.Pattern[str]]]:
    """Return each kind with words and a pattern: its titles have one of the words, or ask with a mark."""
    asking = _ASKING.get(language, "").split()
    asked = "|".join(f"{word}|{word.capitalize()}" for word in asking)
    patterns = {QUESTION: rf"[{_MARKS}] | {_FIRST}(?-i:{asked})\b" if asking else f"[{_MARKS}]"}
    signs = {QUESTION: asking}
    if language == "en":
        patterns |= _ENGLISH | {QUESTION: f"{patterns[QUESTION]} | {_ENGLISH[QUESTION]}"}
        signs |= {kind: words.split() for kind, words in _SIGNS.items()}
    flags = re.IGNORECASE | re.VERBOSE
    return [(kind, frozenset(signs[kind]), re.compile(pattern, flags)) for kind, pattern in patterns.items()]
