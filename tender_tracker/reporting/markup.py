"""Texts and tables → pieces of HTML in which nothing that others wrote comes alive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

from tender_tracker.reporting.clean import terminal
from tender_tracker.reporting.page import web_address
from tender_tracker.reporting.table import Column

_COMMAND = re.compile(r"`([^`]+)`")


def safe(text: str) -> str:
    """Literal text, also inside a quoted attribute."""
    return escape(terminal(text))


def prose(text: str) -> str:
    """A sentence of ours, with the commands it names between backquotes set as such."""
    return _COMMAND.sub(r"<code>\1</code>", safe(text))


def link(url: str | None, text: str) -> str:
    """The text, linked where the address is one of the web."""
    address = web_address(url)
    return f'<a href="{escape(address)}" rel="noreferrer">{safe(text)}</a>' if address else safe(text)


def items(lines: Iterable[str], kind: str = "") -> str:
    """A list of pieces of HTML."""
    body = "\n".join(f"<li>{line}</li>" for line in lines)
    return f"<ul{_class(kind)}>\n{body}\n</ul>"


def table(
    caption: str, columns: Sequence[Column], rows: Iterable[Any], kind: Callable[[Any], str] = lambda row: ""
) -> str:
    """A table that scrolls by itself where it is too wide; its first columns, those of words, head their rows.

    `kind` is the class of a row.
    """
    words = next((k for k, column in enumerate(columns) if column.right), len(columns)) or 1
    head = "".join(f'<th scope="col"{_class("n" if c.right else "")}>{safe(c.heading)}</th>' for c in columns)
    body = "\n".join(f"<tr{_class(kind(row))}>{''.join(_cells(columns, row, words))}</tr>" for row in rows)
    top = f"<caption>{safe(caption)}</caption>\n<thead><tr>{head}</tr></thead>"
    return scroll(caption, f"<table>\n{top}\n<tbody>\n{body}\n</tbody>\n</table>")


def scroll(label: str, inside: str) -> str:
    """A place that can be scrolled sideways, by the keyboard too."""
    return f'<div class="scroll" role="region" aria-label="{safe(label)}" tabindex="0">\n{inside}\n</div>'


def folded(summary: str, inside: str) -> str:
    """What a reader opens if he wishes; it needs no script."""
    return f"<details>\n<summary>{safe(summary)}</summary>\n{inside}\n</details>"


def _cells(columns: Sequence[Column], row: Any, words: int) -> Iterable[str]:
    for place, column in enumerate(columns):
        tag, scope = ("th", ' scope="row"') if place < words else ("td", "")
        yield f"<{tag}{scope}{_class('n' if column.right else '')}>{safe(column.text(row) or '')}</{tag}>"


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
