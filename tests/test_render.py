"""What others wrote reaches no channel alive, and what we print fits its place."""

from __future__ import annotations

import csv
import importlib
import io
import json
import pkgutil
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Result, call
from rich.cells import cell_len

from tender_tracker import words
from tender_tracker.messages import WORDS, moment, money, name, yuan
from tender_tracker.model import FLAGGED, KINDS, LEVELS, Amount, Evidence, Lot, LotVerdict, Notice, Verdict
from tender_tracker.reasons import STORY
from tender_tracker.reporting import clean
from tender_tracker.reporting.cells import clip, wrap
from tender_tracker.reporting.table import Column, Table, document, line
from tender_tracker.storage.store import Record, Store

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
HOSTILE = [
    "\x1b[31m红色\x1b[0m服务器",
    "\x1b]0;owned\x07标题",
    "\x9b31mC1服务器",
    "左\u202e右翻\u2066转\u2069",
    "零\x00字节\x7f删",
    "[/nonexistent] [bold]标记[/bold] [link=http://evil.example]点[/link]",
    "=cmd|' /C calc'!A0",
    "  =HYPERLINK(\"http://evil.example\")",
    "＝1+1",
    "+86 服务器", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
    "<script>alert(1)</script> <img src=http://evil.example/x.png>",
    "![图](http://evil.example/x.png) [点](javascript:alert(1)) https://evil.example",
    "| 表 | 格 |\n## 标题\n- 项",
    "{{ 7*7 }} %s %(x)s {0} $HOME `id`",
]  # fmt: skip
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def notice(number: int, title: str) -> Record:
    text = f"采购内容：{title}\n服务器须采用国产处理器"
    start = text.index("服务器须")
    quote = text[start:]
    found = Evidence(quote, start, len(text), "text", "word.domestic", "required", lot=title)
    said = Notice(
        source="ccgp", source_id=f"n{number}", title=title, kind="tender", text=text, url=f"http://www.ccgp.gov.cn/{number}",
        project_name=title, buyer=title, agency=title, region=title, published=NOW, suppliers=(title,),
        budget=Amount(Decimal("1234567.5"), title), lots=(Lot(title, title, suppliers=(title,)),), read_at=NOW, read_from=title,
    )  # fmt: skip
    verdict = Verdict("required", True, "unstated", ("ascend",), (LotVerdict(title, "required"),), (found,), "cn-test")
    return Record(said, verdict)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "store.db"
    with Store.open(path, NOW) as store:
        store.begin_run("fetch", "cn-test")
        store.save([notice(number, title) for number, title in enumerate(HOSTILE)])
        store.end_run((), 0)
    return path


def read(store: Path, *words: str) -> Result:
    result = call("--db", store, *words)
    assert result.code == 0, result.err
    return result


@pytest.mark.parametrize(
    "words",
    [["report"], ["report", "--by", "buyer"], ["report", "--format", "md"], ["report", "--format", "csv"], ["list"],
     ["report", "--format", "html", "--by", "buyer,region"],
     ["list", "--limit", "3"], ["show", "1"], ["show", "4"], ["search", "服务器"], ["search", "--all", "国产"],
     ["report", "--json"], ["list", "--json"], ["show", "4", "--json"], ["explain", "3", "--json"]],
)  # fmt: skip
def test_no_control_character_leaves_by_any_command(hostile: Path, words: list[str]) -> None:
    result = read(hostile, *words)
    assert result.out
    assert not ACTIVE.search(result.out.replace("\r\n", "\n")), words
    assert not ACTIVE.search(result.err)


def test_every_hostile_title_is_reported_once_and_markup_is_printed_literally(hostile: Path) -> None:
    rows = json.loads(read(hostile, "report", "--json").out)["notices"]
    assert sorted(row["title"] for row in rows) == sorted(HOSTILE)
    assert "[/nonexistent] [bold]标记[/bold]" in read(hostile, "report").out
    assert "{{ 7*7 }} %s %(x)s {0} $HOME `id`" in read(hostile, "report").out


def test_no_cell_of_a_csv_is_a_formula(hostile: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(read(hostile, "report", "--format", "csv").out)))
    assert len(rows) == len(HOSTILE)
    for row in rows:
        for key, cell in row.items():
            assert not re.match(r"[\s]*[=+\-@＝＋－＠\t\r]", cell) or re.fullmatch(r"-?[\d.]+", cell), (key, cell)
    assert {row["budget"] for row in rows} == {"1234567.5"}


def test_markdown_holds_no_link_image_html_or_broken_table(hostile: Path) -> None:
    out = read(hostile, "report", "--format", "md").out
    bare = re.sub(r"\\.", "", out)  # what a Markdown reader takes as active
    assert not re.search(r"\]\(|!\[|<|https?://|`|\*", bare)
    rows = [line for line in out.splitlines() if line.startswith("| ") and "2026-11-20" in line]
    assert len(rows) == len(HOSTILE)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {10}


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("2.15 亿元", "2.15 亿元"), ("+3", "+3"), ("(截止)", "(截止)"),
        ("2. 项", "2\\. 项"), ("+ 项", "\\+ 项"), ("- 项", "\\- 项"), ("[甲](乙)", "\\[甲\\](乙)"), ("---", "\\---"),
    ],
)  # fmt: skip
def test_markdown_escapes_what_would_come_alive_and_leaves_figures(text: str, literal: str) -> None:
    assert clean.markdown(text) == literal


def test_a_terminal_gets_the_same_text_as_text_not_as_markup(hostile: Path) -> None:
    from rich.console import Console

    table = Table((Column("t", "[bold]头", lambda row: row),), tuple(HOSTILE))
    console = Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None, markup=False)
    console.print(table.rich(120))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "[/nonexistent] [bold]标记[/bold]" in printed
    assert not ACTIVE.search(re.sub(r"\x1b\[[\d;]*m", "", printed))


def test_a_narrow_terminal_breaks_no_day_and_spends_no_cell_on_an_empty_column() -> None:
    from rich.console import Console

    long = "智算集群采购项目公告" * 9
    columns = (
        Column("date", "date", lambda row: "2026-10-30", whole=True),
        Column("text", "one", lambda row: long),
        Column("text", "two", lambda row: long),
        Column("none", "vacant", lambda row: None, right=True),
    )
    console = Console(file=io.StringIO(), width=60, color_system=None)
    console.print(Table(columns, (1, 2)).rich(60))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert printed.count("2026-10-30") == 2 and "vacant" not in printed


def test_a_narrow_terminal_breaks_the_heading_of_figures_at_its_blanks() -> None:
    from rich.console import Console

    columns = (
        Column("text", "delivered", lambda row: "智算集群采购项目公告" * 9),
        Column("share", "price per card", lambda row: "2.8 %", right=True),
    )
    console = Console(file=io.StringIO(), width=20, color_system=None)
    console.print(Table(columns, (1,)).rich(20))
    head = console.file.getvalue().splitlines()[:3]  # type: ignore[attr-defined]
    assert [line.split() for line in head] == [["price"], ["per"], ["delivered", "card"]]


def test_a_mark_can_be_cleaned_without_moving_what_follows() -> None:
    for text in HOSTILE:
        assert len(clean.same_length(text)) == len(text)


def test_numbers_in_a_csv_stay_numbers() -> None:
    assert [clean.csv(text) for text in ("-3.5", "+7", "12", "-3a", "5%")] == ["-3.5", "+7", "12", "'-3a", "5%"]


def test_json_with_half_a_character_is_valid_utf8() -> None:
    assert json.loads(line({"id": "\ud800", "t": "昇腾"}).encode()) == {"id": "\ud800", "t": "昇腾"}
    assert document({"t": "昇腾"}) == '{\n  "t": "昇腾"\n}\n'


@pytest.mark.parametrize(
    ("value", "printed"),
    [("9800", "9,800.00 元"), ("9999.994", "9,999.99 元"), ("10000", "1.00 万元"), ("4860000", "486.00 万元"),
     ("12345678", "1,234.57 万元"), ("100000000", "1.00 亿元"), ("51387000000", "513.87 亿元"), ("0", "0.00 元"), ("50", "50.00 元")],
)  # fmt: skip
def test_money_is_printed_in_the_unit_a_reader_counts_in(value: str, printed: str) -> None:
    assert yuan(Decimal(value)) == printed


def test_money_of_other_currencies_and_by_the_year_says_so() -> None:
    amount = Amount(Decimal("120000"), "12万元/年", basis="per_year")
    assert money(amount, "zh") == "12.00 万元/年"
    assert money(replace(amount, currency="USD", basis="total"), "en") == "120,000.00 USD"
    assert money(None, "en") is None


def test_moments_are_those_of_shanghai() -> None:
    late = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    assert moment(late) == "2026-11-23 01:30"
    assert moment(late, has_time=False) == "2026-11-23"


def test_every_word_exists_in_both_languages() -> None:
    assert all(len(pair) == 2 for pair in WORDS.values())
    assert [key for key, pair in WORDS.items() if not pair[1]] == []
    assert [name("zh", "level", level) for level in LEVELS] == ["必须国产", "优先国产", "实供国产", "仅提及", "无"]
    assert all(f"kind.{kind}" in WORDS for kind in KINDS)
    places = re.compile(r"\{(\w+)\}")
    assert [key for key, (zh, en) in WORDS.items() if zh and set(places.findall(zh)) != set(places.findall(en))] == []


def test_no_word_is_written_twice() -> None:
    """Where two rooms wrote one key, the later would silently win."""
    tables: list[dict[str, tuple[str, str]]] = [STORY]
    for room in pkgutil.iter_modules(words.__path__):
        module = importlib.import_module(f"tender_tracker.words.{room.name}")
        tables += [table for name, table in vars(module).items() if name.isupper()]
    assert Counter(key for table in tables for key in table) == Counter(WORDS.keys())


def test_every_word_is_used() -> None:
    source = "".join(
        path.read_text("utf-8")
        for path in (Path(__file__).parents[1] / "tender_tracker").rglob("*.py")
        if path.name not in ("messages.py", "reasons.py") and path.parent.name != "words"
    )
    made = re.compile(
        r"(level|kind|import|family|origin|head|sheet|relabel|fetch\.exit_|word|basis|quantity|buyer|tier|story|calendar"
        r"|state|linked|alarm|left|size|share|report\.by_|figure\.by_|digest\.field_|match|docstate|unread|out\."
        r"|schedule\.(fetch|digest|outbox)|change\.(\w+_here|demand_\w+|cause_\w+|field_\w+|moved|set|gone|elsewhere|alone|project|also_on|corrected_by|corrects))"
    )
    assert [key for key in WORDS if not made.match(key) and key not in source] == []


TEXT = "本项目采购AI训练服务器（含8张昇腾910B加速卡，单卡显存64GB），须与MindSpeed-MM框架适配。"


@pytest.mark.parametrize("cells", [17, 40, 68])
def test_lines_fit_lose_nothing_and_never_begin_with_a_closing_mark(cells: int) -> None:
    lines = wrap(TEXT, cells)
    assert "".join(lines) == TEXT
    assert max(map(cell_len, lines)) <= cells
    assert not any(line[0] in "，。、）」" for line in lines)


@pytest.mark.parametrize("cells", range(16, 60, 3))
def test_marks_that_stand_together_stay_with_the_word_before_them(cells: int) -> None:
    lines = wrap("ccgp 82（2026-11-13）、cebpub 3（2026-11-03）。「已存（最新）」，ok", cells)
    assert max(map(cell_len, lines)) <= cells
    assert not any(line[0] in "，。、）」" or line[-1] in "（「" for line in lines)


def test_a_word_longer_than_the_line_is_cut_and_an_empty_text_is_one_line() -> None:
    assert wrap("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert wrap("", 10) == [""]
    assert wrap("two words", 5) == ["two", "words"]


def test_a_cell_has_exactly_its_width() -> None:
    assert [cell_len(clip(text, 9)) for text in ("", "昇腾", "东南大学智算中心", "Kunpeng 920 cluster")] == [9] * 4
    assert clip("东南大学智算中心", 9).rstrip().endswith("…")


@pytest.mark.parametrize("columns", [80, 109, 110, 140, 200])
def test_no_line_of_the_report_is_wider_than_the_screen(
    demo: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for lang in ("zh", "en"):
        lines = call("--lang", lang, "--db", demo, "report").lines
        assert max(map(cell_len, lines)) <= columns
        assert not any(line.endswith(" ") for line in lines)
    assert {level for level in FLAGGED if any(line.startswith(f"{level} ·") for line in lines)} == set(FLAGGED)
