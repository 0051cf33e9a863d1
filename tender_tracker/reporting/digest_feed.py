"""A Digest → an Atom feed (RFC 4287) or a JSON Feed (1.1): one entry a tender, award, cancellation or intention.

Ids come from source and number of the notice, so that a reader shows an entry once however often the feed is made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from tender_tracker.messages import name
from tender_tracker.reporting import digest_phrases as phrases
from tender_tracker.reporting.clean import terminal
from tender_tracker.reporting.digest import Digest, Item
from tender_tracker.reporting.digest_page import page
from tender_tracker.reporting.page import Card, web_address

UNREAL = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
"""Characters XML has no place for; `clean.terminal` has replaced the controls."""


class Entry(NamedTuple):
    id: str
    title: str
    text: str
    url: str | None
    first_seen: datetime
    tags: tuple[str, ...]


def atom(digest: Digest, lang: str) -> str:
    """Plain text only: no markup of a notice can come alive in a reader."""
    told = page(digest, lang)
    return "\n".join(
        (
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{lang}">',
            f"<id>{_feed_id(digest)}</id>",
            f"<title>{_xml(told.title)}</title>",
            f"<subtitle>{_xml(' · '.join(told.lead))}</subtitle>",
            f"<updated>{_utc(digest.as_of or digest.since)}</updated>",
            "<author><name>tenders</name></author>",
            *(_atom_entry(entry) for entry in _entries(digest, lang)),
            "</feed>\n",
        )
    )


def _atom_entry(entry: Entry) -> str:
    link = f'<link rel="alternate" href="{escape(entry.url)}"/>' if entry.url else ""
    tags = "".join(f'<category term="{_xml(tag)}"/>' for tag in entry.tags)
    return (
        f'<entry><id>{entry.id}</id><title>{_xml(entry.title)}</title>{link}<updated>{_utc(entry.first_seen)}</updated>'
        f'{tags}<content type="text">{_xml(entry.text)}</content></entry>'
    )  # fmt: skip


def json_feed(digest: Digest, lang: str) -> str:
    told = page(digest, lang)
    items = [
        {
            "id": entry.id,
            **({"url": entry.url} if entry.url else {}),
            "title": _clean(entry.title),
            "content_text": _clean(entry.text),
            "date_published": _utc(entry.first_seen),
            "tags": [_clean(tag) for tag in entry.tags],
        }
        for entry in _entries(digest, lang)
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _clean(told.title),
        "description": _clean(" · ".join(told.lead)),
        "language": "zh-CN" if lang == "zh" else "en",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=2) + "\n"


def _entries(digest: Digest, lang: str) -> Iterator[Entry]:
    for item in (*digest.required.items, *digest.preferred.items):
        yield _entry(item, phrases.card(item, lang), lang)
    for award in digest.awards.items:
        yield _entry(award.item, phrases.award(award, lang), lang)
    for ended in digest.cancellations.items:
        yield _entry(ended.item, phrases.cancellation(ended, lang), lang)
    for item in digest.intentions.items:
        yield _entry(item, phrases.short(item, lang), lang)


def _entry(item: Item, card: Card, lang: str) -> Entry:
    quote = [f"「{card.quote}」"] if card.quote else []
    text = "\n".join([" · ".join((*card.marks, *card.facts)), *quote, *(line.text for line in card.below)])
    tags = (name(lang, "level", item.level), name(lang, "kind", item.kind))
    families = tuple(name(lang, "family", family) for family in item.families)
    number = f"urn:uuid:{uuid5(NAMESPACE_URL, f'tenders:{item.source}/{item.source_id}')}"
    return Entry(number, card.head, text, web_address(item.url), item.first_seen, (*tags, *families))


def _feed_id(digest: Digest) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'tenders:digest/{digest.profile}')}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clean(text: str) -> str:
    return "\n".join(terminal(line) for line in text.split("\n"))


def _xml(text: str) -> str:
    return escape(_clean(text).translate(UNREAL))
