"""What goes into a fetch, and what the status of its answer means."""

from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from typing import Literal, NamedTuple

from aggregator.fetch.guard import Network
from aggregator.fetch.proxies import NO_PROXIES, Proxies

FEED_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1"
)
THEIRS = "it is tried again later; if it stays, tell the publisher"
"""What to do about what only the publisher can mend."""
NEW_ADDRESS = "look for the feed's new address"
SEE_DOCTOR = "`aggregator sources doctor` looks for where it went"
Wanted = Literal["source", "feed", "other"]
"""What is asked for: the feed of a configured source, one that is looked for, or something else."""
_MEANINGS = {
    401: "it wants credentials",
    403: "it refuses us",
    404: "nothing is at this address",
    410: "it is gone for good",
    429: "it asks to be asked less often",
}
_OF_FEEDS = {
    401: "it wants credentials: set the source's headers",
    403: "it refuses us: it may want credentials (the source's headers) or another user agent",
    429: "it asks to be polled less often",
}
_OF_SOURCES = {
    404: f"nothing is at this address: {NEW_ADDRESS}",
    410: f"it is gone for good: {SEE_DOCTOR}",
}
_ADVICE = {
    "source": _MEANINGS | _OF_FEEDS | _OF_SOURCES, "feed": _MEANINGS | _OF_FEEDS, "other": _MEANINGS
}  # fmt: skip
"""What an answer means to who can set a source right, look elsewhere, or do nothing about it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchLimits:
    """What an exchange may cost, and how it introduces itself.

    ``timeout_s``                the whole exchange, redirects included, waiting for a slot excluded
    ``connect_timeout_s``        one connection: DNS, TCP and TLS together
    ``max_body_bytes``           the decoded body, and what of it goes over the wire
    ``max_redirects``            hops followed
    ``concurrency``              exchanges in flight at a time
    ``per_host``                 of these, with one host name
    ``per_domain``               polls at a time of one service: a registrable domain, or a hoster
    ``domain_delay_s``           between the starts of two polls of one service
    ``allow_private_addresses``  whether the guard lets every address pass
    ``allowed_networks``         those that the guard lets pass although they are not public
    ``proxies``                  through which each address is asked for
    """

    timeout_s: float = 30.0
    connect_timeout_s: float = 10.0
    max_body_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 5
    concurrency: int = 64
    per_host: int = 2
    per_domain: int = 4
    domain_delay_s: float = 1.0
    allow_private_addresses: bool = False
    allowed_networks: tuple[Network, ...] = ()
    proxies: Proxies = NO_PROXIES
    user_agent: str = f"aggregator/{version('aggregator')}"


class Validators(NamedTuple):
    """What makes a request conditional, exactly as it was received; None: not stated.

    ``url`` is the address that gave them, None that which is asked.
    """

    etag: str | None = None
    last_modified: str | None = None
    url: str | None = None


def explain_status(status: int, wanted: Wanted) -> str:
    """Return what an answer with ``status`` means to an operator, in a line."""
    phrase = next((known.phrase for known in HTTPStatus if known == status), "")
    advice = _ADVICE[wanted].get(status, f"the server has trouble, {THEIRS}" if status >= 500 else THEIRS)
    return f"{f'answered {status} {phrase}'.rstrip()}: {advice}"


def explain_address(reason: str, wanted: Wanted) -> str:
    """Return why an address is of no use, with what to do where a source has it."""
    return f"{reason}: {NEW_ADDRESS}" if wanted == "source" else reason
