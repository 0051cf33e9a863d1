"""What can be read as pages: the endings such files have, one such file, and one that gave no page and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tender_tracker.errors import PageBroken, TenderError

Media = Literal["html", "json", "text"]
MEDIA: dict[str, Media] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".mht": "html", ".mhtml": "html", ".txt": "text",
    ".json": "json",
}  # fmt: skip
LINES = (".jsonl", ".ndjson")
COMPANIONS = ("_files", ".files", "__MACOSX")
"""Endings of folders a browser or an archiver puts beside a saved page."""
_ENDINGS = frozenset((*MEDIA, *LINES, ".warc"))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file, member or line that gave no page, and why."""

    file: str
    error: TenderError


@dataclass(frozen=True, slots=True)
class Source:
    """One readable thing: its name for messages, its kind by ending, and what the manifest says of it.

    Without a name: what was asked for all of them."""

    name: str
    suffix: str
    read_at: datetime
    url: str | None = None
    source: str | None = None
    encoding: str | None = None
    with_raw: bool = False


def suffix(name: str) -> str:
    """The ending that says what a file is, `.gz` set aside: notice.html.gz → .html."""
    bare = name.lower().removesuffix(".gz")
    return bare[bare.rfind(".") :] if "." in bare.lstrip(".") else ""


def is_page_name(name: str) -> bool:
    if name.startswith("."):
        return False
    return suffix(name) in _ENDINGS or name.lower().endswith(".zip")


def broken(name: str, what: str) -> Unreadable:
    return Unreadable(name, PageBroken(f"{name}: {what}; get the file again"))
