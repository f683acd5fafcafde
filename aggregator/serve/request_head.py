"""The head of a request as the parser is given it: checked, and rewritten where that could not read it."""

import re

MAX_HEAD_BYTES = 32 * 1024
_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PLAIN_METHODS = frozenset({b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE"})
_ODD = b"/~odd~"


class HeadRefused(Exception):
    """A request's head that another server might read differently, or that is too long."""


def check_head(received: bytes) -> None:
    """Raise HeadRefused where a request's head, or its beginning, is not to be read.

    Parsers take a bare LF for a line's end; a proxy in front that does not would see another request.
    """
    if len(received) > MAX_HEAD_BYTES:
        raise HeadRefused("the head of the request is too long")
    if received.count(b"\n") != received.count(b"\r\n"):
        raise HeadRefused("a line of the request's head ends without CR")


def prepare_head(head: bytes) -> tuple[bytes, bytes]:
    """Return a whole head's method, and the head as the parser reads it; raises HeadRefused."""
    check_head(head)
    if not head.strip():
        raise HeadRefused("the request is empty")
    method, _, rest = head.lstrip(b"\r\n").partition(b" ")
    if method in _PLAIN_METHODS and rest.startswith(b"/"):
        return method, head
    return method, _rewrite_odd_head(method, rest)


def restore_target(target: bytes) -> bytes:
    """Return the target that was sent, of one that the parser was given."""
    return target.removeprefix(_ODD)


def _rewrite_odd_head(method: bytes, rest: bytes) -> bytes:
    """Return a head that the parser reads, of one whose method it does not know or whose target is no path.

    Neither leads to a file; the application is told the method and the target that were sent.
    """
    if not _METHOD.fullmatch(method):
        raise HeadRefused("the request's method is none")
    target = rest if rest.startswith(b"/") else _ODD + rest
    return b"%s %s" % (method if method in _PLAIN_METHODS else b"PUT", target)
