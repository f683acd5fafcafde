"""Heads of answers that break HTTP's letter where their meaning is beyond doubt, put right; pure.

What curl and browsers read, and a strict parser does not (RFC 9112 sections 5 and 6.3):

the first line             may be in small letters, and have several spaces
spaces before a colon      are dropped; so are fields whose name cannot be one
a line that is folded      is joined with a space
Content-Length             several that are equal are one; ones that differ stay, and are refused
with Transfer-Encoding     chunked wins; identity, which no longer exists, says nothing

Such an answer may be an attempt to smuggle another one: its connection must not be used again.
"""

import re

MAX_HEAD_BYTES = 64 * 1024

_START = b"HTTP/1."
_STATUS = re.compile(rb"HTTP/1\.([01])[ \t]+([0-9]{3})(?:[ \t]([^\r]*))?", re.IGNORECASE)
_INTERIM = re.compile(rb"HTTP/1\.1 (?!101)1[0-9]{2}[ \r\n]")
_END = re.compile(rb"\n\r?\n")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH = re.compile(rb"[0-9]{1,18}")

_Field = tuple[bytes, bytes]


def may_be_completed(received: bytes) -> bool:
    """Tell whether what was received so far is the beginning of a head, whose end is still to come."""
    final = drop_interim_answers(received)
    is_begun = final[: len(_START)].upper() == _START[: len(final)]
    return is_begun and len(received) <= MAX_HEAD_BYTES and not _END.search(final)


def drop_interim_answers(received: bytes) -> bytes:
    """Return what was received without the interim answers (1xx) before it."""
    while _INTERIM.match(received) and (end := _END.search(received)):
        received = received[end.end() :]
    return received


def mend_head(received: bytes) -> bytes | None:
    """Return what was received with its head put right; None where nothing can be, or has to be."""
    received = drop_interim_answers(received)
    end = _END.search(received, 0, MAX_HEAD_BYTES)
    if end is None or _CONTROLS.search(received, 0, end.end()):
        return None
    status, *lines = (line.removesuffix(b"\r") for line in received[: end.start()].split(b"\n"))
    version, fields = _STATUS.fullmatch(status), _read_fields(lines)
    if version is None or fields is None or any(b"\r" in line for line in lines):
        return None
    framed = _frame(fields, is_old=version[1] == b"0")
    mended = [b"HTTP/1.%b %b %b" % (version[1], version[2], version[3] or b"")]
    mended += [name + b":" + value for name, value in framed]
    if mended == [status, *lines]:
        return None
    return b"\r\n".join([*mended, b"", received[end.end() :]])


def _read_fields(lines: list[bytes]) -> list[_Field] | None:
    """Return the fields whose names can be names; None where a line is no field."""
    fields: list[_Field] = []
    for line in lines:
        if line.startswith((b" ", b"\t")):
            if not fields:
                return None
            name, value = fields[-1]
            fields[-1] = name, value.rstrip(b" \t") + b" " + line.strip(b" \t")
            continue
        name, colon, value = line.partition(b":")
        if not colon:
            return None
        fields.append((name.rstrip(b" \t"), value))
    return [(name, value) for name, value in fields if _TOKEN.fullmatch(name)]


def _frame(fields: list[_Field], *, is_old: bool) -> list[_Field]:
    """Return the fields with one statement of where the body ends, as far as they agree on it.

    ``is_old`` says that the answer is HTTP/1.0, where Transfer-Encoding means that somebody was mistaken.
    """
    stated = [
        length.strip(b" \t")
        for value in _get_values(fields, b"content-length")
        for length in value.split(b",")
    ]
    if not all(map(_LENGTH.fullmatch, stated)) or len(set(map(int, stated))) != 1:
        return fields
    codings = _get_values(fields, b"transfer-encoding")
    if not codings:
        kept, dropped = (b"Content-Length", b" " + stated[0]), b"content-length"
        return [kept, *_drop_field(fields, dropped)] if len(stated) > 1 else fields
    if len(codings) > 1 or is_old:
        return fields
    coding = codings[0].strip(b" \t").lower()
    if coding == b"identity":
        return _frame(_drop_field(fields, b"transfer-encoding"), is_old=is_old)
    is_chunked = coding.rpartition(b",")[2].strip(b" \t") == b"chunked"
    return _drop_field(fields, b"content-length") if is_chunked else fields


def _get_values(fields: list[_Field], wanted: bytes) -> list[bytes]:
    return [value for name, value in fields if name.lower() == wanted]


def _drop_field(fields: list[_Field], unwanted: bytes) -> list[_Field]:
    return [(name, value) for name, value in fields if name.lower() != unwanted]
