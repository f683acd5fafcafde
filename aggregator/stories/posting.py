"""The stories that have a term, by their slots, with what it weighs in each: packed."""

from struct import Struct

import numpy as np
from numpy.typing import NDArray

from aggregator.stories.vocabulary import Numbers

Posting = bytearray
"""Entries of stories, the one that changed last at the end."""
Weights = NDArray[np.float64]

_ENTRY = np.dtype([("slot", "<i4"), ("weight", "<f8")])
_SLOT, _PAIR = Struct("<i"), Struct("<id")
SIZE = _ENTRY.itemsize

pack_entry = _PAIR.pack
"""Return a slot and a weight as an entry."""
pack_slot = _SLOT.pack
"""Return what an entry begins with."""


def remove_entry(posting: Posting, slot: bytes) -> None:
    """Remove the entry that begins with a packed slot."""
    at = posting.rfind(slot)
    while at % SIZE:  # the same bytes within another entry
        at = posting.rfind(slot, 0, at + len(slot) - 1)
    del posting[at : at + SIZE]


def read_entries(packed: bytes) -> tuple[Numbers, Weights]:
    """Return the slots and weights of entries, the last ones first."""
    entries = np.frombuffer(packed, _ENTRY)[::-1]
    return entries["slot"].astype(np.int64), entries["weight"]
