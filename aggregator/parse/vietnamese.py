"""Vietnamese dates, whose months and weekdays are numbers in words."""

import re
import unicodedata

_MONTHS = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
}  # fmt: skip
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"(?P<day>\d{{1,2}})[\s,]*(?:tháng|thg\.?)\s*(?P<month>{_NAMES}|\d{{1,2}})[\s,/-]*(?:năm\s*)?(?P<year>\d{{4}})",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?:(?:thứ\s*(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s*nhật)\b[\s,.-]*(?:ngày\s*)?|ngày\s*)"
    r"(?=\d)(?:(?P<day>\d{1,2})[/-](?P<month>\d{1,2})[/-](?P<year>\d{4}))?",
    re.IGNORECASE,
)


def rewrite_date(text: str) -> str:
    """Return a text with its date in numbers (``9.11.2026``) where it is Vietnamese, else as it was."""
    composed = unicodedata.normalize("NFC", text)
    rewritten = _DATE.sub(_in_numbers, composed)
    return _WEEKDAY.sub(_in_numbers, rewritten) if _WEEKDAY.search(rewritten) else rewritten


def _in_numbers(match: re.Match[str]) -> str:
    """The weekday decides that the day stands first, as everywhere in the language."""
    if match["day"] is None:
        return ""
    month = match["month"].lower()
    return f"{match['day']}.{_MONTHS.get(month, month)}.{match['year']}"
