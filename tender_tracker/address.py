"""A URL → the one reading of it that is both checked and connected to, and whether a number lies in public space."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote, urlsplit

from tender_tracker.errors import SourceFailed

DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._:")
_NAT64 = int(ip_address("64:ff9b::"))


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address."""

    scheme: str
    host: str
    port: int
    target: str
    """Path and query, percent-encoded."""

    @property
    def place(self) -> str:
        """What `Site.hosts` lists: the host, with its port where that is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.place}"


def address(url: str) -> Address:
    """Reads an address strictly. Raises SourceFailed for another scheme, credentials, or what is no address."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except ValueError as error:  # UnicodeError of a label too long is one too
        raise SourceFailed(f"{url!r}: malformed address ({error}); not asked") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise SourceFailed(f"{url!r}: only http and https are asked, not {parts.scheme or 'an address without scheme'}")
    if "@" in parts.netloc or not host or not _HOST.issuperset(host):
        raise SourceFailed(
            f"{parts.scheme}://…{parts.path!r}: an address with credentials or without a plain host name"
        )
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=-._~")
    return Address(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme], path + (f"?{query}" if query else ""))


def is_public(name: str) -> bool:
    """Whether a numeric address lies in the public internet, also when an IPv4 address hides in an IPv6 one."""
    ip = ip_address(name.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if int(ip) >> 32 == _NAT64 >> 32:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def is_loopback(host: str) -> bool:
    literal = literal_of(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)


def literal_of(host: str) -> IPv4Address | IPv6Address | None:
    """The address a host name spells out, in any of the spellings the C library takes (127.1, 0x7f000001, …)."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
