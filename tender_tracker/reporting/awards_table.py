"""Awards → a table for a reader, CSV with a line for each row of goods, and what they come to in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Any

from tender_tracker.messages import day, name, say, yuan
from tender_tracker.reporting import clean
from tender_tracker.reporting.awards import Awarded, Goods
from tender_tracker.reporting.market_tables import share
from tender_tracker.reporting.styled import Line
from tender_tracker.reporting.table import Column, Table

SHOWN = 2
"""Rows of goods that a line names."""


def table(found: Sequence[Awarded], lang: str) -> Table:
    """One line an award."""
    columns = (
        Column("date", say(lang, "head.date"), lambda row: day(row.day), whole=True),
        Column("buyer", say(lang, "head.buyer"), lambda row: row.notice.buyer, spare=True),
        Column("lot", say(lang, "head.project_lot"), _subject),
        Column("supplier", say(lang, "head.supplier"), lambda row: "；".join(row.suppliers)),
        Column("delivered", say(lang, "head.delivered"), lambda row: goods(row, lang)),
        Column("unit_price", say(lang, "head.unit_price"), lambda row: _unit_price(row), right=True),
        Column("price_per_card", say(lang, "head.price_per_card"), lambda row: yuan(row.price_per_card), right=True),
        Column("discount", say(lang, "head.discount"), _discount, right=True, spare=True),
        Column("match", say(lang, "head.match"), lambda row: match(row, lang)),
    )
    return Table(columns, tuple(found))


def lines(found: Sequence[Awarded], lang: str) -> Iterator[Line]:
    """Each award of one project on a line of its own below a heading; nothing where there is none."""
    if found:
        yield from ((), ((say(lang, "sheet.delivered"), "bold"),))
    for entry in found:
        costs = (
            ("digest.price_per_card", yuan(entry.price_per_card)),
            ("awards.below", share(entry.discount.share if entry.discount else None)),
        )
        told = [say(lang, key, sum=value) for key, value in costs if value]
        parts = (entry.lot, "；".join(entry.suppliers), goods(entry, lang), *told, match(entry, lang))
        yield (("  ", ""), (clean.terminal(" · ".join(part for part in parts if part)), ""))


def csv(found: Iterable[Awarded]) -> str:
    """A line for each row of goods, one for an award without any; money in 元 unless `currency` says otherwise."""
    rows = [(entry, goods) for entry in found for goods in (entry.goods or (None,))]
    return Table(tuple(_plain()), tuple(rows)).csv()


def summary(found: Sequence[Awarded], lang: str) -> str:
    """How many awards tell what; medians with their n."""
    cut = [entry.discount.share for entry in found if entry.discount]
    days = list({e.project: e.course.lead_days for e in found if e.course.lead_days is not None}.values())
    return say(
        lang,
        "awards.summary",
        n=len(found),
        priced=sum(entry.price_per_card is not None or _priced(entry) for entry in found),
        discounted=len(cut),
        discount=_median(share(median(cut)) if cut else None, lang),
        timed=len(days),
        lead=_median(say(lang, "awards.days", n=f"{median(days):g}") if days else None, lang),
    )


def goods(entry: Awarded, lang: str) -> str:
    """Brand and model × quantity, goods with chips first."""
    rows = sorted((each.row for each in entry.goods), key=lambda row: not (row.families or row.foreign))
    told = []
    for row in rows[:SHOWN]:
        made = " ".join(dict.fromkeys(part for part in (row.brand, row.model) if part))
        told.append(f"{made} × {row.quantity:f} {row.unit or ''}".rstrip() if row.quantity is not None else made)
    rest = len(rows) - SHOWN
    return "；".join(told) + (say(lang, "awards.more", n=rest).join((" ", "")) if rest > 0 else "")


def match(entry: Awarded, lang: str) -> str:
    """昇腾 → 昇腾 · 符合要求"""
    foreign = name(lang, "match", "foreign") if any(each.row.foreign for each in entry.goods) else "–"
    delivered = " ".join(name(lang, "family", family) for family in entry.delivered) or foreign
    if entry.demand is None or entry.match is None:
        return f"– → {delivered}"
    asked = " ".join(name(lang, "family", family) for family in entry.demand.families) or name(lang, "match", "any")
    told = name(lang, "match", entry.match)
    parts = [f"{asked} → {delivered}", told if told != delivered else ""]
    if entry.match == "not_printed" and entry.unread:
        parts.append(say(lang, "awards.unread", n=entry.unread))
    return " · ".join(part for part in parts if part)


def _subject(entry: Awarded) -> str:
    project = entry.notice.project_name or entry.notice.title
    if entry.notice.buyer:
        project = project.removeprefix(entry.notice.buyer).strip() or project
    lot = " ".join(dict.fromkeys(part for part in (entry.lot, entry.lot_title) if part))
    return f"{project} · {lot}" if lot else project


def _discount(entry: Awarded) -> str | None:
    return share(entry.discount.share if entry.discount else None)


def _unit_price(entry: Awarded) -> str | None:
    """Of the goods named first."""
    row = min((each.row for each in entry.goods), key=lambda row: not (row.families or row.foreign), default=None)
    if row is None or row.unit_price is None:
        return None
    return yuan(row.unit_price) if row.currency == "CNY" else f"{row.unit_price:,.2f} {row.currency}"


def _priced(entry: Awarded) -> bool:
    return any(each.per_card for each in entry.goods)


def _median(value: str | None, lang: str) -> str:
    return say(lang, "awards.median", value=value) if value else ""


def _plain() -> Iterator[Column]:
    """Columns over pairs of an award and one row of its goods."""

    def of(key: str, value: Any) -> Column:
        return Column(key, key, lambda pair: _text(value(pair[0])))

    def each(key: str, value: Any) -> Column:
        return Column(key, key, lambda pair: None if pair[1] is None else _text(value(pair[1])))

    yield of("published_on", lambda entry: entry.day)
    yield of("project", lambda entry: entry.project)
    yield of("notice_id", lambda entry: entry.notice.id)
    yield of("buyer", lambda entry: entry.notice.buyer)
    yield of("title", lambda entry: entry.notice.project_name or entry.notice.title)
    yield of("lot", lambda entry: entry.lot)
    yield of("suppliers", lambda entry: "；".join(entry.suppliers))
    yield of("award", lambda entry: entry.amount and entry.amount.value)
    yield of("award_currency", lambda entry: entry.amount and entry.amount.currency)
    yield of("budget", lambda entry: entry.discount and entry.discount.budget.value)
    yield of("discount", lambda entry: entry.discount and entry.discount.share)
    yield of("demanded", lambda entry: entry.demand and (" ".join(entry.demand.families) or "any"))
    yield of("delivered", lambda entry: " ".join(entry.delivered))
    yield of("match", lambda entry: entry.match)
    for key in ("name", "brand", "model", "quantity", "unit", "unit_price", "currency", "total", "cards"):
        yield each(key, lambda goods, key=key: getattr(goods.row, key))
    yield each("price_per_card", lambda goods: goods.per_card and goods.per_card.value)
    yield each("price_per_card_basis", lambda goods: goods.per_card and goods.per_card.basis)
    yield each("price_per_power", lambda goods: goods.per_power and goods.per_power.value)
    yield each("power", lambda goods: goods.per_power and _power(goods))
    yield each("price_per_power_basis", lambda goods: goods.per_power and goods.per_power.basis)
    for key in ("called_on", "awarded_on", "contracted_on", "lead_days", "contract_days"):
        yield of(key, lambda entry, key=key: getattr(entry.course, key))
    yield of("url", lambda entry: entry.notice.url)
    yield each("file", lambda goods: goods.row.file)
    yield each("page", lambda goods: goods.row.page)
    yield of("unread", lambda entry: entry.unread)
    yield each("quote", lambda goods: goods.row.quote)


def _power(goods: Goods) -> str:
    price = goods.per_power
    return "" if price is None else f"{price.unit}@{price.precision}" if price.precision else price.unit


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
