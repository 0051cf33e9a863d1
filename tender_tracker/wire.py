"""One HTTP exchange: an address → status, headers and whole body, within a time, a size and public addresses only.

The HTTP client is imported here and nowhere else. No policy lives here: who may be asked, and how often, is fetch.py's.
"""

from __future__ import annotations

import os
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore

from tender_tracker.address import DEFAULT_PORTS, Address, is_public, literal_of
from tender_tracker.body import Setback, whole
from tender_tracker.errors import PageBroken, SourceFailed, TenderError, UsageError

CONNECT_SECONDS = 8.0
"""Three tries at a dead host stay below the 30 seconds it may cost."""
MAX_HEADERS = 256
"""Their bytes are bounded by h11 (100 KiB)."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """Decompressed."""


class Wire:
    """Connections to servers, one exchange at a time; not to be shared between threads."""

    def __init__(self, *, allow_private: bool, max_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_bytes = max_bytes
        self._clock = clock
        self._allow_private = allow_private
        self._deadline = _Deadline(clock)
        self._pools: dict[str | None, httpcore.ConnectionPool] = {}

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def ask(self, to: Address, headers: Mapping[str, str], content: bytes | None, seconds: float) -> Answer:
        """One request and its whole answer, ended after `seconds` however slowly it comes.

        Raises Setback for what may pass (no connection, time over, a body that ends early), SourceFailed for a
        private address or a bad certificate, UsageError when the private address was configured as such, PageBroken
        for an answer beyond the limits.
        """
        self._deadline.end = self._clock() + seconds
        port = None if to.port == DEFAULT_PORTS[to.scheme] else to.port
        url = httpcore.URL(scheme=to.scheme, host=to.host, port=port, target=to.target)
        sent = {"Host": to.place, **headers}
        where = f"{to.origin}{to.target}"
        begun = False
        try:
            with self._pool(to).stream(
                "GET" if content is None else "POST", url, headers=list(sent.items()), content=content,
                extensions={"timeout": {"connect": CONNECT_SECONDS}},
            ) as response:  # fmt: skip
                begun = True
                fields = _fields(response.headers, where)
                chunks: Iterable[bytes] = response.iter_stream()
                return Answer(response.status, fields, whole(chunks, fields, self._max_bytes, where))
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            failure = SourceFailed(f"{where}: no connection ({error}); try later or check the address")
            raise Setback(failure) from error
        except httpcore.TimeoutException as error:
            raise Setback(SourceFailed(f"{where}: no whole answer in time; try later")) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
            kind = PageBroken if begun else SourceFailed
            raise Setback(
                kind(f"{where}: the answer broke off ({error}); it is asked again in the next run")
            ) from error

    def _pool(self, to: Address) -> httpcore.ConnectionPool:
        """The pool of the proxy that the environment names for this host, else the direct one."""
        proxies = {} if to.loopback or proxy_bypass(to.host) else getproxies()
        proxy = proxies.get(to.scheme) or proxies.get("all")
        if proxy not in self._pools:
            # A proxy resolves the name itself; its own address is the user's choice and may be private.
            backend = _Backend(self._deadline, self._allow_private or proxy is not None)
            self._pools[proxy] = httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context() if _own_certificates() else httpcore.default_ssl_context(),
                proxy=_proxy(proxy) if proxy else None,
                network_backend=backend,
                keepalive_expiry=30,
            )
        return self._pools[proxy]


class _Deadline:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.end = 0.0

    def left(self, timeout: float | None = None) -> float:
        """Seconds until the end, at most `timeout`. Raises ReadTimeout past it."""
        left = self.end - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left if timeout is None else min(left, timeout)


class _Backend(httpcore.NetworkBackend):
    """Connects to the very address that was checked, so that a name cannot change its meaning in between."""

    def __init__(self, deadline: _Deadline, allow_private: bool) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        found = _resolve(host, port, self._deadline.left(timeout))
        allowed = [name for name in found if self._allow_private or is_public(name)]
        if not allowed:
            raise _private(host, found)
        share = self._deadline.left(timeout) / min(len(allowed), 2)
        for name in allowed[:2]:  # a second address for hosts whose first (often IPv6) is dead
            try:
                stream = self._inner.connect_tcp(name, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure: Exception = error
            else:
                return _Stream(stream, self._deadline)
        raise failure


class _Stream(httpcore.NetworkStream):
    """A stream whose every wait ends with the request's deadline: dripped headers are bounded like dripped bodies."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                why = error.__cause__.verify_message
                raise SourceFailed(f"{server_hostname}: its certificate is not valid ({why}); not asked") from error
            raise
        return _Stream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _resolve(host: str, port: int, seconds: float) -> list[str]:
    """Addresses of a name. In a thread of its own, because getaddrinfo knows no time limit."""
    found: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put(list(dict.fromkeys(str(entry[4][0]) for entry in entries)))
        except (OSError, UnicodeError) as error:
            found.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        result = found.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.ConnectTimeout(f"the name {host} was not resolved in time") from None
    if isinstance(result, Exception):
        raise httpcore.ConnectError(f"the name {host} is not known: {result}") from result
    return result


def _private(host: str, found: list[str]) -> TenderError:
    where = f"{host} is a private address ({', '.join(found)})"
    if host == "localhost" or literal_of(host) is not None:
        return UsageError(f"{where}; to ask it anyway, say so with --allow-private or TENDERS_ALLOW_PRIVATE=1")
    return SourceFailed(f"{where}; a public site never has one, so nothing is asked: check the name server")


def _own_certificates() -> bool:
    return bool(os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"))


def _proxy(url: str) -> httpcore.Proxy:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise UsageError("the proxy in the environment must be http://host:port; socks proxies are not supported")
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return httpcore.Proxy(f"{parts.scheme}://{parts.hostname}:{port}", auth=auth)


def _fields(headers: list[tuple[bytes, bytes]], where: str) -> dict[str, str]:
    if len(headers) > MAX_HEADERS:
        raise PageBroken(f"{where}: {len(headers)} headers; more than {MAX_HEADERS} are not read")
    return {name.decode("latin-1").lower(): _text(value) for name, value in headers}


def _text(value: bytes) -> str:
    try:
        return value.decode()  # some servers write a Chinese Location as it is
    except UnicodeDecodeError:
        return value.decode("latin-1")
