"""What went wrong below HTTP, said in our own errors."""

import os
import socket

import aiohttp

from aggregator.errors import AddressRefused, FetchError, FetchTimeout
from aggregator.fetch.exchange import THEIRS
from aggregator.fetch.guard import NOT_PUBLIC

# The library's errors, those of the system that it lets through, and what it says of impossible
# addresses and header values.
LIBRARY_ERRORS = (aiohttp.ClientError, OSError, ValueError)


def fetch_error(url: str, error: Exception, *, connect_timeout_s: float) -> FetchError:
    """Return the error of ours that says what ``error`` means for ``url``."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return _connect_error(url, error)
    if isinstance(error, TimeoutError):
        return FetchTimeout(url, f"no connection within {connect_timeout_s:g} s: {THEIRS}")
    return FetchError(url, _reason(error))


def _connect_error(url: str, error: aiohttp.ClientConnectorError) -> FetchError:
    if NOT_PUBLIC in str(error.os_error):
        text = error.os_error.strerror or str(error.os_error)
        return AddressRefused(url, f"{text}: if it is meant, name its network in fetch.allowed_networks")
    if isinstance(error.os_error, socket.gaierror):
        return FetchError(url, _dns_reason(error.os_error))
    if isinstance(error, aiohttp.ClientSSLError):
        return FetchError(url, f"the TLS connection failed: {_tls_reason(error)}: {THEIRS}")
    number = error.os_error.errno
    return FetchError(url, f"cannot connect: {os.strerror(number) if number else error.os_error}: {THEIRS}")


def _dns_reason(error: socket.gaierror) -> str:
    if error.errno == socket.EAI_AGAIN:
        return f"the host name could not be looked up for now (DNS): {THEIRS}"
    return f"the host name has no address, check its spelling ({error.strerror})"


def _tls_reason(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"the certificate is not trusted ({_line(error.certificate_error)})"
    return _line(error.os_error)


def _reason(error: Exception) -> str:
    match error:
        case aiohttp.ServerDisconnectedError():
            return f"the server closed the connection without an answer: {THEIRS}"
        case aiohttp.ClientPayloadError():
            return f"the body is truncated or broken: {THEIRS}"
        case aiohttp.ClientResponseError():
            return f"the answer is not valid HTTP ({_line(error.message)}): {THEIRS}"
        case OSError():
            return f"the connection was lost ({error.strerror or _line(error)}): {THEIRS}"
        case aiohttp.InvalidURL() | ValueError():
            return f"it cannot be asked for: {_line(error)}"
    return f"the exchange failed ({_line(error)}): {THEIRS}"


def _line(said: object) -> str:
    """Return the first line of what a library says, which may be many."""
    first = next(iter(str(said).strip().splitlines()), "")
    return first.rstrip(": ") or type(said).__name__
