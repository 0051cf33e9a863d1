"""A report → one document: Markdown, CSV or JSON. `screen.py` is its form for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from tender_tracker.messages import WORDS, day, moment, money, name, say
from tender_tracker.model import SHANGHAI, Amount, Window
from tender_tracker.reporting import clean, tally
from tender_tracker.reporting.attached import bracketed, unread
from tender_tracker.reporting.compared import length
from tender_tracker.reporting.covered import coverage
from tender_tracker.reporting.market_tables import going
from tender_tracker.reporting.period import iso_week
from tender_tracker.reporting.report import Report, days, shown_lots
from tender_tracker.reporting.table import Column, Table, csv_lines, document, jsonable, own_fields
from tender_tracker.storage.rows import Coverage, Flagged, LotRow


def period(window: Window, lang: str) -> str:
    """2026-11-16 – 2026-11-22 (2026-W47, Shanghai time); the last day is included."""
    if window.since is None and window.until is None:
        return say(lang, "report.all")
    since = day(window.since) or "…"
    until = day(window.until.astimezone(SHANGHAI) - timedelta(days=1)) if window.until else "…"
    week = ""
    if window.since and window.until and window.until - window.since == timedelta(days=7):
        monday = window.since.astimezone(SHANGHAI).weekday() == 0
        week = f"{iso_week(window.since)}, " if monday else ""
    return f"{since} – {until} ({week}{say(lang, 'report.shanghai')})"


def families(row: Flagged, lang: str) -> str:
    return (", " if lang == "en" else "、").join(name(lang, "family", family) for family in row.notice.families)


def buyer(row: Flagged, lang: str) -> str | None:
    """The buyer's name with the standing of a university: 浙江大学（985）."""
    notice = row.notice
    mark = name(lang, "tier", notice.buyer_tier) if notice.buyer_tier else ""
    return f"{notice.buyer}（{mark}）" if notice.buyer and mark else notice.buyer


def quoted(row: Flagged, lang: str) -> str | None:
    """The deciding passage, and the document it stands in."""
    return f"{row.evidence.quote}{bracketed(row.evidence, lang)}" if row.evidence else None


def project(row: Flagged) -> str:
    return row.notice.project_name or row.notice.title


def lot(entry: LotRow) -> str:
    """Name and title of a lot, once where the title repeats the name."""
    return entry.name if not entry.title or entry.title == entry.name else f"{entry.name} {entry.title}"


def also_on(report: Report, row: Flagged, lang: str) -> str:
    """Which other sites carry the notice, and under which numbers; "" for none."""
    sources = say(lang, "digest.comma").join(f"{twin.source} #{twin.id}" for twin in report.twins(row))
    return say(lang, "digest.also_on", sources=sources) if sources else ""


def notes(report: Report, lang: str) -> list[str]:
    """What a reader of the totals must know."""
    by = report.totals.by
    found = [going(report.going, lang)] if report.going.projects else []
    found += [say(lang, "report.totals_note"), say(lang, "report.units")]
    found += [say(lang, f"report.by_{one}") for one in by if f"report.by_{one}" in WORDS]
    if report.compared:
        found += _compared(report, report.compared, lang)
    if report.stats.undated and report.window != Window():
        found.append(say(lang, "report.undated", n=report.stats.undated))
    return [note for note in found if note]


def _compared(report: Report, then: Window, lang: str) -> Iterator[str]:
    """What Δ is against, and why it may not tell what it seems to."""
    yield say(lang, "report.compared", period=period(then, lang))
    now_days, then_days = (length(span) for span in (report.window, then))
    if now_days and then_days and now_days != then_days:
        yield say(lang, "report.lengths", now=now_days, then=then_days)
    oldest, newest = report.stats.oldest, report.stats.newest
    since, until = days(then)[0], days(report.window)[1]
    if oldest and since and oldest > since:
        yield say(lang, "report.begins", day=day(oldest))
    if newest and until and newest < until - timedelta(days=1):
        yield say(lang, "report.ends", day=day(newest))


def markdown(report: Report, lang: str) -> str:
    """Headings, bullets and tables of literal text: no link, image or HTML of a notice comes alive."""
    return "\n".join(_markdown(report, lang)) + "\n"


def _markdown(report: Report, lang: str) -> Iterator[str]:
    yield f"# {say(lang, 'report.title')}\n"
    yield f"{period(report.window, lang)}\n"
    lines = (*coverage(report, lang), unread(report.unread, lang))
    yield from (f"- {clean.markdown(line)}" for line in lines if line)
    for level in report.asked_levels():
        rows, count = report.told_once(level), report.counts.get(level, 0)
        if count:
            yield f"\n## {name(lang, 'level', level)} · {count}\n"
        if rows:
            yield Table(_markdown_columns(report, lang), rows).markdown().rstrip("\n")
    if len(report.flagged) < report.found:
        yield f"\n{say(lang, 'report.more', shown=len(report.flagged), n=report.found)}"
    if report.totals.groups:
        yield f"\n## {say(lang, 'report.totals', by=tally.heading(report.totals.by, lang))}\n"
        yield tally.table(report.totals, lang).markdown()
        yield from (f"{clean.markdown(note)}  " for note in notes(report, lang))


def _markdown_columns(report: Report, lang: str) -> tuple[Column, ...]:
    def lots(row: Flagged) -> str:
        parts = [project(row), *(lot(entry) for entry in shown_lots(row)), also_on(report, row, lang)]
        return " · ".join(part for part in parts if part)

    return (
        Column("id", say(lang, "head.id"), lambda row: str(row.notice.id), right=True),
        Column("date", say(lang, "head.date"), lambda row: day(row.notice.published_on), whole=True),
        Column("buyer", say(lang, "head.buyer"), lambda row: buyer(row, lang)),
        Column("project", say(lang, "head.project"), lots),
        Column("budget", say(lang, "head.budget"), lambda row: money(row.notice.budget, lang), right=True),
        Column("award", say(lang, "head.award"), lambda row: money(row.notice.award, lang), right=True),
        Column("families", say(lang, "head.family"), lambda row: families(row, lang)),
        Column("deadline", say(lang, "head.deadline"), lambda row: moment(row.notice.deadline)),
        Column("quote", say(lang, "head.quote"), lambda row: quoted(row, lang)),
    )


def csv(report: Report) -> str:
    """One line a notice on each site that carries it, English keys, 元 as plain numbers; the same in every language."""
    twins = Column(
        "also_on", "also_on", lambda row: ";".join(f"{twin.source} #{twin.id}" for twin in report.twins(row))
    )
    return "".join(csv_lines((*_CSV, twins), report.flagged))


def csv_of(rows: Iterable[Flagged]) -> Iterator[str]:
    """As `csv`, of any notices, a line at a time."""
    return csv_lines(_CSV, rows)


def _plain(field: str) -> Column:
    return Column(field, field, lambda row: _text(getattr(row.notice, field)))


def _text(value: Any) -> str | None:
    value = jsonable(value)
    return ";".join(value) if isinstance(value, list) else value if value is None else str(value)


def _evidence(field: str) -> Column:
    return Column(field, field, lambda row: getattr(row.evidence, field) if row.evidence else None)


def _amount(field: str) -> Column:
    def value(row: Flagged) -> str | None:
        amount = getattr(row.notice, field)
        return f"{amount.value}" if amount else None

    return Column(field, field, value)


def _currency(amount: Amount | None) -> str | None:
    return amount.currency if amount else None


_CSV: tuple[Column, ...] = (
    *(_plain(field) for field in ("id", "source", "source_id", "published", "level", "kind", "buyer", "buyer_kind")),
    *(
        _plain(field)
        for field in ("buyer_tier", "buyer_institution", "province", "region", "project_no", "project_name", "title")
    ),
    Column("lots", "lots", lambda row: ";".join(entry.name for entry in shown_lots(row))),
    _amount("budget"),
    _amount("award"),
    Column("currency", "currency", lambda row: _currency(row.notice.budget or row.notice.award)),
    *(_plain(field) for field in ("suppliers", "families", "deadline", "import_policy")),
    *(_evidence(field) for field in ("quote", "basis", "rule", "where", "file")),
    Column("page", "page", lambda row: str(row.evidence.page) if row.evidence and row.evidence.page else None),
    Column("attachments", "attachments", lambda row: str(len(row.notice.documents))),
    Column("unread", "unread", lambda row: str(len(row.notice.unread))),
    Column("price_per_card", "price_per_card", lambda row: _text(row.price_per_card)),
    *(_plain(field) for field in ("url", "read_from", "pack")),
)


def json(report: Report) -> str:
    """One document: period, coverage, notices with lots and evidence, totals."""
    return document(
        {
            "since": report.window.since,
            "until": report.window.until,
            "levels": report.asked_levels(),
            "complete": report.complete,
            "coverage": [_coverage(entry) for entry in report.coverage],
            "found": report.found,
            "unread": report.unread,
            "notices": [{**record(row), "also_on": _twins(report, row)} for row in report.flagged],
            "compared": report.compared,
            **tally.record(report.totals),
            "going": report.going,
            "stored": report.stats.notices,
            "undated": report.stats.undated,
        }
    )


def record(row: Flagged) -> dict[str, Any]:
    """The notice's own fields, then the rest of the row beside them; the values are left to who writes them."""
    found = own_fields(row)
    return {**own_fields(found.pop("notice")), **found}


def _twins(report: Report, row: Flagged) -> list[dict[str, Any]]:
    return [{"id": twin.id, "source": twin.source, "url": twin.url} for twin in report.twins(row)]


def _coverage(entry: Coverage) -> dict[str, Any]:
    """Without `age`: it would tell the time of the call."""
    return {key: value for key, value in own_fields(entry).items() if key != "age"}
