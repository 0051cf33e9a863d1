"""Recipes: the shipped ones read their saved pages, a selector that finds nothing is named, a bad file is refused."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields as fields_of
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import FIXTURES, Result

from tender_tracker import sources
from tender_tracker.config import load
from tender_tracker.errors import PageChanged, UsageError
from tender_tracker.model import SHANGHAI, Page, Request, SourceSettings, Window
from tender_tracker.pages import saved
from tender_tracker.sources import pick, recipe_file, recipe_shelf
from tender_tracker.sources.pick import Pick
from tender_tracker.sources.recipe import RecipeSource, read

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NAMES = recipe_shelf.shipped()
Tenders = Callable[..., Result]


def pages(name: str) -> dict[str, Page]:
    """The saved pages of a recipe by role: list, notice and second."""
    said = tomllib.loads((FIXTURES / name / "pages.toml").read_text("utf-8"))["page"]
    roles = {page["file"]: page["role"] for page in said}
    found = [page for page in saved.pages([FIXTURES / name], NOW) if isinstance(page, Page)]
    lists = [page for page in found if roles[Path(page.file or "").name] == "list"]
    notices = [page for page in found if roles[Path(page.file or "").name] == "notice"]
    return {"list": lists[0], "notice": notices[0], "second": notices[1]}


def first(source: RecipeSource, settings: SourceSettings | None = None, window: Window | None = None) -> Request:
    return next(source.starts(settings or SourceSettings(), window or Window()))


def small(**changes: str) -> str:
    """A recipe as text; a change replaces the value of a key, or adds the key to [list]."""
    keys = {
        "name": '"yuanshan"', "title": '"甲"', "home": '"https://a.example/"', "urls": '["/list.html"]',
        "items": '"li"', "link": '{ select = "a", attribute = "href" }', "title2": '"a"', "title3": '"h1"', "body": '"#b"',
    }  # fmt: skip
    more = "".join(f"{key} = {value}\n" for key, value in changes.items() if key not in keys)
    keys |= {key: value for key, value in changes.items() if key in keys}
    return (
        f"name = {keys['name']}\ntitle = {keys['title']}\nhome = {keys['home']}\n"
        f"[list]\nurls = {keys['urls']}\nitems = {keys['items']}\nlink = {keys['link']}\ntitle = {keys['title2']}\n{more}"
        f"[notice]\ntitle = {keys['title3']}\nbody = {keys['body']}\n"
    )


def source_of(text: str) -> RecipeSource:
    return RecipeSource(recipe_file.read("mine.toml", text))


def html(body: str, url: str = "https://a.example/list.html") -> Page:
    return Page(f"<html><body>{body}</body></html>", "html", NOW, url)


NEXT = {
    "vsb": "https://zbcg.university.example/cggg/1.htm",
    "webplus": "https://ztb.university.example/zbgg/list2.htm",
    "trs": "https://www.academy.example/tzgg/cggg/index_1.html",
    "ruoyi": "https://ecg.institute.example/prod-api/portal/notice/list?pageNum=2&pageSize=10&noticeTitle=",
    "table_list": "http://zb.hospital.example/Notice/List.aspx?type=1&page=2",
    "post_search": "https://bid.group.example/search/notice.do",
}
LINKS = {
    "vsb": ("https://zbcg.university.example/info/1021/5321.htm", "智能计算教学实训平台采购项目公开招标公告", "2026-09-24T00:00"),
    "webplus": ("https://ztb.university.example/2026/0603/c3412a60213/page.htm", "湖滨大学AI算力服务采购项目招标公告", "2026-06-03T00:00"),
    "trs": ("https://www.academy.example/tzgg/cggg/202604/t20260417_3318842.html", "东原省科学院材料模拟平台服务器采购公告", "2026-04-17T00:00"),
    "ruoyi": ("https://ecg.institute.example/portal/notice/701", "碧岭研究院AI推理服务器采购项目中选结果公示", "2026-07-14T17:30"),
    "table_list": ("http://zb.hospital.example/Notice/Detail.aspx?id=2317", "清水市人民医院信创终端及打印机采购公告", "2026-11-05T00:00"),
    "post_search": ("https://bid.group.example/notice/view.do?uuid=8f3c2a1d90", "沧浪能源集团智能调度算力平台采购更正公告", "2026-10-21T11:08"),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_recipe_reads_its_saved_list(name: str) -> None:
    source = recipe_shelf.load_shipped(name)
    listing = source.listing(pages(name)["list"], first(source), SourceSettings())
    link = listing.links[0]
    assert (link.url, link.title, link.published and f"{link.published:%Y-%m-%dT%H:%M}") == LINKS[name]
    assert link.published and link.published.tzinfo is not None
    assert listing.next and listing.next.url == NEXT[name]


def test_every_shipped_recipe_is_a_source_that_is_read_only_when_named() -> None:
    assert len(NAMES) >= 5
    assert {sources.load(name).SITE.name for name in NAMES} == set(NAMES)
    assert set(NAMES).isdisjoint(sources.names())
    assert all(place.endswith(".example") for name in NAMES for place in sources.load(name).SITE.hosts)


def required(name: str) -> Iterator[tuple[str, Pick]]:
    """Every place of a shipped recipe that has to hold something, and the page it is on."""
    recipe = recipe_shelf.load_shipped(name).recipe
    for role, part in (("list", recipe.list), ("notice", recipe.notice)):
        places = [getattr(part, field.name) for field in fields_of(part)]
        places += [chosen for _, chosen in getattr(part, "fields", ())]
        for place in places:
            free = ("list.next", "list.empty", "notice.attachments")
            if isinstance(place, Pick) and not place.optional and place.key not in free:
                yield role, place


def without(page: Page, source: RecipeSource, place: Pick, role: str) -> Page:
    """The page after a change of its template: what stood at a place, and nothing else, is gone."""
    form = source.recipe.list.format if role == "list" else source.recipe.notice.format
    root = read(page, form)
    inside = place.key in ("list.link", "list.title", "list.date")
    for part in pick.elements(root, source.recipe.list.items) if inside else [root]:
        if form == "json":
            *way, last = (place.select or "").split("/")[1:]
            pick.at(part, "".join(f"/{step}" for step in way)).pop(last)
        elif place.select is None:
            return Page(place.pattern.sub("", page.text) if place.pattern else "", "html", NOW, page.url, page.file)
        for element in part.select(place.select) if form == "html" else []:
            if place.key in ("list.items", "notice.body"):
                element.decompose()
            elif place.attribute:
                element[place.attribute] = "elsewhere" if place.pattern else ""
            else:
                for words in element.find_all(
                    string=lambda words: words.find_parent(id="lblNo") is None or place.select == "#lblNo"
                ):
                    words.replace_with("")
    return Page(json.dumps(root) if form == "json" else str(root), page.media, NOW, page.url, page.file)


@pytest.mark.parametrize(
    ("name", "role", "place"),
    [(name, role, place) for name in NAMES for role, place in required(name)],
    ids=lambda value: value.key if isinstance(value, Pick) else str(value),
)
def test_a_selector_that_finds_nothing_is_named_with_recipe_and_page(name: str, role: str, place: Pick) -> None:
    source = recipe_shelf.load_shipped(name)
    page = pages(name)[role]
    changed = without(page, source, place, role)
    with pytest.raises(PageChanged) as error:
        if role == "list":
            source.listing(changed, first(source), SourceSettings())
        else:
            source.notices(changed)
    message = str(error.value)
    assert page.file and message.startswith(page.file)
    assert f"recipe {name}: {place.key} ({place}) finds" in message


def test_what_is_optional_may_be_absent_and_is_read_from_the_text() -> None:
    source = recipe_shelf.load_shipped("ruoyi")
    answer = json.loads(pages("ruoyi")["second"].text)
    answer["data"]["purchaserName"] = None
    answer["data"]["noticeContent"] += "<p>采购人：碧岭研究院北区</p>"
    (notice,) = source.notices(Page(json.dumps(answer), "json", NOW, "https://ecg.institute.example/portal/notice/698"))
    assert (notice.buyer, notice.source_id) == ("碧岭研究院北区", "698")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (small(colour='"red"'), "mine.toml: list.colour: unknown key; known: date, day, empty"),
        (small(items='"li[id="'), "mine.toml: list.items: bad selector 'li[id='"),
        (small(body='{ pattern = "(" }'), "mine.toml: notice.body.pattern: bad pattern '('"),
        (small(name='"Yuan Shan"'), "mine.toml: name: must be small letters"),
        (small(home='"ftp://a.example/"'), "mine.toml: home: 'ftp://a.example/': only http and https"),
        (small(link="{ attribute = 'href' }"), "mine.toml: list.link: needs a selector or a pattern"),
        (small(link="7"), "mine.toml: list.link: must be a table"),
        (small(date='{ select = "i", format = "%d.%m." }'), "mine.toml: list.date.format: a date needs its year"),
        (small(urls='["/list?page={page}"]'), "mine.toml: list.pages: is missing: name pages, total or size"),
        (small(urls='["/list?p={seite}"]', size="9"), "mine.toml: list.urls: unknown placeholder {seite}"),
        (small(page_url='"list2.htm"', size="9"), "mine.toml: list.page_url: must say where the number of the page goes"),
        (small(link_url='"/view"'), "mine.toml: list.link_url: must say where the link goes"),
        (small(form="{ a = 1 }"), "mine.toml: list.form: all values must be texts"),
        (small(format='"json"'), "mine.toml: list.items: 'li' is no JSON pointer"),
        (small(size='"many"'), "mine.toml: list.size: must be a number"),
        ('hosts = ["https://a.example/"]\n' + small(), "mine.toml: hosts: 'https://a.example/' is no host"),
        (small(date="{ pattern = '(?:(?:a+)+)+b' }"), "mine.toml: list.date.pattern: pattern '(?:(?:a+)+)+b' can take"),
        ('encoding = "klingon"\n' + small(), "mine.toml: encoding: no encoding is called 'klingon'"),
        ('sparse = ["buyr"]\n' + small(), "mine.toml: sparse: 'buyr' is none of kind, published, buyer"),
        ('timezone = "Asia/Atlantis"\n' + small(), "mine.toml: timezone: no time zone is called"),
        (small().replace("[notice]", "[notes]"), "mine.toml: notice: is missing"),
        (small().replace('body = "#b"', ""), "mine.toml: notice.body: is missing"),
        (small() + '[notice.fields]\nprice = "b"\n', "mine.toml: notice.fields.price: unknown key; known: agency, award"),
        (small() + '[notice.fields]\nbudget = { select = "b", unit = "kg" }\n', "mine.toml: notice.fields.budget.unit: must be one of 元"),
        ("name = ", "mine.toml: not TOML"),
    ],
)  # fmt: skip
def test_a_bad_recipe_is_refused_by_file_key_and_reason(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as error:
        source_of(text)
    assert str(error.value).startswith(reason)


def test_a_list_counts_by_offset_in_a_nested_json_body_and_ends_with_its_total() -> None:
    text = small(
        format='"json"', items='"/rows"', link='"/id"', title2='"/t"', link_url='"/v/{link}"', size="2", total='"/n"',
        json='{ query = { from = "{offset}", words = "{keyword}", since = "{since}" }, tags = ["a"] }',
    )  # fmt: skip
    source = source_of(text)
    week = Window(datetime(2026, 9, 23, tzinfo=SHANGHAI))
    start = first(source, SourceSettings(keywords=("国产 50%",)), week)
    assert dict(start.json or {}) == {"query": {"from": 0, "words": "国产 50%", "since": "2026-09-23"}, "tags": ["a"]}
    answer = Page(json.dumps({"n": 3, "rows": [{"id": 5, "t": "甲"}, {"id": 4, "t": "乙"}]}), "json", NOW, start.url)
    second = source.listing(answer, start, SourceSettings()).next
    assert second and dict(second.json or {})["query"] == {"from": 2, "words": "国产 50%", "since": "2026-09-23"}
    last = Page(json.dumps({"n": 3, "rows": [{"id": 3, "t": "丙"}]}), "json", NOW, start.url)
    assert source.listing(last, second, SourceSettings()).next is None


def test_a_page_of_fewer_items_than_its_size_is_the_last() -> None:
    source = source_of(small(urls='["/list?p={page}"]', first_page="0", size="2"))
    item = '<li><a href="/1">甲</a></li>'
    start = first(source)
    assert start.url == "https://a.example/list?p=0"
    full = source.listing(html(item * 2, start.url), start, SourceSettings())
    assert full.next == Request("https://a.example/list?p=1")
    assert source.listing(html(item, full.next.url), full.next, SourceSettings()).next is None
    assert source.listing(html("<ul></ul>", full.next.url), full.next, SourceSettings()).links == ()
    with pytest.raises(PageChanged):
        source.listing(html("<ul></ul>", start.url), start, SourceSettings())


@pytest.mark.parametrize("href", ["#", "javascript:void(0);", "/list.html"])
def test_a_next_link_that_leads_nowhere_ends_the_list(href: str) -> None:
    source = source_of(small(next='{ select = ".next", attribute = "href" }'))
    page = html(f'<li><a href="/1">甲</a></li><a class="next" href="{href}">下页</a>')
    assert source.listing(page, first(source), SourceSettings()).next is None


def test_a_search_that_rightly_finds_nothing_says_so() -> None:
    source = source_of(small(empty='{ select = ".none" }'))
    assert source.listing(html('<p class="none">无结果</p>'), first(source), SourceSettings()).links == ()
    with pytest.raises(PageChanged):
        source.listing(html("<p>无结果</p>"), first(source), SourceSettings())


def test_a_malformed_link_costs_itself_not_the_list() -> None:
    source = source_of(small())
    listing = source.listing(
        html('<li><a href="http://[::1/">甲</a></li><li><a href="/2">乙</a></li>'), first(source), SourceSettings()
    )
    assert [link.url for link in listing.links] == ["http://[::1/", "https://a.example/2"]


def test_a_keyword_is_written_into_an_address_as_the_site_reads_it() -> None:
    text = small(urls='["/find?kw={keyword}"]')
    settings = SourceSettings(keywords=("昇腾", "a&b"))
    assert [ask.url.partition("=")[2] for ask in source_of(text).starts(settings, Window())] == [
        "%E6%98%87%E8%85%BE",
        "a%26b",
    ]
    old = source_of('encoding = "gb18030"\n' + text)
    assert first(old, settings).url.endswith("kw=%95%4E%CC%DA".replace("%4E", "N"))


def test_settings_that_a_recipe_cannot_follow_are_refused() -> None:
    source = source_of(small())
    for settings, key in ((SourceSettings(keywords=("a",)), "keywords"), (SourceSettings(columns=("a",)), "columns")):
        with pytest.raises(UsageError, match=rf"sources\.yuanshan\.{key}"):
            list(source.starts(settings, Window()))


@pytest.mark.parametrize(
    ("form", "printed", "moment"),
    [
        ("%d %Y-%m", "24 2026-09", "2026-09-24T00:00:00+08:00"),
        ("epoch_ms", "1790211600000", "2026-09-24T09:00:00+08:00"),
        ("epoch_s", "1790211600", "2026-09-24T09:00:00+08:00"),
        ("%d/%m/%Y %H:%M", "24/09/2026 09:05", "2026-09-24T09:05:00+08:00"),
    ],
)
def test_a_date_is_read_as_the_recipe_says(form: str, printed: str, moment: str) -> None:
    source = source_of(small(date=f'{{ select = "i", format = "{form}" }}'))
    page = html(f'<li><a href="/1">甲</a><i>{printed}</i></li>')
    (link,) = source.listing(page, first(source), SourceSettings()).links
    assert link.published and link.published.isoformat() == moment


def test_a_date_that_is_none_is_a_change_of_the_page() -> None:
    source = source_of(small(date='"i"'))
    with pytest.raises(PageChanged, match=r"list\.date \(i\) finds '昨天', which is no date"):
        source.listing(html('<li><a href="/1">甲</a><i>昨天</i></li>'), first(source), SourceSettings())


def test_an_amount_without_its_unit_is_not_guessed() -> None:
    body = '<h1>甲采购公告</h1><div id="b">正文</div><b>32</b>'
    with pytest.raises(PageChanged, match="no amount"):
        source_of(small() + '[notice.fields]\nbudget = "b"\n').notices(html(body))
    (notice,) = source_of(small() + '[notice.fields]\nbudget = { select = "b", unit = "万元" }\n').notices(html(body))
    assert notice.budget and notice.budget.value == 320_000


def test_a_body_without_text_is_no_notice_unless_its_files_hold_it() -> None:
    empty = '<h1>甲采购公告</h1><div id="b"><img src="x.png"></div>'
    with pytest.raises(PageChanged, match="an element without text"):
        source_of(small()).notices(html(empty))
    recipe = small().replace('body = "#b"', 'body = "#b"\nattachments = "p a"')
    (notice,) = source_of(recipe).notices(html(empty + '<p><a href="f.pdf">采购文件</a></p>'))
    assert [(file.name, file.url) for file in notice.attachments] == [("采购文件", "https://a.example/f.pdf")]


def test_country_language_zone_and_address_of_another_country_are_kept() -> None:
    text = 'country = "SG"\nlanguage = "en"\ntimezone = "Asia/Tokyo"\n' + small().replace(
        "[notice]", '[notice]\npublished = "i"'
    )
    (notice,) = source_of(text).notices(
        html('<h1>Servers</h1><i>2026-09-24 10:00</i><p id="b">Two servers</p>', "https://a.example/9")
    )
    assert (notice.country, notice.language, notice.url) == ("SG", "en", "https://a.example/9")
    assert notice.published and notice.published.isoformat() == "2026-09-24T10:00:00+09:00"


def test_a_page_whose_bytes_do_not_tell_their_encoding_is_read_as_the_manifest_says(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes("<p>採購伺服器兩臺</p>".encode("big5"))
    (tmp_path / "pages.toml").write_text('[[page]]\nfile = "a.html"\nencoding = "big5"\n', "utf-8")
    (page,) = saved.pages([tmp_path], NOW)
    assert isinstance(page, Page) and "採購伺服器兩臺" in page.text


def test_recipes_of_the_configuration_are_its_folder_and_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "recipes").mkdir()
    for name in ("recipes/a.toml", "b.toml"):
        (tmp_path / name).write_text(small(), "utf-8")
    (tmp_path / "config.toml").write_text('[recipes]\nfiles = ["b.toml"]\n', "utf-8")
    assert load({"config": str(tmp_path / "config.toml")}, {}).recipes == (
        tmp_path / "recipes/a.toml",
        tmp_path / "b.toml",
    )
    (tmp_path / "config.toml").write_text('[recipes]\nfiles = ["c.toml"]\n', "utf-8")
    with pytest.raises(UsageError, match=r"recipes\.files names .*c\.toml"):
        load({"config": str(tmp_path / "config.toml")}, {})


def configured(folder: Path, *recipes: str) -> Path:
    """A configuration whose recipes are these texts."""
    (folder / "recipes").mkdir()
    for number, text in enumerate(recipes):
        (folder / "recipes" / f"{number}.toml").write_text(text, "utf-8")
    (folder / "config.toml").write_text('lang = "en"\n', "utf-8")
    return folder / "config.toml"


def test_a_recipe_of_the_user_is_a_source_and_reads_its_saved_pages(tenders: Tenders, tmp_path: Path) -> None:
    config = configured(tmp_path, small())
    assert "yuanshan" in tenders("--config", config, "sources", "list").out
    page = '<html><head><link rel="canonical" href="https://a.example/7"></head><body><h1>甲公告</h1><p id="b">服务器</p></body></html>'
    (tmp_path / "page.html").write_text(page, "utf-8")
    assert tenders("--config", config, "parse", tmp_path / "page.html").out.split("\t")[2] == "yuanshan"
    result = tenders("--config", config, "--db", tmp_path / "s.db", "fetch", "--saved", tmp_path / "page.html")
    assert (result.code, result.out.split(":")[0]) == (0, "yuanshan")
    assert "yuanshan" not in tenders("sources", "list").out


@pytest.mark.parametrize(
    ("recipes", "reason"),
    [
        ((small(name='"ccgp"'),), "a source is already called 'ccgp'"),
        ((small(), small()), "a source is already called 'yuanshan'"),
        ((small(items='"li["'),), "list.items: bad selector"),
    ],
)
def test_a_bad_recipe_of_the_configuration_is_told_before_anything_is_read(
    tenders: Tenders, tmp_path: Path, recipes: tuple[str, ...], reason: str
) -> None:
    config = configured(tmp_path, *recipes)
    for words in (["sources", "list"], ["fetch", "--saved", FIXTURES / "vsb"], ["fetch", "yuanshan"]):
        result = tenders("--config", config, "--db", tmp_path / "s.db", *words)
        assert result.code == 2
        assert reason in result.err
    doctor = tenders("--config", config, "--db", tmp_path / "s.db", "doctor")
    assert any(line.startswith("!!\trecipes") and reason in line for line in doctor.lines)
    assert not (tmp_path / "s.db").exists()
