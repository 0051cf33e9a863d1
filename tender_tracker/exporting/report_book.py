"""A Report and its Overview → one Excel workbook: what was read, how the period divides, then the notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tender_tracker.exporting.workbook import Field, Sheet, book, notice_sheets
from tender_tracker.messages import say
from tender_tracker.reporting import tally
from tender_tracker.reporting.covered import each, judgement
from tender_tracker.reporting.overview import Overview
from tender_tracker.reporting.render import notes, period
from tender_tracker.reporting.report import Report
from tender_tracker.storage.division import Division

_LONGEST = 31
"""Characters the name of a sheet can have."""


def report_book(report: Report, seen: Overview, lang: str) -> bytes:
    """The file's bytes; sums in 元 as numbers. Raises UsageError where the extra is not installed."""
    return book(_sheets(report, seen, lang), lang)


def _sheets(report: Report, seen: Overview, lang: str) -> Iterator[Sheet]:
    said = [period(report.window, lang), *each(report, lang), judgement(report, lang), *notes(report, lang)]
    yield Sheet(say(lang, "figure.coverage"), (("head.detail", 120, lambda line: line),), said)
    done, sights = set(), seen.sights
    for division in (report.totals, seen.levels, sights.families, sights.regions, sights.tiers, sights.shares):
        if division.by not in done:
            title = say(lang, "tally.sheet", by=tally.heading(division.by, lang))[:_LONGEST]
            yield Sheet(title, _fields(division), list(tally.rows(division, lang)))
        done.add(division.by)
    yield from notice_sheets(report.flagged, report.coverage, lang)


def _fields(division: Division) -> tuple[Field, ...]:
    keys = (
        ("head.band" if one == "size" else f"head.{one}", 20, _label(place)) for place, one in enumerate(division.by)
    )
    return (*keys, *_figures(division))


def _figures(division: Division) -> Iterator[Field]:
    for field in tally.COMPARED:
        wide = 18 if field.endswith("_sum") else 9
        yield f"head.{field}", wide, _figure(field)
        if division.whole.then is not None:
            yield "head.change", wide, _change(field)
        if field.endswith("_sum"):
            yield "head.undisclosed", 9, _figure(field.replace("_sum", "_undisclosed"))


def _label(place: int) -> Callable[[tally.Row], str]:
    return lambda row: row.labels[place]


def _figure(field: str) -> Callable[[tally.Row], Any]:
    return lambda row: getattr(row.group.now, field)


def _change(field: str) -> Callable[[tally.Row], Any]:
    def value(row: tally.Row) -> Any:
        more = row.group.more(field)
        return more if more is None or field.endswith("_sum") else int(more)

    return value
