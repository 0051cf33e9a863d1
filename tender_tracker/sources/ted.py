"""Tenders Electronic Daily (EU and EEA), search API v3: a POST answers with up to 250 notices of the fields named.

Documentation and live answers differ: every field may be a text, a list, or either by language, and numbers may be
texts. The end of an iteration is an empty page; its token may still come with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

from tender_tracker.errors import PageBroken, PageChanged, SourceFailed
from tender_tracker.model import (
    Amount,
    Attachment,
    Kind,
    Listing,
    Lot,
    Notice,
    Page,
    Request,
    Site,
    SourceSettings,
    Window,
)
from tender_tracker.pages.judge import place, refusal
from tender_tracker.sources import values
from tender_tracker.sources.ted_fields import MAIN, every, first, language, text, texts
from tender_tracker.sources.values import part, word

SITE = Site(
    "ted",
    "Tenders Electronic Daily",
    "https://api.ted.europa.eu/",
    ("api.ted.europa.eu",),
    "EU",
    2.0,
    file_hosts=("ted.europa.eu",),
)
SEARCH = "v3/notices/search"
PAGE_SIZE = 250
"""The most there may be; times the number of fields at most 10,000."""
CODES = (
    "3021*", "4882*", "30200000", "30230000", "30236000", "30236100", "30236200", "30237134", "48800000",
    "72310000", "72311300", "72317000", "72415000",
)  # fmt: skip
"""CPV of computers, servers and rented computing; `columns` replaces them."""
FIELDS = (
    "publication-number", "procedure-identifier", "notice-type", "form-type", "notice-title", "title-proc", "title-lot",
    "identifier-lot", "description-proc", "description-lot", "buyer-name", "buyer-country", "publication-date",
    "deadline-receipt-tender-date-lot", "deadline-receipt-tender-time-lot", "deadline-receipt-request-date-lot",
    "classification-cpv", "estimated-value-proc", "estimated-value-cur-proc", "total-value", "total-value-cur",
    "tender-value", "tender-value-cur", "winner-name", "country-origin",
    "selection-criterion-description-lot", "award-criterion-description-lot", "additional-information-lot",
    "place-of-performance", "official-language", "links",
)  # fmt: skip
_BY_FORM: dict[str, Kind] = {
    "planning": "intention", "consultation": "intention", "competition": "tender", "change": "amendment",
    "result": "award", "cont-modif": "contract", "dir-awa-pre": "award",
}  # fmt: skip
_BY_TYPE: tuple[tuple[str, Kind], ...] = (
    ("can-modif", "contract"), ("can", "award"), ("veat", "award"), ("cn", "tender"), ("pin", "intention"),
    ("pmc", "intention"), ("corr", "amendment"), ("qu-sy", "tender"), ("subco", "tender"),
)  # fmt: skip
_PLACE = re.compile(r"\s+[–-]\s+|[-:]")


def recognises(page: Page) -> bool:
    """An answer of the search, or its error."""
    return page.media == "json" and ('"publication-number"' in page.text or '"totalNoticeCount"' in page.text)


def notices(page: Page) -> list[Notice]:
    """A saved answer or one record of it → notices. Raises PageRefused for an error, PageBroken for another shape."""
    answer = values.answer(page)
    rows = [answer] if "publication-number" in answer else _rows(answer, page)
    return [_notice(row, page) for row in rows]


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """One iteration over the codes, or one for each keyword within the full text."""
    base = (settings.base_url or SITE.home).rstrip("/")
    codes = " OR ".join(f"classification-cpv={code}" for code in settings.columns or CODES)
    for keyword in settings.keywords or (None,):
        subject = f'FT ~ "{keyword.replace(chr(34), " ")}"' if keyword else f"({codes})"
        query = " AND ".join((subject, *_dated(window))) + " SORT BY publication-date DESC"
        body = {
            "query": query, "fields": list(FIELDS), "limit": PAGE_SIZE, "scope": "ALL",
            "paginationMode": "ITERATION", "onlyLatestVersions": False,
        }  # fmt: skip
        yield Request(f"{base}/{SEARCH}", json=MappingProxyType(body))


def _dated(window: Window) -> Iterator[str]:
    """The days of a window; its edges lie inside days of Brussels, so both of these are asked whole."""
    if window.since:
        yield f"publication-date>={window.since - timedelta(hours=12):%Y%m%d}"
    if window.until:
        yield f"publication-date<={window.until:%Y%m%d}"


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """An answer → its notices and the next step of the iteration. Raises PageChanged for an answer without notices,
    SourceFailed when the search stopped half-way on their side."""
    try:
        answer = values.answer(page)
        rows = _rows(answer, page)
    except PageBroken as error:
        raise PageChanged(str(error)) from error
    if answer.get("timedOut"):
        raise SourceFailed(f"{place(page)}: the search timed out on their side; ask for fewer days or codes")
    asked, total = dict(request.json or {}), answer.get("totalNoticeCount")
    token = answer.get("iterationNextToken")
    if (
        "iterationNextToken" not in asked
        and isinstance(total, int)
        and total > 0
        and (not rows or (len(rows) < total and not token))
    ):
        raise PageChanged(f"{place(page)}: {total} notices, but {len(rows)} here and no way on: the API has changed")
    following = MappingProxyType({**asked, "iterationNextToken": token})
    more = Request(request.url, json=following) if rows and token else None
    found = tuple(_notice(row, page) for row in rows)
    return Listing((), found, more, total if isinstance(total, int) else None)


def _rows(answer: dict[str, Any], page: Page) -> list[dict[str, Any]]:
    kind = part(answer, "error", "type")
    if kind or ("message" in answer and "notices" not in answer):
        raise refusal(page, "not_a_notice", f"the answer is an error: {kind or ''} {word(answer.get('message')) or ''}")
    rows = values.parts(answer, "notices")
    if not isinstance(answer.get("notices"), list) or any("publication-number" not in row for row in rows):
        raise PageBroken(f"{place(page)}: no notices with a publication-number; give an answer of {SEARCH}")
    return rows


def _notice(row: dict[str, Any], page: Page) -> Notice:
    number, spoken = str(row["publication-number"]), language(row)
    title = text(row, "notice-title", spoken) or text(row, "title-proc", spoken) or number
    published, kind = values.moment(first(row, "publication-date")), _kind(row)
    return Notice(
        SITE.name,
        number,
        title,
        kind,
        values.text_of(_lines(row, title, spoken)),
        _url(row, number),
        project_no=word(first(row, "procedure-identifier")),
        project_name=text(row, "title-proc", spoken),
        buyer=text(row, "buyer-name", spoken),
        region=word(first(row, "place-of-performance")),
        published=published.at if published else None,
        published_has_time=published is None or published.has_time,
        deadline=_deadline(row) if kind in ("tender", "amendment", "intention") else None,
        budget=_money(row, "estimated-value-proc", "estimated-value-cur-proc"),
        award=_award(row),
        lots=_lots(row, spoken),
        suppliers=values.unique(texts(row, "winner-name", spoken)),
        attachments=_documents(row),
        language=values.language(spoken) or values.UNTOLD,
        country=_country(row),
        read_at=page.read_at,
        read_from=page.file or page.url,
    )


def _kind(row: dict[str, Any]) -> Kind:
    form, name = word(first(row, "form-type")), word(first(row, "notice-type")) or ""
    known = _BY_FORM.get(form or "") or next((kind for start, kind in _BY_TYPE if name.startswith(start)), None)
    if known is None and (row.get("winner-name") or "contract-conclusion-date" in row):
        return "award"
    return known or "other"


def _money(row: dict[str, Any], value: str, currency: str) -> Amount | None:
    return values.amount(first(row, value), first(row, currency))


def _award(row: dict[str, Any]) -> Amount | None:
    each = zip(every(row, "tender-value"), every(row, "tender-value-cur"), strict=False)
    won = values.total(values.amount(value, currency) for value, currency in each)
    return _money(row, "total-value", "total-value-cur") or won


def _deadline(row: dict[str, Any]) -> datetime | None:
    """The earliest of the lots; a clock stands in a field of its own (10:00:00+02:00)."""
    days, clocks = every(row, "deadline-receipt-tender-date-lot"), every(row, "deadline-receipt-tender-time-lot")
    days, clocks = (days, clocks) if days else (every(row, "deadline-receipt-request-date-lot"), [])
    ends = []
    for day, clock in zip_longest(days, clocks[: len(days)]):
        whole = values.moment(f"{str(day)[:10]}T{clock}") if clock else None
        end = whole or values.moment(day)
        ends += [end.closing] if end else []
    return min(ends, default=None)


def _country(row: dict[str, Any]) -> str:
    """The buyer's; where it was not asked for, what every title begins with (Poland – …, Nederland-Dordrecht: …)."""
    titles = row.get("notice-title")
    told = [text for key in titles for text in texts(row, "notice-title", key)] if isinstance(titles, dict) else []
    begun = (values.country(_PLACE.split(title, maxsplit=1)[0].strip()) for title in told)
    return values.country(first(row, "buyer-country")) or next(filter(None, begun), None) or values.NOWHERE


def _lots(row: dict[str, Any], spoken: str | None) -> tuple[Lot, ...]:
    """The lots by number and title, where there are as many of the one as of the other and more than one."""
    names, titles = every(row, "identifier-lot"), texts(row, "title-lot", spoken)
    if len(names) < 2 or len(names) != len(titles):
        return ()
    return tuple(Lot(str(name), " ".join(title.split())) for name, title in zip(names, titles, strict=True))


def _url(row: dict[str, Any], number: str) -> str:
    pages = part(row, "links", "html")
    pages = pages if isinstance(pages, dict) else {}
    made = f"https://ted.europa.eu/en/notice/-/detail/{number}"
    return word(pages.get("ENG")) or next(filter(None, map(word, pages.values())), made)


def _documents(row: dict[str, Any]) -> tuple[Attachment, ...]:
    """The notice itself as XML, the only place of its full text."""
    url = word(part(row, "links", "xml", "MUL"))
    return (Attachment(f"{row['publication-number']}.xml", url),) if url else ()


def _lines(row: dict[str, Any], title: str, spoken: str | None) -> Iterator[str]:
    """Title in both languages, subject, lots, codes, criteria, winners and the origin of what they supply."""
    yield title
    yield from texts(row, "notice-title", MAIN)
    for field in ("title-proc", "description-proc"):
        yield from "\n".join(texts(row, field, spoken)).split("\n")
    titles, told = texts(row, "title-lot", spoken), texts(row, "description-lot", spoken)
    for number, (name, about) in enumerate(zip_longest(titles, told), 1):
        label = every(row, "identifier-lot")[number - 1 : number] if len(titles) > 1 else []
        yield values.row(*map(str, label), " ".join((name or "").split()), " ".join((about or "").split())) or ""
    yield values.row(*(f"CPV {code}" for code in every(row, "classification-cpv"))) or ""
    for field in (
        "selection-criterion-description-lot", "award-criterion-description-lot", "additional-information-lot",
        "winner-name",
    ):  # fmt: skip
        yield from "\n".join(texts(row, field, spoken)).split("\n")
    origins = values.unique(map(word, every(row, "country-origin")))
    yield f"Country of origin: {', '.join(origins)}" if origins else ""
