"""Where a passage stands in an attached document, and how many attachments were not read, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tender_tracker.messages import moment, name, say
from tender_tracker.model import OCR, Delivered, Evidence
from tender_tracker.storage.rows import DocumentRow

_PIECES = 12
"""Parts of one archive that are named one by one."""


def at(file: str | None, page: int | None, lang: str, ocr: bool = False) -> str:
    """招标文件.pdf 第 12 页, with what was read by OCR marked as such; "" for no file."""
    if file is None:
        return ""
    number = say(lang, "documents.page", page=page) if page is not None else None
    where = say(lang, "documents.place", file=file, page=number) if number else file
    return say(lang, "documents.seen", place=where) if ocr else where


def place(item: Evidence, lang: str) -> str:
    """Where a passage of a document stands; "" for one of the notice itself."""
    return at(item.file, item.page, lang, OCR in item.cues)


def bracketed(item: Evidence, lang: str) -> str:
    """The same behind a quote."""
    return _behind(place(item, lang), lang)


def behind(goods: Delivered, lang: str) -> str:
    """Where goods stand in an attachment, behind their quote; "" for those of the notice itself."""
    return _behind(at(goods.file, goods.page, lang), lang)


def reasons(documents: Iterable[DocumentRow]) -> dict[str, int]:
    """The first reason of each attachment that was not read in full → how many."""
    found: dict[str, int] = {}
    for one in documents:
        if one.state != "read":
            reason = next(iter(one.reasons), one.state)
            found[reason] = found.get(reason, 0) + 1
    return found


def counted(found: Mapping[str, int], lang: str) -> str:
    """未下载 12、扫描件 3"""
    told = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return ("、" if lang == "zh" else ", ").join(f"{name(lang, 'unread', reason)} {n}" for reason, n in told)


def unread(found: Mapping[str, int], lang: str) -> str | None:
    """One sentence on all attachments that were not read; None where there are none."""
    if not found:
        return None
    return say(lang, "documents.unread", n=sum(found.values()), why=counted(found, lang))


def why(document: DocumentRow, lang: str) -> str:
    """Why it is unread, or a part of it: 扫描件、加密; or that it was read by OCR."""
    reasons = () if document.reasons == ("not_asked",) else document.reasons
    return ("、" if lang == "zh" else ", ").join(name(lang, "unread", reason) for reason in reasons)


def told(document: DocumentRow, lang: str) -> Iterator[str]:
    """One attachment as lines: its state and why, then the parts of it that were not read."""
    reasons = why(document, lang)
    state = name(lang, "docstate", document.state)
    when = say(lang, "documents.again", when=moment(document.next_try)) if document.next_try else None
    yield " · ".join(filter(None, (document.name, f"{state}{_behind(reasons, lang)}", when, document.url)))
    parts = [part for part in document.unread if part[0] or part[1]]
    for file, page, reason in parts[:_PIECES]:
        number = say(lang, "documents.page", page=page) if page else None
        yield "    " + " · ".join(filter(None, (file.removeprefix("/"), number, name(lang, "unread", reason))))
    if len(parts) > _PIECES:
        yield f"    … {len(parts) - _PIECES}"


def _behind(text: str, lang: str) -> str:
    return (f"（{text}）" if lang == "zh" else f" ({text})") if text else ""
