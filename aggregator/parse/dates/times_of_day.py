"""The time of day that dates state, with the words of many languages for the halves of the day."""

import re
from collections.abc import Mapping
from datetime import timedelta

_MORNING = (
    "am", "上午", "早上", "早晨", "清晨", "凌晨", "午前", "오전", "새벽", "아침", "sa", "sáng", "buổi sáng",
    "de la mañana", "de la madrugada", "da manhã", "da madrugada", "du matin", "del mattino", "di mattina",
    "vorm", "vormittag", "vormittags", "morgens", "fm", "förmiddag", "formiddag", "dop", "dopoledne",
    "dp", "пд", "дп", "утра", "ранку", "пр об", "πμ", "öö", "ap", "vm", "pd", "fh", "pg", "pagi",
    "ص", "صباحا", "صباحًا", "صباحاً", "قظ", "قبل از ظهر", "לפנה״צ", 'לפנה"צ', "पूर्वाह्न", "ก่อนเที่ยง",
    "priešpiet", "priekšpusdienā", "prijepodne", "dopoldne",
)  # fmt: skip
_NOON = ("noon", "中午", "正午", "낮", "trưa", "buổi trưa", "del mediodía", "siang")
_AFTERNOON = (
    "pm", "下午", "午后", "午後", "오후", "ch", "chiều", "buổi chiều", "de la tarde", "da tarde",
    "de l'après-midi", "de l’après-midi", "del pomeriggio", "di pomeriggio", "nachm", "nachmittag",
    "nachmittags", "em", "eftermiddag", "ettermiddag", "odp", "odpoledne", "pop", "popoldne", "popodne",
    "пп", "дня", "сл об", "μμ", "ös", "ip", "nm", "md", "eh", "ptg", "petang",
    "م", "مساء", "مساءً", "مساءا", "بظ", "بعد از ظهر", "אחה״צ", 'אחה"צ', "अपराह्न", "หลังเที่ยง", "popiet",
    "pēcpusdienā",
)  # fmt: skip
_EVENING = (
    "晚上", "晚间", "晚間", "傍晚", "夕方", "저녁", "tối", "buổi tối", "du soir", "di sera", "della sera",
    "abends", "вечера", "вечора",
)  # fmt: skip
_NIGHT = (
    "밤",
    "đêm",
    "de la noche",
    "da noite",
    "深夜",
    "夜里",
    "夜裡",
    "夜",
    "ночи",
    "ночі",
    "nachts",
    "malam",
)
_ABBREVIATION_CHARS = 3
_KINDS: Mapping[str, tuple[str, ...]] = {
    "morning": _MORNING, "noon": _NOON, "afternoon": _AFTERNOON, "evening": _EVENING, "night": _NIGHT,
}  # fmt: skip


def _write_pattern(word: str) -> str:
    """Return the expression of a word; abbreviations also have dots and spaces between the letters."""
    parts = list(word) if len(word) <= _ABBREVIATION_CHARS and word.isalpha() else word.split()
    return r"\.?\s?".join(map(re.escape, parts)) + r"\.?"


def _join_patterns(words: tuple[str, ...]) -> str:
    return "|".join(_write_pattern(word) for word in sorted(words, key=len, reverse=True))


_HALF_SIGNS = "|".join(f"(?P<{kind}>{_join_patterns(words)})" for kind, words in _KINDS.items())
_HALF_BEFORE = re.compile(rf"(?:{_HALF_SIGNS})\s*$", re.IGNORECASE)
_HALF_AFTER = re.compile(
    rf"[\s,(]*(?:(?:uhr|h|hs|hrs|giờ)\.?\s+)?(?:{_HALF_SIGNS})(?![^\W\d_])", re.IGNORECASE
)
_LETTER_AFTER = re.compile(r"(?:(?P<morning>[aA])|(?P<afternoon>[pP]))(?![^\W\d_])|\s(?:(?P<m>a)|(?P<p>p))$")
_DAY_FIRST_SIGNS = re.compile(
    r"\b(?:[ap]\.\sm|s\.?a|c\.?h|sáng|trưa|chiều|tối|đêm|[πμ]\.?\s?μ|ص|م|صباح\w*|مساء\w*)\b", re.IGNORECASE
)
_HOUR_ALONE = re.compile(r"\s*(?:[时時시点點hu]|uhr|giờ)(?![^\W\d_])", re.IGNORECASE)
_BEFORE = re.compile(
    r"\b(?:at|um|à|a\slas|às|as|alle(?:\sore)?|ore|kl|klo|в|о|об|o|om|lúc|las|saat|pukul|jam|στις|ob|ve|v|u"
    r"|godz|klockan|kello|kell|plkst|la\sora|ora|a\sles|الساعة|ساعت|בשעה)\b\.?"
    r"|星期[一二三四五六日天]|[周週][一二三四五六日天]|礼拜[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일"
    r"|\((?:星期|[周週])?[月火水木金土日一二三四五六天월화수목금토일]\)"
    r"|\b(?:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]{0,6}day)?\b\.?",
    re.IGNORECASE,
)
_BARE_ZONE = re.compile(r"\s?(?:Z|GMT|UTC|[+-]\d\d:?\d\d)?$")
_MARKS = " \tT,|@/–—-."
_PLAIN_HOURS = 12


def read_clock(part: Mapping[str, str | None]) -> tuple[timedelta, str, bool]:
    """Return the time since midnight, what is said after it, and whether the hour is certain.

    ``part`` has the ``hour``, ``minute`` and ``second``, and the words ``before`` and after it
    (``zone``). The hour is certain above twelve, or where a word tells the half of the day. Raises
    ValueError for times that no clock shows, and for words before the hour that nobody knows.
    """
    before, after = part.get("before") or "", part["zone"] or ""
    half = _read_half_before(before)
    if half is None:
        half, after = _read_half_after(after)
    if part["minute"] is None:
        hour_mark = _HOUR_ALONE.match(after)
        after = after[hour_mark.end() :] if hour_mark else after
        half, after = _read_half_after(after) if half is None else (half, after)
        if half is None and hour_mark is None:
            raise ValueError("no hour")
    hour, minute, second = int(part["hour"] or 0), int(part["minute"] or 0), int(part["second"] or 0)
    if half is not None and hour <= _PLAIN_HOURS:
        hour = _find_hour_of_day(hour, half)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError("no time of day")
    is_certain = half is not None or hour > _PLAIN_HOURS
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59)), after, is_certain


def is_day_before_month(part: Mapping[str, str | None]) -> bool:
    """Tell whether the half of the day is in a language that never puts the month first.

    That is Vietnamese, Greek, Arabic, and Spanish, which alone has a space in ``p. m.``.
    """
    words = f"{part.get('before') or ''} {part['zone'] or ''}"
    return not words.isspace() and bool(_DAY_FIRST_SIGNS.search(words))


def _read_half_before(words: str) -> str | None:
    """Return the half of the day said before an hour; raises ValueError for words nobody knows."""
    if not (rest := words.strip(_MARKS)):
        return None
    rest = _BEFORE.sub(" ", rest).strip(_MARKS)
    if not rest:
        return None
    if found := _HALF_BEFORE.match(rest):
        return found.lastgroup
    raise ValueError("unknown words")


def _read_half_after(words: str) -> tuple[str | None, str]:
    """Return the half of the day said after an hour, and the words after it."""
    if _BARE_ZONE.match(words):
        return None, words
    found = _HALF_AFTER.match(words) or _LETTER_AFTER.match(words)
    if not found:
        return None, words
    kind = {"m": "morning", "p": "afternoon"}.get(found.lastgroup or "", found.lastgroup)
    return kind, words[found.end() :]


def _find_hour_of_day(hour: int, half: str) -> int:
    """Return the hour of 24; raises ValueError where the words leave the half or the day open."""
    first, last = {"noon": (10, 16), "evening": (16, 23), "night": (19, 28)}.get(half, (0, 23))
    if half == "morning":
        return hour % 12
    if half == "afternoon":
        return hour % 12 + 12
    fitting = [one for one in (hour, hour + 12, hour + 24) if first <= one <= last and one != 24]
    if len(fitting) != 1:
        raise ValueError("no such half of the day")
    return fitting[0] % 24
