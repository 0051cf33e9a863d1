"""A report → styled lines for a terminal: one block a notice, the quoted clause on lines of its own below it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from tender_tracker.messages import day, money, name, say
from tender_tracker.model import Evidence
from tender_tracker.reporting import clean, tally
from tender_tracker.reporting.attached import bracketed, unread
from tender_tracker.reporting.cells import clip, right, width, wrap
from tender_tracker.reporting.covered import coverage
from tender_tracker.reporting.render import also_on, families, lot, notes, period, project
from tender_tracker.reporting.render import buyer as marked_buyer
from tender_tracker.reporting.report import Report, shown_lots
from tender_tracker.reporting.styled import STYLES, Line
from tender_tracker.reporting.table import Table
from tender_tracker.storage.rows import Flagged, LotRow

NARROW, WIDE = 60, 160
LEFT = 10
"""Cells of the left column: date, id and kind under one another."""
LOTS_SHOWN = 6
QUOTE_SHOWN = 160
"""Characters of a quote; `show` prints all of it."""


class Cell(NamedTuple):
    text: str
    width: int
    style: str = ""
    right: bool = False

    def lines(self) -> list[str]:
        fit = right if self.right else clip
        return [fit(part, self.width) for part in wrap(self.text, self.width)]


def lines(report: Report, lang: str, columns: int) -> Iterator[Line]:
    """Coverage, the flagged notices by level, the totals."""
    columns = max(NARROW, min(columns, WIDE))
    yield ((say(lang, "report.title"), "bold"), (f"  {period(report.window, lang)}", ""))
    told = coverage(report, lang)
    for text in told:
        style = "yellow" if text == told[-1] and not report.complete else "dim"
        yield from _wrapped(text, columns, style)
    if missing := unread(report.unread, lang):
        yield from _wrapped(missing, columns, "yellow")
    for level in report.asked_levels():
        rows, count = report.told_once(level), report.counts.get(level, 0)
        if count:
            heading = f"{name(lang, 'level', level)} {level}" if lang == "zh" else level
            yield from ((), ((heading, STYLES[level]), (f" · {count}", "")))
        if rows:
            yield from _heading(columns, lang)
        for row in rows:
            yield from _block(row, columns, lang, also_on(report, row, lang))
    if len(report.flagged) < report.found:
        yield ()
        yield from _wrapped(say(lang, "report.more", shown=len(report.flagged), n=report.found), columns, "yellow")
    if report.totals.groups:
        yield from ((), *_totals(report, lang, columns))


def titled(title: str, table: Table, note: str, columns: int) -> Iterator[Line]:
    """A table with its heading and what its figures are of, and a blank line."""
    yield ((title, "bold"),)
    yield from aligned(table, columns)
    yield from _wrapped(note, columns, "dim")
    yield ()


def _wrapped(text: str, columns: int, style: str = "") -> Iterator[Line]:
    return (((part, style),) for part in wrap(clean.terminal(text), columns))


def _grid(columns: int) -> tuple[int, int, int]:
    """Widths of buyer, project and chips; below 110 columns the project has lines of its own (0)."""
    rest = columns - LEFT - 14 - 10 - 4 * 2
    if columns < 110:
        return rest - 12, 0, 12
    return 28, rest - 28 - 16 - 2, 16


def _beside(cells: list[Cell]) -> Iterator[Line]:
    """Cells next to one another, each wrapped in its own width, two blanks between."""
    gaps = ["  "] * (len(cells) - 1) + [""]
    for parts in zip_longest(*(cell.lines() for cell in cells)):
        shapes = zip(parts, cells, gaps, strict=True)
        yield tuple(((part or " " * cell.width) + gap, cell.style) for part, cell, gap in shapes)


def _heading(columns: int, lang: str) -> Iterator[Line]:
    buyer, subject, chips = _grid(columns)
    keys = [("date", LEFT, False), ("buyer", buyer, False), ("project", subject, False)]
    keys += [("budget", 14, True), ("family", chips, False), ("deadline", 10, False)]
    return _beside([Cell(say(lang, f"head.{key}"), cells, "dim", ends) for key, cells, ends in keys if cells])


def _block(row: Flagged, columns: int, lang: str, also: str) -> Iterator[Line]:
    notice = row.notice
    mark, kind = f"#{notice.id}", name(lang, "kind", notice.kind)
    marks = [mark, kind] if width(f"{mark} {kind}") > LEFT else [f"{mark} {kind}"]
    left = [day(notice.published_on) or "–", *marks]
    body = [*_facts(row, columns, lang), *_details(row, columns, lang)]
    body += _wrapped(also, columns - LEFT - 2, "dim") if also else ()
    left_lines = [line for text in left for line in wrap(text, LEFT)]
    for k, (head, line) in enumerate(zip_longest(left_lines, body, fillvalue=None)):
        yield ((clip(head or "", LEFT) + "  ", "" if k == 0 else "dim"), *(line or ()))


def _facts(row: Flagged, columns: int, lang: str) -> Iterator[Line]:
    buyer, subject, chips = _grid(columns)
    cells = [
        Cell(clean.terminal(marked_buyer(row, lang) or "–"), buyer, "bold"),
        Cell(clean.terminal(project(row)), subject),
        Cell(money(row.notice.budget, lang) or "–", 14, right=True),
        Cell(clean.terminal(families(row, lang)) or "–", chips),
        Cell(day(row.notice.deadline) or "–", 10),
    ]
    return _beside([cell for cell in cells if cell.width])


def _details(row: Flagged, columns: int, lang: str) -> Iterator[Line]:
    room = columns - LEFT - 2
    if not _grid(columns)[1]:
        yield from _wrapped(project(row), room)
    if row.notice.award or row.notice.suppliers:
        parts = [money(row.notice.award, lang) or "–", *row.notice.suppliers]
        yield from _wrapped(f"{say(lang, 'head.award')} {' · '.join(parts)}", room)
    lots = shown_lots(row)
    if row.evidence and row.evidence not in [entry.evidence for entry in lots]:
        yield from _quote(row.evidence, room, row.notice.level, lang)
    for entry in lots[:LOTS_SHOWN]:
        yield from _lot(entry, row, room, lang)
    if len(lots) > LOTS_SHOWN:
        yield ((say(lang, "report.more_lots", n=len(lots) - LOTS_SHOWN, id=row.notice.id), "dim"),)


def _lot(entry: LotRow, row: Flagged, room: int, lang: str) -> Iterator[Line]:
    parts = [lot(entry), money(entry.budget, lang), money(entry.award, lang), *entry.suppliers]
    level = entry.level or row.notice.level
    if level != row.notice.level:
        parts.insert(1, name(lang, "level", level))
    yield from _wrapped(" · ".join(part for part in parts if part), room)
    if entry.evidence:
        yield from _quote(entry.evidence, room, level, lang)


def _quote(evidence: Evidence, room: int, level: str, lang: str) -> Iterator[Line]:
    quote = evidence.quote if len(evidence.quote) <= QUOTE_SHOWN else evidence.quote[:QUOTE_SHOWN] + "…"
    where = say(lang, "report.in_title") if evidence.where == "title" else bracketed(evidence, lang)
    return _wrapped(f"「{quote}」{where}", room, STYLES[level].removeprefix("bold "))


def _totals(report: Report, lang: str, columns: int) -> Iterator[Line]:
    yield ((say(lang, "report.totals", by=tally.heading(report.totals.by, lang)), "bold"),)
    table = tally.table(report.totals, lang)
    yield from aligned(table, columns)
    left = len(table.columns) - len(_fitting(table, columns).columns)
    if left:
        yield from _wrapped(say(lang, "report.narrow", n=left), columns, "dim")
    for note in notes(report, lang):
        yield from _wrapped(note, columns, "dim")


def aligned(table: Table, columns: int) -> Iterator[Line]:
    """A small table in columns as wide as their longest cell. Where the screen is too narrow, spare columns are left
    out and words wrapped."""
    table = _fitting(table, columns)
    rows, widths = _rows(table), _widths(table)
    while sum(widths) + 2 * (len(widths) - 1) > columns:
        widest = max((k for k, column in enumerate(table.columns) if not column.right), key=lambda k: widths[k])
        if widths[widest] <= 8:
            break
        widths[widest] -= 1
    for k, row in enumerate(rows):
        style = "" if k else "dim"
        shapes = zip(row, widths, table.columns, strict=True)
        yield from _beside([Cell(text, cells, style, column.right) for text, cells, column in shapes])


def _fitting(table: Table, columns: int) -> Table:
    """The table without its spare columns where the figures and short words alone fill the screen."""
    widths = (
        cells if column.right else min(cells, 12) for cells, column in zip(_widths(table), table.columns, strict=True)
    )
    if sum(widths) + 2 * (len(table.columns) - 1) <= columns:
        return table
    return Table(tuple(column for column in table.columns if not column.spare), table.rows)


def _rows(table: Table) -> list[list[str]]:
    return [[column.heading for column in table.columns], *table.cells(clean.terminal)]


def _widths(table: Table) -> list[int]:
    rows = _rows(table)
    return [max(width(row[k]) for row in rows) for k in range(len(table.columns))]
