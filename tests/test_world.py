"""The sources outside China read every shape of answer, go on as their interfaces do, and tell a change from an end."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tender_tracker import parse, sources
from tender_tracker.errors import PageBroken, PageChanged, PageRefused, SourceFailed, TenderError, UsageError
from tender_tracker.model import SHANGHAI, Listing, Notice, Page, Request, SourceSettings, Window
from tender_tracker.pages import saved
from tender_tracker.pages.decode import decode
from tender_tracker.sources import ocds, prozorro, sam, ted, values, worldbank

NOW = datetime(2026, 9, 30, 9, 0, tzinfo=SHANGHAI)
WEEK = Window(datetime(2026, 9, 23, tzinfo=SHANGHAI), datetime(2026, 9, 30, tzinfo=SHANGHAI))
PLAIN = SourceSettings()
FTS = ocds.load("ocds:uk_fts")


def page(answer: object, url: str | None = None, source: str | None = None) -> Page:
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return Page(text, "json", NOW, url, None, source)


def release(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "ocid": f"ocds-h6vhtk-0{number}", "id": f"00{number}-2026", "date": "2026-09-25T10:00:00+01:00",
        "tag": ["tender"], "language": "en", "buyer": {"name": "Mere Council"},
        "tender": {"title": f"Chairs {number}", "description": "Chairs for a hall."}, **more,
    }  # fmt: skip


def only(answer: object, **kwargs: Any) -> Notice:
    (notice,) = parse.notices(page(answer, **kwargs))
    return notice


# Values


@pytest.mark.parametrize(
    ("told", "code"),
    [("United Kingdom", "GB"), ("England", "GB"), ("MÉXICO", "MX"), ("POL", "PL"), ("Україна", "UA"), ("gr", "GR"),
     ("Egypt, Arab Republic of", "EG"), ("Nederland", "NL"), ("Atlantis", None), ("", None), (7, None)],
)  # fmt: skip
def test_a_country_is_known_by_code_and_by_name(told: object, code: str | None) -> None:
    assert values.country(told) == code


@pytest.mark.parametrize(
    ("told", "code"), [("EN", "en"), ("English", "en"), ("POL", "pl"), ("pt-BR", "pt"), ("x", None)]
)
def test_a_language_is_known_by_code_and_by_name(told: str, code: str | None) -> None:
    assert values.language(told) == code


@pytest.mark.parametrize(
    ("told", "iso"),
    [("2026-09-18+02:00", "2026-09-18T00:00:00+02:00"), ("10-Sep-2026", "2026-09-10T00:00:00+00:00"),
     ("2014-03-25T00:00:00.00Z", "2014-03-25T00:00:00+00:00"), ("2026-09-10T08:00", "2026-09-10T08:00:00+00:00")],
)  # fmt: skip
def test_moments_are_aware_however_they_are_written(told: str, iso: str) -> None:
    found = values.moment(told)
    assert found is not None
    assert found.at.isoformat() == iso
    assert found.has_time == ("T" in told)


@pytest.mark.parametrize("told", ["2026-02-30", "soon", "", None, 20260910])
def test_what_is_no_moment_is_none(told: object) -> None:
    assert values.moment(told) is None


def test_a_day_as_a_deadline_lasts_until_its_end() -> None:
    found = values.moment("2026-09-18+02:00")
    assert found is not None
    assert found.closing.isoformat() == "2026-09-18T23:59:59+02:00"


@pytest.mark.parametrize("told", [Decimal("1E+9999"), " 000,", 0, -5, True, None, "a lot", Decimal("NaN")])
def test_damaged_numbers_are_no_money(told: object) -> None:
    assert values.amount(told, "GBP") is None


def test_sums_are_exact_and_never_across_currencies() -> None:
    pounds = [values.amount(Decimal("0.1"), "GBP"), values.amount("0.2", "gbp"), None]
    total = values.total(pounds)
    assert total is not None
    assert (total.value, total.currency, total.basis) == (Decimal("0.3"), "GBP", "sum_of_lots")
    assert values.total([*pounds, values.amount(1, "EUR")]) is None


# OCDS: shapes


SHAPES: dict[str, object] = {
    "release package": {"version": "1.1", "releases": [release()]},
    "record package of whole releases": {"records": [{"ocid": "ocds-h6vhtk-01", "releases": [release()], "compiledRelease": release(2)}]},
    "record package of linked releases": {"records": [{"ocid": "ocds-h6vhtk-01", "releases": [{"url": "https://a.example/1", "date": "", "tag": ["tender"]}], "compiledRelease": release(tag=["compiled"])}]},
    "record": {"ocid": "ocds-h6vhtk-01", "compiledRelease": release(), "versionedRelease": {"tender": {"title": [{"value": "old"}]}}},
    "release": release(),
    "list of packages": [{"version": "1.1", "releases": [release()]}, {"version": "1.1", "releases": []}],
    "concatenated": json.dumps(release()) + "\n" + json.dumps({"version": "1.1", "releases": []}),
    "byte order mark": "\ufeff" + json.dumps(release()),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_ocds_of_any_shape_gives_its_release(shape: str) -> None:
    notice = only(SHAPES[shape])
    assert (notice.source, notice.source_id) == ("ocds:uk_fts", "001-2026")
    assert (notice.title, notice.buyer, notice.kind) == ("Chairs 1", "Mere Council", "tender")
    assert (notice.country, notice.language) == ("GB", "en")
    assert notice.url == "https://www.find-tender.service.gov.uk/Notice/001-2026"


def test_files_of_lines_gzip_latin_1_and_documents_in_a_row_reach_the_source(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(release(n)) for n in (1, 2)) + "\n"
    (tmp_path / "full.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    latin = json.dumps(release(3, tender={"title": "Mantenimiento a máquina cortadora"}), ensure_ascii=False)
    (tmp_path / "latin.json").write_bytes(latin.encode("iso-8859-1"))
    (tmp_path / "row.json").write_text(json.dumps(release(4), indent=1) + json.dumps(release(5)), "utf-8")
    found = list(saved.pages([tmp_path], NOW))
    titles = [notice.title for item in found if isinstance(item, Page) for notice in parse.notices(item)]
    assert titles == ["Chairs 1", "Chairs 2", "Mantenimiento a máquina cortadora", "Chairs 4", "Chairs 5"]


def test_a_cut_or_chinese_answer_is_not_taken_for_latin_1() -> None:
    whole = json.dumps({"title": "服务器采购项目公告，预算一百万元" * 20}, ensure_ascii=False)
    assert decode(whole.encode()[:-4]).startswith('{"title": "服务器采购')
    assert decode(whole.encode("gb18030")) == whole


def test_a_release_id_that_others_may_share_is_told_apart_by_its_process() -> None:
    first, second = (only({**release(n), "ocid": f"ocds-zz-{n}", "id": "01"}) for n in (1, 2))
    assert (first.source, first.source_id, second.source_id) == ("ocds", "ocds-zz-1/01", "ocds-zz-2/01")
    assert (first.country, only({**release(), "ocid": "ocds-zz-3", "language": None}).language) == ("ZZ", "und")


@pytest.mark.parametrize(
    ("tags", "kind"),
    [(["planning"], "intention"), (["tenderUpdate"], "amendment"), (["tenderAmendment"], "amendment"),
     (["tenderCancellation"], "cancel"), (["award"], "award"), (["awardUpdate"], "award"), (["implementation"], "contract"),
     (["award", "contract"], "award"), (["compiled"], "tender"), (None, "tender"), (["newTag"], "tender")],
)  # fmt: skip
def test_the_kind_follows_the_tags(tags: object, kind: str) -> None:
    assert only(release(tag=tags)).kind == kind


def test_award_and_contract_together_are_a_contract_where_its_notice_says_so() -> None:
    contracts = [{"id": "1", "documents": [{"documentType": "contractNotice", "url": "https://a.example/1"}]}]
    assert only(release(tag=["award", "contract"], contracts=contracts)).kind == "contract"


def test_a_compiled_release_is_what_its_latest_section_is() -> None:
    assert only(release(tag=["compiled"], awards=[{"id": "1"}])).kind == "award"
    assert only(release(tag=["compiled"], tender={"title": "x", "status": "cancelled"})).kind == "cancel"


def test_an_award_gives_money_suppliers_and_lots_but_no_deadline() -> None:
    awards = [
        {"id": "a", "relatedLots": ["1"], "suppliers": [{"id": "s1"}], "value": {"amount": 10.5, "currency": "GBP"}},
        {
            "id": "b",
            "relatedLots": ["2"],
            "suppliers": [{"name": "Two Ltd"}],
            "value": {"amount": 5, "currency": "GBP"},
        },
        {"id": "c", "relatedLots": ["2"], "suppliers": [{"name": "Lost Ltd"}], "status": "unsuccessful"},
    ]
    lots = [{"id": "1", "title": "Chairs"}, {"id": "2", "title": "Tables", "value": {"amount": 7, "currency": "GBP"}}]
    tender = {"title": "Hall", "lots": lots, "tenderPeriod": {"endDate": "2026-09-01T12:00:00+01:00"}}
    notice = only(release(tag=["award"], awards=awards, tender=tender, parties=[{"id": "s1", "name": "One Ltd"}]))
    assert notice.award is not None
    assert (notice.award.value, notice.award.currency, notice.deadline) == (Decimal("15.5"), "GBP", None)
    assert notice.suppliers == ("One Ltd", "Two Ltd")
    assert [(lot.name, lot.title, lot.suppliers) for lot in notice.lots] == [
        ("Lot 1", "Chairs", ()),
        ("Lot 2", "Tables", ("Two Ltd",)),
    ]


def test_the_text_holds_every_place_where_a_demand_may_stand() -> None:
    tender = {
        "title": "Cluster", "description": "<p>Nodes &amp; racks</p><p>for a hall</p>", "eligibilityCriteria": "eligible",
        "awardCriteria": {"criteria": [{"name": "Origin", "description": "ten points"}]},
        "lots": [{"id": "1", "description": "lot text", "selectionCriteria": {"criteria": [{"description": "lot criterion"}]}}],
        "items": [{"description": "node", "quantity": 4, "unit": {"name": "pieces"}, "additionalClassifications": [{"scheme": "CPV", "id": "48820000", "description": "Servers"}]}],
        "otherRequirements": {"requirements": [{"title": "requirement"}]},
    }  # fmt: skip
    bids = {"details": [{"countriesOfOrigin": ["FR", "DE"]}]}
    text = only(release(tender=tender, bids=bids, contracts=[{"title": "contract text"}])).text
    assert text.split("\n") == [
        "Cluster", "Nodes & racks", "for a hall", "Lot 1 | lot text", "lot criterion",
        "node | 4 pieces | CPV 48820000 Servers", "eligible", "Origin | ten points", "requirement", "contract text",
        "Country of origin: FR, DE",
    ]  # fmt: skip


def test_the_earliest_lot_closes_a_tender_without_a_period_of_its_own() -> None:
    lots = [{"id": n, "tenderPeriod": {"endDate": f"2026-10-{day}T12:00:00Z"}} for n, day in (("1", 20), ("2", 11))]
    deadline = only(release(tender={"title": "x", "lots": lots})).deadline
    assert deadline == datetime(2026, 10, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "answer", [{"detail": "busy", "status": 503}, {"name": "Error"}, {"rows": []}, 5, "<html>", {}]
)
def test_what_is_no_ocds_never_becomes_an_empty_list(answer: object) -> None:
    with pytest.raises(TenderError):
        parse.notices(page(answer, source="ocds:south_africa"))
    if answer != {}:  # the last page of a feed
        with pytest.raises(PageChanged):
            ocds.load("ocds:south_africa").listing(page(answer), Request("https://a.example/"), PLAIN)


# OCDS: paging


def listed(name: str, answer: object, url: str | None = None) -> Listing:
    source = ocds.load(name)
    return source.listing(page(answer), Request(url or next(source.starts(PLAIN, WEEK)).url), PLAIN)


def package(count: int, **more: Any) -> dict[str, Any]:
    return {"version": "1.1", "releases": [release(n) for n in range(1, count + 1)], **more}


def test_find_a_tender_is_asked_for_a_span_of_its_own_time_without_a_cursor() -> None:
    (start,) = FTS.starts(PLAIN, WEEK)
    assert start.url == (
        "https://www.find-tender.service.gov.uk/api/1.0/ocdsReleasePackages?limit=100"
        "&updatedFrom=2026-09-22T17:00:00&updatedTo=2026-09-29T17:00:00"
    )
    answer = package(99, links={"next": "https://www.find-tender.service.gov.uk/?cursor=x"})
    found = listed("ocds:uk_fts", answer, start.url)
    assert (len(found.notices), found.next, found.instead) == (99, None, ())


def test_a_full_span_is_read_in_six_hours_and_a_full_six_hours_in_halves() -> None:
    (start,) = FTS.starts(PLAIN, WEEK)
    week = listed("ocds:uk_fts", package(100), start.url)
    assert (week.notices, len(week.instead)) == ((), 28)
    assert "updatedFrom=2026-09-29T11:00:00&updatedTo=2026-09-29T17:00:00" in week.instead[0].url
    halves = listed("ocds:uk_fts", package(100), week.instead[0].url).instead
    spans = [url.url.partition("&")[2] for url in halves]
    assert spans == [
        "updatedFrom=2026-09-29T14:00:00&updatedTo=2026-09-29T17:00:00",
        "updatedFrom=2026-09-29T11:00:00&updatedTo=2026-09-29T14:00:00",
    ]


def test_two_seconds_that_are_full_go_on_by_the_link_after_all() -> None:
    url = "https://a.example/?limit=100&updatedFrom=2026-09-29T11:00:00&updatedTo=2026-09-29T11:00:02"
    found = listed("ocds:uk_fts", package(100, links={"next": "https://a.example/?cursor=x"}), url)
    assert found.next == Request("https://a.example/?cursor=x")
    with pytest.raises(PageChanged, match="full page"):
        listed("ocds:uk_fts", package(100), url)


def test_an_open_span_ends_when_it_was_read() -> None:
    (start,) = FTS.starts(PLAIN, Window(WEEK.since))
    assert start.url.endswith("?limit=100&updatedFrom=2026-09-22T17:00:00")
    newest = listed("ocds:uk_fts", package(100), start.url).instead[0].url
    assert newest.endswith("updatedTo=2026-09-30T02:00:00")


def test_a_next_link_is_followed_wherever_it_stands_in_a_package() -> None:
    answer = package(2, links={"next": "/api/OCDSReleases?PageNumber=2"})
    found = listed("ocds:south_africa", answer)
    assert found.next == Request("https://ocds-api.etenders.gov.za/api/OCDSReleases?PageNumber=2")
    assert listed("ocds:south_africa", package(2, links={})).next is None


def test_pages_and_offsets_count_on_until_their_end() -> None:
    (start,) = ocds.load("ocds:dominican_republic").starts(PLAIN, WEEK)
    assert "page=1&start_date=2026-09-22&end_date=2026-09-29" in start.url
    following = listed("ocds:dominican_republic", package(2, pages=2), start.url).next
    assert following == Request(start.url.replace("page=1", "page=2"))
    assert listed("ocds:dominican_republic", package(2, pages=2), following.url).next is None
    (start,) = ocds.load("ocds:rwanda").starts(PLAIN, WEEK)
    assert listed("ocds:rwanda", package(50), start.url).next == Request(start.url.replace("offset=0", "offset=50"))
    assert listed("ocds:rwanda", package(49), start.url).next is None


def test_months_and_types_are_lists_of_their_own_and_may_be_without_releases() -> None:
    window = Window(datetime(2026, 7, 31, tzinfo=UTC), datetime(2026, 9, 2, tzinfo=UTC))
    urls = [request.url for request in ocds.load("ocds:uk_scotland").starts(PLAIN, window)]
    assert len(urls) == 3 * 21
    assert "dateFrom=09-2026&outputType=0&noticeType=1" in urls[0]
    assert "dateFrom=07-2026&outputType=0&noticeType=104" in urls[-1]
    assert listed("ocds:uk_wales", {"version": "1.1", "publishedDate": "2026-09-02"}, urls[0]) == Listing(
        newest_first=False
    )


@pytest.mark.parametrize(
    ("name", "settings", "window", "told"),
    [("ocds:germany_bmi", PLAIN, WEEK, "download"), ("ocds:uk_fts", SourceSettings(keywords=("gpu",)), WEEK, "keywords"),
     ("ocds:australia_austender", PLAIN, Window(), "--since"), ("ocds:uk_wales", PLAIN, Window(WEEK.since), "--until"),
     ("sam", SourceSettings(options=MappingProxyType({"api_key": "k"})), Window(), "--since"),
     ("worldbank", SourceSettings(keywords=("gpu",)), WEEK, "keywords"), ("prozorro", SourceSettings(keywords=("gpu",)), WEEK, "keywords")],
)  # fmt: skip
def test_what_a_source_cannot_be_asked_is_said_before_it_is_asked(
    name: str, settings: SourceSettings, window: Window, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        list(sources.load(name).starts(settings, window))


def test_publishers_are_named_in_the_file_and_unknown_ones_are_refused() -> None:
    assert len(ocds.publishers()) >= 40
    assert {"ocds:uk_fts", "ted", "sam", "worldbank", "prozorro"} <= set(sources.known())
    assert "ocds:germany_bmi" not in sources.known()
    assert sources.load("ocds:uk_fts").SITE.name == "ocds:uk_fts"
    assert not set(sources.names()) & {"ted", "sam", "ocds"}
    with pytest.raises(UsageError, match="uk_fts"):
        sources.load("ocds:atlantis")


@pytest.mark.parametrize("name", ocds.publishers())
def test_every_publisher_has_a_country_a_zone_and_an_address_that_can_be_filled(name: str) -> None:
    publisher = ocds.load(name)
    assert len(publisher.SITE.country) == 2
    assert publisher.interface is None or publisher.SITE.hosts
    if publisher.interface is not None:
        urls = [request.url for request in publisher.starts(PLAIN, WEEK)]
        assert urls
        assert not [url for url in urls if "{" in url or not url.startswith("https://")]


# TED


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "publication-number": f"{number}-2026", "publication-date": "2026-09-25+02:00", "form-type": "competition",
        "notice-title": {"pol": f"Polska – Krzesła – {number}", "eng": f"Poland – Chairs – {number}"},
        "buyer-name": {"pol": ["Politechnika"]}, "buyer-country": ["POL"], "official-language": ["POL"], **more,
    }  # fmt: skip


def answer_of(*rows: dict[str, Any], token: str | None = None, total: int = 2, **more: Any) -> dict[str, Any]:
    return {"notices": list(rows), "totalNoticeCount": total, "iterationNextToken": token, "timedOut": False, **more}


def test_ted_asks_for_compute_codes_or_for_words() -> None:
    (start,) = ted.starts(PLAIN, WEEK)
    body = dict(start.json or {})
    assert start.url == "https://api.ted.europa.eu/v3/notices/search"
    assert body["query"].startswith("(classification-cpv=3021* OR classification-cpv=4882* OR ")
    assert body["query"].endswith(
        ") AND publication-date>=20260922 AND publication-date<=20260930 SORT BY publication-date DESC"
    )
    assert (body["paginationMode"], body["scope"]) == ("ITERATION", "ALL")
    assert body["limit"] <= 250
    assert body["limit"] * len(body["fields"]) <= 10_000
    searches = [dict(request.json or {})["query"] for request in ted.starts(SourceSettings(keywords=("a", 'b"')), WEEK)]
    assert [query.partition(" AND")[0] for query in searches] == ['FT ~ "a"', 'FT ~ "b "']


def test_an_iteration_goes_on_until_an_empty_page_though_that_has_a_token() -> None:
    (start,) = ted.starts(PLAIN, WEEK)
    first = ted.listing(page(answer_of(row(1), token="T1")), start, PLAIN)
    assert first.total == 2
    assert first.next is not None
    assert dict(first.next.json or {}) == {**dict(start.json or {}), "iterationNextToken": "T1"}
    assert ted.listing(page(answer_of(token="T3")), first.next, PLAIN).next is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [({"message": "unknown field", "error": {"type": "QUERY_UNKNOWN_FIELD"}}, PageRefused), (answer_of(timedOut=True), SourceFailed),
     (answer_of(total=7), PageChanged), (answer_of(row(1), total=7), PageChanged), ({"results": []}, PageChanged),
     (answer_of({"nd": "1-2026"}), PageChanged), ("<html></html>", PageChanged)],
)  # fmt: skip
def test_errors_and_changes_of_ted_are_no_empty_lists(answer: object, error: type[TenderError]) -> None:
    with pytest.raises(error):
        ted.listing(page(answer), next(ted.starts(PLAIN, WEEK)), PLAIN)


def test_ted_fields_are_read_in_every_shape() -> None:
    shapes = [{"eng": "Chairs"}, {"eng": ["Chairs"]}, ["Chairs"], "Chairs"]
    found = [only(answer_of(row(1, **{"notice-title": shape, "official-language": "ENG"}))) for shape in shapes]
    assert {(notice.title, notice.country, notice.language) for notice in found} == {("Chairs", "PL", "en")}


def test_ted_gives_the_official_language_money_and_the_earliest_deadline() -> None:
    more = {
        "deadline-receipt-tender-date-lot": ["2026-10-21+02:00", "2026-10-20+02:00"],
        "deadline-receipt-tender-time-lot": ["10:00:00+02:00", "11:30:00+02:00"],
        "estimated-value-proc": "3523239", "estimated-value-cur-proc": "EUR", "country-origin": ["POL", "POL"],
    }  # fmt: skip
    notice = only(answer_of(row(1, **more)))
    assert (notice.title, notice.buyer, notice.language) == ("Polska – Krzesła – 1", "Politechnika", "pl")
    assert (notice.published_has_time, str(notice.published)) == (False, "2026-09-25 00:00:00+02:00")
    assert str(notice.deadline) == "2026-10-20 11:30:00+02:00"
    assert notice.budget is not None
    assert (notice.budget.value, notice.budget.currency) == (3523239, "EUR")
    assert "Country of origin: POL" in notice.text
    assert "Poland – Chairs – 1" in notice.text


@pytest.mark.parametrize(
    ("form", "name", "kind"),
    [("planning", "pin-only", "intention"), ("competition", "cn-standard", "tender"), ("change", "corr", "amendment"),
     ("result", "can-standard", "award"), ("cont-modif", "can-modif", "contract"), ("dir-awa-pre", "veat", "award"),
     (None, "can-modif", "contract"), (None, "can-social", "award"), (None, None, "other")],
)  # fmt: skip
def test_the_kind_of_a_ted_notice_follows_its_form(form: str | None, name: str | None, kind: str) -> None:
    assert only(answer_of(row(1, **{"form-type": form, "notice-type": name}))).kind == kind


# SAM


def opportunity(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "noticeId": f"n{number}", "title": f"Chairs {number}", "solicitationNumber": f" S-{number} ", "type": "Solicitation",
        "fullParentPathName": "DEPT OF EXAMPLES.BUREAU.OFFICE WEST", "postedDate": "2026-09-25", "award": None,
        "responseDeadLine": "2026-10-10T16:00:00-04:00", "resourceLinks": None, **more,
    }  # fmt: skip


def found_by_sam(*records: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {
        "totalRecords": len(records) if total is None else total,
        "limit": 1000,
        "offset": 0,
        "opportunitiesData": list(records),
    }


KEYED = SourceSettings(options=MappingProxyType({"api_key": "s3cret-k3y"}))


def test_sam_is_asked_once_for_all_days_with_a_key_no_address_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    (start,) = sam.starts(KEYED, WEEK)
    assert start.url == (
        "https://api.sam.gov/opportunities/v2/search?postedFrom=09/22/2026&postedTo=09/29/2026&limit=1000&offset=0"
    )
    assert dict(start.headers or {}) == {"X-Api-Key": "s3cret-k3y"}
    monkeypatch.setenv(sam.VARIABLE, "other")
    assert [dict(request.headers or {}) for request in sam.starts(PLAIN, WEEK)] == [{"X-Api-Key": "other"}]


def test_sam_without_a_key_says_where_it_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(sam.VARIABLE, raising=False)
    with pytest.raises(UsageError, match=sam.VARIABLE):
        list(sam.starts(PLAIN, WEEK))


def test_offsets_of_sam_count_pages() -> None:
    (start,) = sam.starts(KEYED, WEEK)
    first = sam.listing(page(found_by_sam(opportunity(), total=1500)), start, KEYED)
    assert first.next is not None
    assert first.next.url.endswith("&limit=1000&offset=1")
    assert first.next.headers == start.headers
    assert sam.listing(page(found_by_sam(opportunity(), total=1500)), first.next, KEYED).next is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [({"code": "900804", "message": "Message throttled out", "nextAccessTime": "2026-Sep-12"}, PageRefused),
     ({"error": {"code": "API_KEY_INVALID", "message": "An invalid api_key was supplied"}}, PageRefused),
     (found_by_sam(total=7), PageChanged), (found_by_sam(opportunity(), total=9000), SourceFailed),
     ({"totalRecords": 1, "data": []}, PageChanged), ({"opportunitiesData": []}, PageChanged), ("<html>", PageChanged)],
)  # fmt: skip
def test_errors_and_changes_of_sam_are_no_empty_lists(answer: object, error: type[TenderError]) -> None:
    with pytest.raises(error):
        sam.listing(page(answer), next(sam.starts(KEYED, WEEK)), KEYED)


def test_no_message_of_sam_names_the_key() -> None:
    (start,) = sam.starts(KEYED, WEEK)
    with pytest.raises(PageRefused) as told:
        sam.listing(page({"error": {"message": "An invalid api_key was supplied"}}, start.url), start, KEYED)
    assert "s3cret" not in str(told.value)
    assert told.value.reason == "login"


def test_an_opportunity_gives_office_deadline_and_files() -> None:
    links = ["https://sam.gov/api/prod/opps/v3/opportunities/resources/files/ab12/download?api_key=null&token="]
    notice = only(found_by_sam(opportunity(resourceLinks=links)))
    assert (notice.source_id, notice.kind, notice.buyer, notice.project_no) == ("n1", "tender", "OFFICE WEST", "S-1")
    assert (str(notice.published), notice.published_has_time) == ("2026-09-25 00:00:00-04:00", False)
    assert notice.deadline == datetime(2026, 10, 10, 20, tzinfo=UTC)
    assert [(file.name, "?" in str(file.url)) for file in notice.attachments] == [("ab12", False)]
    award = {"amount": "800620", "awardee": {"name": "Chairs Inc."}}
    won = only(found_by_sam(opportunity(type="Award Notice", award=award)))
    assert won.award is not None
    assert (won.kind, won.award.raw, won.suppliers) == ("award", "800620 USD", ("Chairs Inc.",))


# World Bank


def bank(*days: int, **more: Any) -> dict[str, Any]:
    rows = [
        {"id": f"OP{n}", "notice_type": "Invitation for Bids", "noticedate": f"{day:02}-Sep-2026", "bid_description": f"Chairs {n}",
         "project_ctry_name": "Togo", "contact_organization": "Water Company", "notice_lang_name": "French", "notice_text": "<p>A &amp; B</p>"}
        for n, day in enumerate(days)
    ]  # fmt: skip
    return {"os": "0", "total": "250", "procnotices": rows, **more}


def test_the_world_bank_is_walked_from_its_newest_notice() -> None:
    (start,) = worldbank.starts(PLAIN, WEEK)
    assert start.url.endswith("procnotices?format=json&rows=100&os=0&srt=noticedate&order=desc")
    first = worldbank.listing(page(bank(28, 28, 25)), start, PLAIN)
    assert (first.total, len(first.notices)) == (250, 3)
    assert first.next == Request(start.url.replace("os=0", "os=3"))
    assert worldbank.listing(page(bank(procnotices={})), start, PLAIN).next is None
    kept = {str(n): row for n, row in enumerate(bank(28)["procnotices"])}
    assert len(worldbank.listing(page(bank(procnotices=kept)), start, PLAIN).notices) == 1


@pytest.mark.parametrize("answer", [bank(25, 28), {"documents": []}, bank(procnotices=[{"x": 1}]), "<html></html>"])
def test_an_answer_of_the_bank_to_another_question_is_an_alarm(answer: object) -> None:
    with pytest.raises(PageChanged):
        worldbank.listing(page(answer), next(worldbank.starts(PLAIN, WEEK)), PLAIN)


def test_types_that_were_not_asked_for_are_an_alarm() -> None:
    settings = SourceSettings(columns=("Contract Award", "General Procurement Notice"))
    (start,) = worldbank.starts(settings, WEEK)
    assert start.url.endswith("&notice_type=Contract%20Award%5EGeneral%20Procurement%20Notice")
    with pytest.raises(PageChanged, match="Invitation for Bids"):
        worldbank.listing(page(bank(28)), start, settings)


# Prozorro


def tender(**more: Any) -> dict[str, Any]:
    record = {
        "id": "ab12", "tenderID": "UA-2026-09-25-000001-a", "status": "active.tendering", "title": "Стільці",
        "dateCreated": "2026-09-25T10:00:00+03:00", "dateModified": "2026-09-28T10:00:00+03:00", "date": "2026-09-27T10:00:00+03:00",
        "procuringEntity": {"name": "Школа"}, "value": {"amount": 100.5, "currency": "UAH"},
        "tenderPeriod": {"endDate": "2026-10-10T12:00:00+03:00"}, **more,
    }  # fmt: skip
    return {"data": record}


def feed(*rows: dict[str, Any], path: str | None = "/api/2.5/tenders?offset=2") -> dict[str, Any]:
    return {"data": list(rows), "next_page": {"offset": "2", "path": path, "uri": "http://elsewhere.example"}}


def fed(status: str, number: str = "ab12") -> dict[str, Any]:
    return {"id": number, "dateModified": "2026-09-28T10:00:00+03:00", "status": status, "tenderID": "UA-1"}


def test_the_feed_gives_open_records_by_the_address_and_time_they_are_known_by() -> None:
    (start,) = prozorro.starts(PLAIN, WEEK)
    found = prozorro.listing(page(feed(fed("active.tendering"), fed("complete", "cd34"))), start, PLAIN)
    (link,) = found.links
    assert link.url == "https://prozorro.gov.ua/tender/UA-1#2026-09-28T10:00:00+03:00"
    assert link.request == Request("https://public-api.prozorro.gov.ua/api/2.5/tenders/ab12")
    assert found.next == Request("https://public-api.prozorro.gov.ua/api/2.5/tenders?offset=2")
    assert only(tender()).url == "https://prozorro.gov.ua/tender/UA-2026-09-25-000001-a#2026-09-28T10:00:00+03:00"
    done = prozorro.listing(page(feed(fed("complete"))), start, SourceSettings(columns=("complete",)))
    assert len(done.links) == 1


def test_a_page_of_the_feed_without_open_records_is_not_its_end() -> None:
    (start,) = prozorro.starts(PLAIN, WEEK)
    nothing_open = prozorro.listing(page(feed(fed("complete"))), start, PLAIN)
    assert nothing_open.instead == (Request("https://public-api.prozorro.gov.ua/api/2.5/tenders?offset=2"),)
    assert prozorro.listing(page(feed()), start, PLAIN) == Listing()


@pytest.mark.parametrize("answer", [feed(fed("active"), path=None), {"status": "error"}, tender(), "<html></html>"])
def test_a_changed_feed_is_an_alarm(answer: object) -> None:
    with pytest.raises(PageChanged):
        prozorro.listing(page(answer), next(prozorro.starts(PLAIN, WEEK)), PLAIN)


@pytest.mark.parametrize(
    ("status", "kind", "day"),
    [("active.tendering", "tender", 25), ("active.auction", "tender", 25), ("active.awarded", "award", 27),
     ("complete", "contract", 27), ("cancelled", "cancel", 27), ("unsuccessful", "cancel", 27), ("draft", "other", 27)],
)  # fmt: skip
def test_the_stage_of_a_record_is_its_kind_and_dates_it(status: str, kind: str, day: int) -> None:
    notice = only(tender(status=status))
    assert notice.published is not None
    assert (notice.kind, notice.published.day) == (kind, day)
    assert (notice.deadline is None) == (kind != "tender")


def test_the_text_of_a_record_keeps_demands_and_leaves_boilerplate() -> None:
    criteria = [
        {"classification": {"id": f"CRITERION.{name}"}, "title": name, "requirementGroups": [{"requirements": [{"title": f"r {name}", "minValue": 20}]}]}
        for name in ("EXCLUSION.X", "OTHER.BID.LANGUAGE", "OTHER.SUBJECT_OF_PROCUREMENT.LOCAL_ORIGIN_LEVEL")
    ]  # fmt: skip
    text = only(tender(criteria=criteria, bids=[{"tenderers": [{"name": "Учасник"}]}])).text
    name = "OTHER.SUBJECT_OF_PROCUREMENT.LOCAL_ORIGIN_LEVEL"
    assert text.split("\n") == ["Стільці", f"CRITERION.{name} | {name}", f"r {name} | 20"]


def test_a_plan_is_an_intention() -> None:
    budget = {"description": "Стільці на рік", "amount": 2000, "currency": "UAH"}
    plan = {"id": "p1", "planID": "UA-P-1", "budget": budget, "datePublished": "2026-09-25T10:00:00+03:00"}
    notice = only({"data": plan})
    assert (notice.kind, notice.title, notice.project_no) == ("intention", "Стільці на рік", "UA-P-1")
    assert notice.budget is not None
    assert notice.budget.raw == "2000 UAH"


def test_a_saved_page_of_the_feed_is_a_list() -> None:
    parsed = parse.read(page(feed(fed("active.tendering"))))
    assert (parsed.source, parsed.notices) == ("prozorro", ())
    assert parsed.listing is not None
    assert len(parsed.listing.links) == 1


def test_json_of_no_source_stays_refused() -> None:
    with pytest.raises(PageBroken, match="no source knows"):
        parse.notices(page({"results": [{"internal_id": 1, "Award ID": "x"}]}))
