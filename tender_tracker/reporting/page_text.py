"""A Page → plain text of 80 columns, for a terminal, a file or the text part of a mail."""

from __future__ import annotations

from collections.abc import Iterator

from tender_tracker.reporting.cells import clip, right, width, wrap
from tender_tracker.reporting.clean import terminal
from tender_tracker.reporting.page import Card, Grid, Line, Page, Part, web_address

COLUMNS = 80


def text(page: Page) -> str:
    return "\n".join(line.rstrip() for line in _lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield from wrap(terminal(page.title), COLUMNS)
    yield "=" * min(COLUMNS, width(page.title))
    for lead in page.lead:
        yield from wrap(terminal(lead), COLUMNS)
    for section in page.sections:
        heading = section.heading if section.count is None else f"{section.heading} · {section.count}"
        yield from ("", terminal(heading), "-" * min(COLUMNS, width(heading)))
        for part in section.parts:
            yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    match part:
        case Line():
            yield from _bullet("! " if part.tone == "warn" else "- ", part.text, part.url)
        case Card():
            yield from _hanging("* ", " ".join([part.head, *(f"[{mark}]" for mark in part.marks)]))
            yield from _hanging("  ", " · ".join(part.facts))
            if part.quote:
                yield from _hanging("  ", f"「{part.quote}」")
            yield from _address("  ", part.url)
            for line in part.below:
                yield from _bullet("  ! " if line.tone == "warn" else "  - ", line.text, line.url)
        case Grid():
            yield from _grid(part)


def _bullet(mark: str, words: str, url: str | None) -> Iterator[str]:
    yield from _hanging(mark, words)
    yield from _address(" " * len(mark), url)


def _hanging(mark: str, words: str) -> Iterator[str]:
    """The first line behind the mark, the others below it."""
    for place, line in enumerate(wrap(" ".join(terminal(words).split()), COLUMNS - len(mark))):
        yield (" " * len(mark) if place else mark) + line


def _address(indent: str, url: str | None) -> Iterator[str]:
    """On a line of its own and never broken, so that it can be clicked."""
    address = web_address(url)
    if address:
        yield indent + address


def _grid(grid: Grid) -> Iterator[str]:
    rows = [[terminal(cell) for cell in row] for row in (grid.headings, *grid.rows)]
    widths = [max(width(row[k]) for row in rows) for k in range(len(grid.headings))]
    widths[grid.words - 1] = min(
        widths[grid.words - 1], COLUMNS - sum(widths) + widths[grid.words - 1] - 2 * len(widths)
    )
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(
            clip(cell, size) if k < grid.words else right(cell, size) for k, (cell, size) in enumerate(cells)
        )
