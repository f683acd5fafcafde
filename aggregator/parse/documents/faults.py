"""What is said of a document that is not whole, or not well-formed, so that entries may be missing."""

from collections.abc import Iterable

BROKEN_OFF = "the document breaks off: only whole entries were read"
NOT_WELL_FORMED = "not well-formed"
"""What is said begins so, with the kind of document and the reason behind it."""


def find_fault(problems: Iterable[str]) -> str | None:
    """Return the first of a document's problems that may have cost entries; None for what costs none."""
    return next((one for one in problems if one == BROKEN_OFF or one.startswith(NOT_WELL_FORMED)), None)
