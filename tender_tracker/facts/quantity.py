"""A notice's text → the figures printed in it about compute: power, counts, rented hours, unit prices.

A figure is taken only where its unit and a compute word stand beside it, and always with its passage: 4P of an air
conditioner, 1080P, P800, page 3P, 卡口 and 920节点 of a 鲲鹏920 are none. Every pattern has bounded repeats: cost is
linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from math import prod

from tender_tracker.model import Quantity

_SCALES = {"十": 10, "百": 100, "千": 10**3, "万": 10**4, "亿": 10**8}
_PREFIXES = {"E": Decimal(1000), "P": Decimal(1), "T": Decimal("0.001"), "G": Decimal("0.000001")}
_OPERATIONS = Decimal(10) ** 15

# Never inside a model or a longer number (FT-2000P, 6980P), but right after Chinese text: 采用16台.
# The digit stands first so that a search leaps from digit to digit.
_NUMBER = (
    r"(?P<number>[0-9](?<![A-Za-z0-9_.\-].)(?<![0-9],.)(?:[0-9]{0,2}(?:,[0-9]{3}){1,4}|[0-9]{0,11})(?:\.[0-9]{1,6})?)"
)
_SCALE = r"\s?(?P<scale>[十百千万亿]{0,4})\s?"
_FORMAT = r"(?:FP64|FP32|TF32|FP16|BF16|FP8|FP4|INT8|INT4|双精度|单精度|半精度)"
_FORMATS = re.compile(rf"(?i:{_FORMAT})(?:\s?/\s?(?i:{_FORMAT})(?!\d))?")
_PRECISION_AFTER = re.compile(rf"\s?(?:[@(（]|at\s)?\s?(?P<precision>(?i:{_FORMAT}))(?:精度)?[)）]?")
_PER = re.compile(r"单卡|每卡|单芯片|单颗|整机|单机|单台|每台|单节点|每节点|每个节点|每套|单套")
_CLAUSE_END = re.compile(r"[，。；;、|\n]|,(?!\d)")
# 100P~200P算力 is a range, not a figure.
_RANGE_BEFORE = re.compile(r"\d\s?[十百千万亿]{0,2}\s?[A-Za-z]{0,6}\s?[-~～—至]\s?$")
_RANGE_AFTER = re.compile(r"\s?[-~～—至]\s?\d")

_POWER = re.compile(
    _NUMBER + _SCALE + r"(?P<prefix>[EPTGeptg])\s?(?P<name>(?i:FLOP(?:S|/S)?)|OPS|F)(?![A-Za-z0-9]|\s?/\s?W)"
)
_BARE_POWER = re.compile(_NUMBER + _SCALE + r"(?P<prefix>[PE])F?(?![A-Za-z0-9.]|服务器|架构|机架|处理器)")
_PER_SECOND = re.compile(_NUMBER + r"\s?(?P<scale>[十百千]?万?(?:亿亿|万亿)|[十百千]亿亿|千万亿)次")
_COMPUTES = re.compile(r"级?(?:AI|人工智能|智能|通用|训练|推理|国产)?算力|(?i:[@(（]?\s?FP)")
_COMPUTING = re.compile(r"算力|智算|超算|智能计算|计算能力|计算性能|(?i:FLOPS)")
_NOT_COMPUTING = re.compile(
    r"空调|匹|视频|高清|画质|分辨率|摄像|镜头|录像|断路器|空开|空气开关|插头|插座|页|交换机|UPS|处理器|型号|至强|Xeon"
)
_RESOLUTIONS = frozenset(map(Decimal, (480, 540, 576, 720, 1080, 1440, 2160, 4320)))

# Every alternative begins with a plain character: a search then leaps to those characters.
_GOODS = (
    r"(?:服务器|工作站|台式计算机|台式机|便携式计算机|笔记本电脑|笔记本|计算机|电脑(?<!平板电脑)|云终端|瘦客户机|"
    r"训推一体机|推理一体机|训练一体机|大模型一体机|AI一体机|超节点|计算节点|4卡节点|8卡节点|16卡节点|"
    r"GPU(?:卡|芯片)?|NPU(?:卡|芯片)?|DCU(?:卡|芯片)?|MLU(?:卡|芯片)?|CPU(?:芯片)?|AI芯片|处理器|"
    r"加速卡|加速器|算力卡|推理卡|训练卡|计算卡|智算卡|显卡)"
    # Parts, room and software of a server are not servers.
    r"(?!机柜|机架|机房|机箱|托管|内存|硬盘|电源|配件|备件|线缆|导轨|插槽|卡槽|槽|操作系统|软件|系统|授权|许可|杀毒|"
    r"虚拟化|防护|安全|密码机|维保|维护|维修|运维|核|线程|内核|主频|利用率|风扇|散热|切割|灯|绣|桌|包|辅助|网络|科学|技术|学院)"
)
_OTHER_GOODS = (
    r"交换机|路由器|防火墙|存储|机柜|机架|软件|系统|平台|UPS|空调|打印机|显示器|摄像机|一体机|硬盘|内存|电源|许可|授权"
)
_NEAREST_GOODS = re.compile(rf"(?P<compute>{_GOODS})|{_OTHER_GOODS}")
_MEASURE = r"(?P<unit>台|套|张|块|片|颗|个|枚|节点)"
_COUNT_AFTER_GOODS = re.compile(
    rf"(?P<noun>{_GOODS})(?:\s?[（(][^（）()\n]{{0,30}}[）)])?"
    rf"(?:(?:\s?\|[^|\n]{{0,30}}){{0,3}}?\s?\|)?\s?(?:数量|共计|合计|共|计|各)?\s?[:：(（×*]?\s?"
    rf"{_NUMBER}{_SCALE}{_MEASURE}(?![数件])"
)
_COUNT_BEFORE_GOODS = re.compile(
    rf"{_NUMBER}{_SCALE}(?P<unit>台|套|张|块|片|颗|个|枚)\s?"
    rf"(?:(?![台套张块颗枚和及与的/]|{_OTHER_GOODS})[^，。；;、,|\n（(]){{0,16}}?(?P<noun>{_GOODS})"
)
_CARDS = re.compile(rf"{_NUMBER}{_SCALE}(?P<unit>卡)(?![时口槽·通])(?!小时)")
_NODES = re.compile(
    rf"{_NUMBER}{_SCALE}个?(?P<kind>(?:[A-Z]{{3}}|计算|算力|训练|推理|智算|服务器|裸金属)?)(?P<unit>节点)(?!时|·)"
)
_BESIDE_CARDS = re.compile(
    r"服务器|节点|集群|GPU|NPU|DCU|MLU|算力|加速|训练|推理|昇腾|显存|整机|单机|裸金属|租赁|每台|单台|每套"
)
# 鲲鹏920节点, 昇腾910卡: the number belongs to the chip.
_MODEL_BEFORE = re.compile(r"(?:鲲鹏|昇腾|海光|飞腾|龙芯|兆芯|申威|思元|天垓|曦云|至强|霄龙|酷睿|型号)\s?$")

_HOUR = (
    r"(?:GPU|CPU|DCU|NPU)?\s?(?P<unit>卡时|卡·时|卡小时|核时|核·时|核小时|机时|节点时|节点·时|节点小时|GPU时|GPU小时)"
)
_HOURS = re.compile(_NUMBER + _SCALE + _HOUR)
_HOUR_UNITS = {
    "卡·时": "卡时",
    "卡小时": "卡时",
    "核·时": "核时",
    "核小时": "核时",
    "节点·时": "节点时",
    "节点小时": "节点时",
}
_RENTED = re.compile(r"算力|计算|超算|智算|HPC|GPU|NPU|CPU|集群|加速卡|昇腾")
_PRICE = re.compile(
    _NUMBER
    + r"\s?(?P<scale>[百千万亿]{0,2})元\s?(?:（含税）|\(含税\))?\s?[/／每]\s?"
    + r"(?P<per>卡时|卡·时|卡小时|核时|核·时|核小时|机时|节点时|节点·时|PFLOPS|P|[台套张块片颗卡个]|节点)(?![A-Za-z])"
    + r"(?P<time>(?:\s?[/／·每]\s?(?:年|月|天|日|小时|时))?)"
)
_PRICE_EACH = re.compile(
    r"每(?P<per>卡时|卡小时|核时|核小时|机时|节点时|P|台|套|张|块|片|颗|卡|节点)(?P<time>)[^，。；;、,|\n\d]{0,8}"
    + _NUMBER
    + r"\s?(?P<scale>[百千万亿]{0,2})元(?!\s?[/／])"
)
_SELF_EXPLAINING = frozenset(("卡时", "核时", "节点时", "PFLOPS"))
_IN_COMPUTING = frozenset(("机时", "P", "卡", "节点"))


# Without one of these a text has no figure about compute: most notices are done here.
_COMPUTE_WORD = re.compile(
    "服务器|工作站|台式机|计算|笔记本|电脑|云终端|瘦客户机|一体机|节点|处理器|芯片|显卡|加速|算力|智算|超算|训练卡|推理卡|"
    "卡时|核时|卡·时|核·时|卡小时|核小时|GPU|NPU|DCU|CPU|MLU|FLOP|Flop|flop|OPS|万亿次|亿亿次|集群|昇腾"
)


def quantities(text: str) -> tuple[Quantity, ...]:
    """`text` as read → its figures about compute in the order they stand; offsets are those of `text`."""
    found: dict[int, Quantity] = {}
    if not _COMPUTE_WORD.search(text):
        return ()
    for unit, search in _SEARCHES:
        if unit.search(text):
            for at, quantity in search(text):
                found.setdefault(at, quantity)
    return tuple(found[at] for at in sorted(found))


def _value(match: re.Match[str]) -> Decimal:
    number = Decimal(match["number"].replace(",", "").replace("，", ""))
    return number * prod(_SCALES[character] for character in match["scale"])


def _before(text: str, at: int, length: int) -> str:
    """The end of the clause that runs up to `at`, at most `length` characters of it."""
    return _CLAUSE_END.split(text[max(0, at - length) : at])[-1]


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _found_power(text: str, match: re.Match[str], floor: int, value: Decimal, unit: str) -> Quantity:
    """The figure with what it is per and its precision: before it (单卡FP16算力不低于…) or after it (@FP16)."""
    lead = _before(text, match.start(), min(28, match.start() - floor))
    per, precision, after = _last(_PER, lead), _last(_FORMATS, lead), None
    if precision is None:
        after = _PRECISION_AFTER.match(text, match.end())
    named = after["precision"] if after else precision[0] if precision else None
    start = match.start() - max((len(lead) - found.start() for found in (per, precision) if found), default=0)
    end = after.end() if after else match.end()
    return Quantity("power", value, unit, text[start:end], start, end, named, per[0] if per else None)


def _power(text: str) -> Iterator[tuple[int, Quantity]]:
    floor = 0
    for match in _POWER.finditer(text):
        if match["name"] == "F" or _is_range(text, match):
            continue
        value = _value(match) * _PREFIXES[match["prefix"].upper()]
        quantity = _found_power(text, match, floor, value, "POPS" if match["name"] == "OPS" else "PFLOPS")
        floor = quantity.end
        yield match.start(), quantity


def _bare_power(text: str) -> Iterator[tuple[int, Quantity]]:
    for match in _BARE_POWER.finditer(text):
        if _is_range(text, match) or _value(match) in _RESOLUTIONS:
            continue
        around = re.split(r"[。；;|\n]", text[max(0, match.start() - 24) : match.start()])[-1]
        around += re.split(r"[。；;|\n]", text[match.end() : match.end() + 14])[0]
        told = _COMPUTES.match(text, match.end())
        if told or (match["prefix"] == "P" and _COMPUTING.search(around) and not _NOT_COMPUTING.search(around)):
            value = _value(match) * _PREFIXES[match["prefix"]]
            yield match.start(), _found_power(text, match, 0, value, "PFLOPS")


def _is_range(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 14) : match.start()]
    return bool(_RANGE_BEFORE.search(before) or _RANGE_AFTER.match(text, match.end()))


def _per_second(text: str) -> Iterator[tuple[int, Quantity]]:
    """每秒6千万亿次运算 → 6 PFLOPS."""
    for match in _PER_SECOND.finditer(text):
        around = _before(text, match.start(), 16) + text[match.end() - 1 : match.end() + 8]
        if re.search("每秒|/秒", around) and re.search("运算|浮点|算力|双精度|计算(?:能力|性能|$)|次计算", around):
            yield match.start(), _found_power(text, match, 0, _value(match) / _OPERATIONS, "PFLOPS")


def _unit_prices(text: str) -> Iterator[tuple[int, Quantity]]:
    for pattern in (_PRICE, _PRICE_EACH):
        for match in pattern.finditer(text):
            per, noun = _HOUR_UNITS.get(match["per"], match["per"]), None
            line = text[max(0, match.start() - 100) : match.start()].rsplit("\n", 1)[-1]
            if per in _IN_COMPUTING:
                if not _RENTED.search(line):
                    continue
            elif per not in _SELF_EXPLAINING:
                nearest = _last(_NEAREST_GOODS, line)
                if nearest is None or nearest["compute"] is None:
                    continue
                noun = nearest["compute"]
            time = re.sub(r"[^年月天日小时]", "", match["time"])
            unit = f"元/{per}/{time}" if time else f"元/{per}"
            quote = match[0].rstrip()
            end = match.start() + len(quote)
            yield (
                match.start("number"),
                Quantity("unit_price", _value(match), unit, quote, match.start(), end, noun=noun),
            )


def _hours(text: str) -> Iterator[tuple[int, Quantity]]:
    for match in _HOURS.finditer(text):
        around = text[max(0, match.start() - 30) : match.end() + 10]
        if match["unit"] != "机时" or _RENTED.search(around):
            unit = _HOUR_UNITS.get(match["unit"], match["unit"])
            yield match.start(), Quantity("hours", _value(match), unit, match[0], match.start(), match.end())


def _counts(text: str) -> Iterator[tuple[int, Quantity]]:
    """服务器：16台, 加速卡（910B）64张, 服务器 | 某品牌 | 4台; 16台昇腾训练服务器."""
    for pattern in (_COUNT_AFTER_GOODS, _COUNT_BEFORE_GOODS):
        for match in pattern.finditer(text):
            lead = _before(text, match.start(), 6)
            per = _last(_PER, lead)
            start = match.start() - len(lead) + per.start() if per else match.start()
            quote = text[start : match.end()]
            quantity = Quantity("count", _value(match), match["unit"], quote, start, match.end(), noun=match["noun"])
            yield match.start("number"), quantity


def _cards(text: str) -> Iterator[tuple[int, Quantity]]:
    """8卡服务器, 每台8卡, 1.6万卡集群; never SIM cards, 卡口 or the 910 of 昇腾910卡."""
    for match in _CARDS.finditer(text):
        lead = _before(text, match.start(), 14)
        tail = _CLAUSE_END.split(text[match.end() : match.end() + 8])[0]
        if _value(match) != int(_value(match)) or not _BESIDE_CARDS.search(lead + "|" + tail) or _is_model(match, lead):
            continue
        per = _last(_PER, lead)
        server = re.match("服务器|节点|集群", tail)
        start = match.start() - len(lead) + per.start() if per else match.start()
        end = match.end() + (server.end() if server else 0)
        noun = per[0] if per else server[0] if server else None
        yield match.start(), Quantity("count", _value(match), "卡", text[start:end], start, end, noun=noun)


def _nodes(text: str) -> Iterator[tuple[int, Quantity]]:
    for match in _NODES.finditer(text):
        lead = _before(text, match.start(), 14)
        if _is_model(match, lead) or not (match["kind"] or _BESIDE_CARDS.search(lead)):
            continue
        noun = match["kind"] or None
        yield match.start(), Quantity("count", _value(match), "节点", match[0], match.start(), match.end(), noun=noun)


def _is_model(match: re.Match[str], lead: str) -> bool:
    return len(match["number"]) >= 3 and bool(_MODEL_BEFORE.search(lead))


# A search begins at every digit of the text, its unit is seldom there at all: so the unit is looked for first.
_SEARCHES: tuple[tuple[re.Pattern[str], Callable[[str], Iterator[tuple[int, Quantity]]]], ...] = (
    (re.compile(r"OPS|F[Ll][Oo][Pp]|f[Ll][Oo][Pp]"), _power),
    (re.compile(r"P(?<=[\d十百千万亿\s]P)|E(?<=[\d十百千万亿\s]E)"), _bare_power),
    (re.compile(r"亿次"), _per_second),
    (re.compile(r"元\s?(?:（含税）|\(含税\))?\s?[/／每]|每"), _unit_prices),
    (re.compile(r"时(?<=[卡核机点U·小]时)"), _hours),
    (re.compile(_GOODS), _counts),
    (re.compile(r"卡(?<=[\d十百千万亿\s]卡)"), _cards),
    (re.compile(r"节点"), _nodes),
)
