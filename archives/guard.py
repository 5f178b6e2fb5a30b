"""Which addresses may be connected to: none that is special, so that no page leads a crawler into its own network.

The registries are those of RFC 6890 (as Python's `ipaddress` knows them); addresses that carry an IPv4 address inside
(mapped, 6to4, Teredo) are judged by that one as well, those of NAT64 by that one alone: it is all that DNS64 gives.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

_NAT64: Final = IPv6Network("64:ff9b::/96")
#: What the registries name and `ipaddress` (of some Python versions) takes for public.
_SPECIAL: Final = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "64:ff9b:1::/48",  # NAT64 of one's own network, RFC 8215
        "3fff::/20",  # documentation, RFC 9637
        "5f00::/16",  # segment routing, RFC 9602
        "fec0::/10",  # site-local, RFC 3879
    )
)


def is_public(address: str) -> bool:
    """Whether that literal address lies in the public internet; False for what is no address."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if ip in _NAT64:
        return _is_public(IPv4Address(int(ip) & 0xFFFFFFFF))
    return all(_is_public(one) for one in (ip, *_inner(ip)))


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if any(ip in network for network in _SPECIAL):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def _inner(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    return [one for one in found if one is not None]
