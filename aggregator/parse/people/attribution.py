"""The publisher of an entry: its page's, or the one that RSS ``<source>`` or ``atom:source`` names.

An aggregator's entry (Google News, Bing) leads through the aggregator and names the publisher: that is its
provider, and nobody is credited. A publisher's own page that names another, as a wire's, credits it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from aggregator.html import plain_text
from aggregator.model import Entry, ParsedFeed, Provider
from aggregator.text import title_key
from aggregator.urls import absolute_url, host_of, registrable_domain

_MAX_CHARS = 200
_AGGREGATORS = re.compile(
    r"(?:news\.google\.[a-z.]{2,6}|feedproxy\.google\.com|(?:www\.)?bing\.com|feeds?\d?\.feedburner\.com"
    r"|(?:c|www)\.newsnow\.(?:co\.uk|com)|(?:www\.)?inoreader\.com|flip\.it|feedly\.com)"
)
_LEADS_ON = re.compile(r"/(?:rss/articles|~r|redir(?:ect)?|out|goto|apiclick\.aspx)(?:/|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribution:
    """An entry's provider, whether the entry itself names it, and who is credited beside it."""

    provider: Provider
    is_named: bool = False
    credit: str | None = None


def attribute_entry(entry: Entry, feed: ParsedFeed, *, url: str | None, domain: str) -> Attribution:
    """Return the publisher of an entry, and who is credited; its link ``url`` leads to ``domain``."""
    if not entry.origin_title and not entry.origin_url:
        return _attribute_to(domain)
    own = Provider(domain=domain)
    title = plain_text((entry.origin_title or "")[:_MAX_CHARS])
    origin_url = absolute_url(entry.base_url, entry.origin_url)
    origin = _find_domain(origin_url) if origin_url else None
    if origin and origin != domain and url and _leads_through_aggregator(url):
        if not _AGGREGATORS.fullmatch(host_of(origin_url or "")):
            return Attribution(provider=Provider(domain=origin, name=title or origin), is_named=True)
        return Attribution(provider=own)
    if not title_key(title) or (origin_url and origin == domain):
        return Attribution(provider=own)
    if origin_url is None and title_key(title) == title_key(feed.title or ""):
        return Attribution(provider=own)
    return Attribution(provider=own, credit=title)


@lru_cache(maxsize=256)
def _attribute_to(domain: str) -> Attribution:
    return Attribution(provider=Provider(domain=domain))


def _find_domain(url: str) -> str:
    return registrable_domain(host_of(url).removeprefix("www."))


def _leads_through_aggregator(url: str) -> bool:
    return bool(_AGGREGATORS.fullmatch(host_of(url)) or _LEADS_ON.search(urlsplit(url).path))
