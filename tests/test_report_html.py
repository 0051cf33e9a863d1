"""The HTML report: one file without scripts or loads, in good order for eyes, ears and paper, whatever titles hold."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import Result
from samples import fill, notice, record
from test_render import HOSTILE

import tender_tracker
from tender_tracker import messages
from tender_tracker.model import SHANGHAI, Amount
from tender_tracker.reporting import charts

Tenders = Callable[..., Result]
VOID = {"meta", "rect", "line"}
CSS = (Path(tender_tracker.__file__).parent / "data" / "report.css").read_text("utf-8")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Tree(HTMLParser):
    """Tags with their attributes in order, and the text of each kind of tag; complains of what does not nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every field that a page prints holds a hostile text; each notice prints the price of a card."""
    records = []
    for number, text in enumerate(HOSTILE, 1):
        one = record(
            number, families=(text,), title=text, project_name=text, buyer=text, region=text, suppliers=(text,),
            url=f'https://example.org/"{text}' if number % 2 else f"javascript:{text}", award=Amount(Decimal(number), text),
            text=f"{notice(number).text}\n加速卡单价：65000元/卡。",
        )  # fmt: skip
        evidence = tuple(replace(item, quote=text) for item in one.verdict.evidence)
        records.append(replace(one, verdict=replace(one.verdict, evidence=evidence), province=None, buyer_tier=text))
    return fill(tmp_path_factory.mktemp("hostile") / "t.db", records)


@pytest.fixture(scope="module")
def pages(demo: Path, hostile: Path) -> list[str]:
    """Both languages, an asked and an open period, an empty one, hostile texts."""
    from conftest import call

    asked = (
        ("--lang", "zh", "--db", demo, "report", "--by", "family,tier", "--month", "2026-10", "--compare", "previous"),
        ("--lang", "en", "--db", demo, "report", "--by", "share", "--top", "2"),
        ("--lang", "en", "--db", demo, "report", "--week", "2001-W01"),
        ("--lang", "zh", "--db", hostile, "report", "--by", "buyer,family"),
    )
    found = [call(*words, "--format", "html") for words in asked]
    assert {result.code for result in found} == {0}
    return [result.out for result in found]


def test_a_page_loads_nothing_runs_nothing_and_nests(pages: list[str]) -> None:
    for page in pages:
        tree = Tree(page)
        assert not {name for name, _ in tree.tags} & {"script", "link", "img", "iframe", "object", "form", "base", "b"}
        for name, attrs in tree.tags:
            assert not {key for key in attrs if key.startswith("on") or key in ("src", "srcset", "style", "xlink:href")}
            if "href" in attrs:
                assert name == "a" and re.match(r"https?://[^\s\"<>]+$", attrs["href"] or "")
        assert not re.search(r"@import|url\(", CSS)
        policies = [attrs["content"] for attrs in tree.of("meta") if attrs.get("http-equiv")]
        assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_a_page_is_read_in_order_by_those_who_do_not_see_it(pages: list[str]) -> None:
    for page in pages:
        tree = Tree(page)
        levels = [int(name[1]) for name, _ in tree.tags if re.fullmatch(r"h\d", name)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert tree.of("html") == [{"lang": "zh-CN"}] or tree.of("html") == [{"lang": "en"}]
        assert len(tree.of("table")) == len(tree.of("caption")) > 0 or "2001-W01" in page
        assert {attrs.get("scope") for attrs in tree.of("th")} <= {"row", "col"}
        ids = [attrs["id"] for _, attrs in tree.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        for svg in tree.of("svg"):
            assert svg["role"] == "img" and set((svg["aria-labelledby"] or "").split()) <= set(ids)


def test_coverage_stands_before_any_number_and_figures_before_the_notices(pages: list[str]) -> None:
    page = pages[0]
    order = [
        page.index(words)
        for words in ("读取情况", 'class="tiles"', 'id="times-title"', "合计：", "<article", "说明</h2>")
    ]
    assert order == sorted(order)
    for key in ("times", "shares", "families", "regions"):
        assert f'id="{key}-title"' in page
    assert 'class="heat"' in page and "没有印出每卡价格" in page
    assert 'id="prices-title"' in pages[3]
    assert "No flagged notice in this period" in pages[2] and "<svg" not in pages[2]


def test_nothing_found_is_0_only_where_every_source_was_read(tenders: Tenders, demo: Path, tmp_path: Path) -> None:
    """The demo was read in full; of the other store's source nobody was ever asked."""
    unasked = fill(tmp_path / "t.db", [record(1)])
    words = ("report", "--format", "html", "--week", "2001-W01", "--level", "required")
    whole, part = (Tree(tenders("--db", path, "--lang", "en", *words).out).texts["dd"][0] for path in (demo, unasked))
    assert (whole, part) == ("0 projects", "none seen")


def test_hostile_texts_are_shown_and_stay_texts(pages: list[str]) -> None:
    tree = Tree(pages[3])
    assert "<script>alert(1)</script> <img src=http://evil.example/x.png>" in tree.texts["h4"] + tree.texts["a"]
    assert sum("<script>alert(1)</script>" in text for texts in tree.texts.values() for text in texts) > 5
    chart = pages[3][pages[3].index('id="families-title"') :].split("</svg>")[0]
    assert f">其余 {len(HOSTILE) - 12} 组<" in chart and "…" in chart
    assert len(tree.of("article")) == len(HOSTILE)
    assert len([attrs for attrs in tree.of("a") if attrs["href"]]) == len(HOSTILE) // 2 + len(HOSTILE) % 2


def test_a_long_report_is_cut_and_says_how_much_is_left(tenders: Tenders, tmp_path: Path) -> None:
    path = fill(
        tmp_path / "t.db",
        (record(n, buyer=f"第{n}大学" * 40, title="长" * 400, project_name=None) for n in range(1, 131)),
    )
    page = tenders("--db", path, "--lang", "en", "report", "--format", "html", "--by", "buyer").out
    tree = Tree(page)
    assert len(tree.of("article")) == 100 and "100 of 130 listed" in page
    assert ">90 others<" in page
    assert len(page.encode()) < 300_000
    assert len(Tree(tenders("--db", path, "report", "--format", "html", "--limit", "3").out).of("article")) == 3


def test_a_short_period_is_preceded_by_the_weeks_before_it(tenders: Tenders, tmp_path: Path) -> None:
    days = {1: (11, 18), 2: (9, 14), 3: (9, 1), 4: (6, 1)}
    path = fill(
        tmp_path / "t.db", [record(k, published=datetime(2026, *day, 9, tzinfo=SHANGHAI)) for k, day in days.items()]
    )  # type: ignore[misc]
    page = tenders("--db", path, "--lang", "en", "report", "--format", "html", "--week", "2026-W47").out
    chart = page[page.index('aria-labelledby="times-title') :]
    tips = re.findall(r"<g><title>(\S+)  required (\d+)</title>", chart)
    assert tips == [(f"2026-W{week}", "1" if week in (36, 38, 47) else "0") for week in range(36, 48)]
    whole = tenders("--db", path, "--lang", "en", "report", "--format", "html").out
    assert re.findall(r"<g><title>(\S+)  ", whole) == [f"2026-{month:02}" for month in range(6, 12)]


@pytest.mark.parametrize("by", ["supplier", "share", "family,tier"])
def test_what_totals_are_divided_by_changes_no_figure_beside_them(tenders: Tenders, demo: Path, by: str) -> None:
    """The sums of suppliers are of awards alone, those of demands of all purchases of compute."""
    pages = [tenders("--db", demo, "report", "--format", "html", "--by", words).out for words in ("level", by)]
    figures = [re.findall(r'<(?:figure|ul class="tiles")[ >].*?</(?:figure|ul)>', page, re.DOTALL) for page in pages]
    assert len(figures[0]) > 5
    assert figures[0] == figures[1]


def test_an_award_and_its_contract_at_one_price_are_one_bar(tenders: Tenders, tmp_path: Path) -> None:
    told = (("award", "6.1万"), ("contract", "6.1万"), ("contract", "6万"))
    texts = [f"{notice().text}\n加速卡单价：{price}元/卡。" for _, price in told]
    sold = [record(n, kind=told[n][0], project_no="QC-9", text=text) for n, text in enumerate(texts)]
    fill(tmp_path / "store.db", sold)
    page = tenders("--lang", "en", "--db", tmp_path / "store.db", "report", "--format", "html").out
    chart = page[page.index('id="prices-title"') :].partition("</svg>")[0]
    assert re.findall(r"[\d.]+ 万元", chart) == ["6.10 万元", "6.00 万元"]


def test_lines_of_a_chart_stand_at_round_numbers() -> None:
    for most, ticks in (
        (0, ["1"]),
        (1, ["1"]),
        (4, ["1", "2", "3", "4"]),
        (7, ["2", "4", "6", "8"]),
        (1234, ["500", "1,000", "1,500"]),
    ):
        chart = charts.columns("k", "t", "a", ["x"], [charts.Stack("W1", (most,), "tip")])
        assert re.findall(r'class="tick" x="0" y="[\d.]+">([\d,]+)<', chart) == ticks, most


def test_lengths_of_bars_are_those_of_their_values() -> None:
    rows = [charts.Bar("甲", "4", 4), charts.Bar("乙", "1", 1), charts.Bar("丙", "–", 0)]
    assert re.findall(r'class="bar"[^>]* width="([\d.]+)%"', charts.bars("k", "t", "a", rows)) == ["100.00", "25.00"]
    parts = re.findall(
        r'class="(\w) part" x="([\d.]+)%"[^>]* width="([\d.]+)%"', charts.strip("k", "t", "a", "abc", (3, 0, 1))
    )
    assert parts == [("a", "0.00", "75.00"), ("c", "75.00", "25.00")]


def _colours(css: str) -> dict[str, tuple[float, ...]]:
    found = re.findall(r"--([\w-]+): #(\w{6})", css)
    return {name: tuple(int(code[k : k + 2], 16) / 255 for k in (0, 2, 4)) for name, code in found}


def _contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """The ratio of WCAG 2."""

    def light(colour: tuple[float, ...]) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def _schemes() -> Iterator[dict[str, tuple[float, ...]]]:
    light, dark = CSS.split("@media screen and (prefers-color-scheme: dark)")
    yield _colours(light)
    yield {**_colours(light), **_colours(dark.split("* {")[0])}


def test_words_and_figures_stand_out_from_their_ground_in_light_and_dark() -> None:
    for colour in _schemes():
        for words in ("ink", "strong", "soft", "link"):
            assert _contrast(colour[words], colour["paper"]) >= 4.5, words
        assert _contrast(colour["warn"], colour["warn-paper"]) >= 4.5
        assert _contrast(colour["ink"], colour["quote"]) >= 4.5
        for shade in range(1, 6):
            assert _contrast(colour[f"h{shade}"], colour["h-low" if shade < 4 else "h-high"]) >= 4.5, shade
        for level in ("required", "preferred", "supplied"):
            assert _contrast(colour[level], colour["paper"]) >= 3, level


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium to look with")
def test_a_browser_shows_the_page_without_a_complaint_and_asks_nobody(pages: list[str], tmp_path: Path) -> None:
    page, log = tmp_path / "report.html", tmp_path / "net.json"
    page.write_text(pages[3], "utf-8")
    command = [
        str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        "--disable-background-networking", "--disable-component-update", f"--log-net-log={log}",
        "--enable-logging=stderr", "--virtual-time-budget=500", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "</article>" in done.stdout
    assert "CONSOLE" not in done.stderr
    asked = set(re.findall(r'"url":"(https?:[^"]+)"', log.read_text("utf-8", "replace"))) if log.exists() else set()
    assert not {url for url in asked if "evil.example" in url or "example.org" in url}


def test_a_chart_of_budgets_shows_the_largest_budgets_not_the_most_frequent_chips(
    tenders: Tenders, demo: Path, tmp_path: Path
) -> None:
    """One notice of 4.68 亿元 was summed up in “others”, below chips of no known budget that are met more often."""
    rows = json.loads(tenders("--db", demo, "report", "--by", "family", "--json").out)["totals"]
    largest = sorted(rows, key=lambda row: -Decimal(row["budget_sum"] or 0))[:4]
    page = tenders("--db", demo, "report", "--format", "html", "-o", tmp_path / "r.html")
    assert page.code == 0
    figure = (
        (tmp_path / "r.html")
        .read_text("utf-8")
        .partition(messages.say("en", "figure.families"))[2]
        .partition("</figure>")[0]
    )
    for row in largest:
        assert (
            messages.yuan(Decimal(row["budget_sum"])) in figure
            and messages.name("en", "family", row["family"]) in figure
        )
