"""A Division → its table, CSV and JSON: counts and sums, the undisclosed beside them, the changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Literal

from tender_tracker.messages import name, say, yuan
from tender_tracker.reporting.table import Column, Table
from tender_tracker.storage.division import Division, Group
from tender_tracker.storage.rows import Total
from tender_tracker.storage.totals import By

_WORDS: dict[By, str] = {"buyer_kind": "buyer", "import_policy": "import"}
"""Where the words of a dimension's values have another name than the dimension."""
_TRANSLATED: frozenset[By] = frozenset(
    ("family", "tier", "kind", "level", "basis", "buyer_kind", "size", "import_policy", "share")
)
COMPARED = ("notices", "projects", "budget_sum", "award_sum")
_CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a division: a group, all others, or the whole."""

    kind: Literal["group", "others", "all"]
    labels: tuple[str, ...]
    group: Group


def value(by: By, key: str | None, lang: str) -> str:
    """A value of a dimension as a reader knows it; what notices print themselves stays as it is."""
    if key is None or by in _TRANSLATED:
        return name(lang, _WORDS.get(by, by), key)
    return key


def heading(by: tuple[By, ...], lang: str) -> str:
    """芯片 × 学校层次"""
    return " × ".join(title(one, lang) for one in by)


def title(by: By, lang: str) -> str:
    return say(lang, "head.band" if by == "size" else f"head.{by}")


def table(division: Division, lang: str) -> Table:
    """Groups, then all others in one line, then all of them; each change stands behind its figure."""
    keys = (
        Column(one, title(one, lang), lambda row, place=place: row.labels[place])  # type: ignore[misc]
        for place, one in enumerate(division.by)
    )
    return Table((*keys, *_figures(division, lang)), tuple(rows(division, lang)))


def rows(division: Division, lang: str) -> Iterator[Row]:
    """The groups, then all others in one, then the whole."""
    blank = ("",) * (len(division.by) - 1)
    for group in division.groups:
        labels = (value(one, key, lang) for one, key in zip(division.by, group.keys, strict=True))
        yield Row("group", tuple(labels), group)
    if division.rest:
        yield Row("others", (say(lang, "tally.others", n=division.others), *blank), division.rest)
    if len(division.groups) > 1 or division.rest:
        yield Row("all", (say(lang, "tally.all"), *blank), division.whole)


def _figures(division: Division, lang: str) -> Iterator[Column]:
    compared = division.whole.then is not None
    for field in ("notices", "projects", "budget_sum", "award_sum"):
        spare = compared and field == "projects"
        yield Column(field, say(lang, f"head.{field}"), _figure(field), right=True, spare=spare)
        if compared:
            spare = field in ("projects", "award_sum")
            yield Column(f"{field}_{_CHANGE}", "Δ", _change(field), right=True, spare=spare)
        if field.endswith("_sum"):
            silent = f"{field.removesuffix('_sum')}_undisclosed"
            yield Column(silent, say(lang, "head.undisclosed"), _count(silent), right=True)


def _figure(field: str) -> Callable[[Row], str]:
    def text(row: Row) -> str:
        found = getattr(row.group.now, field)
        return (yuan(found) or "–") if field.endswith("_sum") else str(found)

    return text


def _count(field: str) -> Callable[[Row], str]:
    return lambda row: str(getattr(row.group.now, field) or "–")


def _change(field: str) -> Callable[[Row], str]:
    return lambda row: change(row.group.more(field), money=field.endswith("_sum"))


def change(more: Decimal | None, money: bool = False) -> str:
    """+3, −2, 0; of money with its unit; – where it cannot be known."""
    if more is None:
        return "–"
    sign = "+" if more > 0 else "−" if more < 0 else ""
    return sign + ((yuan(abs(more)) or "") if money and more else str(abs(more)))


def csv(division: Division) -> str:
    """One line a group, then the others and the whole as `row` tells; 元 as plain numbers, the same in any language."""

    def plain(found: object) -> str | None:
        return None if found is None else str(found)

    keys = [
        Column(one, one, lambda row, place=place: row.group.keys[place] if row.kind == "group" else None)  # type: ignore[misc]
        for place, one in enumerate(division.by)
    ]
    fields = (*COMPARED[:2], "budget_sum", "budget_undisclosed", "award_sum", "award_undisclosed", "other_currency")
    figures = [Column(field, field, lambda row, field=field: plain(getattr(row.group.now, field))) for field in fields]  # type: ignore[misc]
    if division.whole.then is not None:
        figures += [
            Column(f"{field}_{_CHANGE}", "", lambda row, field=field: plain(row.group.more(field)))  # type: ignore[misc]
            for field in COMPARED
        ]
    return Table((Column("row", "", lambda row: row.kind), *keys, *figures), tuple(rows(division, "en"))).csv()


def record(division: Division) -> dict[str, Any]:
    """`by`, `totals` (a group each, its keys by name), `others`, `all`; each with `before` and `change` if compared."""
    others = {"groups": division.others, **_total(division.rest)} if division.rest else None
    return {
        "by": division.by,
        "totals": [{**dict(zip(division.by, group.keys, strict=True)), **_total(group)} for group in division.groups],
        "others": others,
        "all": _total(division.whole),
    }


def _total(group: Group) -> dict[str, Any]:
    if group.then is None:
        return _plain(group.now)
    more = {field: group.more(field) for field in COMPARED}
    counts = {field: value if value is None or field.endswith("_sum") else int(value) for field, value in more.items()}
    return {**_plain(group.now), "before": _plain(group.then), _CHANGE: counts}


def _plain(total: Total) -> dict[str, Any]:
    return {field.name: getattr(total, field.name) for field in fields(total) if field.name != "keys"}
