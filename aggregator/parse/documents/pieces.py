"""A document in pieces: what the shortcut (``fast``) hands to the plain path (``feed``)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aggregator.parse.entry import Raw

DIGEST_BYTES = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class UnchangedEntries:
    """Entries that a document is read without, by the ``digests`` of their bytes.

    Where more than ``at_most`` others are in the document, all of them are read.
    """

    digests: Collection[bytes] = ()
    at_most: int = 0

    def select_from(self, digests: Sequence[bytes]) -> frozenset[bytes]:
        """Return which of a document's entries it is read without."""
        known = [digest for digest in digests if digest in self.digests]
        return frozenset(known if len(digests) - len(known) <= self.at_most else ())


NONE_UNCHANGED = UnchangedEntries()


@dataclass(frozen=True, kw_only=True, slots=True)
class Pieces:
    """What is in a document that could be cut into its entries.

    ``feed``     what stands around them, as feedparser gives it
    ``entries``  those that were read, in order, and ``digests`` of their bytes
    ``dropped``  digests of those that were not read, since their bytes were known
    ``order``    digests of all of them, read or not, in order
    ``scope``    everything around the entries that changes how they are read
    """

    feed: Raw
    entries: tuple[Raw, ...]
    digests: tuple[bytes, ...]
    dropped: tuple[bytes, ...]
    order: tuple[bytes, ...]
    scope: str
