"""``/healthz``: what the service says of itself, whatever else keeps the server busy."""

import json
from collections.abc import Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import Response

from aggregator.publish.file_headers import JSON
from aggregator.serve.asked_thread import AskedThread
from aggregator.serve.error_page import UNCACHED
from aggregator.serve.file_headers import SECURITY
from aggregator.serve.server_events import describe_with_place

HEALTH_PATH = "/healthz"
Health = Callable[[], Mapping[str, object]]
log = structlog.get_logger()


class HealthPage:
    """Asks ``health``, which must answer within ``within_s`` seconds."""

    def __init__(self, health: Health | None, within_s: float) -> None:
        self._asked = AskedThread(health, within_s, name="health") if health else None
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
        return render_status({**found, "status": status}, ok=ok)

    async def _find(self) -> tuple[Mapping[str, object], str]:
        """Return what the service says, and what went wrong with asking it."""
        if self._asked is None:
            return {}, ""
        try:
            return await self._asked.ask(), ""
        except TimeoutError as error:
            return {"ok": False}, str(error)
        except Exception as error:  # whatever goes wrong there is what this page is asked for
            return {"ok": False}, describe_with_place(error)


def render_status(said: Mapping[str, object], *, ok: bool) -> Response:
    """Return what is said as JSON that nobody keeps, with 200 or 503."""
    headers = {"Content-Type": JSON, **UNCACHED, **SECURITY}
    return Response(json.dumps(said, default=str), 200 if ok else 503, headers)
