"""What kind of article a title announces, and what that means for its story."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.stories.grouper import Grouper
from aggregator.stories.kinds import _ENDING, GUIDE, OFFER, QUESTION, _list_kinds, find_kinds
from aggregator.stories.terms import _split_words, extract_terms
from tests.builders import newcomer

TITLES = [
    ("Kestrel lamp goes on sale in Tarnbeck", "en", [OFFER]),
    ("How to fit a Kestrel lamp", "en", [QUESTION]),
    ("Kestrel lamp: where to put it", "en", [QUESTION]),
    ("Here’s how to get 31% off a Kestrel lamp", "en", [QUESTION, OFFER]),
    ("Learn how to fit a lamp", "en", [QUESTION]),
    ("Is the Kestrel lamp any good?", "en", [QUESTION]),
    ("Who's next in the lamp race", "en", [QUESTION]),
    ("Here’s why the lamp is out", "en", [QUESTION]),
    ("How’d the lamp go out", "en", [QUESTION]),
    ("Lamp pre-orders open on Monday", "en", [OFFER]),
    ("Hoe't licht werkt", "nl", [QUESTION]),
    ("Best Kestrel lamp deal's back", "en", [OFFER, GUIDE]),
    ("Kestrel lamp at its lowest prices ever", "en", [OFFER]),
    ("Kestrel lamp review", "en", [GUIDE]),
    ("Kestrel lamp review - a bright idea for all of us", "en", [GUIDE]),
    ("Save £30 on lamps", "en", [OFFER]),
    ("The 12 best lamp deals of the week", "en", [OFFER, GUIDE]),
    ("Queues on Black Friday, November 28", "en", [OFFER]),
    ("12 things to know before fitting a lamp", "en", [GUIDE]),
    ("Wie die Lampe leuchtet", "de", [QUESTION]),
    ("Leuchtet die Lampe?", "de", [QUESTION]),
    ("“Dlaczego lampa” świeci", "pl", [QUESTION]),
    ("¿Qué lámpara brilla?", "es", [QUESTION]),
    ("Hvordan lampen virker", "no", [QUESTION]),
    ("ランプは光るか？", "ja", [QUESTION]),
]
NEWS_TITLES = [
    ("Kestrel lamp launched in Tarnbeck", "en"),
    ("WHO warns of lamps", "en"),
    ("Somehow the lamp won", "en"),
    ("Know-how transfer agreed", "en"),
    ("We know how to protect lamps", "en"),
    ("Lamps save lives", "en"),
    ("Goalkeeper saves 3 penalties", "en"),
    ("Court deals blow to lamp makers", "en"),
    ("Lamp makers close 3% off record highs", "en"),
    ("Central bank cuts discount rate", "en"),
    ("Best Buy shares plunge", "en"),
    ("Mountain guide found", "en"),
    ("Court reviews ban on lamps", "en"),
    ("Lorry tips over", "en"),
    ("Kestrel lamp launched - Tom's Guide", "en"),
    ("Kestrel lamp review", "de"),
    ("Jak podaje spółka, lampa świeci", "pl"),
]


@pytest.mark.parametrize(("title", "language", "kinds"), TITLES)
def test_a_title_tells_of_what_kind_it_is(title, language, kinds):
    """Questions in many languages, offers and guides in English; it is among the terms of series."""
    series = extract_terms(title, None, language).series
    assert [term for term in series if term in {QUESTION, OFFER, GUIDE}] == kinds


@pytest.mark.parametrize(("title", "language"), NEWS_TITLES)
def test_most_titles_are_of_no_kind(title, language):
    """Whatever words of questions, offers and guides are in them, or stand behind them as a publisher's name."""
    series = extract_terms(title, None, language).series
    assert {QUESTION, OFFER, GUIDE}.isdisjoint(series)


TOLD = st.sampled_from(
    ["lamp", "the", "12", "$5", "tiny", "on", "to", "for", "you", "here", "learn", "lowest", "friday", "day", "best", "early"]
    + [sign for _, signs, _ in _list_kinds("en") for sign in sorted(signs)]
)  # fmt: skip
BETWEEN = st.sampled_from([" ", " ", " ", "'", "’", "-", ": ", " - "])


@given(
    st.lists(st.tuples(TOLD, st.booleans(), BETWEEN), max_size=8), st.sampled_from(["", "?", ":", "s", "’s"])
)
def test_words_rule_out_no_title_of_a_kind(parts, end):
    """What is looked for in little time finds all that the patterns alone find."""
    title = (
        "".join(f"{word.capitalize() if large else word}{between}" for word, large, between in parts) + end
    )
    plainly = [kind for kind, _, pattern in _list_kinds("en") if pattern.search(_ENDING.sub("", title))]
    assert [*find_kinds(title, _split_words(title), "en")] == plainly


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
