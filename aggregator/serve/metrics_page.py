"""``/metrics``: what Prometheus reads, for operators and nobody else."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import Response

from aggregator.serve.asked_thread import AskedThread
from aggregator.serve.error_page import UNCACHED, not_found_page
from aggregator.serve.file_headers import SECURITY
from aggregator.serve.server_events import describe_with_place
from aggregator.urls.literals import read_literal, unwrap_ipv4

METRICS_PATH = "/metrics"
TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"
PROXY_FIELDS = frozenset(
    {
        "cf-connecting-ip", "forwarded", "true-client-ip", "via", "x-client-ip", "x-forwarded",
        "x-forwarded-by", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
        "x-forwarded-server", "x-original-forwarded-for", "x-real-ip",
    }
)  # fmt: skip
"""Header fields that proxies add: who sends one asks for somebody else."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricsAccess:
    """What ``render`` returns is for programs on this machine, or where it ``is_public`` for anybody."""

    render: Callable[[], bytes]
    is_public: bool = False


class MetricsPage:
    """Renders the metrics in a thread; for whoever may not read them there is nothing at the address."""

    def __init__(self, access: MetricsAccess, within_s: float) -> None:
        self._is_public = access.is_public
        self._asked = AskedThread(access.render, within_s, name="metrics")

    async def answer(self, request: Request) -> Response:
        """Return the metrics, 404 for whoever may not read them, or 503 where they cannot be rendered."""
        if not (self._is_public or is_local(request)):
            return not_found_page(request.scope["raw_path"])
        try:
            body = await self._asked.ask()
        except Exception as error:  # whatever it is, the server goes on
            log.error("metrics", error=describe_with_place(error))  # noqa: TRY400  # the line says it all
            return Response(
                "The metrics could not be rendered: see the log.\n", 503, {**UNCACHED, **SECURITY}
            )
        return Response(body, 200, {"Content-Type": TEXT_FORMAT, **UNCACHED, **SECURITY})


def is_local(request: Request) -> bool:
    """Tell whether a program on this machine asks for itself, and not a proxy for somebody elsewhere.

    A proxy on this machine comes from here, too. It gives itself away by fields that it adds, by the host
    that it was asked for, or by HTTP/1.0, which nginx speaks where it is not told otherwise.
    """
    client = request.client
    return (
        client is not None
        and is_loopback(client.host)
        and is_loopback(_read_host(request.headers.get("host", "")))
        and request.scope["http_version"] != "1.0"
        and not PROXY_FIELDS.intersection(request.headers.keys())
    )


def _read_host(value: str) -> str:
    """Return the name or address in a field ``Host``, without the port."""
    if value.startswith("["):
        return value[1:].partition("]")[0] if "]" in value else ""
    return value.partition(":")[0].lower()


def is_loopback(host: str) -> bool:
    """Tell whether a host, by address or name, is this machine as it calls itself."""
    if host == "localhost":
        return True
    literal = read_literal(host)
    return literal is not None and unwrap_ipv4(literal).is_loopback
