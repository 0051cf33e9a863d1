"""Stored notices → one OCDS 1.1 release package, our label in an extension of its own (`domesticCompute`).

Field names follow https://standard.open-contracting.org/1.1/en/schema/release/; lots follow the lots extension.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from tender_tracker.facts.course import lot_key
from tender_tracker.model import SHANGHAI, Amount, Delivered
from tender_tracker.reporting.page import web_address
from tender_tracker.reporting.table import listed
from tender_tracker.storage.rows import Flagged, LotRow

_LOTS = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json"
_TAGS = {
    "intention": "planning",
    "tender": "tender",
    "single_source": "tender",
    "amendment": "tenderAmendment",
    "cancel": "tenderCancellation",
    "award": "award",
    "contract": "contract",
    "other": "tender",
}
_STATUS = {"intention": "planned", "tender": "active", "single_source": "active", "cancel": "cancelled"}
_NOTICES = {
    "intention": "plannedProcurementNotice",
    "tender": "tenderNotice",
    "single_source": "tenderNotice",
    "amendment": "tenderNotice",
    "award": "awardNotice",
    "contract": "contractNotice",
}
"""Kind → code of the open list documentType; it has none for a cancellation."""
_METHODS = {"single_source": "direct"}


def package(rows: Iterable[Flagged], updated: datetime, version: str) -> Iterator[str]:
    """One JSON document, piece by piece; `updated` is when its newest notice came or changed.

    `version` is that of this program, which publishes it.
    """
    head = {
        "uri": "urn:tenders:release-package",
        "version": "1.1",
        "publishedDate": updated,
        "publisher": {"name": f"tenders {version}"},
        "extensions": [_LOTS],
    }
    return listed(head, "releases", map(_release, rows))


def _release(row: Flagged) -> dict[str, Any]:
    """A release never changes: a notice that has changed is another release of the same process."""
    notice, touched = row.notice, row.notice.changed_at
    number = f"{notice.source}-{notice.source_id}".replace("#", "%23")  # the standard keeps # out of release ids
    awards = list(_awards(row, number)) if notice.kind in ("award", "contract") else None
    release = {
        "ocid": f"tenders-{notice.source}-{notice.project_no or notice.source_id}",
        "id": number if touched is None else f"{number}-{touched.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "date": _moment(touched or notice.published or notice.first_seen),
        "tag": [_TAGS[notice.kind]],
        "initiationType": "tender",
        "language": notice.language,
        "parties": list(_parties(row)),
        "buyer": {"id": "buyer", "name": notice.buyer} if notice.buyer else None,
        "tender": _tender(row, number),
        "awards": awards,
        "contracts": [_contract(award) for award in awards] if awards and notice.kind == "contract" else None,
        "domesticCompute": _label(row),
    }
    return _present(release)


def _parties(row: Flagged) -> Iterator[dict[str, Any]]:
    notice = row.notice
    address = _present({"region": notice.region or notice.province, "countryName": notice.country})
    if notice.buyer:
        yield {"id": "buyer", "name": notice.buyer, "roles": ["buyer"], "address": address}
    for place, supplier in enumerate(_suppliers(row), 1):
        yield {"id": f"supplier-{place}", "name": supplier, "roles": ["supplier"]}


def _suppliers(row: Flagged) -> list[str]:
    return list(dict.fromkeys([*row.notice.suppliers, *(one for lot in row.lots for one in lot.suppliers)]))


def _tender(row: Flagged, number: str) -> dict[str, Any]:
    notice = row.notice
    documents: list[dict[str, Any]] = [
        {
            "id": "notice",
            "documentType": _NOTICES.get(notice.kind),
            "title": notice.title,
            "url": web_address(notice.url),
        }
    ]
    documents += [
        {
            "id": f"attachment-{place}",
            "title": entry.name,
            "url": web_address(entry.url),
            "domesticCompute": _present({"state": entry.state, "unread": list(entry.reasons) or None}),
        }
        for place, entry in enumerate(notice.documents, 1)
    ]
    return _present(
        {
            "id": notice.project_no or number,
            "title": notice.project_name or notice.title,
            "status": _STATUS.get(notice.kind),
            "procurementMethod": _METHODS.get(notice.kind),
            "value": _value(notice.budget),
            "tenderPeriod": {"endDate": _moment(notice.deadline)} if notice.deadline else None,
            "lots": [_lot(lot) for lot in row.lots] or None,
            "documents": [_present(entry) for entry in documents],
        }
    )


def _lot(lot: LotRow) -> dict[str, Any]:
    return _present(
        {
            "id": lot.name,
            "title": lot.title or lot.name,
            "value": _value(lot.budget),
            "domesticCompute": {"level": lot.level} if lot.level else None,
        }
    )


def _awards(row: Flagged, number: str) -> Iterator[dict[str, Any]]:
    """One award a lot where the lots name theirs, else one for the whole."""
    notice = row.notice
    parties = {name: f"supplier-{place}" for place, name in enumerate(_suppliers(row), 1)}
    priced = [lot for lot in row.lots if lot.award or lot.suppliers]
    if not priced:
        yield _award(number, notice.award, notice.suppliers, parties, None, _items(row, None))
    for place, lot in enumerate(priced, 1):
        items = _items(row, lot if len(priced) > 1 else None)
        yield _award(f"{number}-{place}", lot.award, lot.suppliers, parties, lot.name, items)


def _items(row: Flagged, lot: LotRow | None) -> list[dict[str, Any]]:
    """The goods of a lot; without one, all of them."""
    return [
        _item(goods, place)
        for place, goods in enumerate(row.delivered, 1)
        if lot is None or (goods.lot and lot_key(goods.lot) == lot_key(lot.name))
    ]


def _award(
    number: str,
    value: Amount | None,
    suppliers: Iterable[str],
    parties: dict[str, str],
    lot: str | None,
    items: list[dict[str, Any]],
) -> dict[str, Any]:
    return _present(
        {
            "id": number,
            "status": "active",
            "value": _value(value),
            "suppliers": [{"id": parties[name], "name": name} for name in dict.fromkeys(suppliers)] or None,
            "relatedLots": [lot] if lot else None,
            "items": items or None,
        }
    )


def _item(goods: Delivered, place: int) -> dict[str, Any]:
    """Goods as printed; brand and model stand in the description, for which the standard has no field of their own."""
    told = " ".join(dict.fromkeys(part for part in (goods.name, goods.brand, goods.model) if part))
    value = {"amount": float(goods.unit_price), "currency": goods.currency} if goods.unit_price is not None else None
    unit = _present({"name": goods.unit, "value": value})
    return _present(
        {
            "id": str(place),
            "description": told,
            "quantity": None if goods.quantity is None else float(goods.quantity),
            "unit": unit or None,
            "domesticCompute": _goods_label(goods) or None,
        }
    )


def _goods_label(goods: Delivered) -> dict[str, Any]:
    """What the standard has no field for: whose chips are in the goods, and the attachment that prints them."""
    families = list(goods.families) or None
    return _present({"families": families, "document": goods.file, "page": goods.page})


def _contract(award: dict[str, Any]) -> dict[str, Any]:
    kept = {key: award.get(key) for key in ("value", "items")}
    return _present({"id": award["id"], "awardID": award["id"], "status": "active", **kept})


def _label(row: Flagged) -> dict[str, Any]:
    notice, found = row.notice, row.evidence
    said = {"quote": found.quote, "rule": found.rule, "basis": found.basis} if found else {}
    quoted = _present({**said, "document": found.file, "page": found.page}) if found else None
    return _present(
        {
            "level": notice.level,
            "compute": notice.compute,
            "importPolicy": notice.import_policy,
            "families": list(notice.families),
            "rulePack": notice.pack,
            "evidence": quoted,
        }
    )


def _value(amount: Amount | None) -> dict[str, Any] | None:
    """A total only: a price per year is no value of the tender."""
    if amount is None or amount.basis == "per_year":
        return None
    return {"amount": float(amount.value), "currency": amount.currency}


def _moment(moment: datetime | None) -> str | None:
    """In Shanghai's time, so that the date in it is the one that was printed."""
    return None if moment is None else moment.astimezone(SHANGHAI).isoformat()


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what is missing: OCDS leaves a field out, it never prints null."""
    return {name: value for name, value in fields.items() if value is not None}
