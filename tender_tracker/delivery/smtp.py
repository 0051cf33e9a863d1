"""A Letter → a mail server, receiver by receiver: what some have got is never sent to them again."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from tender_tracker.address import is_public
from tender_tracker.errors import Undelivered
from tender_tracker.reporting.clean import terminal
from tender_tracker.storage.outbox import Letter
from tender_tracker.target import PORTS, Target

WAIT = 20.0
"""Seconds for each answer."""
SECONDS = 90.0
"""Seconds for all of a delivery, however slowly the server drips."""


def send(letter: Letter, target: Target, environ: Mapping[str, str], allow_private: bool) -> str:
    """Hands the mail over and returns the server's confirmation.

    Raises Undelivered: `doubt` when the line broke after the mail was sent and before it was confirmed, `owed` when
    only some receivers were refused. Raises UsageError for a password that is not set.
    """
    password = target.password.read(environ, target.place) if target.password else None
    where = f"{target.host}:{target.port or PORTS[target.security]}"
    try:
        server = _connected(target)
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(f"{where}: no connection ({_why(error)})") from error
    with _closing(server), _bounded(server):
        try:
            _ready(server, target, password, allow_private, where)
            accepted, refused = _addressed(server, target, letter, where)
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(f"{where}: {_why(error)}") from error
        said = _handed_over(server, letter, where)
    if refused:
        told = "; ".join(f"{receiver}: {why}" for receiver, why in refused.items())
        raise Undelivered(f"{where}: taken for {accepted}, refused for {told}", owed=tuple(refused))
    return said


def _connected(target: Target) -> smtplib.SMTP:
    host, port = target.host or "", target.port or PORTS[target.security]
    if target.security == "ssl":
        return smtplib.SMTP_SSL(host, port, timeout=WAIT, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=WAIT)


def _ready(server: smtplib.SMTP, target: Target, password: str | None, allow_private: bool, where: str) -> None:
    """Greeted, encrypted and logged in; nothing is said to an address that is not allowed."""
    assert server.sock is not None
    peer = str(server.sock.getpeername()[0])
    if not (allow_private or is_public(peer)):
        raise Undelivered(f"{where}: {peer} is a private address; allow it with allow_private = true in {target.place}")
    server.ehlo_or_helo_if_needed()
    if target.security == "starttls":
        if not server.has_extn("starttls"):
            raise Undelivered(f'{where}: offers no STARTTLS; nothing was sent. Try security = "ssl", or "none"')
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    if target.user is not None and password is not None:
        try:
            server.login(target.user, password)
        except smtplib.SMTPAuthenticationError as error:  # its answer may repeat what was sent
            raise Undelivered(f"{where}: login refused ({error.smtp_code}); check user and password") from error


def _addressed(server: smtplib.SMTP, target: Target, letter: Letter, where: str) -> tuple[int, dict[str, str]]:
    """How many receivers are taken, and why the others are not. Raises Undelivered when none is."""
    code, said = server.mail(target.sender or "")
    if code != 250:
        raise Undelivered(f"{where}: sender refused ({_reply(code, said)})")
    refused = {}
    for receiver in letter.recipients:
        code, said = server.rcpt(receiver)
        if code not in (250, 251):
            refused[receiver] = _reply(code, said)
    if len(refused) == len(letter.recipients):
        told = "; ".join(f"{receiver}: {why}" for receiver, why in refused.items())
        raise Undelivered(f"{where}: every receiver refused ({told})")
    return len(letter.recipients) - len(refused), refused


def _handed_over(server: smtplib.SMTP, letter: Letter, where: str) -> str:
    """From here on a broken line leaves doubt: the server may hold the whole mail."""
    try:
        code, said = server.data(letter.body)
    except smtplib.SMTPDataError as error:
        raise Undelivered(f"{where}: refused ({_reply(error.smtp_code, error.smtp_error)})") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(f"{where}: no confirmation ({_why(error)})", doubt=True) from error
    if code != 250:
        raise Undelivered(f"{where}: refused ({_reply(code, said)})")
    return _reply(code, said)


@contextmanager
def _closing(server: smtplib.SMTP) -> Iterator[None]:
    try:
        yield
    finally:
        with suppress(OSError, smtplib.SMTPException):  # the mail is through or not; a goodbye changes nothing
            server.quit()
        server.close()


@contextmanager
def _bounded(server: smtplib.SMTP) -> Iterator[None]:
    """smtplib knows a time limit for each answer, none for all of them."""
    timer = threading.Timer(SECONDS, _cut, [server])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(server: smtplib.SMTP) -> None:
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)


def _reply(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return terminal(f"{code} {text}").strip()[:200]


def _why(error: Exception) -> str:
    """What happened, for a person; an answer of the server in its own words."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # as smtplib wraps it
        return f"no answer within {WAIT:g} s"
    return terminal(str(error))[:200] or type(error).__name__
