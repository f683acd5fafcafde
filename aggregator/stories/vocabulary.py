"""Numbers for words, so that the vectors of hundreds of thousands of articles are arrays of numbers."""

from collections.abc import Iterable, Mapping
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIGITS = 4
"""Decimal places of a weight."""
SCALE: int = 10**DIGITS
RECORD = np.dtype([("key", "<i8"), ("weight", "<i4")])
"""A term's key and what it weighs, in ten-thousandths: so sums are exact, whatever their order."""
_ITEM = Struct("<qi")
_KEY_SIZE = RECORD["key"].itemsize
PAIR_BITS = 32
"""A pair's key is that of its first word, shifted by so many bits, and that of the second below it."""
FIRST_PAIR = 1 << PAIR_BITS
"""Keys from this one on are those of pairs of words."""

Records = NDArray[np.void]
Numbers = NDArray[np.int64]


class Vocabulary(dict[str, int]):
    """The number of each word, given when it is first asked for; ``words`` has them by number.

    In vectors a term stands as its key: a word's is its number, a pair's is made of those of both.
    ``numerals`` are the keys of words that are numbers.
    """

    def __init__(self) -> None:
        self.words = [""]
        self.numerals: set[int] = set()

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        if word[:1].isdigit():
            self.numerals.add(number)
        return number

    def find_term(self, key: int) -> str:
        """Return the word or pair of words with that key."""
        first, second = split_key(key)
        return f"{self.words[first]} {self.words[second]}" if first else self.words[second]

    def pack(self, vector: Mapping[str, float]) -> bytes:
        """Return the records of a vector; ``unpack`` reads them."""
        weights = (round(weight * SCALE) for weight in vector.values())
        return make_records(map(self._find_key, vector), weights, len(vector)).tobytes()

    def unpack(self, packed: bytes) -> dict[str, float]:
        """Return the vector that was packed, its weights and their order the same."""
        return {self.find_term(key): weight / SCALE for key, weight in read_weights(packed).items()}

    def pack_keys(self, words: Iterable[str]) -> bytes:
        """Return the keys of words, each once; ``read_keys`` reads them."""
        return np.array([*dict.fromkeys(map(self.__getitem__, words))], np.int64).tobytes()

    def _find_key(self, term: str) -> int:
        first, is_pair, second = term.partition(" ")
        return self[first] << PAIR_BITS | self[second] if is_pair else self[first]


def split_key(key: int) -> tuple[int, int]:
    """Return the keys of a pair's words; 0 and its own key for a word."""
    return key >> PAIR_BITS, key & (FIRST_PAIR - 1)


def make_records(keys: Any, weights: Any, count: int) -> Records:
    """Return ``count`` keys and weights, of any iterables, as records."""
    records: Records = np.empty(count, RECORD)
    records["key"] = np.fromiter(keys, np.int64, count)
    records["weight"] = np.fromiter(weights, np.int64, count)
    return records


def read_records(packed: bytes) -> Records:
    """Return records from the bytes that they are kept as."""
    return np.frombuffer(packed, RECORD)


def read_weights(packed: bytes) -> dict[int, int]:
    """Return by their keys what terms weigh, in ten-thousandths, from the bytes that they are kept as."""
    return dict(_ITEM.iter_unpack(packed))


def find_weight(packed: bytes, key: int) -> int:
    """Return what the term with that key weighs, in ten-thousandths; ValueError where there is none."""
    wanted = key.to_bytes(_KEY_SIZE, "little")
    at = packed.index(wanted)
    while at % RECORD.itemsize:  # these bytes are across two records, or a part of one
        at = packed.index(wanted, at + 1)
    return int.from_bytes(packed[at + _KEY_SIZE : at + RECORD.itemsize], "little")


def read_keys(packed: bytes) -> list[int]:
    """Return keys from the bytes that they are kept as, without weights."""
    keys: list[int] = np.frombuffer(packed, np.int64).tolist()
    return keys
