"""Quantities and delivered goods ↔ rows of the store, both ways in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tender_tracker.model import Delivered, Quantity
from tender_tracker.storage.columns import Row, number, strings, to_json


def quantity_rows(found: Iterable[Quantity]) -> list[Row]:
    return [
        {
            "kind": item.kind,
            "value": number(item.value),
            "unit": item.unit,
            "precision": item.precision,
            "noun": item.noun,
            "starts": item.start,
            "ends": item.end,
            "quote": item.quote,
        }
        for item in found
    ]


def quantity(row: Mapping[str, Any]) -> Quantity:
    return Quantity(
        kind=row["kind"],
        value=Decimal(repr(row["value"])),
        unit=row["unit"],
        quote=row["quote"],
        start=row["starts"],
        end=row["ends"],
        precision=row["precision"],
        noun=row["noun"],
    )


def delivered_rows(found: Iterable[Delivered]) -> list[Row]:
    return [
        {
            "lot": item.lot,
            "name": item.name,
            "brand": item.brand,
            "model": item.model,
            "quantity": None if item.quantity is None else number(item.quantity),
            "unit": item.unit,
            "unit_price": None if item.unit_price is None else number(item.unit_price),
            "starts": item.start,
            "ends": item.end,
            "quote": item.quote,
            "total": None if item.total is None else number(item.total),
            "currency": item.currency,
            "supplier": item.supplier,
            "families": to_json(item.families),
            "is_foreign": int(item.foreign),
            "cards": item.cards,
            "file": item.file,
            "page": item.page,
        }
        for item in found
    ]


def delivered(row: Mapping[str, Any]) -> Delivered:
    return Delivered(
        name=row["name"],
        brand=row["brand"],
        model=row["model"],
        quantity=_decimal(row["quantity"]),
        unit=row["unit"],
        unit_price=_decimal(row["unit_price"]),
        lot=row["lot"],
        quote=row["quote"],
        start=row["starts"],
        end=row["ends"],
        total=_decimal(row["total"]),
        currency=row["currency"],
        supplier=row["supplier"],
        families=strings(row["families"]),
        foreign=bool(row["is_foreign"]),
        cards=row["cards"],
        file=row["file"],
        page=row["page"],
    )


def _decimal(value: int | float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))
