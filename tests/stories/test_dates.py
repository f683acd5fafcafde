"""What is a date in a text, in several languages."""

import pytest

from aggregator.stories.dates import Calendar, is_full_date
from aggregator.stories.terms import extract_terms


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "Puzzle of Tuesday, April 28, 2020", "Puzzle of 2020"),
        ("en", "Puzzle of Tue 28th of April 2020 and Apr. 30", "Puzzle of 2020 and"),
        ("en", "Shops open 27-28 April, not May 3", "Shops open , not"),
        ("en", "On 2020-04-28, 28/04/2020 and 4.28.2020", "On 2020 , 2020 and 2020"),
        ("en", "March 5,000 miles, may 30 people march? March on", "March 5,000 miles, may 30 people march? March on"),
        ("en", "Open 24/7, 3-2 and 10.30, May 10% and June 5.5", "Open 24/7, 3-2 and 10.30, May 10% and June 5.5"),
        ("en", "In April 2020, on Monday", "In April 2020, on Monday"),
        ("de", "Rätsel vom Dienstag, 28. April 2020, und 3. März", "Rätsel vom 2020 , und"),
        ("es", "Sorteo del martes, 28 de abril de 2020", "Sorteo del 2020"),
        ("fr", "Journal du mardi 1er décembre 2020", "Journal du 2020"),
        ("pl", "Program na 28 kwietnia 2020", "Program na 2020"),
        ("ja", "天気予報 2020年4月28日(火)の空", "天気予報 2020 の空"),
        ("zh", "4月28日新闻", "新闻"),
        ("ko", "4월 28일 날씨", "날씨"),
        ("tl", "Balita (April 28, 2020)", "Balita ( 2020 )"),
        ("no language", "News of April 28", "News of"),
    ],
)  # fmt: skip
def test_days_are_left_out(language, text, left):
    """A day with its month's name in the text's language or in English, or in figures; a year stays."""
    assert " ".join(Calendar.of(language).leave_out_days(text).split()) == left


def test_days_are_no_terms():
    """That two articles name one day brings them no nearer; a month alone is a word like others."""
    terms = extract_terms("Quiz for May 4, 2020", "Answers of the quiz by June 4. In June more.", "en")
    assert terms.title == ("quiz", "2020")
    assert terms.excerpt == ("answer", "quiz", "june")


def test_a_date_is_full_with_its_year():
    """A day and a month come every year."""
    assert [is_full_date(text) for text in ("May 4, 2020", "4.5.2020", "May 4")] == [True, True, False]
