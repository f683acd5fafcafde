"""``/healthz``: what the service says of itself, whatever else keeps the server busy."""

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Thread

import structlog
from starlette.requests import Request
from starlette.responses import Response

from aggregator.serve.error_page import UNCACHED
from aggregator.serve.file_headers import JSON, SECURITY
from aggregator.serve.server_events import describe_with_place

HEALTH_PATH = "/healthz"
Health = Callable[[], Mapping[str, object]]
log = structlog.get_logger()


class HealthPage:
    """Asks ``health``, which must answer within ``within_s`` seconds, in a thread of its own.

    Threads that files and hubs wait for may all be busy. Who asks while an answer is awaited gets
    the same one, so that a health that hangs takes one thread.
    """

    def __init__(self, health: Health | None, within_s: float) -> None:
        self._health = health
        self._within_s = within_s
        self._asked: Future[Mapping[str, object]] | None = None
        self._logged = ""  # the log has it once, however often it is asked

    async def answer(self, _request: Request) -> Response:
        """Return 200, or 503 where the service says that it does not work, or cannot say anything in time.

        A service that works in spite of something (``degraded``) is well.
        """
        found, error = await self._find()
        if error and error != self._logged:
            log.error("health", error=error)
        self._logged = error
        ok = bool(found.get("ok", True))
        status = "failing" if not ok else "degraded" if found.get("degraded") else "ok"
        body = json.dumps({**found, "status": status}, default=str)
        headers = {"Content-Type": JSON, **UNCACHED, **SECURITY}
        return Response(body, 200 if ok else 503, headers)

    async def _find(self) -> tuple[Mapping[str, object], str]:
        """Return what the service says, and what went wrong with asking it."""
        if self._health is None:
            return {}, ""
        try:
            async with asyncio.timeout(self._within_s):
                return await asyncio.wrap_future(self._ask(self._health)), ""
        except TimeoutError:
            return {"ok": False}, f"no answer within {self._within_s:g} s"
        except Exception as error:  # whatever goes wrong there is what this page is asked for
            return {"ok": False}, describe_with_place(error)

    def _ask(self, health: Health) -> Future[Mapping[str, object]]:
        if self._asked is None or self._asked.done():
            asked: Future[Mapping[str, object]] = Future()
            asked.set_running_or_notify_cancel()  # who gives up waiting must not cancel it for others
            Thread(target=_fill_future, args=(asked, health), name="health", daemon=True).start()
            self._asked = asked  # only now: without a thread nobody would ever settle it
        return self._asked


def _fill_future(asked: Future[Mapping[str, object]], health: Health) -> None:
    try:
        asked.set_result(health())
    except Exception as error:
        asked.set_exception(error)
