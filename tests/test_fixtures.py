"""The saved notices are complete and honest: each is described, labelled, dated, and prints what is said of it."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tender_tracker import documents, parse
from tender_tracker.flagging import flag, rulepack
from tender_tracker.model import KINDS, LEVELS, Amount, Notice
from tender_tracker.pages import saved

FIXTURES = Path(__file__).parents[1] / "fixtures"
BROKEN = Path(__file__).parent / "broken"

# Everything the source article names, as a notice writes it.
SYSTEMS = [
    "东南大学", "东南大学智算中心", "86P", "鲲鹏昇腾开发者大会", "KADC", "Open-Sora Plan V1.5", "MindSpeed MM",
    "RBE", "随机分批Ewald", "鲲鹏920", "昇腾910B", "Atlas 800T A2", "华为", "清华大学", "北京大学", "浙江大学", "上海交通大学",
    "中国科学技术大学", "鲲鹏昇腾科教创新卓越中心", "鲲鹏昇腾科教创新孵化中心", "卓越中心集群", "Align-Anything", "沈阳工学院",
    "智擎深空", "DeepSeek", "中昊芯英", "刹那", "泰则", "太极计算机股份有限公司", "西湖之光", "算力联盟", "中国移动", "中国电信",
    "中国联通", "海光信息", "C86", "DCU", "K100_AI", "材料设计与模拟中心", "微模块", "AI for Science", "AlphaFold", "百度", "昆仑芯",
    "全栈国产化", "自主可控", "国产算力", "CANN", "南京大学", "电子科技大学", "北京航空航天大学",
]  # fmt: skip


RECIPES = ["post_search", "ruoyi", "table_list", "trs", "vsb", "webplus"]
WORLD = ["ocds", "prozorro", "sam", "ted", "worldbank"]
FOLDERS = ["ccgp", "cebpub", "epoint", "ggzy", "operators", "shandong", "zcy", *RECIPES, *WORLD]


def manifest(folder: str) -> list[dict[str, Any]]:
    return toml(FIXTURES / folder / "pages.toml")["page"]


@cache
def toml(path: Path) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(path.read_text("utf-8"))


def raw(path: Path) -> str:
    data = path.read_bytes()
    if path.parent.name == "documents":
        return "\n".join(passage.text for passage in documents.read(data, path.name).passages)
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    return data.decode("gb18030" if b"charset=gb2312" in data[:500] or path.parent.name == "table_list" else "utf-8")


def records(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["data"]["records"]
    return found


@cache
def printed(file: str) -> str:
    """What the page shows, squeezed: no tags, no blanks, no cell bars."""
    name, _, number = file.partition("#")
    path = FIXTURES / name
    if path.suffix == ".json" and not number:
        source = " ".join(told(json.loads(path.read_text("utf-8"))))
    elif name.startswith("ningbo"):
        record = records(path)[int(number) - 1]
        fields = ("bulletinTitle", "publishDate", "prjNo", "bulletinContent")
        source = " ".join(str(record[field]) for field in fields)
    else:
        source = raw(path)
    if name.startswith("cebpub"):  # the words of a row are cut, its title attribute is not
        source += " ".join(re.findall('title="([^"]*)"', source))
    source = re.sub(r"(?s)<!--.*?-->|<(script|style)\b.*?</\1>", " ", source)
    return squeezed(html.unescape(re.sub(r"<[^>]*>", "", source)))


def told(value: Any, key: str = "") -> Iterator[str]:
    """Every value of an answer; bodies in base64 are unpacked."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from told(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from told(inner)
    elif key == "body":
        body = base64.b64decode(value)
        yield body.decode("utf-8" if b"utf-8" in body[:200] else "gb18030")
    else:
        yield str(value)


def squeezed(text: str) -> str:
    return re.sub(r"[\s|]+", "", text)


def notice_files() -> set[str]:
    pages = {f"{folder}/{page['file']}" for folder in FOLDERS for page in manifest(folder) if page["role"] == "notice"}
    pages |= {f"cebpub/bulletin-page1.html#{n}" for n in (1, 2, 3)}
    answers = {
        f"ningbo/{path.name}#{n}" for path in (FIXTURES / "ningbo").iterdir() for n in range(1, len(records(path)) + 1)
    }
    return pages | answers


EXPECTED = toml(FIXTURES / "expected.toml")["page"]
LABELS = toml(FIXTURES / "labels.toml")["label"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_saved_page_stands_in_the_manifest(folder):
    named = [page["file"] for page in manifest(folder)]
    assert sorted(named) == sorted(p.name for p in (FIXTURES / folder).iterdir() if p.name != "pages.toml")


def test_every_notice_is_described_once_and_labelled_once():
    files = sorted(notice_files())
    assert sorted(page["file"] for page in EXPECTED) == files
    assert sorted(label["file"] for label in LABELS) == files


def test_addresses_follow_the_pattern_of_the_site_and_agree_with_the_date():
    dates = {page["file"]: page["published"] for page in EXPECTED}
    for page in manifest("ccgp"):
        if page["role"] == "notice":
            day = dates[f"ccgp/{page['file']}"][:10].replace("-", "")
            pattern = rf"http://www\.ccgp\.gov\.cn/cggg/(zygg|dfgg)/[a-z]+/{day[:6]}/t{day}_\d+\.htm"
            assert re.fullmatch(pattern, page["url"]), page
    urls = [page["url"] for folder in FOLDERS for page in manifest(folder)]
    assert len(set(urls)) == len(urls)


def test_there_are_enough_notices_from_one_year():
    published = [datetime.fromisoformat(page["published"]) for page in EXPECTED]
    assert len(EXPECTED) + 3 >= 64
    assert min(published) >= datetime(2025, 11, 1)
    assert max(published) < datetime(2026, 12, 1)
    assert len({(day.year, day.month) for day in published}) == 13


@pytest.mark.parametrize("page", EXPECTED, ids=lambda page: page["file"])
def test_a_page_prints_what_is_expected_of_it(page):
    text = printed(page["file"])
    values = [page.get(key) for key in ("title", "project_no", "buyer", "agency", "region")]
    values += page.get("suppliers", []) + page.get("attachments", []) + page.get("lots", [])
    missing = [value for value in values if value and squeezed(value) not in text]
    assert missing == UNPRINTED.get(page["file"], [])
    assert page["kind"] in KINDS


@pytest.mark.parametrize("page", EXPECTED, ids=lambda page: page["file"])
def test_a_page_prints_the_amounts_expected_of_it(page):
    text = printed(page["file"]).replace(",", "")
    for key in ("budget_yuan", "award_yuan"):
        if key in page:
            yuan = page[key]
            forms = {f"{yuan / 10**power:.{places}f}" for power in (0, 4, 8) for places in (0, 1, 2, 3, 4, 6)}
            exact = {form for form in forms for power in (0, 4, 8) if abs(float(form) * 10**power - yuan) < 0.01}
            assert any(form in text for form in exact) or f"{page['file']}:{key}" in SUMMED, (key, exact)
    for key in ("budget", "award"):  # of other currencies: "420000 GBP"
        assert all(word in text for word in page.get(key, "").split()), page[key]


# What only the address of a page says: where its portal is, or the region it is filed under. And a body that is a file,
# or an address without a name.
UNPRINTED = {
    "ted/competition-two-lots.json": ["880101-2026.xml"],
    "ted/result-single-winner.json": ["880202-2026.xml"],
    "sam/solicitation.json": ["description"],
    "zcy/kunpeng-servers-award.json": ["广西壮族自治区"],
    "ggzy/xinchuang-terminals-award-without-body.html": ["安徽省"],
    "operators/mobile-body-is-pdf.json": ["云岭移动2026年国产AI推理服务器采购项目_招标公告.pdf"],
}

# Totals which the page prints only lot by lot.
SUMMED = {
    "ccgp/central-desktops-award.html:award_yuan",
    "shandong/intention-shifted-counter.json:budget_yuan",
}


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label["file"])
def test_a_label_follows_the_form_and_quotes_the_page(label):
    assert label["level"] in LEVELS
    assert label["import_policy"] in ("barred", "allowed", "unstated")
    assert bool(label["quote"]) == (label["level"] != "none")
    assert squeezed(label["quote"]) in printed(label["file"])
    assert label["compute"] or label["level"] in ("mentioned", "none")
    levels = [lot["level"] for lot in label.get("lots", [])]
    if levels:
        assert len(set(levels)) > 1, "lots are listed only where their levels differ"
        assert label["level"] == min(levels, key=LEVELS.index)
        assert all(squeezed(lot["name"]) in printed(label["file"]) for lot in label["lots"])


def test_all_kinds_and_levels_occur_often_enough():
    levels = [label["level"] for label in LABELS]
    kinds = {page["kind"] for page in EXPECTED}
    assert kinds == set(KINDS)
    least = {"required": 18, "preferred": 8, "supplied": 8, "mentioned": 12, "none": 15}
    assert {level: n for level, n in least.items() if levels.count(level) < n} == {}
    assert {label["import_policy"] for label in LABELS} == {"barred", "allowed", "unstated"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_of_the_source_article_occurs(system):
    assert any(squeezed(system) in printed(page["file"]) for page in EXPECTED)


def test_no_page_holds_a_telephone_number():
    for path in [*FIXTURES.rglob("*.*"), *BROKEN.rglob("*.*")]:
        if path.is_file():
            text = raw(path) if FIXTURES in path.parents else path.read_bytes().decode("utf-8", "replace")
            numbers = re.findall(r"(?<![\d.])(?:1[3-9]\d{9}|0(?!00)\d{2,3}-\d{7,8})(?!\d)", text)
            assert numbers == [], path.name


def test_every_broken_page_names_its_reason():
    pages = toml(BROKEN / "pages.toml")["page"]
    assert sorted(page["file"] for page in pages) == sorted(p.name for p in BROKEN.iterdir() if p.name != "pages.toml")
    assert all(page["reason"] for page in pages)


def test_the_page_declared_gb2312_keeps_the_character_that_gb2312_has_not():
    path = FIXTURES / "ccgp/gbk-ascend-inference-tender.html"
    with pytest.raises(UnicodeDecodeError):
        path.read_bytes().decode("gb2312")
    assert "昇腾" in raw(path)


@cache
def notices_read() -> dict[str, Notice]:
    """The notices as the program reads them, by the name used in expected.toml."""
    found: dict[str, Notice] = {}
    folders = [FIXTURES / folder for folder in (*FOLDERS, "ningbo")]
    for page in saved.pages(folders, datetime(2026, 11, 23, tzinfo=UTC)):
        assert isinstance(page, saved.Page), page
        name, _, line = str(page.file).partition("#")
        file = Path(name).relative_to(FIXTURES).as_posix()
        for n, notice in enumerate(parse.notices(page), 1):
            found[f"{file}#{line or n}" if file.startswith(("ningbo", "cebpub")) else file] = notice
    return found


def yuan(amount: Amount | None) -> float | None:
    return float(amount.value) if amount and amount.currency == "CNY" else None


def foreign(amount: Amount | None) -> str | None:
    return f"{amount.value:f} {amount.currency}" if amount and amount.currency != "CNY" else None


def fields_read(notice: Notice) -> dict[str, Any]:
    def local(moment: datetime | None, has_time: bool = True) -> str | None:
        return moment.isoformat()[: 16 if has_time else 10] if moment else None

    return {
        "title": notice.title, "kind": notice.kind, "project_no": notice.project_no, "buyer": notice.buyer,
        "agency": notice.agency, "region": notice.region,
        "published": local(notice.published, notice.published_has_time), "deadline": local(notice.deadline),
        "budget_yuan": yuan(notice.budget), "award_yuan": yuan(notice.award),
        "budget": foreign(notice.budget), "award": foreign(notice.award),
        "suppliers": sorted(notice.suppliers) or None,
        "attachments": sorted(attachment.name for attachment in notice.attachments) or None,
        "lots": sorted(lot.name for lot in notice.lots) or None,
    }  # fmt: skip


def test_every_notice_is_read_once_and_no_list_page_becomes_one():
    assert sorted(notices_read()) == sorted(notice_files())


def test_the_fields_read_are_the_fields_printed():
    asked, wrong = 0, []
    for page in EXPECTED:
        for field, got in fields_read(notices_read()[page["file"]]).items():
            want = page.get(field)
            want = sorted(want) if isinstance(want, list) else want
            asked += 1
            if (squeezed(want) if isinstance(want, str) else want) != (squeezed(got) if isinstance(got, str) else got):
                wrong.append(f"{page['file']} {field}: want {want!r}, got {got!r}")
    assert 1 - len(wrong) / asked >= 0.98, "\n".join(wrong)


def test_the_levels_decided_are_the_levels_labelled():
    pack = rulepack.load()
    pairs, wrong = [], []
    for label in LABELS:
        notice = notices_read()[label["file"]]
        level = flag.flag(notice.title, notice.text, pack, notice.kind).level
        pairs.append((label["level"], level))
        if label["level"] != level:
            wrong.append(f"{label['file']}: want {label['level']}, got {level}")
    required = sum(want == "required" for want, _ in pairs)
    flagged = sum(got == "required" for _, got in pairs)
    both = sum(want == got == "required" for want, got in pairs)
    assert both / required >= 0.9, "\n".join(wrong)
    assert both / flagged >= 0.9, "\n".join(wrong)
    assert 1 - len(wrong) / len(pairs) >= 0.9, "\n".join(wrong)


def test_the_deciding_passages_stand_verbatim_in_the_text_that_is_read():
    quotes = [(label["quote"], notices_read()[label["file"]]) for label in LABELS if label["quote"]]
    lost = [quote for quote, notice in quotes if quote not in notice.text and quote not in notice.title]
    assert len(lost) <= 0.02 * len(quotes), lost


@pytest.mark.parametrize("entry", toml(BROKEN / "pages.toml")["page"], ids=lambda entry: entry["file"])
def test_a_broken_page_never_becomes_a_notice_and_says_why(entry):
    for page in saved.pages([BROKEN / entry["file"]], datetime(2026, 11, 23, tzinfo=UTC)):
        reason = parse.outcome(page).reason if isinstance(page, saved.Page) else "broken"
        assert reason == entry["reason"]
