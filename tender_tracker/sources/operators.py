"""The purchasing sites of 中国移动, 中国电信 and 中国铁塔 (`operators.toml`): notices of enterprises, asked by POST.

中国移动's list rows were seen, all else is from crawlers' notes. A body is HTML, or base64 of a PDF, read by the extra
`docs`: where it is not, the text says so, and the notice is judged by its title.
Guesses: that 中国电信's view call serves other classes than
招标公告 (e2no), that it answers without the cookies of its home page, and every key of an answer that is not listed.
中国联通 needs a browser and is not read.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from tender_tracker.model import Attachment, Link, Listing, Notice, Page, Request, Site, SourceSettings, Window
from tender_tracker.pages import attached, fields
from tender_tracker.pages.html import block_text
from tender_tracker.pages.judge import MAX_TEXT
from tender_tracker.sources import portals, reply

PORTALS = portals.load("operators")
SITE = Site(
    "operators", "电信运营商采购网（移动、电信、铁塔）", PORTALS[0].home + "/",
    tuple(portal.place for portal in PORTALS), delay=3.0, sparse=("buyer",),
)  # fmt: skip
BODY = "data.noticeContent"
UNREAD = "〔正文是 PDF，未读取〕"
_PDF = "JVBERi0"
"""How base64 of %PDF- begins."""
_CLOSING = ("backDate", "replyEndTime", "bidEndTime")


def recognises(page: Page) -> bool:
    """A list or detail answer of one of the three, by the keys they call a notice by."""
    if page.media != "json":
        return False
    return any(key in page.text for key in ('"noticeContent"', '"publishOneType"', '"docTitle"', '"noticeTitle"'))


def is_list(page: Page) -> bool:
    return page.media == "json" and _listed_by(reply.read(page, SITE.name)) is not None


def _listed_by(answer: Mapping[str, Any]) -> portals.Portal | None:
    """The operator whose list this is: where it keeps its rows, and how it names them."""
    for portal in PORTALS:
        rows = reply.get(answer, portal.more["rows"])
        if isinstance(rows, list) and all(isinstance(row, dict) and portal.more["named"] in row for row in rows[:1]):
            return portal
    return None


def starts(settings: SourceSettings, window: Window) -> Iterator[Request]:
    """The first page of each class of each operator, of one search per keyword when keywords are set.

    Raises UsageError for an operator that is none.
    """
    for portal in portals.chosen(SITE.name, PORTALS, settings if settings.columns else _all(settings)):
        for category in portal.categories:
            for keyword in settings.keywords or ("",):
                yield _ask(portal, category, keyword, window)


def _all(settings: SourceSettings) -> SourceSettings:
    """The three have paths of their own, so one base_url can stand in for all of them."""
    return replace(settings, columns=tuple(portal.code for portal in PORTALS))


def _ask(portal: portals.Portal, category: str, keyword: str, window: Window) -> Request:
    more, (size, rows) = portal.more, portal.more["size"]
    query = {**more["ask"], more["category"]: category, more["keyword"]: keyword, more["number"]: 1, size: rows}
    if more["since"] and window.since:
        query[more["since"]] = f"{window.since:%Y-%m-%d}"
    if more["until"] and window.until:
        query[more["until"]] = f"{window.until - timedelta(microseconds=1):%Y-%m-%d}"
    return Request(portal.home + more["list"], json=MappingProxyType(query))


def listing(page: Page, request: Request, settings: SourceSettings) -> Listing:
    """A list answer → its links and the next page. Raises PageRefused for an error answer, PageChanged for another."""
    answer = reply.read(page, SITE.name)
    path = urlsplit(request.url).path
    portal = next((portal for portal in PORTALS if portal.more["list"] == path), None) or _listed_by(answer)
    if portal is None:
        raise reply.changed(page, SITE.name, " or ".join(portal.more["rows"] for portal in PORTALS))
    _check(page, answer, portal)
    more, (size, _) = portal.more, portal.more["size"]
    rows = reply.rows(page, SITE.name, answer, more["rows"], more["id"])
    total = reply.total(reply.get(answer, more["total"]))
    query = dict(request.json or {})
    number = int(query.get(more["number"], 1))
    if not rows and total and number == 1:
        raise reply.changed(page, SITE.name, f"{more['rows']}[] (of {total} rows)")
    further = bool(query and rows) and (number * query[size] < total if total is not None else len(rows) >= query[size])
    following = Request(request.url, json=MappingProxyType({**query, more["number"]: number + 1})) if further else None
    home = portals.origin(request.url) if query else portal.home
    return Listing(tuple(_link(row, portal, home) for row in rows), (), following, total)


def _link(row: Mapping[str, Any], portal: portals.Portal, home: str) -> Link:
    more = portal.more
    title, when = reply.line(row.get(more["named"])), reply.when(row.get(more["date"]))
    moment = when.moment if when else None
    if not row.get(more["id"]):
        return Link(reply.nameless(row, more["id"], title), title, moment)
    given = {key: reply.line(value) for key, value in row.items()}
    told = {key: _filled(form, given) for key, form in more["tell"].items()}
    address = home + _filled(more["page"], {key: quote(value, safe="") for key, value in given.items()})
    return Link(address, title, moment, Request(home + more["detail"], json=MappingProxyType(told)))


def _filled(form: str, given: Mapping[str, str]) -> str:
    """`{id}` and the like → the values of a row; "" for one it does not have."""
    parts = form.split("{")
    return parts[0] + "".join(
        given.get(name, "") + rest for name, _, rest in (part.partition("}") for part in parts[1:])
    )


def notices(page: Page) -> list[Notice]:
    """A detail answer → its one notice. Raises PageRefused for an error answer, PageChanged for another shape."""
    answer = reply.read(page, SITE.name)
    data = answer.get("data")
    portal = portals.at(page.url, PORTALS) or _told_by(data)
    if portal is not None:
        _check(page, answer, portal)
    if not isinstance(data, dict) or "noticeContent" not in data:
        raise reply.changed(page, SITE.name, BODY)
    title = next((reply.line(data[key]) for key in _titles(portal) if data.get(key)), "")
    text, files = _body(data, title, page)
    if not text:
        raise reply.changed(page, SITE.name, f"title ({', '.join(_titles(portal))}) in data")
    found = fields.read(text, title)
    closing = next((when for key in _CLOSING if (when := reply.when(data.get(key)))), None)
    late = closing.closing if closing and found.kind in ("tender", "amendment") else None
    printed = next((when for key in _dated(portal) if (when := reply.when(data.get(key)))), None)
    found = replace(
        found,
        buyer=found.buyer or reply.line(data.get("companyName")) or None,
        project_name=found.project_name or reply.line(data.get("projectName")) or None,
        project_no=found.project_no or reply.line(data.get("projectCode") or data.get("noticeNum")) or None,
        published=printed or found.published,
        deadline=found.deadline or late,
        attachments=files or found.attachments,
    )
    number = _number(page, data, portal) or reply.identity(title, text)
    return [found.notice(SITE.name, number, text, page)]


def _number(page: Page, data: Mapping[str, Any], portal: portals.Portal | None) -> str | None:
    """The operator's own number, told apart by its name: two operators may count alike."""
    if portal is None:
        return None
    number = reply.asked(page, portal.more["known"]) or reply.line(data.get(portal.more["id"]))
    return f"{portal.code}-{number}" if number else None


def _told_by(data: object) -> portals.Portal | None:
    """The operator of a detail answer saved without its address, by how it names a notice."""
    given = data if isinstance(data, dict) else {}
    return next((portal for portal in reversed(PORTALS) if portal.more["named"] in given), None)


def _titles(portal: portals.Portal | None) -> tuple[str, ...]:
    return (*((portal.more["named"],) if portal else ()), "title", "projectName")


def _dated(portal: portals.Portal | None) -> tuple[str, ...]:
    return ("publicationTimeStr", *((portal.more["date"],) if portal else ()), "publishDate")


def _body(data: Mapping[str, Any], title: str, page: Page) -> tuple[str, tuple[Attachment, ...]]:
    """The text of a detail answer, and its files: those of a list, those its body links, and a body that is a PDF."""
    content = str(data["noticeContent"] or "")
    listed = data.get("attachmentList")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    base = page.url or ""
    files = tuple(
        Attachment(reply.line(entry["fileName"]), urljoin(base, reply.line(entry.get("filePath"))) or None)
        for entry in entries
        if entry.get("fileName")
    )
    if content.startswith(_PDF) or reply.line(data.get("contentType")).lower() == "pdf":
        return (f"{title}\n{_pdf(content)}", (*files, Attachment(f"{title}.pdf"))) if title else ("", ())
    return block_text(content) or title, files + attached.linked(content, base)


def _pdf(content: str) -> str:
    """The text of a body that is base64 of a PDF; what of it is unread stands in a note before it, with the reason.

    The note names nothing of the notice: words of its title must not count twice.
    """
    from tender_tracker.documents.apart import read_bytes_apart

    try:
        reading = read_bytes_apart(b64decode(content), "PDF")
    except ValueError:
        return _unread("damaged")
    text = "\n".join(passage.text for passage in reading.passages)
    if len(text) > MAX_TEXT:
        return _unread("too_large")
    notes = (_unread(unread.reason) for unread in reading.unread)
    return "\n".join(filter(None, (*dict.fromkeys(notes), text)))


def _unread(reason: str) -> str:
    return UNREAD if reason == "missing_reader" else UNREAD.replace("〕", f"：{reason}〕")


def _check(page: Page, answer: Mapping[str, Any], portal: portals.Portal) -> None:
    key, good = portal.more["good"]
    if key in answer and answer[key] != good:
        raise reply.refused(page, answer[key], answer.get("msg") or answer.get("mess") or answer.get("message"))
