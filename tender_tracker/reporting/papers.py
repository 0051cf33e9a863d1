"""Attachments of notices → what became of them, in words: read, read in part, or unread and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from tender_tracker.messages import moment, name, say
from tender_tracker.model import DocumentPage, Evidence
from tender_tracker.reporting import clean
from tender_tracker.reporting.screen import Line
from tender_tracker.reporting.sheet import marked
from tender_tracker.storage.papers import Read
from tender_tracker.storage.rows import DocumentRow

_PIECES = 12
"""Parts of one archive that are named one by one."""


def place(item: Evidence, lang: str) -> str:
    """Where a passage of a document stands: 招标文件.pdf 第 12 页. "" for one of the notice itself."""
    if item.file is None:
        return ""
    if item.page is None:
        return item.file
    return say(lang, "documents.place", file=item.file, page=say(lang, "documents.page", page=item.page))


def quoted(item: Evidence, lang: str) -> str:
    """The passage, and the document it stands in."""
    where = place(item, lang)
    return f"「{item.quote}」" + (f"（{where}）" if where and lang == "zh" else f" ({where})" if where else "")


def why(document: DocumentRow, lang: str) -> str:
    """Why it is unread, or a part of it: 扫描件、加密."""
    settled = document.state == "read" or document.reasons == ("not_asked",)
    reasons = () if settled else document.reasons
    return ("、" if lang == "zh" else ", ").join(name(lang, "unread", reason) for reason in reasons)


def counted(reasons: Mapping[str, int], lang: str) -> str:
    """未下载 12、扫描件 3"""
    told = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return ("、" if lang == "zh" else ", ").join(f"{name(lang, 'unread', reason)} {n}" for reason, n in told)


def reasons_of(documents: Iterable[DocumentRow]) -> Counter[str]:
    """The first reason of each attachment that is not read in full."""
    return Counter(next(iter(one.reasons), one.state) for one in documents if one.state != "read")


def told(document: DocumentRow, lang: str) -> Iterator[str]:
    """One attachment as lines: its state and why, then the parts of it that were not read."""
    reasons = why(document, lang)
    state = name(lang, "docstate", document.state)
    when = say(lang, "documents.again", when=moment(document.next_try)) if document.next_try else None
    yield " · ".join(filter(None, (document.name, f"{state}{_bracketed(reasons, lang)}", when, document.url)))
    parts = [part for part in document.unread if part[0] or part[1]]
    for file, page, reason in parts[:_PIECES]:
        number = say(lang, "documents.page", page=page) if page else None
        yield "    " + " · ".join(filter(None, (file.removeprefix("/"), number, name(lang, "unread", reason))))
    if len(parts) > _PIECES:
        yield f"    … {len(parts) - _PIECES}"


def lines(
    documents: Iterable[DocumentRow], pages: Iterable[DocumentPage], evidence: Iterable[Evidence], lang: str
) -> Iterator[Line]:
    """Each attachment with what was read of it, by file and page, its evidence marked."""
    found = list(evidence)
    by_name: dict[str, list[DocumentPage]] = {}
    rows = list(documents)
    for page in pages:
        own = max((row.name for row in rows if _is_of(page.file, row.name)), key=len, default=page.file)
        by_name.setdefault(own, []).append(page)
    for row in rows:
        head, *rest = told(row, lang)
        yield ((clean.terminal(head), "bold"),)
        yield from (((clean.terminal(line), "dim"),) for line in rest)
        yield from _pages(by_name.get(row.name, []), found, lang)
        yield ()


def row_of(file: str, read: Read) -> DocumentRow:
    """A document that is not stored, as a row of its own."""
    reasons = tuple(dict.fromkeys(reason for _, _, reason in read.unread))
    state = "unread" if not read.pages else "partly_read" if reasons else "read"
    return DocumentRow(
        file,
        None,
        state,  # type: ignore[arg-type]  # one of three, each a state
        reasons or (() if read.pages else ("no_text",)),
        format=read.format,
        bytes=read.bytes,
        sha256=read.sha256,
        unread=read.unread,
    )


def _pages(pages: Iterable[DocumentPage], evidence: list[Evidence], lang: str) -> Iterator[Line]:
    for (file, number), same in groupby(pages, key=lambda page: (page.file, page.page)):
        where = f"{file} {say(lang, 'documents.page', page=number)}" if number else file
        yield ((f"— {clean.terminal(where)} —", "dim"),)
        own = [item for item in evidence if (item.file, item.page) == (file, number)]
        for page in same:
            yield from marked(page.text, own, "document")


def _bracketed(text: str, lang: str) -> str:
    return (f"（{text}）" if lang == "zh" else f" ({text})") if text else ""


def _is_of(file: str, name: str) -> bool:
    return file == name or file.startswith(f"{name}/")
