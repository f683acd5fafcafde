"""Host names in the letters that DNS knows: other scripts and symbols as punycode. Pure.

What IDNA 2008 takes (RFC 5891) comes out as there. It takes no symbols, but such names are registered, and
curl and browsers ask for them: so the mapping is that of UTS #46, whose result is encoded as it is.
"""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import unquote

import idna

HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
HOST_LENGTH = 253

_JOINERS = frozenset("\u200c\u200d")
_AUTHORITY = re.compile(r"((?:https?:)?//(?:[^/?#]*@)?)([^/?#@:\[\]]+)", re.IGNORECASE)


def ascii_host(host: str) -> str | None:
    """Return a host name in lower-case ASCII, without a dot at its end; None where it cannot be one.

    An IPv6 address is returned in brackets.
    """
    if ":" in host:
        return _bracket_address(host)
    name = host if host.isascii() and "%" not in host else _encode_name(host)
    name = name.lower().rstrip(".")
    return name if len(name) <= HOST_LENGTH and HOST.fullmatch(name) else None


def encode_host(url: str) -> str:
    """Return an address or reference with its host in ASCII, and as it is where that is impossible.

    Percent-encoded names of other scripts are taken, too, but no percent-encoded ASCII.
    """
    found = _AUTHORITY.match(url)
    if found is None or (found[2].isascii() and "%" not in found[2]):
        return url
    name = ascii_host(found[2])
    return url if name is None else f"{found[1]}{name}{url[found.end() :]}"


def _bracket_address(address: str) -> str | None:
    try:
        return f"[{ipaddress.IPv6Address(address)}]" if "%" not in address else None
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _encode_name(host: str) -> str:
    """Return the labels of a name in ASCII, "" where one cannot be."""
    try:
        name = unquote(host, errors="strict")
        if name.isascii():  # nobody has to hide that
            return ""
        mapped = idna.uts46_remap(name.lower(), std3_rules=False)
        return ".".join(map(_encode_label, mapped.split(".")))
    except UnicodeError:
        return ""


def _encode_label(label: str) -> str:
    if not _JOINERS.isdisjoint(label):
        # As curl does: a joiner counts in scripts that need it, and is no part of a picture's name.
        label = "".join(c for at, c in enumerate(label) if c not in _JOINERS or _is_joiner_valid(label, at))
    if label.isascii():
        return label
    return f"xn--{label.encode('punycode').decode('ascii')}"


def _is_joiner_valid(label: str, at: int) -> bool:
    try:
        return idna.valid_contextj(label, at)
    except ValueError:
        return False
