"""A Digest → a mail (RFC 5322): text and HTML of the same digest, and headers nothing of a notice can break out of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tender_tracker.model import SHANGHAI
from tender_tracker.reporting.digest import Digest
from tender_tracker.reporting.digest_faces import face


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers say. `key` makes Message-ID and boundary, so that a mail sent again is the same mail."""

    sender: str
    to: tuple[str, ...]
    subject: str
    """One line without controls."""
    target: str
    key: str
    now: datetime


def mail(envelope: Envelope, digest: Digest, lang: str) -> bytes:
    """The message to the byte, lines ended by CRLF. All parts are base64: no line of a notice can end a part."""
    domain = envelope.sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = envelope.sender
    message["To"] = ", ".join(envelope.to)
    message["Subject"] = envelope.subject
    message["Date"] = format_datetime(envelope.now.astimezone(SHANGHAI))
    message["Message-ID"] = message_id(envelope)
    message["List-Id"] = f"<{_label(envelope)}.tenders.{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(face(digest, "txt", lang), cte="base64")
    message.add_alternative(face(digest, "html", lang), subtype="html", cte="base64")
    message["Content-Language"] = lang
    message.set_boundary(f"tenders-{envelope.key[:32]}")
    return message.as_bytes()


def message_id(envelope: Envelope) -> str:
    return f"<{envelope.key[:40]}@{envelope.sender.rpartition('@')[2]}>"


def _label(envelope: Envelope) -> str:
    """The target's name where it may stand in a List-Id (RFC 2919), else a piece of the key."""
    return envelope.target if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", envelope.target) else envelope.key[:12]
