"""What an OCDS release says in words → lines for the matcher, from the subject down to what was bought."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tender_tracker.sources import values
from tender_tracker.sources.values import part, parts, prose, row, word

_CRITERIA = ("selectionCriteria", "awardCriteria")


def lines(release: dict[str, Any], title: str | None) -> Iterator[str | None]:
    """Title, subject, lots, items, criteria, awards and contracts, origin of the goods, amendments."""
    tender, planning = part(release, "tender"), part(release, "planning")
    yield title
    for value in (part(tender, "description"), release.get("description"), part(planning, "rationale")):
        yield from prose(value)
    yield from prose(part(planning, "budget", "description"))
    yield _classified(tender)
    for lot in parts(tender, "lots"):
        yield row(lot_name(lot.get("id")), word(lot.get("title")), " ".join(prose(lot.get("description"))))
        yield from _criteria(lot)
        yield from prose(part(lot, "renewal", "description"))
    yield from map(_item, parts(tender, "items"))
    yield from _criteria(tender)
    for name in ("procurementMethodDetails", "procurementMethodRationale"):
        yield from prose(part(tender, name))
    for section in ("awards", "contracts"):
        for thing in parts(release, section):
            names = ", ".join(values.unique(word(supplier.get("name")) for supplier in parts(thing, "suppliers")))
            yield row(word(thing.get("title")), " ".join(prose(thing.get("description"))), names)
            yield from map(_item, parts(thing, "items"))
    for bid in parts(release, "bids", "details"):
        origins = part(bid, "countriesOfOrigin")
        yield f"Country of origin: {', '.join(map(str, origins))}" if isinstance(origins, list) and origins else None
    for amendment in parts(tender, "amendments"):
        yield from prose(amendment.get("description"))
        yield from prose(amendment.get("rationale"))


def _item(item: dict[str, Any]) -> str | None:
    quantity, unit = word(item.get("quantity")), word(part(item, "unit", "name"))
    amount_of = " ".join(filter(None, (quantity, unit)))
    return row(word(item.get("description")), amount_of, _classified(item))


def _classified(thing: Any) -> str | None:
    """CPV 48820000 Servers; UK notices have the code among the additional ones only."""
    found = [part(thing, "classification"), *parts(thing, "additionalClassifications")]
    return row(*(" ".join(filter(None, map(word, _code(code)))) for code in found if isinstance(code, dict)))


def _code(code: dict[str, Any]) -> tuple[Any, ...]:
    return code.get("scheme"), code.get("id"), code.get("description")


def _criteria(thing: Any) -> Iterator[str]:
    """Requirements of a tender or lot, in each of the shapes publishers use."""
    for name in ("eligibilityCriteria", "awardCriteriaDetails"):
        yield from prose(part(thing, name))
    for criterion in (found for name in _CRITERIA for found in parts(thing, name, "criteria")):
        yield from _requirement(criterion)
    for criterion in parts(thing, "criteria") + parts(thing, "otherRequirements", "requirements"):
        yield from _requirement(criterion)
        for group in parts(criterion, "requirementGroups"):
            for requirement in parts(group, "requirements"):
                yield from _requirement(requirement)


def _requirement(criterion: dict[str, Any]) -> Iterator[str]:
    name = word(criterion.get("name")) or word(criterion.get("title"))
    told = " ".join(prose(criterion.get("description")))
    if found := row(name, told):
        yield found


def lot_name(number: Any) -> str:
    """1 → Lot 1; names such as LOT-0001 stay."""
    name = word(number) or ""
    return f"Lot {name}".strip() if not name or name.isdigit() else name
