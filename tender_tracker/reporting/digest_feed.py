"""A Digest → an Atom feed or a JSON Feed: one entry a tender, award, cancellation or intention."""

from __future__ import annotations

from collections.abc import Iterator

from tender_tracker.messages import name
from tender_tracker.reporting import digest_phrases as phrases
from tender_tracker.reporting import feed
from tender_tracker.reporting.digest import Digest, Item
from tender_tracker.reporting.digest_page import page
from tender_tracker.reporting.feed import Entry, Head
from tender_tracker.reporting.page import Card, web_address


def atom(digest: Digest, lang: str) -> str:
    """The whole feed; no time in it but those of the store."""
    return "".join(feed.atom(_head(digest, lang), _entries(digest, lang)))


def json_feed(digest: Digest, lang: str) -> str:
    """The same entries."""
    return "".join(feed.json_feed(_head(digest, lang), _entries(digest, lang)))


def _head(digest: Digest, lang: str) -> Head:
    told = page(digest, lang)
    number = feed.urn(f"digest/{digest.profile}")
    return Head(number, told.title, " · ".join(told.lead), digest.as_of or digest.since, lang)


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
    number = feed.notice_urn(item.source, item.source_id)
    address, seen = web_address(item.url), item.first_seen
    return Entry(number, card.head, text, address, seen, seen, (*tags, *families))
