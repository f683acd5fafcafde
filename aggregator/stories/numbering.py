"""Articles of a series, which say the same each time but for a number."""

from collections.abc import Hashable
from collections.abc import Set as AbstractSet
from typing import TypeVar

SERIES_SHARE = 0.8
"""Of their other words what two articles of one series have in common."""
_Word = TypeVar("_Word", bound=Hashable)


def is_next_number(
    words: AbstractSet[_Word], others: AbstractSet[_Word], numerals: AbstractSet[_Word]
) -> bool:
    """Tell whether two articles say the same but for their numbers: "Episode 7" and "Episode 8"."""
    numbers, other_numbers = words & numerals, others & numerals
    if not numbers or not other_numbers or numbers & other_numbers:
        return False
    rest, other_rest = words - numbers, others - other_numbers
    return len(rest & other_rest) >= SERIES_SHARE * len(rest | other_rest)
