"""`tenders sources save`: one page of a site, kept or fetched → a file with the frame of a fixture beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Call, clock, of
from tender_tracker.errors import PageBroken, StoreUnusable, TenderError, UsageError

if TYPE_CHECKING:
    from tender_tracker.model import Notice, Page


def register(sources: typer.Typer) -> None:
    sources.command("save", epilog="Example:  tenders sources save http://www.ccgp.gov.cn/… -o pages")(save)


def save(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="A page that was fetched, or lies on a host of a source.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the page.")] = Path(),
) -> None:
    """Save a page as it came, with pages.toml and expected.toml beside it, to find or to hold a parser's mistake."""
    from tender_tracker import fixture

    call = of(context)
    page = _kept(call, url) or _fetched(call, url)
    if page.raw is None:
        raise PageBroken(f"{url}: came without its bytes; fetch it again")
    role, notices, trouble = _read(page)
    name = fixture.file_name(url, page.media)
    try:
        output.mkdir(parents=True, exist_ok=True)
        with (output / name).open("xb") as file:
            file.write(page.raw.data)
        _append(output / "pages.toml", fixture.manifest_entry(name, page, role))
        if notices:
            _append(output / "expected.toml", fixture.expected_entries(name, notices))
    except FileExistsError as error:
        raise UsageError(f"{output / name}: is there already; move it away, or name another folder with -o") from error
    except OSError as error:
        raise TenderError(f"{output / name}: not written: {error.strerror}") from error
    call.put(f"{output / name}\n")
    call.tell(call.say("save.saved", role=role, n=len(notices)))
    if trouble is not None:
        call.tell(call.say("save.unread", message=call.told(trouble)), always=True)


def _kept(call: Call, url: str) -> Page | None:
    """The newest kept page of an address; a raw file that is missing or of no use is no obstacle."""
    from tender_tracker.reparse import page_of
    from tender_tracker.storage.raw import RawFile, beside

    try:
        with RawFile.open(beside(call.settings.db), write=False) as file:
            kept = file.find(url)
    except StoreUnusable:
        return None
    return page_of(kept) if kept else None


def _fetched(call: Call, url: str) -> Page:
    """The page from its site, asked for as politely as by a fetch. Raises UsageError where no source has the host."""
    from dataclasses import replace

    from tender_tracker import sources
    from tender_tracker.address import address
    from tender_tracker.model import Request, SourceSettings
    from tender_tracker.web.crawl import site_of
    from tender_tracker.web.fetch import Fetcher, FetchSettings

    settings = call.settings
    place = address(url).place
    for name in sources.known():
        site = site_of(sources.load(name).SITE, settings.sources.get(name, SourceSettings()), settings.delay)
        if place in site.hosts:
            with Fetcher(FetchSettings(settings.contact, settings.delay, settings.allow_private), clock) as fetcher:
                return replace(fetcher.get(Request(url), site), url=url)
    raise UsageError(f"{url}: {place} is a host of no source; see `tenders sources list`, or write a recipe for it")


def _read(page: Page) -> tuple[str, list[Notice], TenderError | None]:
    """The role of a page, its notices, and why there are none where it cannot be read: then it is worth saving most."""
    from tender_tracker import parse

    try:
        parsed = parse.read(page)
    except Exception as error:
        return "notice", [], parse.unforeseen(page.url or "page", error)
    if parsed.listing is not None:
        return "list", [], None
    return "notice", list(parsed.notices), None


def _append(path: Path, entry: str) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(entry if file.tell() == 0 else f"\n{entry}")
