"""Under which addresses hubs reach us, and over which of theirs a secret may go; pure."""

import re
from urllib.parse import urlsplit

from aggregator.urls.literals import read_literal

CALLBACKS = "_websub"
"""The first part of a callback's path, which no topic's is; what follows is the subscription's token."""

_LOCAL_NAMES = re.compile(
    r"(?:.*\.)?(?:localhost|local|localdomain|internal|intranet|lan|home|corp|test|invalid)"
)


def choose_callback_base(public_url: str, site_url: str) -> str | None:
    """Return the address that callbacks start with, without a slash at its end; None where hubs reach none.

    ``public_url`` is believed as it is; where it is "", ``site_url`` is taken if its host is one of the
    public internet by its looks.
    """
    base = public_url or (site_url if _is_public(urlsplit(site_url).hostname or "") else "")
    return f"{base.rstrip('/')}/{CALLBACKS}" if base else None


def list_hub_addresses(hub_url: str) -> tuple[str, ...]:
    """Return the addresses to ask a hub at, in order: https first, also where it is not announced.

    Section 9.2 of the specification asks for that. Another port than http's own says nothing about https.
    """
    parts = urlsplit(hub_url)
    if parts.scheme != "http" or parts.port not in (None, 80) or is_private(hub_url):
        return (hub_url,)
    return parts._replace(scheme="https", netloc=parts.hostname or "").geturl(), hub_url


def is_private(url: str) -> bool:
    """Tell whether nobody on the way can read what is sent to ``url``: it is https, or this very machine.

    The secret is sent to no other (section 5.1: only over HTTPS).
    """
    parts = urlsplit(url)
    return parts.scheme == "https" or _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    literal = read_literal(host)
    if literal is not None:
        return literal.is_loopback
    return host == "localhost" or host.endswith(".localhost")


def _is_public(host: str) -> bool:
    literal = read_literal(host)
    if literal is not None:
        return literal.is_global
    return "." in host and not _LOCAL_NAMES.fullmatch(host.rstrip("."))
