"""Attachments of stored notices → files, what they say, and what that makes of their notices.

Each is settled in a transaction of its own: a run that is killed leaves what it had, and the next one goes on there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from os.path import splitext
from pathlib import Path
from typing import TYPE_CHECKING

from tender_tracker import sources
from tender_tracker.address import address
from tender_tracker.documents.apart import read_apart
from tender_tracker.documents.reading import MAX_BYTES, Reading
from tender_tracker.errors import NotAllowed, PageRefused, SourceFailed, TenderError, TooLarge, UsageError
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import DocumentPage, Level, Site, SourceSettings, Verdict
from tender_tracker.pages.companions import companion
from tender_tracker.relabel import decided
from tender_tracker.storage.files import Files, fingerprint
from tender_tracker.storage.papers import Paper, Read
from tender_tracker.storage.store import Store

if TYPE_CHECKING:
    from tender_tracker.web.fetch import Fetcher

SECONDS = 300.0
"""For one file, its redirects and retries together."""
READ_SECONDS = 30.0
_NOT_ASKED = {
    "picture": (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff"),
    "unknown_format": (
        ".dwg", ".dxf", ".gef", ".zbwj", ".exe", ".msi", ".mp3", ".mp4", ".avi", ".mov", ".wav", ".apk",
    ),
}  # fmt: skip
"""Endings that no reader is for → why such a file is unread."""
_MARKUP = (".htm", ".html", ".xhtml", ".xml", ".mht", "")
_HEAD = 512
_OFFICE = b"schemas-microsoft-com"
"""What a page has that Word or Excel saved under the ending of a document."""
_SELF = "document"
"""What a file is called while it is read: notices call the same one by different names."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an attachment. `verdict` on its notice where the document changed it, `before` its level then."""

    paper: Paper
    before: Level | None = None
    verdict: Verdict | None = None


@dataclass(slots=True)
class Desk:
    """Where attachments are fetched, read and judged. Without `fetcher` only what lies on disk is taken."""

    store: Store
    files: Files
    pack: RulePack
    now: datetime
    fetcher: Fetcher | None = None
    settings: Mapping[str, SourceSettings] | None = None
    anew: bool = False
    """Whether a file is read again that was read before."""
    looks: bool = False
    """Whether pictures are read by OCR."""

    _reread: set[str] = field(default_factory=set)
    """SHA-256 of the files that were read again: once is enough, however many notices attach one."""

    def work(self, papers: Iterable[Paper]) -> Iterator[Settled]:
        """Each attachment as it was settled; those that this desk can do nothing about are left out.

        Of a file that is read again the other notices that attach it follow, where that changes them.
        """
        for paper in papers:
            try:
                yield from self._taken(paper)
            except OSError as error:  # of the disk: another file may fit, or lie where it can be read
                said = f"{paper.name}: cannot be kept or read ({error.strerror}); check the disk and the rights"
                yield self._failing(paper, paper.failed("failed", said, self.now, again=True, counts=False))

    def _taken(self, paper: Paper) -> Iterator[Settled]:
        older = paper.sha256 is not None
        beside = companion(paper.read_from, paper.name, paper.url)
        if beside is not None:
            yield from self._read(paper.kept(fingerprint(beside), self.now), beside, older)
            return
        again = self.anew and paper.state != "not_fetched"
        if paper.sha256 is not None and self.files.has(paper.sha256) and (paper.state == "fetched" or again):
            yield from self._read(paper, self.files.path(paper.sha256), older)
        elif self.fetcher is not None:
            got = self._asked(paper, self.fetcher)
            if got.sha256 is None or got.state != "fetched":
                yield self._failing(paper, got)
            else:
                self.store.documents().settle(got)
                yield from self._read(got, self.files.path(got.sha256), older)

    def _failing(self, paper: Paper, failed: Paper) -> Settled:
        """Told; what was read of it before stays read."""
        if paper.state in ("read", "partly_read"):
            return Settled(replace(paper, reasons=failed.reasons, message=failed.message))
        self.store.documents().settle(failed)
        return Settled(failed)

    def _asked(self, paper: Paper, fetcher: Fetcher) -> Paper:
        """The file fetched and kept, or why it was not."""
        from tender_tracker.web.part import Part

        if paper.url is None:
            return paper.failed("no_address", "the notice names no address of it", self.now, again=False, counts=False)
        for reason, endings in _NOT_ASKED.items():
            if _ending(paper) in endings and not (self.looks and reason == "picture"):
                said = f"{_ending(paper)}: no reader is for such files; not asked"
                return paper.failed(reason, said, self.now, again=False, counts=False)
        part = Part(self.files.part(paper.url), MAX_BYTES)
        try:
            fetcher.download(paper.url, self._site(paper, fetcher), part, SECONDS)
        except TenderError as error:
            return _failed(paper, error, self.now)
        except OSError:
            part.forget()  # half a file fills the disk for all that follow
            raise
        if _is_page_instead(paper, part.path):
            part.forget()
            said = f"{paper.url}: gave a page, not the file; open it by hand"
            return paper.failed("not_a_document", said, self.now, again=True)
        sha256 = self.files.take(part.path)
        part.forget()
        return paper.kept(sha256, self.now)

    def _site(self, paper: Paper, fetcher: Fetcher) -> Site:
        """The site of the notice, with the hosts that its attachments may lie on."""
        from tender_tracker.web.crawl import site_of

        own = (self.settings or {}).get(paper.source, SourceSettings())
        try:
            site = sources.load(paper.source).SITE
        except UsageError:  # of a recipe that is gone since
            site = Site(paper.source, paper.source, "", ())
        site = site_of(site, own, fetcher.settings.delay)
        return replace(site, hosts=(*site.hosts, *site.file_hosts, *own.file_hosts, *_places(paper.notice_url)))

    def _read(self, paper: Paper, path: Path, older: bool) -> Iterator[Settled]:
        """What the file says, kept by its SHA-256, and its notice judged with it."""
        assert paper.sha256 is not None
        documents = self.store.documents()
        known = documents.knows(paper.sha256)
        if known is not None and (not self.anew or paper.sha256 in self._reread):
            yield self._settled(paper, known, older, fresh=False)
            return
        read = reading_of(path, paper.sha256, self.looks)
        self._reread.add(paper.sha256)
        yield self._settled(paper, read, older, fresh=True)
        if known is not None and read != known:
            for other in list(documents.sharing(paper)):
                yield self._settled(other, read, older=True, fresh=False)

    def _settled(self, paper: Paper, read: Read, older: bool, fresh: bool) -> Settled:
        """Noted with what the notice means now; a `fresh` reading is stored, too."""
        settled = paper.was_read(read)
        told = self._judged(settled, read, older)
        self.store.documents().settle(settled, read if fresh else None, told.verdict)
        return told

    def _judged(self, paper: Paper, read: Read, older: bool) -> Settled:
        """What the notice means with this document; in place of an older file it counts even if silent."""
        stored = self.store.one(paper.notice_id)
        if stored is None or not (read.pages or older):
            return Settled(paper)
        others = [pages for pages in stored.documents if not _is_of(pages[0].file, paper.name)]
        own = [read.pages_of(paper.name)] if read.pages else []
        verdict = decided(replace(stored, documents=(*others, *own)), self.pack)
        return Settled(paper) if verdict == stored.verdict else Settled(paper, stored.verdict.level, verdict)


def reading_of(path: Path, sha256: str | None = None, looks: bool = False) -> Read:
    """What a file says, read in a process of its own; with `looks` what its pictures say, too."""
    found = read_apart(path, _SELF, seconds=READ_SECONDS, looks=looks)
    return _kept(found, sha256 or fingerprint(path), path.stat().st_size)


def _failed(paper: Paper, error: TenderError, now: datetime) -> Paper:
    """Why a file could not be had, and whether it may be later."""
    match error:
        case TooLarge():
            return paper.failed("too_large", str(error), now, again=False)
        case NotAllowed() | UsageError():
            return paper.failed("forbidden", str(error), now, again=False, counts=False)
        case PageRefused(reason="not_found"):
            return paper.failed("not_found", str(error), now, again=False)
        case PageRefused():
            return paper.failed("blocked", str(error), now, again=True, counts=error.asked)
        case _:
            return paper.failed("failed", str(error), now, again=True, counts=error.asked)


def _ending(paper: Paper) -> str:
    """By its name, else by its address: .pdf."""
    return (splitext(paper.name)[1] or splitext((paper.url or "").partition("?")[0])[1]).lower()


def _is_page_instead(paper: Paper, path: Path) -> bool:
    """Whether a site gave a page, of a login or an error, where a file was to come; or nothing at all."""
    with path.open("rb") as file:
        head = file.read(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if _ending(paper) in _MARKUP:
        return not head
    return not head or (head.startswith((b"<!doctype html", b"<html")) and _OFFICE not in head)


def _places(url: str | None) -> tuple[str, ...]:
    try:
        return (address(url).place,) if url else ()
    except SourceFailed:
        return ()


def _kept(reading: Reading, sha256: str, size: int) -> Read:
    """A reading with the name of the attachment taken off its files; pages that come in pieces are one."""
    texts: dict[tuple[str, int | None, bool], list[str]] = {}
    for passage in reading.passages:
        texts.setdefault((passage.file.removeprefix(_SELF), passage.page, passage.ocr), []).append(passage.text)
    pages = tuple(DocumentPage(file, page, "\n".join(parts), ocr) for (file, page, ocr), parts in texts.items())
    unread = tuple((part.file.removeprefix(_SELF), part.page, part.reason) for part in reading.unread)
    return Read(sha256, size, reading.format, pages, unread)


def _is_of(file: str, name: str) -> bool:
    return file == name or file.startswith(f"{name}/")
