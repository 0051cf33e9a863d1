"""The JSON a site's API answers with → its parts; an answer of another shape, or an error sent with 200, is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tender_tracker.errors import PageChanged, PageRefused
from tender_tracker.model import SHANGHAI, Page
from tender_tracker.pages import dates
from tender_tracker.pages.judge import place, refusal

_REASONS = {"800": "blocked", "429": "blocked", "403": "blocked", "829": "challenge", "401": "login"}


def read(page: Page, source: str) -> dict[str, Any]:
    """The answer. Raises PageChanged for what is no JSON object."""
    try:
        answer = json.loads(page.text)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise PageChanged(
            f"{place(page)}: no JSON object: a page instead of an answer, or the API of {source} has changed"
        )
    return answer


def get(answer: object, path: str) -> Any:
    """What lies at a dotted path, None when nothing does."""
    for key in path.split("."):
        answer = answer.get(key) if isinstance(answer, dict) else None
    return answer


def rows(page: Page, source: str, answer: object, path: str, key: str) -> list[dict[str, Any]]:
    """The rows of a list at a dotted path. Raises PageChanged when there is no list, or none of its rows has `key`."""
    found = get(answer, path)
    if not isinstance(found, list):
        raise changed(page, source, path)
    kept = [row for row in found if isinstance(row, dict)]
    if len(kept) < len(found) or (kept and not any(row.get(key) for row in kept)):
        raise changed(page, source, f"{path}[].{key}")
    return kept


def changed(page: Page, source: str, path: str) -> PageChanged:
    return PageChanged(f"{place(page)}: no {path} in the answer: the API of {source} has changed")


def refused(page: Page, code: object, message: object) -> PageRefused:
    """The refusal an error answer stands for, by its code."""
    return refusal(
        page, _REASONS.get(str(code), "not_a_notice"), f"the answer is an error, code {code}: {str(message or '')[:80]}"
    )


def nameless(row: Mapping[str, Any], key: str, title: str) -> str:
    """In place of the address of a row that has none: no address, so that whoever asks for it names it."""
    return f"a row without {key} ({title or 'and without title'})"


def line(value: object) -> str:
    """A value as one line of text; "" for None."""
    return " ".join(str(value).split()) if value is not None else ""


def total(value: object) -> int | None:
    """A count given as a number or as a text of digits."""
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdigit()) else None


def when(value: object) -> dates.When | None:
    """A moment given as epoch milliseconds or in words; 1900-01-01 and 1970-01-01 stand for none and give none."""
    text = line(value)
    if not text.isdigit() or len(text) != 13:
        return dates.first(text)
    moment = datetime.fromtimestamp(int(text) // 1000, SHANGHAI)
    return dates.When(moment, True, 0, len(text))


def asked(page: Page, name: str) -> str | None:
    """A parameter of the page's own address, also behind the # of a page built by script."""
    parts = urlsplit(page.url or "")
    query = parts.query or parts.fragment.partition("?")[2]
    return next(iter(parse_qs(query.replace("+", "%2B")).get(name, ())), None)


def identity(*parts: object) -> str:
    """A number for a notice saved without the site's own: a digest of what identifies it to a reader."""
    return "x" + hashlib.sha256("\n".join(map(line, parts)).encode()).hexdigest()[:20]
