"""``/_operations/atom.xml``: the feed of what operators are told, for whoever may read the metrics."""

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from aggregator.publish.tree_paths import OPERATIONS
from aggregator.serve.error_page import UNCACHED, not_found_page
from aggregator.serve.file_headers import SECURITY
from aggregator.serve.metrics_page import is_local

OPERATIONS_PATH = f"/{OPERATIONS}"


class OperationsPage:
    """Reads the feed each time it is asked for; whoever may not read it finds nothing at the address."""

    def __init__(self, folder: Path, *, is_public: bool) -> None:
        self._file = folder / OPERATIONS
        self._is_public = is_public

    async def answer(self, request: Request) -> Response:
        """Return the feed, or 404 where it is not there or not for this reader."""
        try:
            if not (self._is_public or is_local(request)):
                raise FileNotFoundError
            body = await asyncio.to_thread(self._file.read_bytes)
        except OSError:
            return not_found_page(request.scope["raw_path"])
        return Response(body, 200, {"Content-Type": "application/atom+xml", **UNCACHED, **SECURITY})
