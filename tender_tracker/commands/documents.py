"""Commands about attachments: documents fetch, list, show, read, prune; and the stage of fetch that gathers them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tender_tracker.commands.call import Call, Json, choice, clock, number, of
from tender_tracker.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from tender_tracker.attachments import Settled
    from tender_tracker.model import Verdict
    from tender_tracker.storage.papers import Paper
    from tender_tracker.storage.rows import DocumentRow
    from tender_tracker.storage.store import Store
    from tender_tracker.web.fetch import Fetcher

documents = typer.Typer(
    help="Attachments of notices: fetched, read and judged.", no_args_is_help=True, rich_markup_mode=None
)
CHOSEN = ("flagged", "all")
MODES = (*CHOSEN, "none")
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="Notices, as printed by list and report.")]
Ocr = Annotated[bool, typer.Option("--ocr", help="Read pictures and scans, too; needs the extra ocr.")]
FAILED = ("failed", "blocked", "not_a_document")
"""Reasons that may pass: a run that met one is partial."""


def register(app: typer.Typer) -> None:
    documents.command("fetch", epilog="Example:  tenders documents fetch 12 15    (or: --flagged --since 30d)")(fetch)
    documents.command("list", epilog="Example:  tenders documents list --unread")(listing)
    documents.command("show", epilog="Example:  tenders documents show 12")(show)
    documents.command("read", epilog="Example:  tenders documents read 招标文件.zip --title 智算中心服务器采购")(read)
    documents.command("prune", epilog="Example:  tenders documents prune --keep 180d --max-size 5GB")(prune)
    app.add_typer(documents, name="documents")


def gather(
    call: Call,
    store: "Store",
    papers: "Iterable[Paper]",
    now: "datetime",
    fetcher: "Fetcher | None",
    anew: bool = False,
    ocr: bool = False,
) -> "list[Settled]":
    """Fetches, reads and judges attachments. Without `fetcher` only what lies beside saved pages is read."""
    from tender_tracker.attachments import Desk
    from tender_tracker.commands.fetch import progress
    from tender_tracker.relink import relink
    from tender_tracker.restate import restate
    from tender_tracker.storage.files import Files, beside

    settings = call.settings
    desk = Desk(store, Files(beside(settings.db)), call.pack, now, fetcher, settings.sources, anew, looks(call, ocr))
    done: list[Settled] = []
    with progress(call) as tick:
        for settled in desk.work(papers):
            done.append(settled)
            tick(len(done), call.say("documents.progress"))
    if any(settled.verdict for settled in done):  # a notice may be one of compute now, and its project with it
        relink(store)
        restate(store, call.pack)
    return done


def of_run(call: Call, store: "Store", mode: str | None, now: "datetime", fetcher: "Fetcher | None") -> "list[Settled]":
    """The attachments that a run is to gather: of the notices it has read, and those that wait from earlier runs.

    `mode` is flagged, all or none; profiles of the configuration may want more. Beside saved pages nothing waits.
    """
    shelf, papers = store.documents(), list(_chosen(call, store, mode))
    if fetcher is None:
        fresh = (paper for paper in papers if paper.state in ("not_fetched", "fetched"))
        return gather(call, store, fresh, now, None)
    if not papers and mode not in CHOSEN and not _profiled(call):
        return []
    shelf.want(papers)
    return gather(call, store, list(shelf.waiting(now)), now, fetcher)


def _chosen(call: Call, store: "Store", mode: str | None) -> "Iterator[Paper]":
    from tender_tracker.storage.papers import which

    shelf = store.documents()
    if mode in CHOSEN:
        yield from shelf.seen_now(which(mode))
    for name, own in _profiled(call).items():
        papers = list(shelf.seen_now(which(own)))
        passing = _passing(call, name, {paper.notice_id for paper in papers})
        yield from (paper for paper in papers if paper.notice_id in passing)


def _profiled(call: Call) -> dict[str, str]:
    """Profiles that want attachments, and whose."""
    profiles = call.settings.profiles.items()
    return {name: profile.documents for name, profile in profiles if profile.documents in CHOSEN and profile.documents}


def mode_of(call: Call, given: str | None) -> str | None:
    """What the option says, else the configuration; None where neither does. Raises UsageError where pictures are to
    be read and cannot be."""
    looks(call)
    if given is None:
        return call.settings.documents
    return choice("--documents", given, MODES) if given else None


def looks(call: Call, ocr: bool = False) -> bool:
    """Whether pictures are read, by the option or the configuration. Raises UsageError without the extra."""
    from tender_tracker.documents.ocr import is_here

    wanted = ocr or call.settings.ocr
    if wanted and not is_here():
        raise UsageError("reading pictures (ocr) needs an extra: pip install 'tenders[ocr]'")
    return wanted


def _passing(call: Call, name: str, numbers: set[int]) -> set[int]:
    """Notices that a profile lets pass whatever their level: a document may raise it."""
    from dataclasses import replace

    from tender_tracker.reporting.selection import left_out
    from tender_tracker.storage.query import Reader

    profile = replace(call.settings.profiles[name], levels=())
    with Reader.open(call.settings.db) as reader:
        return {row.notice.id for row in reader.numbered(numbers) if left_out(profile, row) is None}


def put_gathered(call: Call, done: "list[Settled]") -> int:
    """Counts, levels that a document has changed, and by name what could not be had → 3 where it may be had later."""
    from tender_tracker.messages import name
    from tender_tracker.reporting.attached import place

    if not done:
        return 0
    counts = Counter(one.paper.state for one in done)
    told = {"read": counts["read"], "partly": counts["partly_read"], "unread": counts["unread"]}
    call.put(call.say("documents.line", waiting=counts["not_fetched"], **told) + "\n")
    for one in done:
        if one.verdict and one.before != one.verdict.level:
            before, after = (name(call.lang, "level", level) for level in (one.before, one.verdict.level))
            found = next((item for item in one.verdict.evidence if item.effect == one.verdict.level), None)
            shown = {"file": place(found, call.lang), "quote": found.quote} if found else {"file": "", "quote": ""}
            call.tell(
                call.say("documents.raised", id=one.paper.notice_id, before=before, after=after, **shown), always=True
            )
    for one in done:
        if one.paper.message:
            said = {"id": f"#{one.paper.notice_id}", "name": one.paper.name, "message": call.told(one.paper.message)}
            call.tell(call.say("documents.failed", **said), always=_may_pass(one))
    return 3 if any(map(_may_pass, done)) else 0


def _may_pass(one: "Settled") -> bool:
    return bool(set(one.paper.reasons) & set(FAILED))


def fetch(
    context: typer.Context,
    ids: Ids = None,
    flagged: Annotated[bool, typer.Option("--flagged", help="Of notices flagged or buying compute.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Of all notices.")] = False,
    since: Annotated[str | None, typer.Option(metavar="DATE|7d", help="Only of notices published since.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Also those that were had, or given up, before.")] = False,
    ocr: Ocr = False,
) -> None:
    """Fetch and read attachments: of these notices, or what waits from earlier runs."""
    from tender_tracker.commands.live import fetcher_of
    from tender_tracker.reporting.period import window
    from tender_tracker.storage.store import Store

    call, now = of(context), clock()
    looks(call, ocr)
    numbers = [number(one) for one in ids or ()]
    if numbers and (flagged or everything or since):
        raise UsageError("documents fetch: give notices, or --flagged or --all, not both")
    first = window(now, since, None).since if since else None
    with Store.open(call.settings.db, now, create=False) as store, fetcher_of(call, store) as fetcher:
        shelf = store.documents()
        if numbers:
            found = list(shelf.of(numbers))
            _check_known(call, numbers)
        elif flagged or everything or first:
            found = list(shelf.since(first, "all" if everything else "flagged"))
        else:
            found = list(shelf.waiting(now))
        shelf.want(found)
        papers = [paper for paper in found if again or paper.state in ("not_fetched", "fetched")]
        done = gather(call, store, papers, now, fetcher, again, ocr)
    if not papers:
        call.tell(call.say("documents.none"))
    raise typer.Exit(put_gathered(call, done))


def _check_known(call: Call, numbers: Iterable[int]) -> None:
    """Raises UsageError for a notice that is not stored."""
    from tender_tracker.storage.query import Reader

    with Reader.open(call.settings.db) as reader:
        for one in numbers:
            reader.notice(one)


def listing(
    context: typer.Context,
    ids: Ids = None,
    unread: Annotated[bool, typer.Option("--unread", help="Only those not read, or not in full.")] = False,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many notices.")] = 50,
    json: Json = False,
) -> None:
    """Attachments and what became of each: of these notices, else of the newest flagged or buying compute."""
    from tender_tracker.reporting.attached import why
    from tender_tracker.reporting.table import Column, Table
    from tender_tracker.storage.files import Files, beside
    from tender_tracker.storage.query import Filter, Reader

    call = of(context)
    files = Files(beside(call.settings.db))
    with Reader.open(call.settings.db) as reader:
        if ids:
            notices = [reader.notice(number(one)).notice for one in ids]
        else:
            notices = reader.listing(Filter(levels=(), compute=True, attached=True), limit)
    found = [(notice, one) for notice in notices for one in notice.documents if not unread or one.state != "read"]
    columns = (
        Column("id", call.say("head.id"), lambda row: str(row[0].id), right=True),
        Column("state", call.say("head.state"), lambda row: _state(call, row[1])),
        Column("why", call.say("head.why"), lambda row: why(row[1], call.lang)),
        Column("attachment", call.say("head.attachment"), lambda row: row[1].name),
        Column("format", call.say("head.format"), lambda row: row[1].format, spare=True),
        Column("size", call.say("head.size"), lambda row: _size(row[1].bytes), right=True, spare=True),
        Column("kept", call.say("head.kept"), lambda row: _kept(call, files, row[1]), spare=True),
        Column("title", call.say("head.title"), lambda row: row[0].title, spare=True),
    )
    if json:
        from tender_tracker.reporting.table import document, jsonable

        call.put(document([{"notice": notice.id, **jsonable(one)} for notice, one in found]))
    elif found:
        call.put_table(Table(columns, tuple(found)))
    count, size = files.used()
    call.tell(call.say("documents.kept", folder=files.folder, n=count, size=_size(size)))


def show(
    context: typer.Context,
    notice_id: Annotated[str, typer.Argument(metavar="ID", help="As printed by list, report and search.")],
    json: Json = False,
) -> None:
    """The attachments of one notice, their text by page with the evidence marked."""
    from tender_tracker.reporting.papers import lines
    from tender_tracker.reporting.table import document
    from tender_tracker.storage.query import Reader

    call, asked = of(context), number(notice_id)
    with Reader.open(call.settings.db) as reader:
        file, pages = reader.notice(asked), reader.pages(asked)
    evidence = [item for item in file.evidence if item.where == "document"]
    if json:
        call.put(document({"documents": file.notice.documents, "pages": pages, "evidence": evidence}))
    else:
        call.put_lines(lines(file.notice.documents, pages, evidence, call.lang))


def read(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Documents or archives on this machine.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="Title of the notice they belong to.")] = "",
    ocr: Ocr = False,
    json: Json = False,
) -> None:
    """Read and flag documents without storing anything."""
    from tender_tracker.attachments import reading_of
    from tender_tracker.judged import judged
    from tender_tracker.reporting.papers import lines, row_of
    from tender_tracker.reporting.table import document

    call, code = of(context), 0
    sees = looks(call, ocr)
    told = []
    for path in paths:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}: not a regular file; give a document or an archive")
        if not path.exists():
            raise UsageError(f"{path}: no such file; check the path")
        read = reading_of(path, looks=sees)
        found, row = read.pages_of(path.name), row_of(path.name, read)
        verdict = judged(title, "", "", "CN", "zh", call.pack, [found])
        code = 3 if row.state != "read" else code
        told.append({"document": row, "verdict": verdict, "pages": found})
        if not json:
            call.put_lines((_decided(call, verdict), *lines([row], found, verdict.evidence, call.lang)))
    if json:
        call.put(document(told[0] if len(told) == 1 else told))
    raise typer.Exit(code)


def prune(
    context: typer.Context,
    keep: Annotated[str | None, typer.Option(metavar="90d|DATE", help="Files fetched before that go.")] = None,
    max_size: Annotated[
        str | None, typer.Option(metavar="2GB", help="Then the oldest, until the folder is as small.")
    ] = None,
) -> None:
    """Take old files out of the folder beside the store; what was read of them stays."""
    from tender_tracker.commands.raw import bytes_of
    from tender_tracker.reporting.period import first_day
    from tender_tracker.storage import lock
    from tender_tracker.storage.files import Files, beside
    from tender_tracker.storage.storefile import regular

    call, now = of(context), clock()
    if keep is None and max_size is None:
        raise UsageError("documents prune: say what may stay, --keep 90d or --max-size 2GB")
    before, limit = first_day(keep, now, "--keep") if keep else None, bytes_of(max_size)
    files = Files(beside(call.settings.db))
    if not files.folder.is_dir():
        regular(call.settings.db)  # a store without attachments has nothing to prune, a wrong path is told
    with lock.take(call.settings.db):
        done = files.prune(before, limit)
    call.put(call.say("documents.pruned", n=done.files, bytes=_size(done.bytes), left=_size(done.left)) + "\n")


def _decided(call: Call, verdict: "Verdict") -> "tuple[tuple[str, str], ...]":
    from tender_tracker.reporting.sheet import decided

    return decided(verdict, call.lang)


def _state(call: Call, one: "DocumentRow") -> str:
    from tender_tracker.messages import name

    return name(call.lang, "docstate", one.state)


def _kept(call: Call, files: "object", one: "DocumentRow") -> str:
    from tender_tracker.storage.files import Files

    assert isinstance(files, Files)
    return call.say("word.yes" if files.has(one.sha256) else "word.no")


def _size(count: int | None) -> str:
    if count is None:
        return ""
    return f"{count / 10**6:,.1f} MB" if count >= 10**6 else f"{count / 10**3:,.1f} kB"
