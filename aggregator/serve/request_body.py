"""The body of a request, up to a length."""

from starlette.requests import Request


async def read_body(request: Request, limit_bytes: int) -> bytes | None:
    """Return the body, None where it is longer than allowed: the rest is not read."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > limit_bytes:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            return None
    return bytes(body)
