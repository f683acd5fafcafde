"""The other number of an English word, so that a first topic finds it in both; pure."""

import re

_WORD = re.compile(r"[A-Z]?[a-z]{3,}")
"""What is varied: no names in capitals, no phrase, nothing with letters that English has not."""
_ALIKE = re.compile(r"(?:news|means|series|species|lens|.*(?:ss|us|is|ics))$", re.IGNORECASE)
"""Words in s that are no plurals, or whose form without it says something else."""


def add_number_forms(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return keywords, each single word followed by its singular or plural where it has another form."""
    return tuple(dict.fromkeys(form for word in words for form in (word, *_vary(word))))


def _vary(word: str) -> tuple[str, ...]:
    if not _WORD.fullmatch(word) or _ALIKE.fullmatch(word):
        return ()
    if not word.endswith("s"):
        return (_make_plural(word),)
    for ending, singular in (("ies", "y"), ("oes", "o"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if word.endswith(ending):
            return (word.removesuffix(ending) + singular,)
    return (word.removesuffix("s"),)


def _make_plural(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(?:x|ch|sh|[^aeiou]o)$", word) else f"{word}s"
