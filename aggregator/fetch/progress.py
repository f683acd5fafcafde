"""What one fetch asks, and how far it has come: from redirect to redirect."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from aggregator.fetch.cookies import Cookie
from aggregator.fetch.exchange import Wanted
from aggregator.fetch.outage import Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchRequest:
    """What is asked, as configured.

    ``headers`` are for the origin of ``start``, ``validators`` for that of ``validators_url``. ``standing``
    is how it stood before, None: not known.
    """

    url: str
    start: httpx.URL
    validators_url: httpx.URL
    accept: str
    headers: Mapping[str, str]
    validators: Mapping[str, str]
    limit_bytes: int
    first_bytes: int | None
    standing: Standing | None = None
    wanted: Wanted = "other"


@dataclass(slots=True)
class FetchProgress:
    """What an exchange has done so far: redirects as status and target, seconds it took.

    ``cookies`` live as long as it does; ``visited`` are addresses with the cookies that went there;
    ``was_conditional`` says whether the last request had validators, ``asked_at_s`` when it was sent, by the
    event loop's clock.
    """

    hops: list[tuple[int, str]] = field(default_factory=list)
    cookies: tuple[Cookie, ...] = ()
    visited: set[tuple[str, str]] = field(default_factory=set)
    elapsed_s: float = 0.0
    was_conditional: bool = False
    asked_at_s: float = 0.0
