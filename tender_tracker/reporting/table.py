"""Rows → one table for a terminal, a pipe (tabs), CSV, Markdown or JSON, each cleaned for its channel."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

from tender_tracker.model import SHANGHAI
from tender_tracker.reporting import clean

if TYPE_CHECKING:
    from rich.table import Table as RichTable

WIDE = 110
"""Cells of a terminal that shows every column."""


@dataclass(frozen=True, slots=True)
class Column:
    """`text` gives the cell of a row, None an empty one; `key` names the column in CSV."""

    key: str
    heading: str
    text: Callable[[Any], str | None]
    right: bool = False
    style: Callable[[Any], str] = lambda row: ""
    spare: bool = False
    """Left out on a narrow terminal."""
    whole: bool = False
    """Never broken over two lines, as a day or a figure must not be; so is what stands right."""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are whatever the columns take; JSON prints the rows themselves."""

    columns: tuple[Column, ...]
    rows: tuple[Any, ...]

    def cells(self, cleaner: Callable[[str], str]) -> Iterable[list[str]]:
        for row in self.rows:
            yield [cleaner(column.text(row) or "") for column in self.columns]

    def tabs(self) -> str:
        """Headings and rows, one line each, parted by tabs."""
        head = [column.heading for column in self.columns]
        return "".join("\t".join(line) + "\n" for line in (head, *self.cells(clean.terminal)))

    def csv(self) -> str:
        """As `csv_lines`, in one text."""
        return "".join(csv_lines(self.columns, self.rows))

    def markdown(self) -> str:
        head = "| " + " | ".join(clean.markdown(column.heading) for column in self.columns) + " |"
        rule = "|" + "|".join(" ---: " if column.right else " --- " for column in self.columns) + "|"
        body = ("| " + " | ".join(line) + " |" for line in self.cells(clean.markdown))
        return "\n".join((head, rule, *body)) + "\n"

    def rich(self, width: int) -> RichTable:
        """For a terminal of so many cells; what it shows is Text, so that no markup is read."""
        from rich.table import Table as RichTable
        from rich.text import Text

        table = RichTable(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        columns = [column for column in self.columns if width >= WIDE or self._is_needed(column)]
        for column in columns:
            narrow = column.right and width < WIDE
            table.add_column(
                Text(column.heading.replace(" ", "\n") if narrow else column.heading),
                justify="right" if column.right else "left",
                overflow="fold",
                no_wrap=column.right or column.whole,
            )
        for row in self.rows:
            cells = ((clean.terminal(column.text(row) or ""), column.style(row)) for column in columns)
            table.add_row(*(Text(text, style=style) for text, style in cells))
        return table

    def _is_needed(self, column: Column) -> bool:
        """On a narrow terminal: not spare, and not empty in every row."""
        return not column.spare and (not self.rows or any(column.text(row) for row in self.rows))


def csv_lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    """RFC 4180 with the keys as heading, a row at a time; no cell a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.key for column in columns)
    for row in rows:
        writer.writerow(clean.csv(column.text(row) or "") for column in columns)
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


_JSON = frozenset((str, int, float, bool))
"""What JSON says as it is."""


def jsonable(value: Any) -> Any:
    """Rows → JSON values: money and times as text, times of Shanghai with their offset, tuples as lists."""
    if value is None or type(value) in _JSON:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: jsonable(item) for name, item in own_fields(value).items()}
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, Decimal | Path) else value


def own_fields(value: Any) -> dict[str, Any]:
    """A dataclass → its fields by name, each as it is."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def document(value: Any) -> str:
    """One indented JSON document with a line feed at its end."""
    return _valid(json.dumps(jsonable(value), ensure_ascii=False, indent=2), value, 2) + "\n"


def listed(head: Mapping[str, Any], name: str, items: Iterable[Any]) -> Iterator[str]:
    """The same document as of `{**head, name: [*items]}`, an item at a time, so that the list may be of any length."""
    before = document(head).removesuffix("\n}\n") + f',\n  "{name}": ['
    for item in items:
        yield before + indent("\n" + document(item).removesuffix("\n"), "    ")
        before = ","
    yield "\n  ]\n}\n" if before == "," else f"{before}]\n}}\n"


def line(value: Any) -> str:
    """One line of JSON Lines."""
    return _valid(json.dumps(jsonable(value), ensure_ascii=False), value, None) + "\n"


def _valid(text: str, value: Any, spaces: int | None) -> str:
    """The same values in valid UTF-8 that turns nothing on a terminal.

    Controls and direction marks are escaped. A lone surrogate (half of a broken escape in somebody's JSON) has no
    UTF-8: such a value is written in ASCII.
    """
    text = clean.json(text)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(jsonable(value), indent=spaces)
    return text
