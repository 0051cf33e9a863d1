"""Delivery: what leaves is what was composed, it is sent once, and only a confirmation counts."""

from __future__ import annotations

import base64
import contextlib
import email
import email.policy
import hmac
import json
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import Result
from mailserver import MailServer
from server import Asked, Reply, Server
from weeks import at, record, run, store

from tender_tracker.delivery.chat import fitted, literal

Tenders = Callable[..., Result]
WEEK = ("--week", "2026-W47")
OK = Reply('{"errcode":0,"errmsg":"ok"}', kind="application/json")


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store(tmp_path_factory.mktemp("weeks") / "s.db")


@pytest.fixture
def own(weeks: Path, tmp_path: Path) -> Path:
    return shutil.copy(weeks, tmp_path / "s.db")


@pytest.fixture
def web() -> Iterator[Server]:
    with Server().running() as server:
        yield server


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer().running() as server:
        yield server


@dataclass
class Desk:
    """A store with a configuration, and calls of the program upon both."""

    db: Path
    file: Path
    tenders: Tenders
    patch: pytest.MonkeyPatch

    def target(self, name: str, **keys: Any) -> None:
        lines = "".join(f"{key.rstrip('_')} = {json.dumps(value)}\n" for key, value in keys.items())
        with self.file.open("a", encoding="utf-8") as file:
            file.write(f"[targets.{name}]\n{lines}")

    def mail(self, post: MailServer, name: str = "desk", **keys: Any) -> None:
        fixed = {"host": "127.0.0.1", "port": post.port, "security": "none", "allow_private": True}
        given = {"from": "tenders@example.org", "to": ["a@example.org", "b@example.org"]}
        self.target(name, kind="smtp", **{**fixed, **given, **keys})

    def __call__(self, *words: str) -> Result:
        return self.tenders("--db", self.db, "--config", self.file, "--lang", "zh", *words)

    def send(self, *targets: str) -> Result:
        return self("digest", *WEEK, *(word for target in targets or ("desk",) for word in ("--send", target)))

    def entries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self("outbox", "--json").out)
        return found

    def states(self) -> list[tuple[str, int]]:
        return [(entry["state"], entry["tries"]) for entry in self.entries()]

    def wait(self, **time: float) -> None:
        """Later, for the calls that follow."""
        self.patch.setenv("SOURCE_DATE_EPOCH", str(int((at(24, 9, 30) + timedelta(**time)).timestamp())))


@pytest.fixture
def desk(own: Path, tmp_path: Path, tenders: Tenders, monkeypatch: pytest.MonkeyPatch) -> Desk:
    (tmp_path / "config.toml").touch()
    return Desk(own, tmp_path / "config.toml", tenders, monkeypatch)


def parsed(body: bytes) -> EmailMessage:
    message = email.message_from_bytes(body, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


# mail


def test_a_mail_has_text_and_html_and_the_headers_of_a_list(desk: Desk, post: MailServer) -> None:
    desk.mail(post)
    assert desk.send() == Result(
        0, "", "desk：已送达 国产算力采购周报 2026-W47：新增必须国产 3（250 2.0.0 queued as 42）\n"
    )
    (taken,) = post.taken
    assert (taken.sender, taken.to) == ("tenders@example.org", ("a@example.org", "b@example.org"))
    message = parsed(taken.body)
    assert (message["From"], message["To"]) == ("tenders@example.org", "a@example.org, b@example.org")
    assert message["Subject"] == "国产算力采购周报 2026-W47：新增必须国产 3"
    assert message["Date"].datetime == at(24, 9, 30) and message["Content-Language"] == "zh"
    assert message["Message-ID"].endswith("@example.org>")
    assert (message["List-Id"], message["Auto-Submitted"]) == ("<desk.tenders.example.org>", "auto-generated")
    printed = {form: desk("digest", *WEEK, "--format", form).out for form in ("txt", "html")}
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None and html is not None
    assert html.get_content().replace("\r\n", "\n") == printed["html"]
    assert text.get_content().replace("\r\n", "\n").replace("--format html", "--format txt") == printed["txt"]
    assert all(line.isascii() and len(line) <= 998 for line in taken.body.decode().splitlines())


def test_a_dead_man_service_hears_whether_the_digest_has_gone(desk: Desk, post: MailServer, web: Server) -> None:
    for name in ("/d1g", "/d1g/start", "/d1g/fail"):
        web.routes[name] = Reply("OK", kind="text/plain")
    desk.mail(post)
    words = ("digest", *WEEK, "--send", "desk", "--ping-url", f"{web.url}/d1g")
    assert desk(*words, "--dry-run").code == 0
    assert web.paths() == []
    post.says = {"MAIL": "451 come back later"}
    assert desk(*words).code == 3
    post.says = {}
    desk.wait(days=1)
    assert desk(*words).code == 0
    assert web.paths() == ["/d1g/start", "/d1g/fail", "/d1g/start", "/d1g"]


def test_the_same_digest_is_never_sent_twice(desk: Desk, post: MailServer) -> None:
    desk.mail(post)
    desk.send()
    desk.wait(days=1)
    again = desk.send()
    assert (again.code, len(post.taken)) == (0, 1)
    assert again.err == "desk：国产算力采购周报 2026-W47：新增必须国产 3 已于 2026-11-24 09:30 送达，不再发送。\n"
    assert desk("outbox", "retry", "1").code == 2
    assert desk("digest", "--week", "2026-W46", "--send", "desk").code == 0
    assert len(post.taken) == 2


def test_a_week_that_is_not_over_is_not_sent(desk: Desk, post: MailServer) -> None:
    desk.mail(post)
    early = desk("digest", "--week", "2026-W48", "--send", "desk")
    assert early.code == 2 and "摘要在期间结束之后才发送" in early.err
    assert (desk.entries(), post.heard) == ([], [])
    assert desk("digest", "--week", "2026-W48", "--send", "desk", "--dry-run").out.startswith("From: ")


def test_the_page_of_five_minutes_does_what_it_says(
    demo: Path, tmp_path: Path, tenders: Tenders, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[1] / "docs" / "digest-in-five-minutes.md").read_text("utf-8")
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", page, re.M | re.S)
    config, own = (body for kind, body in blocks if kind == "toml")
    server = next(body for kind, body in blocks if kind == "python")
    lines = [line for kind, body in blocks if kind == "sh" for line in body.splitlines()]
    commands = [line for line in lines if line.startswith("tenders ") and "fetch" not in line]  # its store is at hand
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TENDERS_CONFIG", "config.toml")
    shutil.copy(demo, tmp_path / "tenders.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    (tmp_path / "config.toml").write_text(config.replace("2525", port), "utf-8")
    (tmp_path / "catch.py").write_text(server.replace("2525", port), "utf-8")
    printed = []
    with contextlib.ExitStack() as running:
        for command in commands:
            words = shlex.split(command.split(";")[0].split("|")[0])[1:]
            if words == ["outbox", "retry"]:
                process = running.enter_context(subprocess.Popen([sys.executable, "-u", "catch.py"], stdout=-3))
                running.callback(process.kill)
                listening(int(port))
            result = tenders(*words)
            printed.append((words, result.code))
    assert [code for words, code in printed if "digest" in words] == [0, 3, 0, 0]
    assert [code for words, code in printed if "digest" not in words] == [0, 0]
    mail = parsed((tmp_path / "mail.eml").read_bytes())
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    (tmp_path / "config.toml").write_text(own, "utf-8")
    assert "TENDERS_MAIL_PASSWORD" in tenders("schedule").out


def listening(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("catch.py does not listen")


def test_a_dry_run_prints_the_message_to_the_byte_and_sends_nothing(desk: Desk, post: MailServer) -> None:
    desk.mail(post)
    before = desk.db.read_bytes()
    dry = desk("digest", *WEEK, "--send", "desk", "--dry-run")
    assert (dry.code, post.heard, desk.db.read_bytes()) == (0, [], before)
    desk.send()
    assert dry.out.encode() == post.taken[0].body


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"MAIL": "451 come back later"}, "发件人被拒绝（451 come back later）"),
        ({"RCPT": "550 nobody here"}, "a@example.org: 550 nobody here"),
        ({"DATA": "554 no"}, "被拒绝（554 no）"),
        ({".": "552 too large"}, "被拒绝（552 too large）"),
        ({"HELLO": "421 too busy"}, "421 too busy"),
        ({"HELLO": "DROP"}, "无法连接"),
        ({"RCPT": "DROP"}, "连接意外断开"),
    ],
)
def test_a_refused_mail_waits_and_is_sent_once_later(
    desk: Desk, post: MailServer, says: dict[str, str], why: str
) -> None:
    desk.mail(post)
    post.says = says
    refused = desk.send()
    assert refused.code == 3 and why in refused.err and "Traceback" not in refused.err
    assert (desk.states(), post.taken) == ([("queued", 1)], [])
    post.says = {}
    assert desk("outbox", "retry").code == 0
    assert (desk.states(), len(post.taken)) == ([("sent", 2)], 1)
    assert desk.send().code == 0
    assert len(post.taken) == 1


def test_tries_come_at_growing_distances(desk: Desk, post: MailServer) -> None:
    desk.mail(post)
    post.says = {"MAIL": "451 later"}
    desk.send()
    tried = []
    for hour in (0, 0.5, 1.5, 2, 6, 8, 20, 33, 40, 57):
        desk.wait(hours=hour)
        before = desk.states()
        desk("outbox", "retry")
        tried += [hour] if desk.states() != before else []
    assert tried == [0, 1.5, 8, 33, 57]
    waits = desk.send()
    assert waits.code == 3 and "仍在发件箱" in waits.err


def test_a_line_that_drops_before_the_confirmation_leaves_doubt_and_the_same_mail_is_sent_again(
    desk: Desk, post: MailServer
) -> None:
    desk.mail(post)
    post.says = {".": "DROP"}
    broken = desk.send()
    assert broken.code == 3 and "可能已经送达" in broken.err
    assert desk.states() == [("doubt", 1)]
    post.says = {}
    desk.wait(days=1)
    again = desk("--quiet", "outbox", "retry")
    assert again.code == 0 and "Message-ID" in again.err
    assert post.taken[0].body == post.taken[1].body


def test_who_has_got_the_mail_does_not_get_it_again_for_one_who_was_refused(desk: Desk, post: MailServer) -> None:
    desk.mail(post)
    post.says = {"RCPT TO:<b@": "450 mailbox busy"}
    partly = desk.send()
    assert partly.code == 3 and "1 个收件人已收下，b@example.org: 450 mailbox busy 被拒收" in partly.err
    post.says = {}
    assert desk("outbox", "retry").code == 0
    assert [taken.to for taken in post.taken] == [("a@example.org",), ("b@example.org",)]


def test_a_run_that_dies_while_sending_leaves_its_message_in_doubt(
    desk: Desk, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tender_tracker.delivery.send as sending

    desk.mail(post)
    with monkeypatch.context() as patch:
        patch.setattr(sending.smtp, "send", lambda *words: (_ for _ in ()).throw(KeyboardInterrupt))
        assert desk.send().code == 130
    assert desk.states() == [("doubt", 1)]
    assert desk.send().code == 0
    assert (desk.states(), len(post.taken)) == ([("sent", 2)], 1)


def test_a_run_that_is_killed_before_the_answer_is_stored_sends_the_same_mail_again(
    desk: Desk, post: MailServer
) -> None:
    desk.mail(post)
    words = ["--db", str(desk.db), "--config", str(desk.file), "digest", *WEEK, "--send", "desk"]
    with subprocess.Popen([sys.executable, "-m", "tender_tracker", *words], stderr=subprocess.PIPE) as process:
        post.before_answer = process.kill
        process.communicate(timeout=30)
    post.before_answer = lambda: None
    assert (process.returncode, desk.states()) == (-9, [("doubt", 1)])
    again = desk.send()
    assert again.code == 0 and "可能已经送达" in again.err
    assert [taken.body for taken in post.taken] == [post.taken[0].body] * 2
    assert desk.states() == [("sent", 2)]


def test_a_mail_server_that_says_nothing_or_too_slowly_is_left(
    desk: Desk, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.mail(post)
    monkeypatch.setattr("tender_tracker.delivery.smtp.WAIT", 0.2)
    post.before_answer = lambda: time.sleep(0.4)
    silent = desk.send()
    assert silent.code == 3 and "没有确认（0.2 秒内没有回答）" in silent.err
    assert desk.states() == [("doubt", 1)]
    monkeypatch.setattr("tender_tracker.delivery.smtp.WAIT", 20.0)
    monkeypatch.setattr("tender_tracker.delivery.smtp.SECONDS", 0.2)
    endless = desk.send()
    assert endless.code == 3 and "没有确认" in endless.err


def test_no_mail_is_sent_unencrypted_where_starttls_is_asked_for(desk: Desk, post: MailServer) -> None:
    desk.mail(post, security="starttls")
    refused = desk.send()
    assert refused.code == 3 and "不支持 STARTTLS；什么也没有发送" in refused.err
    assert not any(word.startswith(("MAIL", "AUTH")) for word in post.heard)


def test_a_private_mail_server_is_spoken_to_only_when_that_is_allowed(desk: Desk, post: MailServer) -> None:
    desk.mail(post, allow_private=False)
    refused = desk.send()
    assert (
        refused.code == 3 and "127.0.0.1 是内网地址；如要允许，在 targets.desk 中写 allow_private = true" in refused.err
    )
    assert [word for word in post.heard if word != "quit"] == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    key, file = str(folder / "key.pem"), str(folder / "certificate.pem")
    kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=here"]
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout", key, "-out", file]
    subprocess.run([openssl, *kind, *more], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file, key)
    return Path(file), tls


def test_a_login_goes_over_tls_and_a_wrong_one_shows_no_password(
    desk: Desk, certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer(login=("desk", "s3cret-word"), tls=certificate[1]).running() as post:
        desk.mail(post, security="starttls", user="desk", password_env="MAIL_PASSWORD")
        assert "变量 MAIL_PASSWORD 没有设置" in desk.send().err
        assert desk.entries() == []
        monkeypatch.setenv("MAIL_PASSWORD", "wrong-word")
        unknown = desk.send()
        assert unknown.code == 3 and "其证书无效" in unknown.err
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        refused = desk.send()
        assert refused.code == 3 and "登录被拒绝（535）" in refused.err
        assert "wrong-word" not in refused.err + json.dumps(desk.entries())
        monkeypatch.setenv("MAIL_PASSWORD", "s3cret-word")
        desk.wait(days=1)
        assert desk.send().code == 0
        assert len(post.taken) == 1
    assert not any(b"s3cret" in file.read_bytes() for file in desk.db.parent.glob("s.db*"))


def test_a_hostile_title_breaks_out_of_no_header_and_no_part(desk: Desk, post: MailServer) -> None:
    evil = "智算\r\nBcc: x@evil.example\r\n\r\n.\r\n--tenders-0\x1b[31m<script>alert(1)</script>"
    run(desk.db, at(20, 9), [record("999", at(20, 8), project_name=evil, title=evil)])
    desk.mail(post)
    assert desk.send().code == 0
    (taken,) = post.taken
    message = parsed(taken.body)
    assert message["Bcc"] is None and taken.to == ("a@example.org", "b@example.org")
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text, html = (part.get_content() for part in message.walk() if not part.is_multipart())
    assert "Bcc: x@evil.example" in text and "\x1b" not in text + html and "<script>" not in html


# bots and webhooks


def body_of(ask: Asked) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask.body)
    return found


def bot(desk: Desk, web: Server, kind: str, answer: Reply | list[Reply], name: str = "desk", **keys: Any) -> None:
    web.routes[f"/{name}/k3y"] = answer  # type: ignore[assignment]
    desk.target(name, kind=kind, url=f"{web.url}/{name}/k3y", allow_private=True, **keys)


GOOD = {
    "wecom": '{"errcode":0,"errmsg":"ok"}',
    "dingtalk": '{"errcode":0,"errmsg":"ok"}',
    "feishu": '{"code":0,"data":{},"msg":"success"}',
    "slack": "ok",
    "webhook": "",
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_bot_that_confirms_is_told_once(desk: Desk, web: Server, kind: str) -> None:
    bot(desk, web, kind, Reply(GOOD[kind]))
    assert desk.send().code == 0
    assert desk.send().code == 0
    (ask,) = web.asked
    assert ask.headers["content-type"].startswith("application/json")
    assert "新增必须国产" in ask.body.decode()
    assert desk.states() == [("sent", 1)]


@pytest.mark.parametrize(
    ("kind", "answer", "why"),
    [
        ("wecom", Reply('{"errcode":40058,"errmsg":"markdown.content exceed max length 4096"}'), "40058"),
        ("dingtalk", Reply('{"errcode":310000,"errmsg":"sign not match"}'), "sign not match"),
        ("feishu", Reply('{"code":19021,"msg":"sign match fail"}'), "sign match fail"),
        ("slack", Reply("invalid_payload", 400), "HTTP 400 invalid_payload"),
        ("slack", Reply("<html>log in</html>"), "状态码虽为 200，对方仍拒收"),
        ("wecom", Reply("<html>log in</html>"), "状态码虽为 200，对方仍拒收"),
        ("wecom", Reply('{"errcode":false}'), "状态码虽为 200，对方仍拒收"),
        ("webhook", Reply("boom", 500), "HTTP 500 boom"),
        ("webhook", Reply("", 302, {"Location": "http://127.0.0.1:9/else"}), "它转向别处，程序不跟随"),
    ],
)
def test_a_bot_that_refuses_has_not_got_the_message_whatever_its_status(
    desk: Desk, web: Server, kind: str, answer: Reply, why: str
) -> None:
    bot(desk, web, kind, [answer, Reply(GOOD[kind])])
    refused = desk.send()
    assert refused.code == 3 and why in refused.err
    assert "k3y" not in refused.err + json.dumps(desk.entries())
    assert (desk.states(), len(web.asked)) == ([("queued", 1)], 1)
    assert desk.send().code == 0
    assert desk.states() == [("sent", 2)]


def test_an_answer_that_never_comes_leaves_doubt(desk: Desk, web: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tender_tracker.web.post.SECONDS", 0.3)
    bot(desk, web, "webhook", [Reply("ok", drip=0.2), Reply("ok")])
    late = desk.send()
    assert late.code == 3 and "可能已经送达" in late.err and "k3y" not in late.err
    assert desk.send().code == 0
    first, second = web.asked
    assert first.body == second.body
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == body_of(first)["id"]


def test_a_service_that_cannot_be_reached_leaves_none(desk: Desk, web: Server) -> None:
    bot(desk, web, "webhook", Reply("ok"))
    desk.file.write_text(desk.file.read_text("utf-8").replace(str(web.port), "9"), "utf-8")
    refused = desk.send()
    assert refused.code == 3 and "无法连接" in refused.err and "k3y" not in refused.err
    assert desk.states() == [("queued", 1)]


def test_a_private_service_is_asked_only_when_that_is_allowed(desk: Desk, web: Server) -> None:
    desk.target("desk", kind="slack", url=f"{web.url}/hook/k3y")
    refused = desk.send()
    assert refused.code == 3 and "内网地址" in refused.err
    assert web.asked == []


def test_dingtalk_and_feishu_are_signed_and_the_secret_stays_here(
    desk: Desk, web: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_SECRET", "SEC-42")
    stamp = int(at(24, 9, 30).timestamp())

    def sign(key: str, text: str) -> str:
        return base64.b64encode(hmac.digest(key.encode(), text.encode(), "sha256")).decode()

    bot(desk, web, "dingtalk", OK, secret_env="BOT_SECRET")
    bot(desk, web, "feishu", Reply('{"code":0}'), name="lark", secret_env="BOT_SECRET")
    assert desk.send("desk").code == 0
    asked = {name: words[0] for name, words in parse_qs(urlsplit(web.asked[0].path).query).items()}
    assert asked == {"timestamp": f"{stamp}000", "sign": sign("SEC-42", f"{stamp}000\nSEC-42")}
    assert desk.send("lark").code == 0
    body = body_of(web.asked[1])
    assert (body["timestamp"], body["sign"]) == (str(stamp), sign(f"{stamp}\nSEC-42", ""))
    assert b"SEC-42" not in web.asked[1].body


def many(path: Path, count: int) -> None:
    run(path, at(20, 9), [record(f"{7000 + n}", at(20, 8), budget=10_000_000 + n) for n in range(count)])


def test_wecom_gets_at_most_4096_bytes_the_largest_first_and_how_many_more(desk: Desk, web: Server) -> None:
    many(desk.db, 60)
    bot(desk, web, "wecom", OK, link="https://desk.example.org/{period}.html")
    assert desk.send().code == 0
    text = body_of(web.asked[0])["markdown"]["content"]
    assert 3_000 < len(text.encode()) <= 4_096
    assert text.startswith("**国产算力采购周报 2026-W47：新增必须国产 63**\n")
    shown = text.count("\n**")
    assert text.splitlines()[-1] == (
        f"… 另有 {63 - text.count('[公告]')} 项：[全文](https://desk.example.org/2026-W47.html)"
    )
    assert shown == text.count("[公告]") > 3


def test_a_text_is_cut_at_the_border_of_a_character() -> None:
    for limit in range(30, 60):
        text = fitted("国产" * 40, ["甲"], lambda n: f"… {n} more", 7, limit)
        assert len(text.encode()) <= limit
        assert text.endswith("…\n\n… 7 more") and "\ufffd" not in text
    assert fitted("头", ["甲", "乙"], lambda n: f"+{n}" if n else "", 2, 100) == "头\n\n甲\n\n乙"
    assert fitted("头", ["甲", "乙"], lambda n: f"+{n}" if n else "", 2, 12) == "头\n\n甲\n\n+1"


def test_nothing_of_a_title_comes_alive_in_a_chat() -> None:
    evil = "<!channel> <@all> [x](http://evil.example) **b** `c` @everyone www.evil.example\n# h"
    dead = literal(evil)
    assert not any(mark in dead for mark in ("<", ">", "[", "](", "*", "`", "@", "#", "://", "www.", "\n"))
    assert "evil.example" in dead


def test_the_webhook_has_the_whole_digest(desk: Desk, web: Server) -> None:
    bot(desk, web, "webhook", Reply("", 204), token="t0ken")
    assert desk.send().code == 0
    body, printed = body_of(web.asked[0]), json.loads(desk("digest", *WEEK, "--json").out)
    assert body["digest"] == printed
    assert body["title"] == "国产算力采购周报 2026-W47：新增必须国产 3" and body["markdown"].startswith("# ")
    assert web.asked[0].headers["authorization"] == "Bearer t0ken"


# files, several targets, the outbox


def test_a_file_is_written_whole_under_the_name_of_its_week(desk: Desk) -> None:
    desk.target("page", kind="file", path="out/{period}.html")
    assert desk.send("page").code == 0
    page = desk.file.with_name("out") / "2026-W47.html"
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert list(page.parent.iterdir()) == [page]


def test_a_file_that_cannot_be_written_waits(desk: Desk) -> None:
    desk.file.with_name("out").touch()
    desk.target("page", kind="file", path="out/{period}.html")
    refused = desk.send("page")
    assert refused.code == 3 and "无法创建" in refused.err
    desk.file.with_name("out").unlink()
    assert desk("outbox", "retry").code == 0


def test_one_target_that_fails_touches_no_other(desk: Desk, web: Server, post: MailServer) -> None:
    desk.mail(post)
    bot(desk, web, "wecom", Reply("", 500), name="group", lang="en")
    assert desk.send("group", "desk").code == 3
    assert (desk.states(), len(post.taken)) == ([("queued", 1), ("sent", 1)], 1)
    assert "Every source" in web.asked[0].body.decode() or "lower bounds" in web.asked[0].body.decode()


def test_a_digest_since_the_last_is_remembered_only_with_its_messages(desk: Desk, post: MailServer) -> None:
    desk.mail(post)
    post.says = {"MAIL": "451 later"}
    assert desk("digest", "--since-last", "--send", "desk").code == 3
    assert desk.states() == [("queued", 1)]
    post.says = {}
    desk.wait(hours=1)
    assert desk("digest", "--since-last", "--send", "desk").code == 0
    first, second = (parsed(taken.body)["Subject"] for taken in post.taken)
    assert first == "国产算力采购摘要 2026-11-17 至 2026-11-24：新增必须国产 4"
    assert second == "国产算力采购摘要 2026-11-24 至 2026-11-24：新增必须国产 0"


def test_a_dropped_message_is_sent_by_name_only(desk: Desk, post: MailServer) -> None:
    desk.mail(post)
    post.says = {"MAIL": "550 no"}
    desk.send()
    dropped = desk("outbox", "drop", "1")
    assert (dropped.code, desk.states()) == (0, [("dropped", 1)])
    post.says = {}
    assert "已放弃" in desk.send().err
    assert post.taken == []
    assert desk("outbox", "retry", "1").code == 0
    assert desk.states() == [("sent", 2)]
    assert desk("outbox", "drop", "1").code == 2
    assert desk("outbox", "drop", "7").code == desk("outbox", "retry", "x").code == 2


def test_a_message_whose_target_is_gone_waits_and_says_so(desk: Desk, post: MailServer) -> None:
    desk.mail(post)
    post.says = {"MAIL": "451 later"}
    desk.send()
    desk.file.write_text("", "utf-8")
    gone = desk("outbox", "retry")
    assert gone.code == 3 and "配置中已没有这个收件方" in gone.err


def test_the_outbox_is_a_table_and_says_when_it_is_empty(desk: Desk, post: MailServer) -> None:
    assert desk("outbox") == Result(0, "", "发件箱是空的。\n")
    desk.mail(post)
    desk.send()
    heading, row = desk("outbox").lines
    assert heading.split("\t")[:4] == ["编号", "收件方", "标题", "状态"]
    assert row.split("\t")[:2] == ["1", "desk"] and "已送达" in row
    assert desk("outbox", "retry").err == "没有到时间的消息；0 条在等待。\n"


# the configuration


def test_secrets_of_targets_are_masked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT", "https://bot.example/k3y")
    desk.target("a", kind="dingtalk", url="https://bot.example/k3y", secret="s3cret")
    desk.target(
        "b", kind="smtp", host="mail.example", user="u", password="s3cret", from_="a@b.example", to=["c@d.example"]
    )
    desk.target("c", kind="slack", url_env="BOT")
    shown = desk("config", "show").out
    assert "k3y" not in shown and "s3cret" not in shown
    assert "kind=smtp host=mail.example" in shown and "password=***" in shown and "url=$BOT" in shown


def test_the_doctor_says_what_waits_and_which_secret_is_missing(desk: Desk, web: Server) -> None:
    bot(desk, web, "slack", Reply("no", 500), name="group")
    desk.target("page", kind="slack", url_env="PAGE_URL")
    assert desk.send("group").code == 3
    found = {row["check"]: row for row in json.loads(desk("doctor", "--json").out)}
    assert found["target page"]["code"] == 2 and "PAGE_URL is not set" in found["target page"]["detail"]
    assert (
        found["outbox"]["code"] == 3 and "1 not delivered; since 2026-11-24 09:30 to group" in found["outbox"]["detail"]
    )
    desk.file.chmod(0o644)
    assert "密钥" in desk("doctor").out
    desk.file.write_text('[targets.page]\nkind = "slack"\nurl_env = "SECRET_URL"\n', "utf-8")
    assert "secrets" not in desk("doctor").out


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ('kind = "pigeon"', "可用：smtp, file"),
        ('kind = "slack"', "须有 url 或 url_env"),
        ('kind = "slack"\nurl = "ftp://x"', "须为 http 或 https 地址"),
        ('kind = "slack"\nurl = "https://x"\nurl_env = "X"', "url 与 url_env 只能给一个"),
        ('kind = "slack"\nurl_env = "https://hooks.example/k3y"', "url_env 须为变量名"),
        ('kind = "slack"\nurl = "https://x"\nsecret = "y"', "没有键 'secret'"),
        ('kind = "file"\npath = "digest.doc"', "看不出格式"),
        ('kind = "smtp"\nhost = "h"\nfrom = "a@b.c"\nto = ["x@y.z\\nBcc: q@r.s"]', "纯邮件地址"),
        ('kind = "smtp"\nhost = "h"\nfrom = "Desk <a@b.c>"\nto = ["x@y.z"]', "纯邮件地址"),
        ('kind = "smtp"\nhost = "h"\nfrom = "a@b.c"\nto = []', "邮件地址列表"),
        ('kind = "smtp"\nhost = "h"\nfrom = "a@b.c"\nto = ["x@y.z"]\nuser = "u"', "须一起给出"),
        (
            'kind = "smtp"\nhost = "h"\nfrom = "a@b.c"\nto = ["x@y.z"]\nuser = "u"\npassword = "p"\nsecurity = "none"',
            "密码不会不加密地经网络发送",
        ),
        ('kind = "smtp"\nhost = "h"\nfrom = "a@b.c"\nto = ["x@y.z"]\nport = 0', "须为 587 这样的端口"),
    ],
)
def test_a_target_with_a_mistake_is_refused_by_name(desk: Desk, table: str, why: str) -> None:
    desk.file.write_text(f"[targets.desk]\n{table}\n", "utf-8")
    result = desk("config", "show")
    assert result.code == 2 and why in result.err and "k3y" not in result.err


def test_a_target_that_is_not_there_is_named(desk: Desk) -> None:
    result = desk.send("nobody")
    assert result.code == 2 and "没有名为 'nobody' 的收件方" in result.err
