"""Page → refusal before anything is parsed: a block page, challenge, login or soft 404 sent as 200 is no notice."""

from __future__ import annotations

import json
import re
from itertools import islice

from tender_tracker.errors import PageBroken, PageRefused
from tender_tracker.model import Page
from tender_tracker.pages.html import block_text, title_of
from tender_tracker.pages.json_pieces import check_weight
from tender_tracker.pages.nesting import DEEPEST, is_too_deep

_WORDS_OF_NOTICES = (
    "采购单位", "项目名称", "项目编号", "采购人", "招标人", "代理机构", "预算金额", "截止时间", "供应商", "中标",
    "成交", "招标文件",
)  # fmt: skip
MAX_TAGS = 250_000
"""Tags of one page: an element takes some 200 bytes of memory."""
MAX_MARKUP = 2_000_000
"""Characters of a page with all its markup: its text and its tree are several times as large in memory."""
MAX_TEXT = 400_000
"""Characters of one notice. The longest print whole tender documents, some 200,000; each demand in it costs memory."""
_SHORT = 1500
"""Visible characters above which a page says more than a refusal would."""
_REFUSALS = (
    ("blocked", re.compile(
        r"(?:访问|操作|请求|查询)(?:过于|太|过)?频繁|频繁访问|访问被(?:拒绝|拦截|阻断|禁止)|请求被(?:拒绝|拦截|阻断)|拒绝访问|"
        r"(?:IP|ip)[^。]{0,12}(?:限制|封禁|封锁|禁止)|异常访问|Access Denied|Too Many Requests|403 Forbidden|"
        r"request blocked",
        re.IGNORECASE)),
    ("challenge", re.compile(
        r"安全验证|人机验证|滑动验证|验证码|完成验证|captcha|Just a moment|Checking your browser|"
        r"正在(?:检查|验证)您的浏览器|(?:启用|开启|打开)\s*(?:JavaScript|cookie)|enable JavaScript",
        re.IGNORECASE)),
    ("login", re.compile(
        r"请(?:先)?登录|登录后(?:查看|可|才)|统一身份认证|用户登录|账号登录|会员登录|Please log ?in|Sign in",
        re.IGNORECASE)),
    ("not_found", re.compile(
        r"\b404\b|页面(?:不存在|已删除|丢失|未找到|找不到)|找不到(?:该|您|页面|文件)|(?:访问|查看|请求)的(?:页面|内容|信息|公告)[^。]{0,8}(?:不存在|已|失效|找不到)|"
        r"(?:信息|公告|文章)(?:不存在|已被?删除|已下线)|Not Found",
        re.IGNORECASE)),
)  # fmt: skip
_CHALLENGE_SCRIPT = re.compile(
    r"document\.cookie|__jsl|acw_sc__v2|_0x[0-9a-f]{4}|eval\(|location\.(?:href|reload|replace)|challenge"
)
_SITE_NAME = re.compile(r"[\u4e00-\u9fff]*(?:采购网|招标网|交易(?:中心|平台|网))")
_SPEAKS = re.compile(r"采购|招标|公告|公示|项目|中标|成交|磋商|询价|谈判")
"""A notice may buy 统一身份认证 or 验证码平台."""
_PAGE_END = re.compile(r"</(?:html|body|frameset)\s*>", re.IGNORECASE)
_PASSWORD = re.compile(r"""<input[^>]*type\s*=\s*["']?password""", re.IGNORECASE)
_UTF8_AS_LATIN = re.compile(r"[\u00c2\u00c3\u00e2-\u00ef][\u0080-\u00bf\u0152-\u0178\u2013-\u2122]")
_UTF8_AS_GBK = re.compile(r"锛|銆|鐨|鏂囦|閲囪|鎷涙|椤圭|涓浗|锟斤拷|鍏憡")
_CJK = re.compile(r"[\u4e00-\u9fff]")
NEXT = {
    "blocked": "the site refuses for now: wait an hour or more, then fetch again more slowly",
    "challenge": "the site asks for a browser: open the page there and save it, then read the saved page",
    "login": "the page needs an account: log in with a browser and save the page, then read the saved page",
    "not_found": "the page is gone: check its address",
    "not_a_notice": "nothing to do, unless this should be a notice: then save the page again",
}


def check_length(text: str, name: str) -> None:
    """Raises PageBroken for a text too long to be one notice."""
    if len(text) > MAX_TEXT:
        raise PageBroken(f"{name}: a text of {len(text):,} characters, as no notice has; split it or read it by eye")


def check_size(page: Page) -> None:
    """Raises PageBroken for markup or JSON that takes more memory than a page should, once it is taken apart."""
    if page.media == "json":
        check_weight(page.text, place(page))
    elif len(page.text) > MAX_MARKUP:
        raise PageBroken(
            f"{place(page)}: more than {MAX_MARKUP:,} characters with its markup, as no page has; not read"
        )
    elif len(page.text) > MAX_TAGS and page.text.count("<") > MAX_TAGS:
        raise PageBroken(f"{place(page)}: more than {MAX_TAGS:,} tags, as in no notice; save or fetch it again")


def check(page: Page) -> None:
    """Returns when the page may be a notice or a list. Raises PageRefused or PageBroken, saying what to do."""
    text = page.text
    if page.media == "json":
        check_size(page)
        _check_json(page)
        return
    if page.media == "text":
        check_length(text, place(page))
    else:
        check_size(page)
    if page.media == "html" and is_too_deep(text):
        raise PageBroken(
            f"{place(page)}: its elements nest more than {DEEPEST:,} deep, as in no notice; save or fetch it again"
        )
    words = title_of(text) if page.media == "html" else ""
    if "网" in words or "交易" in words:
        words = _SITE_NAME.sub("", words).strip()
    if len(words) < 60 and not _SPEAKS.search(words):
        _refuse_words(page, words, "its title is")
    if page.media == "html" and _is_cut(text):
        raise PageBroken(f"{place(page)}: cut off, the page has no end (</html>); save or fetch it again")
    found = (word for word in _WORDS_OF_NOTICES if word in text)
    if len(list(islice(found, 3))) == 3:
        return
    visible = block_text(text) if page.media == "html" else text.strip()
    if len(visible) < _SHORT:
        _refuse_script(page, visible)
        _refuse_words(page, visible, "it says")
        if _PASSWORD.search(text):
            raise refusal(page, "login", "it is a login form")
    _refuse_unreadable(page, visible)


def _is_cut(html: str) -> bool:
    """A whole page that stops in the middle; a body without its page (a fragment) has no end to miss."""
    end = max(0, len(html) - 4000)
    if html.rfind("</html>", end) >= 0 or "<html" not in html[:2000].lower():
        return False
    return not _PAGE_END.search(html, end)


def refusal(page: Page, reason: str, why: str) -> PageRefused:
    """The error for one page: where it came from, why it is refused, what to do next."""
    return PageRefused(reason, f"{place(page)}: {reason.replace('_', ' ')}: {why}; {NEXT[reason]}")


def place(page: Page) -> str:
    """What to call the page in a message: its file, else its address."""
    return page.file or page.url or "page without an address"


def _refuse_words(page: Page, words: str, how: str) -> None:
    for reason, pattern in _REFUSALS:
        found = pattern.search(words)
        if found:
            raise refusal(page, reason, f"{how} {found.group()!r}")


def _refuse_script(page: Page, visible: str) -> None:
    if visible:
        return
    if _CHALLENGE_SCRIPT.search(page.text):
        raise refusal(page, "challenge", "it is a script without any visible text")
    raise refusal(page, "not_a_notice", "it has no visible text")


def _refuse_unreadable(page: Page, visible: str) -> None:
    """Text saved in the wrong encoding has few Chinese characters, or those that UTF-8 bytes make when read as GBK."""
    broken = len(_UTF8_AS_LATIN.findall(visible)) + visible.count("\ufffd")
    if broken > 20 and broken > len(_CJK.findall(visible)):
        raise refusal(page, "not_a_notice", "its characters are mis-encoded")
    if len(_UTF8_AS_GBK.findall(visible)) * 50 > len(visible):
        raise refusal(page, "not_a_notice", "its characters are UTF-8 read as GBK")


def _has_content(value: object) -> bool:
    """A value an error answer would not have: records, or a text longer than a message."""
    return bool(value) and (isinstance(value, (list, dict)) or (isinstance(value, str) and len(value) > 300))


def _check_json(page: Page) -> None:
    """An error answer is a small object with a message and no records."""
    if len(page.text) > 4000:
        return
    try:
        answer = json.loads(page.text)
    except ValueError:
        return
    if not isinstance(answer, dict) or any(_has_content(value) for value in answer.values()):
        return
    message = " ".join(str(value) for value in answer.values() if isinstance(value, str))
    code = str(answer.get("code") or answer.get("status") or "")
    if code in ("800", "429") or code == "403":
        raise refusal(page, "blocked", f"the answer is an error, code {code}: {message[:80]}")
    if code == "829":
        raise refusal(page, "challenge", f"the answer asks for a captcha, code {code}: {message[:80]}")
    if code == "401":
        raise refusal(page, "login", f"the answer is an error, code {code}: {message[:80]}")
    _refuse_words(page, message, "the answer says")
    keys = {key.lower() for key in answer}
    if keys & {"error", "errors", "msg", "message", "detail", "success"}:
        raise refusal(page, "not_a_notice", f"the answer is an error: {message[:80]}")
