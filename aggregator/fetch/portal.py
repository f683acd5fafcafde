"""Networks that want a log-in first: they answer for all, with one page or by leading to one host."""

import asyncio
import re
from hashlib import blake2b

from aggregator.errors import FetchError
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.outage import Standing
from aggregator.fetch.redirect import host_name, read_address
from aggregator.model import Fetched
from aggregator.urls.services import service_of

_LOOKED_AT = 65_536
_VARYING = re.compile(rb"[0-9a-f]{8,}|\d+", re.IGNORECASE)
"""Numbers and tokens, which such a page makes anew each time."""


async def refuse_portal(fetched: Fetched, standing: Standing, fetcher: Fetcher) -> None:
    """Raise NetworkDown where what came in place of a feed came from other services, too.

    ``standing`` is how the source stood before. An answer over TLS is that of its host.
    """
    start, end = read_address(fetched.url), read_address(fetched.final_url)
    host, led_to = host_name(start), service_of(host_name(end))
    if start.scheme == "https":
        return
    mark = led_to if led_to != service_of(host) else digest_page(fetched.body, host)
    asked_at_s = asyncio.get_running_loop().time() - fetched.elapsed_s
    if await fetcher.outage.is_ours(host, "portal", asked_at_s=asked_at_s, standing=standing, mark=mark):
        reason = "a page came in place of a feed"
        raise fetcher.begin_pause(FetchError(fetched.url, reason, trouble="portal"), start)


def note_feed(fetched: Fetched, fetcher: Fetcher) -> None:
    """Note that a feed came: nobody else answers with that."""
    fetcher.note_answer(read_address(fetched.final_url), is_own=True)


def digest_page(body: bytes, host: str) -> str:
    """Return what is the same for pages that differ only in the host asked for, and in numbers."""
    page = body[:_LOOKED_AT].replace(host.encode("utf-8", "replace"), b"")
    return blake2b(_VARYING.sub(b"", page), digest_size=16).hexdigest()
