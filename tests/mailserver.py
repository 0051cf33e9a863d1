"""A small mail server on this machine, for tests: it says what it is told to say, and keeps what it has taken."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Taken:
    sender: str
    to: tuple[str, ...]
    body: bytes


@dataclass
class MailServer:
    """`says` maps the beginning of a command to an answer; "DROP" closes the line instead. `.` is the end of a mail."""

    login: tuple[str, str] | None = None
    tls: ssl.SSLContext | None = None
    says: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    port: int = 0
    before_answer: Callable[[], None] = lambda: None
    """Called when a mail has come in whole, before its answer."""

    @contextmanager
    def running(self) -> Iterator[MailServer]:
        server = _Threads(("127.0.0.1", 0), _handler(self))
        self.port = server.server_address[1]
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left is what some of these tests are about."""


def _handler(box: MailServer) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        timeout = 5

        def finish(self) -> None:
            super().finish()
            self.request.close()  # with TLS another one than the server knows of

        def handle(self) -> None:
            self.sender, self.to = "", []  # type: ignore[var-annotated]
            if not self.answer("HELLO", "220 here"):
                return
            while line := self.rfile.readline():
                word = line.decode("utf-8").rstrip("\r\n")
                box.heard.append(word)
                if not self.obeys(word):
                    return

        def answer(self, command: str, text: str) -> bool:
            """False when the line is dropped instead."""
            told = next((said for start, said in box.says.items() if command.upper().startswith(start.upper())), text)
            if told == "DROP":
                return False
            self.wfile.write(told.replace("\n", "\r\n").encode() + b"\r\n")
            return True

        def obeys(self, word: str) -> bool:
            verb = word.split(" ")[0].upper()
            if verb == "EHLO":
                offers = ["250-here", *(["250-STARTTLS"] if box.tls else [])]
                offers += ["250-AUTH PLAIN"] if box.login else []
                return self.answer(word, "\n".join([*offers, "250 OK"]))
            if verb == "STARTTLS" and box.tls:
                self.answer(word, "220 go")
                self.request = box.tls.wrap_socket(self.request, server_side=True)
                self.setup()
                return True
            if verb == "AUTH" and box.login:
                sent = base64.b64decode(word.split(" ")[2]).decode().split("\0")[1:]
                return self.answer(word, "235 welcome" if tuple(sent) == box.login else "535 no, " + sent[1])
            if verb == "MAIL":
                self.sender, self.to = word[10:].split(">")[0].lstrip("<"), []
                return self.answer(word, "250 OK")
            if verb == "RCPT":
                if not any(word.upper().startswith(start.upper()) for start in box.says):
                    self.to.append(word[8:].strip("<>"))
                return self.answer(word, "250 OK")
            if verb == "DATA":
                refused = any(start.upper() == "DATA" for start in box.says)
                return self.answer(word, "354 go on") and (refused or self.takes())
            if verb == "QUIT":
                self.answer(word, "221 bye")
                return False
            return self.answer(word, "250 OK")

        def takes(self) -> bool:
            lines = []
            while (line := self.rfile.readline()) and line != b".\r\n":
                lines.append(line[1:] if line.startswith(b".") else line)
            if box.says.get(".", "2")[0] in "2D":
                box.taken.append(Taken(self.sender, tuple(self.to), b"".join(lines)))
            box.before_answer()
            return self.answer(".", "250 2.0.0 queued as 42")

    return Handler
