"""Dates in the forms that feeds write them in."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.dates.dates import EARLIEST, LATEST, parse_date

AFTERNOON = datetime(2020, 1, 10, 14, 33, tzinfo=UTC)
MIDNIGHT = datetime(2020, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 10 Jan 2020 14:33:00 GMT",
        "Fri, 10 Jan 2020 14:33:00 +0000",
        "Mon, 10 Jan 2020 14:33 UT",
        "Fri, 10 Jan 20 09:33:00 EST",
        "10 Jan 2020 15:33:00 CET",
        "Fri, 10 January 2020 6:33:00 a.m. PST",
        "Fri, 10 Jan 2020 15:33:00 GMT+0100 (CET)",
        "Fri Jan 10 2020 15:33:00 GMT+0100 (Central European Standard Time)",
        "Fri, 10 Jan 2020 14:33:00 NOWHERE",
        "10-Jan-2020 14:33:00",
        "  Fri,  10 Jan\n2020   14:33:00 Z ",
        "Fri Jan 10 14:33:00 2020",
        "Fri Jan 10 15:33:00 CET 2020",
        "Fri Jan 10 16:33:00 +0200 2020",
        "January 10, 2020 2:33 pm",
        "Jan 10th, 2020 at 9:33 AM EST",
        "Friday, January 10, 2020 - 14:33",
        "2020-01-10T14:33:00Z",
        "2020-01-10T14:33Z",
        "2020-01-10T15:33:00.123456+01:00",
        "2020-01-10 09:33:00 -0500",
        "2020/1/10 14:33",
        "2020. 1. 10. 14:33",
        "20200110T143300Z",
        "20200110143300",
        "1578666780",
        "1578666780000",
        "1578666780.25",
        "10.01.2020 14:33",
        "2020年1月10日 14時33分",
        "2020년 1월 10일 14:33",
        "2020-01-10T14:33:00+99:00",
    ],
)
def test_a_moment_in_any_notation_is_the_same_moment(text):
    """Every notation of one moment gives it in UTC; an unknown or impossible zone counts as UTC."""
    assert parse_date(text) == AFTERNOON


@pytest.mark.parametrize(
    "text",
    [
        "Pt, 10 sty 2020",
        "ven., 10 janv. 2020",
        "Freitag, 10. Januar 2020",
        "10 de enero de 2020",
        "Пт, 10 янв 2020",
        "10 января 2020 г.",
        "Cum, 10 Oca 2020",
        "Παρ, 10 Ιαν 2020",
        "10 gennaio 2020",
        "2020-01-10",
        "Fri, 10 Jan 2020",
        "10. 1. 2020",
    ],
)
def test_a_day_in_any_language_is_its_midnight(text):
    """A date without a time is the midnight of that day, also with foreign names of months."""
    assert parse_date(text) == MIDNIGHT


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "today", "yesterday", "5 hours ago", "in 3 days", "2020", "2020-01", "January 2020", "10 January",
        "10/01/2020", "2020-13-10", "Fri, 31 Feb 2020 14:33:00 GMT", "Fri, 10 Jan 2020 25:00:00 GMT",
        "2020-01-10T24:30:00Z", "0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "-1", "0",
        "-62135596800", "Thu, 01 Jan 1970 00:00:00 +0000", "31 December 1989", "10 Nonsense 2020", "1" * 5000,
        "2020-W02-5",
    ],
)  # fmt: skip
def test_what_names_no_day_or_an_absurd_one_is_no_date(text):
    """Nothing is guessed: relative, partial, ambiguous, impossible and absurd dates are None."""
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25/01/2020 14:33", datetime(2020, 1, 25, 14, 33, tzinfo=UTC)),
        ("01/25/2020 2:33 PM", datetime(2020, 1, 25, 14, 33, tzinfo=UTC)),
        ("Fri, 10 Jan 2020 24:00:00 GMT", datetime(2020, 1, 11, tzinfo=UTC)),
        ("Fri, 10 Jan 2020 14:33:60 GMT", datetime(2020, 1, 10, 14, 33, 59, tzinfo=UTC)),
        ("Sunday 5th of July 2020 12:00 AM", datetime(2020, 7, 5, tzinfo=UTC)),
        ("10 Jan 99", datetime(1999, 1, 10, tzinfo=UTC)),
        ("Fri, 10 Jul 2020 14:33:00 CEST", datetime(2020, 7, 10, 12, 33, tzinfo=UTC)),
        ("Fri, 10 Jul 2020 14:33:00 +0530", datetime(2020, 7, 10, 9, 3, tzinfo=UTC)),
    ],
)
def test_the_odd_but_certain_is_read(text, expected):
    """Slashes with a number above twelve, hour 24, leap seconds, halves of the day, two-digit years."""
    assert parse_date(text) == expected


def test_the_language_settles_ambiguous_months():
    """``lis`` is October in Croatian, November in Polish."""
    assert parse_date("5 lis 2020", "hr") == datetime(2020, 10, 5, tzinfo=UTC)
    assert parse_date("5 lis 2020", "pl-PL") == datetime(2020, 11, 5, tzinfo=UTC)


@given(st.integers(int(EARLIEST.timestamp()), int(LATEST.timestamp()) - 1), st.integers(-840, 840))
def test_iso_and_rfc_dates_survive_a_round_trip(seconds, minutes):
    """Any moment, written with any offset, is read back as that moment."""
    moment = datetime.fromtimestamp(seconds, UTC)
    written = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert parse_date(written.isoformat()) == moment
    assert parse_date(format_datetime(written)) == moment


@given(st.text() | st.from_regex(r"[0-9A-Za-z:/.,+ -]{1,40}"))
def test_any_text_is_a_sane_date_or_none(text):
    """No text raises, and no date lies outside of the years that can be meant."""
    date = parse_date(text)
    assert date is None or (EARLIEST <= date < LATEST and date.tzinfo is UTC and date.microsecond == 0)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Mon, 9/11/2026 14:00", None, datetime(2026, 11, 9, 14, tzinfo=UTC)),
        ("Fri, 9/11/2026 14:00", None, datetime(2026, 9, 11, 14, tzinfo=UTC)),
        ("Tue, 9/11/2026 14:00", None, None),
        ("9/11/2026 14:00", "fr", datetime(2026, 11, 9, 14, tzinfo=UTC)),
        ("9/11/2026 14:00", "en-gb", datetime(2026, 11, 9, 14, tzinfo=UTC)),
        ("9/11/2026 14:00", "en-us", datetime(2026, 9, 11, 14, tzinfo=UTC)),
        ("9/11/2026 14:00", "en", None),
    ],
)
def test_which_of_two_numbers_is_the_day_is_told_by_weekday_or_region(text, language, expected):
    """Where neither tells, none is guessed."""
    assert parse_date(text, language) == expected
