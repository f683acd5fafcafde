"""Hosts that are an address of IP themselves, and no name. Pure."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def read_literal(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host is, with or without the brackets of an URL; None where it is a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_literal(host: str) -> bool:
    """Tell whether a host is an address itself."""
    return read_literal(host) is not None


def unwrap_ipv4(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return an address as IPv4 where IPv6 only carries one (``::ffff:192.0.2.1``), else as it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def name_network(address: IPv4Address | IPv6Address) -> str:
    """Return what one client is counted by: in IPv6 it has a network of addresses (/64)."""
    own = unwrap_ipv4(address)
    # Made anew it has no scope, with which it cannot be written in full.
    return IPv6Address(int(own)).exploded[:19] if isinstance(own, IPv6Address) else str(own)
