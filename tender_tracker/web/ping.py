"""An event of a run → a dead-man service (healthchecks and its like): at its address, or at /start or /fail below it.

Told from a thread and waited for briefly: whatever the service does, it fails and delays nothing.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

SECONDS = 3.0
Event = Literal["start", "success", "fail"]
_PATHS: dict[Event, str] = {"start": "/start", "success": "", "fail": "/fail"}


def ping(url: str, event: Event, told: str = "") -> Callable[[], str | None]:
    """Tells the service, with the words `told` as body; the call returned waits, a few seconds at most, and says what
    went wrong (None: nothing).

    The address is a secret, so only its host is ever named.
    """
    outcome: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=lambda: outcome.put(_told(_address(url, event), told)), daemon=True).start()

    def wait() -> str | None:
        try:
            trouble = outcome.get(timeout=SECONDS)
        except queue.Empty:
            trouble = f"no answer within {SECONDS:g} s"
        return None if trouble is None else f"{urlsplit(url).hostname}: {trouble}"

    return wait


def _address(url: str, event: Event) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + _PATHS[event]))


def _told(url: str, told: str) -> str | None:
    import httpx

    try:
        how, body = ("POST", told.encode()) if told else ("GET", None)
        answer = httpx.request(how, url, content=body, timeout=SECONDS, headers={"User-Agent": "tenders"})
        status = answer.status_code
    except Exception as error:  # nothing about a ping may end a run; its text may hold the address
        return type(error).__name__
    return None if status < 300 else f"HTTP {status}"
