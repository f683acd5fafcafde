"""Time zones as dates name them: offsets, abbreviations, long names and those of the IANA database.

``UT`` to ``PDT`` are those of RFC 822 section 5.1; the military letters mean nothing certain and
count as UTC (RFC 5322 section 4.3). The others are the abbreviations of the IANA time zone database
that feeds were seen to use. Where one stands for several zones (``IST``, ``CST``, ``BST``, ``AST``)
it is the RFC's, else that of the most people who publish with it.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

ZONE_MINUTES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEZ": 0,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300,
    "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
    "HNE": -300, "HAE": -240, "HNC": -360, "HAC": -300, "HNR": -420, "HAR": -360, "HNP": -480, "HAP": -420,
    "AKST": -540, "AKDT": -480, "HST": -600, "AST": -240, "ADT": -180, "NST": -210, "NDT": -150,
    "BRT": -180, "BRST": -120, "ART": -180, "UYT": -180, "CLT": -240, "CLST": -180, "BOT": -240, "VET": -240,
    "COT": -300, "PET": -300,
    "WEST": 60, "BST": 60, "IST": 330, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120,
    "EET": 120, "OEZ": 120, "EEST": 180, "OESZ": 180, "IDT": 180, "SAST": 120, "CAT": 120, "EAT": 180,
    "WAT": 60, "TRT": 180, "MSK": 180, "МСК": 180, "MSD": 240, "GST": 240, "SAMT": 240, "IRST": 210,
    "AFT": 270, "PKT": 300, "UZT": 300, "YEKT": 300, "NPT": 345, "BDT": 360, "ALMT": 360, "OMST": 360,
    "MMT": 390, "WIB": 420, "ICT": 420, "NOVT": 420, "KRAT": 420, "WITA": 480, "WIT": 540, "IRKT": 480,
    "SGT": 480, "MYT": 480, "HKT": 480, "PHT": 480, "PHST": 480, "AWST": 480, "北京时间": 480,
    "北京時間": 480, "JST": 540, "日本時間": 540, "KST": 540, "VLAT": 600,
    "ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
}  # fmt: skip
_PLACES = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
    "EASTERN": "America/New_York", "CENTRAL": "America/Chicago", "MOUNTAIN": "America/Denver",
    "PACIFIC": "America/Los_Angeles",
    "EST/EDT": "America/New_York", "CST/CDT": "America/Chicago", "MST/MDT": "America/Denver",
    "PST/PDT": "America/Los_Angeles", "CET/CEST": "Europe/Berlin", "GMT/BST": "Europe/London",
    "AET": "Australia/Sydney", "NZT": "Pacific/Auckland",
}  # fmt: skip
"""Names for both the standard and the summer time of a place."""
_STANDARD_MINUTES = {
    "greenwich": 0, "universal": 0, "coordinated universal": 0, "western european": 0, "british": 0,
    "central european": 60, "eastern european": 120, "israel": 120, "south africa": 120,
    "central africa": 120,
    "east africa": 180, "eastern africa": 180, "west africa": 60, "western africa": 60, "moscow": 180,
    "turkey": 180, "arab": 180, "gulf": 240, "iran": 210, "pakistan": 300, "india": 330, "indian": 330,
    "nepal": 345, "bangladesh": 360, "myanmar": 390, "indochina": 420, "western indonesia": 420,
    "central indonesia": 480, "eastern indonesia": 540, "singapore": 480, "malaysia": 480, "china": 480,
    "beijing": 480, "taipei": 480, "hong kong": 480, "philippine": 480, "japan": 540, "tokyo": 540,
    "korea": 540, "korean": 540, "australian western": 480, "western australia": 480, "argentina": -180,
    "brasilia": -180, "brazil": -180, "uruguay": -180, "venezuela": -240, "bolivia": -240, "colombia": -300,
    "peru": -300, "hawaii": -600, "hawaiian": -600, "hawaii-aleutian": -600,
}  # fmt: skip
"""Zones that are called by a part of the world, in minutes east of UTC in their standard time."""
_REGION_PLACES = {
    "eastern": "America/New_York", "us eastern": "America/New_York", "central": "America/Chicago",
    "us central": "America/Chicago", "mountain": "America/Denver", "us mountain": "America/Denver",
    "pacific": "America/Los_Angeles", "us pacific": "America/Los_Angeles", "atlantic": "America/Halifax",
    "newfoundland": "America/St_Johns", "alaska": "America/Anchorage", "alaskan": "America/Anchorage",
    "australian eastern": "Australia/Sydney", "eastern australia": "Australia/Sydney",
    "australian central": "Australia/Adelaide", "central australia": "Australia/Adelaide",
    "new zealand": "Pacific/Auckland", "chile": "America/Santiago", "uk": "Europe/London",
}  # fmt: skip
"""Zones that have a summer time, which their name tells or the date decides."""
_PLACES_BY_DATE = {
    "w. europe": "Europe/Berlin", "romance": "Europe/Paris", "central europe": "Europe/Budapest",
    "e. europe": "Europe/Chisinau", "fle": "Europe/Helsinki", "gtb": "Europe/Bucharest",
    "gmt": "Europe/London",
    "irish": "Europe/Dublin", "russian": "Europe/Moscow", "aus eastern": "Australia/Sydney",
    "e. australia": "Australia/Brisbane", "cen. australia": "Australia/Adelaide",
    "w. australia": "Australia/Perth", "se asia": "Asia/Bangkok", "e. africa": "Africa/Nairobi",
    "e. south america": "America/Sao_Paulo", "egypt": "Africa/Cairo",
}  # fmt: skip
"""Names of Windows for places, which say "Standard" all the year round, and the Irish, for summer."""
_FILLERS = frozenset({
    "UHR", "H", "HR", "HRS", "HS", "HOURS", "HOUR", "S", "SEC", "MIN", "CLOCK", "O", "GODZ",
    "UUR", "HOD", "URA", "SATI", "VAL", "ÓRA", "ORA", "ORAS", "HORAS", "HEURES", "ГОДИН", "ЧАСА", "ЧАСОВ",
    "Ч", "ЧАС", "ГОД", "GIỜ", "PHÚT", "น", "ORE", "KLO", "T", "TIME", "STANDARD", "分", "秒", "분", "초",
})  # fmt: skip

_LARGEST_OFFSET_MINUTES = 14 * 60
_OFFSET = re.compile(r"(?P<sign>[+\-−]) \s* (?P<hours>\d{1,2}) :? (?P<minutes>\d{2})? (?!\d)", re.VERBOSE)
_BARE_OFFSET = re.compile(r"[+-]\d\d:?\d\d$")
_WORD = re.compile(r"[^\W\d_]+")
_PLACE = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*(?:/[A-Za-z]+(?:[_-][A-Za-z]+)*)+(?:[+-]\d{1,2})?")
_LONG_NAME = re.compile(
    r"(?P<region>[^\W\d_](?:[^\W\d_]|[. ’'-]){1,30}?)\s"
    r"(?:(?P<kind>standard|mean|daylight(?:\ssavings?)?|summer)\s)?time\b",
    re.IGNORECASE,
)
_NO_CITIES = frozenset({"north", "south", "west", "east", "central", "local", "general", "center"})


def to_utc(local: datetime, zone: str, *, is_hour_certain: bool = True) -> datetime:
    """Return the moment at which clocks of a zone show ``local``; unknown capitals count as UTC.

    Raises ValueError for other names nobody knows: of a place, or ending in "Time"; where
    ``is_hour_certain`` does not hold also for any other word, which may tell the half of the day.
    """
    text = zone.strip()
    if not text or text in ("Z", "GMT", "UTC"):
        return local
    if _BARE_OFFSET.match(text) and (stated := _read_offset(text)):
        minutes = stated[0]
    else:
        minutes = _find_minutes_east(text, local, is_hour_certain)
    return local - timedelta(minutes=minutes) if minutes else local


def _find_minutes_east(text: str, local: datetime, is_hour_certain: bool) -> int:
    place = _PLACE.search(text) if "/" in text else None
    known = _read_offset(text.replace(place[0], " ") if place else text)
    if known is None and place:
        known = _find_minutes_at(_find_place(place[0]), local), place.start()
    known = known or _read_long_name(text, local) or _read_short_name(text, local)
    if known is None and re.search(r"\btime\b", text, re.IGNORECASE):
        raise ValueError("unknown zone")
    minutes, at = known or (0, len(text))
    if not is_hour_certain and any(map(_is_strange, _WORD.findall(text, 0, at))):
        raise ValueError("unknown word")
    return minutes


def _read_offset(text: str) -> tuple[int, int] | None:
    match = _OFFSET.search(text)
    if match is None:
        return None
    minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
    if minutes > _LARGEST_OFFSET_MINUTES:
        return None
    return (minutes if match["sign"] == "+" else -minutes), match.start()


def _read_long_name(text: str, local: datetime) -> tuple[int, int] | None:
    match = _LONG_NAME.search(text) if "ime" in text.lower() else None
    if match is None:
        return None
    kind = (match["kind"] or "").lower()
    for word in re.finditer(r"\S+", match["region"]):
        region = match["region"][word.start() :].lower().replace("u.s.", "us")
        if (minutes := _find_region_minutes(region, kind, local)) is not None:
            return minutes, match.start() + word.start()
    return None


def _find_region_minutes(region: str, kind: str, local: datetime) -> int | None:
    is_summer = kind.startswith(("daylight", "summer"))
    if region in _STANDARD_MINUTES:
        return _STANDARD_MINUTES[region] + 60 * is_summer
    place = _REGION_PLACES.get(region)
    if place and kind:
        return _find_standard_minutes(place, local) + 60 * is_summer
    place = place or _PLACES_BY_DATE.get(region) or _collect_cities().get(region)
    return _find_minutes_at(place, local) if place else None


def _read_short_name(text: str, local: datetime) -> tuple[int, int] | None:
    for match in _WORD.finditer(text):
        name = match[0].upper()
        if name in ZONE_MINUTES:
            return ZONE_MINUTES[name], match.start()
        if name in _PLACES and "time" not in text.lower():
            return _find_minutes_at(_PLACES[name], local), match.start()
    return None


def _is_strange(word: str) -> bool:
    """Tell whether a word is neither a zone's, nor one that says nothing, nor plain capitals."""
    name = word.upper()
    return not (name in ZONE_MINUTES or name in _FILLERS or (word.isascii() and word == name))


def _find_minutes_at(place: str, local: datetime) -> int:
    offset = local.replace(tzinfo=ZoneInfo(place)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def _find_standard_minutes(place: str, local: datetime) -> int:
    return min(_find_minutes_at(place, local.replace(month=month, day=1)) for month in (1, 7))


def _find_place(name: str) -> str:
    """Return a name as the IANA database spells it; raises ValueError where it has none."""
    place = _PLACES.get(name.upper()) or _collect_places().get(name.lower())
    if place is None:
        raise ValueError("unknown place")
    return place


@cache
def _collect_places() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


@cache
def _collect_cities() -> dict[str, str]:
    cities = {name.rpartition("/")[2].replace("_", " "): place for name, place in _collect_places().items()}
    return {city: place for city, place in cities.items() if city not in _NO_CITIES and "/" in place}
