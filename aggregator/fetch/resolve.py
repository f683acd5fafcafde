"""Host names to addresses: the system's resolver, but for ``localhost`` and the names under it."""

import asyncio
import errno
import socket
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

HostAddress = tuple[socket.AddressFamily, str]
LookUp = Callable[[str, socket.AddressFamily], Iterable[HostAddress]]

LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def is_localhost(host: str) -> bool:
    """Tell whether ``host`` always means this machine (RFC 6761, section 6.3)."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


class Resolver(AbstractResolver):
    """Calls ``look_up`` in threads of its own, ``threads`` at most, which a dead DNS server may hold."""

    def __init__(self, threads: int, look_up: LookUp) -> None:
        self._look_up = look_up
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="resolve")
        self._asked: Counter[str] = Counter()

    def is_asking(self, host: str) -> bool:
        """Tell whether a name is being looked up now."""
        return self._asked[host] > 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return every address of ``host``; raises OSError where it has none."""
        if is_localhost(host):
            found: Iterable[HostAddress] = [
                pair for pair in LOOPBACK if family in (socket.AF_UNSPEC, pair[0])
            ]
        else:
            loop = asyncio.get_running_loop()
            self._asked[host] += 1
            try:
                found = await loop.run_in_executor(self._pool, self._look_up, host, family)
            except RuntimeError as error:  # no thread can be started
                raise OSError(errno.ENOMEM, str(error)) from error
            finally:
                self._asked[host] -= 1
                self._asked += Counter()  # forgets what is zero
        return [_make_result(host, port, kind, address) for kind, address in found]

    async def close(self) -> None:
        """Give the threads up; a question still open is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def look_up(host: str, family: socket.AddressFamily) -> list[HostAddress]:
    """Return what the system says are the addresses of ``host``; raises OSError where it has none."""
    try:
        found = socket.getaddrinfo(host, None, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)
    except UnicodeError as error:  # an empty label, or one of more than 63 characters
        raise socket.gaierror(socket.EAI_NONAME, "not a possible host name") from error
    except socket.gaierror:
        check_sockets()
        raise
    return [(kind, str(address[0])) for kind, _, _, _, address in found]


def check_sockets() -> None:
    """Raise OSError where no socket can be had: then that is why no name can be looked up."""
    with socket.socket() as probe:
        probe.bind(("", 0))


def _make_result(host: str, port: int, family: socket.AddressFamily, address: str) -> ResolveResult:
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )
