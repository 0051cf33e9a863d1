"""A page to read, in one language and free of any channel: a title, lead lines, sections of lines, cards and tables.

Texts are as their authors wrote them; each face (page_md, page_html, page_text) cleans them for its channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_letters, digits
from typing import Literal

Tone = Literal["plain", "warn", "quiet"]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence or entry; `url` is where its `link` leads."""

    text: str
    tone: Tone = "plain"
    link: str | None = None
    """The words of the link; None makes it the address itself."""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One tender or award: a heading, marks beside it, facts in order, the quoted clause, lines below."""

    head: str
    url: str | None
    marks: tuple[str, ...]
    facts: tuple[str, ...]
    quote: str | None
    below: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table; all columns but the first `words` hold figures."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int


Part = Line | Card | Grid


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    count: int | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Page:
    lang: str
    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]


def web_address(url: str | None) -> str | None:
    """The address, if a reader may follow it: http or https and nothing that would end an attribute or a link."""
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    return "".join(c if c in _PLAIN else _escaped(c) for c in url)


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))


_PLAIN = frozenset(ascii_letters + digits + "-._~:/?#@!$&*+,;=%")
