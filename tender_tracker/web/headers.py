"""What is said in HTTP headers: who we are, what we send, what we have seen, where to go and how long to wait."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

from tender_tracker import __version__
from tender_tracker.errors import SourceFailed, UsageError
from tender_tracker.model import Request, Validators

if TYPE_CHECKING:
    from tender_tracker.web.wire import Answer

AGENT = "tenders"


def user_agent(contact: str | None) -> str:
    if contact is None:
        return f"{AGENT}/{__version__} (reads public procurement notices)"
    if not (contact.isascii() and contact.isprintable()) or len(contact) > 200:
        raise UsageError(f"contact {contact!r}: must be a short ASCII address or URL, for it goes into an HTTP header")
    return f"{AGENT}/{__version__} (reads public procurement notices; +{contact})"


def redirected(url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
    except ValueError as error:
        raise SourceFailed(f"{url}: redirects to a malformed address ({error}); not followed") from error
    if url.startswith("https:") and target.startswith("http:"):
        raise SourceFailed(f"{url}: redirects from https down to {target}; not followed")
    return target


def content_of(request: Request) -> tuple[bytes | None, dict[str, str]]:
    """Body (None for a GET) and the header that names its kind."""
    if request.json is not None:
        body = json.dumps(dict(request.json), ensure_ascii=False).encode()
        return body, {"Content-Type": "application/json"}
    if request.form is not None:
        return urlencode(dict(request.form)).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    return None, {}


def conditions(validators: Validators | None) -> dict[str, str]:
    if validators is None:
        return {}
    named = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in named.items() if value is not None}


def validators_of(answer: Answer) -> Validators:
    def plain(name: str) -> str | None:
        value = answer.headers.get(name, "")
        return value if value and value.isascii() and value.isprintable() else None

    return Validators(plain("etag"), plain("last-modified"))


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds to wait by Retry-After (RFC 9110: seconds, or a date by the server's clock); None without one."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])  # 31 years are long enough
    until = _moment(text)
    return None if until is None else (until - (_moment(answer.headers.get("date", "")) or now)).total_seconds()


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
