"""Requests of httpx → answers, as its own transport gives them by httpcore, but over connections that are made to
checked addresses only and end with a deadline: httpx knows a time limit for each wait, none for all of them."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from tender_tracker.address import DEFAULT_PORTS, is_loopback, is_public, literal_of
from tender_tracker.errors import SourceFailed, TenderError, UsageError


class Transport(httpx.BaseTransport):
    """Takes two extensions of a request: `seconds` for all of the exchange, `target` for the request line."""

    def __init__(self, allow_private: bool, clock: Callable[[], float]) -> None:
        self._allow_private = allow_private
        self._deadline = _Deadline(clock)
        self._pools: dict[str | None, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._deadline.begin(request.extensions["seconds"])
        url, target = request.url, request.extensions["target"]
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=target),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"timeout": request.extensions["timeout"]},
        )
        with _errors_of_httpx():
            answer = self._pool(url).handle_request(sent)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        """The pool of the proxy that the environment names for this host, else the direct one."""
        proxies = {} if is_loopback(url.host) or proxy_bypass(url.host) else getproxies()
        proxy = proxies.get(url.scheme) or proxies.get("all")
        if proxy not in self._pools:
            # A proxy resolves the name itself; its own address is the user's choice and may be private.
            backend = _Backend(self._deadline, self._allow_private or proxy is not None)
            self._pools[proxy] = httpcore.ConnectionPool(
                ssl_context=_certificates(),
                proxy=_proxy(proxy) if proxy else None,
                network_backend=backend,
                keepalive_expiry=30,
            )
        return self._pools[proxy]


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextlib.contextmanager
def _errors_of_httpx() -> Iterator[None]:
    """Errors of httpcore → those of httpx, which bear the same names."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


class _Deadline:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._end = 0.0

    def begin(self, seconds: float) -> None:
        self._end = self._clock() + seconds

    def left(self, timeout: float | None = None) -> float:
        """Seconds until the end, at most `timeout`. Raises ReadTimeout past it."""
        left = self._end - self._clock()
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


def _certificates() -> ssl.SSLContext:
    """certifi's, or the user's own in SSL_CERT_FILE or SSL_CERT_DIR."""
    return _context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _context(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Read once: it takes longer than most answers."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise UsageError(f"SSL_CERT_FILE or SSL_CERT_DIR: no certificates can be read from it ({error})") from error


def _proxy(url: str) -> httpcore.Proxy:
    try:
        proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
    except (httpx.InvalidURL, ValueError):
        proxy = None
    if proxy is None or proxy.url.scheme not in DEFAULT_PORTS or not proxy.url.host:
        raise UsageError("the proxy in the environment must be http://host:port; socks proxies are not supported")
    return httpcore.Proxy(str(proxy.url), auth=proxy.raw_auth)
