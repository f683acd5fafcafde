"""Which addresses may be connected to: the public internet, and nothing else.

The check sits where the socket is made, so it sees every address that is connected to, whether it
stood in the URL or came from DNS, for every hop; a name that resolves differently the second time
does not get past it.

Sources: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its updates).
"""

import errno
import ipaddress
import re
import socket
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NOT_PUBLIC = "is not a public address"

_SPECIAL_IPV4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # "this network" (RFC 791)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # carrier-grade NAT (RFC 6598)
        "127.0.0.0/8",  # loopback (RFC 1122)
        "169.254.0.0/16",  # link-local, cloud metadata (RFC 3927)
        "172.16.0.0/12",  # private (RFC 1918)
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.168.0.0/16",  # private (RFC 1918)
        "198.18.0.0/15",  # benchmarking (RFC 2544)
        "198.51.100.0/24",  # documentation (RFC 5737)
        "203.0.113.0/24",  # documentation (RFC 5737)
        "224.0.0.0/4",  # multicast (RFC 5771)
        "240.0.0.0/4",  # reserved, broadcast (RFC 1112)
    )
)
# Everything outside is refused with it: unspecified, loopback, IPv4-mapped and -compatible, NAT64,
# discard-only, unique local, link-local, site-local, multicast.
_GLOBAL_UNICAST_IPV6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_IPV6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID (RFC 2928)
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4, wraps any IPv4 address (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)


def is_public_address(ip: str) -> bool:
    """Tell whether ``ip`` is an ordinary address of the public internet.

    False for whatever is no plain IPv4 or IPv6 address, scoped addresses (``fe80::1%eth0``) included.
    """
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _SPECIAL_IPV4)
    if address.scope_id is not None or address not in _GLOBAL_UNICAST_IPV6:
        return False
    return not any(address in network for network in _SPECIAL_IPV6)


def is_odd_ipv4(host: str) -> bool:
    """Tell whether ``host`` is an IPv4 address in another spelling than four decimal numbers.

    The rule is the URL standard's "ends in a number" checker: ``2130706433``, ``0177.0.0.1`` and
    ``0x7f.1`` are such spellings, which systems read as 127.0.0.1. An IPv6 address is none of them,
    whatever it wraps.
    """
    if ":" in host:
        return False
    last = host.rstrip(".").rpartition(".")[2]
    if not _NUMBER.fullmatch(last):
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return True
    return False


def make_guarded_socket(
    addr_info: tuple[Any, ...], *, allowed_networks: tuple[Network, ...] = ()
) -> socket.socket:
    """Make the socket for one address that is about to be connected to.

    ``addr_info`` is a ``getaddrinfo`` tuple. Raises PermissionError, whose text holds
    ``NOT_PUBLIC``, unless the address is public or in one of ``allowed_networks``.
    """
    family, kind, protocol, _, address = addr_info
    check_address(address[0], allowed_networks)
    return socket.socket(family, kind, protocol)


def check_address(ip: str, allowed_networks: tuple[Network, ...]) -> None:
    """Raise PermissionError as ``make_guarded_socket`` does, unless ``ip`` may be connected to."""
    if not is_public_address(ip) and not _is_in(ip, allowed_networks):
        raise PermissionError(errno.EACCES, f"{ip} {NOT_PUBLIC}")


def _is_in(ip: str, networks: tuple[Network, ...]) -> bool:
    # An IPv4 address in the clothes of an IPv6 one is in no IPv4 network: every disguise stays refused.
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    return any(address in network for network in networks)
