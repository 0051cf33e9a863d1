"""The Fetcher against a server on loopback that obeys, fails, cheats, stalls and floods."""

from __future__ import annotations

import gzip
import itertools
import json
import shutil
import ssl
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import pytest
from server import Asked, Reply, Server

from tender_tracker.address import address, is_public
from tender_tracker.errors import PageBroken, PageRefused, SourceFailed, TenderError, UsageError
from tender_tracker.model import SHANGHAI, Page, Request, Site, Validators
from tender_tracker.web.body import whole
from tender_tracker.web.fetch import Fetcher, FetchSettings
from tender_tracker.web.pace import Pace

NOW = datetime(2026, 9, 30, 9, 0, tzinfo=SHANGHAI)
PAGE = "<html><head><title>服务器采购公告</title></head><body><p>项目编号:甲-01 采购人:某大学 预算金额:10 万元</p></body></html>"
BLOCK = "<html><head><title>频繁访问!</title></head><body>您的访问过于频繁,请稍后再试。</body></html>"
ALL = Reply("User-agent: *\nAllow: /\n", kind="text/plain")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        running.routes["/robots.txt"] = ALL
        running.routes["/a"] = Reply(PAGE)
        yield running


class Asker:
    """A Fetcher with a site on the server and a sleep that only takes notes."""

    def __init__(self, server: Server, cache: Path) -> None:
        self.server, self.cache = server, cache
        self.slept: list[float] = []
        self.settings = FetchSettings(allow_private=True, cache=cache, contact="https://example.org/bot", seconds=5)
        self.site = Site("here", "Here", server.url, (server.place,), delay=0.0)
        self.fetcher: Fetcher | None = None

    def open(self, **changes: object) -> Fetcher:
        self.close()
        self.fetcher = Fetcher(
            replace(self.settings, **changes), lambda: NOW, sleep=self.slept.append, chance=lambda: 0.0
        )
        return self.fetcher

    def close(self) -> None:
        if self.fetcher is not None:
            self.fetcher.close()

    def get(self, path: str, **changes: object) -> Page:
        fetcher = self.open(**changes) if changes or self.fetcher is None else self.fetcher
        return fetcher.get(Request(path if "://" in path else self.server.url + path), self.site)

    def waits(self) -> list[float]:
        """Waits that are more than a poll of the pace."""
        return [round(seconds, 2) for seconds in self.slept if seconds > 0.1]


@pytest.fixture
def here(server: Server, tmp_path: Path) -> Iterator[Asker]:
    asker = Asker(server, tmp_path / "pace")
    yield asker
    asker.close()


def test_a_page_comes_with_its_address_time_media_and_source(here: Asker) -> None:
    page = here.get("/a")
    assert (page.text, page.media, page.url) == (PAGE, "html", here.server.url + "/a")
    assert (page.read_at, page.source, page.file) == (NOW, "here", None)


def test_we_say_who_we_are_and_how_to_reach_us(here: Asker) -> None:
    here.get("/a")
    for ask in here.server.asked:
        assert ask.headers["user-agent"].startswith("tenders/")
        assert "+https://example.org/bot" in ask.headers["user-agent"]
        assert ask.headers["host"] == here.server.place


def test_a_cookie_is_taken_by_no_request_and_sent_by_none(here: Asker) -> None:
    here.server.routes["/a"] = Reply(PAGE, headers={"Set-Cookie": "session=1; Path=/; Max-Age=900"})
    here.get("/a")
    here.get("/a")
    assert [ask.headers.get("cookie") for ask in here.server.asked] == [None] * 3


def test_an_address_is_sent_as_it_was_admitted(here: Asker) -> None:
    here.server.routes["/x/../a"] = Reply(PAGE)
    assert here.get("/x/../a?k='算力'&p=%2f&e=").text == PAGE
    assert here.server.paths() == ["/x/../a?k='%E7%AE%97%E5%8A%9B'&p=%2f&e="]


def test_an_address_too_long_for_any_server_is_refused(here: Asker) -> None:
    with pytest.raises(SourceFailed, match="malformed address"):
        here.get("/a?" + "x" * 70_000)
    assert here.server.paths() == []


def test_a_contact_that_would_forge_a_header_is_refused(here: Asker) -> None:
    with pytest.raises(UsageError, match="contact"):
        here.open(contact="me\r\nCookie: x")


def test_json_and_forms_are_posted(here: Asker) -> None:
    here.server.routes["/api"] = Reply('{"data":[1]}', kind="application/json")
    url, fetcher = here.server.url + "/api", here.open()
    page = fetcher.get(Request(url, json=MappingProxyType({"pageIndex": 1, "词": "算力"})), here.site)
    fetcher.get(Request(url, form=MappingProxyType({"词": "算力"})), here.site)
    first, second = [ask for ask in here.server.asked if ask.method == "POST"]
    assert page.media == "json"
    assert (first.headers["content-type"], first.body.decode()) == (
        "application/json",
        '{"pageIndex": 1, "词": "算力"}',
    )
    assert second.body == b"%E8%AF%8D=%E7%AE%97%E5%8A%9B"


@pytest.mark.parametrize("declared", ["gb2312", "utf-8", None])
def test_gbk_is_read_whatever_the_header_declares(here: Asker, declared: str | None) -> None:
    kind = None if declared is None else f"text/html; charset={declared}"
    text = PAGE.replace("<head>", '<head><meta charset="gb2312">').replace("某大学", "昇腾大学")
    here.server.routes["/g"] = Reply(text.encode("gb18030"), kind=kind)
    assert here.get("/g").text == text


def test_a_compressed_page_is_unpacked(here: Asker) -> None:
    here.server.routes["/z"] = Reply(PAGE, zipped=True)
    assert here.get("/z").text == PAGE


def test_a_compressed_page_in_two_members_is_unpacked_to_its_end(here: Asker) -> None:
    body = gzip.compress(PAGE[:50].encode()) + gzip.compress(PAGE[50:].encode())
    here.server.routes["/z"] = Reply(body, headers={"Content-Encoding": "gzip"})
    assert here.get("/z").text == PAGE


CUTS = {
    "shorter than announced": Reply(PAGE, keep=60),
    "cut gzip with a fitting length": Reply(PAGE, zipped=True, keep=60, honest=True),
    "html without its end": Reply(PAGE, keep=60, honest=True),
    "html without its end and length": Reply(
        raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE.encode()[:90]
    ),
    "html cut behind an inner document": Reply(PAGE.replace("<p>", "<html><p>甲</p></html><p>乙")[:-20]),
    "a chunk too few": Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<html\r\n"),
    "gzip without its checksum": Reply(gzip.compress(PAGE.encode())[:-4], headers={"Content-Encoding": "gzip"}),
    "html cut in its head behind a script": Reply(
        "<html><head><script>document.cookie='a=1';</script>\n<meta name='x'>"
    ),
    "json cut": Reply('{"data": [1, 2', kind="application/json"),
    "nothing": Reply(""),
    "blanks": Reply(" \n "),
    "closed at once": Reply(raw=b""),
    "damaged gzip": Reply(b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("cut", list(CUTS))
def test_a_body_that_ends_early_is_asked_again_and_heals(here: Asker, cut: str) -> None:
    here.server.routes["/a"] = [CUTS[cut], Reply(PAGE)]
    assert here.get("/a").text == PAGE
    assert here.server.paths() == ["/a", "/a"]


@pytest.mark.parametrize("cut", list(CUTS))
def test_a_body_that_never_ends_whole_is_an_error_and_never_a_page(here: Asker, cut: str) -> None:
    here.server.routes["/a"] = CUTS[cut]
    with pytest.raises(TenderError, match="asked 4 times"):
        here.get("/a")
    assert here.server.paths() == ["/a"] * 4


def test_scripts_and_comments_behind_the_end_of_a_page_are_no_cut(here: Asker) -> None:
    text = PAGE + "\n<!-- node 7 --><script>var x = 1;</script>\n"
    here.server.routes["/a"] = Reply(text)
    assert here.get("/a").text == text


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_a_passing_error_is_asked_again_with_growing_waits(here: Asker, status: int) -> None:
    here.server.routes["/a"] = [Reply("sorry", status)] * 3 + [Reply(PAGE)]
    assert here.get("/a").text == PAGE
    assert here.waits() == [0.5, 1.0, 2.0]


def test_waits_are_jittered(here: Asker) -> None:
    here.server.routes["/a"] = [Reply("sorry", 500), Reply(PAGE)]
    with Fetcher(here.settings, lambda: NOW, sleep=here.slept.append, chance=lambda: 1.0) as fetcher:
        fetcher.get(Request(here.server.url + "/a"), here.site)
    assert here.waits() == [1.0]


def test_a_request_with_all_its_retries_keeps_within_its_time(here: Asker) -> None:
    here.site = replace(here.site, delay=4.0)
    here.server.routes["/a"] = Reply("sorry", 500)
    with pytest.raises(SourceFailed, match="asked 2 times"):
        here.get("/a", seconds=8)  # a second retry would have to wait until after its end


def test_an_error_that_stays_is_told_with_address_and_count(here: Asker) -> None:
    here.server.routes["/a"] = Reply("sorry", 503)
    with pytest.raises(SourceFailed, match=r"/a: HTTP 503; .*asked 4 times"):
        here.get("/a")


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_asked_once(here: Asker, status: int) -> None:
    here.server.routes["/a"] = Reply(PAGE, status)
    with pytest.raises(PageRefused, match=f"HTTP {status}") as caught:
        here.get("/a")
    assert caught.value.reason == "not_found"
    assert here.server.paths() == ["/a"]


@pytest.mark.parametrize("status", [400, 403, 206, 304])
def test_other_answers_are_errors_and_asked_once(here: Asker, status: int) -> None:
    here.server.routes["/a"] = Reply(b"" if status == 304 else "no", status)
    with pytest.raises(SourceFailed, match=f"HTTP {status}"):
        here.get("/a")
    assert here.server.paths() == ["/a"]


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Wed, 30 Sep 2026 01:00:20 GMT"}, 20.0),
        ({"Retry-After": "Wed, 30 Sep 2026 02:00:09 GMT", "Date": "Wed, 30 Sep 2026 02:00:00 GMT"}, 9.0),
        ({"Retry-After": "0"}, 0.5),
        ({"Retry-After": "-5"}, 0.5),
        ({"Retry-After": "soon"}, 0.5),
        ({"Retry-After": "Wed, 30 Sep 1996 01:00:20 GMT"}, 0.5),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_in_seconds_and_as_a_date(
    here: Asker, status: int, headers: dict[str, str], waited: float
) -> None:
    here.server.routes["/a"] = [Reply("Too Many Requests", status, headers), Reply(PAGE)]
    assert here.get("/a").text == PAGE
    assert here.waits() == [waited]


@pytest.mark.parametrize("value", ["86400", "9" * 5000, "Fri, 01 Jan 2999 00:00:00 GMT"])
def test_an_absurd_retry_after_ends_the_asking_instead_of_waiting(here: Asker, value: str) -> None:
    here.server.routes["/a"] = Reply("later", 429, {"Retry-After": value})
    with pytest.raises(SourceFailed):
        here.get("/a")
    with pytest.raises(SourceFailed, match="asks us to wait"):
        here.get("/b")
    assert here.server.paths() == ["/a"]
    assert here.waits() == []


def test_a_block_page_with_status_200_ends_the_asking_of_this_host(here: Asker) -> None:
    here.server.routes["/blocked"] = Reply(BLOCK)
    for path in ("/blocked", "/a"):
        with pytest.raises(PageRefused) as caught:
            here.get(path)
        assert caught.value.reason == "blocked"
    assert here.server.paths() == ["/blocked"]


def test_a_challenge_script_is_recognised_whatever_its_status(here: Asker) -> None:
    here.server.routes["/a"] = Reply("<script>document.cookie='__jsl_clearance_s=1';location.reload()</script>", 521)
    with pytest.raises(PageRefused) as caught:
        here.get("/a")
    assert caught.value.reason == "challenge"
    assert here.server.paths() == ["/a"]


def test_a_source_that_keeps_failing_is_left_alone(here: Asker) -> None:
    here.server.routes["/bad"] = Reply("no", 403)
    for _ in range(3):
        with pytest.raises(SourceFailed, match="HTTP 403"):
            here.get("/bad") if here.fetcher else here.get("/bad", failures=3)
    with pytest.raises(SourceFailed, match="3 pages in a row failed"):
        here.get("/a")
    assert here.server.paths() == ["/bad"] * 3


def test_a_success_in_between_keeps_a_source_alive(here: Asker) -> None:
    here.server.routes["/bad"] = Reply("no", 403)
    here.open(failures=2)
    for _ in range(3):
        with pytest.raises(SourceFailed, match="HTTP 403"):
            here.get("/bad")
        assert here.get("/a").text == PAGE


def test_another_source_is_not_touched_by_a_failing_one(here: Asker) -> None:
    here.server.routes["/bad"] = Reply("no", 403)
    with pytest.raises(SourceFailed, match="HTTP 403"):
        here.get("/bad", failures=1)
    with pytest.raises(SourceFailed, match="left alone"):
        here.get("/a")
    here.site = replace(here.site, name="other")
    assert here.get("/a").text == PAGE


# -- time and size ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        Reply(PAGE, drip=0.02),
        Reply(
            raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000, drip=0.02
        ),
        Reply(raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 9000, drip=0.002),
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 9000, drip=0.01),
    ],
    ids=["headers", "body", "informational", "chunks"],
)
def test_a_dripping_answer_ends_with_the_time_limit(here: Asker, reply: Reply) -> None:
    here.server.routes["/a"] = reply
    begin = time.monotonic()
    with pytest.raises(SourceFailed, match="no whole answer in time"):
        here.get("/a", seconds=0.3)
    assert time.monotonic() - begin < 1.5
    assert here.server.paths() == ["/a"]


def test_a_silent_server_ends_with_the_time_limit(here: Asker) -> None:
    def silent(_: Asked) -> Reply:
        here.server.gone.wait(2)
        return Reply(PAGE)

    here.server.routes["/a"] = silent
    begin = time.monotonic()
    with pytest.raises(SourceFailed, match="no whole answer in time"):
        here.get("/a", seconds=0.3)
    assert time.monotonic() - begin < 1.5
    here.server.gone.set()


def test_a_decompression_bomb_stops_at_the_limit_and_is_not_asked_again(here: Asker) -> None:
    here.server.routes["/a"] = Reply(b"<" * 3_000_000, zipped=True)
    with pytest.raises(PageBroken, match="larger than 1 MiB"):
        here.get("/a", max_bytes=2**20)
    assert here.server.paths() == ["/a"]


def test_a_decompression_bomb_never_fills_the_memory() -> None:
    bomb = gzip.compress(bytes(64 * 2**20))
    tracemalloc.start()
    try:
        with pytest.raises(PageBroken, match="larger than 1 MiB"):
            whole([bomb], {"content-encoding": "gzip"}, 2**20, "here")
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "deflate", "zstd"])
def test_a_coding_that_was_not_asked_for_is_refused(here: Asker, coding: str) -> None:
    here.server.routes["/a"] = Reply(gzip.compress(gzip.compress(b"x")), headers={"Content-Encoding": coding})
    with pytest.raises(PageBroken, match="not asked for"):
        here.get("/a")


def test_a_large_body_stops_at_the_limit(here: Asker) -> None:
    here.server.routes["/a"] = Reply(b"x" * 3_000_000)
    with pytest.raises(PageBroken, match="larger than 1 MiB"):
        here.get("/a", max_bytes=2**20)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html>" + "<b>x</b>" * 130_000 + "</html>", "text/html"),
        (f"<html><!--{'x' * 5_000_000}--></html>", "text/html"),
        (json.dumps([{"a": 1}] * 110_000), "application/json"),
        (json.dumps("采" + "x" * 13_000_000, ensure_ascii=False), "application/json"),
    ],
    ids=["tags", "markup", "values", "characters"],
)
def test_what_memory_would_not_hold_is_refused_by_name_and_asked_once(here: Asker, body: str, kind: str) -> None:
    here.server.routes["/a"] = Reply(body, kind=kind)
    with pytest.raises(PageBroken, match=r"/a: (a page of )?more than"):
        here.get("/a")
    assert here.server.paths().count("/a") == 1


@pytest.mark.parametrize(
    "headers",
    [{f"X-{n}": "y" for n in range(400)}, {"X": "y" * 200_000}],
    ids=["many", "huge"],
)
def test_headers_are_bounded(here: Asker, headers: dict[str, str]) -> None:
    here.server.routes["/a"] = Reply(PAGE, headers=headers)
    with pytest.raises((PageBroken, SourceFailed)):
        here.get("/a")


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/octet-stream"])
def test_another_medium_is_no_page(here: Asker, kind: str) -> None:
    here.server.routes["/a"] = Reply(b"%PDF-1.7 and so on", kind=kind)
    with pytest.raises(PageBroken, match=kind):
        here.get("/a")
    assert here.server.paths() == ["/a"]


def test_deep_json_is_an_error_and_no_crash(here: Asker) -> None:
    here.server.routes["/a"] = Reply("[" * 100_000 + "]" * 100_000, kind="application/json")
    with pytest.raises(PageBroken, match="JSON"):
        here.get("/a")


# -- redirects and addresses --------------------------------------------------------------------------------------


def test_a_redirect_within_the_site_is_followed_and_gives_the_last_address(here: Asker) -> None:
    here.server.routes["/old"] = Reply("", 301, {"Location": "/a?x=中 文"})
    page = here.get("/old")
    assert page.text == PAGE
    assert here.server.paths() == ["/old", "/a?x=%E4%B8%AD%20%E6%96%87"]


def test_endless_redirects_end_after_five_hops(here: Asker) -> None:
    here.server.routes["/old"] = Reply("", 302, {"Location": "/old"})
    with pytest.raises(SourceFailed, match="5 redirects"):
        here.get("/old")
    assert here.server.paths() == ["/old"] * 6


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:{other}/a", "http://localhost:{port}/a", "http://[::1]:{port}/a", "http://2130706433:{port}/a",
     "http://example.org/a", "file:///etc/hosts", "ftp://127.0.0.1/a", "data:text/html,hello", "http://[::1/", "//evil.test/a",
     "http://user:pass@127.0.0.1:{port}/a", "http://[nonsense]/a", "http://evil.test:port/a", "https://example.org/" + "a" * 70_000],
)  # fmt: skip
def test_a_redirect_out_of_the_site_is_not_followed(here: Asker, location: str) -> None:
    with Server().running() as other:
        where = location.format(other=other.port, port=here.server.port)
        here.server.routes["/old"] = Reply("", 302, {"Location": where})
        with pytest.raises(SourceFailed) as caught:
            here.get("/old")
        assert other.asked == []
    assert here.server.paths() == ["/old"]
    assert "pass@" not in str(caught.value)


def test_a_redirect_from_https_down_to_http_is_refused() -> None:
    from tender_tracker.web.headers import redirected

    with pytest.raises(SourceFailed, match="down to"):
        redirected("https://www.ccgp.gov.cn/a", "http://www.ccgp.gov.cn/a")
    assert redirected("http://www.ccgp.gov.cn/a", "https://www.ccgp.gov.cn/b") == "https://www.ccgp.gov.cn/b"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ],
)
def test_a_private_address_is_never_connected_to_without_leave(here: Asker, host: str) -> None:
    here.site = replace(here.site, hosts=(f"{host}:{here.server.port}",))
    with pytest.raises(UsageError, match="private address"):
        here.get(f"http://{host}:{here.server.port}/a", allow_private=False)
    assert here.server.asked == []


@pytest.mark.parametrize(
    ("name", "public"),
    [("10.0.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False),
     ("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::7f00:1", False),
     ("2002:7f00:1::", False), ("1.1.1.1", True), ("2606:4700::1111", True), ("64:ff9b::101:101", True)],
)  # fmt: skip
def test_public_addresses_are_told_from_private_ones(name: str, public: bool) -> None:
    assert is_public(name) is public


@pytest.mark.parametrize("url", ["file:///etc/hosts", "ftp://a.cn/", "a/b.htm", "http://", "http://a b/", "http://a.cn:99999/", "http://" + "a" * 70 + ".cn/"])  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(SourceFailed):
        address(url)


def test_a_host_that_answers_no_one_is_told_once_and_not_asked_again(here: Asker) -> None:
    here.site = replace(here.site, hosts=("127.0.0.1:9",))
    for _ in range(2):
        with pytest.raises(SourceFailed, match="no connection"):
            here.get("http://127.0.0.1:9/a")
    assert len(here.waits()) == 3


def test_a_name_that_is_not_known_is_one_clear_line(here: Asker) -> None:
    here.site = replace(here.site, hosts=("no-such-host.invalid",))
    with pytest.raises(SourceFailed, match=r"no-such-host.invalid.*not known"):
        here.get("http://no-such-host.invalid/a")


def test_a_certificate_must_be_valid_and_the_users_own_may_be(
    here: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=here"]
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout", key, "-out", certificate]
    subprocess.run([openssl, *kind, *more], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with Server(tls).running() as server:
        server.routes.update({"/robots.txt": ALL, "/a": Reply(PAGE)})
        here.site = replace(here.site, hosts=(server.place,))
        with pytest.raises(SourceFailed, match="certificate is not valid"):
            here.get(server.url + "/a")
        assert server.asked == []
        assert here.waits() == []
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        assert here.get(server.url + "/a", seconds=6).text == PAGE
        here.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_of_the_user_that_cannot_be_read_are_a_message(
    here: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "own.pem").write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    with pytest.raises(UsageError, match="SSL_CERT_FILE"):
        here.get("/a")
    assert here.server.asked == []


def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    "proxy", ["socks5://me:secret@127.0.0.1:9", "http://me:secret@[::1:9", "http://", "http://here:port"]
)
def test_a_proxy_that_cannot_be_used_is_a_message_without_its_password(
    here: Asker, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    without_proxies(monkeypatch)
    monkeypatch.setenv("all_proxy", proxy)
    here.site = replace(here.site, hosts=("tenders.invalid",))
    with pytest.raises(UsageError, match="the proxy in the environment") as caught:
        here.get("http://tenders.invalid/a")
    assert "secret" not in str(caught.value)


def test_the_proxy_of_the_environment_is_used_but_never_for_loopback(
    here: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_proxies(monkeypatch)
    with Server().running() as proxy:
        proxy.routes["http://tenders.invalid/robots.txt"] = ALL
        proxy.routes["http://tenders.invalid/a"] = Reply(PAGE)
        monkeypatch.setenv("http_proxy", f"http://me:secret@{proxy.place}")
        here.site = replace(here.site, hosts=("tenders.invalid", here.server.place))
        assert here.get("/a", allow_private=True).text == PAGE
        assert proxy.asked == []
        assert here.get("http://tenders.invalid/a", allow_private=False).text == PAGE
        assert proxy.asked[0].headers["proxy-authorization"] == "Basic bWU6c2VjcmV0"
        here.close()


# -- robots.txt ---------------------------------------------------------------------------------------------------


def test_robots_txt_is_asked_first_and_once(here: Asker) -> None:
    here.get("/a")
    here.get("/a")
    assert here.server.paths(robots=True) == ["/robots.txt", "/a", "/a"]


def test_a_disallowed_path_is_not_asked_also_after_a_redirect(here: Asker) -> None:
    here.server.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /secret\n", kind="text/plain")
    here.server.routes["/old"] = Reply("", 302, {"Location": "/secret/a"})
    for path in ("/secret/a", "/old"):
        with pytest.raises(SourceFailed, match=r"robots\.txt.*does not allow"):
            here.get(path)
    assert here.server.paths() == ["/old"]
    assert here.get("/a").text == PAGE


def test_rules_for_our_own_name_win(here: Asker) -> None:
    here.server.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /\n\nUser-agent: tenders\nDisallow: /b\n")
    assert here.get("/a").text == PAGE


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_missing_robots_txt_allows_all(here: Asker, status: int) -> None:
    here.server.routes["/robots.txt"] = Reply("no", status)
    assert here.get("/a").text == PAGE


@pytest.mark.parametrize(
    "reply", [Reply("no", 500), Reply("no", 429), Reply(raw=b""), Reply("", 302, {"Location": "http://evil.test/"})]
)
def test_nothing_is_asked_while_robots_txt_cannot_be_read(here: Asker, reply: Reply) -> None:
    here.server.routes["/robots.txt"] = reply
    for _ in range(2):
        with pytest.raises(SourceFailed, match=r"robots\.txt cannot be read, so nothing is asked"):
            here.get("/a")
    assert here.server.paths() == []
    assert len(here.server.asked) <= 4


def test_robots_txt_is_read_for_at_least_500_kib(here: Asker) -> None:
    filler = "".join(f"# {n:061}\n" for n in range(8150))
    assert 500 * 1024 < len(filler) < 512 * 1024
    here.server.routes["/robots.txt"] = Reply("User-agent: *\n" + filler + "Disallow: /a\n" + filler)
    with pytest.raises(SourceFailed, match="does not allow"):
        here.get("/a")


def test_a_crawl_delay_widens_the_gap_and_an_absurd_one_is_told(here: Asker) -> None:
    here.server.routes["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 11\n")
    here.get("/a")
    assert [round(seconds) for seconds in here.slept] == [11]
    here.server.routes["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 86400\n")
    with pytest.raises(SourceFailed, match="86400 s between requests"):
        here.get("/a", attempts=1)


# -- conditions ---------------------------------------------------------------------------------------------------


def test_validators_are_returned_and_an_unchanged_page_is_not_sent_again(here: Asker) -> None:
    def conditional(ask: Asked) -> Reply:
        return Reply("", 304) if ask.headers.get("if-none-match") == '"v1"' else Reply(PAGE, headers={"ETag": '"v1"'})

    here.server.routes["/a"] = conditional
    fetcher, request = here.open(), Request(here.server.url + "/a")
    first = fetcher.fetch(request, here.site)
    assert first.page is not None
    assert first.validators == Validators(etag='"v1"')
    assert fetcher.fetch(request, here.site, first.validators).page is None
    assert fetcher.fetch(request, here.site, Validators(etag='"v0"')).page is not None


# -- pace ---------------------------------------------------------------------------------------------------------


def test_two_requests_to_one_host_keep_the_gap(here: Asker) -> None:
    here.site = replace(here.site, delay=0.2)
    with Fetcher(here.settings, lambda: NOW) as fetcher:
        for _ in range(3):
            fetcher.get(Request(here.server.url + "/a"), here.site)
    gaps = here.server.gaps()
    assert len(gaps) == 3
    assert min(gaps) >= 0.19


ANOTHER = """
import sys, time
from pathlib import Path
from tender_tracker.web.pace import Pace
pace = Pace(Path(sys.argv[1]))
for _ in range(3):
    with pace.turn("h.cn", 0.1):
        begin = time.time()
        time.sleep(0.03)
        print(begin, time.time())
"""


def test_the_gap_holds_across_processes_and_no_two_ask_at_once(tmp_path: Path) -> None:
    runs = [
        subprocess.Popen([sys.executable, "-c", ANOTHER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in "ab"
    ]
    lines = [line for run in runs for line in run.communicate(timeout=20)[0].splitlines()]
    turns = sorted(tuple(map(float, line.split())) for line in lines)
    assert len(turns) == 6
    assert all(later[0] - earlier[1] >= 0.099 for earlier, later in itertools.pairwise(turns))


def test_a_run_killed_in_its_request_has_asked_too(tmp_path: Path) -> None:
    killed = ANOTHER.replace("time.sleep(0.03)", "__import__('os')._exit(9)")
    assert subprocess.run([sys.executable, "-c", killed, str(tmp_path)]).returncode == 9
    slept: list[float] = []
    with Pace(tmp_path, sleep=slept.append).turn("h.cn", 60.0):
        pass
    assert 30 < slept[0] <= 60


def test_a_clock_set_back_waits_no_longer_than_the_gap(tmp_path: Path) -> None:
    slept: list[float] = []
    moments: Callable[[], float] = iter([5000.0] * 9 + [1000.0] * 9).__next__
    pace = Pace(tmp_path, clock=moments, sleep=slept.append)
    for _ in range(4):
        with pace.turn("h.cn", 2.0):
            pass
    assert slept == [2.0, 2.0, 2.0]


def test_a_host_that_another_run_never_lets_go_is_a_message(tmp_path: Path) -> None:
    pace = Pace(tmp_path, clock=iter(range(0, 9000, 50)).__next__, sleep=lambda _: None)
    with pace.turn("h.cn", 0), pytest.raises(SourceFailed, match="another run"), pace.turn("h.cn", 0):
        pass


def test_a_folder_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="cannot be written"), Pace(tmp_path / "file").turn("h.cn", 0):
        pass
