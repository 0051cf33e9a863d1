"""The market of a period → sections, each a table with a note on what its figures are of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tender_tracker.messages import name, say, yuan
from tender_tracker.model import FLAGGED
from tender_tracker.reporting.table import Column, Table
from tender_tracker.storage.market_rows import Going, Market, Middle

FAMILIES = 4
"""Chips named of a month."""


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    note: str
    table: Table


def sections(market: Market, lang: str) -> Iterator[Section]:
    """In the order of their questions; one without rows is left out."""
    found = (
        ("buyers", _buyers_note(market, lang), _buyers(market, lang)),
        ("suppliers", say(lang, "market.suppliers_note"), _suppliers(market, lang)),
        ("concentration", say(lang, "market.concentration_note"), _concentration(market, lang)),
        ("months", say(lang, "market.months_note"), _months(market, lang)),
        ("going", f"{going(market.whole, lang)} {say(lang, 'market.going_note')}", _going(market, lang)),
    )
    for key, note, table in found:
        if table.rows:
            yield Section(key, say(lang, f"market.{key}"), note, table)


def going(found: Going, lang: str) -> str:
    """How procurements went, in a sentence or two; every figure with its n, none where nothing has ended."""
    told = say(
        lang, "market.course", projects=found.projects, awarded=found.awarded, failed=found.failed, open=found.open
    )
    if not (found.concluded or found.lead_days.n or found.discount.n):
        return told
    measured = say(
        lang,
        "market.course_measured",
        failure=share(found.failure) or "–",
        concluded=found.concluded,
        lead=_days(found.lead_days, lang),
        timed=found.lead_days.n,
        discount=share(found.discount.value) or "–",
        cut=found.discount.n,
    )
    return f"{told}{measured}" if lang == "zh" else f"{told} {measured}"


def share(value: Decimal | None) -> str | None:
    """0.0276 → 2.8 %."""
    return None if value is None else f"{value * 100:.1f} %"


def _buyers_note(market: Market, lang: str) -> str:
    found = market.buyers
    return say(
        lang,
        "market.buyers_note",
        projects=found.projects,
        buyers=found.buyers,
        repeat=found.repeat,
        of_repeat=found.of_repeat,
        unnamed=found.unnamed,
        sum=yuan(found.budget.total) or "–",
        disclosed=found.budget.disclosed,
        undisclosed=found.budget.undisclosed,
        other=found.budget.other_currency,
    )


def _buyers(market: Market, lang: str) -> Table:
    columns = (
        Column("buyer", say(lang, "head.buyer"), lambda row: row.name),
        Column("tier", say(lang, "head.tier"), lambda row: row.tier and name(lang, "tier", row.tier), spare=True),
        Column("province", say(lang, "head.region"), lambda row: row.province, spare=True),
        _count("projects", lang),
        _count("required", lang),
        *_money("budget", "budget_sum", lang),
    )
    return Table(columns, market.buyers.most)


def _suppliers(market: Market, lang: str) -> Table:
    columns = (
        Column("supplier", say(lang, "head.supplier"), lambda row: row.name),
        _count("projects", lang),
        Column("families", say(lang, "head.chips"), lambda row: _chips(row.families, lang)),
        *_money("award", "award_sum", lang),
    )
    return Table(columns, market.suppliers)


def _concentration(market: Market, lang: str) -> Table:
    columns = (
        Column("family", say(lang, "head.family"), lambda row: name(lang, "family", row.family)),
        _count("projects", lang),
        _count("wins", lang),
        _count("suppliers", lang),
        Column("leader", say(lang, "head.leader"), lambda row: row.leader),
        Column("share", say(lang, "head.top3"), lambda row: share(row.share) or "–", right=True),
        Column("hhi", say(lang, "head.hhi"), lambda row: "–" if row.hhi is None else str(row.hhi), right=True),
        _count("unnamed", lang),
    )
    return Table(columns, market.concentration)


def _months(market: Market, lang: str) -> Table:
    def of(level: str) -> Column:
        return Column(level, name(lang, "level", level), lambda row: str(row.levels.get(level, "–")), right=True)

    def chips(row: Any) -> str:
        told = [f"{name(lang, 'family', family)} {n}" for family, n in row.families.items()]
        return " ".join(told[:FAMILIES]) + (" …" if len(told) > FAMILIES else "")

    columns = (
        Column("month", say(lang, "head.month"), lambda row: row.month),
        _count("projects", lang),
        *map(of, FLAGGED),
        *_money("budget", "budget_sum", lang),
        Column("families", say(lang, "head.chips"), chips, spare=True),
    )
    return Table(columns, market.months)


def _going(market: Market, lang: str) -> Table:
    def middle(key: str, heading: str, text: Callable[[Middle], str]) -> Iterator[Column]:
        yield Column(key, say(lang, f"head.{heading}"), lambda row: text(getattr(row, key)), right=True)
        yield Column(f"{key}_n", "n", lambda row: str(getattr(row, key).n), right=True)

    columns = (
        Column("family", say(lang, "head.family"), lambda row: name(lang, "family", row.group)),
        *(_count(key, lang) for key in ("projects", "open", "awarded", "failed")),
        Column("failure", say(lang, "head.failure"), lambda row: share(row.failure) or "–", right=True),
        Column("concluded", "n", lambda row: str(row.concluded), right=True),
        *middle("lead_days", "lead", lambda found: _days(found, lang)),
        *middle("contract_days", "contract_days", lambda found: _days(found, lang)),
        *middle("discount", "discount", lambda found: share(found.value) or "–"),
    )
    return Table(columns, market.going)


def _count(key: str, lang: str) -> Column:
    return Column(key, say(lang, f"head.{key}"), lambda row: str(getattr(row, key)), right=True)


def _money(field: str, heading: str, lang: str) -> Iterator[Column]:
    """A sum and how many procurements are not in it because nobody discloses theirs."""
    yield Column(field, say(lang, f"head.{heading}"), lambda row: yuan(getattr(row, field).total) or "–", right=True)
    silent = say(lang, "head.undisclosed")
    yield Column(f"{field}_undisclosed", silent, lambda row: str(getattr(row, field).undisclosed or "–"), right=True)


def _days(found: Middle, lang: str) -> str:
    return "–" if found.value is None else say(lang, "awards.days", n=f"{found.value.normalize():f}")


def _chips(families: tuple[str, ...], lang: str) -> str:
    return " ".join(name(lang, "family", family) for family in families)
