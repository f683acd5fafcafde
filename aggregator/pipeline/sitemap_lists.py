"""Sitemaps that list others: the newest of these in place of the list, as one document."""

import asyncio
from dataclasses import replace
from datetime import datetime

import structlog

from aggregator.errors import CannotAsk, FetchError, ServicePaused
from aggregator.fetch.feed import Fetcher
from aggregator.model import Fetched, Source
from aggregator.parse.documents.sitemap import find_sitemap_kind, list_sitemaps

log = structlog.get_logger()

XML = "application/xml; charset=utf-8"
EMPTY = b"<urlset></urlset>"


async def follow_sitemap_list(
    fetched: Fetched, source: Source, fetcher: Fetcher, *, now: datetime
) -> Fetched:
    """Return an answer with the newest sitemaps in its body where that lists them, else as it is.

    What was asked for in its turn is asked for in the same. Validators of a list are forgotten where it does
    not say when its sitemaps changed: it would stay the same. A sitemap that cannot be fetched is left out;
    raises FetchError where none can, ParseError where the list cannot be read.
    """
    if source.kind != "sitemap" or fetched.status == 304 or find_sitemap_kind(fetched.body) != "sitemapindex":
        return fetched
    listed = await asyncio.to_thread(list_sitemaps, fetched.body, url=fetched.final_url, now=now)
    bodies: list[bytes] = []
    failure: FetchError | None = None
    for one in listed:
        try:
            answer = await fetcher.get(one.url, headers=_own_headers(one.url, source))
        except (CannotAsk, ServicePaused):
            raise
        except FetchError as error:
            log.info("sitemap", source=source.id, error=str(error))
            failure = failure or error
        else:
            bodies.append(answer.body)
    if failure is not None and not bodies:
        raise failure
    composed = replace(fetched, body=b"\n".join(bodies) or EMPTY, content_type=XML)
    is_dated = all(one.changed_at for one in listed) and failure is None
    return composed if is_dated else replace(composed, etag=None, last_modified=None)


def _own_headers(url: str, source: Source) -> dict[str, str]:
    """Return the headers of a source for one of its sitemaps: they may be secrets, for its own host alone."""
    own = source.url.split("/")[:3]
    return dict(source.headers) if url.split("/")[:3] == own else {}
