"""Real answers of the reference shelf beside the project: how much of them is read. Skipped where the shelf is not."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tender_tracker import parse
from tender_tracker.errors import TenderError
from tender_tracker.model import Listing, Notice, Page, Request, SourceSettings
from tender_tracker.pages import saved
from tender_tracker.sources import ocds, prozorro, sam, ted, values

SHELF = Path(__file__).parents[1].parent / "shared"
API = SHELF / "data/api"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PLAIN = SourceSettings()
FOREIGN = ("CONSTRUCTED_errors", "usaspending", "contratacoes", "contratos", "legacy_get")
"""Errors, and answers of interfaces no source reads."""
MADE_UP = ("30_records", "CONSTRUCTED")
"""Test data of their authors without titles or buyers, and pages put together here from others."""
CORE = ("title", "buyer", "published", "kind", "country_or_language", "url_or_id")
ASKED = {"publication-date": "published", "form-type": "kind"}
"""A TED answer holds the fields its author asked for; ours are asked for always."""

pytestmark = pytest.mark.skipif(not API.is_dir(), reason="the reference shelf is not beside the project")


@cache
def read() -> list[tuple[str, Notice]]:
    """Every notice of the real answers, with the name of its file."""
    found = []
    for page in saved.pages([API], NOW):
        assert isinstance(page, Page), page
        name = str(Path(str(page.file)).relative_to(API))
        if not any(word in name for word in (*FOREIGN, *MADE_UP)):
            found += [(name, notice) for notice in parse.notices(page)]
    return found


def filled(notice: Notice) -> dict[str, bool]:
    return {
        "title": bool(notice.title) and notice.title != notice.source_id,
        "buyer": notice.buyer is not None,
        "published": notice.published is not None and notice.published.tzinfo is not None,
        "kind": notice.kind != "other",
        "country_or_language": notice.country != values.NOWHERE or notice.language != values.UNTOLD,
        "url_or_id": bool(notice.url or notice.source_id),
    }


def family(notice: Notice) -> str:
    return (
        notice.source if notice.source in ("ocds:uk_contracts_finder", "ocds:uk_wales") else notice.source.split(":")[0]
    )


def unasked(name: str) -> set[str]:
    """Fields that the author of a TED sample did not ask for."""
    if not name.startswith("ted/"):
        return set()
    rows = json.loads((API / name).read_text("utf-8"))["notices"]
    return {field for key, field in ASKED.items() if not any(row.get(key) for row in rows)}


def test_the_core_fields_of_real_notices_are_filled(record_property: Any) -> None:
    asked, missing = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for name, notice in read():
        for field, told in filled(notice).items():
            if field not in unasked(name):
                asked[family(notice), field] += 1
                missing[family(notice), field] += not told
    rates = {key: 1 - missing[key] / asked[key] for key in asked}
    record_property("rates", {f"{source} {field}": round(rate, 3) for (source, field), rate in rates.items()})
    assert {source for source, _ in rates} == {
        "ocds", "ocds:uk_contracts_finder", "ocds:uk_wales", "ted", "sam", "worldbank", "prozorro",
    }  # fmt: skip
    assert {key: rate for key, rate in rates.items() if rate < 0.97} == {}
    assert sum(asked[key] for key in asked if key[1] == "title") >= 160


def test_the_full_page_of_contracts_finder_is_read_as_its_releases_say() -> None:
    name = "contractsfinder/search_page_100_releases_2025-01-20_23.json"
    notices = [notice for file, notice in read() if file == name]
    assert Counter(notice.kind for notice in notices) == {"award": 59, "tender": 33, "amendment": 5, "intention": 3}
    assert len({notice.source_id for notice in notices}) == 100
    assert all(
        notice.url == f"https://www.contractsfinder.service.gov.uk/Notice/{notice.source_id[:36]}" for notice in notices
    )
    assert sum(bool(notice.budget or notice.award) for notice in notices) >= 83
    assert {amount.currency for notice in notices for amount in (notice.budget, notice.award) if amount} == {"GBP"}
    assert all(notice.deadline for notice in notices if notice.kind == "tender")
    assert all(notice.suppliers for notice in notices if notice.kind == "award")
    assert all(notice.text.startswith(notice.title) for notice in notices)


def page(name: str, url: str | None = None) -> Page:
    return Page((API / name).read_text("utf-8"), "json", NOW, url, name)


def listed(name: str, url: str = "https://www.contractsfinder.service.gov.uk/Search?limit=3") -> Listing:
    return ocds.load("ocds:uk_contracts_finder").listing(page(name), Request(url), PLAIN)


def test_paging_pairs_end_where_they_end() -> None:
    first = listed("contractsfinder/CONSTRUCTED_page1_of_2.json")
    last = listed("contractsfinder/CONSTRUCTED_page2_of_2_no_next.json")
    assert (len(first.notices), len(last.notices), first.next, last.next) == (3, 2, None, None)
    south = ocds.load("ocds:south_africa")
    request = Request("https://ocds-api.etenders.gov.za/api/OCDSReleases?PageNumber=1")
    pair = ("CONSTRUCTED_page1_of_2", "CONSTRUCTED_page2_of_2_no_next", "search_page_empty_with_next")
    follow = [south.listing(page(f"contractsfinder/{name}.json"), request, PLAIN).next is not None for name in pair]
    assert follow == [True, False, True]
    (start,) = ted.starts(PLAIN, ted.Window())
    pages = [ted.listing(page(f"ted/CONSTRUCTED_iteration_page{n}.json"), start, PLAIN) for n in ("1", "2")]
    assert [dict(found.next.json or {})["iterationNextToken"] if found.next else None for found in pages] == [
        "TOKEN-1",
        "TOKEN-2",
    ]
    assert pages[1].next is not None
    assert ted.listing(page("ted/CONSTRUCTED_iteration_page3_end.json"), pages[1].next, PLAIN).next is None


@pytest.mark.parametrize(
    "file", ["initial-tender-listing", "tender-listing-after-patch", "active-tender-listing-no-auth"]
)
def test_the_feeds_of_the_documentation_lead_on_until_they_are_empty(file: str) -> None:
    body = re.split(r"\n\s*\n", (API / f"prozorro/docs_{file}.http").read_text("utf-8"), maxsplit=2)[2]
    body = body[body.index("{") :]
    found = prozorro.listing(Page(body, "json", NOW), Request("https://a.example/api/2.5/tenders"), PLAIN)
    links = len(json.loads(body)["data"])
    assert len(found.links) == links
    assert (found.next is not None) == (links > 0)


def test_the_throttled_answer_and_every_documented_message_are_told() -> None:
    said = json.loads((API / "sam/CONSTRUCTED_errors.json").read_text("utf-8"))
    request = Request("https://api.sam.gov/opportunities/v2/search?limit=1000&offset=0")
    answers = [
        said["429_example"]["body"],
        *({"errorCode": "400", "errorMessage": text} for text in said["documented_messages"]),
    ]
    for answer in answers:
        with pytest.raises(TenderError, match=r"calls of the day|api_key|opportunitiesData"):
            sam.listing(Page(json.dumps(answer), "json", NOW), request, PLAIN)


def test_answers_of_interfaces_no_source_reads_are_refused() -> None:
    refused = 0
    for found in saved.pages([API], NOW):
        assert isinstance(found, Page)
        if any(word in str(found.file) for word in FOREIGN):
            refused += 1
            with pytest.raises(TenderError):
                parse.notices(found)
    assert refused == 5


def test_every_field_asked_of_ted_is_one_of_its_fields() -> None:
    known = {line.split("\t")[0] for line in (SHELF / "sources/ted_fields.tsv").read_text("utf-8").splitlines()}
    assert set(ted.FIELDS) <= known


def test_every_publisher_of_the_shelf_stands_in_the_package() -> None:
    rows = (SHELF / "sources/ocds_publishers.tsv").read_text("utf-8").splitlines()[1:]
    named = {part.strip() for row in rows for part in row.split("\t")[0].split(" ")[0].split("|")}
    assert {f"ocds:{name}" for name in named} <= set(ocds.publishers())
