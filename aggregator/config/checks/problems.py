"""What is wrong in a config file, as one line each: ``file:line: key: what is wrong, what is allowed``.

Of rules it is ``file:line:column``, as a clause is long.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top of its file."""

SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong at ``path`` of ``file``.

    ``line`` and ``column`` count from 1, None where there is none, or where it is not told.
    """

    file: str
    line: int | None
    path: Path
    text: str
    column: int | None = None

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        key = f"{spell_path(self.path)}: " if self.path else ""
        return f"{where}: {key}{self.text}"


def spell_path(path: Path) -> str:
    """Return ``path`` as operators read it: ``sources[3].poll.min_interval_min``."""
    spelled = ""
    for step in path:
        if isinstance(step, int):
            spelled += f"[{step}]"
        else:
            spelled += f".{show(step)}" if spelled else show(step)
    return spelled


def show(value: object) -> str:
    """Return ``value`` cut to a length that reads well, on one line, printable everywhere.

    What is empty, or has spaces at an end, is quoted: nobody would see it.
    """
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    text = "".join(sign if sign.isprintable() else "?" for sign in text)
    text = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return text if text and text == text.strip() else f'"{text}"'


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ``, did you mean X?`` for the known word that ``word`` is likely a slip of, else ``,``."""
    close = difflib.get_close_matches(word[:SHOWN_CHARACTERS], list(known), n=1)
    return f", did you mean {close[0]}?" if close else ","
