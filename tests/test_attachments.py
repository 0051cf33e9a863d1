"""Attachments by way of the program: asked for politely, kept once, read, judged, and told where they are unread."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Result
from documents import DEMAND, docx, odf, office, paragraph, xlsb, xlsx, zipped
from samples import NOW, ask, record
from server import Asked, Reply, Server
from test_stand_in import COLUMN, column, detail, item, path

from tender_tracker.model import Attachment, DocumentPage
from tender_tracker.storage.papers import Read
from tender_tracker.storage.query import Reader
from tender_tracker.storage.store import Store
from tender_tracker.storage.unread import unread

Tenders = Callable[..., Result]
TITLE = "云溪学院智能计算服务器采购项目公开招标公告"
BINARY = "application/octet-stream"
PLAIN = f"第三章 采购需求\n服务器 2 台。\n{DEMAND}\n".encode()


def page(server: Server, *files: str, number: int = 1) -> str:
    links = "".join(f'<a href="{server.url}/f/{name}">{name}</a> ' for name in files)
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><link rel="canonical" href="{server.url}/n/{number}.html">'
        f"<title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>项目编号：YX-2026-{number:03}</p>"
        f"<p>采购人：云溪学院</p><p>采购内容：服务器 2 台，详见招标文件。</p><p>发布时间：2026年11月20日</p>"
        f"<p>附件：{links}</p></body></html>"
    )


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as server:
        server.routes["/robots.txt"] = Reply("gone", 404)
        yield server


@pytest.fixture
def here(tenders: Tenders, tmp_path: Path, server: Server) -> Tenders:
    """The program with a store of its own, allowed to ask the server."""
    text = 'db = "s.db"\nallow_private = true\ndelay = 0\n'
    (tmp_path / "c.toml").write_text(text, "utf-8")
    (tmp_path / "saved").mkdir()
    return lambda *words: tenders("--config", tmp_path / "c.toml", *words)


@pytest.fixture
def stored(here: Tenders, tmp_path: Path, server: Server) -> Callable[..., Tenders]:
    """Stores one notice that attaches these files; their bytes are what the server has."""

    def store(**files: bytes) -> Tenders:
        names = [name.replace("_", ".") for name in files]
        for name, data in zip(names, files.values(), strict=True):
            server.routes[f"/f/{name}"] = Reply(data, kind=BINARY)
        (tmp_path / "saved" / "n.html").write_text(page(server, *names), "utf-8")
        assert here("fetch", "--saved", tmp_path / "saved").code == 0
        return here

    return store


def level(program: Tenders) -> str:
    return str(json.loads(program("show", "1", "--json").out)["notice"]["level"])


def state(program: Tenders, number: int = 1) -> list[tuple[str, list[str]]]:
    rows = json.loads(program("documents", "list", number, "--json").out)
    return [(row["state"], row["reasons"]) for row in rows]


FORMATS = {
    "a_pdf": office("tender.pdf"),
    "a_doc": office("tender.doc"),
    "a_docx": docx(paragraph("服务器 2 台") + paragraph(DEMAND)),
    "a_rtf": office("tender.rtf"),
    "a_xlsx": xlsx(f'<row r="1"><c t="inlineStr"><is><t>{DEMAND}</t></is></c></row>'),
    "a_xls": office("goods.xls"),
    "a_txt": PLAIN,
    "a_odt": odf("text", f"<text:p>服务器 2 台</text:p><text:p>{DEMAND}</text:p>"),
    "a_xlsb": xlsb(["技术要求", DEMAND]),
    "b_doc": f'<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><p>服务器 2 台</p><p>{DEMAND}</p></body></html>'.encode(),
    "a_zip": zipped({"附件/需求.txt": PLAIN}),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_demand_that_stands_only_in_an_attachment_gives_the_notice_its_level(
    stored: Callable[..., Tenders], name: str
) -> None:
    program = stored(**{name: FORMATS[name]})
    assert level(program) == "none"
    done = program("documents", "fetch", "1")
    assert (done.code, level(program)) == (0, "required"), done.err
    assert name.replace("_", ".") in done.err
    found = json.loads(program("show", "1", "--json").out)["evidence"][0]
    assert (found["where"], found["file"].split("/")[0]) == ("document", name.replace("_", "."))


def test_what_is_here_is_not_asked_again(stored: Callable[..., Tenders], server: Server) -> None:
    program = stored(a_txt=PLAIN)
    program("documents", "fetch", "1")
    server.asked.clear()
    assert program("documents", "fetch", "1").code == 0
    assert program("documents", "fetch").code == 0
    assert server.paths() == []


def test_two_notices_with_the_same_file_share_it(
    stored: Callable[..., Tenders], server: Server, tmp_path: Path
) -> None:
    (tmp_path / "saved" / "b.html").write_text(page(server, "b.txt", number=2), "utf-8")
    server.routes["/f/b.txt"] = Reply(PLAIN, kind=BINARY)
    program = stored(a_txt=PLAIN)
    assert program("documents", "fetch", "1", "2").code == 0
    assert len([path for path in (tmp_path / "s.documents").glob("*/*") if path.is_file()]) == 1
    assert ask(tmp_path / "s.db", "SELECT count(*), count(DISTINCT sha256) FROM documents") == [(2, 1)]
    assert ask(tmp_path / "s.db", "SELECT count(*) FROM notices WHERE level = 'required'") == [(2,)]


def test_a_shared_file_that_is_read_anew_changes_all_who_attach_it_at_once(
    stored: Callable[..., Tenders], server: Server, tmp_path: Path
) -> None:
    (tmp_path / "saved" / "b.html").write_text(page(server, "b.txt", number=2), "utf-8")
    server.routes["/f/b.txt"] = Reply(PLAIN, kind=BINARY)
    program = stored(a_txt=PLAIN)
    program("documents", "fetch", "1", "2")
    with closing(sqlite3.connect(tmp_path / "s.db")) as db, db:  # as an older reader may have read it
        db.execute("UPDATE passages SET text = '服务器 2 台'")
    program("relabel", "--all")
    levels = "SELECT level FROM notices ORDER BY id"
    assert ask(tmp_path / "s.db", levels) == [("none",), ("none",)]
    done = program("--lang", "en", "documents", "fetch", "1", "--again")
    assert ask(tmp_path / "s.db", levels) == [("required",), ("required",)]
    assert "#1 none → required" in done.err and "#2 none → required" in done.err


def test_a_file_that_the_disk_does_not_take_leaves_the_others_to_be_read(
    stored: Callable[..., Tenders], tmp_path: Path
) -> None:
    program = stored(a_txt=b"1", b_txt=PLAIN)
    (tmp_path / "s.documents").mkdir()
    (tmp_path / "s.documents" / hashlib.sha256(b"1").hexdigest()[:2]).write_text("in the way")
    done = program("--lang", "en", "documents", "fetch", "1")
    assert (done.code, state(program)) == (3, [("not_fetched", ["failed"]), ("read", [])])
    assert "a.txt: cannot be kept or read (File exists); check the disk and the rights" in done.err
    (tmp_path / "s.documents" / hashlib.sha256(b"1").hexdigest()[:2]).unlink()
    assert program("documents", "fetch").code == 0


def test_a_file_that_breaks_off_is_continued_in_the_next_run(stored: Callable[..., Tenders], server: Server) -> None:
    program = stored(a_txt=PLAIN)
    cut, tag = len(PLAIN) // 2, {"ETag": '"one"', "Accept-Ranges": "bytes"}
    server.routes["/f/a.txt"] = Reply(PLAIN, kind=BINARY, keep=cut, headers=tag)

    def rest(question: Asked) -> Reply:
        assert question.headers.get("If-Range", question.headers.get("if-range")) == '"one"'
        begin = int(question.headers.get("Range", question.headers.get("range", ""))[6:-1])
        told = {**tag, "Content-Range": f"bytes {begin}-{len(PLAIN) - 1}/{len(PLAIN)}"}
        return Reply(PLAIN[begin:], 206, told, BINARY)

    server.routes["/f/a.txt"] = [Reply(PLAIN, kind=BINARY, keep=cut, headers=tag), rest]
    assert program("documents", "fetch", "1").code == 0
    assert level(program) == "required"
    assert server.paths().count("/f/a.txt") == 2


def test_a_file_of_another_version_is_begun_anew(stored: Callable[..., Tenders], server: Server) -> None:
    program = stored(a_txt=PLAIN)
    first = Reply(b"x" * 5000, kind=BINARY, keep=2000, headers={"ETag": '"one"'})
    server.routes["/f/a.txt"] = [first, Reply(PLAIN, kind=BINARY, headers={"ETag": '"two"'})]
    assert program("documents", "fetch", "1").code == 0
    assert level(program) == "required"


def test_what_fails_waits_and_comes_with_a_later_run(
    stored: Callable[..., Tenders], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stored(a_txt=PLAIN)
    server.routes["/f/a.txt"] = Reply("closed", 403)
    failed = program("documents", "fetch", "1")
    assert failed.code == 3 and "403" in failed.err
    assert state(program) == [("not_fetched", ["failed"])]
    server.routes["/f/a.txt"] = Reply(PLAIN, kind=BINARY)
    assert program("documents", "fetch").code == 0
    assert (state(program), level(program)) == ([("read", [])], "required")


REFUSALS = {
    "gone": (Reply("gone", 404), "unread", "not_found"),
    "a login": (Reply("<html><body>请登录</body></html>"), "not_fetched", "not_a_document"),
    "too large": (Reply(b"", headers={"Content-Length": str(2**30)}, keep=0), "unread", "too_large"),
    "scanned nothing": (Reply(b"%PDF-1.4\n%%EOF", kind=BINARY), "unread", "damaged"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_cannot_be_had_or_read_is_named(stored: Callable[..., Tenders], server: Server, what: str) -> None:
    reply, became, reason = REFUSALS[what]
    program = stored(a_pdf=b"")
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n" if what == "too large" else None
    server.routes["/f/a.pdf"] = Reply(raw=raw) if raw else reply
    program("documents", "fetch", "1")
    assert state(program) == [(became, [reason])]
    assert level(program) == "none"


def test_robots_and_other_hosts_are_not_asked(stored: Callable[..., Tenders], server: Server, tmp_path: Path) -> None:
    program = stored(a_txt=PLAIN)
    server.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /f/\n", kind="text/plain")
    program("documents", "fetch", "1")
    assert state(program) == [("unread", ["forbidden"])] and server.paths() == []
    elsewhere = page(server, "c.txt", number=3).replace(f"{server.url}/f/", "http://169.254.169.254/f/")
    (tmp_path / "saved" / "n.html").write_text(elsewhere, "utf-8")
    program("fetch", "--saved", tmp_path / "saved")
    program("documents", "fetch", "2")
    assert state(program, 2) == [("unread", ["forbidden"])]


def test_a_picture_is_not_asked_for_and_said_to_be_one(stored: Callable[..., Tenders], server: Server) -> None:
    program = stored(a_jpg=b"\xff\xd8\xff")
    program("documents", "fetch", "1")
    assert state(program) == [("unread", ["picture"])] and server.paths() == []


def test_a_run_killed_before_a_file_was_read_goes_on_from_the_file(
    stored: Callable[..., Tenders], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stored(a_txt=PLAIN, b_txt=PLAIN + b"2")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("tender_tracker.attachments.read_apart", killed)
        assert program("documents", "fetch", "1").code == 130
    assert [one for one, _ in state(program)] == ["fetched", "not_fetched"]
    server.asked.clear()
    assert program("documents", "fetch").code == 0
    assert [one for one, _ in state(program)] == ["read", "read"]
    assert server.paths() == ["/f/b.txt"]


def test_a_choice_without_attachments_does_not_ask_for_others_that_wait(
    stored: Callable[..., Tenders], server: Server, tmp_path: Path
) -> None:
    program = stored(a_txt=PLAIN)
    (tmp_path / "saved" / "b.html").write_text(page(server, number=2), "utf-8")
    program("fetch", "--saved", tmp_path / "saved")
    with Store.open(tmp_path / "s.db", NOW) as store:
        store.documents().want(store.documents().of([1]))
    for choice in ("2",), ("--flagged", "--since", "2099-01-01"):
        done = program("documents", "fetch", *choice)
        assert (done.code, server.paths()) == (0, []), choice


def test_files_beside_saved_pages_are_read_without_the_network(here: Tenders, server: Server, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    (saved / "n.html").write_text(page(server, "a.txt", "b.docx", "c.zip"), "utf-8")
    (saved / "n_files").mkdir()
    (saved / "n_files" / "a.txt").write_bytes(PLAIN)
    (saved / "files").mkdir()
    (saved / "files" / "7.docx").write_bytes(docx(paragraph("服务器 2 台")))
    (saved / "pages.toml").write_text('[[page]]\nfile = "n.html"\nattachments = { "b.docx" = "files/7.docx" }\n')
    assert here("fetch", "--saved", saved / "n.html").code == 0
    assert state(here) == [("read", []), ("read", []), ("not_fetched", ["not_asked"])]
    assert (level(here), server.asked) == ("required", [])


def test_none_leaves_even_files_beside_saved_pages_unread(here: Tenders, server: Server, tmp_path: Path) -> None:
    (tmp_path / "saved" / "n.html").write_text(page(server, "a.txt"), "utf-8")
    (tmp_path / "saved" / "n_files").mkdir()
    (tmp_path / "saved" / "n_files" / "a.txt").write_bytes(PLAIN)
    here("fetch", "--saved", tmp_path / "saved" / "n.html", "--documents", "none")
    assert state(here) == [("not_fetched", ["not_asked"])]


def test_pruning_takes_files_and_leaves_what_was_read(stored: Callable[..., Tenders], tmp_path: Path) -> None:
    program = stored(a_txt=PLAIN)
    program("documents", "fetch", "1")
    assert "1 files taken out" in program("documents", "prune", "--max-size", "0B").out
    assert not [path for path in (tmp_path / "s.documents").glob("*/*") if path.is_file()]
    assert program("relabel").code == 0
    assert level(program) == "required"
    assert DEMAND[1:10] in program("documents", "show", "1").out


def test_what_was_read_stays_read_when_its_site_no_longer_has_it(
    stored: Callable[..., Tenders], server: Server
) -> None:
    program = stored(a_txt=PLAIN)
    program("documents", "fetch", "1")
    program("documents", "prune", "--max-size", "0B")
    server.routes["/f/a.txt"] = Reply("gone", 404)
    done = program("documents", "fetch", "1", "--again")
    assert "HTTP 404" in done.err or "HTTP 404" in program("-v", "documents", "fetch", "1", "--again").err
    assert state(program) == [("read", [])]


def test_a_page_read_again_keeps_what_its_documents_say(
    stored: Callable[..., Tenders], server: Server, tmp_path: Path
) -> None:
    program = stored(a_txt=PLAIN)
    program("documents", "fetch", "1")
    changed = page(server, "a.txt").replace("服务器 2 台", "服务器 3 台")
    (tmp_path / "saved" / "n.html").write_text(changed, "utf-8")
    assert "changed 1" in program("fetch", "--saved", tmp_path / "saved").out
    assert level(program) == "required"
    gone = page(server, "b.txt").replace("服务器 2 台", "服务器 3 台")
    (tmp_path / "saved" / "n.html").write_text(gone, "utf-8")
    program("fetch", "--saved", tmp_path / "saved")
    assert level(program) == "none"


def readdressed(program: Tenders, server: Server, folder: Path) -> None:
    """The notice is changed, and its attachment a.txt lies at another address."""
    text = page(server, "a.txt").replace("/f/a.txt", "/g/a.txt").replace("服务器 2 台", "服务器 3 台")
    (folder / "n.html").write_text(text, "utf-8")
    assert "changed 1" in program("fetch", "--saved", folder).out


def test_an_attachment_at_a_new_address_is_no_longer_told_as_read_and_its_old_text_counts_till_it_is(
    stored: Callable[..., Tenders], server: Server, tmp_path: Path
) -> None:
    program = stored(a_txt=PLAIN)
    program("documents", "fetch", "1")
    readdressed(program, server, tmp_path / "saved")
    assert (state(program), level(program)) == ([("not_fetched", ["moved"])], "required")
    assert "a.txt · not fetched (moved, not fetched anew)" in program("documents", "show", "1").out
    assert "1 of 1 attachments unread: moved, not fetched anew 1" in program("show", "1").out.replace("\n", " ")
    server.routes["/g/a.txt"] = Reply("gone", 404)
    program("documents", "fetch")
    assert (state(program), level(program)) == ([("unread", ["not_found", "moved"])], "required")
    assert program("relabel").code == 0 and level(program) == "required"


def test_a_page_read_live_again_gives_its_attachments_their_new_addresses_though_it_says_the_same(
    tmp_path: Path,
) -> None:
    def files(folder: str) -> tuple[Attachment, ...]:
        return tuple(Attachment(name, f"http://www.ccgp.gov.cn/{folder}/{name}") for name in ("a.pdf", "b.pdf"))

    with Store.open(tmp_path / "s.db", NOW) as store:
        store.save([record(1, attachments=files("f"))])
        read = Read("f" * 64, 9, "pdf", (DocumentPage("", 1, "x"),), ())
        first, second = store.documents().of([1])
        store.documents().settle(first.kept("f" * 64).was_read(read), read)
        store.documents().settle(second.failed("not_found", "gone", NOW, again=False))
        store.save([record(1, attachments=files("g"))], old_copies=True)
        assert [paper.state for paper in store.documents().of([1])] == ["read", "unread"], "a saved page may be older"
        store.save([record(1, attachments=files("g"))], old_copies=False)
        found = [(paper.url, paper.state, paper.reasons) for paper in store.documents().waiting(NOW)]
    assert found == [
        ("http://www.ccgp.gov.cn/g/a.pdf", "not_fetched", ("moved",)),
        ("http://www.ccgp.gov.cn/g/b.pdf", "not_fetched", ()),
    ]


@pytest.mark.parametrize(
    ("newer", "after"),
    [(b"\x89PNG\r\n\x1a\n", ("unread", ["picture"])), (PLAIN.replace(DEMAND.encode(), b""), ("read", []))],
)
def test_a_newer_file_that_demands_nothing_takes_the_demand_of_the_older_away_at_once(
    stored: Callable[..., Tenders], server: Server, tmp_path: Path, newer: bytes, after: tuple[str, list[str]]
) -> None:
    program = stored(a_txt=PLAIN)
    program("documents", "fetch", "1")
    readdressed(program, server, tmp_path / "saved")
    server.routes["/g/a.txt"] = Reply(newer, kind=BINARY)
    done = program("documents", "fetch")
    assert (state(program), level(program)) == ([after], "none"), done.err
    assert json.loads(program("show", "1", "--json").out)["evidence"] == []
    assert ask(tmp_path / "s.db", "SELECT before, after, why FROM relabelings ORDER BY rowid DESC LIMIT 1") == [
        ("required", "none", "documents")
    ]


def test_a_procurement_that_only_a_document_makes_one_of_compute_is_in_the_market_at_once(
    stored: Callable[..., Tenders], here: Tenders, tmp_path: Path, server: Server
) -> None:
    program = stored(a_txt=PLAIN)
    assert program("documents", "fetch", "1").code == 0
    assert json.loads(program("market", "--json").out)["buyers"]["projects"] == 1
    assert not json.loads(program("project", "1", "--json").out)["stale"]
    saved = tmp_path / "beside.html"
    saved.write_text(page(server, "b.txt", number=2), "utf-8")
    (tmp_path / "beside_files").mkdir()
    (tmp_path / "beside_files" / "b.txt").write_bytes(PLAIN)
    assert here("fetch", "--saved", saved, "--documents", "all").code == 0
    assert json.loads(program("market", "--json").out)["buyers"]["projects"] == 2


def test_a_word_of_an_attachment_is_found_by_the_program(stored: Callable[..., Tenders]) -> None:
    program = stored(a_txt=PLAIN)
    program("documents", "fetch", "1")
    assert f"{DEMAND} — a.txt" in "".join(program("search", "进口").lines[1].split("\t"))
    (hit,) = json.loads(program("search", "云溪 进口", "--json").out)
    assert (hit["where"], hit["file"], hit["page"], hit["passage"]) == ("document", "a.txt", None, DEMAND)


def test_a_local_file_is_read_and_flagged_without_a_store(tenders: Tenders, tmp_path: Path) -> None:
    (tmp_path / "需求.zip").write_bytes(zipped({"需求.txt": PLAIN, "图.png": b"\x89PNG\r\n\x1a\n" + bytes(99)}))
    done = tenders("documents", "read", tmp_path / "需求.zip", "--title", TITLE)
    assert done.code == 3 and "partly read (picture)" in done.out and "【" in done.out
    found = json.loads(tenders("documents", "read", tmp_path / "需求.zip", "--title", TITLE, "--json").out)
    assert found["verdict"]["level"] == "required"
    assert found["verdict"]["evidence"][0]["file"] == "需求.zip/需求.txt"


def test_a_folder_is_not_called_missing_when_a_document_is_asked_for(tenders: Tenders, tmp_path: Path) -> None:
    done = tenders("documents", "read", tmp_path)
    assert done.code == 2 and "not a regular file" in done.err and "no such" not in done.err


def test_an_unknown_choice_of_documents_is_a_usage_error(tenders: Tenders, tmp_path: Path) -> None:
    assert tenders("fetch", "--documents", "some").code == 2
    assert tenders("documents", "prune").code == 2
    lost = tenders("--db", "no/such.db", "documents", "prune", "--keep", "1d")
    assert (lost.code, lost.out) == (10, "") and "no store" in lost.err
    (tmp_path / "c.toml").write_text('documents = "many"\n', "utf-8")
    assert tenders("--config", tmp_path / "c.toml", "list").code == 2


@pytest.mark.parametrize("where", ["option", "configuration", "profile"])
def test_a_fetch_of_sites_gathers_what_its_notices_attach(
    tenders: Tenders, server: Server, tmp_path: Path, where: str
) -> None:
    link = f'<p>附件：<a href="{server.url}/f/招标文件.txt">招标文件.txt</a></p></div></div></body>'
    asked = detail(TITLE, 29).replace("须采用昇腾处理器", "详见招标文件").replace("</div></div></body>", link)
    server.routes[f"{COLUMN}/"] = Reply(column(item(11, 29, TITLE)))
    server.routes[path(11, 29)] = Reply(asked)
    server.routes["/f/%E6%8B%9B%E6%A0%87%E6%96%87%E4%BB%B6.txt"] = Reply(PLAIN, kind=BINARY)
    (tmp_path / "c.toml").write_text(
        ('documents = "flagged"\n' if where == "configuration" else "")
        + f'db = "s.db"\nallow_private = true\n[sources.ccgp]\nbase_url = "{server.url}/"\ncolumns = ["dfgg/gkzb"]\ndelay = 0\n'
        + ('[profiles.desk]\nregions = ["浙江"]\n[profiles.all]\nlevels = ["required"]\ndocuments = "flagged"\n' if where == "profile" else "")
    )  # fmt: skip
    words = ["--documents", "flagged"] if where == "option" else []
    done = tenders("--config", tmp_path / "c.toml", "fetch", "ccgp", "--since", "2026-09-01", *words)
    assert done.code == 0 and "attachments: read 1" in done.out, done.err
    assert ask(tmp_path / "s.db", "SELECT level FROM notices") == [("required",)]
    server.asked.clear()
    tenders("--config", tmp_path / "c.toml", "fetch", "ccgp", "--since", "2026-09-01", *words)
    assert not [one for one in server.paths() if one.startswith("/f/")]


@pytest.mark.parametrize(
    "words",
    [
        ["show", "1"],
        ["explain", "1"],
        ["report"],
        ["report", "--format", "md"],
        ["report", "--format", "csv"],
        ["report", "--format", "html"],
        ["report", "--format", "json"],
        ["export", "--format", "jsonl"],
        ["export", "--format", "ocds"],
        ["export", "--format", "atom"],
        ["digest", "--since", "7d", "--format", "md"],
        ["digest", "--since", "7d", "--format", "html"],
        ["digest", "--since", "7d", "--format", "json"],
        ["documents", "show", "1"],
    ],
    ids=" ".join,
)
def test_a_passage_names_its_document_wherever_it_is_told(stored: Callable[..., Tenders], words: list[str]) -> None:
    program = stored(a_txt=PLAIN)
    program("documents", "fetch", "1")
    told = program(*words)
    assert told.code == 0 and "a.txt" in told.out and "须采用国产芯片" in told.out, told.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "1"], "1 of 2 attachments unread: picture 1"),
        (["report"], "Attachments unread, of flagged or possibly flagged notices: 1 (picture 1)"),
        (["report", "--format", "html"], "(picture 1)"),
        (["report", "--format", "md"], "(picture 1)"),
        (["digest", "--since", "7d", "--format", "md"], "(picture 1)"),
        (["list", "--json"], '"picture"'),
        (["export", "--format", "jsonl"], '"picture"'),
        (["export", "--format", "ocds"], '"picture"'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_unread_attachment_is_told_and_never_passed_over(
    stored: Callable[..., Tenders], words: list[str], said: str
) -> None:
    program = stored(a_txt=PLAIN, b_jpg=b"\xff\xd8\xff")
    program("documents", "fetch", "1")
    assert said in program(*words).out.replace("\n", " ")


def test_an_attachment_that_is_listed_twice_is_one(tmp_path: Path) -> None:
    file = Attachment("招标文件.pdf", "http://www.ccgp.gov.cn/f.pdf")
    with Store.open(tmp_path / "s.db", NOW) as store:
        store.save([record(1, attachments=(file, file))])
        (paper,) = store.documents().of([1])
        store.documents().settle(
            paper.kept("f" * 64).was_read(Read("f" * 64, 9, "pdf", (DocumentPage("", 1, "x"),), ()))
        )
    with Reader.open(tmp_path / "s.db") as reader:
        assert unread(reader.ask, ([], [])) == {}


def test_a_level_from_a_document_read_later_is_no_mistake_of_ours(
    stored: Callable[..., Tenders], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    program = stored(a_txt=PLAIN)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796000000")
    program("documents", "fetch", "1")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796010000")
    said = program("digest", "--since", "2d", "--format", "txt").out.replace("\n", " ")
    assert "an attachment read since makes it required" in " ".join(said.split())
