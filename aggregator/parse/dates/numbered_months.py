"""Dates whose months are numbers: in words in Vietnamese and Chinese, with a sign in Chinese and Korean."""

import re
import unicodedata

_VIETNAMESE = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
}  # fmt: skip
_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_MONTHS = {**_VIETNAMESE, **{name: number for number, name in enumerate(_CHINESE, start=1)}}


def _join_names(names: tuple[str, ...]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_DAY_FIRST = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})[\s,-]*(?:"
    rf"(?:tháng|thg|th)\.?\s*(?P<word>{_join_names(tuple(_VIETNAMESE))}|\d{{1,2}})[\s,/-]*(?:năm\s*)?"
    rf"|(?<!\d)(?P<month>{_join_names(_CHINESE)}|\d{{1,2}})\s?[月월][\s,-]*"
    r")(?P<year>\d{4})(?!\d)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?<!\d)(?:(?:tháng|thg|th)\.?\s*(?P<word>{_join_names(tuple(_VIETNAMESE))}|\d{{1,2}})"
    rf"|(?P<month>{_join_names(_CHINESE)}|\d{{1,2}})\s?[月월])"
    r"\s(?P<day>\d{1,2}),\s?(?P<year>\d{4})(?!\d)",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?:(?:(?:thứ\s*(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s*nhật)\b|\b(?:t[2-7]|cn)(?=,))[\s,.-]*(?:ngày\s*)?"
    r"|ngày\s*)(?=\d)(?:(?P<day>\d{1,2})[/-](?P<month>\d{1,2})[/-](?P<year>\d{4}))?",
    re.IGNORECASE,
)
_CHINESE_WEEKDAY = re.compile(
    r"^(?:星期|周|週|礼拜)[一二三四五六日天][\s,]*|^[월화수목금토일](?:요일)?,?\s+(?=\d)"
)


def number_months(text: str) -> str:
    """Return a text with its date in numbers (``9.11.2026``) where the month is one, else as it was.

    A Vietnamese weekday decides that the day stands first, as everywhere in the language.
    """
    composed = _CHINESE_WEEKDAY.sub("", unicodedata.normalize("NFC", text))
    for grammar in (_DAY_FIRST, _MONTH_FIRST):
        composed = grammar.sub(_write_in_numbers, composed)
    return _WEEKDAY.sub(_write_in_numbers, composed)


def _write_in_numbers(match: re.Match[str]) -> str:
    part = match.groupdict()
    if part["day"] is None:
        return ""
    month = (part.get("word") or part["month"] or "").lower()
    return f"{part['day']}.{_MONTHS.get(month, month)}.{part['year']}"
