"""The number of a month by its name, in many languages."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pkgutil import get_data

_ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_ENGLISH_NUMBERS = {
    form: number for number, name in enumerate(_ENGLISH, start=1) for form in (name, name[:4], name[:3])
}
_LANGUAGES = (
    "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "cs", "sk", "sv", "da", "nb", "fi", "tr",
    "hu", "ro", "el", "bg", "hr", "sr", "sl", "ca", "id", "vi", "he", "ar", "fa", "lt", "lv", "et",
)  # fmt: skip
"""ISO 639 codes; where two languages use one word for different months, the earlier one wins."""


def find_month_number(name: str, language: str | None = None) -> int | None:
    """Return 1 to 12 for the name or abbreviation of a month in any of some thirty languages, else None.

    ``language`` is tried before the others: ``lis`` is November in Polish, October in Croatian. The
    names are those of the CLDR.
    """
    word = _simplify(name)
    if word in _ENGLISH_NUMBERS:
        return _ENGLISH_NUMBERS[word]
    primary = (language or "").partition("-")[0].lower()
    own = _collect_months(primary).get(word) if primary in _LANGUAGES else None
    return own or _collect_foreign_months().get(word)


@cache
def read_month_names() -> Mapping[str, Sequence[Sequence[str]]]:
    """Return how January to December are written, by ISO 639 code; read when first asked for."""
    names: Mapping[str, Sequence[Sequence[str]]] = json.loads(
        get_data("aggregator.parse.dates", "month_names.json") or b""
    )["names"]
    return names


def _simplify(name: str) -> str:
    """Fold case, and drop accents and the dots of abbreviations."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).replace(".", "")


@cache
def _collect_foreign_months() -> Mapping[str, int]:
    found: dict[str, int] = {}
    for code in _LANGUAGES:
        found = {**_collect_months(code), **found}
    return found


@cache
def _collect_months(code: str) -> Mapping[str, int]:
    months = read_month_names()[code]
    return {_simplify(form): number for number, forms in enumerate(months, start=1) for form in forms}
