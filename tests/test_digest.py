"""The digest: what is new in a span, once and only once, and the same bytes for the same store and words.

`APPROVE=1 pytest tests/test_digest.py` writes the golden digests anew; read them before they are committed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import FIXTURES, Result, call, clean_environment
from weeks import CLAUSE, COMPANY, TOP, WEEK_46, WEEK_47, at, record, run, store

from tender_tracker.model import KINDS, LEVELS, SHANGHAI
from tender_tracker.reporting.page import web_address
from tender_tracker.reporting.period import iso_week
from tender_tracker.storage.store import Store

GOLDEN = Path(__file__).parent / "digests"
FORMATS = ("md", "html", "txt", "json", "atom", "jsonfeed")
Tenders = Callable[..., Result]
Clock = Callable[[datetime], None]


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store(tmp_path_factory.mktemp("weeks") / "s.db")


@pytest.fixture(scope="module")
def saved_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The saved notices as three Sundays would have met them."""
    folder = tmp_path_factory.mktemp("saved")
    with pytest.MonkeyPatch.context() as patch:
        clean_environment(patch, folder)
        for sunday in (8, 15, 22):
            patch.setenv("SOURCE_DATE_EPOCH", str(int(at(sunday, 20).timestamp())))
            words = ("fetch", "--saved", FIXTURES, "--until", f"2026-11-{sunday:02}")
            result = call("--db", folder / "saved.db", *words)
            assert result.code == 0, result.err
    return folder / "saved.db"


@pytest.fixture
def own(weeks: Path, tmp_path: Path) -> Path:
    """The same six weeks in a store that may be written."""
    return shutil.copy(weeks, tmp_path / "s.db")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return lambda moment: monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(moment.timestamp())))


def read(path: Path, *words: str, tenders: Tenders) -> dict[str, Any]:
    result = tenders("--db", path, "digest", "--json", *words)
    assert result.code == 0, result.err
    found: dict[str, Any] = json.loads(result.out)
    return found


def numbers(listing: dict[str, Any]) -> list[str]:
    """Project numbers of a listing, in its order."""
    return [entry.get("item", entry)["title"][:3] for entry in listing["items"]]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("week", ["2026-W46", "2026-W47"])
@pytest.mark.parametrize("form", ["md", "txt", "html"])
def test_the_golden_digests_are_printed_to_the_byte(
    tenders: Tenders, weeks: Path, week: str, lang: str, form: str
) -> None:
    printed = tenders("--db", weeks, "--lang", lang, "digest", "--week", week, "--format", form).out
    golden = GOLDEN / f"{week}.{lang}.{form}"
    if os.environ.get("APPROVE"):
        golden.write_text(printed, "utf-8")
    assert printed == golden.read_text("utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("week", ["2026-W46", "2026-W47"])
def test_the_golden_digests_of_the_saved_notices_are_printed_to_the_byte(
    tenders: Tenders, saved_weeks: Path, week: str, lang: str
) -> None:
    printed = tenders("--db", saved_weeks, "--lang", lang, "digest", "--week", week, "--format", "md").out
    printed = re.sub(r"\bcn-[0-9a-f]{12}", "cn-…", printed)  # it changes with every rule, what is told need not
    golden = GOLDEN / f"saved-{week}.{lang}.md"
    if os.environ.get("APPROVE"):
        golden.write_text(printed, "utf-8")
    assert printed == golden.read_text("utf-8")


def test_a_week_tells_what_was_first_stored_in_it(tenders: Tenders, weeks: Path) -> None:
    found = read(weeks, "--week", "2026-W47", tenders=tenders)
    assert numbers(found["required"]) == ["606", "607", "608"]
    assert numbers(found["preferred"]) == []
    assert numbers(found["awards"]) == ["400"]
    assert numbers(found["cancellations"]) == ["601", "603"]
    assert numbers(found["changes"]) == ["600", "605"]
    assert numbers(found["errata"]) == ["430"]
    assert numbers(found["deadlines"]) == ["606", "600"]


def test_nothing_is_called_new_twice_and_nothing_is_left_out(tenders: Tenders, weeks: Path) -> None:
    told: list[str] = []
    for week in range(42, 49):
        found = read(weeks, "--week", f"2026-W{week}", tenders=tenders)
        told += [item["source_id"] for name in ("required", "preferred") for item in found[name]["items"]]
    assert len(told) == len(set(told))
    assert {number[:3] for number in told} == {
        "400", "401", "410", "420", "421", "422", "423", "600", "601", "605", "606", "607", "608", "610",
    }  # fmt: skip


def test_what_a_blocked_source_missed_comes_late_and_says_so(tenders: Tenders, weeks: Path) -> None:
    before = tenders("--db", weeks, "--lang", "en", "digest", "--week", "2026-W46", "--format", "txt")
    assert "606" not in before.out
    assert "! Not everything was read: counts are lower bounds, and" in before.out
    assert "ningbo (blocked): not read in full since 2026-11-10 08:00" in before.out
    assert "at least 2" in before.out
    after = read(weeks, "--week", "2026-W47", tenders=tenders)
    assert {item["title"][:3]: item["late"] for item in after["required"]["items"]} == {
        "606": True, "607": False, "608": False,
    }  # fmt: skip
    assert after["headline"]["late"] == 1


def test_coverage_stands_before_any_number_in_every_face(tenders: Tenders, weeks: Path) -> None:
    for form in ("md", "html", "txt"):
        out = tenders("--db", weeks, "--lang", "en", "digest", "--week", "2026-W46", "--format", form).out
        assert out.index("counts are lower bounds") < out.index("Headline") < out.index("New: required")


def test_the_headline_compares_with_the_week_before_and_the_mean_of_four(tenders: Tenders, weeks: Path) -> None:
    told = [
        read(weeks, "--week", f"2026-W{week}", tenders=tenders)["headline"]["required"] for week in (42, 43, 46, 47)
    ]
    assert told == [
        {"now": 2, "before": None, "mean": None},
        {"now": 1, "before": 2, "mean": None},
        {"now": 2, "before": 0, "mean": "1.75"},
        {"now": 3, "before": 2, "mean": "1.75"},
    ]


def test_a_zero_is_printed_only_when_every_source_was_read(tenders: Tenders, tmp_path: Path) -> None:
    run(tmp_path / "s.db", at(10), [], {"ccgp": "ok", "ningbo": "blocked"}, refused=2)
    out = tenders("--db", tmp_path / "s.db", "--lang", "en", "digest", "--week", "2026-W46").out
    assert not re.search(r": 0\b", out) and "require domestic compute: none seen" in out
    run(tmp_path / "t.db", at(10), [], {"ccgp": "ok"})
    assert "stale" in tenders("--db", tmp_path / "t.db", "--lang", "en", "digest", "--week", "2026-W46").out
    run(tmp_path / "t.db", at(14), [], {"ccgp": "ok"})
    out = tenders("--db", tmp_path / "t.db", "--lang", "en", "digest", "--week", "2026-W46").out
    assert "require domestic compute: 0" in out and "None in this period" in out


def test_a_field_that_moved_twice_is_one_line_from_first_to_last(tenders: Tenders, weeks: Path) -> None:
    (changed, _) = read(weeks, "--week", "2026-W47", tenders=tenders)["changes"]["items"]
    moves = {move["field"]: (move["before"], move["after"], move["times"]) for move in changed["moves"]}
    assert moves["deadline"] == ("2026-11-26T01:30:00Z", "2026-12-02T01:30:00Z", 2)
    assert moves["budget"] == ([4860000, None], [5200000, None], 1)
    line = next(line for line in tenders("--db", weeks, "--lang", "zh", "digest", "--week", "2026-W47").lines if "改为" in line)  # fmt: skip
    assert "改动 2 次" in line and "预算由 486.00 万元 改为 520.00 万元" in line


def test_a_change_that_was_taken_back_is_told_as_such(tenders: Tenders, tmp_path: Path) -> None:
    path, first = tmp_path / "s.db", record("700", at(2), budget=1_000_000)
    run(path, at(3), [first])
    run(path, at(10), [record("700", at(2), budget=2_000_000)])
    run(path, at(11), [first])
    (changed,) = read(path, "--week", "2026-W46", tenders=tenders)["changes"]["items"]
    assert [(m["before"], m["after"], m["times"]) for m in changed["moves"]] == [([1000000, None], [1000000, None], 2)]
    assert "budget moved 2 times and is 100.00 万元 again" in tenders("--db", path, "digest", "--week", "2026-W46").out


def test_a_demand_that_a_page_words_otherwise_is_told_with_both_quotes(tenders: Tenders, tmp_path: Path) -> None:
    path, softer = tmp_path / "s.db", "★服务器CPU宜采用鲲鹏920或同档处理器"
    run(path, at(3), [record("700", at(2))])
    run(path, at(10), [record("700", at(2), quote=softer, text="质保期三年。")])
    (changed,) = read(path, "--week", "2026-W46", tenders=tenders)["changes"]["items"]
    assert [(one["quote_before"], one["quote_after"]) for one in changed["demands"]] == [(f"{CLAUSE}。", f"{softer}。")]
    said = {lang: tenders("--db", path, "--lang", lang, "digest", "--week", "2026-W46").out for lang in ("en", "zh")}
    assert f"demand reworded: 「{CLAUSE}。」 → 「{softer}。」" in said["en"]
    assert f"改写国产要求「{CLAUSE}。」→「{softer}。」" in said["zh"].replace(" → ", "→")
    assert "characters" not in said["en"]


def test_a_week_of_only_changes_has_no_new_tender(tenders: Tenders, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run(path, at(1), [record("699", at(1), "none")])
    run(path, at(3), [record("700", at(2), budget=1_000_000)])
    run(path, at(10), [record("700", at(2), budget=2_000_000)])
    found = read(path, "--week", "2026-W46", tenders=tenders)
    assert (found["required"]["total"], found["changes"]["total"]) == (0, 1)
    assert found["headline"]["required"] == {"now": 0, "before": 1, "mean": None}


def test_an_award_that_falls_with_its_tender_is_told_and_leaves_the_sum(tenders: Tenders, weeks: Path) -> None:
    found = read(weeks, "--week", "2026-W47", tenders=tenders)
    ended = next(entry for entry in found["cancellations"]["items"] if entry["item"]["title"].startswith("603"))
    assert ended["voided"]["value"] == "3840000"
    assert found["headline"]["award"] == {"yuan": "950000", "disclosed": 1, "undisclosed": 0, "other_currency": 0}


def test_a_delivery_told_by_another_kind_of_notice_stands_among_the_awards(tenders: Tenders, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run(path, at(10), [record("700", at(9), "supplied", "other"), record("701", at(9), "supplied", "contract")])
    assert numbers(read(path, "--week", "2026-W46", tenders=tenders)["awards"]) == ["700", "701"]


def test_pages_imported_by_hand_tell_their_age(tenders: Tenders, demo: Path) -> None:
    out = tenders("--db", demo, "digest", "--since", "2026-11-24", "--until", "2026-11-29").out
    assert "Read in full 5 days ago: ccgp" in out


def test_every_flagged_notice_of_a_week_stands_in_some_section(tenders: Tenders, tmp_path: Path) -> None:
    flagged = [(level, kind) for level in LEVELS[:-1] for kind in KINDS]
    run(tmp_path / "s.db", at(10), [record(f"{n:03}", at(9), *pair) for n, pair in enumerate(flagged)])
    told = tenders("--db", tmp_path / "s.db", "digest", "--week", "2026-W46", "--json").out
    assert [pair for n, pair in enumerate(flagged) if f'"{n:03}-{pair[1]}"' not in told] == []


def test_a_second_notice_of_a_known_project_is_no_news(tenders: Tenders, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run(path, at(3), [record("700", at(2), "preferred")])
    run(path, at(10), [record("700", at(9), "preferred", "amendment")])
    found = read(path, "--week", "2026-W46", tenders=tenders)
    assert (found["preferred"]["total"], numbers(found["changes"])) == (0, ["700"])
    run(path, at(17), [record("700", at(16), "required", "other", source_id="raised")])
    assert numbers(read(path, "--week", "2026-W47", tenders=tenders)["required"]) == ["700"]


def test_the_same_number_of_another_buyer_is_another_project(tenders: Tenders, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run(path, at(3), [record("700", at(2))])
    run(path, at(10), [record("700", at(9), buyer=TOP, source_id="other", title="流体仿真计算服务器公开招标公告")])
    assert read(path, "--week", "2026-W46", tenders=tenders)["required"]["total"] == 1


def test_one_project_on_two_sites_is_one_entry(tenders: Tenders, weeks: Path) -> None:
    items = read(weeks, "--week", "2026-W47", tenders=tenders)["required"]["items"]
    (twin,) = [item for item in items if item["title"].startswith("607")]
    assert {twin["source"], twin["also_on"][0][0]} == {"ccgp", "ningbo"}


def test_a_week_is_that_of_shanghai_on_sunday_night_in_utc(tenders: Tenders, tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "s.db"
    sunday_utc = datetime(2026, 11, 22, 16, 30, tzinfo=SHANGHAI) + timedelta(hours=8)
    run(path, sunday_utc - timedelta(hours=1), [record("700", at(22))])
    run(path, sunday_utc, [record("701", at(23))])
    clock(sunday_utc)
    assert numbers(read(path, tenders=tenders)["required"]) == ["700"]
    assert read(path, tenders=tenders)["week"] == "2026-W47"
    clock(sunday_utc + timedelta(days=7))
    assert numbers(read(path, tenders=tenders)["required"]) == ["701"]


def test_a_year_of_53_weeks_ends_with_its_own(tenders: Tenders, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run(path, datetime(2027, 1, 3, 23, 59, tzinfo=SHANGHAI), [record("700", at(2))])
    run(path, datetime(2027, 1, 4, tzinfo=SHANGHAI), [record("701", at(2))])
    assert numbers(read(path, "--week", "2026-W53", tenders=tenders)["required"]) == ["700"]
    assert numbers(read(path, "--week", "2027-W01", tenders=tenders)["required"]) == ["701"]


def test_the_year_of_a_digest_is_that_of_shanghai(tenders: Tenders, tmp_path: Path, clock: Clock) -> None:
    new_year = datetime(2027, 1, 1, 1, tzinfo=SHANGHAI)  # in UTC it is still 2026
    run(tmp_path / "s.db", new_year - timedelta(minutes=30), [record("700", new_year - timedelta(minutes=45))])
    clock(new_year)
    told = tenders("--db", tmp_path / "s.db", "--lang", "en", "digest", "--since", "7d", "--format", "txt").out
    assert "Published since 1 January 2027, required: 1" in " ".join(told.split())


def test_what_is_stored_later_does_not_change_the_figures_of_an_older_digest(tenders: Tenders, own: Path) -> None:
    def year() -> list[Any]:
        found: list[Any] = read(own, "--week", "2026-W47", tenders=tenders)["year"]
        return found

    before = year()
    run(own, at(24), [record("620", at(20), budget=7_000_000)])
    assert before and year() == before


def test_the_same_store_and_words_give_the_same_bytes_at_any_time(tenders: Tenders, weeks: Path, clock: Clock) -> None:
    for form in FORMATS:
        outputs = set()
        for moment in (at(24), at(24) + timedelta(days=900)):
            clock(moment)
            outputs.add(tenders("--db", weeks, "digest", "--week", "2026-W47", "--format", form).out)
        assert len(outputs) == 1 and outputs.pop()


def test_the_last_line_prints_the_same_digest_again(tenders: Tenders, weeks: Path, clock: Clock) -> None:
    clock(at(23, 12))
    for words in (["--since", "2d"], ["--week", "2026-W46"], ["--since", "2026-11-09T06:30", "--until", "2026-11-12"]):
        first = tenders("--db", weeks, "digest", *words, "--format", "txt")
        command = re.sub(r"\s+", " ", first.out.split("To print this again: ")[1]).split()
        clock(at(28))
        assert tenders("--db", weeks, *command[1:]).out == first.out
        clock(at(23, 12))


def test_since_last_goes_on_where_the_last_digest_ended(tenders: Tenders, own: Path, clock: Clock) -> None:
    clock(at(18, 12))
    first = read(own, "--since-last", tenders=tenders)
    assert (first["since"], first["until"]) == ("2026-11-11T12:00:00+08:00", "2026-11-18T12:00:00+08:00")
    assert tenders("--db", own, "digest", "--since-last").out == ""
    clock(at(23, 9))
    again = [read(own, "--since-last", "--dry-run", tenders=tenders) for _ in range(2)]
    assert again[0] == again[1] and again[0]["since"] == first["until"]
    assert numbers(read(own, "--since-last", tenders=tenders)["required"]) == ["610"]


def test_each_profile_has_a_memory_of_its_own(tenders: Tenders, own: Path, tmp_path: Path, clock: Clock) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[profiles.big]\nmin_budget = "100万"\n', "utf-8")
    clock(at(18, 12))
    read(own, "--since-last", tenders=tenders)
    found = read(own, "--config", str(config), "--since-last", "--profile", "big", tenders=tenders)
    assert found["profile"] == "big" and found["since"] == "2026-11-11T12:00:00+08:00"


def test_a_digest_that_was_not_written_is_not_remembered(
    tenders: Tenders, own: Path, tmp_path: Path, clock: Clock
) -> None:
    clock(at(18, 12))
    assert tenders("--db", own, "digest", "--since-last", "-o", tmp_path / "none" / "x.md").code == 1
    assert read(own, "--since-last", tenders=tenders)["until"] == "2026-11-18T12:00:00+08:00"


def test_what_is_stored_after_a_digest_is_never_dated_before_its_end(tenders: Tenders, own: Path, clock: Clock) -> None:  # fmt: skip
    clock(at(24, 12))
    read(own, "--since-last", tenders=tenders)
    run(own, at(24, 10), [record("999", at(24))])  # a clock that was put back
    clock(at(25))
    assert numbers(read(own, "--since-last", tenders=tenders)["required"]) == ["999"]


def test_the_first_digest_after_a_fetch_in_the_same_second_has_it_all(tenders: Tenders, demo: Path) -> None:
    assert read(demo, "--since", "7d", tenders=tenders)["required"]["total"] > 20


def test_a_fetch_that_still_runs_belongs_to_the_next_digest(tenders: Tenders, tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "s.db"
    run(path, at(9), [record("700", at(8))])
    with Store.open(path, at(10)) as running:
        running.begin_run("fetch", "cn-test")
        running.save([record("701", at(9))])
    clock(at(11))
    found = read(path, "--since", "7d", tenders=tenders)
    assert (found["until"], numbers(found["required"])) == ("2026-11-10T09:00:00+08:00", ["700"])


def test_an_empty_digest_is_skipped_on_demand_unless_a_source_is_in_trouble(tenders: Tenders, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run(path, at(15), [record("700", at(8), "none", families=())])
    words = ["--db", path, "digest", "--week", "2026-W46", "--empty", "skip"]
    assert tenders(*words).out == "" and "Nothing is new" in tenders(*words).err
    run(path, at(15, 12), [], {"ccgp": "blocked"}, refused=1)
    assert "ccgp (blocked)" in tenders(*words).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--since-last", "--week", "2026-W47"], "--since-last begins where"),
        (["--since-last", "--until", "2027-01-01"], "lies ahead"),
        (["--week", "2026-W54"], "no ISO week"),
        (["--since", "2026-11-20T25:00"], "is no moment"),
        (["--since", "2027-11-20"], "nothing lies between"),
        (["--profile", "nobody"], "no profile is called 'nobody'"),
        (["--format", "pdf"], "known: md, html"),
    ],
)
def test_words_that_make_no_sense_are_usage_errors(tenders: Tenders, weeks: Path, words: list[str], said: str) -> None:
    result = tenders("--db", weeks, "digest", *words)
    assert (result.code, result.out) == (2, "") and said in result.err


def test_five_hundred_tenders_are_cut_at_the_top_and_counted_in_full(tenders: Tenders, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run(path, at(10), [record(f"{n:03}", at(9), budget=(n + 1) * 10_000) for n in range(500)])
    result = tenders("--db", path, "--lang", "en", "digest", "--week", "2026-W46", "--format", "html")
    assert result.out.count("智能计算平台采购项目") == 50 and len(result.out.encode()) < 200_000
    assert "450 more; --limit 500 prints them all" in result.out
    found = read(path, "--week", "2026-W46", tenders=tenders)
    assert numbers(found["required"])[:2] == ["499", "498"]
    assert found["headline"]["budget"]["yuan"] == str(sum(range(1, 501)) * 10_000)
    assert read(path, "--week", "2026-W46", "--limit", "500", tenders=tenders)["required"]["items"][-1]["title"][:3] == "000"  # fmt: skip


HOSTILE = (
    "\x1b[31m红\x1b[0m\x07", "左\u202e右\u2066", "<script>alert(1)</script><img src=http://evil.example/x>",
    "![图](http://evil.example) [点](javascript:alert(1)) https://evil.example", "\" onload=\"x\" '", "]]> &lt; \ufffe\uffff",
    "| 格 |\n# 标题\n- 项", "{0} %s {{x}}", "\x00\ud83d",
)  # fmt: skip
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "s.db"
    records = []
    for number, text in enumerate(HOSTILE):
        text = text.encode("utf-8", "replace").decode()
        kinds = ("tender", "intention", "award", "cancel", "amendment")
        shape = {"title": text, "project_name": text, "quote": text, "suppliers": (text,), "url": f"javascript:{text}"}
        shape |= {"buyer": (text, "university", None, text), "lots": ((text, text, "required", 5),)}
        records += [record(f"{number}{kind}", at(9), kind=kind, **shape) for kind in kinds]  # type: ignore[arg-type]
    records.append(record("evil", at(9), url='http://a.example/"><script>alert(1)</script>)\u202e'))
    run(path, at(10), records)
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_titles_are_harmless_in_every_face(tenders: Tenders, hostile: Path, form: str) -> None:
    result = tenders("--db", hostile, "digest", "--week", "2026-W46", "--format", form)
    assert result.code == 0, result.err
    if form != "json":
        assert not ACTIVE.search(result.out)
    if form == "html":
        assert not re.search(r"<(script|img|iframe|object|link|form)\b", result.out)
        assert set(re.findall(r'href="(\w+):', result.out)) == {"http"}
        assert not re.search(r"<[^>]*\son\w+=", result.out)
    if form == "md":
        targets = re.findall(r"(?<!\\)\]\(<?(\w*)", result.out)
        assert set(targets) == {"http"} and not re.search(r"(?<!\\)<(?!http)", result.out)
    if form == "atom":
        feed = ElementTree.fromstring(result.out)
        assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) > len(HOSTILE)
    if form in ("json", "jsonfeed"):
        json.loads(result.out)


def test_the_html_is_one_file_that_loads_nothing(tenders: Tenders, weeks: Path) -> None:
    out = tenders("--db", weeks, "digest", "--week", "2026-W47", "--format", "html").out
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|\ssrc=", out)
    classes = set(re.findall(r'class="(\w+)"', out))
    assert all(f'class="{name}" style="' in out for name in classes)


def test_a_link_is_a_web_address_and_nothing_else() -> None:
    assert web_address("https://a.example/详情?id=1&x=(2)") == "https://a.example/%E8%AF%A6%E6%83%85?id=1&x=%282%29"
    assert [web_address(url) for url in (None, "javascript:alert(1)", "data:text/html,x", "//a.example")] == [None] * 4


def test_feeds_name_each_entry_the_same_for_ever(tenders: Tenders, weeks: Path) -> None:
    one, other = (tenders("--db", weeks, "digest", *words, "--format", "jsonfeed").out for words in (["--week", "2026-W47"], ["--since", "2026-11-16", "--until", "2026-11-30"]))  # fmt: skip
    ids = [{item["url"]: item["id"] for item in json.loads(feed)["items"] if "url" in item} for feed in (one, other)]
    assert ids[0] and ids[0].items() <= ids[1].items()


def test_a_page_read_otherwise_by_our_parsers_is_no_change(tenders: Tenders, tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    run(path, at(3), [record("700", at(2), budget=1_000_000)])
    with Store.open(path, at(10)) as store:
        store.begin_run("reparse", "cn-test")
        store.reread([record("700", at(2), budget=2_000_000)])
        store.end_run([], 0)
    assert read(path, "--week", "2026-W46", tenders=tenders)["changes"]["total"] == 0


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("levels = ['preferred']", []), ("families = ['hygon']", ["606"]), ("tiers = ['985']", ["607"]),
        ("buyer_kinds = ['company']", ["606"]), ("regions = ['浙']", ["606"]), ("sources = ['ningbo']", ["606", "607"]),
        ("min_budget = '100万'", ["606", "608"]), ("max_budget = 1000000\nundisclosed = false", ["607"]),
        ("keywords = ['608号']", ["608"]), ("exclude = ['６０８号']", ["606", "607"]),
    ],
)  # fmt: skip
def test_a_profile_keeps_what_meets_all_of_it(
    tenders: Tenders, weeks: Path, tmp_path: Path, asked: str, kept: list[str]
) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f"[profiles.p]\n{asked}\n", "utf-8")
    found = read(weeks, "--config", str(config), "--week", "2026-W47", "--profile", "p", tenders=tenders)
    assert numbers(found["required"]) == kept
    assert bool(found["left_out"]) is (len(kept) < 3)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("colour = 'red'", "unknown key 'colour'"), ("levels = ['must']", "'must' is unknown; known: required"),
        ("tiers = '985'", "must be a list of texts"), ("min_budget = 'much'", "must be an amount"),
        ("undisclosed = 'no'", "must be true or false"), ("families = ['riscy']", "'riscy' is unknown"),
        ("sources = ['nowhere']", "'nowhere' is unknown"), ("min_budget = 5\nmax_budget = 4", "nothing could ever pass"),
    ],
)  # fmt: skip
def test_a_profile_that_makes_no_sense_is_refused_by_name(
    tenders: Tenders, weeks: Path, tmp_path: Path, asked: str, said: str
) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f"[profiles.p]\n{asked}\n", "utf-8")
    result = tenders("--db", weeks, "--config", config, "digest", "--week", "2026-W47", "--profile", "p")
    assert result.code == 2 and said in result.err and "profiles.p" in result.err


def test_a_profile_is_tried_on_the_last_month(tenders: Tenders, weeks: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[profiles.p]\nfamilies = ['hygon', 'loongson']\nregions = ['浙江']\n", "utf-8")
    result = tenders("--db", weeks, "--config", config, "profile", "test", "p")
    assert result.lines[0] == "Would have been sent: 2 projects"
    assert "chip family · 12" in result.lines and "region · 1" in result.lines
    found = json.loads(tenders("--db", weeks, "--config", config, "profile", "test", "p", "--json").out)
    assert [out["reason"] for out in found["out"]] == ["family", "region"]
    assert "families=hygon,loongson regions=浙江" in tenders("--config", config, "profile", "list").out


def test_a_period_before_the_store_says_so(tenders: Tenders, weeks: Path) -> None:
    result = tenders("--db", weeks, "digest", "--week", "2026-W10")
    assert "No source was read before the end of this period" in result.out
    assert "took its first notice at 2026-10-05 09:00" in result.err


def test_what_was_published_in_a_week_but_stored_later_is_counted(tenders: Tenders, weeks: Path) -> None:
    assert read(weeks, "--week", "2026-W46", tenders=tenders)["stored_later"] == {"required": 1}
    assert iso_week(WEEK_46) == "2026-W46" and iso_week(WEEK_47) == "2026-W47" and COMPANY
