"""What kind of article a title announces, and what that means for its story."""

import pytest

from aggregator.stories.grouper import Grouper
from aggregator.stories.kinds import GUIDE, OFFER, QUESTION, find_kinds
from aggregator.stories.terms import _split_words
from tests.builders import newcomer

TITLES = [
    ("Kestrel lamp goes on sale in Tarnbeck", "en", [OFFER]),
    ("Kestrel lamp launched in Tarnbeck", "en", []),
    ("How to fit a Kestrel lamp", "en", [QUESTION]),
    ("Kestrel lamp: where to put it", "en", [QUESTION]),
    ("Here’s how to get 31% off a Kestrel lamp", "en", [OFFER]),
    ("Is the Kestrel lamp any good?", "en", [QUESTION]),
    ("WHO warns of lamps", "en", []),
    ("Who won the lamp", "en", [QUESTION]),
    ("Somehow the lamp won", "en", []),
    ("Kestrel lamp review", "en", [GUIDE]),
    ("Lamps save lives", "en", []),
    ("Save £30 on the best lamps", "en", [OFFER, GUIDE]),
    ("Wie die Lampe leuchtet", "de", [QUESTION]),
    ("Leuchtet die Lampe?", "de", [QUESTION]),
    ("“Dlaczego lampa” świeci", "pl", [QUESTION]),
    ("ランプは光るか？", "ja", []),
    ("Kestrel lamp review", "de", []),
]


@pytest.mark.parametrize(("title", "language", "kinds"), TITLES)
def test_a_title_tells_of_what_kind_it_is(title, language, kinds):
    """Questions in many languages, offers and guides in English; most titles are none."""
    assert list(find_kinds(title, _split_words(title), language)) == kinds


RELEASE = (
    "Norvane Quest released for the Kestrel console",
    "The sailing game came out on Tuesday after two delays, with four islands to explore.",
)
HINTS = (
    "How to find all four islands in Norvane Quest",
    "Bring a map and a lantern: storms hide the caves, and traders pass them only at night.",
)
NEWS = "Sailors find all four islands in Norvane Quest", HINTS[1]


@pytest.mark.parametrize(("later", "stories"), [(HINTS, 2), (NEWS, 1)])
def test_a_guide_is_not_the_news_of_what_it_is_for(later, stories):
    """With all the words of what joins that, too, but that it asks."""
    grouper = Grouper()
    placed = [grouper.place(newcomer(number, *texts)) for number, texts in enumerate((RELEASE, later))]
    assert len({one.story.id for one in placed}) == stories
