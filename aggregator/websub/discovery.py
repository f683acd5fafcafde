"""Which hub and topic a document announces (W3C WebSub section 4): by its header, else by its head. Pure."""

import re
from collections.abc import Iterator, Sequence

from aggregator.model import Announcement
from aggregator.urls import absolute_url

MAX_LINKS = 50
"""Links of a header that are looked at."""
MAX_URL_CHARS = 2_000

_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_LINK = re.compile(rf"<(?P<target>[^<>]*+)>(?P<parameters>(?:\s*+;(?:{_QUOTED}|[^\",;])*+)*+)")
_PARAMETER = re.compile(rf';\s*+(?P<name>[^\s=;,"]++)\s*+(?:=\s*+(?P<value>{_QUOTED}|[^\s",;]*+))?')


def find_announcement(
    link_header: str | None, *, url: str, hub_urls: Sequence[str] = (), self_url: str | None = None
) -> Announcement | None:
    """Return the hub and topic of a document at ``url``, None where it does not announce both.

    The header's hubs go before ``hub_urls``, its self before ``self_url``, which the document itself says.
    Of several hubs the first over https is taken, else the first. Without a self there is no topic to
    subscribe to (section 4: exactly one): the address asked for may hold what is not a hub's business.
    """
    links = list(_read_links(link_header or "", url))
    hubs = [target for rel, target in links if rel == "hub"] or list(hub_urls)
    usable = [hub for hub in hubs if len(hub) <= MAX_URL_CHARS]
    topic = next((target for rel, target in links if rel == "self"), self_url)
    if not usable or topic is None or len(topic) > MAX_URL_CHARS:
        return None
    hub = next((hub for hub in usable if hub.startswith("https:")), usable[0])
    return Announcement(hub_url=_strip_fragment(hub), topic_url=topic)


def _read_links(header: str, url: str) -> Iterator[tuple[str, str]]:
    """Yield relation and absolute target of the links in a header (RFC 8288 section 3)."""
    for number, found in enumerate(_LINK.finditer(header)):
        if number == MAX_LINKS:
            return
        target = absolute_url(url, found["target"].strip())
        for relation in _read_relations(found["parameters"]) if target else ():
            yield relation, target or ""


def _read_relations(parameters: str) -> list[str]:
    """Return a link's relations, lower-case; of several ``rel`` the first counts (RFC 8288 section 3.3)."""
    for found in _PARAMETER.finditer(parameters):
        if found["name"].lower() == "rel":
            return (found["value"] or "").strip('"').lower().split()
    return []


def _strip_fragment(url: str) -> str:
    return url.partition("#")[0]
