"""How many files and sockets this process may have open."""

import sys

WANTED = 8_192
_UNLIMITED = 1_000_000


def raise_descriptor_limit() -> int:
    """Raise the limit of open files to ``WANTED``, or as far as the system allows; return what holds then."""
    if sys.platform == "win32":
        return _UNLIMITED
    import resource  # noqa: PLC0415  # only POSIX systems have it

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _UNLIMITED
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):  # a container may forbid it
            return soft
    return max(soft, wanted)
