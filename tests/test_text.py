"""Plain text: cleaned, cut, and made comparable."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import (
    ELLIPSIS,
    clean_text,
    cut_excerpt,
    drop_illegal,
    format_count,
    signed_key,
    slug,
    title_key,
)

ANY = st.text(alphabet=st.characters(codec=None), max_size=400)


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("  a \n\t b\u00a0c  ", "a b c"),
        ("nul\x00 and \x9b and \u2028line", "nul and and line"),
        ("over\u202eride \ud800 end", "override end"),
        ("\ufeffmark", "mark"),
        ("next\x85line\x1cend", "next line end"),
        ("soft\u00adhyphen zero\u200bwidth non\ufffechar", "softhyphen zerowidth nonchar"),
        ("می\u200cخواهم 👩\u200d💻 a\u200eb", "می\u200cخواهم 👩\u200d💻 a\u200eb"),
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


@given(ANY.map(clean_text), st.integers(1, 120))
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


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("the low-power app", 9, "the…"),
        ("see https://a.example/a/very/long/address here", 30, "see…"),
        ("word — another word", 8, "word…"),
        ("AI 人工智能的未来。更多", 8, "AI 人工智能…"),
        ("ข่าวเทคโนโลยีวันนี้", 5, "ข่าว…"),
        ("x" * 50, 10, "x" * 9 + "…"),
        ("-" * 50, 10, "…"),
        ("word", 0, ""),
    ],
)
def test_where_an_excerpt_ends(text, limit, cut):
    """It ends at a blank or dash, in scripts without blanks at a character, else inside a word too long."""
    assert cut_excerpt(text, limit) == cut


@pytest.mark.parametrize(
    "character", ["e\u0301", "👩\u200d💻", "👍🏽", "🇩🇪", "❤\ufe0f", unicodedata.normalize("NFD", "각")]
)
@pytest.mark.parametrize("limit", range(8, 16))
def test_an_excerpt_keeps_characters_whole(character, limit):
    """What readers see as one character is never cut in two."""
    kept = cut_excerpt(character * 30, limit).removesuffix(ELLIPSIS)
    assert kept == character * (len(kept) // len(character)) != ""


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
        ("love ❤\ufe0f it", "Love it"),
        ("Cafe\u0301", "CAFÉ"),
        ("می\u200cخواهم", "می خواهم"),
    ],
)
def test_titles_that_differ_in_form_have_one_key(one, other):
    """Case, punctuation and compatibility forms do not tell titles apart."""
    assert title_key(one) == title_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("की", "का"), ("กา", "กี"), ("GPT-4", "GPT-5"), ("東京", "京都")])
def test_titles_of_different_words_have_different_keys(one, other):
    """Letters, vowel signs and digits of every script count."""
    assert title_key(one) != title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Learn C++", "Learn C#"), ("Learn C++", "Learn C"), ("+3 %", "-3 %"), ("Index: −3%", "Index: 3%"),
        ("Grade A+", "Grade A-"), ("Grade A-", "Grade A"), ("Rated BBB- now", "Rated BBB+ now"), ("☀️", "☂️"),
        ("Weather ☀", "Weather"), ("$5", "€5"), ("5 %", "5"), ("👍🏻", "👍🏿"), ("A*", "A"), ("▲3", "▼3"), ("🇫🇷", "🇩🇪"),
        ("F＃", "F"), ("< 5", "> 5"), ("R&D", "R D"),
    ],
)  # fmt: skip
def test_signs_that_carry_meaning_tell_titles_apart(one, other):
    """A minus is one before a digit and after a grade."""
    assert signed_key(one) != signed_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“Title”", '"Title"'), ("A – B", "A - B"), ("It's", "It’s"), ("Wait…", "Wait..."), ("well-known", "well‑known"),
        ("Gain of 3 %", "Gain of 3%"), ("−3 %", "–3%"), ("☀️", "☀"), ("▶ Video", "Video"), ("A | B", "A · B"),
        ("won 2–1", "won 2-1"), ("C＋＋", "c++"), ("«Titre» !", "Titre!"), ("का!", "का"), ("Daily™ news", "DailyTM news"),
    ],
)  # fmt: skip
def test_typography_tells_no_titles_apart(one, other):
    """Quotes, dashes between words, dots, blanks and decoration count for nothing."""
    assert signed_key(one) == signed_key(other) != ""


@given(ANY)
def test_the_key_of_a_title_survives_cleaning(title):
    """Cleaning a title first changes nothing, and a key is cleaned text."""
    key = title_key(title)
    assert title_key(clean_text(title)) == key == clean_text(key)


def test_long_runs_of_marks_take_no_time():
    """Normalising, which is quadratic on them, sees the beginning only."""
    title = "a" + "\u0301\u0323" * 500_000
    assert title_key(title).startswith("\u1ea1")
    assert slug(title).startswith("\u1ea1")


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
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("word " * 40, "word-" * 19 + "word"),
        ("x" * 300, "x" * 100),
        ("日本" * 100, "日本" * 33),
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
    assert len(name.encode()) <= 200
    assert not set(name) & set("/\\.\0 \n")


def test_drop_illegal_keeps_lines():
    """Only what no record may hold goes; tabs and line ends stay."""
    assert drop_illegal("a\x00\tb\r\n\ud800c\u2028d\x9b e") == "a\tb\r\ncd e"


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=100))
def test_title_key_of_ascii_is_that_of_any_text(text):
    """A title of plain letters is compared as one with others is."""
    assert title_key(f"{text} é").removesuffix("é").strip() == title_key(text)


def test_counts_have_their_noun():
    """One is one; what several are called is given where it is no plural in s."""
    assert [format_count(count, "point") for count in (0, 1, 2_000)] == [
        "0 points",
        "1 point",
        "2,000 points",
    ]
    assert [format_count(count, "has ended", "have ended") for count in (1, 2)] == [
        "1 has ended",
        "2 have ended",
    ]
