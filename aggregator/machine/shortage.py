"""Whether an error means that this machine has too little of something: no source is to blame for that."""

import errno
import os
import socket
from collections.abc import Iterator

from aggregator.errors import MachineError, PollNotStored, StoreError

_OF_THE_MACHINE = frozenset({
    errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM,
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO,
})  # fmt: skip
_ADVICE = {
    errno.EMFILE: "raise the limit of open files (`ulimit -n`)",
    errno.ENFILE: "the machine has too many files open",
    errno.ENOSPC: "free disk space",
    errno.EDQUOT: "free disk space",
}
_ANY_ADVICE = "see to the machine's memory and disk"


def describe_shortage(error: BaseException) -> str | None:
    """Return what this machine lacked, and what to do, where that caused an error; None where it did not."""
    for cause in _walk_causes(error):
        if isinstance(cause, MemoryError):
            return "not enough memory: free some, or poll fewer sources at a time (fetch.concurrency)"
        if isinstance(cause, RuntimeError) and "can't start new thread" in str(cause):
            return "no thread can be started: raise the limit of processes (`ulimit -u`)"
        if isinstance(cause, OSError) and not isinstance(cause, socket.gaierror):  # whose numbers are others
            number = cause.errno
            if number in _OF_THE_MACHINE:
                return f"{os.strerror(number).lower()}: {_ADVICE.get(number, _ANY_ADVICE)}"
    return None


def raise_if_ours(error: Exception, what: str) -> None:
    """Raise an error that is this machine's or its database's: as it is, or as MachineError of ``what``.

    Of an error that one poll alone has, the store is well.
    """
    if isinstance(error, MachineError) or (
        isinstance(error, StoreError) and not isinstance(error, PollNotStored)
    ):
        raise error
    lacking = describe_shortage(error)
    if lacking is not None:
        raise MachineError(f"{what}: {lacking}") from error


def _walk_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, and what it was raised from or while handling."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
