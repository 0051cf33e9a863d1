"""The verdict table: what a domestic chip or word demands that speaks of compute bought here. First row that fits wins.

1 negated → mentioned · 2 foreign chips offered beside it → mentioned · 3 must be supported → preferred (by software:
mentioned) · 4 earns points or precedence → preferred · 5 or equivalent, reference → preferred · 6 a mark that scores →
preferred · 7 a duty of those who offer it → mentioned · 8 an award row without demand → supplied · 9 else → required.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tender_tracker.flagging.case import Found, Spot
from tender_tracker.flagging.evidence import Hit
from tender_tracker.flagging.negation import FREE_CHOICE, SHUT_OUT, negated, of_detail

_SOFTWARE_SUBJECT = re.compile(
    r"软件|系统(?!内存)|平台|模型|应用|算法|数据库|中间件|操作系统|框架|接口|功能|SOFTWARE|驱动|客户端|程序|产品须?(?:完成|支持)与?|镜像|引擎|智能体|门户"
)
_DOMESTIC_AFTER_EQUIVALENT = re.compile(
    r"(?:同等|相当|同档次|类似|等效|其他|同类|不低于|不劣于|优于)[^，。；;|\n]{0,10}?(?:国产|信创|自主可控)|(?:EQUIVALENT|SIMILAR|COMPARABLE|BETTER)[^.;,|\n]{0,24}?DOMESTIC"
)
_CONNECTIVE = re.compile(r"或|也可|/|、|任选|择一|可选|并列|(?<![A-Z])OR(?![A-Z])")
_ENUMERATED = re.compile(r"[\s,，A-Z0-9\-]*")
_REFUSED = re.compile(r"不得|禁止|严禁|不接受|不允许|不含|排除|拒绝|而非|不采用|替代|取代|替换|NOT\s")
_LISTED = re.compile(r"\s?[、和及与]\s?")
_STRONG = re.compile(r"或|也可|任选|择一|可选|并列|(?<![A-Z])OR(?![A-Z])")
_CPU_FAMILIES = frozenset(["kunpeng", "hygon", "phytium", "loongson", "zhaoxin", "sunway"])
_IF_OFFERED = re.compile(r"(?:如果?|若|凡)[^。；;，,\n]{0,12}(?:采用|属|选用|使用|提供|投报|投标|为|报|投)")
_WHETHER = re.compile(r"是否[^，。；;|:：\n]{0,12}$")
_VALUE = re.compile(r"[^，。；;\n]{0,10}[:：|（(]")
_ON_NEED = re.compile(r"如(?:有需要|确?需要?|遇)")
_DEMANDED = re.compile(r"(?:必须|须|应)(?:全部|均|一律)?(?:选用|采用|使用|配置|配备|搭载|为)")
_SERVING_WELL = re.compile(r"供应商|投标人|响应人|厂[家商]|服务(?!器)|售后|业绩|交货|报价|价格")
_ACCESS = re.compile(r"[^，,。；;|\n]{0,12}?(?:终端|电脑|PC)(?:的)?(?:浏览器|访问|登录|客户端)")
_RENTED = re.compile(r"[^，。；;|\n]{0,16}(?:上|内|中)?的(?:机时|核时|卡时|算力|云主机|实例|资源)")
_SUCCESSOR = re.compile(r"停产|退市|断供|换代|(?:目录|名录|名单|清单)(?:更新|调整)")
"""What may follow a product of the list that is no longer made."""
_THE_REST = re.compile(r"其余|其它?\d|剩余|另\s?\d")
_BOTH_OFFERED = re.compile(r"(?:国外|境外|外国|进口)[^，。；;|\n]{0,8}(?:和|与|及|、|或者?)$")
_EACH_COUNTED = re.compile(r"[^、，,或/]{0,12}\d\s?(?:台|套|张|块|颗|片|个|P)[、，,和及与]")
_COUNT_AHEAD = re.compile(r"[^、，,。；;或/\n]{0,12}\d\s?(?:台|套|张|块|颗|片|个|P)")
_PLAN = re.compile(r"[\s\d.、（()）]{0,4}方案[甲乙丙一二三AB123][:：]")
_TWO_BRACKETS = re.compile(r"[）)][^（(]*[（(]")
_GAP_BREAK = re.compile(r"[;；。:：|\n]")
_MODAL = re.compile(r"必须|须|不得")
_AWARD_DEMAND = re.compile(r"必须|须|应|统一|一概|一律|务必|SHALL|MUST|要求")
_ASKED_BY_BUYER = re.compile(r"(?:甲方|采购人|采购方|需方|买方)要求")
_OR_HIGHER = re.compile(r"或(?:更高|更优|同等|同级|同档次|同类)[^，。；;|\n的于]{0,10}")
_NO_OTHER = re.compile(r"(?:不接受|不得(?:采用|选用|投报|提供)|拒绝)(?:任何)?其[他它]")
_REACHED = re.compile(r"(?:综合|最终|评审|评标|总)(?:得分|评分|分)[:：]?\s?\d{2}")
_TIE = re.compile(
    r"(?:得分|报价|评分|总分|分数|分值|排名|名次|价格)(?:相同|并列|相等|一致|一样|持平|相当)|者(?:排|列|居|在)(?:前|先)"
)
_SCORED_COLUMN = re.compile(r"分值|评分|得分|加分|POINTS|SCORE")


def strength(spot: Spot) -> Found:
    """Level of a hit that speaks of compute bought in its lot, with the rules that made it so."""
    for row in _TABLE:
        if found := row(spot):
            return found
    return "required", ()


def _foreign_beside(spot: Spot) -> Found | None:
    """A foreign chip offered in the same breath: 昇腾910B或NVIDIA H20."""
    if spot.hit.rule.complete or spot.supported:
        return None
    if _BOTH_OFFERED.search(spot.text, spot.clause[0], spot.start) or _another_plan(spot):
        return "mentioned", ("foreign-alternative",)
    low, high = spot.clause
    for other in spot.reading.hits("foreign"):
        if other.end > low and other.start < high and _offered(spot, other):
            return "mentioned", ("foreign-alternative",)
    return None


def _another_plan(spot: Spot) -> bool:
    """方案甲：Intel至强…⏎方案乙：国产处理器…: plans to choose from, one of them foreign."""
    if not _PLAN.match(spot.text, spot.line.start, spot.start):
        return False
    lines = (spot.reading.structure.line(other.start) for other in spot.reading.hits("foreign"))
    return any(line.start != spot.line.start and _PLAN.match(spot.text, line.start) for line in lines)


def _offered(spot: Spot, other: Hit) -> bool:
    """Whether a foreign chip is an alternative to the hit, not a refused, replaced or existing one."""
    left, right = (_listed(spot), other.start) if spot.end <= other.start else (other.end, spot.start)
    gap = spot.text[left:right]
    if len(gap) > 60 or _GAP_BREAK.search(gap):
        return False
    if _REFUSED.search(spot.text, max(spot.clause[0], other.start - 10), other.start):
        return False
    if spot.reading.cue("cue.existing", *spot.reading.structure.part(other.start, other.end)):
        return False
    if _THE_REST.search(gap):
        return False  # 至少2台国产ARM服务器，其余4台x86不限
    if _TWO_BRACKETS.search(gap) and not _STRONG.search(gap):
        return False  # 服务器（海光5380，8台）、云终端（Intel N100，200台): two things, each with its own chip
    later = max(spot.end, other.end)
    if _EACH_COUNTED.match(gap) and _COUNT_AHEAD.match(spot.text, later, spot.clause[1]):
        return False  # x86 30台、鲲鹏10台: both are bought
    accelerator = bool(spot.hit.families) and not _CPU_FAMILIES & set(spot.hit.families)
    if other.rule.id == "foreign.cpu" and accelerator and not _STRONG.search(gap):
        return False  # i7/32G/MTT S80 lists the parts of one machine
    if _ENUMERATED.fullmatch(gap) and _CONNECTIVE.search(spot.text, later, min(later + 30, spot.clause[1])):
        return True
    return bool(_CONNECTIVE.search(gap) or FREE_CHOICE.search(spot.text, later, min(later + 14, spot.clause[1])))


def _listed(spot: Spot) -> int:
    """Where the list of products ends that a hit opens: 飞腾、鲲鹏机型."""
    end = spot.end
    for product in spot.reading.between("product", spot.end, spot.clause[1]):
        if not _LISTED.fullmatch(spot.text, end, product.start):
            break
        end = product.end
    return end


def _must_support(spot: Spot) -> Found | None:
    """Compatibility: preferred of hardware, mentioned of software; a chip's own software stack fixes the chip."""
    support = spot.supported
    if not support:
        return None
    if spot.hit.rule.kind == "product" and spot.hit.rule.basis == "ecosystem":
        return "required", ("ecosystem",)
    low = spot.clause[0]
    if _ACCESS.match(spot.text, spot.end):
        return "mentioned", (support.rule.id, "noun.software")
    machine = "compute" in spot.reading.classes_before(low, support.start)
    if machine and spot.text.startswith(("运行", "可运行", "部署"), support.start):
        return None  # 云主机须运行于国产芯片物理机 says what the machine is
    if spot.text.startswith(("运行", "部署"), support.start) and _RENTED.match(spot.text, spot.end):
        return None  # 运行在国产超级计算机上的机时
    if _SOFTWARE_SUBJECT.search(spot.text, low, support.start) and not machine:
        return "mentioned", (support.rule.id, "noun.software")
    return "preferred", (support.rule.id,)


def _scored(spot: Spot) -> Found | None:
    if spot.case.award and any(_SCORED_COLUMN.search(cell) for cell in spot.line.header):
        return None  # the points that candidates reached
    if spot.line.section == "scoring" or any(_SCORED_COLUMN.search(cell) for cell in spot.line.header):
        return "preferred", ("cue.score",)
    if spot.case.award and _REACHED.search(spot.text, *spot.row):
        return None  # 第一名：…，投报昆仑芯P800服务器，综合得分91.7
    cue = spot.reading.cue("cue.score", *spot.row) or spot.reading.cue("cue.precedence", *spot.clause)
    if cue and spot.obliged and cue.start >= spot.part[1] and _TIE.search(spot.text, *_part_of(spot, cue)):
        return None  # 均须为国产处理器，综合得分并列的，报价低者排前
    if cue and (_of_bidders(spot, cue) or (spot.obliged and (of_detail(spot, cue) or _within_demand(spot, cue)))):
        return None
    return ("preferred", (cue.rule.id,)) if cue else None


def _of_bidders(spot: Spot, cue: Hit) -> bool:
    """服务器，国产芯片，售后服务好的供应商优先: precedence of those who serve well."""
    if cue.start < spot.part[1] or spot.text[spot.part[1] - 1] in "的者时":
        return False
    low, _ = spot.reading.structure.part(cue.start, cue.end)
    return bool(_SERVING_WELL.search(spot.text, low, cue.start))


def _within_demand(spot: Spot, cue: Hit) -> bool:
    """必须选用国产芯片，优先考虑海光: precedence among what the demand admits; CPU须为国产（核数每多8核加1分）."""
    demanded = _DEMANDED.search(spot.text, spot.part[0], spot.start)
    return bool(demanded) and cue.start >= spot.part[1] and spot.text.startswith("优先", cue.start)


def _equivalent(spot: Spot) -> Found | None:
    cue = spot.reading.cue("cue.equivalent", *spot.clause)
    if not cue or _DOMESTIC_AFTER_EQUIVALENT.search(spot.text, *spot.clause):
        return None
    if spot.obliged and cue.end <= spot.part[0] and not any(_chips_of_part(spot, cue)):
        return None  # 参照党政机关标准，CPU须通过安全可靠测评
    if spot.obliged and cue.start >= spot.part[1] and _SUCCESSOR.search(spot.text, *_part_of(spot, cue)):
        return None  # 须在信创目录内选取，停产时可以同等性能机型换代
    if spot.case.amendment and spot.reading.cue("cue.superseded", _part_of(spot, cue)[0], cue.start):
        return None  # 须采用昇腾芯片，删除“或其他同类芯片”
    further = next(spot.reading.between("product", cue.end, min(cue.end + 16, spot.clause[1])), None)
    if further and spot.end <= cue.start and _OR_HIGHER.fullmatch(spot.text, cue.start, further.start):
        return None  # 海光7490或更高型号海光处理器
    if spot.hit.rule.kind == "word" and spot.text.startswith(("SUCH AS", "为例"), cue.start):
        return None  # domestic processors such as …: the examples stay within the demand
    named = (any(spot.reading.between(kind, spot.end, cue.start)) for kind in ("product", "foreign"))
    if spot.hit.rule.kind == "word" and any(named):
        return None  # 国产处理器（鲲鹏920同等及以上）, 国产品牌，酷睿i5或性能更高: of the chip named last
    # 性能不低于 of something further on is a floor of the machine, not an opening for other chips.
    floor = spot.text.startswith(("不低于", "性能不低于"), cue.start) and cue.start > spot.end + 16
    return None if floor else ("preferred", (cue.rule.id,))


def _chips_of_part(spot: Spot, cue: Hit) -> Iterator[Hit]:
    """Domestic or foreign chips and words in the part of a cue."""
    part = _part_of(spot, cue)
    return (hit for kind in ("product", "word", "foreign") for hit in spot.reading.between(kind, *part))


def _part_of(spot: Spot, cue: Hit) -> tuple[int, int]:
    return spot.reading.structure.part(cue.start, cue.end)


def _scored_mark(spot: Spot) -> Found | None:
    if spot.mark and spot.mark in spot.case.scored_marks and not _MODAL.search(spot.text, *spot.part):
        return "preferred", ("cue.scored-mark",)
    return None


def _if_offered(spot: Spot) -> Found | None:
    """如所投服务器采用国产处理器，须…: a duty of those who offer it, not a duty to offer it."""
    if _WHETHER.search(spot.text, spot.part[0], spot.start) and not _VALUE.match(spot.text, spot.end):
        return "mentioned", ("question",)  # 响应文件须注明CPU是否国产
    if spot.text[spot.start - 1] == "非" and SHUT_OUT.search(spot.text, *spot.clause):
        return None  # 如所投非国产芯片，按无效处理
    on_need = _ON_NEED.search(spot.text, spot.clause[0], spot.start)
    offered = on_need or _IF_OFFERED.search(spot.text, spot.part[0], spot.start)
    return ("mentioned", ("if-offered",)) if offered else None


def _awarded(spot: Spot) -> Found | None:
    """In an award only the title, a clause that obliges, or a lot named by its chip speaks of the demand."""
    if not spot.case.award or spot.reading.in_title(spot.hit) or spot.names_lot or spot.names_project:
        return None
    if spot.obliged and _AWARD_DEMAND.search(spot.text, spot.obliged.start, spot.obliged.end):
        return None
    if _ASKED_BY_BUYER.search(spot.text, spot.line.start, spot.start):
        return None  # 甲方要求…替换为信创云主机, in a contract
    if _NO_OTHER.search(spot.text, *spot.row):
        return None  # 显卡：摩尔线程MTT S80；不接受其他型号, in an order
    return ("supplied", ()) if spot.hit.rule.kind == "product" else ("mentioned", ("award-word",))


_TABLE: tuple[Callable[[Spot], Found | None], ...] = (
    negated, _foreign_beside, _must_support, _scored, _equivalent, _scored_mark, _if_offered, _awarded,
)  # fmt: skip
