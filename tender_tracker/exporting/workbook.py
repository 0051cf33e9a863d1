"""Stored notices → one Excel workbook: notices, lots, sources. Text stays text, so that no cell is a formula."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tender_tracker.errors import UsageError
from tender_tracker.facts.price import card_price
from tender_tracker.messages import name, say
from tender_tracker.model import SHANGHAI, Amount, Delivered
from tender_tracker.reporting import clean
from tender_tracker.reporting.render import buyer, families, project, quoted
from tender_tracker.storage.rows import Coverage, Flagged, LotRow

_LONGEST = 32_767
"""Characters a cell of the format can hold."""
_MOST = 1_048_575
"""Rows a sheet of the format can hold below its heading."""
_MONEY, _DAY, _MOMENT = "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"

Field = tuple[str, int, Callable[[Any], Any]]
"""Key of the heading, width of the column in characters, value of a row."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A title, what stands in its columns, and the rows they take it from."""

    title: str
    fields: Sequence[Field]
    rows: Sequence[Any]


def workbook(rows: Sequence[Flagged], coverage: Iterable[Coverage], lang: str) -> bytes:
    """The file's bytes; times in Asia/Shanghai, money in whole units of its currency.

    Raises UsageError where the extra is not installed.
    """
    return book(notice_sheets(rows, coverage, lang), lang)


def notice_sheets(rows: Sequence[Flagged], coverage: Iterable[Coverage], lang: str) -> tuple[Sheet, ...]:
    """Notices, their lots, delivered goods, the sources."""
    lots = [(row, lot) for row in rows for lot in row.lots]
    return (
        Sheet(say(lang, "head.notices"), _notices(lang), rows),
        Sheet(say(lang, "sheet.lots"), _lots(lang), lots),
        Sheet(say(lang, "sheet.delivered"), _GOODS, [(row, goods) for row in rows for goods in row.delivered]),
        Sheet(say(lang, "head.source"), _SOURCES, list(coverage)),
    )


def book(sheets: Iterable[Sheet], lang: str) -> bytes:
    """The file's bytes. Raises UsageError where the extra is not installed, or a sheet would not hold its rows."""
    try:
        import xlsxwriter
    except ImportError:
        raise UsageError("a workbook needs the extra: pip install 'tenders[xlsx]'") from None
    sheets = tuple(sheets)
    for sheet in sheets:
        if len(sheet.rows) > _MOST:
            raise UsageError(
                f"xlsx: the sheet '{sheet.title}' would have {len(sheet.rows):,} rows, the format holds {_MOST:,}. "
                "Name a shorter period with --since and --until, or use --format csv."
            )
    out = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, settings) as file:
        # The format stores when it was made: a fixed day keeps the bytes the same.
        file.set_properties({"title": say(lang, "report.title"), "created": datetime(2000, 1, 1)})
        for sheet in sheets:
            _sheet(file, sheet.title, sheet.fields, sheet.rows, lang)
    return out.getvalue()


def _sheet(book: Any, title: str, fields: Sequence[Field], rows: Sequence[Any], lang: str) -> None:
    sheet = book.add_worksheet(title)
    head = book.add_format({"bold": True, "bottom": 1})
    styles = {style: book.add_format({"num_format": style}) for style in (_MONEY, _DAY, _MOMENT)}
    for column, (key, width, _) in enumerate(fields):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, say(lang, key), head)
    for line, row in enumerate(rows, 1):
        for column, (_, _, value) in enumerate(fields):
            _write(sheet, line, column, value(row), styles)
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(fields) - 1)


def _write(sheet: Any, line: int, column: int, value: Any, styles: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Decimal):
        sheet.write_number(line, column, float(value), styles[_MONEY])
    elif isinstance(value, int):
        sheet.write_number(line, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, column, value.astimezone(SHANGHAI).replace(tzinfo=None), styles[_MOMENT])
    elif isinstance(value, date):
        sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), styles[_DAY])
    else:
        sheet.write_string(line, column, clean.csv(str(value))[:_LONGEST])


def _notices(lang: str) -> tuple[Field, ...]:
    return (
        ("head.id", 7, lambda row: row.notice.id),
        ("head.date", 11, lambda row: row.notice.published_on),
        ("head.level", 10, lambda row: name(lang, "level", row.notice.level)),
        ("head.kind", 10, lambda row: name(lang, "kind", row.notice.kind)),
        ("head.buyer", 28, lambda row: buyer(row, lang)),
        ("head.region", 10, lambda row: row.notice.province or row.notice.region),
        ("head.project", 44, project),
        ("head.budget", 16, lambda row: _value(row.notice.budget)),
        ("head.award", 16, lambda row: _value(row.notice.award)),
        ("head.currency", 8, lambda row: _currency(row.notice.budget or row.notice.award)),
        ("head.family", 18, lambda row: families(row, lang)),
        ("head.deadline", 17, lambda row: row.notice.deadline),
        ("head.quote", 50, lambda row: quoted(row, lang)),
        ("head.rule", 18, lambda row: row.evidence.rule if row.evidence else None),
        ("head.supplier", 28, lambda row: "；".join(row.notice.suppliers)),
        ("head.price_per_card", 16, lambda row: row.price_per_card),
        ("head.url", 40, lambda row: row.notice.url),
    )


def _lots(lang: str) -> tuple[Field, ...]:
    def of_lot(value: Callable[[LotRow], Any]) -> Callable[[tuple[Flagged, LotRow]], Any]:
        return lambda pair: value(pair[1])

    return (
        ("head.id", 7, lambda pair: pair[0].notice.id),
        ("head.project", 44, lambda pair: project(pair[0])),
        ("head.lot", 10, of_lot(lambda lot: lot.name)),
        ("head.title", 36, of_lot(lambda lot: lot.title)),
        ("head.level", 10, of_lot(lambda lot: name(lang, "level", lot.level) if lot.level else None)),
        ("head.budget", 16, of_lot(lambda lot: _value(lot.budget))),
        ("head.award", 16, of_lot(lambda lot: _value(lot.award))),
        ("head.supplier", 28, of_lot(lambda lot: "；".join(lot.suppliers))),
        ("head.quote", 50, of_lot(lambda lot: lot.evidence.quote if lot.evidence else None)),
    )


def _card(goods: Delivered) -> Decimal | None:
    price = card_price(goods)
    return price.value if price else None


_GOODS: tuple[Field, ...] = (
    ("head.id", 7, lambda pair: pair[0].notice.id),
    ("head.project", 44, lambda pair: project(pair[0])),
    ("head.lot", 10, lambda pair: pair[1].lot),
    ("head.supplier", 28, lambda pair: pair[1].supplier or "；".join(pair[0].notice.suppliers)),
    ("head.name", 24, lambda pair: pair[1].name),
    ("head.brand", 14, lambda pair: pair[1].brand),
    ("head.model", 32, lambda pair: pair[1].model),
    ("head.quantity", 9, lambda pair: pair[1].quantity),
    ("head.unit", 6, lambda pair: pair[1].unit),
    ("head.unit_price", 16, lambda pair: pair[1].unit_price),
    ("head.line_total", 16, lambda pair: pair[1].total),
    ("head.currency", 8, lambda pair: pair[1].currency if pair[1].unit_price or pair[1].total else None),
    ("head.cards", 9, lambda pair: pair[1].cards),
    ("head.price_per_card", 16, lambda pair: _card(pair[1])),
    ("head.quote", 50, lambda pair: pair[1].quote),
    ("head.attachment", 24, lambda pair: pair[1].file),
    ("head.page", 6, lambda pair: pair[1].page),
)
_SOURCES: tuple[Field, ...] = (
    ("head.source", 14, lambda entry: entry.source or "–"),
    ("head.notices", 10, lambda entry: entry.notices),
    ("head.state", 10, lambda entry: entry.state),
    ("head.last_good", 17, lambda entry: entry.last_good),
    ("head.newest", 12, lambda entry: entry.newest),
    ("head.refused", 10, lambda entry: entry.refused),
)


def _value(amount: Amount | None) -> Decimal | None:
    return amount.value if amount else None


def _currency(amount: Amount | None) -> str | None:
    return amount.currency if amount else None
