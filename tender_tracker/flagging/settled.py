"""Contexts that settle a hit whatever its words: deleted, asked, conditional, past, background, someone else's."""

from __future__ import annotations

import re

from tender_tracker.flagging.amended import amended
from tender_tracker.flagging.case import Found, Spot
from tender_tracker.flagging.elsewhere import existing, serviced
from tender_tracker.flagging.sections import relabelled

_APPLIES = re.compile(
    r"(?<!范)[本我](?:项目|次|单位|局|院|委|办|处|中心)?(?:的)?(?:采购人|采购单位|单位|采购)?[^。；;\n若如]{0,8}(?:为|属于?|系|是)|(?<!如)(?<!若)(?<!果)采购人(?:为|属于?|系|是)[^。；，,\n]{0,24}(?:机关|单位|部门)[，,]"
)
_APPLIES_TOO = re.compile(
    r"[^。\n]{0,24}[，,；;。](?:[本我该][^。；;，,\n]{0,8}(?:为|属于?|系|是)[^。；\n]{0,16}[，,])?(?:故|因此|应予?)?(?:适用|从其规定|照此执行)"
)
_EXEMPT = re.compile(
    r"[^。；;\n]{0,24}[，,；;。](?:但)?(?:[本我][^。；;，,\n]{0,10}|采购人|此次|该项目)(?:[^。；;\n]{0,16}[，,])?[^。；;，,\n]{0,8}(?:不适用|不受此限|不在此列|不属(?:于)?(?:上述|此|该|其)|不执行此)"
)
"""党政机关采购须执行安全可靠测评要求；本单位为事业单位，不适用"""
_PARTNER = re.compile(r"伙伴|生态合作|经销|授权|代理证书|合作(?:厂商|名单)")
_LIST = re.compile(r"目录|名录|名单|清单|图谱")
_SINCE = re.compile(r"(?:建设|建成|建|购置|投运|部署|采购)于\s?\d{4}")
_RUNNER_UP = re.compile(
    r"排[序名]第?[二三四五六2-6](?=[:：\s])|第[二三四五六2-6]名(?=[\s:：|]|[\u4e00-\u9fff（）()]{2,24}公司)|第[二三四五六2-6]\s?(?:名|位)?(?:中标|成交|中选)?候选|排名第?[二三四五六2-6]|未中标|未成交|SECOND[-\s]RANKED|RUNNER"
)
_FAILED = re.compile(r"未通过|未入围|未中|被否决|无效|不合格|不符合|不满足")
_QUESTION = re.compile(r"[^？?\n]{0,80}[？?][^？?\n]{0,40}?[？?]?\s?\n?(?:答复?|回复|澄清|A)\d*[:：]?")
_ASKED = re.compile(r"[^？?。\n]{0,60}[？?]")
_ASKS_FOR_OTHER = re.compile(r"接受|能否|可否|可以|是否允许|同意|MAY\s|CAN\s|COULD")
_EXPERIENCE_LABEL = re.compile(r"[^:：|\n]{0,16}(?:业绩|案例|经验|荣誉)[^:：|\n]{0,10}[:：|]")
_NO = re.compile(r"\s?[^，。；,可是]{0,5}?(?:否|不(?!低于|少于|超)|无[需须]|没有|NO(?![A-Z]))")
_ANY = re.compile(r"\s?(?:均可|可)")
_REFERENCE = re.compile(r"参考|同等|相当")
_NEAR_ANSWER = 60
"""Characters of an answer in which its yes or no must stand."""
_UNFIT = re.compile(
    r"[^，。；;|\n]{0,12}?(?:尚不|暂不|目前不|不能|不足以|无法|未能|难以)(?:支持|满足|兼容|适配|胜任|运行|带动|驱动|承载|达到|完成|实现)"
    r"|[^，。；;|\n]{0,6}?(?:供货|货期|产能|性能|生态|价格)[^，。；;|\n]{0,4}(?:不可控|不足|不成熟|不稳定|过长|过高|无法保证)"
)
"""昇腾、海光DCU目前不支持本院算法"""
_WHO = re.compile(
    r"[\s\d.、（()）]{0,4}[\u4e00-\u9fff]{0,10}(?:采购人|招标人|单位|机构|部门|联系人|地址)(?:名称|信息|全称)?[:：][^，。；;|\n（(：:]{0,16}$"
)
"""A field that tells who someone is: 所在单位：国家超算信创实验室."""
_REPLACES = re.compile(r"(?:替代|替换|更新|更换|换装)(?!设备|终端|产品|后)")
_COMPLAINT = re.compile(
    r"(?:质疑|异议|投诉)(?:事项|内容|意见|问题)?[^。；;\n]{0,4}[:：]|(?:供应商|投标人|有人)[^。；;\n]{0,6}(?:提出|认为|反映|质疑|建议)|(?:异议|质疑)(?:人|方)?(?:提出|认为|要求|建议)"
)
_WANTS_IT = re.compile(
    r"(?:(?:应|须|要求|建议|希望)[^，。；;\n]{0,6}?(?:改[为成用]|增[加列设]|补充|限定|采用|选用)|限定)[^，。；;\n]{0,8}$"
)
"""A complaint that asks for domestic chips, not against them: 异议提出应改为国产芯片."""
_REJECTED = re.compile(r"不成立|(?:未|不予?)采纳|不予支持|驳回|维持(?!原判)|不[作予](?:修改|调整)")
_UPHELD = re.compile(r"(?<!不)成立|(?<!不)(?<!不予)采纳|属实|予以(?:支持|调整)")
_RULED_WITHIN = 80
"""Characters behind what a complaint names in which it is ruled on."""
_DETAIL = re.compile(r"其中|包括|含|一期|二期|分为|由|均为|全部为")
_DONE_WITH = re.compile(
    r"本次不(?:再)?(?:采购|招标|重复)|[^不]不再采购(?![^，。；;\n]{0,4}(?:进口|国外|境外|外国|非国产|INTEL|AMD|X86|NVIDIA|英伟达))|已于[^。；;\n]{0,10}(?:确定(?:中标|成交)|成交|签订合同|签约)"
)
_DROPPED = re.compile(r"不再(?:另行)?(?:采购|购置|购买|招标|租用)[^，。；;\n非]{0,8}$")
"""不再采购国产服务器: the purchase itself is given up."""
_DEFINED = re.compile(r"[“\"「]([^”\"」\n]{2,12})[”\"」]\s?(?:均|一律|统一)?(?:系|是)?(?:特)?指")
_SAME_AS_EXISTING = re.compile(
    r"与[^，,。；;\n]{0,6}(?:现[有网用]|[已原既]有|在用|存量|[一前上]期|之|其)[^，,。；;\n]{0,24}?"
    r"(?:同构|同品牌|同架构|同型号|同款|同一(?:品牌|架构|型号|技术路线)|(?:架构|芯片|型号|指令集|技术路线)[^。；;，,\n]{0,6}(?:一致|相同|统一))"
    r"|与[^，,。；;\n]{0,6}(?:现[有网用]|[已原既]有|在用)[^，,。；;\n]{0,8}(?:一致|相同|同系列)的"
    r"|同[前上](?:批|期)?(?:$|[，,])|[上中内里][^，,。；;\n]{0,8}(?:扩|增|添|补|加)[^，,。；;\n]{0,12}同(?:款|型|品牌|架构)"
)
_CALLED_AFTER = re.compile(r"[“\"「『][^”\"」』\n]{0,6}$")
_CALLED_BY = re.compile(
    r"[^“”\"「」『』，。\n]{0,8}(?:班|杯|营|社团?|奖|队|大赛|论坛)[”\"」』]|(?:班|杯)(?![组次子车])"
)
"""“鲲鹏班”, “昇腾杯”: a class or a prize that bears the name of a chip."""
_BRACKET_STOP = re.compile(r"[，,（(]")


def settled(spot: Spot) -> Found | None:
    """Level and reason when the context decides, None when the words themselves must."""
    reading, text = spot.reading, spot.text
    if reading.in_book_title(spot.hit) and not _names_a_list(spot):
        return "mentioned", ("book-title",)
    if found := amended(spot):
        return found
    if _DONE_WITH.search(text, spot.end, spot.clause[1]) and not spot.supported:
        return "mentioned", ("cue.existing",)
    if _DROPPED.search(text, spot.part[0], spot.start):
        return "mentioned", ("not-bought",)
    if spot.line.section == "runner-up" or _RUNNER_UP.search(text, spot.line.start, spot.start):
        return "mentioned", ("runner-up",)
    if spot.case.award and _FAILED.search(text, spot.end, spot.part[1]):
        return "mentioned", ("runner-up",)
    if serviced(reading, spot.start):
        return "mentioned", ("cue.existing",)
    if _UNFIT.match(text, spot.end):
        return "mentioned", ("cue.negation",)
    if _WHO.match(text, spot.clause[0], spot.start) and not any(
        noun.rule.noun_class == "compute" for noun in reading.nouns(spot.start, spot.part[1])
    ):
        return "mentioned", ("organisation",)
    if _names_a_class(spot):
        return "mentioned", ("called-after",)
    if answer := _answered(spot) or _ruled(spot):
        return answer
    if _conditional(spot):
        return "mentioned", ("cue.condition",)
    open_choice = reading.cue("cue.equivalent", *spot.clause)
    if reading.cue("cue.meta", *spot.clause) and not open_choice and not _defines_goods(spot):
        return "mentioned", ("cue.meta",)
    if _EXPERIENCE_LABEL.match(text, spot.line.start, spot.start):
        return "mentioned", ("cue.experience",)
    if reading.cue("cue.experience", *spot.part) and not _PARTNER.search(text, *spot.part):
        return "mentioned", ("cue.experience",)
    if not spot.obliged:
        if spot.line.section == "background" and not relabelled(text, spot.line.start, spot.start):
            return "mentioned", ("section.background",)
        if reading.cue("cue.background", *spot.part):
            return "mentioned", ("cue.background",)
    if (
        not spot.hit.rule.complete
        and _exists(spot)
        and not (spot.bought and _SAME_AS_EXISTING.search(text, *spot.clause))
        and not (reading.cue("cue.support", spot.part[0], spot.start) and spot.bought)
    ):
        return "mentioned", ("cue.existing",)
    return None


def _names_a_class(spot: Spot) -> bool:
    """Whether a chip lends its name to a class or a prize: “鲲鹏班”学生用电脑, 鲲鹏杯."""
    if spot.hit.rule.kind != "product":
        return False
    called = _CALLED_BY.match(spot.text, spot.end)
    if not called:
        return False
    return spot.text[called.end() - 1] in "班杯" or bool(_CALLED_AFTER.search(spot.text, spot.line.start, spot.start))


def _defines_goods(spot: Spot) -> bool:
    """“甲型节点”指搭载海光C86的服务器 speaks of the goods that the notice buys under that name."""
    defined = _DEFINED.search(spot.text, spot.line.start, spot.start)
    if not defined or not spot.bought or any(spot.reading.between("word", *defined.span(1))):
        return False
    term = defined[1]
    return term in spot.text[: defined.start()] or term in spot.text[spot.line.end :]


def _names_a_list(spot: Spot) -> bool:
    """《…信创产品目录》 names the products to choose from, not a book about them."""
    end = spot.text.find("》", spot.end, spot.line.end)
    return spot.hit.rule.id == "word.evaluated" or bool(_LIST.search(spot.text, spot.end, max(end, spot.end)))


def _answered(spot: Spot) -> Found | None:
    """A hit in a question is settled by its answer, which may stand on the next line."""
    following = spot.text.find("\n", spot.line.end + 1)
    after = spot.text[spot.end : following if following >= 0 else len(spot.text)]
    if "？" not in after and "?" not in after:
        return None
    question = _QUESTION.match(after)
    if not question:
        return ("mentioned", ("question",)) if _ASKED.match(after) else None
    answer = after[question.end() : question.end() + 40]
    if _REFERENCE.search(answer):
        return "preferred", ("cue.equivalent",)
    begin = spot.end + question.end()
    no = _NO.match(answer) or spot.reading.cue("cue.negation", begin, begin + _NEAR_ANSWER)
    if _ASKS_FOR_OTHER.search(question.group()):
        return _asked_in_vain(spot) if no else ("mentioned", ("answered-open",))
    return ("mentioned", ("answered-no",)) if no or _ANY.match(answer) else None


def _ruled(spot: Spot) -> Found | None:
    """A hit that a complaint names: 质疑成立 takes the demand back, 质疑不成立 leaves it as it stands."""
    if not _COMPLAINT.search(spot.text, spot.line.start, spot.start) or spot.reading.cue("cue.negation", *spot.part):
        return None
    behind = spot.end, spot.end + _RULED_WITHIN
    rejected = _REJECTED.search(spot.text, *behind)
    if _WANTS_IT.search(spot.text, spot.line.start, spot.start):
        return ("mentioned", ("answered-no",)) if rejected else None
    if rejected:
        return _asked_in_vain(spot)
    return ("mentioned", ("cue.superseded",)) if _UPHELD.search(spot.text, *behind) else None


def _asked_in_vain(spot: Spot) -> Found | None:
    """A bidder asked to offer something else and was told no: the demand stands."""
    return ("required", ("answered-closed",)) if spot.bought else None


def _conditional(spot: Spot) -> bool:
    """A duty of some kinds of buyer, unless the notice says that its buyer is one."""
    if _EXEMPT.match(spot.text, spot.end):
        return True
    sentence = max(spot.line.start, spot.text.rfind("。", 0, spot.start))
    if spot.reading.cue("cue.condition", sentence, spot.start) is None:
        return False
    applies = _APPLIES.search(spot.text, sentence, spot.start) or _APPLIES_TOO.match(spot.text, spot.end)
    return not applies and not spot.case.public_body


def _exists(spot: Spot) -> bool:
    """Whether the words around say that the thing is there already, or is bought elsewhere."""
    low, high = spot.part
    if spot.hit.rule.kind == "word" and _REPLACES.match(spot.text, spot.end) and spot.bought:
        return False  # 对现有210台旧电脑实施信创替代
    aside = spot.reading.structure.aside(high)
    if spot.text[low - 1 : low] in ("（", "(") and spot.text[high : high + 1] in ("）", ")"):
        stop = _BRACKET_STOP.search(spot.text, high + 1, spot.clause[1])
        high = stop.start() if stop else spot.clause[1]
    if _SINCE.search(spot.text, spot.clause[0], spot.start):
        return True
    if spot.outer and existing(spot.reading, *spot.outer, spot.start):
        return True
    if _DETAIL.match(spot.text, low) and spot.reading.cue("cue.existing", spot.clause[0], low):
        return True
    return bool(existing(spot.reading, low, high, spot.start) or spot.reading.cue("cue.existing", *aside))
