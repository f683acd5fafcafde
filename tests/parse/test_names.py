"""Authors and languages, cleaned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.names import MAX_AUTHORS, clean_authors, clean_language


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Jane Doe", "Jane Doe"),
        ("jane@site.example (Jane Doe)", "Jane Doe"),
        ("Jane Doe <jane@site.technology>", "Jane Doe"),
        ("mailto:jane@site.example", None),
        ("By Jane Doe", "Jane Doe"),
        ("Byron Bay", "Byron Bay"),
        ("<a href='https://x.example/'>Jane &amp; Joe</a>", "Jane & Joe"),
        ("Jane &lt;jane@site.example&gt;", "Jane"),
        ("Ann (Reuters)", "Ann (Reuters)"),
        ("https://site.example/author/jane", None),
        ("admin", None),
        ("12345", None),
        ("李明", "李明"),
        ("x" * 500, None),
        ("a@" * 5_000, None),
    ],
)
def test_authors_are_names_and_never_addresses(written, name):
    """E-mail and web addresses are taken off; what is no name then is none."""
    assert clean_authors([written]) == ((name,) if name else ())


def test_authors_are_named_once_and_are_few():
    """Names that differ in case only are one; a list has its bound."""
    assert clean_authors(["Ann", None, "ann", "", "Bob"]) == ("Ann", "Bob")
    assert len(clean_authors(f"Ann {chr(97 + number)}" for number in range(26))) == MAX_AUTHORS


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en-US", "en-us"), ("en_US", "en-us"), (" de ", "de"), ("en_US.UTF-8", "en-us"), ("zh-Hans-CN", "zh-hans-cn"),
        ("x-default", None), ("english", None), ("und", None), ("", None), (None, None), ("en us", None),
    ],
)  # fmt: skip
def test_languages_are_lower_case_tags_or_none(written, tag):
    """A well-formed tag in lower case, None for what is no language."""
    assert clean_language(written) == tag


@given(st.lists(st.from_regex(r"[^\W\d_]+|by|admin", fullmatch=True), min_size=1, max_size=4).map(" ".join))
def test_plain_names_are_read_as_those_with_an_address(name):
    """A name of nothing but letters, which needs no cleaning, comes out as one that needs it."""
    assert clean_authors([name]) == clean_authors([f"{name} <mail@example.org>"])
