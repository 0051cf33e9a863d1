"""Values of the model ↔ columns of the store, both ways in one place, and the fingerprint of a notice's content."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from tender_tracker.model import SHANGHAI, Amount, Attachment, Evidence, Lot, Notice, Verdict

Row = dict[str, Any]

_BUDGET = ("budget_value", "budget_currency", "budget_basis", "budget_raw")
_AWARD = ("award_value", "award_currency", "award_basis", "award_raw")
_SAID = (
    *("title", "kind", "project_no", "project_name", "buyer", "agency", "region", "language", "country"),
    *("published", "published_has_time", "deadline"),
    *(*_BUDGET, *_AWARD),
)
VERSION = "notice_id, number, seen_at, content_hash, level, changed, unpacked(notice) AS notice, run_id, cause, verdict"
"""What is selected of `versions`: of every column what it says, as none but the program can read a packed one."""
_LOT = ("name", "title", *_BUDGET, *_AWARD)
_encode = json.JSONEncoder(ensure_ascii=False).encode


def notice_row(notice: Notice) -> Row:
    """The columns of `notices` that come from the notice itself."""
    return {
        "source": notice.source,
        "source_id": notice.source_id,
        "url": notice.url,
        "title": notice.title,
        "kind": notice.kind,
        "project_no": notice.project_no,
        "project_name": notice.project_name,
        "buyer": notice.buyer,
        "agency": notice.agency,
        "region": notice.region,
        "language": notice.language,
        "country": notice.country,
        "published": utc(notice.published),
        "published_has_time": int(notice.published_has_time),
        "published_on": _day(notice),
        "deadline": utc(notice.deadline),
        **_money(_BUDGET, notice.budget),
        **_money(_AWARD, notice.award),
        "suppliers": to_json(notice.suppliers),
        "attachments": to_json([(file.name, file.url) for file in notice.attachments]),
        "text_length": len(notice.text),
        "read_at": utc(notice.read_at),
        "read_from": notice.read_from,
    }


def written(row: Row) -> Row:
    """The same columns as the table holds them: of a name that the title begins with, its length only."""
    name, title = row["project_name"], row["title"]
    begins = name is not None and title.startswith(name) and "\0" not in name  # SQLite ends a text there
    own = (None, len(name)) if begins else (name, None)
    return {**{key: row[key] for key in row if key != "project_name"}, "own_name": own[0], "name_length": own[1]}


def verdict_row(verdict: Verdict) -> Row:
    return {
        "level": verdict.level,
        "compute": int(verdict.compute),
        "import_policy": verdict.import_policy,
        "families": to_json(verdict.families),
        "pack": verdict.pack,
    }


def lot_rows(lots: Sequence[Lot], verdict: Verdict) -> list[Row]:
    """The notice's lots with the level of each, then lots that only the rules made out."""
    if not lots and not verdict.lots:
        return []
    decided = [(lot, next((v for v in verdict.lots if same_lot(lot.name, v.name)), None)) for lot in lots]
    matched = {found.name for _, found in decided if found}
    decided += [(Lot(found.name), found) for found in verdict.lots if found.name not in matched]
    return [
        {
            "name": lot.name,
            "title": lot.title,
            "level": found.level if found else None,
            **_money(_BUDGET, lot.budget),
            **_money(_AWARD, lot.award),
            "suppliers": to_json(lot.suppliers),
        }
        for lot, found in decided
    ]


def same_lot(printed: str, found: str | None) -> bool:
    """Whether the rules' lot is the printed one: 标段一 is 标段一（CANN生态）, but 标段十 is not 标段十一."""
    return found is not None and (printed == found or re.match(re.escape(found) + r"[（(：: ]", printed) is not None)


def evidence_rows(evidence: Iterable[Evidence]) -> list[Row]:
    return [
        {
            "lot": item.lot,
            "rule": item.rule,
            "effect": item.effect,
            "basis": item.basis,
            "families": to_json(item.families),
            "found_in": item.where,
            "starts": item.start,
            "ends": item.end,
            "quote": item.quote,
            "cues": to_json(item.cues),
            "file": item.file,
            "page": item.page,
        }
        for item in evidence
    ]


def content(row: Mapping[str, Any], text: str, lots: Iterable[Mapping[str, Any]]) -> Row:
    """What a notice says, by field: neither where and when it was read, nor what the rules make of it.

    Addresses are left out, so that a page is the same notice saved and live.
    """
    said = {name: row[name] for name in _SAID if row[name] is not None}
    said["suppliers"] = json.loads(row["suppliers"])
    said["attachments"] = [name for name, _ in json.loads(row["attachments"])]
    said["lots"] = [
        {**{name: lot[name] for name in _LOT if lot[name] is not None}, "suppliers": json.loads(lot["suppliers"])}
        for lot in lots
        if tells(lot)
    ]
    return {**said, "text": text}


def fingerprint(row: Row, notice: Notice, lots: Iterable[Row]) -> str:
    """Hash of `content`. A field without a value does not count, so a field added later changes no old notice."""
    from hashlib import blake2b  # a reader of the store needs none

    said = [f"{name}\x1f{value}" for name in _SAID if (value := row[name]) is not None]
    said += [file.name for file in notice.attachments]
    said.append(row["suppliers"])
    said += [f"{name}\x1f{lot[name]}" for lot in lots if tells(lot) for name in (*_LOT, "suppliers")]
    said.append("")
    told = blake2b("\x1e".join(said).encode(), digest_size=16)
    told.update(notice.text.encode())
    return told.hexdigest()


def tells(lot: Mapping[str, Any]) -> bool:
    """Whether a row of `lots` says more than a name."""
    return lot["suppliers"] != "[]" or any(lot[name] is not None for name in ("title", "budget_value", "award_value"))


def difference(old: Row, new: Row) -> Row:
    """Field → [old, new] for every field that differs; of the text only that it does."""
    names = [name for name in {**old, **new} if name != "text" and old.get(name) != new.get(name)]
    changed: Row = {name: [old.get(name), new.get(name)] for name in names}
    if old["text"] != new["text"]:
        changed["text_length"] = [len(old["text"]), len(new["text"])]
    return changed


def amount(row: Mapping[str, Any], money: Literal["budget", "award"]) -> Amount | None:
    value = row[f"{money}_value"]
    if value is None:
        return None
    return Amount(
        Decimal(repr(value)), row[f"{money}_raw"], currency=row[f"{money}_currency"], basis=row[f"{money}_basis"]
    )


def money(name: Literal["budget", "award"], amount: Amount | None) -> Row:
    """The four columns of an amount."""
    return _money(_BUDGET if name == "budget" else _AWARD, amount)


def printed(text: str) -> Amount:
    """JSON of value, currency, basis and passage → the amount."""
    value, currency, basis, raw = json.loads(text)
    return Amount(Decimal(repr(value)), raw, currency, basis)


def attachments(row: Mapping[str, Any]) -> tuple[Attachment, ...]:
    found = row["attachments"]
    return () if found == "[]" else tuple(Attachment(name, url) for name, url in json.loads(found))


def lot(row: Mapping[str, Any]) -> Lot:
    return Lot(row["name"], row["title"], amount(row, "budget"), amount(row, "award"), strings(row["suppliers"]))


def evidence(row: Mapping[str, Any]) -> Evidence:
    return Evidence(
        quote=row["quote"],
        start=row["starts"],
        end=row["ends"],
        where=row["found_in"],
        rule=row["rule"],
        effect=row["effect"],
        lot=row["lot"],
        families=strings(row["families"]),
        basis=row["basis"],
        cues=strings(row["cues"]),
        file=row["file"],
        page=row["page"],
    )


@lru_cache(4096)
def strings(value: str) -> tuple[str, ...]:
    return () if value == "[]" else tuple(json.loads(value))


def utc(moment: datetime | None) -> str | None:
    """An aware moment as `2026-11-23T10:00:00Z`, which sorts as text."""
    return None if moment is None else _utc(moment)


@lru_cache(4096)
def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {moment}")
    return moment.astimezone(UTC).isoformat()[:19] + "Z"


def moment(value: str | None) -> datetime | None:
    return None if value is None else seen(value)


@lru_cache(4096)
def seen(value: str) -> datetime:
    return datetime.fromisoformat(value)


def day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def to_json(values: Sequence[Any]) -> str:
    return _encode(values) if values else "[]"


def _day(notice: Notice) -> str | None:
    """The printed day where only a day is printed, else the day in Asia/Shanghai."""
    if notice.published is None:
        return None
    moment = notice.published.astimezone(SHANGHAI) if notice.published_has_time else notice.published
    return moment.isoformat()[:10]


def _money(names: Sequence[str], amount: Amount | None) -> Row:
    if amount is None:
        return dict.fromkeys(names)
    return dict(zip(names, (number(amount.value), amount.currency, amount.basis, amount.raw), strict=True))


def number(value: Decimal) -> int | float:
    """Whole 元 as an integer, so that sums stay exact; SQLite's integers end at 2⁶³."""
    return int(value) if value == value.to_integral_value() and abs(value) < 2**63 else float(value)
