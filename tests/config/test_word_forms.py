"""Keywords that an operator gives a first topic are found in both numbers."""

import pytest

from aggregator.config.edits.word_forms import add_number_forms


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("volcanoes", "volcano"), ("volcano", "volcanoes"), ("Bees", "Bee"), ("city", "cities"),
        ("cities", "city"), ("search", "searches"), ("boxes", "box"), ("video", "videos"),
    ],
)  # fmt: skip
def test_a_word_is_found_in_both_numbers(word, other):
    """What articles say of many, they say of one."""
    assert add_number_forms((word,)) == (word, other)


@pytest.mark.parametrize("word", ["news", "physics", "AI", "lava flow", "Zürich", "glass", "virus", "iOS"])
def test_what_has_no_other_number_stays(word):
    """Names, phrases, words of other languages, and those in s that are no plurals."""
    assert add_number_forms((word, word)) == (word,)
