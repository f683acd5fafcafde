"""``/readyz``: whether the service can do its work now, and which part of it cannot."""

import asyncio
from collections.abc import Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import Response

from aggregator.serve.asked_thread import AskedThread
from aggregator.serve.health_page import render_status
from aggregator.serve.server_events import describe_with_place

READY_PATH = "/readyz"
Check = Callable[[], str | None]
"""Returns what is wrong, None where nothing is."""
WELL = "ok"
DEGRADING = frozenset({"network"})
"""Checks that are told, and keep nobody from being served: what was published is there all the same."""
UNKNOWN = "it could not be told: see the log"
log = structlog.get_logger()


class ReadyPage:
    """Asks all ``checks`` at once; one that hangs or raises fails, and the others are told all the same."""

    def __init__(self, checks: Mapping[str, Check], within_s: float) -> None:
        self._asked = {name: AskedThread(check, within_s, name="ready") for name, check in checks.items()}
        self._logged: dict[str, str] = {}  # the log has each error once, however often it is asked

    async def answer(self, _request: Request) -> Response:
        """Return 200 where all is well, else 503, with what is wrong by the name of the check.

        What only degrades the service is told with 200.
        """
        said = dict(zip(self._asked, await asyncio.gather(*map(self._find, self._asked)), strict=True))
        wrong = {name for name, text in said.items() if text != WELL}
        ok = wrong <= DEGRADING
        status = "failing" if not ok else "degraded" if wrong else "ok"
        return render_status({"ok": ok, "checks": said, "status": status}, ok=ok)

    async def _find(self, name: str) -> str:
        try:
            return await self._asked[name].ask() or WELL
        except TimeoutError as error:
            return str(error)
        except Exception as error:  # its text may be secret
            reason = describe_with_place(error)
            if reason != self._logged.get(name):
                log.error("ready", check=name, error=reason)  # noqa: TRY400  # the line says it all
            self._logged[name] = reason
            return UNKNOWN
