"""What is said of a document that is not whole, or not well-formed, so that entries may be missing."""

from aggregator.model import DocumentProblem

BROKEN_OFF = DocumentProblem("the document breaks off: only whole entries were read", may_lose_entries=True)


def describe_malformed(kind: str, reason: object) -> DocumentProblem:
    """Return what is said of a document of a ``kind`` (XML, JSON) that is not well-formed."""
    return DocumentProblem(f"not well-formed {kind}: {reason}", may_lose_entries=True)
