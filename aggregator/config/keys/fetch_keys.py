"""The keys of ``fetch`` and ``polling``: how sources are visited, and how often."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from aggregator.config.keys.fields import (
    Allowed,
    Flag,
    HeaderText,
    KeyGroup,
    Networks,
    Number,
    Raw,
    Whole,
    refuse,
    refuse_key,
)

UserAgent = Annotated[HeaderText, Allowed('ASCII text, or "" for one made of version and contact')]


_PROXY = re.compile(r"http://(?:.*@)?(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?/?", re.DOTALL)


def _check_proxy(value: str) -> str:
    if value.lower().startswith("socks"):
        raise refuse("is a SOCKS proxy, which is not supported")
    if value and not _PROXY.fullmatch(value):
        raise refuse("is no address of an HTTP proxy")
    return value


ProxyAddress = Annotated[Raw, AfterValidator(_check_proxy), Allowed('http://HOST:PORT, or "" for none')]


class FetchKeys(KeyGroup):
    """``fetch``: the limits of every HTTP exchange."""

    timeout_s: Number = Field(
        default=30, ge=0.1, le=600, description="Seconds that a whole exchange may take, redirects included."
    )
    connect_timeout_s: Number = Field(
        default=10, ge=0.1, le=600, description="Seconds that connecting to a host may take."
    )
    max_body_bytes: Whole = Field(
        default=10_485_760,
        ge=1_024,
        le=1_073_741_824,
        description="Bytes of one document after decompression.",
    )
    max_redirects: Whole = Field(default=5, ge=0, le=20, description="Redirects followed in one exchange.")
    concurrency: Whole = Field(
        default=64, ge=1, le=10_000, description="Exchanges under way at the same time."
    )
    per_host: Whole = Field(
        default=2, ge=1, le=100, description="Exchanges under way at the same time with one host."
    )
    per_domain: Whole = Field(
        default=4, ge=1, le=1_000, description="Sources of one domain, or of one hoster, polled at a time."
    )
    domain_delay_s: Number = Field(
        default=1,
        ge=0,
        le=3_600,
        description="Seconds between the starts of two polls of one domain, or of one hoster.",
    )
    allow_private_addresses: Flag = Field(
        default=False,
        description="Whether private, loopback and other special addresses may be connected to.",
    )
    allowed_networks: Networks = Field(
        default=(),
        description="Networks that may be connected to although their addresses are special.",
    )
    proxy: ProxyAddress = Field(
        default="",
        repr=False,
        description="The HTTP proxy for all requests; ${NAME} in it is taken from the environment.",
    )
    proxy_from_environment: Flag = Field(
        default=False,
        description="Whether http_proxy, https_proxy, all_proxy and no_proxy count where proxy is empty.",
    )
    user_agent: UserAgent = Field(
        default="", description="What requests call themselves, instead of software, version and contact."
    )


class PollingKeys(KeyGroup):
    """``polling``: how often sources are visited."""

    default_interval_min: Number = Field(
        default=60,
        ge=0.01,
        le=43_200,
        description="Minutes between two polls of a source that shows no rhythm of its own.",
    )
    min_interval_min: Number = Field(
        default=15, ge=0.01, le=43_200, description="Minutes between two polls of a source at the very least."
    )
    max_interval_min: Number = Field(
        default=1_440,
        ge=0.01,
        le=43_200,
        description="Minutes between two polls of a source at the very most.",
    )
    retry_after_cap_days: Number = Field(
        default=7,
        ge=0,
        le=365,
        description="Days; a publisher's Retry-After is obeyed in full up to that, past every maximum.",
    )
    backlog_days: Whole = Field(
        default=7,
        ge=0,
        le=3_650,
        description="Days; what a source shows that is older when first seen is backlog.",
    )

    @model_validator(mode="after")
    def _order_intervals(self) -> Self:
        low, high = self.min_interval_min, self.max_interval_min
        if low > high:
            raise refuse_key(
                "min_interval_min", f"{low:g} is more than max_interval_min, allowed: up to {high:g}"
            )
        return self
