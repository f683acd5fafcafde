"""What an exchange came to, in our own record."""

from collections.abc import Mapping
from types import MappingProxyType

from aggregator.fetch.progress import FetchProgress, FetchRequest
from aggregator.fetch.redirect import find_permanent_target, format_address
from aggregator.fetch.transport import HttpAnswer
from aggregator.model import Fetched

JOINED_HEADERS: Mapping[str, str] = MappingProxyType(
    {"link": ", ", "content-usage": ", ", "x-robots-tag": "\n"}
)
"""Headers of which all are kept where there are several, by what stands between two."""


def make_fetched(
    answer: HttpAnswer, body: bytes, wire_bytes: int, request: FetchRequest, progress: FetchProgress
) -> Fetched:
    """Return an answer, its body of so many bytes on the wire, and how it was reached."""
    headers = dict(answer.headers)
    for joined in JOINED_HEADERS.keys() & headers.keys():
        values = (value for name, value in answer.headers if name == joined)
        headers[joined] = JOINED_HEADERS[joined].join(values)
    redirects = tuple(target for _, target in progress.hops)
    return Fetched(
        url=request.url,
        final_url=redirects[-1] if redirects else request.url,
        status=answer.status,
        was_conditional=progress.was_conditional,
        body=body,
        content_type=headers.get("content-type"),
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        headers=MappingProxyType(headers),
        permanent_url=find_permanent_target(progress.hops, start=format_address(request.start)),
        redirects=redirects,
        wire_bytes=wire_bytes,
        elapsed_s=progress.elapsed_s,
    )
