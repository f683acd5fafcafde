"""Plain text: cleaned, cut, and made comparable."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import ELLIPSIS, clean_text, cut_excerpt, slug, title_key

ANY = st.text(alphabet=st.characters(codec=None), max_size=400)


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("  a \n\t b\u00a0c  ", "a b c"),
        ("nul\x00 and \x9b and \u2028line", "nul and and line"),
        ("over\u202eride \ud800 end", "override end"),
        ("\ufeffmark", "mark"),
    ],
)
def test_clean_text_is_one_line_without_controls(given_text, cleaned):
    """Controls go, every kind of white space becomes one blank."""
    assert clean_text(given_text) == cleaned


@given(ANY)
def test_clean_text_leaves_nothing_that_a_record_may_not_hold(text):
    """No control, separator or surrogate is left, and cleaning twice changes nothing."""
    cleaned = clean_text(text)
    assert not {unicodedata.category(c) for c in cleaned} & {"Cc", "Cs", "Zl", "Zp"}
    assert clean_text(cleaned) == cleaned
    cleaned.encode("utf-8")


@given(ANY.map(clean_text), st.integers(20, 120))
def test_an_excerpt_is_the_beginning(text, limit):
    """An excerpt is within its limit, begins as the text does, and has an ellipsis only where cut."""
    cut = cut_excerpt(text, limit)
    assert len(cut) <= limit
    assert text.startswith(cut.removesuffix(ELLIPSIS) if len(text) > limit else cut)
    assert len(text) > limit or cut == text


def test_an_excerpt_ends_with_a_word():
    """A word is never cut, and punctuation does not stand before the ellipsis."""
    assert cut_excerpt("one two, three four", 12) == "one two…"
    assert cut_excerpt("one two three", 8) == "one two…"
    assert cut_excerpt("short", 12) == "short"


def test_an_excerpt_without_blanks_is_cut_at_a_character():
    """Text without blanks is cut within the limit, not between a letter and its marks."""
    assert cut_excerpt("日本語" * 50, 20) == ("日本語" * 50)[:19] + ELLIPSIS
    assert not cut_excerpt("e\u0301" * 40, 20).removesuffix(ELLIPSIS).endswith("e")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Robots: learn to walk!", "robots learn to walk"),
        ("“Smart” cars – again", '"smart" cars - again'),
        ("ＡＩ", "ai"),
        ("STRASSE", "Straße"),
    ],
)
def test_titles_that_differ_in_form_have_one_key(one, other):
    """Case, punctuation and compatibility forms do not tell titles apart."""
    assert title_key(one) == title_key(other) != ""


def test_a_title_of_punctuation_has_no_key():
    """Nothing to compare is the empty key."""
    assert title_key("— … !") == ""


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("IBM pushes for US to limit exports", "ibm-pushes-for-us-to-limit-exports"),
        ("What's new? A/B - tests…", "whats-new-ab-tests"),
        ("../../etc/passwd", "etcpasswd"),
        ("Überraschung für 日本", "überraschung-für-日本"),
        ("!!!", "article"),
    ],
)
def test_slug_names_a_file(title, expected):
    """Punctuation is dropped, blanks become hyphens, nothing leaves the folder."""
    assert slug(title) == expected


@given(ANY)
def test_slug_is_a_safe_name(title):
    """Any title gives a short name without separators or dots."""
    name = slug(title)
    assert 0 < len(name) <= 100
    assert not set(name) & set("/\\.\0 ")
