"""Connections to the queue that cost nothing while nothing is asked: the library's own do all the time."""

from collections.abc import Mapping
from typing import Any

from procrastinate import PsycopgConnector
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from aggregator.store import has_news

CONNECTIONS = 4
CONNECT_S = 30.0
WAKE_UP_S = 60.0
"""How often a connection that waits for the server looks for anything else: asyncio interrupts it itself."""


class PatientConnection(AsyncConnection[Any]):
    """A connection that is woken up by what the server says, not ten times a second besides."""

    async def wait(self, gen: Any, interval: float = WAKE_UP_S, timeout: float | None = None) -> Any:
        """Wait as the driver does, for ``timeout`` seconds at the most."""
        return await super().wait(gen, interval=interval, timeout=timeout)


def make_connector(parameters: Mapping[str, Any]) -> PsycopgConnector:
    """Return what the library connects by, with these parameters of the driver."""
    return PsycopgConnector(
        kwargs=dict(parameters), min_size=1, max_size=CONNECTIONS, timeout=CONNECT_S,
        connection_class=PatientConnection, pool_factory=_make_pool, configure=_keep_from_transactions,
    )  # fmt: skip


def _make_pool(**given: Any) -> AsyncConnectionPool[Any]:
    return AsyncConnectionPool(**{**given, "check": _check_connection})


async def _check_connection(connection: AsyncConnection[Any]) -> None:
    """Raise where the server closed a connection; to ask it each time costs as much as what follows."""
    if has_news(connection):
        await AsyncConnectionPool.check_connection(connection)


async def _keep_from_transactions(connection: AsyncConnection[Any]) -> None:
    """Have a connection begin no transactions: the library gives it one statement at a time."""
    await connection.set_autocommit(True)
