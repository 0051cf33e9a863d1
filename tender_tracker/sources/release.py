"""One OCDS release → Notice. A release may be a delta, and its `id` is unique within its process (ocid) only.

Field paths are those of the OCDS 1.1 schema and the extensions that UK, EU and Latin American publishers use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from tender_tracker.model import Amount, Attachment, Kind, Lot, Notice, Page
from tender_tracker.sources import values
from tender_tracker.sources.release_text import lines, lot_name
from tender_tracker.sources.values import money, part, parts, prose, word

_BY_TAG: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("cancel", frozenset(("tenderCancellation", "awardCancellation"))),
    ("award", frozenset(("award", "awardUpdate"))),
    ("contract", frozenset((
        "contract", "contractUpdate", "contractAmendment", "contractTermination", "implementation",
        "implementationUpdate"))),
    ("amendment", frozenset(("tenderAmendment", "tenderUpdate"))),
    ("tender", frozenset(("tender",))),
    ("intention", frozenset(("planning", "planningUpdate"))),
)  # fmt: skip
_VOID = ("cancelled", "unsuccessful", "withdrawn")
_SIGNED = ("contracts", "awards")


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a release from where it was found."""

    source: str
    page: Page
    country: str | None = None
    language: str | None = None
    zone: ZoneInfo = values.UTC
    unique_ids: bool = False
    """Whether the publisher's release ids are unique in all it publishes."""
    notice_url: str | None = None
    """Address of the page for people; `{id}` is the release's, `{guid}` the same without its counter."""


def notice(release: dict[str, Any], origin: Origin) -> Notice:
    """A release, compiled or not → Notice; what it does not say is None."""
    kind = kind_of(release)
    tender, buyer = part(release, "tender") or {}, _party(release, "buyer", "procuringEntity")
    published = values.moment(release.get("date"), origin.zone) or values.moment(
        tender.get("datePublished"), origin.zone
    )
    title = _title(release)
    awards = _valid(release, "awards")
    return Notice(
        origin.source,
        _identity(release, origin),
        title or word(release.get("ocid")) or "OCDS release",
        kind,
        values.text_of(lines(release, title)),
        _address(release, origin),
        project_no=word(tender.get("id")) or word(release.get("ocid")),
        project_name=word(tender.get("title")),
        buyer=word(buyer.get("name")) or word(part(buyer, "identifier", "legalName")),
        region=word(part(buyer, "address", "region")),
        published=published.at if published else None,
        published_has_time=published is None or published.has_time,
        deadline=_deadline(tender, origin.zone) if kind in ("tender", "amendment") else None,
        budget=_budget(release),
        award=_award(release) if kind in ("award", "contract") else None,
        lots=_lots(tender, awards),
        suppliers=values.unique(_suppliers(release, awards)) if kind in ("award", "contract") else (),
        attachments=tuple(_attachments(release)),
        language=values.language(release.get("language")) or origin.language or values.UNTOLD,
        country=_country(release, buyer) or origin.country or values.NOWHERE,
        read_at=origin.page.read_at,
        read_from=origin.page.file or origin.page.url,
    )


def kind_of(release: dict[str, Any]) -> Kind:
    """By its tags; of a compiled release by the latest section that is filled."""
    tags = release.get("tag")
    tags = {tag for tag in (tags if isinstance(tags, list) else [tags]) if isinstance(tag, str)}
    if {"award", "contract"} <= tags:
        contract = any(document.get("documentType") == "contractNotice" for document in _of_contracts(release))
        return "contract" if contract else "award"
    found = next((kind for kind, names in _BY_TAG if tags & names), None)
    return found or _by_section(release)


def _by_section(release: dict[str, Any]) -> Kind:
    if part(release, "tender", "status") in _VOID:
        return "cancel"
    sections: tuple[tuple[str, Kind], ...] = (
        ("contracts", "contract"), ("awards", "award"), ("tender", "tender"), ("planning", "intention"),
    )  # fmt: skip
    return next((kind for section, kind in sections if release.get(section)), "other")


def _identity(release: dict[str, Any], origin: Origin) -> str:
    process, number = word(release.get("ocid")), word(release.get("id"))
    if number and (origin.unique_ids or process is None or process in number):
        return number
    return f"{process}/{number or word(release.get('date')) or ''}"


def _title(release: dict[str, Any]) -> str | None:
    """The tender's, else the first that any section prints; deltas and contracts have none of their own."""
    places = [part(release, "tender", "title"), release.get("title")]
    places += [item.get("title") for name in ("contracts", "awards") for item in parts(release, name)]
    places += [item.get("description") for item in parts(release, "tender", "items")]
    places += [part(release, "planning", "budget", "project"), *prose(part(release, "tender", "description"))[:1]]
    places += [item.get("description") for item in parts(release, "awards")]
    found = next((title for value in places if (title := word(value))), None)
    return found[:300] if found else None


def _party(release: dict[str, Any], *roles: str) -> dict[str, Any]:
    """The organisation in the first of the roles that has one, its entry among the parties joined."""
    for role in roles:
        named = part(release, role) or part(release, "tender", role)
        named = named if isinstance(named, dict) else {}
        listed = next((p for p in parts(release, "parties") if role in (part(p, "roles") or ())), {})
        joined = {**(_listed(release, named) or listed), **{key: value for key, value in named.items() if value}}
        if word(joined.get("name")) or part(joined, "identifier", "legalName"):
            return joined
    return {}


def _listed(release: dict[str, Any], organisation: dict[str, Any]) -> dict[str, Any] | None:
    """The entry of a referenced organisation in the list of parties."""
    number = organisation.get("id")
    return next((party for party in parts(release, "parties") if number and party.get("id") == number), None)


def _country(release: dict[str, Any], buyer: dict[str, Any]) -> str | None:
    """Of the buyer's address, else of whoever buys for it."""
    agent = _party(release, "procuringEntity")
    homes = [part(organisation, "address") for organisation in (buyer, agent)]
    found = (values.country(part(home, name)) for home in homes for name in ("country", "countryName"))
    return next((code for code in found if code), None)


def _deadline(tender: dict[str, Any], zone: ZoneInfo) -> Any:
    """The tender's, else that of the lot that closes first."""
    whole = values.moment(part(tender, "tenderPeriod", "endDate"), zone)
    ends = [values.moment(part(lot, "tenderPeriod", "endDate"), zone) for lot in parts(tender, "lots")]
    return whole.closing if whole else min((end.closing for end in ends if end), default=None)


def _budget(release: dict[str, Any]) -> Amount | None:
    tender = part(release, "tender")
    lots = values.total(money(lot.get("value")) for lot in parts(tender, "lots"))
    return money(part(tender, "value")) or lots or money(part(release, "planning", "budget", "amount"))


def _award(release: dict[str, Any]) -> Amount | None:
    """What the contracts sum up to, else the awards."""
    by_section = (values.total(money(item.get("value")) for item in _valid(release, name)) for name in _SIGNED)
    return next((found for found in by_section if found), None)


def _valid(release: dict[str, Any], section: str) -> list[dict[str, Any]]:
    return [item for item in parts(release, section) if item.get("status") not in _VOID]


def _suppliers(release: dict[str, Any], awards: list[dict[str, Any]]) -> Iterator[str | None]:
    for award in awards:
        for supplier in parts(award, "suppliers"):
            yield word(supplier.get("name")) or word(part(_listed(release, supplier), "name"))


def _lots(tender: dict[str, Any], awards: list[dict[str, Any]]) -> tuple[Lot, ...]:
    """The lots of a tender that has several, or one with a title."""
    lots = parts(tender, "lots")
    if len(lots) < 2 and not any(word(lot.get("title")) for lot in lots):
        return ()
    return tuple(_lot(lot, [award for award in awards if lot.get("id") in _related(award)]) for lot in lots)


def _related(award: dict[str, Any]) -> tuple[Any, ...]:
    found = award.get("relatedLots")
    return tuple(found) if isinstance(found, list) else (award.get("relatedLot"),)


def _lot(lot: dict[str, Any], awards: list[dict[str, Any]]) -> Lot:
    alone = [award for award in awards if len(_related(award)) == 1]
    return Lot(
        lot_name(lot.get("id")),
        word(lot.get("title")),
        money(lot.get("value")),
        values.total(money(award.get("value")) for award in alone),
        values.unique(word(supplier.get("name")) for award in awards for supplier in parts(award, "suppliers")),
    )


def _address(release: dict[str, Any], origin: Origin) -> str | None:
    """The page for people: the notice named after this release, else the template's, else the newest notice's."""
    number = word(release.get("id")) or ""
    guid = number.rpartition("-")[0] or number
    found = [url for document in _documents(release) if _is_notice(document) and (url := _url(document))]
    own = next((url for url in found if number and (number in url or (len(guid) > 20 and guid in url))), None)
    made = origin.notice_url.format(id=number, guid=guid) if origin.notice_url and number else None
    return own or made or (found[-1] if found else None)


def _is_notice(document: dict[str, Any]) -> bool:
    return str(document.get("documentType") or "").endswith("Notice")


def _url(document: dict[str, Any]) -> str | None:
    url = word(document.get("url"))
    return url if url and url.startswith(("http://", "https://")) else None


def _documents(release: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for section in ("planning", "tender"):
        yield from parts(release, section, "documents")
    for section in ("awards", "contracts"):
        for item in parts(release, section):
            yield from parts(item, "documents")


def _of_contracts(release: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for contract in parts(release, "contracts"):
        yield from parts(contract, "documents")


def _attachments(release: dict[str, Any]) -> Iterator[Attachment]:
    for document in _documents(release):
        url = _url(document)
        if url and not _is_notice(document):
            name = word(document.get("title")) or word(document.get("description")) or url.rpartition("/")[2]
            yield Attachment(name[:200], url)
