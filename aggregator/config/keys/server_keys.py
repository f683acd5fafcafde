"""The keys of ``server``, ``websub`` and ``workers`` in ``settings.yaml``."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from aggregator.config.keys.fields import (
    Address,
    Allowed,
    Flag,
    KeyGroup,
    Listening,
    NoneIsEmpty,
    Number,
    Raw,
    Whole,
    check_base_address,
)


def _check_optional_base(value: str) -> str:
    return check_base_address(value) if value else value


OptionalBase = Annotated[
    Raw,
    AfterValidator(_check_optional_base),
    Allowed('an absolute http or https address without a query, or "" for site.base_url'),
]


def _check_shards(value: int) -> int:
    if value & (value - 1):
        raise ValueError("no power of two")
    return value


_MAX_HUBS = 5
Hubs = Annotated[
    tuple[Address, ...], NoneIsEmpty, Allowed("a list of absolute http or https addresses, [] for none")
]


def _spell_switch(value: object) -> object:
    return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value


# YAML reads "on" and "off" as true and false.
MetricsReaders = Annotated[
    Literal["local", "on", "off"], BeforeValidator(_spell_switch), Allowed("local, on, off")
]


class ServerKeys(KeyGroup):
    """``server``: where the built-in server listens."""

    host: Listening = Field(
        default="127.0.0.1", description="The address or name of the interface to listen on."
    )
    metrics: MetricsReaders = Field(
        default="local",
        description="Who may read /metrics: what runs on this machine and asks for itself, anybody, nobody.",
    )
    metrics_by_source: Flag = Field(
        default=False,
        description="Whether /metrics has a line for each source: when it was last polled successfully.",
    )
    port: Whole = Field(
        default=8080, ge=0, le=65_535, description="The port to listen on; 0 is any free one."
    )


class WebSubKeys(KeyGroup):
    """``websub``: taking what hubs push, beside polling, and telling hubs what we publish."""

    enabled: Flag = Field(
        default=True,
        description="Whether sources that announce a hub are subscribed to, where hubs can reach us.",
    )
    public_url: OptionalBase = Field(
        default="",
        description="Where hubs reach the built-in server; of site.base_url only a public host counts.",
    )
    lease_days: Number = Field(
        default=10,
        ge=0.001,
        le=90,
        description="Days that subscriptions are asked for; hubs may decide otherwise.",
    )
    publish_hubs: Hubs = Field(
        default=(),
        max_length=_MAX_HUBS,
        description="Hubs that our feeds announce, and that are told which of them changed.",
    )


class WorkerKeys(KeyGroup):
    """``workers``: how `aggregator worker` shares the work out."""

    shards: Annotated[Whole, AfterValidator(_check_shards), Allowed("a power of two from 1 to 1024")] = Field(
        default=64,
        ge=1,
        le=1_024,
        description="Parts into which sources are put, by their publishers: a power of two.",
    )
    publish_groups: Whole = Field(
        default=8,
        ge=1,
        le=64,
        description="Groups of topics that as many workers with --publish write at once, at the most.",
    )
    silent_s: Whole = Field(
        default=30, ge=3, le=600, description="Seconds of silence after which others do a worker's jobs."
    )
