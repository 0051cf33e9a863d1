"""A page and its notices → entries of `pages.toml` and `expected.toml`, the frame of a saved page for the tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tender_tracker.model import Amount, Notice, Page

_ENDINGS = {"html": ".html", "json": ".json", "text": ".txt"}


def file_name(url: str, media: str) -> str:
    """An address → a plain file name that leads nowhere else: http://a.cn/x/t1.htm?id=2 → t1-id-2.html."""
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2] or parts.netloc
    stem = re.sub(r"\.(s?html?|json|jhtml|aspx?|jsp|do)$", "", last, flags=re.IGNORECASE)
    plain = re.sub(r"[^\w]+", "-", f"{stem}-{parts.query}").strip("-_")
    return (plain[:80] or "page") + _ENDINGS[media]


def manifest_entry(file: str, page: Page, role: str) -> str:
    """What `pages.toml` says of the file: its address, its role, and what the page itself does not tell."""
    encoding = page.raw.encoding if page.raw else None
    return _entry({"file": file, "url": page.url, "role": role, "source": page.source, "encoding": encoding})


def expected_entries(file: str, notices: Iterable[Notice]) -> str:
    """What the parsers read of each notice, as `expected.toml` has it; `file#n` where there are several."""
    found = list(notices)
    names = [file] if len(found) == 1 else [f"{file}#{number}" for number in range(1, len(found) + 1)]
    return "\n".join(_entry({"file": name, **_fields(notice)}) for name, notice in zip(names, found, strict=True))


def _fields(notice: Notice) -> dict[str, Any]:
    return {
        "source": notice.source,
        "title": notice.title,
        "kind": notice.kind,
        "project_no": notice.project_no,
        "buyer": notice.buyer,
        "agency": notice.agency,
        "region": notice.region,
        "published": _local(notice.published, notice.published_has_time),
        "deadline": _local(notice.deadline, True),
        **_money("budget", notice.budget),
        **_money("award", notice.award),
        "suppliers": list(notice.suppliers),
        "attachments": [file.name for file in notice.attachments],
        "lots": [lot.name for lot in notice.lots],
    }


def _local(moment: datetime | None, has_time: bool) -> str | None:
    return moment.isoformat()[: 16 if has_time else 10] if moment else None


def _money(name: str, amount: Amount | None) -> dict[str, Any]:
    if amount is None:
        return {}
    if amount.currency != "CNY":
        return {name: f"{amount.value:f} {amount.currency}"}
    whole = amount.value == amount.value.to_integral_value()
    return {f"{name}_yuan": int(amount.value) if whole else float(amount.value)}


def _entry(fields: Mapping[str, Any]) -> str:
    """One TOML table; what is not printed is left out. JSON's strings and lists are TOML's, too."""
    lines = (
        f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items() if value not in (None, [])
    )
    return "[[page]]\n" + "\n".join(lines).replace("\x7f", "\\u007f") + "\n"
