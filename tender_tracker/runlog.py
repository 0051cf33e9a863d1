"""What a run did to one source → one line of JSON in a log file beside the store, whose size is bounded."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from tender_tracker.errors import TenderError
from tender_tracker.model import SHANGHAI, Window
from tender_tracker.storage.store import SourceRun

LIMIT = 4 * 2**20
"""Bytes after which the file becomes FILE.1, in the place of the one before."""
COUNTS = ("read", "lists", "seen", "new", "changed", "unchanged", "not_modified", "failed", "refused", "waiting")


def beside(store: Path) -> Path:
    """The log of a store, where the configuration names none."""
    return store.with_name(store.name + ".log")


def line(run: SourceRun, now: datetime) -> str:
    """One JSON object; times are those of Shanghai, `now` is the begin of the run."""
    window, covered = run.window or Window(), run.covered or Window()
    told = {
        "time": _moment(now),
        "source": run.source,
        "state": run.state,
        "alarm": run.alarm,
        **{name: getattr(run, name) for name in COUNTS},
        "since": _moment(window.since),
        "until": _moment(window.until),
        "covered_until": _moment(covered.until),
        "watermark": _moment(run.watermark),
        "error": run.error,
    }
    return json.dumps(told, ensure_ascii=True)


def append(path: Path, text: str) -> None:
    """One more line. Raises TenderError when it cannot be written."""
    try:
        if path.exists() and path.stat().st_size + len(text) > LIMIT:
            os.replace(path, path.with_name(path.name + ".1"))
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise TenderError(f"{path}: the log cannot be written ({error.strerror}); the run goes on") from error


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(SHANGHAI).isoformat(timespec="seconds")
