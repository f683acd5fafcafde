"""Columns that name their author in capitals."""

from datetime import timedelta

import pytest

from aggregator.stories.bylines import leave_out_byline
from aggregator.stories.grouper import Grouper
from tests.builders import newcomer


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("OTTO BRANDIS: Ferries wait", " Ferries wait"),
        ("OTTO BRANDIS on... ferries", "... ferries"),
        ("LIVIA O'TARN-ÅBERG… and ferries", " and ferries"),
        ("BREAKING NEWS: ferries wait", " ferries wait"),
    ],
)
def test_who_writes_is_left_out(text, left):
    """So is what else stands in capitals where a text begins."""
    assert leave_out_byline(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "FERRIES WAIT: CREWS AT SEA",
        "NATO: ferries wait",
        "Ferries WAIT AGAIN: crews at sea",
        "USS Kestrel: a fire",
        "OTTO BRANDIS writes on ferries",
        "",
    ],
)
def test_what_is_told_is_not(text):
    """A text in capitals, a single word, a name with small letters, capitals further on."""
    assert leave_out_byline(text) == text


def test_columns_of_one_author_are_no_story():
    """Whatever they are on, a day after the other."""
    columns = [
        (
            "OTTO BRANDIS on... Livia Tarn's trip",
            "'Everybody breaks the rules more brazenly thanks to Livia Tarn'",
        ),
        ("OTTO BRANDIS on... Livia Tarn's eyesight", "'Come on, have another go at the bottom line'"),
    ]
    grouper = Grouper()
    for number, texts in enumerate(columns):
        at = newcomer(0).published_at + timedelta(hours=19 * number)
        last = grouper.place(newcomer(number, *texts, at=at, provider="alba.example"))
    assert last.story.size == 1
