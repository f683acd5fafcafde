"""Hours of half a day in many languages, and time zones in letters and words."""

from datetime import UTC, datetime

import pytest

from aggregator.parse.dates.dates import parse_date

AFTERNOON = datetime(2026, 11, 9, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 9 Nov 2026 2:00:00 p. m.",
        "Mon, 9 Nov 2026 2:00:00 p.\u00a0m.",
        "9 nov 2026, 2:00:00 p.\u202fm. GMT",
        "Nov 9, 2026 2:00pm",
        "Nov 9, 2026 2:00p",
        "Nov 9, 2026 at 2 PM",
        "9 de noviembre de 2026 a las 2:00 de la tarde",
        "9 novembre 2026, 2:00 de l’après-midi",
        "9. November 2026, 2:00 Uhr nachm.",
        "9. Nov 2026 14 Uhr",
        "9.11.2026 ÖS 2:00",
        "9 Νοε 2026 2:00 μ.μ.",
        "9/11/2026 2:00 μμ",
        "9/11/2026 2:00 p. m.",
        "09/11/2026 02:00:00 p.\u00a0m.",
        "9-11-2026, 2:00 P. M.",
        "lunes, 9/11/2026 2:00 p. m.",
        "2:00 p. m. 9/11/2026",
        "9 พ.ย. 2569 14:00 น.",
        "9 พฤศจิกายน 2569 เวลา 14:00 น.",
        "วันจันทร์ที่ 9 พฤศจิกายน พ.ศ. 2569 14:00:00",
        "จ., 09 พ.ย. 2026 14:00:00 +0000",
        "จันทร์, 9 พฤศจิกายน 2026 21:00:00 +0700",
        "๙ พฤศจิกายน ๒๕๖๙ ๑๔:๐๐",
        "9 नवंबर 2026 14:00",
        "सोम, 09 नव॰ 2026 14:00:00 +0000",
        "सोमवार, 9 नवम्बर 2026 को 14:00 बजे",
        "नवंबर 9, 2026 19:30 +0530",
        "९ नवंबर २०२६ १४:००",
        "9 नवंबर 2026 2:00 अपराह्न",
        "9 নভেম্বর 2026 14:00",
        "9 நவம்பர் 2026 14:00",
        "9/11/2026 2:00:00 CH",
        "9 نوفمبر 2026 2:00 م",
        "٩/١١/٢٠٢٦ ٢:٠٠ م",
        "2026/11/9 下午 02:00:00",
        "2026/11/9 下午 2:00",
        "2026-11-09 PM 02:00",
        "2026年11月09日 下午 02:00",
        "2026年11月9日 星期一 下午2：00",
        "2026年11月9日下午2点",
        "2026年11月9日 下午2點00分",
        "2026年11月9日(月) 午後2時00分",
        "2026年11月9日 14時",
        "2026. 11. 9. 오후 2:00",
        "2026. 11. 9. (월) 오후 2:00",
        "2026년 11월 9일 월요일 오후 2시 00분",
        "2026년 11월 9일 오후 2:00:00",
        "2026-11-09 14:00 Mon",
        "Thứ Hai, 9/11/2026 14:00",
        "Thứ hai, ngày 9/11/2026 - 14:00",
        "Thứ 2, 09/11/2026, 21:00 (GMT+7)",
        "Ngày 9 tháng 11 năm 2026 lúc 2 giờ chiều",
        "9 Tháng Mười Một, 2026 2:00 chiều",
        "9/11/2026 2:00 buổi chiều",
        "T2, 09/11/2026 14:00",
        "2026/11/9(週一) 下午 02:00",
        "2026年11月9日 (星期一) 14:00",
        "9 Thg 11 2026 14:00",
        "T2, 09 Th11 2026 21:00:00 +0700",
        "Tháng Mười Một 9, 2026 14:00",
        "14h00 ngày 9/11/2026",
        "14:00, Thứ Hai, 09/11/2026",
        "星期一, 09 十一月 2026 22:00:00 +0800",
        "星期一, 09 11 月 2026 14:00:00 +0000",
        "11월 9, 2026 2:00 오후",
        "11月 9, 2026 14:00",
        "2:00 PM Nov 9, 2026",
        "2:00 PM, Monday, 9 Nov 2026",
        "9 Nov 2026 02:00P",
    ],
)
def test_the_half_of_the_day_is_understood(text):
    """Two in the afternoon is 14:00 in any language, with the word before or after the hour."""
    assert parse_date(text) == AFTERNOON


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026/11/9 上午 02:00", 2),
        ("2026/11/9 上午 12:30", 0),
        ("2026/11/9 凌晨 1:00", 1),
        ("2026/11/9 中午 12:00", 12),
        ("2026/11/9 中午 1:00", 13),
        ("2026/11/9 晚上 8:00", 20),
        ("2026. 11. 9. 오전 2:00", 2),
        ("2026. 11. 9. 오전 12:05", 0),
        ("2026年11月9日 午後0時30分", 12),
        ("9/11/2026 2:00 SA", 2),
        ("9/11/2026 2:00 a. m.", 2),
        ("9/11/2026 8:00 tối", 20),
        ("9 Nov 2026 12:00 a. m.", 0),
        ("9 nov 2026 om 10.00 uur", 10),
        ("9. November 2026 10:00 Uhr", 10),
        ("9 Nov 2026, godz. 10:00", 10),
        ("9 Nov 2026 12:00 p. m.", 12),
        ("9 Νοε 2026 2:00 π.μ.", 2),
        ("9 نوفمبر 2026 2:00 ص", 2),
        ("9 de noviembre de 2026 9:00 de la noche", 21),
    ],
)
def test_every_half_has_its_hours(text, hour):
    """Mornings, noons, evenings and nights lie where those who speak the language have them."""
    date = parse_date(text)
    assert date is not None
    assert date.hour == hour


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nov 9, 2026 2:00 pm ET", "11-09T19:00"),
        ("Jul 9, 2026 2:00 pm ET", "07-09T18:00"),
        ("Mon, 9 Nov 2026 14:00:00 CT", "11-09T20:00"),
        ("Mon, 9 Nov 2026 14:00:00 MT", "11-09T21:00"),
        ("Mon, 9 Nov 2026 14:00:00 PT", "11-09T22:00"),
        ("Nov 9, 2026 2:00 p.m. Eastern", "11-09T19:00"),
        ("Nov 9, 2026 2:00 p.m. Eastern Time", "11-09T19:00"),
        ("Mon, 9 Nov 2026 14:00:00 Europe/Berlin", "11-09T13:00"),
        ("Thu, 9 Jul 2026 14:00:00 Europe/Berlin", "07-09T12:00"),
        ("Mon Nov 09 14:00:00 America/New_York 2026", "11-09T19:00"),
        ("2026-11-09 14:00 america/argentina/buenos_aires", "11-09T17:00"),
        ("2026-11-09T14:00:00+01:00[Europe/Berlin]", "11-09T13:00"),
        ("2026-11-09 14:00 Etc/GMT+5", "11-09T19:00"),
        ("Mon, 09 Nov 2026 14:00:00 Eastern Standard Time", "11-09T19:00"),
        ("Thu, 09 Jul 2026 14:00:00 Pacific Daylight Time", "07-09T21:00"),
        ("Thu, 09 Jul 2026 14:00:00 Central European Summer Time", "07-09T12:00"),
        ("Mon, 09 Nov 2026 14:00:00 Central European Time", "11-09T13:00"),
        ("Mon, 09 Nov 2026 14:00:00 (Central European Standard Time)", "11-09T13:00"),
        ("Mon, 09 Nov 2026 14:00:00 Australian Eastern Daylight Time", "11-09T03:00"),
        ("Mon, 09 Nov 2026 14:00:00 New Zealand Daylight Time", "11-09T01:00"),
        ("Thu, 09 Jul 2026 14:00:00 British Summer Time", "07-09T13:00"),
        ("Thu, 09 Jul 2026 14:00:00 W. Europe Standard Time", "07-09T12:00"),
        ("Mon, 09 Nov 2026 14:00:00 Coordinated Universal Time", "11-09T14:00"),
        ("Mon, 09 Nov 2026 2:00 PM India Standard Time", "11-09T08:30"),
        ("9 Nov 2026 14:00 Beijing time", "11-09T06:00"),
        ("9 Nov 2026 14:00 Berlin time", "11-09T13:00"),
        ("2:00 PM ET, Nov 9, 2026", "11-09T19:00"),
        ("9 Jul 2026 14:00 PST/PDT", "07-09T21:00"),
        ("Mon, 09 Nov 2026 14:00:00 Mountain Time (US & Canada)", "11-09T21:00"),
        ("9 ноября 2026 14:00 МСК", "11-09T11:00"),
        ("Mon, 9 Nov 2026 14:00:00 AEDT", "11-09T03:00"),
        ("Mon, 9 Nov 2026 14:00:00 WIB", "11-09T07:00"),
        ("Mon, 9 Nov 2026 14:00:00 GMT+2", "11-09T12:00"),
        ("Mon, 9 Nov 2026 14:00:00 UTC-5", "11-09T19:00"),
        ("Mon, 9 Nov 2026 14:00:00 +0200 (CEST)", "11-09T12:00"),
        ("Mon, 9 Nov 2026 2:00 Uhr CET", "11-09T01:00"),
        ("Mon, 9 Nov 2026 02:00:00 NOWHERE", "11-09T02:00"),
    ],
)
def test_zones_in_letters_and_words_are_known(text, expected):
    """Zones count with the summer time of the date, where their name leaves it open."""
    date = parse_date(text)
    assert date is not None
    assert date.strftime("%m-%dT%H:%M") == expected


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 9 Nov 2026 14:00:00 Europe/Nowhere",
        "Mon, 9 Nov 2026 14:00:00 Nowhere Standard Time",
        "Mon, 9 Nov 2026 2:00:00 pomeridiane",
        "Mon, 9 Nov 2026 2:00:00 pomeridiane +0100",
        "Mon, 9 Nov 2026 2:00:00 απ",
        "2026/11/9 谁 02:00",
        "2026/11/9 晚上 12:00",
        "9 Nov 2026 12:00 de la noche",
        "9/11/2026 2:00 PM",
        "9/11/2026 2:00 p.m.",
        "9 Nov 2026 14",
        "14:00 9/11/2026",
        "2:00 2:00 2:00 2:00 2:00 2026",
        "10 Jan 2020 – 15 Jan 2020",
        "9 Nov 2026 | 5 min read",
        "9 Nov 2026 1 h ago",
    ],
)
def test_an_hour_that_is_not_certain_is_no_date(text):
    """A date is better missing than hours off: words nobody knows may tell the half of the day."""
    assert parse_date(text) is None


@pytest.mark.parametrize("language", ["es-US", "es-pr", "es-PA"])
def test_american_dates_in_spanish_stay_uncertain(language):
    """Where Spanish is written with the month first, or may be, no day is guessed."""
    assert parse_date("9/11/2026 2:00 p. m.", language) is None
    assert parse_date("11/25/2026 2:00 p. m.", language) == datetime(2026, 11, 25, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("15 ม.ค. 2569", 1), ("15 ก.พ. 2569", 2), ("15 มี.ค. 2569", 3), ("15 เม.ย. 2569", 4), ("15 พ.ค. 2569", 5),
        ("15 มิ.ย. 2569", 6), ("15 ก.ค. 2569", 7), ("15 ส.ค. 2569", 8), ("15 ก.ย. 2569", 9), ("15 ต.ค. 2569", 10),
        ("15 พฤษภาคม 2569", 5), ("15 กุมภาพันธ์ 2026", 2), ("15 ธันวาคม ค.ศ. 2026", 12), ("15ธันวาคม2569", 12),
        ("15 जनवरी 2026", 1), ("15 फ़रवरी 2026", 2), ("15 फरवरी 2026", 2), ("15 मार्च, 2026", 3), ("15 मई 2026", 5),
        ("15 अक्टूबर 2026", 10), ("15 अक्तूबर 2026", 10), ("15-अग॰-2026", 8), ("15 सितंबर 2026", 9),
    ],
)  # fmt: skip
def test_months_in_brahmic_scripts_have_numbers(text, month):
    """Names with marks for vowels, abbreviated or not; Thai years may be Buddhist."""
    assert parse_date(text) == datetime(2026, month, 15, tzinfo=UTC)


@pytest.mark.parametrize("text", ["9 พ.ย. 69", "พฤศจิกายน 2569", "9 พรุ่งนี้ 2569", "9 कल 2026", "अगस्त 2026"])
def test_what_is_no_day_in_brahmic_scripts_is_no_date(text):
    """Years of two digits may be of either era, and words are no months."""
    assert parse_date(text) is None
