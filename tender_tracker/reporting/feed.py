"""Entries → an Atom feed (RFC 4287) or a JSON Feed (1.1), piece by piece: plain text, nothing of a notice comes alive.

Ids come from source and number of the notice, so that a reader shows an entry once however often a feed is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from tender_tracker.reporting.clean import terminal
from tender_tracker.reporting.table import listed

UNREAL = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
"""Characters XML has no place for; `clean.terminal` has replaced the controls."""


class Head(NamedTuple):
    """What a feed says of itself; `id` is made by `urn`, `updated` is that of its newest entry or older."""

    id: str
    title: str
    subtitle: str
    updated: datetime
    lang: str


class Entry(NamedTuple):
    """One notice. `text` may have several lines; `updated` is `published` until the notice changes."""

    id: str
    title: str
    text: str
    url: str | None
    published: datetime
    updated: datetime
    tags: tuple[str, ...]


def urn(name: str) -> str:
    """The same name has the same id, on every machine and for ever."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'tenders:{name}')}"


def notice_urn(source: str, source_id: str) -> str:
    """The id of a notice, in whichever feed it stands."""
    return urn(f"{source}/{source_id}")


def atom(head: Head, entries: Iterable[Entry]) -> Iterator[str]:
    """Lines of one XML document."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{head.lang}">\n<id>{head.id}</id>\n'
    yield f"<title>{_xml(head.title)}</title>\n<subtitle>{_xml(head.subtitle)}</subtitle>\n"
    yield f"<updated>{_utc(head.updated)}</updated>\n<author><name>tenders</name></author>\n"
    yield from map(_atom_entry, entries)
    yield "</feed>\n"


def _atom_entry(entry: Entry) -> str:
    link = f'<link rel="alternate" href="{escape(entry.url)}"/>' if entry.url else ""
    tags = "".join(f'<category term="{_xml(tag)}"/>' for tag in entry.tags)
    times = f"<published>{_utc(entry.published)}</published><updated>{_utc(entry.updated)}</updated>"
    return (
        f"<entry><id>{entry.id}</id><title>{_xml(entry.title)}</title>{link}{times}"
        f'{tags}<content type="text">{_xml(entry.text)}</content></entry>\n'
    )


def json_feed(head: Head, entries: Iterable[Entry]) -> Iterator[str]:
    """Pieces of one JSON document."""
    fields = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _clean(head.title),
        "description": _clean(head.subtitle),
        "language": "zh-CN" if head.lang == "zh" else "en",
    }
    return listed(fields, "items", map(_json_item, entries))


def _json_item(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        **({"url": entry.url} if entry.url else {}),
        "title": _clean(entry.title),
        "content_text": _clean(entry.text),
        "date_published": _utc(entry.published),
        **({"date_modified": _utc(entry.updated)} if entry.updated != entry.published else {}),
        "tags": [_clean(tag) for tag in entry.tags],
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clean(text: str) -> str:
    return "\n".join(terminal(line) for line in text.split("\n"))


def _xml(text: str) -> str:
    return escape(_clean(text).translate(UNREAL))
