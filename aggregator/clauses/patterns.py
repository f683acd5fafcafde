"""Patterns of RE2, which takes linear time whatever an operator or an article holds: one, or many at once."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

_MOST_BYTES = 64 << 20
"""Memory that many patterns at once may take; they take it only as they need it."""

_MOST_BYTES_OF_ONE = 8 << 20
"""What the engine of clauses gives one."""

_DOUBLED = re.compile(r"(?<!\\)(?:\\\\)+([bBdDsSwW.])")
_UNITS = re.compile(r"\\Q.*?(?:\\E|\Z)|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]", re.DOTALL)
"""What is one sign of a pattern, or a literal text, in which ``$`` and ``^`` are themselves."""
_MULTILINE = re.compile(r"\(\?[a-zA-Z]*m")
_AFTER_END = re.compile(r"\$[^][(){}|*+?.^$\\\0](?![*?{])")
_BEFORE_START = re.compile(r"[^][(){}|*+?.^$\\\0]\^")
"""Signs that stand for themselves, where none can match."""


class PatternSet:
    """Patterns that are looked for in a text all at once."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = tuple(patterns)
        self._set = _re2().Set.SearchSet(_make_options(_MOST_BYTES))
        for pattern in self._patterns:
            self._set.Add(pattern)
        self._set.Compile()

    def find_in(self, text: str) -> frozenset[str]:
        """Return the patterns that ``text`` matches."""
        plain = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
        return frozenset(self._patterns[number] for number in self._set.Match(plain) or ())


def find_pattern_problem(pattern: str) -> str | None:
    """Return what is wrong with a pattern, None where it is one."""
    re2 = _re2()
    try:
        re2.compile(pattern, options=_make_options(_MOST_BYTES_OF_ONE))
    except re2.error as error:
        what = error.args[0] if error.args else ""
        return what.decode("utf-8", "replace") if isinstance(what, bytes) else str(what)
    return None


def matches_everything(pattern: str) -> bool:
    """Tell whether a pattern finds itself in every text: it matches none of its signs, anywhere."""
    compiled = _re2().compile(pattern, options=_make_options(_MOST_BYTES_OF_ONE))
    return all(compiled.search(text) is not None for text in ("", "\x01", "\x01 \x02\n\x03"))


def find_pattern_slip(pattern: str) -> str | None:
    """Return what is surely a mistake in a pattern that is one, None where nothing is."""
    if doubled := _DOUBLED.search(pattern):
        sign = doubled[1]
        return f"\\\\{sign} in a pattern is a backslash and {sign}: write \\{sign} after r and the quotes"
    plain = _UNITS.sub("\0", pattern)
    if "(?" in plain and _MULTILINE.search(plain):
        return None
    if _AFTER_END.search(plain):
        return "something stands after $, the end of the text: that never matches"
    if _BEFORE_START.search(plain):
        return "something stands before ^, the beginning of the text: that never matches"
    return None


def escape_pattern(text: str) -> str:
    """Return the pattern that matches ``text`` and nothing else."""
    return str(_re2().escape(text))


@cache
def _re2() -> Any:
    import re2  # noqa: PLC0415  # only who has rules needs it

    return re2


@cache
def _make_options(most_bytes: int) -> Any:
    options = _re2().Options()
    options.log_errors = False  # what is wrong is told by whoever asked
    options.max_mem = most_bytes
    return options
