"""Block text → the fields of a notice, whatever template wrote it; what the text does not print is None."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tender_tracker import dates, deadlines, kinds, labels, money, names
from tender_tracker.labels import Entry, Row
from tender_tracker.lots import lots_of, priced
from tender_tracker.model import Amount, Attachment, Kind, Lot

_NUMBER = re.compile(r"[A-Za-z0-9\u4e00-\u9fff\[［(（【〔][\w\-\[\]［］()（）〔〕【】/.－—_―]*")
_FILE = re.compile(
    r"[^\s|：:；;、，,]+?\.(?:docx?|pdf|xlsx?|zip|rar|7z|wps|ofd|jpg|png|dwg|txt|pptx?|et|tif|gef)(?![a-z])",
    re.IGNORECASE,
)
_SIZE = re.compile(r"^\d+(?:\.\d+)?\s?[KMG]B?(?=\D|\d)", re.IGNORECASE)
_SIGNED = re.compile(r"(20\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日)[\"”\s]*(?=$|\n|附件)")
_QUOTED_PROJECT = re.compile(
    r"(?:本招标项目|本采购项目|对|就|关于|组织的?)\s*[“\"《]?\s*([^，。；：\n“”\"《》]{4,80}?(?:项目|工程|采购|服务)(?:[（(][^）)]{1,20}[）)])?)\s*[”\"》]?"
    r"\s*(?=，|进行|组织|的?招标|采购进行|已)"
)


@dataclass(frozen=True, slots=True)
class Fields:
    """What one text prints; see model.Notice for the meaning of each."""

    kind: Kind
    title: str | None = None
    project_no: str | None = None
    project_name: str | None = None
    buyer: str | None = None
    agency: str | None = None
    region: str | None = None
    published: dates.When | None = None
    deadline: datetime | None = None
    budget: Amount | None = None
    award: Amount | None = None
    lots: tuple[Lot, ...] = ()
    suppliers: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def read(text: str, title: str = "", column: str = "") -> Fields:
    """Block text, with the title and the name of the site's column where the page gives them → Fields."""
    found = names.resolved(labels.entries(text), text)
    table = list(labels.rows(text)) if "|" in text else []
    title = title or _value(found, "title") or ""
    kind = kinds.kind_of(title, column, text)
    lots = lots_of(found, table, text)
    suppliers = _suppliers(found, table, lots, kind)
    return Fields(
        kind=kind,
        title=title or None,
        project_no=_project_no(found, text),
        project_name=_project_name(found, text),
        buyer=names.buyer(found, text),
        agency=names.agency(found, text),
        region=names.region(found),
        published=_published(found, text),
        deadline=deadlines.find(text, kind == "amendment") if kind in ("tender", "amendment", "other") else None,
        budget=_budget(found, table, lots, text),
        award=_award(found, table, lots) if kind in ("award", "contract") else None,
        lots=lots,
        suppliers=suppliers,
        attachments=_attachments(found),
    )


def _value(entries: Sequence[Entry], *fields: str) -> str | None:
    for field in fields:
        for entry in entries:
            if entry.field == field and entry.value.strip(" /-—"):
                return entry.value.strip()
    return None


def _project_no(entries: Sequence[Entry], text: str) -> str | None:
    for field in ("project_no", "weak_no"):
        for entry in entries:
            if entry.field == field:
                number = _NUMBER.match(entry.value.strip(" ：:"))
                cleaned = _balanced(number.group()) if number else ""
                if len(cleaned) > 3 and any(char.isdigit() for char in cleaned):
                    return cleaned
    return None


def _balanced(number: str) -> str:
    """XM-1）的 → XM-1: a closing bracket that was never opened ends a number, and so does Chinese prose."""
    for opening, closing in ("（）", "()", "[]", "【】"):
        while number.count(closing) > number.count(opening):
            number = number[: number.rfind(closing)]
        while number.count(opening) > number.count(closing):
            number = number[: number.rfind(opening)]
    return re.sub(r"[\u4e00-\u9fff]{4,}$|[（(](?:招标文件|采购文件|项目)?编号.*$", "", number).rstrip("-.—_/")


def _project_name(entries: Sequence[Entry], text: str) -> str | None:
    name = _value(entries, "project_name")
    if name is None:
        told = _QUOTED_PROJECT.search(text[:1500])
        name = told.group(1) if told else None
    if name is None:
        return None
    return name.split("\n")[0].split(" | ")[0].strip(' 。；;，,“”"') or None


def _published(entries: Sequence[Entry], text: str) -> dates.When | None:
    for entry in entries:
        if entry.field == "published":
            when = dates.first(entry.value)
            if when is not None:
                return when
    signed = list(_SIGNED.finditer(text, max(0, len(text) - 400)))
    if signed:
        return dates.first(signed[-1].group(1))
    return None


def _budget(entries: Sequence[Entry], table: Sequence[Row], lots: Sequence[Lot], text: str) -> Amount | None:
    for field in ("budget", "cap"):
        labelled = money.first(entries, field)
        by_lot = money.total(lot.budget for lot in lots)
        if labelled is not None:
            entry, amount = labelled
            split = money.total(priced(entry.value).values())
            if split is not None:
                return split
            inside = len(lots) > 1 and any(lot.budget == amount for lot in lots) and by_lot is not None
            return by_lot if inside else amount
        columns = money.column(table, field)
        if len(columns) == 1 and columns[0] is not None:
            return columns[0]
        amount = money.total(columns) or (by_lot if field == "cap" else None) or money.told(text, field)
        if amount is not None:
            return amount
    return None


def _award(entries: Sequence[Entry], table: Sequence[Row], lots: Sequence[Lot]) -> Amount | None:
    columns = money.column(table, "award")
    labelled = [amount for entry in entries if entry.field == "award" and (amount := money.of_entry(entry)) is not None]
    printed = next((amount for amount in labelled if amount.value), None)
    if len(columns) == 1 and columns[0] is not None:
        return columns[0]
    summed = money.total(columns) or money.total(lot.award for lot in lots)
    if summed is not None:
        return printed if printed is not None and printed.value == summed.value else summed
    rest = [amount for amount in labelled[1:] if amount.value]
    if printed is not None and len(rest) > 1 and sum(amount.value for amount in rest) == printed.value:
        return printed
    return printed or (labelled[0] if labelled else None)


def _suppliers(entries: Sequence[Entry], table: Sequence[Row], lots: Sequence[Lot], kind: Kind) -> tuple[str, ...]:
    if kind == "single_source":
        found = [entry.value for entry in entries if entry.field in ("proposed",)]
        found = found or [entry.value for entry in entries if entry.field == "supplier_name"][:1]
    elif kind in ("award", "contract"):
        winners = [row.cells["supplier"][1] for row in table if "supplier" in row.cells and "award" in row.cells]
        winners = winners or [
            row.cells["supplier_name"][1] for row in table if "supplier_name" in row.cells and "award" in row.cells
        ]
        labelled = [entry.value for entry in entries if entry.field == "supplier"]
        named = [entry.value for entry in entries if entry.field == "supplier_name"]
        first = [entry.value for entry in entries if entry.field == "first_candidate"]
        found = winners or labelled or first or named
    else:
        return ()
    cleaned = [names.clean(value) for value in found]
    return tuple(dict.fromkeys(name for name in cleaned if name is not None))


def _attachments(entries: Sequence[Entry]) -> tuple[Attachment, ...]:
    """File names behind 附件; sizes that touch them (…doc430.7K) are taken off."""
    found: list[str] = []
    for entry in entries:
        if entry.field == "attachment":
            rest = entry.value
            while match := _FILE.search(rest):
                found.append(match.group())
                rest = rest[match.end() :].lstrip()
                rest = _SIZE.sub("", rest).lstrip()
    return tuple(Attachment(name) for name in dict.fromkeys(found))
