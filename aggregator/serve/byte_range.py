"""A part of a file, asked for with ``Range`` (RFC 9110, 14)."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes\s*=\s*([0-9]{0,18})-([0-9]{0,18})\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class ByteRange:
    """``length`` bytes from ``start`` on; none where nothing of what was asked for is there."""

    start: int
    length: int

    def describe(self, size: int) -> str:
        """Return the header ``Content-Range`` of this part of ``size`` bytes."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{size}"


def parse_range(value: str | None, size: int) -> ByteRange | None:
    """Return the part of ``size`` bytes that is asked for, None where the whole is to be sent.

    That is so for what cannot be read, and for several parts at once, which a server may ignore.
    """
    match = _RANGE.match(value.strip()) if value else None
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        length = min(int(match[2]), size)
        return ByteRange(start=size - length, length=length)
    start = int(match[1])
    last = min(int(match[2]), size - 1) if match[2] else size - 1
    if match[2] and int(match[2]) < start:
        return None
    return ByteRange(start=start, length=max(0, last - start + 1))
