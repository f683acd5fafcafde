"""What is said of a document that is not whole, or not well-formed, so that entries may be missing."""

from collections.abc import Iterable

from aggregator.model import DocumentProblem

BROKEN_OFF = DocumentProblem("the document breaks off: only whole entries were read", may_lose_entries=True)


def describe_malformed(kind: str, reason: object) -> DocumentProblem:
    """Return what is said of a document of a ``kind`` (XML, JSON) that is not well-formed."""
    return DocumentProblem(f"not well-formed {kind}: {reason}", may_lose_entries=True)


def find_fault(problems: Iterable[DocumentProblem]) -> str | None:
    """Return the first of a document's problems that may have cost entries; None for what costs none."""
    return next((one.text for one in problems if one.may_lose_entries), None)
