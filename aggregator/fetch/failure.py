"""What went wrong below HTTP, said in our own errors."""

import errno
import os
import re
import socket

import aiohttp

from aggregator.errors import AddressRefused, CannotAsk, FetchError, FetchTimeout, Trouble
from aggregator.fetch.exchange import THEIRS
from aggregator.fetch.guard import NOT_PUBLIC

# The library's errors, those of the system that it lets through, and what it says of impossible
# addresses and header values.
LIBRARY_ERRORS = (aiohttp.ClientError, OSError, ValueError)

SEE_PROXY = "see fetch.proxy"
_REFUSED = re.compile(rf"(\S+) {NOT_PUBLIC}")

_SHORTAGES = {
    errno.EMFILE: "raise the limit of open files (`ulimit -n`)",
    errno.ENFILE: "the machine has too many files open",
    errno.ENOBUFS: "the machine lacks memory for connections",
    errno.ENOMEM: "the machine lacks memory",
    errno.EADDRINUSE: "the machine has no free port left",
}
_UNREACHABLE = frozenset({
    errno.EADDRNOTAVAIL, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH,
    errno.ETIMEDOUT,
})  # fmt: skip
_NO_ANSWER_FROM_DNS = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM})


def translate_error(url: str, error: Exception, *, connect_timeout_s: float) -> FetchError:
    """Return the error of ours that says what ``error`` means for ``url``."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _SHORTAGES and not isinstance(getattr(error, "os_error", None), socket.gaierror):
        return CannotAsk(url, f"cannot connect: {os.strerror(number).lower()}: {_SHORTAGES[number]}")
    through_proxy = _translate_proxy_error(url, error)
    if through_proxy is not None:
        return through_proxy
    if isinstance(error, aiohttp.ClientConnectorError):
        return _translate_connect_error(url, error)
    if isinstance(error, TimeoutError):
        return FetchTimeout(url, f"no connection within {connect_timeout_s:g} s: {THEIRS}", trouble="silent")
    return FetchError(url, _explain_error(error), trouble=_find_trouble(error))


def _find_trouble(error: Exception) -> Trouble | None:
    """Return what went wrong below HTTP, None where it was not there."""
    match error:
        case socket.gaierror():
            return "silent" if error.errno in _NO_ANSWER_FROM_DNS else "no_name"
        case aiohttp.ServerDisconnectedError():
            return "lost"
        case OSError() if error.errno in _UNREACHABLE:
            return "silent"
        case ConnectionRefusedError():
            return "refused"
        case OSError():
            return "lost"
    return None


def _translate_proxy_error(url: str, error: Exception) -> FetchError | None:
    """Return the error for what only happens where a proxy is asked; None for anything else."""
    match error:
        case aiohttp.ClientProxyConnectionError():
            number = error.os_error.errno
            is_named = isinstance(number, int) and not isinstance(error.os_error, socket.gaierror)
            reason = os.strerror(number) if is_named and number else _get_first_line(error.os_error)
            return CannotAsk(url, f"the proxy cannot be reached ({reason}): {SEE_PROXY}", trouble="proxy")
        case aiohttp.ClientHttpProxyError():
            return explain_proxy_status(url, error.status)
        case PermissionError() if NOT_PUBLIC in str(error):
            return _refuse_address(url, error)
        case socket.gaierror():
            reason = f"{_explain_dns_error(error)}; it is looked up before the proxy is asked"
            return FetchError(url, reason, trouble=_find_trouble(error))
    return None


def explain_proxy_status(url: str, status: int) -> FetchError:
    """Return the error that says what a proxy's own answer means for ``url``."""
    if status == 407:
        return CannotAsk(
            url, f"the proxy wants credentials, or other ones (407): {SEE_PROXY}", trouble="proxy"
        )
    if status == 403:
        return FetchError(url, f"the proxy does not let it be asked for (403): {SEE_PROXY}")
    return FetchError(url, f"the proxy could not reach it ({status}): {THEIRS}")


def _refuse_address(url: str, error: OSError) -> AddressRefused:
    # a name may have several addresses, each of which was refused
    ips = list(dict.fromkeys(_REFUSED.findall(error.strerror or str(error))))
    said = ", ".join(f"{ip} {NOT_PUBLIC}" for ip in ips)
    example = f"settings.yaml: `fetch: {{allowed_networks: {ips}}}`"
    return AddressRefused(
        url, f"{said}: if it is meant, name its network in fetch.allowed_networks, as in {example}"
    )


def _translate_connect_error(url: str, error: aiohttp.ClientConnectorError) -> FetchError:
    if NOT_PUBLIC in str(error.os_error):
        return _refuse_address(url, error.os_error)
    if isinstance(error.os_error, socket.gaierror):
        return FetchError(url, _explain_dns_error(error.os_error), trouble=_find_trouble(error.os_error))
    if isinstance(error, aiohttp.ClientSSLError):
        reason = f"the TLS connection failed: {_explain_tls_error(error)}"
        return FetchError(url, reason, trouble="tls")
    number = error.os_error.errno
    reason = os.strerror(number) if number else _get_first_line(error.os_error)
    return FetchError(url, f"cannot connect: {reason}: {THEIRS}", trouble=_find_trouble(error.os_error))


def _explain_dns_error(error: socket.gaierror) -> str:
    if error.errno == socket.EAI_AGAIN:
        return f"the host name could not be looked up for now (DNS): {THEIRS}"
    return f"the host name has no address, check its spelling ({error.strerror or _get_first_line(error)})"


_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST"})
"""What OpenSSL says where the first bytes are no TLS record."""


def _explain_tls_error(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"the certificate is not trusted ({_get_first_line(error.certificate_error)}): {THEIRS}"
    if getattr(error.os_error, "reason", None) in _NO_TLS:
        return "the server speaks no TLS at this port, http:// may be meant"
    return f"{_get_first_line(error.os_error)}: {THEIRS}"


def _explain_error(error: Exception) -> str:
    match error:
        case aiohttp.ServerDisconnectedError():
            return f"the server closed the connection without an answer: {THEIRS}"
        case aiohttp.ClientPayloadError():
            return f"the body is truncated or broken: {THEIRS}"
        case aiohttp.ClientResponseError():
            said = _get_first_line(error.message) if error.message else type(error).__name__
            return f"the answer is not valid HTTP ({said}): {THEIRS}"
        case OSError():
            return f"the connection was lost ({error.strerror or _get_first_line(error)}): {THEIRS}"
        case aiohttp.InvalidURL() | ValueError():
            return f"it cannot be asked for: {_get_first_line(error)}"
    return f"the exchange failed ({_get_first_line(error)}): {THEIRS}"


def _get_first_line(said: object) -> str:
    """Return the first line of what a library says, which may be many."""
    first = next(iter(str(said).strip().splitlines()), "")
    return first.rstrip(": ") or type(said).__name__
