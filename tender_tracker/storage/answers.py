"""Rows as SQLite gives them → the plain values of rows.py."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from tender_tracker.facts.price import price_per_card
from tender_tracker.model import Attachment
from tender_tracker.storage import bigrams, columns, figures
from tender_tracker.storage.papers import named
from tender_tracker.storage.rows import DocumentRow, Flagged, Hit, LotRow, NoticeRow, RunRow, Total, Version
from tender_tracker.storage.standing import PastRun

AROUND = 40
"""Characters shown on each side of a word that was found."""

Row = Mapping[str, Any]


def notice(row: Row, documents: Iterable[Row] = ()) -> NoticeRow:
    """`documents` are the rows of its attachments that were ever wanted."""
    attachments = columns.attachments(row)
    return NoticeRow(
        id=row["id"],
        source=row["source"],
        source_id=row["source_id"],
        url=row["url"],
        title=row["title"],
        kind=row["kind"],
        level=row["level"],
        compute=bool(row["compute"]),
        import_policy=row["import_policy"],
        families=columns.strings(row["families"]),
        published=columns.moment(row["published"]),
        published_has_time=bool(row["published_has_time"]),
        published_on=columns.day(row["published_on"]),
        deadline=columns.moment(row["deadline"]),
        project_no=row["project_no"],
        project_name=row["project_name"],
        buyer=row["buyer"],
        buyer_kind=row["buyer_kind"],
        buyer_tier=row["buyer_tier"],
        buyer_institution=row["buyer_institution"],
        province=row["province"],
        region=row["region"],
        agency=row["agency"],
        budget=columns.amount(row, "budget"),
        award=columns.amount(row, "award"),
        suppliers=columns.strings(row["suppliers"]),
        attachments=attachments,
        language=row["language"],
        country=row["country"],
        text_length=row["text_length"],
        pack=row["stands_under"],
        first_seen=columns.seen(row["first_seen"]),
        last_seen=columns.seen(row["last_seen"]),
        changed_at=columns.moment(row["changed_at"]),
        read_at=columns.moment(row["read_at"]),
        read_from=row["read_from"],
        linked_project=row["linked_project"],
        documents=tuple(_documents(attachments, documents)) if attachments else (),
    )


def _documents(attachments: Iterable[Attachment], rows: Iterable[Row]) -> Iterator[DocumentRow]:
    known = {row["name"]: row for row in rows}
    for file in named(attachments):
        row = known.get(file.name)
        if row is None:
            yield DocumentRow(file.name, file.url)
            continue
        yield DocumentRow(
            name=file.name,
            url=file.url or row["url"],
            state=row["state"],
            reasons=columns.strings(row["reasons"]),
            message=row["message"],
            format=row["format"],
            bytes=row["bytes"],
            sha256=row["sha256"],
            asked_at=columns.moment(row["asked_at"]),
            next_try=columns.moment(row["next_try"]),
            unread=tuple(map(tuple, json.loads(row["unread"] or "[]"))),
        )


Parts = Mapping[str, Iterable[Row]]
"""Rows of the side tables of one notice: lots, evidence, quantities, deliveries."""


def flagged(row: NoticeRow, parts: Parts) -> Flagged:
    """Evidence comes deciding passages first, so the first of a lot is the one that decided it."""
    passages = [columns.evidence(item) for item in parts["evidence"]]
    quantities = tuple(map(figures.quantity, parts["quantities"]))
    delivered = tuple(map(figures.delivered, parts["deliveries"]))
    return Flagged(
        row,
        tuple(
            LotRow(
                name=lot["name"],
                title=lot["title"],
                level=lot["level"],
                budget=columns.amount(lot, "budget"),
                award=columns.amount(lot, "award"),
                suppliers=columns.strings(lot["suppliers"]),
                evidence=next((passage for passage in passages if columns.same_lot(lot["name"], passage.lot)), None),
            )
            for lot in parts["lots"]
        ),
        next(iter(passages), None),
        quantities,
        delivered,
        price_per_card(quantities, delivered),
    )


def version(row: Row) -> Version:
    return Version(
        seen_at=columns.seen(row["seen_at"]),
        content_hash=row["content_hash"],
        level=row["level"],
        changed={name: (old, new) for name, (old, new) in json.loads(row["changed"]).items()},
        notice=json.loads(row["notice"]),
        cause=row["cause"],
        run_id=row["run_id"],
        decided=json.loads(row["verdict"]) if row["verdict"] else None,
    )


def run(row: Row) -> RunRow:
    return RunRow(
        id=row["id"],
        command=row["command"],
        started=columns.seen(row["started"]),
        ended=columns.moment(row["ended"]),
        exit_code=row["exit_code"],
        pack=row["pack"],
    )


def past_run(row: Row) -> PastRun:
    return PastRun(
        started=columns.seen(row["started"]),
        state=row["state"],
        live=row["command"] == "fetch",
        last_good=columns.moment(row["last_good"]),
        new=row["new"],
        alarm=row["alarm"],
    )


def hit(row: NoticeRow, text: str, word: str) -> Hit:
    """The title where it has the (lower-case) word, else the passage around it in the text."""
    if word in bigrams.lower(row.title) or word not in bigrams.lower(text):
        return Hit(row, "title", row.title)
    return Hit(row, "text", around(text, word))


def around(text: str, word: str) -> str:
    """The line around the first place of the (lower-case) word, cut to a few characters on each side."""
    at = bigrams.lower(text).find(word)
    line = max(text.rfind("\n", 0, at) + 1, at - AROUND)
    end = text.find("\n", at + len(word))
    return text[line : min(len(text) if end < 0 else end, at + len(word) + AROUND)]


def total(row: Row, keys: int) -> Total:
    """The first `keys` columns name the group, the others bear the names of the fields."""
    named = {name: row[name] for name in row.keys()[keys:]}  # type: ignore[index]
    sums = {name: yuan(row[name]) for name in ("budget_sum", "award_sum")}
    return Total(keys=tuple(row)[:keys], **{**named, **sums})


def yuan(value: float | None) -> Decimal | None:
    """A sum of SQLite; 元 have two decimals, so binary dust behind them is cut."""
    return None if value is None else Decimal(repr(round(value, 2) if isinstance(value, float) else value))
