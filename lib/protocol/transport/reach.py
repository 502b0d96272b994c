"""Which machines an address may lead to, asked of the very address that is connected to.

A name is resolved once, each address it has is judged, and one of those judged is
connected to: a name that leads elsewhere a moment later (DNS rebinding) changes
nothing. The name itself is still what the certificate is compared with.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies

from ..errors import OptoamcError

#: The only IPv6 addresses given to anybody on the Internet.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")

#: IPv4 addresses written as IPv6 by a network that translates them (RFC 6052).
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")

#: What :func:`socket.getaddrinfo` gives: family, type, protocol, canonical name, socket address.
AddressInfo = tuple[Any, ...]

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Reach:
    """The machines that calls may go to: by default those of the Internet, and none of an inner network.

    :param is_local: this machine alone, as for a demonstration
    :param hosts: names or addresses that may lead anywhere, by the word of the server's administrator;
        they are reached directly, never by a proxy
    """

    is_local: bool = False
    hosts: frozenset[str] = frozenset()

    def names(self, host: str) -> bool:
        """Whether the administrator named this host."""
        return host.lower().rstrip(".") in self.hosts

    def check(self, host: str, address: str) -> None:
        """Judge an address that a host has.

        :raises OptoamcError: ``forbidden_address``
        """
        if self.is_local:
            is_fit = _unwrapped(ipaddress.ip_address(address)).is_loopback
        else:
            is_fit = self.names(host) or is_public(address)
        if not is_fit:
            raise OptoamcError("forbidden_address", f"{host} : {address}")

    def resolve(self, host: str, port: int) -> list[AddressInfo]:
        """The addresses of a host, all of them judged.

        :raises OSError: it has none
        :raises OptoamcError: ``forbidden_address`` when one of them may not be called
        """
        found: list[AddressInfo] = [*socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for *_kind, address in found:
            self.check(host, address[0])
        return found

    def check_behind_proxy(self, host: str) -> None:
        """Judge a host that a proxy will resolve, as far as can be told from here.

        :raises OptoamcError: ``forbidden_address``
        """
        try:
            self.resolve(host, 443)
        except OSError:
            return  # behind a proxy, names of the Internet are often unknown

    def proxies(self, url: str) -> dict[str, str]:
        """The environment's proxies for an address: none for this machine, whatever the environment says."""
        host = urlsplit(url).hostname or ""
        if self.is_local or self.names(host) or is_loopback(url):
            return {}
        return get_environ_proxies(url)


class Nowhere(Reach):
    """No machine at all: what is shown is not sent."""

    __slots__ = ()

    def check(self, host: str, address: str) -> None:
        """Refuse any address.

        :raises OptoamcError: ``forbidden_address``
        """
        raise OptoamcError("forbidden_address", f"{host} : {address}")

    def resolve(self, host: str, port: int) -> list[AddressInfo]:
        """Refuse without looking the host up.

        :raises OptoamcError: ``forbidden_address``
        """
        raise OptoamcError("forbidden_address", f"{host} : port {port}")


def is_public(address: str) -> bool:
    """Whether an IP address is a machine's on the Internet.

    Loopback, private, link-local, shared (CGNAT), multicast and reserved ones are not, in
    whatever way an IPv6 address holds them.
    """
    ip = _unwrapped(ipaddress.ip_address(address))
    if ip.version == 6 and ip not in _GLOBAL_UNICAST:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def is_inner(host: str) -> bool:
    """Whether a host as it is typed can be seen not to be on the Internet; a name is judged when it is called."""
    try:
        return not is_public(host)
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine; a name other than localhost is not trusted."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unwrapped(ip: IpAddress) -> IpAddress:
    """The IPv4 address within an IPv6 one, if that is what it stands for."""
    if ip.version == 4:
        return ip
    if ip in _TRANSLATED:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
