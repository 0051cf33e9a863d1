"""A seed → pages on the frame of the national site, and plain notices: the same bytes every time, in our own words.

Pages have a median of 16 kB (11–40 kB) and one of five body families; one in twenty is about compute.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import exp
from pathlib import Path
from random import Random
from string import Template
from typing import NamedTuple

import phrases as say

SEED = 20261123
COMPUTE = 0.05
"""Share of notices about compute."""
ASIDE = 0.15
"""Share of the others that touch on it in passing."""
FRAME = Template(Path(__file__).with_name("frame.html").read_text("utf-8"))
"""The page of the national site around summary and body."""


class Tale(NamedTuple):
    """What one notice is about."""

    kind: str
    column: str
    title: str
    project: str
    number: str
    buyer: str
    agency: str
    winner: str
    province: str
    thing: str
    amount: int
    """元."""
    published: datetime
    due: datetime
    clauses: tuple[str, ...]
    """Sentences about compute, or one that sounds so."""
    words: int
    """Sentences of the body, so its length."""


def pages(count: int, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of saved notice pages."""
    for n in range(count):
        rng = Random(f"{seed} page {n}")
        tale = _tale(rng, n, rng.random() < COMPUTE)
        yield f"t{tale.published:%Y%m%d}_{25_000_000 + n}.htm", _page(rng, tale, n).encode()


def texts(count: int, compute: float = COMPUTE, size: int = 2000, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Titles and texts of notices of about `size` characters; a share `compute` of them is about compute."""
    for n in range(count):
        rng = Random(f"{seed} text {n} {compute}")
        tale = _tale(rng, n, rng.random() < compute)
        lines = [f"{label}：{value}" for label, value in _facts(tale)]
        while sum(map(len, lines)) < size:
            lines.append(_sentence(rng, tale))
        for clause in tale.clauses:
            lines.insert(rng.randrange(6, len(lines)), clause)
        yield tale.title, "\n".join(lines)


def long_text(size: int, seed: int = SEED) -> str:
    """One notice about compute of `size` characters."""
    rng = Random(f"{seed} long")
    tale = _tale(rng, 0, True)
    lines: list[str] = []
    length = 0
    while length < size:
        lines.append(_sentence(rng, tale) if rng.random() < 0.9 else rng.choice(tale.clauses))
        length += len(lines[-1]) + 1
    return "\n".join(lines)[:size]


def _tale(rng: Random, n: int, compute: bool) -> Tale:
    thing = rng.choice(say.MACHINES if compute else say.THINGS)
    place, province = rng.choice(say.PLACES)
    buyer = place + rng.choice(say.BODIES)
    kind, column, ending = rng.choice(say.KINDS)
    project = f"{buyer}{rng.choice(say.YEARS)}{thing}{rng.choice(say.PURPOSES)}"
    published = datetime(2025, 11, 1, 9) + timedelta(minutes=rng.randrange(540_000))
    aside = (rng.choice(say.ASIDES),) if rng.random() < ASIDE else ()
    clauses = tuple(rng.choice(say.CLAUSES).format(n=rng.randint(2, 64)) for _ in range(rng.randint(2, 6)))
    return Tale(
        kind, column, f"{project}{ending}", project, f"{rng.choice('ABHJLSX')}{published:%Y%m}-{n:05d}", buyer,
        f"{rng.choice(say.NAMES)}招标咨询有限公司", f"{place}{rng.choice(say.NAMES)}科技有限公司", province, thing,
        rng.randrange(80, 90_000) * 100, published, published + timedelta(days=rng.randint(7, 25)),
        clauses if compute else aside, min(170, int(26 * exp(abs(rng.gauss(0, 0.85))))),
    )  # fmt: skip


def _sentence(rng: Random, tale: Tale) -> str:
    return rng.choice(say.SENTENCES).format(
        n=rng.randint(2, 60), m=rng.randint(61, 999), thing=tale.thing, buyer=tale.buyer, agency=tale.agency,
        law=rng.choice(say.LAWS), part=rng.choice(say.PARTS), room=rng.choice(say.ROOMS), day=rng.randint(1, 28),
    )  # fmt: skip


def _facts(tale: Tale) -> list[tuple[str, str]]:
    """Labels and values that a body prints."""
    facts = [("项目编号", tale.number), ("项目名称", tale.project), ("采购方式", tale.column.removesuffix("公告"))]
    if tale.kind == "award":
        return [*facts, ("中标供应商", tale.winner), ("中标金额", f"{tale.amount:,}.00元")]
    if tale.kind == "tender":
        due = ("提交投标文件截止时间", f"{tale.due:%Y年%m月%d日 %H点%M分}（北京时间）")
        return [*facts, ("预算金额", f"{tale.amount / 10_000:.6f}万元"), due]
    return [*facts, ("首次公告日期", f"{tale.published - timedelta(days=9):%Y年%m月%d日}")]


def _parties(tale: Tale) -> list[tuple[str, str]]:
    return [("名称", tale.buyer), ("地址", f"{tale.buyer}办公楼"), ("名称", tale.agency), ("联系方式", "000-00000000")]


def _page(rng: Random, tale: Tale, n: int) -> str:
    sentences = [_sentence(rng, tale) for _ in range(tale.words)]
    for clause in tale.clauses:
        sentences.insert(rng.randrange(len(sentences)), clause)
    body = rng.choice((_plain, _bookmarks, _tables, _nested, _sections))(rng, tale, sentences)
    day = f"{tale.published:%Y年%m月%d日 %H:%M}"
    return FRAME.substitute(
        title=tale.title, column=tale.column, minute=f"{tale.published:%Y-%m-%d %H:%M}", day=day,
        family=rng.choice(("", "pzIn14", "pzIn11", "pzIn23", "pzlna3")), summary=_summary(tale, day, n), body=body,
    )  # fmt: skip


def _summary(tale: Tale, day: str, n: int) -> str:
    told = "预算金额" if tale.kind == "tender" else "总中标金额"
    rows = [
        ("采购项目名称", tale.project), ("品目", "<p></p>"), ("采购单位", tale.buyer), ("行政区域", tale.province),
        ("公告时间", day), (told, f"￥{tale.amount / 10_000:.6f}万元（人民币）"), ("项目联系人", "采购办"),
        ("项目联系电话", "000-00000000"), ("采购单位", tale.buyer), ("采购单位地址", f"{tale.buyer}办公楼"),
        ("采购单位联系方式", "000-00000000"), ("代理机构名称", tale.agency), ("代理机构地址", f"{tale.province}滨河路"),
        ("代理机构联系方式", "000-00000000"),
        ("附件1", f"<a class='bizDownload' href='' id='{n:032x}' title='点击下载'>{tale.thing}采购文件.pdf</a>"),
    ]  # fmt: skip
    cells = (
        f"<tr><td class='title' width='128'>{key}</td><td colspan='3' width='430'>{value}</td></tr>"
        for key, value in rows
    )
    return "<tr><td colspan='4'><b>公告信息：</b></td></tr>" + "".join(cells)


def _plain(rng: Random, tale: Tale, sentences: list[str]) -> str:
    """The central site: paragraphs and strong headings."""
    facts = "".join(f"<p>{label}：{value}</p>\n" for label, value in _facts(tale))
    said = "".join(f"<p>&nbsp;&nbsp;{n}.{words}</p>\n" for n, words in enumerate(sentences, 1))
    parties = "".join(f"<p>{label}：{value}</p>\n" for label, value in _parties(tale))
    heads = [f"<p><strong>{numeral}、{head}</strong></p>\n" for numeral, head in zip("一二三", say.HEADS, strict=True)]
    return f"{heads[0]}{facts}{heads[1]}{said}{heads[2]}{parties}"


def _bookmarks(rng: Random, tale: Tale, sentences: list[str]) -> str:
    """An exported form: every value in a bookmark, every line in styled spans, one hidden block."""
    entries = [*_facts(tale), *_parties(tale)]
    filled = "".join(
        f'<p {say.LINE}><span {say.FONT}>{label}：<samp style="font-family: inherit" class="bookmark-item '
        f'uuid-{rng.randrange(10**12, 10**13)} code-{n:05d} addWord">{value}</samp></span> &nbsp;</p>'
        for n, (label, value) in enumerate(entries, 3)
    )
    hidden = '<div class="template-center-hide-state">本段不公布</div>'
    said = "".join(
        f"<span {say.FONT}>{words}</span><br/>" if n % 3 else f"<p {say.LINE}><span {say.FONT}>{words}</span></p>"
        for n, words in enumerate(sentences)
    )
    return f'{say.STYLE}<div style="font-family:微软雅黑;">{filled}</div>{hidden}<div>{said}</div>'


def _tables(rng: Random, tale: Tale, sentences: list[str]) -> str:
    """A system that writes tables with heads, and amounts in 元."""
    heads = ("品目号", "品目名称", "采购标的", "品牌", "规格型号", "数量（单位）", "单价(元)", "总价(元)")
    head = "".join(f'<th style="width:12%;">{name}</th>' for name in heads)
    rows = "".join(
        f"<tr> <td>1-{n}</td> <td>{tale.thing}</td> <td>{rng.choice(say.PARTS)}</td> <td>{rng.choice(say.NAMES)}</td> "
        f"<td>{rng.choice('ABCDEF')}{rng.randint(10, 9999)}</td> <td>{rng.randint(1, 40)}.00(台)</td> "
        f'<td class="alignright">{rng.randint(100, 900)},000.00</td> <td class="alignright">900,000.00</td> </tr> '
        for n in range(1, rng.randint(4, 16))
    )
    table = (
        f'<table width="100%" border="1" cellspacing="0"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )
    facts = "".join(f"<h4><strong>{label}：{value}</strong></h4> " for label, value in _facts(tale))
    said = "".join(f'<p class="u-content">{words}</p> ' for words in sentences)
    lot = f'<p class="u-content">合同包1({tale.thing}):</p>'
    return f'<div class="protect" id="noticeArea">{facts}{lot}{table}{said}</div>'


def _nested(rng: Random, tale: Tale, sentences: list[str]) -> str:
    """A whole document inside the page, some of its Chinese as entities."""
    lines = [f"{label}：{value}" for label, value in (*_facts(tale), *_parties(tale))]
    lines = [*lines, *sentences]
    written = (
        "".join(f"&#{ord(c)};" for c in line[:4]) + line[4:] if n % 4 == 0 else line for n, line in enumerate(lines)
    )
    inside = "".join(f'<div class="line"><span class="segement">{line}</span></div>\n' for line in written)
    return f"<html><head><title>{tale.title}</title></head><body>{inside}</body></html>"


def _sections(rng: Random, tale: Tale, sentences: list[str]) -> str:
    """Titled sections, a table of label and value pairs, hidden inputs and a hidden block."""
    pairs = "".join(
        f'<tr><td style="text-align:center">{label}</td><td colspan="3">{value}</td></tr>'
        for label, value in _facts(tale)
    )
    said = "".join(
        (f'<div class="second-title">{n // 8 + 2}、{say.HEADS[n % 3]}</div>' if n % 8 == 0 else "")
        + f"<p style='text-indent:2em;line-height:1.5'>{words}</p>\n"
        for n, words in enumerate(sentences)
    )
    hidden = '<input type="hidden" value="1"><div class="zbkindclassid_2" style="display:none"><p>本包不适用</p></div>'
    head = '<div class="second-title">一、项目基本情况</div>'
    return f'<div>{head}<table id="NoticeDetail">{pairs}</table>{hidden}{said}</div>'
