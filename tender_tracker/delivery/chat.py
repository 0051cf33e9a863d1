"""A Digest → the JSON a chat bot takes: coverage, headline and the first new tenders, within its limit of bytes.

Bots know no escapes: what could come alive in a title (links, mentions, emphasis) is written full-width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tender_tracker.messages import say
from tender_tracker.reporting.clean import terminal
from tender_tracker.reporting.digest import Digest
from tender_tracker.reporting.digest_page import page
from tender_tracker.reporting.page import Card, Line, web_address

SECTIONS = 3
"""Coverage, headline, new required: what a digest begins with."""
_WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in "*_`~#<>[]|\\@&"}
_LIVE = (("://", "：//"), ("www.", "www．"))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a bot is told of bold words and links, and how many bytes of text it takes."""

    limit: int
    bold: str
    link: str
    newline: str
    ampersand: str = "&"
    """As it is written in an address."""


MARKDOWN = ("**{}**", "[{text}]({url})")
DIALECTS = {
    "wecom": Dialect(4_096, *MARKDOWN, "\n"),  # beyond it: HTTP 200 with errcode 40058
    "dingtalk": Dialect(16_000, *MARKDOWN, "  \n"),  # a message may have 20,000 bytes in all
    "feishu": Dialect(16_000, *MARKDOWN, "\n"),  # a request may have 20 KB in all
    "slack": Dialect(4_000, "*{}*", "<{url}|{text}>", "\n", "&amp;"),
}


def body(kind: str, title: str, digest: Digest, link: str | None, lang: str) -> dict[str, Any]:
    """What is posted; a signature, where there is one, is added when it is sent."""
    text = written(DIALECTS[kind], title, digest, link, lang)
    match kind:
        case "wecom":
            return {"msgtype": "markdown", "markdown": {"content": text}}
        case "dingtalk":
            return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}
        case "slack":
            return {"text": text, "unfurl_links": False, "unfurl_media": False}
    header = {"title": {"tag": "plain_text", "content": title}}
    return {"msg_type": "interactive", "card": {"header": header, "elements": [{"tag": "markdown", "content": text}]}}


def written(dialect: Dialect, title: str, digest: Digest, link: str | None, lang: str) -> str:
    """The text: a head, and as many of the first tenders as fit."""
    told = page(digest, lang)
    parts = [part for section in told.sections[:SECTIONS] for part in section.parts]
    lines = [part for part in parts if isinstance(part, Line) and part.tone != "quiet"]
    cards = [part for part in parts if isinstance(part, Card)]
    lead = [dialect.bold.format(literal(title)), literal(told.lead[0]), *(_line(line) for line in lines)]
    head = dialect.newline.join(lead)
    entries = [dialect.newline.join(_card(card, place, dialect, lang)) for place, card in enumerate(cards, 1)]
    return fitted(head, entries, lambda n: _rest(n, link, dialect, lang), digest.required.total, dialect.limit)


def fitted(head: str, entries: list[str], rest: Callable[[int], str], total: int, limit: int) -> str:
    """Whole entries while they fit into `limit` bytes of UTF-8, then `rest` of the number left out.

    A head that is too long by itself is cut at the border of a character.
    """
    for count in range(len(entries), -1, -1):
        text = "\n\n".join(filter(None, (head, *entries[:count], rest(total - count))))
        if len(text.encode()) <= limit:
            return text
    end = f"…\n\n{rest(total)}"
    return head.encode()[: limit - len(end.encode())].decode("utf-8", "ignore") + end


def literal(text: str) -> str:
    """One line in which no mark of any bot's markup is left."""
    flat = " ".join(terminal(text).split()).translate(_WIDE)
    for live, dead in _LIVE:
        flat = flat.replace(live, dead)
    return flat


def _line(line: Line) -> str:
    return f"{'⚠ ' if line.tone == 'warn' else '· '}{literal(line.text)}"


def _card(card: Card, place: int, dialect: Dialect, lang: str) -> Iterator[str]:
    marks = "".join(f" （{literal(mark)}）" for mark in card.marks)
    yield dialect.bold.format(f"{place}. {literal(card.head)}") + marks
    yield literal(" · ".join(card.facts))
    if card.quote:
        yield f"「{literal(card.quote)}」"
    if address := web_address(card.url):
        yield _link(say(lang, "digest.link"), address, dialect)


def _link(text: str, address: str, dialect: Dialect) -> str:
    return dialect.link.format(text=text, url=address.replace("&", dialect.ampersand))


def _rest(count: int, link: str | None, dialect: Dialect, lang: str) -> str:
    """How many more there are, and where; nothing when there is nothing to say."""
    address = web_address(link)
    whole = _link(say(lang, "send.whole"), address, dialect) if address else ""
    if not count:
        return whole
    more = say(lang, "send.more", n=count)
    return f"{more}{say(lang, 'digest.colon')}{whole}" if whole else more
