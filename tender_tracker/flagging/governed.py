"""What a domestic word speaks of: 国产 of servers demands, of databases does not, of all goods is an import rule."""

from __future__ import annotations

import re

from tender_tracker.flagging.case import Spot
from tender_tracker.flagging.pairs import meant
from tender_tracker.flagging.referred import called_class, item_class

_ALL_GOODS = re.compile(
    r"(?:所投|投标|投报|所有|全部|本项目|各|提供的?|所供|报价|采购的?|供应的?|响应)[^，。；;|\n]{0,8}?(?:产品|货物|设备|商品|标的|材料)"
)
_ALL_DOMESTIC = re.compile(r"(?:所有|全部|各)[^。；\n]{0,8}(?:货物|产品|设备)[^。；\n]{0,10}国产产品|即?非进口产品")
_BACK_REFERENCE = re.compile(
    r"(?:上述|以上|前述|该|所列|上列|本包|本标项|本标段|本批|此类|前款|上表|清单内|表内)(?:所有|全部|各类?|的)?[^，。；;|\n]{0,10}?"
    r"(?:设备|产品|货物|机型|硬件|部件|机器|标的|资源|器件|型号|计算|整机)"
)
_EXCEPTED = re.compile(r"除[^，。；;|\n]{1,20}?(?:之|以)?外[，,]?(?=[^，。；;|\n]{0,6}(?:均|全部|一律|其余|其[他它]))")
"""除服务器外均须国产: what is left out is not what the rest speaks of."""
_ORIGIN_OBJECT = re.compile(r"(?:的)?(?:产品|货物|设备|商品)(?=[，,。；;\n|）)（(]|$)")
_CORE_PARTS = re.compile(
    r"整机|核心(?:部件|器件|元器件|组件|硬件|板卡)|关键(?:部件|器件|元器件|硬件)|主板|零部件|主要部件|元器件|软硬件|硬件"
)
_ENTIRELY = ("全栈", "纯", "完全", "100%", "百分之百")
_OTHER_MACHINES = re.compile(r"[机仪器柜灯车阀表屏泵箱炉]\s?\d{1,6}\s?(?:台|套|辆|只|个)")
_HARDWARE = re.compile(r"芯片|处理器|CPU|GPU|指令|架构|内核|加速卡|计算机|电脑|机型|终端|整机")
_LISTED = re.compile(r"[^，。；;|\n]{0,20}(?:名单|目录|名录|清单|图谱)")
_ATTRIBUTE = re.compile(r"[\u4e00-\u9fff]{2,8}")
_FITTINGS = re.compile(r"[^（）()\n]{0,16}配套[\u4e00-\u9fff]{0,4}[）)]")
_OFFICE_GOODS = re.compile(r"(?:的)?(?:(?:办公|信息化|IT|电子)(?:设备|终端|硬件)|计算机(?:教室|机房)|电脑教室)")
_RATIO = re.compile(r"(?:化|产品|设备)?(?:的)?(?:比例|占比|比率|率)")
_MACHINE_NAMED = re.compile(r"终端|整机|机型|主机|电脑")
_CERTIFIED = re.compile(r"(?:通过|取得|具有|具备|获得?|提供|出具|提交|完成)(?!对)[^，。；;|\n]{0,8}$")
_CERTIFICATE = re.compile(r"[^，。；;|\n]{0,8}?(?:适配|兼容)?(?:性)?(?:认证|证书|证明|检测报告|测评)")
_PREDICATE = re.compile(
    r"[之以]?外|化|的|率|且|并|或|及|和|与|为|是|自主|优先|品牌|不|也|均|时|者|替代|要求|可|得|加|则|通用|主流|知名|信创|需求|标准|程度|情况|证明|应|达|占|比例|比率"
)
_BOUGHT_AS_SUCH = re.compile(
    r"(?:的)?(?:替代)?(?:办公|桌面|基础|IT|信息化|计算机|终端)?"
    r"(?:云(?!适配|管)|产品(?!适配)|设备|终端|硬件|资源池|(?:适配)?(?:目录|名录|名单|清单|图谱)|整机|主机|PC|资源|算力|教室设备|机房设备|机)"
)
_MACHINE = re.compile(r"(?:的)?(?:替代)?(?:办公|桌面|计算机)?(?:整机|主机|终端|硬件|PC|电脑)")
_ONLY_SOFTWARE = re.compile(r"[（(][^）)\n]{0,8}软件[^）)\n]{0,4}[）)]|软件产品")
_TRANSPARENT = re.compile(
    r"[一二两三四五六七八九十双单多]{1,3}[核路]|办公(?:设备|终端|电脑)|信息化设备|IT设备|电子设备|软硬件|同[级档等类款]|产品|设备|型号|品牌|机型|部件|器件|硬件|货物|方案|平台|架构|整机|主机|系统|机器|配置|名录|名单|目录|清单|图谱|本项|本包|标的|路线|要求|采购|提供|所投|所供|选用|采用"
)
_OBLIGING = re.compile(
    r"(?:必须|均?须|均?应|需|全部|均|一律|要求|为|是|采用|使用|选用|★|▲|#|\*|[\d.、:：（()）A-Z\-\s]|的|其|且|并|和|具备|具有|"
    r"满足|符合|通过|实现|达到|完全|100%)*$"
)

Governed = tuple[str | None, str]
"""Class of the thing (None: not told) and how it was found."""


def governed(spot: Spot) -> Governed:
    """Class of the thing a domestic word speaks of: by what follows, its subject, its row, or what it refers to."""
    rule = spot.hit.rule
    if rule.complete or _HARDWARE.search(spot.text, spot.start, spot.end):
        return "compute", "complete"
    after = spot.reading.class_after(spot.hit)
    if found := _through_bracket(spot, after):
        return found
    if rule.id == "word.domestic" and _says_origin(spot):
        return None, "all-goods"
    if rule.id == "word.evaluated":
        return _evaluated(spot, after)
    if after == "compute" and item_class(spot) == "other":
        return "other", "items"
    if after == "compute" and _part_of_other(spot):
        return None, "part-of-other"
    as_such = rule.id == "word.xinchuang" and bool(_BOUGHT_AS_SUCH.match(spot.text, spot.end))
    if after == "service" and _is_certificate(spot):
        return _by_subject(spot)
    if after and not _LISTED.match(spot.text, spot.end) and not (after == "software" and as_such):
        return after, "after"
    if as_such:
        return _as_such(spot)
    if (
        spot.bought
        and spot.text[spot.start : spot.end].endswith(("国产化", "信创"))
        and _OFFICE_GOODS.match(spot.text, spot.end)
    ):
        return "compute", "convention"
    if rule.id == "word.domestic" and _names_other_thing(spot):
        return None, "other-noun"
    return _by_subject(spot)


def _is_certificate(spot: Spot) -> bool:
    """服务器通过国产化适配认证: a property of the machine, not a service that is bought."""
    before = spot.text[spot.part[0] : spot.start]
    return bool(_CERTIFIED.search(before) and _CERTIFICATE.match(spot.text, spot.end))


def names_compute(spot: Spot) -> bool:
    """国产算力适配路径研究: a service, yet domestic compute is what it speaks of."""
    return any(noun.rule.noun_class == "compute" for noun in spot.reading.nouns(*spot.reading.phrase(spot.end)))


def names_software(spot: Spot) -> bool:
    """国产化数据库运维: a service for software."""
    nouns = spot.reading.nouns(*spot.reading.phrase(spot.end))
    return bool(nouns) and min(nouns, key=lambda noun: noun.start).rule.noun_class == "software"


def row_classes(spot: Spot) -> list[str]:
    """Classes named by the earlier cells of a row, or by the label of a line."""
    if len(spot.cells) < 2:
        label = re.match(r"[^:：|]{1,24}[:：]", spot.text[spot.line.start : spot.start])
        return spot.reading.classes_before(spot.line.start, spot.line.start + label.end()) if label else []
    return [found for cell in spot.cells[: spot.cell] for found in spot.reading.classes_before(*cell)]


def _through_bracket(spot: Spot, after: str | None) -> Governed | None:
    """The thing before the bracket a word stands in: 无人机8架（飞控国产化）, AI盒子（国产化）."""
    outside = spot.reading.classes_before(*spot.outer) if spot.outer else []
    if outside and outside[-1] in ("service", "other") and _FITTINGS.match(spot.text, spot.end):
        return outside[-1], "outer"
    if spot.outer and not outside and _OTHER_MACHINES.search(spot.text, *spot.outer):
        return "other", "outer"
    if outside and outside[-1] != "compute" and after != "compute":
        return outside[-1], "outer"
    return ("compute", "outer") if "compute" in outside and not after else None


def _part_of_other(spot: Spot) -> bool:
    """防火墙须采用国产CPU: the chip of another machine."""
    before = spot.reading.classes_before(spot.part[0], spot.start)
    return bool(before) and before[-1] == "other" and "compute" not in before


def _says_origin(spot: Spot) -> bool:
    """国产 as the opposite of imported: in a column about imports or, where all goods must be domestic, of origin."""
    if "进口" in spot.head or ("产地" in spot.head and _ALL_DOMESTIC.search(spot.text)):
        return True
    low = spot.clause[0]
    is_object = _ORIGIN_OBJECT.match(spot.text, spot.end) and "投" in spot.text[low : spot.start]
    return bool(is_object) and "compute" not in spot.reading.classes_before(low, spot.start)


def _evaluated(spot: Spot, after: str | None) -> Governed:
    """安全可靠测评 speaks of the products named before it; without any, of the whole purchase when that is pure."""
    subject = spot.reading.classes_before(spot.clause[0], spot.start) or row_classes(spot)
    subject = subject or ([after] if after else [])
    if not subject and spot.bought and _MACHINE_NAMED.search(spot.text, spot.clause[0], spot.start):
        return "compute", "before"
    if "compute" in subject:
        return "compute", "before"
    if subject:
        return subject[-1], "before"
    return ("compute", "context") if spot.bought and spot.case.pure else (None, "")


def _as_such(spot: Spot) -> Governed:
    """信创设备, 信创云 as the thing bought are compute, unless only software is shown to be meant."""
    low, high = spot.clause
    if _ONLY_SOFTWARE.search(spot.text, spot.end, high) and "硬件" not in spot.text[low:high]:
        return "software", "bracket"
    if "compute" in spot.reading.classes_before(low, spot.start):
        return "compute", "before"
    title = spot.case.purchase.title
    if spot.bought and _MACHINE.match(spot.text, spot.end):
        return "compute", "convention"
    return (title, "title") if title in ("software", "service") else ("compute", "convention")


def _names_other_thing(spot: Spot) -> bool:
    """Whether 国产 is followed by a thing that no noun rule knows: 国产浮标, 国产优质钢材."""
    following = _ATTRIBUTE.match(spot.text, spot.end)
    if not following or spot.text[spot.start : spot.end].endswith("率"):
        return False
    return not _TRANSPARENT.match(following.group()) and not _PREDICATE.match(following.group())


def _by_subject(spot: Spot) -> Governed:
    """The nearest subject before the word: its clause, its row, a back-reference, or the purchase as a whole."""
    reading, text = spot.reading, spot.text
    low, high = spot.clause
    for excepted in _EXCEPTED.finditer(text, low, spot.start):
        low = excepted.end()
    if goods := meant(reading, spot.start):
        classes = reading.classes_before(*goods)
        return ("compute" if "compute" in classes else (classes or ["other"])[-1]), "pair"
    near = reading.classes_before(max(spot.part[0], low, spot.start - 60), spot.start)
    before = near or reading.classes_before(max(low, spot.start - 60), spot.start)
    if before:
        return ("compute" if "compute" in before else before[-1]), "before"
    if spot.bought and _RATIO.match(text, spot.end) and _MACHINE_NAMED.search(text, spot.part[0], spot.start):
        return "compute", "before"  # 本次采购终端的信创比例须为100%
    if rows := row_classes(spot):
        return ("compute" if "compute" in rows else rows[-1]), "row"
    if spot.bought and spot.names_lot:
        return "compute", "lot-name"
    if spot.bought and _CORE_PARTS.search(text, low, high):
        return "compute", "core-parts"
    if spot.bought and (kind := item_class(spot)):
        return ("compute" if kind == "compute" else "other"), "items"
    if spot.bought and called_class(spot) == "compute":
        return "compute", "back-reference"
    is_origin = bool(_ORIGIN_OBJECT.match(text, spot.end))
    if _BACK_REFERENCE.search(text, low, spot.end) and not (spot.case.award and is_origin):
        return ("compute", "back-reference") if spot.bought else (None, "")
    if is_origin or _ALL_GOODS.search(text, low, spot.end):
        return None, "all-goods"
    subject = text[max(low, spot.start - 30) : spot.start]
    open_subject = bool(_OBLIGING.fullmatch(subject) or _TRANSPARENT.search(subject))
    obliged = reading.cue("cue.oblige", low, high) or spot.text.startswith(_ENTIRELY, spot.start)
    if open_subject and obliged and spot.bought and spot.case.pure:
        return "compute", "context"
    return None, "" if open_subject else "other-noun"
