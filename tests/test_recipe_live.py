"""Whole crawls by recipe against stand-ins on loopback, and the trial of a recipe on saved pages and on a site."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from conftest import FIXTURES, Result
from samples import Knowing
from server import Asked, Reply, Server

from tender_tracker import parse
from tender_tracker.errors import PageChanged
from tender_tracker.model import SHANGHAI, Notice, SourceSettings, Window
from tender_tracker.sources import recipe_shelf
from tender_tracker.web.crawl import Crawled, Failed, ListRead, NoticePage, crawl
from tender_tracker.web.fetch import Fetcher, FetchSettings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
DOCS = (Path(__file__).parents[1] / "docs" / "recipes.md").read_text("utf-8")
Tenders = Callable[..., Result]


@pytest.fixture
def site() -> Iterator[Server]:
    with Server().running() as server:
        server.routes["/robots.txt"] = Reply("gone", 404)
        yield server


def run(
    server: Server, name: str, cache: Path, since: datetime | None = None, known: frozenset[str] = frozenset()
) -> list[Crawled]:
    own = SourceSettings(base_url=server.url, delay=0.0)
    manners = FetchSettings(allow_private=True, cache=cache, seconds=5)
    with Fetcher(manners, lambda: NOW, sleep=lambda seconds: None) as fetcher:
        source = recipe_shelf.load_shipped(name)
        return list(crawl(source, fetcher, own, Window(since), None, Knowing(known.__contains__)))  # type: ignore[arg-type]


def notices(items: list[Crawled]) -> list[Notice]:
    return [notice for found in items if isinstance(found, NoticePage) for notice in parse.notices(found.page)]


def failures(items: list[Crawled]) -> list[str]:
    return [str(found.error) for found in items if isinstance(found, Failed)]


def lists(items: list[Crawled]) -> list[int]:
    return [found.items for found in items if isinstance(found, ListRead)]


def saved(name: str, file: str) -> bytes:
    return (FIXTURES / name / file).read_bytes()


def test_numbered_pages_are_read_to_the_last_and_looked_at_once_more(site: Server, tmp_path: Path) -> None:
    page, notice = (
        saved("webplus", "list-tenders.html").decode(),
        saved("webplus", "domestic-first-compute-tender.html"),
    )
    site.routes["/zbgg/list.htm"] = Reply(page)
    site.routes["/zbgg/list2.htm"] = Reply(
        page.replace("c3412a60213", "c3412a50001").replace("c3412a60188", "c3412a50002")
    )
    site.routes["/zbjg/list.htm"] = Reply(page.replace("c3412a6", "c3413a4").replace('all_pages">2', 'all_pages">1'))
    for path in (
        "0603/c3412a60213",
        "0529/c3412a60188",
        "0603/c3412a50001",
        "0529/c3412a50002",
        "0603/c3413a40213",
        "0529/c3413a40188",
    ):
        site.routes[f"/2026/{path}/page.htm"] = Reply(notice)
    items = run(site, "webplus", tmp_path)
    assert failures(items) == []
    assert {found.source_id for found in notices(items)} == {"60213", "60188", "50001", "50002", "40213", "40188"}
    assert lists(items) == [2, 2, 2, 2]
    assert site.most_at_once == 1
    known = frozenset(found.url or "" for found in notices(items))
    site.asked.clear()
    assert notices(run(site, "webplus", tmp_path, known=known)) == []
    assert all("/list" in path for path in site.paths())


def test_the_next_link_is_followed_and_a_week_ends_the_list(site: Server, tmp_path: Path) -> None:
    page = saved("vsb", "list-tenders.html").decode()
    old = page.replace("2026-09", "2026-08").replace("info/1021/53", "../info/1021/42")
    site.routes["/cggg.htm"] = Reply(page)
    site.routes["/cggg/1.htm"] = Reply(old)
    site.routes["/jggs.htm"] = Reply(
        page.replace("info/1021/53", "info/1022/52")
        .replace('<a href="cggg/1.htm">下页</a>', "下页")
        .replace("共5条", "共3条")
    )
    for path in ("1021/5321", "1021/5318", "1021/5309", "1022/5221", "1022/5218", "1022/5209"):
        site.routes[f"/info/{path}.htm"] = Reply(saved("vsb", "ascend-training-platform-tender.html"))
    items = run(site, "vsb", tmp_path, datetime(2026, 9, 1, tzinfo=SHANGHAI))
    assert failures(items) == []
    assert sorted(found.source_id for found in notices(items)) == ["5209", "5218", "5221", "5309", "5318", "5321"]
    assert [path for path in site.paths() if "info/1021/42" in path] == []
    files = notices(items)[0].attachments
    assert files[0].url and files[0].url.startswith(f"{site.url}/system/_content/download.jsp?")


def test_a_form_is_posted_page_by_page_within_the_window(site: Server, tmp_path: Path) -> None:
    page = saved("post_search", "list-results.html").decode()

    def answer(ask: Asked) -> Reply:
        number = parse_qs(ask.body.decode())["pageNo"][0]
        return Reply(page if number == "1" else page.replace("uuid=", "uuid=2"))

    site.routes["/search/notice.do"] = answer
    site.routes["/notice/view.do"] = Reply(saved("post_search", "domestic-gpu-amendment.html"))
    items = run(site, "post_search", tmp_path, datetime(2026, 10, 1, tzinfo=SHANGHAI))
    assert failures(items) == []
    names = [found.source_id for found in notices(items)]
    assert len(names) == len(set(names)) == 20
    assert {"8f3c2a1d90", "28f3c2a1d90"} <= set(names)
    asked = [parse_qs(ask.body.decode(), keep_blank_values=True) for ask in site.asked if ask.method == "POST"]
    assert [form["pageNo"][0] for form in asked] == ["1", "2", "1"]
    assert {form["beginDate"][0] for form in asked} == {"2026-10-01"}


def test_json_answers_give_links_for_people_and_requests_for_the_program(site: Server, tmp_path: Path) -> None:
    first = json.loads(saved("ruoyi", "list-notices.json"))
    numbers = [row["noticeId"] for row in first["rows"]]
    last = {**first, "rows": [{**row, "noticeId": "2" + row["noticeId"]} for row in first["rows"][:2]]}
    site.routes["/prod-api/portal/notice/list"] = lambda ask: Reply(
        json.dumps(first if "pageNum=1&" in ask.path else last), kind="application/json"
    )
    numbers += ["2" + number for number in numbers[:2]]
    for number in numbers:
        site.routes[f"/prod-api/portal/notice/{number}"] = Reply(
            saved("ruoyi", "kunpeng-inference-award.json"), kind="application/json"
        )
    items = run(site, "ruoyi", tmp_path)
    assert failures(items) == []
    assert [(found.url, found.source_id) for found in notices(items)] == [
        (f"{site.url}/portal/notice/{number}", number) for number in numbers
    ]
    assert all("/prod-api/" in path for path in site.paths())


def test_pages_that_have_become_shorter_are_no_complete_list(site: Server, tmp_path: Path) -> None:
    rows = json.loads(saved("ruoyi", "list-notices.json"))
    rows["rows"] = rows["rows"][:5]
    site.routes["/prod-api/portal/notice/list"] = Reply(json.dumps(rows), kind="application/json")
    (told,) = failures(run(site, "ruoyi", tmp_path))
    assert "finds 5 of 12 notices on page 1, where list.size says 10" in told


def test_a_lost_next_link_is_told_by_the_count_of_the_list(site: Server, tmp_path: Path) -> None:
    page = saved("vsb", "list-tenders.html").decode().replace("p_next", "p_following")
    site.routes["/cggg.htm"] = Reply(page)
    site.routes["/jggs.htm"] = Reply(page.replace("共5条", "共3条"))
    for number in (5321, 5318, 5309):
        site.routes[f"/info/1021/{number}.htm"] = Reply(saved("vsb", "ascend-training-platform-tender.html"))
    items = run(site, "vsb", tmp_path)
    (told,) = failures(items)
    assert "list.next (.p_next a @href) finds nothing, but 3 of 5 notices are on this page" in told
    assert len(notices(items)) == 3


def test_an_answer_without_the_rows_its_total_promises_is_a_failure(site: Server, tmp_path: Path) -> None:
    rows = json.loads(saved("ruoyi", "list-notices.json"))
    site.routes["/prod-api/portal/notice/list"] = Reply(json.dumps({**rows, "rows": []}), kind="application/json")
    (told,) = failures(run(site, "ruoyi", tmp_path))
    assert "recipe ruoyi: list.items (/rows) finds nothing" in told
    site.routes["/prod-api/portal/notice/list"] = Reply(
        json.dumps({**rows, "rows": [], "total": 0}), kind="application/json"
    )
    assert failures(run(site, "ruoyi", tmp_path)) == []


def test_an_old_table_in_gbk_keeps_its_characters(site: Server, tmp_path: Path) -> None:
    page = saved("table_list", "list-tenders.html").replace(
        "第 1/2 页".encode("gb18030"), "第 1/1 页".encode("gb18030")
    )
    site.routes["/Notice/List.aspx"] = Reply(page, kind="text/html")
    site.routes["/Notice/Detail.aspx"] = Reply(
        saved("table_list", "xinchuang-terminals-tender.html"), kind="text/html; charset=iso-8859-1"
    )
    items = run(site, "table_list", tmp_path)
    assert failures(items) == []
    assert {found.title for found in notices(items)} == {"清水市人民医院信创终端及打印机采购公告"}


def test_a_changed_template_is_a_failure_of_the_list_never_an_empty_one(site: Server, tmp_path: Path) -> None:
    site.routes["/tzgg/cggg/index.html"] = Reply(
        saved("trs", "list-tenders.html").decode().replace('class="list"', 'class="rows"')
    )
    (failed,) = run(site, "trs", tmp_path)
    assert isinstance(failed, Failed) and isinstance(failed.error, PageChanged)
    assert "recipe trs: list.items (ul.list li:has(a)) finds nothing" in str(failed.error)


def mine(folder: Path, name: str, old: str = "", new: str = "") -> Path:
    """A shipped recipe copied and changed by the user."""
    text = recipe_shelf.template(name).replace(f'name = "{name}"', 'name = "mine"')
    assert old in text
    (folder / "mine.toml").write_text(text.replace(old, new) if old else text, "utf-8")
    return folder / "mine.toml"


@pytest.mark.parametrize("name", recipe_shelf.shipped())
def test_a_trial_on_saved_pages_shows_what_is_found(tenders: Tenders, name: str) -> None:
    recipe = Path(str(recipe_shelf.__file__)).parents[1] / "recipes" / f"{name}.toml"
    result = tenders("sources", "test", recipe, "--saved", FIXTURES / name)
    assert result.code == 0, result.err
    assert "!!" not in result.out
    keys = {line.split("\t")[2] for line in result.lines}
    assert {"list.items", "list.title", "notice.title", "notice.body", "= buyer", "= links"} <= keys


@pytest.mark.parametrize(
    ("change", "page", "key"),
    [
        ("span.date, .date, em, i→.nowhere", "list-tenders.html", "list.date (.nowhere)"),
        ("li[id^='line_u']→ul.none li", "list-tenders.html", "list.items (ul.none li)"),
        ("[id^='vsb_content']→#no_content", "hygon-servers-award.html", "notice.body (#no_content)"),
        ("meta[name='PubDate' i]→h3", "hygon-servers-award.html", "notice.published (h3 @content)"),
    ],
)
def test_a_trial_names_the_selector_that_finds_nothing(
    tenders: Tenders, tmp_path: Path, change: str, page: str, key: str
) -> None:
    result = tenders("sources", "test", mine(tmp_path, "vsb", *change.split("→")), "--saved", FIXTURES / "vsb" / page)
    assert result.code == 4
    assert key in result.err
    assert any(line.startswith("!!") for line in result.lines)


def test_a_page_that_shows_neither_fails_on_both_unless_it_is_said_what_it_is(tenders: Tenders, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<html><body><h1>采购公告</h1><p>项目编号：A-1 采购人：甲</p></body></html>", "utf-8"
    )
    recipe = mine(tmp_path, "webplus")
    both = tenders("sources", "test", recipe, "--saved", tmp_path / "page.html")
    assert both.code == 4 and "list.items" in both.err and "notice.body" in both.err
    one = tenders("sources", "test", recipe, "--saved", tmp_path / "page.html", "--as", "list")
    assert one.code == 4 and "notice" not in one.err


def test_a_trial_without_pages_checks_the_file_alone(tenders: Tenders, tmp_path: Path) -> None:
    result = tenders("sources", "test", mine(tmp_path, "vsb"))
    assert (result.code, result.out) == (0, "")
    assert "zbcg.university.example" in result.err
    for words, code in ((["--saved", "nowhere.html"], 2), (["--saved", FIXTURES, "--live"], 2)):
        assert tenders("sources", "test", tmp_path / "mine.toml", *words).code == code
    assert tenders("sources", "test", tmp_path / "none.toml").code == 2


def test_a_block_page_is_no_fault_of_the_recipe(tenders: Tenders, tmp_path: Path) -> None:
    blocked = Path(__file__).parent / "broken" / "too-frequent-200.html"
    result = tenders("sources", "test", mine(tmp_path, "vsb"), "--saved", blocked)
    assert result.code == 3
    assert "blocked" in result.err


def test_a_live_trial_asks_a_list_and_two_notices(tenders: Tenders, tmp_path: Path, site: Server) -> None:
    site.routes["/cggg.htm"] = Reply(saved("vsb", "list-tenders.html"))
    for number in (5321, 5318):
        site.routes[f"/info/1021/{number}.htm"] = Reply(saved("vsb", "ascend-training-platform-tender.html"))
    (tmp_path / "c.toml").write_text(
        f'allow_private = true\ndelay = 0\nlang = "en"\n[sources.mine]\nbase_url = "{site.url}"\n[recipes]\nfiles = ["mine.toml"]\n',
        "utf-8",
    )
    recipe = mine(tmp_path, "vsb")
    result = tenders("--config", tmp_path / "c.toml", "sources", "test", recipe, "--live")
    assert result.code == 0, result.err
    assert site.paths() == ["/cggg.htm", "/info/1021/5321.htm", "/info/1021/5318.htm"]
    assert sum("notice.title" in line for line in result.lines) == 2
    site.routes["/cggg.htm"] = Reply(saved("vsb", "list-tenders.html").decode().replace("line_u9", "row"))
    result = tenders("--config", tmp_path / "c.toml", "sources", "test", recipe, "--live")
    assert result.code == 4
    assert "list.items (li[id^='line_u'])" in result.err


def test_a_recipe_of_the_user_is_fetched_live_into_the_store(tenders: Tenders, tmp_path: Path, site: Server) -> None:
    page = (
        saved("vsb", "list-tenders.html")
        .decode()
        .replace('<span class="p_next p_fun"><a href="cggg/1.htm">下页</a></span>', "")
        .replace("共5条", "共3条")
    )
    site.routes["/cggg.htm"] = Reply(page)
    site.routes["/jggs.htm"] = Reply(page)
    for number in (5321, 5318, 5309):
        site.routes[f"/info/1021/{number}.htm"] = Reply(saved("vsb", "ascend-training-platform-tender.html"))
    (tmp_path / "c.toml").write_text(
        f'allow_private = true\ndelay = 0\nlang = "en"\n[sources.mine]\nbase_url = "{site.url}"\n[recipes]\nfiles = ["mine.toml"]\n',
        "utf-8",
    )
    mine(tmp_path, "vsb")
    result = tenders(
        "--config", tmp_path / "c.toml", "--db", tmp_path / "s.db", "fetch", "mine", "--since", "2026-09-01"
    )
    assert result.code == 0, result.err
    assert result.out.startswith("mine: read 5, new 3,")
    site.routes["/cggg.htm"] = Reply(page.replace("line_u9", "row"))
    words = ("--config", tmp_path / "c.toml", "--db", tmp_path / "s.db", "fetch", "mine", "--since", "2026-09-01")
    result = tenders(*words)
    assert result.code == 4
    assert "recipe mine: list.items (li[id^='line_u']) finds nothing" in result.err


def blocks(kind: str) -> dict[str, str]:
    """The named blocks of docs/recipes.md: file name → content."""
    return dict(re.findall(rf"^```{kind} (\S+)\n(.*?)^```", DOCS, re.M | re.S))


def test_the_worked_example_of_the_docs_works(
    tenders: Tenders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, body in {**blocks("html"), **blocks("toml")}.items():
        (tmp_path / name).write_text(body, "utf-8")
    monkeypatch.chdir(tmp_path)
    command = next(line for line in DOCS.splitlines() if line.startswith("tenders sources test") and "--saved" in line)
    result = tenders(*shlex.split(command)[1:])
    assert result.code == 0, result.err
    excerpt = re.findall(r"^```text\n(.*?)^```", DOCS, re.M | re.S)[0].splitlines()
    assert excerpt and [line for line in excerpt if line not in result.lines] == []
    read = {line.split("\t")[2]: line.split("\t")[4] for line in result.lines}
    assert (read["= budget_yuan"], read["= published"], read["= attachments"]) == (
        "320000",
        "2026-09-24T08:30:00",
        "采购文件.pdf",
    )
    assert read["= next page"] == "https://www.yuanshan.example/cg/list-2.html"
    (tmp_path / "config.toml").write_text(blocks("toml")["config"], "utf-8")
    assert "yuanshan\t" in tenders("--config", tmp_path / "config.toml", "sources", "list").out


def test_the_docs_name_every_template_and_every_key() -> None:
    assert all(f"| `{name}`" in DOCS for name in recipe_shelf.shipped())
    named = set(re.findall(r"`(\w+)`", DOCS))
    known = set()
    for part in ("", "[list]\n", "[notice]\n"):
        text = recipe_shelf.template("vsb").replace("[list]\n", "[list]\n" + ("zz = 1\n" if part == "[list]\n" else ""))
        text = text.replace("[notice]\n", "[notice]\n" + ("zz = 1\n" if part == "[notice]\n" else ""))
        known |= set(unknown_key("zz = 1\n" + text if not part else text))
    assert len(known) > 25
    assert known - {"list", "notice", "fields"} - named == set()


def unknown_key(text: str) -> list[str]:
    """The keys that the refusal of an unknown one names."""
    from tender_tracker.errors import UsageError
    from tender_tracker.sources import recipe_file

    with pytest.raises(UsageError) as error:
        recipe_file.read("x.toml", text)
    return str(error.value).rpartition("known: ")[2].split(", ")


def test_shipped_recipes_are_printed_to_be_copied(tenders: Tenders) -> None:
    assert [line.split("\t")[0] for line in tenders("sources", "recipe").lines] == list(recipe_shelf.shipped())
    assert tenders("sources", "recipe", "vsb").out == recipe_shelf.template("vsb")
    assert tenders("sources", "recipe", "nope").code == 2
