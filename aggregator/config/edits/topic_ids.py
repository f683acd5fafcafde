"""Ids for topics of which only the name is known: ``machine-learning`` of "Machine Learning"; pure."""

import re
from collections.abc import Container
from itertools import count
from unicodedata import normalize

from aggregator.config.checks.checks import RESERVED_TOPICS

LONGEST = 60
_GAPS = re.compile(r"[^a-z0-9]+")


def make_topic_id(name: str, taken: Container[str] = ()) -> str:
    """Return an id in a-z, 0-9 and hyphens that is none of ``taken``, nor a name that is reserved.

    Accents are dropped; a name in another script gives ``topic``, and numbers tell those apart.
    """
    first = slug_of(name) or "topic"
    if first in RESERVED_TOPICS:
        first = f"topic-{first}"
    return first if first not in taken else next(i for n in count(2) if (i := f"{first}-{n}") not in taken)


def slug_of(name: str) -> str:
    """Return the letters and digits of a name with hyphens between its words, "" where it has none."""
    folded = normalize("NFKD", name[:1_000]).replace("ß", "ss").lower()
    plain = "".join(sign for sign in folded if sign.isascii() or sign.isalnum())
    return _GAPS.sub("-", plain)[:LONGEST].strip("-")
