"""A Letter for a Target → sent by its kind, and what the other side confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tender_tracker.delivery import bots, smtp
from tender_tracker.errors import TenderError, Undelivered
from tender_tracker.outfile import write
from tender_tracker.storage.outbox import Letter
from tender_tracker.target import Target


def send(letter: Letter, target: Target, environ: Mapping[str, str], now: datetime, allow_private: bool) -> str:
    """Returns the confirmation in short; secrets are read from `environ`. Raises Undelivered."""
    allowed = allow_private or target.allow_private
    try:
        match target.kind:
            case "file":
                return _filed(letter)
            case "smtp":
                return smtp.send(letter, target, environ, allowed)
        return bots.send(letter, target, environ, now, allowed)
    except Undelivered:
        raise
    except TenderError as error:
        raise Undelivered(str(error)) from error


def _filed(letter: Letter) -> str:
    for path in map(Path, letter.recipients):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Undelivered(f"{path.parent}: cannot be made ({error.strerror})") from error
        write(path, letter.body)
    return ", ".join(letter.recipients)
