"""Errors as one line that says something."""

import pytest

from aggregator.errors import FetchError, ParseError, describe_error


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("no number"), "ValueError: no number"),
        (ValueError("no\n  number"), "ValueError: no number"),
        (TimeoutError(), "TimeoutError"),
        (AssertionError(""), "AssertionError"),
        (OSError(" "), "OSError"),
        (KeyError("a"), "KeyError: 'a'"),
    ],
)
def test_an_error_is_named_with_what_it_says(error, line):
    """One that says nothing is its kind alone, without a colon that leads nowhere."""
    assert describe_error(error) == line


def test_without_an_address_the_reason_stands_alone():
    """Nothing stands for what is not known."""
    assert str(FetchError("", "is refused")) == "is refused"
    assert str(ParseError("", "empty document")) == "empty document"
