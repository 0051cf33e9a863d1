"""Name, brand and model of delivered goods → whose chips are in them, and how many cards one of them holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tender_tracker.flagging import rulepack

_CARD = re.compile(r"加速卡|算力卡|推理卡|训练卡|计算卡|智算卡|图形卡|显卡|GPU卡|NPU卡|DCU卡|加速器|(?i:ATLAS)\s?300")
_CARD_UNITS = frozenset("张块片卡")
_MACHINE = re.compile(r"服务器|工作站|一体机|集群|节点|主机|整机|电脑|计算机")
_ACCELERATOR = (
    r"(?:昇腾|(?i:ASCEND)|思元|天垓|智铠|曦云|壁砺|云燧|昆仑芯|摩尔线程|沐曦|DCU|GPU|NPU|TPU|加速卡|算力卡|刹那|"
    r"(?i:ATLAS\s?300|MLU|MTT\s?S|RTX|TESLA)|英伟达|(?i:NVIDIA))[\w\s-]{0,16}?"
)
_NUMBER = r"(?:(?<![\dA-Za-z.])\d{1,2}|[一二两三四六八])"
_TIMES = re.compile(
    rf"{_ACCELERATOR}[）)]?\s?[×✕*＊xX]\s?(?P<after>\d{{1,2}})(?![\dA-Za-z])"
    rf"|(?<![\dA-Za-z.])(?P<before>\d{{1,2}})\s?[×✕*＊xX]\s?{_ACCELERATOR}"
    rf"|(?P<each>{_NUMBER})\s?(?:张|块|片)\s?{_ACCELERATOR}"
    rf"|{_ACCELERATOR}(?P<behind>{_NUMBER})\s?(?:张|块|片)"
    r"|(?<![\dA-Za-z.])(?P<cards>\d{1,2})\s?卡(?![口槽时号])"
)
_CHINESE = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "六": 6, "八": 8}


@dataclass(frozen=True, slots=True)
class Chips:
    """`families` are domestic ones; `cards` is None where the words do not say how many accelerators one unit holds."""

    families: tuple[str, ...]
    foreign: bool
    cards: int | None


@lru_cache(2048)
def chips(words: str, unit: str | None) -> Chips:
    """By the shipped rules for products: 华为 alone is a brand of many goods and names no chip."""
    pack = rulepack.load()
    normal = pack.read(words).text
    found = [(rule, match) for rule, starts in pack.seen(normal) for match in rule.find(normal, starts)]
    masks = [match.span() for rule, match in found if rule.kind == "lookalike"]
    clear = [
        (rule, match.start())
        for rule, match in found
        if rule.kind in ("product", "foreign") and not any(low <= match.start() < high for low, high in masks)
    ]
    named = (rule.family for rule, _ in sorted(clear, key=lambda hit: hit[1]) if rule.kind == "product")
    families = tuple(dict.fromkeys(family for family in named if family and family != "*"))
    return Chips(families, any(rule.kind == "foreign" for rule, _ in clear), _cards(words, unit))


def _cards(words: str, unit: str | None) -> int | None:
    """1 of a card that is sold as such, else the one number of cards that is printed of a machine."""
    if unit in _CARD_UNITS and _CARD.search(words) and not _MACHINE.search(words):
        return 1
    told = {_number(next(filter(None, match.groups()))) for match in _TIMES.finditer(words)}
    return told.pop() if len(told) == 1 and min(told) > 0 else None


def _number(printed: str) -> int:
    return _CHINESE.get(printed) or int(printed)
