"""A Reading → what is bought: which lots buy compute goods or services, and what the title's subject is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tender_tracker.flagging.elsewhere import elsewhere, is_tool
from tender_tracker.flagging.evidence import Hit, Reading
from tender_tracker.flagging.pairs import meant

_COUNT_AFTER = re.compile(
    r"(?:[（(][^）)\n]{0,60}[）)])?[^。；;\n|]{0,12}?[:：|（(]?(?:约|共|合计|不少于|数量)?\d[\d,.]*\s?(?:余|多)?万?\s?(?:台|套|张|块|颗|片|个|只|节点|部|卡时|核时|卡|核|批|UNITS?|SETS?|PCS)"
    r"|[^。；;\n|]{0,4}?数量\s?[:：]?\d|[^。；;\n|]{0,8}?[一二两三四五六七八九十]+(?:台|套|批)|[^。；;\n|]{0,4}?一批|[^。；;\n|]{0,60}?(?:QTY|QUANTITY)\.?\s?[:：]?\s?\d|\S{0,12}?\s?[X×*]\s?\d"
)
_BLANK_ROW = re.compile(
    r"[^/|\n]{2,30}/\s?\d{1,5}\s?[台套张块个]?\s?/[^|\n]{0,80}|\d{1,2}[\s.、]?[\u4e00-\u9fff][^|。；;，,：:\n]{3,60}[^\d|.]\d{1,5}[台套张块个颗]?"
)
"""1学生计算机世恒TD120A2（飞腾D2000）200: a row of a table whose borders were lost."""
_GOODS_NAMED = re.compile(r"名称[:：][^；;，,\n|]{0,20}$")
_GOODS_TOLD = re.compile(r"[^；;\n|]{0,20}[；;，,]\s?(?:品牌|规格|型号|数量|单价)")
_LOT_TITLE = re.compile(r"[（(:：][^，。；）)|\n]{0,8}|[^，。；（）)|\n须应]{0,6}")
"""甲组（信创台式机）"""
_NUMBER_CELL = re.compile(
    r"\|\s?(?:应到|实到|到货|实收|共|计)?\d[\d,.]*\s?[（(]?(?:台|套|张|块|颗|片|个)?[）)]?(?:，[^|\n]{0,12})?(?:\||\n|$)"
)
_COUNTED = re.compile(r"\d\s?(?:台|套|张|块|颗|片|节点|个|只)(?!月|工作日)|[×X*]\s?\d|\d\s?[×X*]\s")
_CHIP = re.compile(
    r"(?:(?:AI|推理|训练|智算|算力|计算|图形|核心)(?:芯片|卡)|NPU|GPU|CPU|处理器|整机|加速(?:卡|芯片|器))$"
)
_AS_PROJECT = re.compile(
    r"(?:设备)?采购(?:项目|招标|公告|工作)|集采|框架(?=[，,。；：:（(]|采购|协议|招标)|项目(?=[，,。；;（(）)\n])"
)
"""信创便携机采购项目"""
_FOR_A_TIME = re.compile(r"(?:租赁|租用)(?:服务|期限?|时长)?[:：]?(?:[一二两三四五六]|\d{1,2})\s?(?:年|个?月)")
"""推理算力租赁一年"""
_REFERENCE_SPEC = re.compile(r"[^，。；;|\n]{0,4}为(?:推荐|参考|基准|参照)(?:规格|配置|型号|机型)")
_PUT_IN_PLACE = re.compile(
    r"(?:改|更正|变更|调整|替换|更换|修正|限定|明确|放宽)[为成]\s?[:：]?\s?(?:[“\"][A-Z\u4e00-\u9fff]{0,8}[（(]?|[“\"]?(?:[A-Z\u4e00-\u9fff]{1,8}[:：])?)$"
)
"""昇腾910B4改为昇腾910C, 修改为：“推理卡：昇腾310P”"""
_MACHINE_OF = re.compile(
    r"(?:终端|主机|整机|电脑|主板|主控板?|工控机|学[生员]机|训练机|推理机)(?:CPU|处理器|平台|方案|机型)?[^，。；|\n]{0,4}"
    r"(?:沿用|采用|选用|须为|应为|仍为|仍采用|使用|优选|优先(?:选用|采用|考虑)?)[^，。；|\n]{0,6}$"
)
"""终端平台沿用前述龙芯3A6000方案"""
_ON = re.compile(r"(?:按照?|以|采用|选用|基于)[^，。；;|\n]{0,6}$")
_SUPPLIED_ON = re.compile(r"[^，。；;|\n]{0,8}(?:平台|方案|架构|处理器|机型)?(?:供货|交付|供应|投报|报价)")
"""全部终端按华为麒麟9006C平台供货"""
_TIMES_AHEAD = re.compile(r"\d\s?[×X*]\s?$")
"""2×海光7490"""
_COUNT_BELOW = re.compile(r"(?:\n[^\n|]{0,40}){0,2}\n\s*数量\s?[:：|]?\s?\d")
_COUNT_BEFORE = re.compile(
    r"(?:\d[\d,.]*\s?(?:台|套|张|块|颗|片|个|万?卡时|万?核时)(?:[\u4e00-\u9fffA-Z0-9]{0,8})|(?:\d+|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|TWELVE)\s(?:[A-Z0-9\-]+\s){0,3})$"
)
_LABEL = re.compile(
    r"(?:[\u4e00-\u9fff]{2}(?:内容|对象|标的|品类|机型)|物资|物料|采购(?:内容|标的|需求|货物|项目名称|范围|项目|清单|概况|品目)|标的(?:名称|物|信息)?|货物(?:需求|名称|清单|内容)?|清单|服务内容|项目(?:内容|名称|概况|规模|(?=[:：]))|招标(?:范围|内容)|本次(?:采购|招标|询价)|"
    r"询价标的|拟采购[^:：|]{0,6}|建设内容|主要(?:成交|中标)?(?:标的|内容|功能)|合同(?:名称|标的|内容)|租[用赁]内容|成交标的|中标标的|交易内容|需求[^:：|]{0,4}|商品(?:名称)?|产品名称|设备名称|品名|硬件|算力规格|资源要求|标项|标段|标包|合同包|采购包|分包|第[一二三四五六七八九十\d]{1,3}包|ITEM\s?\d|LOT\s?\d|GOODS|SCOPE|SUPPLY)"
    r"[^:：|\n]{0,12}[:：|]"
)
_GENERIC_TITLE = re.compile(r"政府采购意向|采购意向公[开告]|PROCUREMENT\sINTENTION")
_VERB = re.compile(
    r"采购|购置|购买|租用|租赁|添购|拟购|拟采|购入|新增|扩容|更新|更换|换装|换[为成]|配置|配备|供货|订购|增购|采买|建设|升级|采用|扩建|新建|包括|包含|选用|PURCHASE|SUPPLY|PROCURE|RENTAL|ACQUISITION|DELIVER"
)
_MARKED = re.compile(r"\s*[★▲◆■●※☆]")
"""◆加速卡由境内企业自主设计: a clause that bears a mark is a demand."""
_SPEC = re.compile(
    r"(?:^|[|。；;\n、★▲*）)\d.])\s?(?:(?:推荐|参考|参照)(?:规格|配置|型号|机型)|主板(?:方案|平台)?|CPU|处理器|GPU|加速卡|显卡|加速芯片|AI芯片|NPU|主机|算力|算力卡|PROCESSORS?|ACCELERATORS?|CPU类型|处理器类型|芯片架构|算力指标|计算卡|(?:处理|计算|推理|运算|算力|主控|核心)(?:单元|模块|芯片|板卡?)|(?:计算机|电脑|服务器|工作站|终端|主机|整机)(?:技术|硬件)?(?:配置|参数|规格|路线|架构))[^:：|]{0,8}[:：|]"
)
_BOUGHT_TOO = re.compile(r"(?:购买|采购|购置|新增|硬件|配置|设备)[^。；;|\n]{0,20}$")
_PURE_SERVICE = re.compile(
    r"(?:搬迁|移机|维保|维护|运维|培训|监理|咨询|评估|物业|保养|审计|检测|巡检|驻场)(?:外包|技术|支撑|支持|管理|委托)?(?:服务)?(?:(?:及|和|与|、)[\u4e00-\u9fff]{1,6}?)?(?:服务|采购|项目|公告|单一|成交|中标|招标|$)"
)
_FOR_SERVICE = re.compile(r"为|对|现有|维保|维护|运维|监理")
_NO_HARDWARE = re.compile(
    r"(?:不含|不包括|不包含|不涉及|不新增|不采购|不购置|不购买|不添置)(?:任何|新增)?"
    r"(?:(?:计算|算力|信息化)?(?:硬件|设备)|(?<=不采购|不新增|不购置|不购买|不添置|.任何)(?:服务器|终端|电脑))"
    r"(?:(?:、|及|和|与|或)(?:服务器|终端|电脑|存储|设备)){0,3}(?:等)?(?:硬件|采购|购置|设备)?[，,。；;）)]"
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """`lots` maps a lot key (None = outside any lot) to whether compute is bought there."""

    title: str | None
    lots: dict[str | None, bool]

    @property
    def compute(self) -> bool:
        return any(self.lots.values())


def names_goods(reading: Reading) -> bool:
    """Whether a notice names compute or a chip that could be goods; without, `purchase` finds that it buys none."""
    if reading.may_name_compute(0, reading.title_end) or _foreign_chips(reading):
        return True
    return any(hit.start >= reading.title_end and not is_tool(reading, hit) for hit in reading.compute_nouns)


def purchase(reading: Reading) -> Purchase:
    """What a notice buys, judged by its title's head and by the goods its lines, rows and specifications name."""
    in_title = [] if _GENERIC_TITLE.search(reading.text, 0, reading.title_end) else _title_classes(reading)
    title = _title_class(in_title)
    service_like = title in ("service", "software", "other")
    lots: dict[str | None, bool] = dict.fromkeys(reading.structure.lots, False)
    lots[None] = title == "compute"
    for hit in reading.compute_nouns:
        if hit.start < reading.title_end:
            continue
        lot = reading.structure.lot(hit.start)
        if not lots.get(lot) and _bought(reading, hit, service_like):
            lots[lot] = True
    ecosystems = (hit for hit in reading.hits("word") if hit.rule.basis == "ecosystem")
    for chip in [*reading.hits("product"), *_foreign_chips(reading), *ecosystems]:
        lot = reading.structure.lot(chip.start)
        if chip.start > reading.title_end and not lots.get(lot) and _chip_bought(reading, chip, service_like):
            lots[lot] = True
    if _NO_HARDWARE.search(reading.text):
        lots = dict.fromkeys(lots, False)
    return Purchase(title, lots)


def _foreign_chips(reading: Reading) -> list[Hit]:
    return [hit for hit in reading.hits("foreign") if hit.rule.id != "foreign.word"]


def _title_classes(reading: Reading) -> list[str]:
    """Classes of what the title names, in order; an English title names its subject first."""
    classes = reading.classes_before(0, reading.title_end)
    title = reading.text[: reading.title_end]
    if re.search(r"[（(][^）)]{0,6}软件[^）)]{0,4}[）)]", title) and "硬件" not in title:
        return ["software"]
    if classes and sum(c.isascii() for c in title) > 0.8 * len(title):
        return [min(reading.nouns(0, reading.title_end), key=lambda hit: hit.start).rule.noun_class or ""]
    return classes


def _title_class(classes: list[str]) -> str | None:
    """A trailing service governs the list before it (台式机及附属设备维护服务); else any compute decides."""
    if not classes:
        return None
    if classes[-1] == "service" or "compute" not in classes:
        return classes[-1]
    return "compute"


def _chip_bought(reading: Reading, chip: Hit, service_like: bool) -> bool:
    """A chip in a line or row of goods shows that compute is bought there, whatever the machine is called."""
    head = reading.class_after(chip)
    if head in ("service", "software", "other"):
        return False
    if elsewhere(reading, chip) or _PURE_SERVICE.search(reading.text, 0, reading.title_end):
        return False
    structure, text = reading.structure, reading.text
    line = structure.line(chip.start)
    clause_low, clause_high = structure.clause(chip.start, chip.end)
    counted = any(
        reading.head(chip.end, count.start()) != "other" for count in _COUNTED.finditer(text, clause_low, clause_high)
    )
    in_row = len(structure.cells(line)) > 1 and bool(_NUMBER_CELL.search(text[line.start : line.end + 1]))
    spec = bool(_SPEC.search(text, max(line.start - 1, 0), chip.start + 1))
    put_in_place = bool(_PUT_IN_PLACE.search(text, max(line.start, chip.start - 20), chip.start))
    put_in_place = put_in_place or bool(_MACHINE_OF.search(text, max(line.start, chip.start - 20), chip.start))
    spec = spec or bool(_REFERENCE_SPEC.match(text, chip.end))
    goods = meant(reading, chip.start)
    supplied = _SUPPLIED_ON.match(text, chip.end) and _ON.search(text, max(line.start, chip.start - 12), chip.start)
    put_in_place = put_in_place or bool(supplied)
    told = goods is not None and "other" not in reading.classes_before(*goods)
    told = told or put_in_place or bool(_TIMES_AHEAD.search(text, max(line.start, chip.start - 6), chip.start))
    return counted or in_row or told or (spec and not service_like)


def _bought(reading: Reading, hit: Hit, service_like: bool) -> bool:
    """Whether a compute noun in the body is something this notice buys."""
    if reading.class_of(hit) != "compute" or elsewhere(reading, hit) or is_tool(reading, hit):
        return False
    structure, text = reading.structure, reading.text
    low, _ = structure.clause(hit.start, hit.end)
    line = structure.line(hit.start)
    after = max(reading.phrase(hit.start)[1], hit.end)
    if _PURE_SERVICE.search(text, 0, reading.title_end):
        before = text[max(low, hit.start - 24) : hit.start]
        return bool(_BOUGHT_TOO.search(before)) and not _FOR_SERVICE.search(before)
    if any(_counted(reading, hit, at, line.end) for at in (after, hit.end)) or _COUNT_BEFORE.search(
        text[max(low, hit.start - 24) : hit.start]
    ):
        return True
    if _GOODS_NAMED.search(text, line.start, hit.start) and _GOODS_TOLD.match(text, hit.end):
        return True
    if _PUT_IN_PLACE.search(text, max(line.start, hit.start - 20), hit.start):
        return True
    if _FOR_A_TIME.match(text, hit.end):
        return True
    if _AS_PROJECT.match(text, after) or _AS_PROJECT.match(text, hit.end):
        return not service_like
    if any(_LOT_TITLE.fullmatch(text, label.end, hit.start) for label in structure.labels):
        return not reading.cue("cue.existing", *structure.clause(hit.start, hit.end))
    if _row_counts(reading, hit) or (hit.end + 4 > line.end and _COUNT_BELOW.match(text, line.end)):
        return True
    specified = bool(_SPEC.search(text, max(line.start - 1, 0), hit.end + 12)) and hit.end - line.start < 60
    part = structure.part(hit.start, hit.end)
    spoken_of = (
        _MARKED.match(text, low)
        or reading.cue("cue.oblige", *part)
        or reading.cue("cue.score", *structure.clause(hit.start, hit.end))
    )
    of_other = "other" in reading.classes_before(part[0], hit.start)
    named = any(any(reading.between(kind, *part)) for kind in ("word", "product"))
    demanded = spoken_of and not of_other and named
    if named and not of_other and _CHIP.search(text, max(low, hit.start - 4), hit.end) and _hosted(reading, hit):
        return True
    if service_like:
        bought_too = _BOUGHT_TOO.search(text[max(low, hit.start - 24) : hit.start])
        return bool(specified or bought_too or demanded) and title_allows(reading)
    labelled = _LABEL.search(text[line.start : hit.start])
    return specified or bool(demanded or labelled or _VERB.search(text, max(low, hit.start - 24), hit.start))


def _hosted(reading: Reading, chip: Hit) -> bool:
    """Whether a chip is that of counted goods which no rule knows by name: 推理装置20套（含国产推理芯片）."""
    low, _ = reading.structure.clause(chip.start, chip.end)
    if any(noun.rule.noun_class != "compute" for noun in reading.nouns(low, chip.start)):
        return False
    return _COUNTED.search(reading.text, low, chip.start) is not None


def _counted(reading: Reading, hit: Hit, at: int, end: int) -> bool:
    """Whether a count follows a noun; not so 将集群接入校园网，采购交换机4台, where another thing is counted."""
    found = _COUNT_AFTER.match(reading.text, at, end)
    if not found:
        return False
    return reading.text[at] not in "，," or reading.head(at, found.end()) != "other"


def title_allows(reading: Reading) -> bool:
    """Whether a specification line may stand for goods although the title names software or a service."""
    return not re.search(r"软件|许可|维保|运维|培训|监理|咨询|评估|改造工程|物业", reading.text[: reading.title_end])


def _row_counts(reading: Reading, hit: Hit) -> bool:
    """Whether the hit stands in an early cell of a table row that prints a quantity or price."""
    line = reading.structure.line(hit.start)
    cells = reading.structure.cells(line)
    if len(cells) < 2:
        return bool(_BLANK_ROW.fullmatch(reading.text, line.start, line.end))
    index = next((i for i, (low, high) in enumerate(cells) if low <= hit.start < high + 1), 0)
    if index > 2:
        return False
    return any(
        re.fullmatch(
            r"\s?[约共]?\d[\d,.]*\s?[（(]?(?:台|套|张|块|颗|片|个|节点|部|项|批|元|万元|元/台|/台|万)*[^\u4e00-\u9fff]{0,4}",
            reading.text[low:high],
        )
        for low, high in cells[index + 1 :]
    )
