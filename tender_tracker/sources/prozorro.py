"""Prozorro (Ukraine): a feed of what changed, newest first, and a record for each procurement with all its stages.

A record is the same notice through all stages, so its address carries the moment of its last change: one that has
changed since is asked for again. Bids and the grounds for excluding bidders are most of a record and the same in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urljoin
from zoneinfo import ZoneInfo

from tender_tracker.errors import PageBroken, PageChanged, UsageError
from tender_tracker.model import (
    Amount,
    Attachment,
    Kind,
    Link,
    Listing,
    Lot,
    Notice,
    Page,
    Request,
    Site,
    SourceSettings,
    Window,
)
from tender_tracker.pages.judge import place
from tender_tracker.sources import values
from tender_tracker.sources.values import money, part, parts, prose, word

SITE = Site(
    "prozorro", "Prozorro", "https://public-api.prozorro.gov.ua/", ("public-api.prozorro.gov.ua",), "UA", 1.0,
    file_hosts=("public-docs.prozorro.gov.ua",),
)  # fmt: skip
FEED = "api/2.5/tenders"
PEOPLE = "https://prozorro.gov.ua/"
PAGE_SIZE = 1000
KYIV = ZoneInfo("Europe/Kyiv")
OPEN = ("active.enquiries", "active.tendering", "active")
"""Statuses asked for, a tenth of what changes; `columns` replaces them."""
_KINDS: dict[str, Kind] = {
    "active.awarded": "award", "complete": "contract", "cancelled": "cancel", "unsuccessful": "cancel",
}  # fmt: skip
_BOILERPLATE = ("CRITERION.EXCLUSION.", "CRITERION.OTHER.BID.", "CRITERION.OTHER.CONTRACT.")


def recognises(page: Page) -> bool:
    """A record or plan, or a page of the feed."""
    text = page.text
    return page.media == "json" and any(mark in text for mark in ('"tenderID"', '"planID"', '"next_page"'))


def is_list(page: Page) -> bool:
    """Whether it is a page of the feed."""
    return isinstance(values.answer(page).get("data"), list)


def notices(page: Page) -> list[Notice]:
    """A record, with or without its envelope → its notice. Raises PageBroken for JSON of another shape."""
    answer = values.answer(page)
    record = answer["data"] if isinstance(answer.get("data"), dict) else answer
    if not word(record.get("id")) or not (record.get("tenderID") or record.get("planID")):
        raise PageBroken(f"{place(page)}: no tenderID or planID in it; give a record of {FEED}")
    return [_plan(record, page) if record.get("planID") else _tender(record, page)]


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """The feed from its newest change. Raises UsageError for keywords."""
    if settings.keywords:
        raise UsageError("sources.prozorro.keywords: the feed has no titles to search in; leave them out")
    base = (settings.base_url or SITE.home).rstrip("/")
    query = {"descending": 1, "limit": PAGE_SIZE, "opt_fields": "status,tenderID,procurementMethodType"}
    yield Request(f"{base}/{FEED}?{urlencode(query)}")


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """A page of the feed → links to the records in the wanted stages, and the next page until one is empty."""
    try:
        answer = values.answer(page)
    except PageBroken as error:
        raise PageChanged(str(error)) from error
    rows = parts(answer, "data")
    if not isinstance(answer.get("data"), list) or any("id" not in row for row in rows):
        raise PageChanged(f"{place(page)}: no data with ids: no page of the feed, or the API has changed")
    path = word(part(answer, "next_page", "path"))
    if rows and not path:
        raise PageChanged(f"{place(page)}: no next_page.path: the API has changed")
    wanted = settings.columns or OPEN
    links = [_link(row, request.url) for row in rows if row.get("status", wanted[0]) in wanted]
    following = Request(urljoin(request.url, path)) if rows and path else None
    if following and not links:
        return Listing(instead=(following,))
    return Listing(tuple(links), (), following)


def _link(row: dict[str, Any], feed: str) -> Link:
    detail = f"{feed.partition('?')[0]}/{row['id']}"
    name, changed = word(row.get("tenderID")), word(row.get("dateModified"))
    url = _people("tender", name, changed) if name else f"{detail}#{changed}"
    when = values.moment(changed, KYIV)
    return Link(url, name or str(row["id"]), when.at if when else None, Request(detail))


def _people(what: str, name: str | None, changed: str | None) -> str:
    return f"{PEOPLE}{what}/{name}" + (f"#{changed}" if changed else "")


def _tender(record: dict[str, Any], page: Page) -> Notice:
    status = word(record.get("status")) or ""
    kind = _KINDS.get(status, "tender" if status.startswith("active") else "other")
    won = [award for award in parts(record, "awards") if award.get("status") == "active"]
    signed = [contract for contract in parts(record, "contracts") if contract.get("status") != "cancelled"]
    decided = kind in ("award", "contract")
    name = word(record.get("tenderID"))
    title = word(record.get("title")) or name or str(record["id"])
    end = values.moment(part(record, "tenderPeriod", "endDate"), KYIV)
    return replace(
        _notice(record, page, title, kind),
        text=values.text_of(_lines(record, title, won)),
        url=_people("tender", name, word(record.get("dateModified"))),
        project_no=name,
        deadline=end.closing if end and kind == "tender" else None,
        budget=money(record.get("value")) or values.total(money(lot.get("value")) for lot in parts(record, "lots")),
        award=_sum(signed) or _sum(won) if decided else None,
        lots=_lots(record, won),
        suppliers=_suppliers(won) if decided else (),
    )


def _plan(record: dict[str, Any], page: Page) -> Notice:
    """A plan of the year: what will be bought, and for how much."""
    name, budget = word(record.get("planID")), part(record, "budget")
    title = word(part(budget, "description")) or name or str(record["id"])
    lines = [
        title,
        *map(_item, parts(record, "items")),
        _code(record),
        *prose(part(record, "rationale", "description")),
    ]
    return replace(
        _notice(record, page, title, "intention"),
        text=values.text_of(lines),
        url=_people("plan", name, word(record.get("dateModified"))),
        project_no=name,
        budget=money(budget),
    )


def _notice(record: dict[str, Any], page: Page, title: str, kind: Kind) -> Notice:
    """What tenders and plans have in common; the text is still the title."""
    buyer, published = part(record, "procuringEntity"), _published(record, kind)
    return Notice(
        SITE.name,
        str(record["id"]),
        title,
        kind,
        title,
        buyer=word(part(buyer, "name")) or word(part(buyer, "identifier", "legalName")),
        region=word(part(buyer, "address", "region")),
        published=published.at if published else None,
        attachments=tuple(_files(record)),
        language="uk",
        country="UA",
        read_at=page.read_at,
        read_from=page.file or page.url,
    )


def _published(record: dict[str, Any], kind: Kind) -> values.Moment | None:
    """When the stage began that the notice announces: of tenders and plans their own publication."""
    first = ("noticePublicationDate", "datePublished", "dateCreated")
    names = (*first, "date") if kind in ("tender", "intention") else ("date", *first)
    found = (values.moment(record.get(name), KYIV) for name in (*names, "dateModified"))
    return next(filter(None, found), None)


def _sum(things: list[dict[str, Any]]) -> Amount | None:
    return values.total(money(thing.get("value")) for thing in things)


def _suppliers(awards: list[dict[str, Any]]) -> tuple[str, ...]:
    return values.unique(word(supplier.get("name")) for award in awards for supplier in parts(award, "suppliers"))


def _lots(record: dict[str, Any], won: list[dict[str, Any]]) -> tuple[Lot, ...]:
    """The lots of a tender that has several; they have titles, but no names, so they are counted."""
    lots = parts(record, "lots")
    if len(lots) < 2:
        return ()
    found = []
    for number, lot in enumerate(lots, 1):
        awards = [award for award in won if award.get("lotID") == lot.get("id")]
        name, title = f"Лот {number}", word(lot.get("title"))
        found.append(Lot(name, title, money(lot.get("value")), _sum(awards), _suppliers(awards)))
    return tuple(found)


def _files(record: dict[str, Any]) -> Iterator[Attachment]:
    """The documents without their signatures."""
    for document in parts(record, "documents"):
        name, url = word(document.get("title")) or "", word(document.get("url")) or ""
        if name and not name.endswith(".p7s"):
            yield Attachment(name, url if url.startswith("http") else None)


def _lines(record: dict[str, Any], title: str, won: list[dict[str, Any]]) -> Iterator[str | None]:
    yield title
    yield from prose(record.get("description"))
    for number, lot in enumerate(parts(record, "lots"), 1):
        yield values.row(f"Лот {number}", word(lot.get("title")), " ".join(prose(lot.get("description"))))
    yield from map(_item, parts(record, "items"))
    for criterion in parts(record, "criteria"):
        yield from _criterion(criterion)
    for feature in parts(record, "features"):
        yield values.row(word(feature.get("title")), " ".join(prose(feature.get("description"))))
    for cancellation in parts(record, "cancellations"):
        yield from prose(cancellation.get("reason"))
    yield from _suppliers(won)


def _item(item: dict[str, Any]) -> str | None:
    amount = " ".join(filter(None, (word(item.get("quantity")), word(part(item, "unit", "name")))))
    return values.row(word(item.get("description")), amount, _code(item))


def _code(thing: dict[str, Any]) -> str | None:
    """ДК021 48820000-2 Сервери: CPV with its check digit."""
    code = part(thing, "classification")
    return " ".join(filter(None, (word(part(code, name)) for name in ("scheme", "id", "description")))) or None


def _criterion(criterion: dict[str, Any]) -> Iterator[str | None]:
    """A criterion of the goods with its requirements, such as CRITERION…LOCAL_ORIGIN_LEVEL, the share made at home."""
    kind = word(part(criterion, "classification", "id")) or ""
    if kind.startswith(_BOILERPLATE):
        return
    yield values.row(kind, word(criterion.get("title")), " ".join(prose(criterion.get("description"))))
    for group in parts(criterion, "requirementGroups"):
        for requirement in parts(group, "requirements"):
            asked = (word(requirement.get(name)) for name in ("title", "description", "minValue", "expectedValue"))
            yield values.row(*asked)
