"""A page that refuses is recognised before it is parsed, and a notice that only speaks of such things is not refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tender_tracker.errors import PageBroken, PageRefused
from tender_tracker.model import Page
from tender_tracker.pages import judge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NOTICE = "<p>项目编号：A-1</p><p>采购人：甲局</p><p>投标截止时间：2026年1月9日</p>"


def page(text: str, media: str = "html", file: str | None = "x.html") -> Page:
    return Page(text, media, NOW, file=file)  # type: ignore[arg-type]


def whole(title: str, body: str) -> Page:
    return page(f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>")


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (whole("频繁访问!中国政府采购网", "<p>您的访问过于频繁,请稍后再试。</p><p>网站标识码</p>"), "blocked"),
        (whole("提示", "<p>您的 IP 因访问异常已被限制</p>"), "blocked"),
        (whole("Error", "<h1>403 Forbidden</h1>"), "blocked"),
        (whole("安全验证", "<p>请完成验证后继续访问</p>"), "challenge"),
        (page("<script>document.cookie='a='+1;location.reload()</script>"), "challenge"),
        (whole("", "<p>请按住滑块，完成验证</p>"), "challenge"),
        (whole("用户登录", "<form>账号<input></form>"), "login"),
        (whole("平台", "<form>账号 <input name=u> <input type='password'></form>"), "login"),
        (whole("页面不存在", "<p>返回首页</p>"), "not_found"),
        (whole("平台", "<p>您访问的公告不存在或已被删除</p>"), "not_found"),
        (whole("空", "  "), "not_a_notice"),
        (page(("任红霞，山西省儿童医院，主任医师。" * 30).encode().decode("latin-1")), "not_a_notice"),
        (page(("项目已经公开招标采购人" * 60).encode().decode("gb18030", "replace")), "not_a_notice"),
        (page('{"code":800,"msg":"操作太频繁"}', "json"), "blocked"),
        (page('{"code":829,"msg":"captcha"}', "json"), "challenge"),
        (page('{"code":401,"message":"token"}', "json"), "login"),
        (page('{"success":false,"error":"系统异常"}', "json"), "not_a_notice"),
    ],
)
def test_a_refusing_page_is_refused_with_its_reason(refused: Page, reason: str) -> None:
    with pytest.raises(PageRefused) as caught:
        judge.check(refused)
    assert caught.value.reason == reason
    assert str(caught.value).startswith("x.html: ")
    assert "\n" not in str(caught.value)
    assert judge.NEXT[reason] in str(caught.value)


@pytest.mark.parametrize(
    "good",
    [
        whole("统一身份认证平台采购项目公开招标公告", NOTICE),
        whole("某公告", NOTICE + "<p>获取文件请先登录平台，输入验证码。访问过于频繁时请稍后。</p>"),
        page(NOTICE),
        page("项目编号：A-1 采购人：甲局 预算金额：5万元", "text"),
        page('{"bulletinTitle":"某公告","bulletinContent":"' + "请登录平台下载。" * 80 + '"}', "json"),
    ],
)
def test_a_notice_that_speaks_of_such_things_is_not_refused(good: Page) -> None:
    judge.check(good)


def test_a_whole_page_without_its_end_is_broken() -> None:
    with pytest.raises(PageBroken, match="cut off"):
        judge.check(page(f"<!doctype html><html><head><title>某公告</title></head><body>{NOTICE}<p>本项"))


def test_a_page_without_a_file_is_named_by_its_address() -> None:
    with pytest.raises(PageRefused, match=r"^https://a\.example/1: "):
        judge.check(Page("<script>location.reload()</script>", "html", NOW, url="https://a.example/1"))


@pytest.mark.parametrize("tag", ["div", "PRE", "b", "font color=red"])
def test_elements_nested_without_end_are_refused_before_a_tree_is_built(tag: str) -> None:
    with pytest.raises(PageBroken, match=r"x.html: its elements nest more than 1,000 deep"):
        judge.check(whole("服务器采购公告", f"<{tag}>" * 100_000 + NOTICE))


@pytest.mark.parametrize(
    "body", ["<p>行" * 5_000, "<table>" + "<tr><td>行" * 5_000, "<div><b>行</b></div>" * 5_000, "<br>" * 5_000]
)
def test_many_elements_side_by_side_are_a_page_like_any_other(body: str) -> None:
    judge.check(whole("服务器采购公告", body + NOTICE))
