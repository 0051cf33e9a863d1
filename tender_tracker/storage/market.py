"""A period → who buys, who wins, how demand moves and how procurements go: sums over the table `projects`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import repeat
from statistics import median
from typing import Any, Literal, Protocol

from tender_tracker.model import LEVELS
from tender_tracker.storage import columns
from tender_tracker.storage.market_rows import (
    Buyer,
    Buyers,
    Concentration,
    Going,
    Market,
    Middle,
    Money,
    Month,
    Scope,
    Supplier,
)

TOP = 3  # suppliers whose share is summed


class Asked(Protocol):
    """The part of a Reader that is asked."""

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Any]: ...


_Day = Literal["began_on", "settled_on"]
_MONEY = (
    "sum({0}) AS total, count({0}) AS disclosed, sum({0} IS NULL AND NOT other_currency) AS undisclosed, "
    "sum({0} IS NULL AND other_currency) AS other_currency"
)


def market(reader: Asked, scope: Scope, most: int | None = None) -> Market:
    """At most `most` buyers and suppliers, the most frequent first; all that is counted counts all of them."""
    whole, going = _going(reader, scope)
    return Market(
        buyers=_buyers(reader, scope, most),
        suppliers=_suppliers(reader, scope, most),
        concentration=_concentration(reader, scope),
        months=_months(reader, scope),
        whole=whole,
        going=going,
    )


def whole(reader: Asked, scope: Scope) -> Going:
    """How all procurements of the period went; asked with each report, so the database counts."""
    sql, values = _question(_COURSE.replace("families, ", ""), scope, "began_on")
    counts = reader.ask(f"{sql} GROUP BY 1, 2", values)
    middles = (_middle_of(reader, scope, column) for column in _MEASURES)
    return _told(None, counts, *middles)


def _middle_of(reader: Asked, scope: Scope, column: str) -> Middle:
    known = f"{column} IS NOT NULL"
    sql, values = _question(f"SELECT {column} AS value, count(*) AS n FROM projects", scope, "began_on", known)
    rows = reader.ask(f"{sql} GROUP BY 1 ORDER BY 1", values)
    return _middle(value for row in rows for value in repeat(row["value"], row["n"]))


def _buyers(reader: Asked, scope: Scope, most: int | None) -> Buyers:
    totals = (
        "SELECT count(*) AS projects, count(DISTINCT buyer) AS buyers, sum(buyer IS NULL) AS unnamed, "
        f"{_MONEY.format('budget')} FROM projects"
    )
    (row,) = reader.ask(*_question(totals, scope, "began_on"))
    sql, values = _question("SELECT count(*) AS n FROM projects", scope, "began_on", "buyer IS NOT NULL")
    (again,) = reader.ask(
        f"SELECT count(*) AS buyers, sum(n) AS projects FROM ({sql} GROUP BY buyer) WHERE n > 1", values
    )
    each = (
        "SELECT buyer, max(buyer_kind) AS kind, max(buyer_tier) AS tier, max(province) AS province, "
        f"count(*) AS projects, sum(level = 'required') AS required, {_MONEY.format('budget')} FROM projects"
    )
    sql, values = _question(each, scope, "began_on", "buyer IS NOT NULL")
    rows = reader.ask(
        f"{sql} GROUP BY buyer ORDER BY projects DESC, sum(budget) DESC, buyer LIMIT ?", [*values, _all(most)]
    )
    found = tuple(
        Buyer(one["buyer"], one["kind"], one["tier"], one["province"], one["projects"], one["required"], _money(one))
        for one in rows
    )
    return Buyers(
        row["projects"], row["buyers"], again["buyers"], again["projects"] or 0, row["unnamed"] or 0,
        _money(row), found,
    )  # fmt: skip


_WON = "outcome = 'awarded'"


def _suppliers(reader: Asked, scope: Scope, most: int | None) -> tuple[Supplier, ...]:
    each = (
        "SELECT s.key AS name, count(*) AS projects, json_group_array(DISTINCT s.value) AS families, "
        f"{_MONEY.format('award')} FROM projects JOIN json_each(suppliers) s"
    )
    sql, values = _question(each, scope, "settled_on", _WON)
    rows = reader.ask(
        f"{sql} GROUP BY s.key ORDER BY projects DESC, sum(award) DESC, name LIMIT ?", [*values, _all(most)]
    )
    return tuple(Supplier(row["name"], row["projects"], _listed(row["families"]), _money(row)) for row in rows)


def _listed(arrays: str) -> tuple[str, ...]:
    return tuple(sorted({family for array in columns.strings(arrays) for family in columns.strings(array)}))


def _concentration(reader: Asked, scope: Scope) -> tuple[Concentration, ...]:
    each = "SELECT families, suppliers FROM projects"
    wins: dict[str | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    counts: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for row in reader.ask(*_question(each, scope, "settled_on", _WON)):
        won: dict[str, list[str]] = json.loads(row["suppliers"])
        for family in columns.strings(row["families"]) or (None,):
            counts[family][0] += 1
            names = [name for name, families in won.items() if family is None or family in families]
            counts[family][1] += not names
            for name in names:
                wins[family][name] += 1
    found = [_concentrated(family, projects, unnamed, wins[family]) for family, (projects, unnamed) in counts.items()]
    return tuple(sorted(found, key=lambda one: (one.family is None, -one.projects, one.family or "")))


def _concentrated(family: str | None, projects: int, unnamed: int, wins: dict[str, int]) -> Concentration:
    ranked = sorted(wins, key=lambda name: (-wins[name], name))
    total = sum(wins.values())
    shares = [Decimal(wins[name]) / total for name in ranked]
    return Concentration(
        family, projects, len(ranked), total, next(iter(ranked), None),
        sum(shares[:TOP], Decimal(0)).quantize(Decimal("0.0001")) if shares else None,
        round(sum(share * share for share in shares) * 10_000) if shares else None,
        unnamed,
    )  # fmt: skip


def _months(reader: Asked, scope: Scope) -> tuple[Month, ...]:
    by_level = (
        f"SELECT substr(began_on, 1, 7) AS month, level, count(*) AS projects, {_MONEY.format('budget')} FROM projects"
    )
    sql, values = _question(by_level, scope, "began_on", "began_on IS NOT NULL")
    levels: dict[str, list[Any]] = defaultdict(list)
    for row in reader.ask(f"{sql} GROUP BY 1, 2", values):
        levels[row["month"]].append(row)
    by_family = (
        "SELECT substr(began_on, 1, 7) AS month, f.value AS family, count(*) AS n "
        "FROM projects JOIN json_each(families) f"
    )
    sql, values = _question(by_family, scope, "began_on", "began_on IS NOT NULL")
    families: dict[str, dict[str, int]] = defaultdict(dict)
    for row in reader.ask(f"{sql} GROUP BY 1, 2 ORDER BY 3 DESC, 2", values):
        families[row["month"]][row["family"]] = row["n"]
    return tuple(
        Month(
            month,
            sum(row["projects"] for row in rows),
            {level: row["projects"] for level in LEVELS for row in rows if row["level"] == level},
            families[month],
            _added(map(_money, rows)),
        )
        for month, rows in sorted(levels.items())
    )


_COURSE = "SELECT families, outcome, called_on IS NOT NULL AS called, count(*) AS n FROM projects"
_MEASURES = ("lead_days", "contract_days", "discount")
_FIGURES = f"SELECT families, {', '.join(_MEASURES)} FROM projects"
_MEASURED = f"coalesce({', '.join(_MEASURES)}) IS NOT NULL"


def _going(reader: Asked, scope: Scope) -> tuple[Going, tuple[Going, ...]]:
    """Of all, and by family."""
    sql, values = _question(_COURSE, scope, "began_on")
    counts = reader.ask(f"{sql} GROUP BY 1, 2, 3", values)
    figures = reader.ask(*_question(_FIGURES, scope, "began_on", _MEASURED))
    by_family: dict[str | None, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for place, rows in enumerate((counts, figures)):
        for row in rows:
            for family in columns.strings(row["families"]) or (None,):
                by_family[family][place].append(row)
    found = [_went(family, *rows) for family, rows in by_family.items()]
    ranked = sorted(found, key=lambda one: (one.group is None, -one.projects, one.group or ""))
    return _went(None, counts, figures), tuple(ranked)


def _went(group: str | None, counts: Sequence[Any], figures: Sequence[Any]) -> Going:
    return _told(group, counts, *(_middle(row[column] for row in figures) for column in _MEASURES))


def _told(group: str | None, counts: Sequence[Any], lead: Middle, contract: Middle, discount: Middle) -> Going:
    def count(*outcomes: str, called: bool = False) -> int:
        return sum(row["n"] for row in counts if row["outcome"] in outcomes and (row["called"] or not called))

    concluded, failed = count("awarded", "failed", called=True), count("failed", called=True)
    return Going(
        group, sum(row["n"] for row in counts), count("open"), count("awarded"), count("failed"),
        (Decimal(failed) / concluded).quantize(Decimal("0.0001")) if concluded else None, concluded,
        lead, contract, discount,
    )  # fmt: skip


def _middle(values: Iterable[float | None]) -> Middle:
    known = [value for value in values if value is not None]
    return Middle(Decimal(str(round(median(known), 4))) if known else None, len(known))


def _question(select: str, scope: Scope, day: _Day, *parts: str) -> tuple[str, list[object]]:
    """A SELECT … FROM projects, narrowed to the scope."""
    values: list[object] = []
    conditions = list(parts)
    for sign, limit in ((">=", scope.since), ("<", scope.until)):
        if limit:
            conditions.append(f"{day} {sign} ?")
            values.append(limit.isoformat())
    if day == "settled_on":
        conditions.append("settled_on IS NOT NULL")
    if scope.families:
        marks = ", ".join("?" * len(scope.families))
        conditions.append(f"EXISTS (SELECT 1 FROM json_each(projects.families) WHERE value IN ({marks}))")
        values += scope.families
    return f"{select} WHERE {' AND '.join(conditions) or '1'}", values


def _money(row: Any) -> Money:
    total = row["total"]
    known = None if total is None else Decimal(repr(round(total, 2) if isinstance(total, float) else total))
    return Money(known, row["disclosed"], row["undisclosed"] or 0, row["other_currency"] or 0)


def _added(found: Iterable[Money]) -> Money:
    parts = list(found)
    known = [part.total for part in parts if part.total is not None]
    return Money(
        sum(known, Decimal(0)) if known else None,
        sum(part.disclosed for part in parts),
        sum(part.undisclosed for part in parts),
        sum(part.other_currency for part in parts),
    )


def _all(most: int | None) -> int:
    return -1 if most is None else most
