"""One attachment of a stored notice and how far it has come: wanted, asked, kept, read or given up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from tender_tracker.model import Attachment, DocumentPage

DocumentState = Literal["not_fetched", "fetched", "read", "partly_read", "unread"]
Why = Literal["rules", "documents"]
"""Why a level was decided anew: our rules or parsers, or a document that was read since."""
SEEN = "ocr"
"""The reason told of an attachment that was read by OCR, in part or in full."""
MOVED = "moved"
"""The reason of an attachment whose address has changed: what was read of it is an older file."""
TRIES = 5
WAITS = (timedelta(0), timedelta(hours=6), timedelta(hours=18), timedelta(hours=36))
"""From a failed try to the next; after the last there is none."""


Which = Literal["flagged", "all"]
"""Attachments of notices that are flagged or buy compute, or of all."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One attachment of a stored notice, and how far it has come."""

    notice_id: int
    source: str
    notice_url: str | None
    read_from: str | None
    name: str
    url: str | None
    state: DocumentState = "not_fetched"
    reasons: tuple[str, ...] = ()
    message: str | None = None
    sha256: str | None = None
    tries: int = 0
    next_try: datetime | None = None

    def kept(self, sha256: str, now: datetime | None = None) -> Paper:
        """The file is there, its text is not read yet; with `now` that waits, should the run be killed."""
        return replace(self, state="fetched", sha256=sha256, reasons=(), message=None, next_try=now)

    def failed(self, reason: str, message: str, now: datetime, *, again: bool, counts: bool = True) -> Paper:
        """It could not be had. `again`: it may be had later; `counts`: it was really asked."""
        tries = self.tries + counts
        reasons = (reason, MOVED) if MOVED in self.reasons else (reason,)
        told = replace(self, reasons=reasons, message=message, tries=tries)
        if again and tries < TRIES:
            return replace(told, state="not_fetched", next_try=now + WAITS[max(tries - 1, 0)])
        return replace(told, state="unread", next_try=None)

    def was_read(self, read: Read) -> Paper:
        """The reader is through with it."""
        state, reasons = became(read)
        return replace(self, state=state, reasons=reasons, message=None, next_try=None)


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says: its pages by name within it ("" is the file itself), and (file, page, reason) of the rest."""

    sha256: str
    bytes: int
    format: str
    pages: tuple[DocumentPage, ...]
    unread: tuple[tuple[str, int | None, str], ...]

    def pages_of(self, name: str) -> tuple[DocumentPage, ...]:
        """Its pages under the name of the attachment."""
        return tuple(replace(page, file=name + page.file) for page in self.pages)


def became(read: Read) -> tuple[DocumentState, tuple[str, ...]]:
    """The state of an attachment that says so much, and why not all of it was read; last, that OCR read of it."""
    state: DocumentState = "unread" if not read.pages else "partly_read" if read.unread else "read"
    seen = [SEEN] if any(page.ocr for page in read.pages) else []
    reasons = dict.fromkeys([*(reason for _, _, reason in read.unread), *seen])
    return state, tuple(reasons) if reasons or read.pages else ("no_text",)


def which(word: str) -> Which:
    return "all" if word == "all" else "flagged"


def named(attachments: Iterable[Attachment]) -> list[Attachment]:
    """The attachments under names that differ: 附件.pdf, 附件.pdf (2)."""
    found: dict[str, Attachment] = {}
    for file in dict.fromkeys(attachments):
        name, number = file.name, 1
        while name in found:
            number += 1
            name = f"{file.name} ({number})"
        found[name] = file if name == file.name else Attachment(name, file.url)
    return list(found.values())
