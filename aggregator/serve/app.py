"""Requests to the published tree, answered."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.serve.error_page import not_found_page, render_page
from aggregator.serve.file_headers import PREFLIGHT, SECURITY, SHARING
from aggregator.serve.health_page import HEALTH_PATH, Health, HealthPage
from aggregator.serve.hot_files import HotFiles
from aggregator.serve.hub_links import Announced, announce_nothing
from aggregator.serve.hubs import HubCallback, PushReceiver
from aggregator.serve.metrics_page import METRICS_PATH, MetricsAccess, MetricsPage
from aggregator.serve.operations_page import OPERATIONS_PATH, OperationsPage
from aggregator.serve.ready_page import READY_PATH, Check, ReadyPage
from aggregator.serve.tree_endpoint import TreeEndpoint
from aggregator.websub import CALLBACKS

_ALLOWED = {"Allow": "GET, HEAD, OPTIONS"}
_NO_CHECKS: Mapping[str, Check] = MappingProxyType({})


def create_app(
    feeds_dir: Path,
    *,
    health: Health | None = None,
    checks: Mapping[str, Check] = _NO_CHECKS,
    health_within_s: float = 5,
    metrics: MetricsAccess | None = None,
    hubs: PushReceiver | None = None,
    announced: Announced = announce_nothing,
    desk: ASGIApp | None = None,
) -> Starlette:
    """Return the ASGI application that serves the files below ``feeds_dir``, ``/healthz`` and ``/readyz``.

    ``health`` is asked, in a thread, on every request to ``/healthz``: what it returns goes into
    the answer, whose status is 503 if it raises, its ``ok`` is false, or it takes too long. So are the
    ``checks`` for ``/readyz``, each of which returns what is wrong, or None. ``metrics`` says who reads
    ``/metrics``, and what operators are told; None: nobody. ``hubs`` decides about what comes to callbacks
    below ``/_websub/``; without it there are none. ``announced`` says which hubs feeds name. ``desk`` answers
    below ``/_desk``; None: there is nothing.
    """
    hot_files = HotFiles()
    pages = _list_status_routes(health, checks, health_within_s, metrics)
    if metrics:
        operations = OperationsPage(feeds_dir, is_public=metrics.is_public)
        pages.append(Route(OPERATIONS_PATH, _Endpoint(operations.answer)))
    callbacks = [Route(f"/{CALLBACKS}/{{token}}", HubCallback(hubs))] if hubs else []
    app = Starlette(
        routes=[
            *pages,
            *callbacks,
            *([Route("/_desk", desk), Route("/_desk/{page:path}", desk)] if desk else []),
            Route("/{path:path}", _Endpoint(TreeEndpoint(feeds_dir, hot_files, announced).answer)),
        ],
        exception_handlers={404: _not_found, 500: _server_error},
    )
    app.state.hot_files = hot_files
    return app


def create_status_app(
    *, health: Health, checks: Mapping[str, Check], metrics: MetricsAccess | None, health_within_s: float = 5
) -> Starlette:
    """Return the application of a process that serves no files: health, readiness and metrics alone."""
    return Starlette(
        routes=_list_status_routes(health, checks, health_within_s, metrics),
        exception_handlers={404: _not_found, 500: _server_error},
    )


def _list_status_routes(
    health: Health | None, checks: Mapping[str, Check], within_s: float, metrics: MetricsAccess | None
) -> list[Route]:
    routes = [
        Route(HEALTH_PATH, _Endpoint(HealthPage(health, within_s).answer)),
        Route(READY_PATH, _Endpoint(ReadyPage(checks, within_s).answer)),
    ]
    if metrics:
        routes.append(Route(METRICS_PATH, _Endpoint(MetricsPage(metrics, within_s).answer)))
    return routes


def find_hot_files(app: object) -> HotFiles:
    """Return what an application keeps in memory for the server that runs it; nothing for any other."""
    found = getattr(getattr(app, "state", None), "hot_files", None)
    return found if isinstance(found, HotFiles) else HotFiles()


class _Endpoint:
    """An ASGI application of one function, for the methods that only read."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope))
        if scope["method"] == "HEAD":
            response.body = b""  # one in pieces sees to that itself
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={**_ALLOWED, **SHARING, **PREFLIGHT, **SECURITY})
        if request.method not in {"GET", "HEAD"}:
            status, text = HTTPStatus.METHOD_NOT_ALLOWED, "Files here can only be read."
            return render_page(status, text, request.scope["raw_path"], _ALLOWED)
        return await self._answer(request)


async def _not_found(request: Request, _error: Exception) -> Response:
    return not_found_page(request.scope["raw_path"])


async def _server_error(request: Request, _error: Exception) -> Response:
    status, text = HTTPStatus.INTERNAL_SERVER_ERROR, "The file could not be read."
    return render_page(status, text, request.scope["raw_path"])
