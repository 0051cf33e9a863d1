"""A loopback server that does as it is told: obedient or hostile answers per path, and a record of what was asked."""

from __future__ import annotations

import gzip
import itertools
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    begin: float
    end: float


@dataclass(frozen=True)
class Reply:
    """One answer. `raw` replaces it all: bytes sent as they are, after which the connection is closed."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str | None = HTML
    zipped: bool = False
    keep: int | None = None
    """Bytes of the body that are really sent; Content-Length still names all of it, unless `honest`."""
    honest: bool = False
    """With `keep`: Content-Length names what is sent, so that only the content shows the cut."""
    drip: float = 0.0
    """Seconds between two bytes, headers included."""
    raw: bytes | None = None

    def bytes(self) -> bytes:
        if self.raw is not None:
            return self.raw
        body = self.body.encode() if isinstance(self.body, str) else self.body
        if self.zipped:
            body = gzip.compress(body)
        sent = body if self.keep is None else body[: self.keep]
        fields = {"Content-Length": str(len(sent if self.honest else body)), **self.headers}
        if self.kind is not None:
            fields["Content-Type"] = self.kind
        if self.zipped:
            fields["Content-Encoding"] = "gzip"
        head = f"HTTP/1.1 {self.status} Said\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return head.encode() + b"\r\n" + sent


Route = Reply | Callable[[Asked], Reply]


class Server:
    """`routes[path]` (with or without its query) is an answer, or a list: one answer per ask, the last one for ever."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route | list[Route]] = {}
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.gone = threading.Event()
        self.heard: Callable[[], None] = lambda: None
        """Called with every question, before it is answered."""
        self._now = 0
        self._times: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        self._http = _Quiet(("127.0.0.1", 0), _handler(self))
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_address[1]
        self.place = f"127.0.0.1:{self.port}"
        self.url = f"http{'s' if tls else ''}://{self.place}"

    def paths(self, *, robots: bool = False) -> list[str]:
        return [ask.path for ask in self.asked if robots or ask.path != "/robots.txt"]

    def gaps(self) -> list[float]:
        """Seconds between the end of one answer and the beginning of the next question."""
        asks = sorted(self.asked, key=lambda ask: ask.begin)
        return [later.begin - earlier.end for earlier, later in itertools.pairwise(asks)]

    @contextmanager
    def running(self) -> Iterator[Server]:
        thread = threading.Thread(target=lambda: self._http.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            yield self
        finally:
            self.gone.set()
            self._http.shutdown()
            thread.join()
            self._http.server_close()

    def reply_to(self, ask: Asked) -> Reply:
        with self._lock:
            key = ask.path if ask.path in self.routes else ask.path.partition("?")[0]
            route = self.routes.get(key, Reply("<html><title>404</title></html>", 404))
            if isinstance(route, list):
                route = route[min(self._times[key], len(route) - 1)]
            self._times[key] += 1
        return route if isinstance(route, Reply) else route(ask)

    def enter(self) -> None:
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)

    def leave(self, ask: Asked) -> None:
        with self._lock:
            self._now -= 1
            self.asked.append(ask)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = False  # closed and joined, or their sockets are reported as leaks
    block_on_close = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left is what many of these tests are about."""


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5  # an idle connection must not hold the end of a test

        def do_GET(self) -> None:
            begin = time.monotonic()
            server.enter()
            server.heard()
            length = int(self.headers.get("Content-Length", 0))
            heard = (self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length))
            try:
                reply = server.reply_to(Asked(*heard, begin, begin))
            finally:
                server.leave(Asked(*heard, begin, time.monotonic()))
            self._send(reply)
            if reply.raw is not None or reply.keep is not None:
                self.close_connection = True

        do_POST = do_GET

        def _send(self, reply: Reply) -> None:
            data = reply.bytes()
            if not reply.drip:
                self.wfile.write(data)
                return
            for byte in data:
                if server.gone.wait(reply.drip):
                    return
                self.wfile.write(bytes([byte]))

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
