"""The body of an answer: whether it is of use, and its decoded bytes up to the limit."""

from aggregator.errors import FetchError, HttpStatusError
from aggregator.fetch.decode import BodyDecoder, make_too_large_error
from aggregator.fetch.exchange import THEIRS, Wanted, explain_status
from aggregator.fetch.transport import HttpAnswer

# 206 is a part, of use only where its beginning was asked for; 204 and 205 have no body.
UNUSABLE_SUCCESSES = frozenset({204, 205, 206})


async def read_body(
    answer: HttpAnswer,
    url: str,
    *,
    was_conditional: bool,
    limit_bytes: int,
    first_bytes: int | None,
    wanted: Wanted,
) -> tuple[bytes, int]:
    """Return the decoded body, empty on a 304, and its bytes on the wire; raises for what is no use."""
    status = answer.status
    if status == 304:
        if not was_conditional:
            reason = f"answered 304 (not modified) to a request without validators: {THEIRS}"
            raise FetchError(url, reason)
        return b"", 0
    is_beginning = first_bytes is not None and status == 206 and _starts_at_zero(answer)
    if not 200 <= status < 300 or (status in UNUSABLE_SUCCESSES and not is_beginning):
        reason = explain_status(status, wanted)
        raise HttpStatusError(url, status, reason, answer.header("retry-after"))
    if first_bytes is not None:
        return await _read_beginning(answer, url, limit_bytes, first_bytes)
    return await _read_whole(answer, url, limit_bytes)


def _starts_at_zero(answer: HttpAnswer) -> bool:
    unit, _, rest = (answer.header("content-range") or "").strip().lower().partition(" ")
    return unit == "bytes" and rest.lstrip().startswith("0-")


async def _read_beginning(
    answer: HttpAnswer, url: str, limit_bytes: int, first_bytes: int
) -> tuple[bytes, int]:
    """Return the first decoded bytes; the rest stays unread, and the connection is given up."""
    decoder = BodyDecoder(url, _read_codings(answer), limit_bytes=max(limit_bytes, first_bytes))
    wire_bytes = 0
    async for piece in answer.pieces():
        wire_bytes += len(piece)
        if decoder.write_until(first_bytes, piece):
            break
    return decoder.beginning(first_bytes), wire_bytes


async def _read_whole(answer: HttpAnswer, url: str, limit_bytes: int) -> tuple[bytes, int]:
    announced = answer.header("content-length") or ""
    if announced.isdecimal() and int(announced) > limit_bytes:
        raise make_too_large_error(url, limit_bytes)
    decoder = BodyDecoder(url, _read_codings(answer), limit_bytes=limit_bytes)
    wire_bytes = 0
    async for piece in answer.pieces():
        wire_bytes += len(piece)
        decoder.write(piece)
    return decoder.finish(), wire_bytes


def _read_codings(answer: HttpAnswer) -> str | None:
    """Return the content codings that an answer states, which may be spread over several headers."""
    return ",".join(value for name, value in answer.headers if name == "content-encoding") or None
