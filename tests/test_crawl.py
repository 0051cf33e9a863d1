"""Walking a source's lists: what is asked, what is handed over, where it ends, and what a failure costs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from samples import Knowing

from tender_tracker.errors import PageChanged, PageRefused, SourceFailed, TenderError, UsageError
from tender_tracker.model import (
    SHANGHAI,
    Link,
    Listing,
    Notice,
    Page,
    Request,
    Site,
    SourceSettings,
    Validators,
    Window,
)
from tender_tracker.web import crawl as crawling
from tender_tracker.web.crawl import Failed, ListedNotice, ListRead, NoticePage, plan, site_of
from tender_tracker.web.fetch import Fetched, FetchSettings

NOW = datetime(2026, 9, 30, 9, 0, tzinfo=SHANGHAI)
HOME = "http://shelf.test/"


@dataclass
class Shelf:
    """A fetcher of pages kept in a dict; a list page is JSON: its links [name, days old], notices and next page."""

    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    settings: FetchSettings = field(default_factory=FetchSettings)
    before: Callable[[str], None] = lambda name: None

    def fetch(self, request: Request, site: Site, validators: Validators | None = None) -> Fetched:
        return Fetched(self.get(request, site), Validators())

    def get(self, request: Request, site: Site) -> Page:
        name = request.url.removeprefix(HOME)
        self.asked.append(name)
        self.sites.append(site)
        self.before(name)
        found = self.pages.get(name, {})
        if isinstance(found, TenderError):
            raise found
        return Page(json.dumps(found), "json", NOW, url=request.url + "?moved", source="shelf")


class ShelfSource:
    SITE = Site("shelf", "Shelf", HOME, ("shelf.test",), delay=3.0)

    def recognises(self, page: Page) -> bool:
        return False

    def starts(self, settings: SourceSettings, window: Window) -> Iterator[Request]:
        for column in settings.columns or ("one",):
            yield Request(HOME + column)

    def listing(self, page: Page, request: Request, settings: SourceSettings) -> Listing:
        answer = json.loads(page.text)
        if "links" not in answer:
            raise PageChanged(f"{request.url}: no links")
        links = tuple(Link(_url(name), name, _ago(days)) for name, days in answer["links"])
        listed = tuple(
            Notice("shelf", n, n, "tender", "文", published=_ago(days)) for n, days in answer.get("notices", ())
        )
        after = answer.get("next")
        return Listing(links, listed, Request(HOME + after) if after else None, answer.get("total"))

    def notices(self, page: Page) -> list[Notice]:
        return []


def _url(name: str) -> str:
    return name if ":" in name else HOME + name


def _ago(days: float | None) -> datetime | None:
    return None if days is None else NOW - timedelta(days=days)


def crawled(
    shelf: Shelf,
    *,
    columns: tuple[str, ...] = ("one",),
    days: float | None = 7,
    until: float | None = None,
    limit: int | None = None,
    known: tuple[str, ...] = (),
) -> list[crawling.Crawled]:
    window = Window(_ago(days), _ago(until))
    addresses = {HOME + name for name in known}
    settings = SourceSettings(columns=columns)
    return list(crawling.crawl(ShelfSource(), shelf, settings, window, limit, Knowing(addresses.__contains__)))  # type: ignore[arg-type]


def names(items: list[crawling.Crawled]) -> list[str]:
    """Notices handed over, in order."""
    found = [item.link.title if isinstance(item, NoticePage) else item for item in items]
    return [item.notice.source_id if isinstance(item, ListedNotice) else item for item in found if not isinstance(item, ListRead | Failed)]  # fmt: skip


def failures(items: list[crawling.Crawled]) -> list[Failed]:
    return [item for item in items if isinstance(item, Failed)]


def test_notices_are_asked_newest_first_page_by_page_and_keep_the_address_of_the_list() -> None:
    shelf = Shelf({"one": {"links": [["a", 1], ["b", 2]], "next": "two", "total": 3}, "two": {"links": [["c", 3]]}})
    items = crawled(shelf)
    assert names(items) == ["a", "b", "c"]
    assert items[0] == ListRead(HOME + "one", 2, 2, 3)
    pages = [item for item in items if isinstance(item, NoticePage)]
    assert (
        [item.page.url for item in pages] == [item.link.url for item in pages] == [HOME + "a", HOME + "b", HOME + "c"]
    )


def test_known_addresses_are_not_asked_again_but_do_not_end_the_walk() -> None:
    shelf = Shelf({"one": {"links": [["a", 1], ["b", 2]], "next": "two"}, "two": {"links": [["c", 3]]}})
    items = crawled(shelf, known=("a", "b"))
    assert names(items) == ["c"]
    assert items[0] == ListRead(HOME + "one", 2, 0, None)
    assert {"a", "b"}.isdisjoint(shelf.asked)


def test_the_walk_ends_when_a_whole_page_is_older_than_the_window() -> None:
    shelf = Shelf({
        "one": {"links": [["pinned", 90], ["a", 1]], "next": "two"},
        "two": {"links": [["b", 6], ["old", 8]], "next": "three"},
        "three": {"links": [["older", 9], ["oldest", 10]], "next": "four"},
        "four": {"links": [["x", 1]]},
    })  # fmt: skip
    assert names(crawled(shelf)) == ["a", "b"]
    assert "four" not in shelf.asked


def test_a_list_that_prints_only_dates_keeps_the_day_on_which_the_window_begins() -> None:
    midnight = (NOW - NOW.replace(hour=0)).total_seconds() / 86400
    shelf = Shelf({"one": {"links": [["today", midnight], ["yesterday", midnight + 1], ["undated", None]]}})
    assert names(crawled(shelf, days=0.1)) == ["today", "undated"]


def test_what_is_newer_than_the_window_is_passed_over() -> None:
    shelf = Shelf({"one": {"links": [["new", 1], ["a", 3]], "next": "two"}, "two": {"links": [["b", 4]]}})
    assert names(crawled(shelf, until=2)) == ["a", "b"]


def test_an_open_window_reads_to_the_last_page() -> None:
    shelf = Shelf({"one": {"links": [["a", 900]], "next": "two"}, "two": {"links": [["b", 2000]]}})
    assert names(crawled(shelf, days=None)) == ["a", "b"]


def test_a_limit_ends_the_run_across_columns() -> None:
    shelf = Shelf(
        {"one": {"links": [["a", 1], ["b", 1]]}, "two": {"links": [["c", 1], ["d", 1]]}, "three": {"links": []}}
    )
    assert names(crawled(shelf, columns=("one", "two", "three"), limit=3)) == ["a", "b", "c"]
    assert "three" not in shelf.asked


def test_a_notice_in_two_columns_is_asked_once() -> None:
    shelf = Shelf({"one": {"links": [["a", 1]]}, "two": {"links": [["a", 1], ["b", 1]]}})
    assert names(crawled(shelf, columns=("one", "two"))) == ["a", "b"]


def test_notices_in_the_list_itself_are_handed_over_when_in_the_window() -> None:
    shelf = Shelf({"one": {"links": [], "notices": [["n1", 1], ["n2", 20]], "next": "two"},
                   "two": {"links": [], "notices": [["n3", 30]], "next": "three"}})  # fmt: skip
    items = crawled(shelf)
    assert names(items) == ["n1"]
    assert "three" not in shelf.asked
    assert failures(items) == []


def test_a_failing_notice_costs_itself_and_is_told_with_its_link() -> None:
    shelf = Shelf({"one": {"links": [["a", 1], ["b", 1], ["c", 1]]}, "b": PageRefused("not_found", "b: HTTP 404")})
    items = crawled(shelf)
    assert names(items) == ["a", "c"]
    assert [(bad.url, str(bad.error), bad.link and bad.link.title) for bad in failures(items)] == [
        (HOME + "b", "b: HTTP 404", "b")
    ]


def test_a_failing_list_costs_its_column_only() -> None:
    shelf = Shelf({"one": SourceFailed("one: HTTP 500"), "two": {}, "three": {"links": [["a", 1]]}})
    items = crawled(shelf, columns=("one", "two", "three"))
    assert names(items) == ["a"]
    assert [type(bad.error) for bad in failures(items)] == [SourceFailed, PageChanged]


def test_a_failure_holds_no_page_while_the_next_is_asked() -> None:
    def fails() -> None:
        try:
            raise ValueError("within")
        except ValueError as cause:
            raise SourceFailed("no") from cause

    shelf = Shelf({"a": {"links": [["n1", 1]]}}, before=lambda name: fails() if name == "n1" else None)
    (failed,) = failures(list(crawled(shelf)))
    assert (failed.error.__traceback__, failed.error.__cause__, failed.error.__context__) == (None, None, None)


def test_a_list_of_more_tags_than_a_tree_should_have_is_not_read() -> None:
    shelf = Shelf({"a": {"links": [["n1", 1]]}})
    shelf.get = lambda request, site: Page("<b>x</b>" * 30_001, "html", NOW, url=request.url)  # type: ignore[method-assign]
    (failed,) = failures(list(crawled(shelf)))
    assert "more than 60,000 tags" in str(failed.error)


def test_a_wrong_setting_ends_the_run() -> None:
    with pytest.raises(UsageError):
        crawled(Shelf({"one": UsageError("127.0.0.1 is private")}))
    with pytest.raises(UsageError):
        crawled(Shelf({"one": {"links": [["a", 1]]}, "a": UsageError("127.0.0.1 is private")}))


def test_circular_paging_ends_and_says_so() -> None:
    shelf = Shelf({"one": {"links": [["a", 1]], "next": "two"}, "two": {"links": [["b", 1]], "next": "one"}})
    items = crawled(shelf)
    assert names(items) == ["a", "b"]
    assert ["in a circle" in str(bad.error) for bad in failures(items)] == [True]
    assert shelf.asked.count("two") == 1


@pytest.mark.parametrize(("links", "why"), [([["a", 1]], "only repeats"), ([], "is empty")])
def test_paging_without_anything_new_ends_and_says_so(links: list[list[Any]], why: str) -> None:
    shelf = Shelf(
        {"one": {"links": [["a", 1]], "next": "p1"}}
        | {f"p{n}": {"links": links, "next": f"p{n + 1}"} for n in range(1, 99)}
    )
    items = crawled(shelf)
    assert [why in str(bad.error) for bad in failures(items)] == [True]
    assert "p2" not in shelf.asked


def test_endless_paging_ends_at_the_bound_and_says_so() -> None:
    pages = {f"p{n}": {"links": [[f"a{n}", 1]], "next": f"p{n + 1}"} for n in range(900)}
    items = crawled(Shelf(pages), columns=("p0", "p500"), known=tuple(f"a{n}" for n in range(900)))
    lists = [item for item in items if isinstance(item, ListRead)]
    assert len(lists) == crawling.MAX_LISTS == 400
    assert "400 list pages" in str(failures(items)[0].error)


def test_a_notice_that_moves_to_a_page_already_read_is_not_lost() -> None:
    shelf = Shelf({"one": {"links": [["a", 1], ["b", 1]], "next": "two"}, "two": {"links": [["c", 1], ["d", 1]]}})

    def withdraw(name: str) -> None:
        if name == "two":
            shelf.pages = {"one": {"links": [["b", 1], ["c", 1]], "next": "two"}, "two": {"links": [["d", 1]]}}

    shelf.before = withdraw
    assert names(crawled(shelf)) == ["a", "b", "d", "c"]
    assert [name for name in shelf.asked if name in ("one", "two")] == ["one", "two", "one", "two"]


def test_a_column_of_one_page_is_asked_once() -> None:
    shelf = Shelf({"one": {"links": [["a", 1]]}})
    crawled(shelf)
    assert shelf.asked == ["one", "a"]


def test_the_plan_names_the_first_requests_and_asks_nothing() -> None:
    settings = SourceSettings(columns=("one", "two"))
    assert [request.url for request in plan(ShelfSource(), settings, Window())] == [HOME + "one", HOME + "two"]


@pytest.mark.parametrize(
    ("own", "all_sources", "wanted"), [(None, None, 3.0), (None, 0.0, 0.0), (5.0, 0.0, 5.0), (0.0, 9.0, 0.0)]
)
def test_the_delay_of_a_source_goes_before_that_of_all_and_this_before_the_site(
    own: float | None, all_sources: float | None, wanted: float
) -> None:
    assert site_of(ShelfSource.SITE, SourceSettings(delay=own), all_sources).delay == wanted


def test_configured_addresses_join_the_hosts_of_the_site() -> None:
    settings = SourceSettings(base_url="http://127.0.0.1:8000/x", search_url="https://find.test/s")
    shelf = Shelf({"one": {"links": []}})
    list(crawling.crawl(ShelfSource(), shelf, settings, Window(), None, Knowing()))  # type: ignore[arg-type]
    assert shelf.sites[0].hosts == ("shelf.test", "127.0.0.1:8000", "find.test")


@pytest.mark.parametrize("url", ["file:///etc/hosts", "http://[::1", "ftp://a.cn/", "http://me:pw@a.cn/"])
def test_a_configured_address_that_is_none_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(UsageError, match="configured address of shelf"):
        site_of(ShelfSource.SITE, SourceSettings(base_url=url))


def test_two_posts_to_one_address_are_two_pages() -> None:
    class Posts(ShelfSource):
        def starts(self, settings: SourceSettings, window: Window) -> Iterator[Request]:
            yield Request(HOME + "api", json=MappingProxyType({"page": 1}))

        def listing(self, page: Page, request: Request, settings: SourceSettings) -> Listing:
            number = (request.json or {})["page"]
            after = Request(request.url, json=MappingProxyType({"page": number + 1})) if number < 3 else None
            return Listing((Link(_url(f"n{number}"), "题", NOW),), (), after)

    items = list(crawling.crawl(Posts(), Shelf(), SourceSettings(), Window(), None, Knowing()))  # type: ignore[arg-type]
    assert failures(items) == []
    assert len([item for item in items if isinstance(item, NoticePage)]) == 3
