"""What writing records did."""

from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.publish.files import Written


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordsWritten:
    """What publishing records did: files ``changed``, ``unchanged`` and ``removed``, and a line an error."""

    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    errors: tuple[str, ...] = ()

    @classmethod
    def of(cls, written: Written, *, removed: int = 0) -> "RecordsWritten":
        """Return what writing some files, and removing so many, did."""
        return cls(
            changed=len(written.changed),
            unchanged=written.unchanged,
            removed=removed,
            errors=written.errors,
        )


def add_up(parts: Iterable[RecordsWritten]) -> RecordsWritten:
    """Return what all of these did."""
    done = tuple(parts)
    return RecordsWritten(
        changed=sum(part.changed for part in done),
        unchanged=sum(part.unchanged for part in done),
        removed=sum(part.removed for part in done),
        errors=tuple(error for part in done for error in part.errors),
    )
