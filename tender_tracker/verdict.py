"""Reading → Verdict: one ordered table says what each domestic chip or word means where it stands, then lots roll up.

The labels are defined in docs/labels.md. Each claim keeps the rule that found it and the cues that changed it, so that
a verdict can be printed back and argued with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tender_tracker.evidence import Hit, Reading
from tender_tracker.model import FLAGGED, LEVELS, Evidence, ImportPolicy, Level, LotVerdict, Verdict
from tender_tracker.purchase import Purchase, purchase
from tender_tracker.structure import Line

_AWARD_TITLE = re.compile(r"中标|成交|中选|结果(?!测评|公告测)|候选人|验收|AWARD|合同(?!包)|CONTRACT")
_AWARD_CERTAIN = re.compile(r"中标(?:结果|公告|公示|候选)|成交(?:结果|公告|公示|候选)|中选|候选人|结果公[告示]|AWARD")
_AWARD_TEXT = re.compile(
    r"(?:中标|成交|中选)(?:供应商|人|单位|金额|价)|供应商名称|主要(?:中标|成交)?标的|中标（成交）|AWARDED\sTO|合同(?:总?价|金额|编号)|乙方|供方"
)
_AMENDMENT = re.compile(r"更正|变更|澄清|答疑|补遗|修改|CORRIGENDUM|AMENDMENT|CLARIFICATION")
_OLD_TO_NEW = re.compile(
    r"(?:现|统一|均)?(?:更正|修改|变更|调整|更改|修正|替换|改|更新)(?:为|成|如下)|现为|改成|(?:IS\s)?(?:REPLACED\s(?:BY|WITH)|CHANGED\sTO|AMENDED\sTO|NOW\sREADS)|(?:应|现)(?:改|更正)为|→|-->|=>"
)
_OLD_MARK = re.compile(r"原|由|将|ORIGINAL|THE\sWORDS|“|\"")
_PARTNER = re.compile(r"伙伴|生态合作|经销|授权|代理证书|合作(?:厂商|名单)")
_RUNNER_UP = re.compile(
    r"第[二三四五六2-6]\s?(?:名|位)?(?:中标|成交|中选)?候选|排名第?[二三四五六2-6]|未中标|未成交|SECOND[-\s]RANKED|RUNNER"
)
_ALL_GOODS = re.compile(
    r"(?:所投|投标|投报|所有|全部|本项目|各|提供的?|所供|报价|采购的?|供应的?|响应)[^，。；;|\n]{0,8}?(?:产品|货物|设备|商品|标的|材料)"
)
_BACK_REFERENCE = re.compile(
    r"(?:上述|以上|前述|该|所列|上列|本包|本标项|本标段|本批|此类|前款|上表|清单内|表内)(?:所有|全部|各类?|的)?[^，。；;|\n]{0,10}?(?:设备|产品|货物|机型|硬件|部件|机器|标的|资源|器件|型号|计算|整机)"
)
_ORIGIN_OBJECT = re.compile(r"(?:的)?(?:产品|货物|设备|商品)(?=[，,。；;\n|）)（(]|$)")
_CORE_PARTS = re.compile(
    r"核心(?:部件|器件|元器件|组件|硬件|板卡)|关键(?:部件|器件|元器件|硬件)|主板|零部件|主要部件|元器件|软硬件|硬件"
)
_SOFTWARE_SUBJECT = re.compile(
    r"软件|系统(?!内存)|平台|模型|应用|算法|数据库|中间件|操作系统|框架|接口|功能|SOFTWARE|驱动|客户端|程序|产品须?(?:完成|支持)与?|镜像|引擎|智能体|门户"
)
_ANSWER_YES = re.compile(r"\s?(?:是|对|须|必须|需|应|确认|YES)(?!否)")
_IMPORT_ITEMS = re.compile(r"(?:其余|其他|除[^，。；\n]{1,20}外)[^。；\n]{0,16}进口|进口[^。；\n]{0,10}(?:除外|其余)")
_YES_CELL = re.compile(r"^\s?(?:是|√|✓|Y|YES|国产|信创|必须|须|需|要求|境内|自主|★)\s?$")
_DOMESTIC_HEADER = re.compile(r"国产|信创|自主|安全可靠|本土|DOMESTIC")
_MARK = re.compile(r"[\s\d.、（()）A-Z\-]*([★▲#△◆*☆※])")
_MARK_NAMED = re.compile(r"[“\"'‘（(【带以有注为含]\s?([★▲#△◆*☆※])\s?[”\"'’）)】号者的项符条款]")
_BINDING = re.compile(r"实质性|必须满足|无效|废标|否决|不允许(?:负)?偏离|不得偏离|MANDATORY")
_SCORING = re.compile(
    r"加分|扣分|得分|评分|计分|评审(?:项|时|因素|重点)|不作为|允许偏离|不影响|重点(?:考察|评审)|一般(?:参数|条款)|\d+分"
)
_BOUGHT_XINCHUANG = re.compile(
    r"(?:的)?(?:办公|桌面|基础|IT|信息化|计算机|终端)?(?:云(?!适配|管)|产品(?!适配)|设备|终端|硬件|资源池|目录|名录|名单|整机|主机|PC|资源|算力|机)"
)
_DOMESTIC_AFTER_EQUIVALENT = re.compile(
    r"(?:同等|相当|同档次|类似|等效|其他|同类)[^，。；;|\n]{0,10}?(?:国产|信创|自主可控|DOMESTIC)"
)
_CONNECTIVE = re.compile(r"或|/|、|任选|择一|可选|并列|(?<![A-Z])OR(?![A-Z])")
_FREE_CHOICE = re.compile(r"均可|皆可|都可|亦可|任选|不限|择一|不作限制")
_TRANSPARENT = re.compile(
    r"产品|设备|型号|品牌|机型|部件|器件|硬件|货物|方案|平台|架构|整机|主机|系统|机器|配置|本项|本包|标的|路线|要求|采购|提供|所投|所供|选用|采用"
)
_OBLIGING = re.compile(
    r"(?:必须|均?须|均?应|需|全部|均|一律|要求|为|是|采用|使用|选用|★|▲|#|\*|[\d.、:：（()）A-Z\-\s]|的|其|且|并|和|具备|具有|满足|符合|通过|实现|达到|完全|100%)*$"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one hit means: `effect` is a level, `cues` the rules that changed it."""

    hit: Hit
    effect: Level
    lot: str | None
    cues: tuple[str, ...] = ()
    quote: tuple[int, int] | None = None


@dataclass(slots=True)
class Case:
    """One notice under judgement: what was read, what it buys, what kind of notice it is."""

    reading: Reading
    purchase: Purchase
    kind: str | None
    award: bool = False
    amendment: bool = False
    scored_marks: frozenset[str] = frozenset("▲#△◆")
    claims: list[Claim] = field(default_factory=list)


def decide(reading: Reading, kind: str | None, fingerprint: str) -> Verdict:
    """Reading and kind of notice (None: told from its words) → Verdict."""
    title = reading.text[: reading.title_end]
    text = reading.text
    case = Case(
        reading=reading,
        purchase=purchase(reading),
        kind=kind,
        award=kind in ("award", "contract") or (kind in (None, "other", "single_source") and _is_award(title, text)),
        amendment=kind == "amendment" or bool(_AMENDMENT.search(title)),
        scored_marks=_scored_marks(text),
    )
    for hit in [*reading.hits("product"), *reading.hits("word")]:
        if claim := _claim(case, hit):
            case.claims.append(claim)
    case.claims += _header_claims(case)
    return _roll_up(case, fingerprint)


def _is_award(title: str, text: str) -> bool:
    """Whether the words of a notice without a known kind announce who won or what was contracted."""
    if _AMENDMENT.search(title):
        return False
    return bool(_AWARD_CERTAIN.search(title)) or bool(_AWARD_TITLE.search(title) and _AWARD_TEXT.search(text))


def _claim(case: Case, hit: Hit) -> Claim | None:
    reading = case.reading
    lot = None if reading.in_title(hit) else reading.structure.lot(hit.start)
    if hit.rule.effect == "mentioned":
        return Claim(hit, "mentioned", None, ("organisation",))
    if hit.rule.kind == "product":
        effect, cues = _product(case, hit, lot)
    else:
        effect, cues = _word(case, hit, lot)
    return Claim(hit, effect, lot, cues) if effect else None


Found = tuple[Level | None, tuple[str, ...]]


def _product(case: Case, hit: Hit, lot: str | None) -> Found:
    reading = case.reading
    if reading.in_organisation(hit):
        return "mentioned", ("organisation",)
    if settled := _settled(case, hit, lot):
        return settled
    head = reading.class_after(hit)
    if head in ("service", "software", "other"):
        return "mentioned", (f"noun.{head}",)
    if not _buys(case, lot, hit):
        return "mentioned", ("not-bought",)
    return _strength(case, hit, lot)


def _word(case: Case, hit: Hit, lot: str | None) -> Found:
    reading = case.reading
    rule = hit.rule
    if not rule.complete and reading.in_organisation(hit):
        return None, ()
    if rule.id == "word.standard":
        return "mentioned", ("standard-without-clause",)
    line = reading.structure.line(hit.start)
    if line.is_row is False and _is_header_row(reading, line):
        return None, ()
    target, why = _governed(case, hit, lot)
    if settled := _settled(case, hit, lot):
        return settled if target != "other" and why != "all-goods" else (None, ())
    if target == "compute":
        return _strength(case, hit, lot) if _buys(case, lot, hit) else ("mentioned", ("not-bought",))
    if why == "all-goods" or target == "other":
        return None, ()
    programme = rule.id != "word.domestic" or "国产化" in reading.text[hit.start : hit.end + 1]
    if target in ("software", "service"):
        named = programme and (target == "service" or rule.id != "word.domestic") or _names_compute(reading, hit)
        return ("mentioned", (f"noun.{target}",)) if named else (None, ())
    if rule.id in ("word.brand", "word.english", "word.controllable") and (
        why == "other-noun" or not case.purchase.compute
    ):
        return None, ()
    rate = "率" in reading.text[hit.start : hit.end + 1]
    if rule.id == "word.domestic" and (rate or not programme):
        return None, ()
    return "mentioned", ("no-noun",)


def _names_compute(reading: Reading, hit: Hit) -> bool:
    """国产算力适配路径研究: a service, yet domestic compute is what it speaks of."""
    start, end = reading.phrase(hit.end)
    return any(noun.rule.noun_class == "compute" for noun in reading.nouns(start, end))


def _governed(case: Case, hit: Hit, lot: str | None) -> tuple[str | None, str]:
    """Class of the thing a domestic word speaks of, and how it was found."""
    reading, structure, text = case.reading, case.reading.structure, case.reading.text
    if hit.rule.complete:
        return "compute", "complete"
    after = reading.class_after(hit)
    low, high = structure.clause(hit.start, hit.end)
    if hit.rule.id == "word.evaluated":
        subject = reading.classes_before(low, hit.start) or _row_classes(reading, hit)
        if not subject and after:
            subject = [after]
        if "compute" in subject:
            return "compute", "before"
        if subject:
            return subject[-1], "before"
        return ("compute", "context") if _buys(case, lot, hit) and _pure(case, lot) else (None, "")
    if after and not (
        after == "software" and hit.rule.id == "word.xinchuang" and _BOUGHT_XINCHUANG.match(text, hit.end)
    ):
        return after, "after"
    if hit.rule.id == "word.xinchuang" and _BOUGHT_XINCHUANG.match(text, hit.end):
        title_head = case.purchase.title
        if (
            re.search(r"[（(][^）)\n]{0,8}软件[^）)\n]{0,4}[）)]|软件产品", text[hit.end : high])
            and "硬件" not in text[low:high]
        ):
            return "software", "bracket"
        return ("compute", "convention") if title_head not in ("software", "service") else (title_head, "title")
    before = reading.classes_before(max(low, hit.start - 60), hit.start)
    if before:
        return ("compute" if "compute" in before else before[-1]), "before"
    rows = _row_classes(reading, hit)
    if rows:
        return ("compute" if "compute" in rows else rows[-1]), "row"
    if _CORE_PARTS.search(text, low, high) and _buys(case, lot, hit):
        return "compute", "core-parts"
    if _BACK_REFERENCE.search(text, low, hit.end) and not (case.award and _ORIGIN_OBJECT.match(text, hit.end)):
        return ("compute", "back-reference") if _buys(case, lot, hit) else (None, "")
    if _ALL_GOODS.search(text, low, hit.end) or _ORIGIN_OBJECT.match(text, hit.end):
        return None, "all-goods"
    subject = text[max(low, hit.start - 30) : hit.start]
    open_subject = bool(_OBLIGING.fullmatch(subject)) or bool(_TRANSPARENT.search(subject))
    if open_subject and reading.cue("cue.oblige", low, high) and _buys(case, lot, hit) and _pure(case, lot):
        return "compute", "context"
    return None, "" if open_subject else "other-noun"


def _row_classes(reading: Reading, hit: Hit) -> list[str]:
    """Classes named by the earlier cells of the hit's row and by the head of its column."""
    structure = reading.structure
    line = structure.line(hit.start)
    cells = structure.cells(line)
    if len(cells) < 2:
        label = re.match(r"[^:：|]{1,24}[:：]", reading.text[line.start : hit.start])
        return reading.classes_before(line.start, line.start + label.end()) if label else []
    index = next((i for i, (low, high) in enumerate(cells) if low <= hit.start <= high), 0)
    found: list[str] = []
    for low, high in cells[:index]:
        found += reading.classes_before(low, high)
    return found


def _is_header_row(reading: Reading, line: Line) -> bool:
    following = reading.structure.line(min(line.end + 1, len(reading.text)))
    cells = tuple(reading.text[line.start : line.end].split("|"))
    return len(cells) > 1 and following.header == cells


def _settled(case: Case, hit: Hit, lot: str | None) -> Found | None:
    """Contexts in which nothing is demanded, whatever the words: deleted, conditional, past, background …"""
    reading, structure, text = case.reading, case.reading.structure, case.reading.text
    line = structure.line(hit.start)
    low, high = structure.clause(hit.start, hit.end)
    part_low, part_high = structure.part(hit.start, hit.end)
    if reading.in_book_title(hit) and hit.rule.id != "word.evaluated":
        return "mentioned", ("book-title",)
    if _replaced(case, hit, line):
        return "mentioned", ("cue.superseded",)
    if cue := reading.cue("cue.superseded", low, high):
        return "mentioned", (cue.rule.id,)
    if line.section == "runner-up" or _RUNNER_UP.search(text, line.start, hit.start):
        return "mentioned", ("runner-up",)
    if answer := _answered(text, line, hit):
        return answer
    for name, start, end in (
        ("cue.condition", max(line.start, text.rfind("。", 0, hit.start)), hit.start),
        ("cue.meta", low, high),
        ("cue.experience", part_low, part_high),
    ):
        if reading.cue(name, start, end) and not (
            name == "cue.experience" and _PARTNER.search(text, part_low, part_high)
        ):
            return "mentioned", (name,)
    obliged = reading.cue("cue.oblige", part_low, part_high)
    if line.section == "background" and not obliged:
        return "mentioned", ("section.background",)
    if reading.cue("cue.background", part_low, part_high) and not obliged:
        return "mentioned", ("cue.background",)
    outer_low, outer_high = _outer_part(text, part_low, part_high, low, high)
    if reading.cue("cue.existing", outer_low, outer_high) and not _must_suit(case, hit, lot):
        return "mentioned", ("cue.existing",)
    return None


def _outer_part(text: str, part_low: int, part_high: int, low: int, high: int) -> tuple[int, int]:
    """A bracketed part with the words around its bracket: 01包（鲲鹏服务器）已成交."""
    if text[part_low - 1 : part_low] not in ("（", "(") or text[part_high : part_high + 1] not in ("）", ")"):
        return part_low, part_high
    stop = re.compile(r"[，,（(]").search(text, part_high + 1, high)
    return part_low, stop.start() if stop else high


def _replaced(case: Case, hit: Hit, line: Line) -> bool:
    """Whether the hit stands in the old wording of a correction: 原…，现更正为…, or the 更正前 column."""
    text = case.reading.text
    if line.is_row:
        cells = case.reading.structure.cells(line)
        index = next((i for i, (low, high) in enumerate(cells) if low <= hit.start <= high), 0)
        if index < len(line.header) and re.search(r"更正前|原|修改前|变更前|调整前", line.header[index]):
            return True
    turn = _OLD_TO_NEW.search(text, hit.end, line.end)
    if not turn or not case.amendment:
        return False
    between = text[hit.end : turn.start()]
    return "。" not in between and len(between) < 120 and bool(_OLD_MARK.search(text, line.start, hit.start + 1))


def _answered(text: str, line: Line, hit: Hit) -> Found | None:
    """A hit in a question is settled by its answer."""
    segment = text[hit.end : line.end]
    question = re.match(r"[^？?\n]{0,60}[？?]\s?(?:答|回复|答复|A)?[^:：是否不无可须必需应]{0,8}[:：]?", segment)
    if not question:
        return None
    answer = segment[question.end() : question.end() + 12]
    if re.match(r"\s?(?:否|不|无[需须]|没有|均可|可以|可|NO)", answer):
        return "mentioned", ("answered-no",)
    if _ANSWER_YES.match(answer):
        return None
    return "mentioned", ("question",)


def _must_suit(case: Case, hit: Hit, lot: str | None) -> bool:
    """Hardware that must work together with a domestic machine that is there already."""
    low, high = case.reading.structure.part(hit.start, hit.end)
    return bool(case.reading.cue("cue.support", low, hit.start)) and _buys(case, lot, hit)


def _buys(case: Case, lot: str | None, hit: Hit) -> bool:
    lots = case.purchase.lots
    if lot is None:
        return case.purchase.compute
    if lots.get(lot):
        return True
    # A lot without goods of its own inherits a compute purchase that no lot claims.
    return bool(lots.get(None)) and not any(value for key, value in lots.items() if key)


def _pure(case: Case, lot: str | None) -> bool:
    """Whether nothing but compute (and its software) is bought, so that a word without a noun can only mean it."""
    if case.purchase.title == "compute":
        return True
    reading = case.reading
    return not any(noun.rule.noun_class == "other" for noun in reading.nouns(0, len(reading.text)))


def _strength(case: Case, hit: Hit, lot: str | None) -> Found:
    """The verdict table proper, for a hit that speaks of compute bought in this lot."""
    reading, structure, text = case.reading, case.reading.structure, case.reading.text
    line = structure.line(hit.start)
    low, high = structure.clause(hit.start, hit.end)
    part_low, part_high = structure.part(hit.start, hit.end)
    wide_low, wide_high = (line.start, line.end) if len(structure.cells(line)) > 1 else (low, high)
    wide_obliged = reading.cue("cue.oblige", part_low, part_high)

    negated = reading.cue("cue.negation", *((part_low, part_high) if wide_obliged else (low, high)))
    if not negated and not wide_obliged and wide_low != low:
        negated = reading.cue("cue.negation", high, wide_high)
    if negated and not _negates_foreign(text, negated, hit):
        if not _only_domestic_choice(reading, hit, low, high):
            return "mentioned", (negated.rule.id,)
    if not (hit.rule.complete or _supported(case, hit, part_low)) and _foreign_alternative(reading, hit, low, high):
        return "mentioned", ("foreign-alternative",)
    support = _supported(case, hit, part_low)
    if support and hit.rule.basis == "ecosystem" and hit.rule.kind == "product" and wide_obliged:
        return "required", ("ecosystem",)
    if support:
        if _SOFTWARE_SUBJECT.search(text, low, support.start) and not reading_head_is_hardware(
            reading, low, support.start
        ):
            return "mentioned", (support.rule.id, "noun.software")
        return "preferred", (support.rule.id,)
    if line.section == "scoring" or _scored_row(line):
        return "preferred", ("cue.score",)
    if score := reading.cue("cue.score", wide_low, wide_high):
        return "preferred", (score.rule.id,)
    if prefer := reading.cue("cue.precedence", low, high):
        return "preferred", (prefer.rule.id,)
    equivalent = reading.cue("cue.equivalent", low, high)
    if equivalent and not _DOMESTIC_AFTER_EQUIVALENT.search(text, low, high) and not _floor(reading, equivalent, hit):
        return "preferred", (equivalent.rule.id,)
    mark = _MARK.match(text, low if low == line.start else line.start, hit.start)
    if mark and mark[1] in case.scored_marks and not re.search(r"必须|须|不得", text[part_low:part_high]):
        return "preferred", ("cue.scored-mark",)
    if case.award and not reading.in_title(hit) and not _demanded_in_award(case, hit, wide_obliged):
        return ("supplied", ()) if hit.rule.kind == "product" else ("mentioned", ("award-word",))
    return "required", ()


def _scored_marks(text: str) -> frozenset[str]:
    """Which marks only earn points here: ▲ and # by custom, unless the notice defines its marks otherwise."""
    scored = set("▲#△◆")
    for named in _MARK_NAMED.finditer(text):
        stop = re.compile(r"[；;。\n]").search(text, named.end())
        meaning = text[named.end() : stop.start() if stop else named.end() + 60]
        if _SCORING.search(meaning):
            scored.add(named[1])
        elif _BINDING.search(meaning):
            scored.discard(named[1])
    return frozenset(scored)


def reading_head_is_hardware(reading: Reading, low: int, at: int) -> bool:
    """Whether the subject before a 'must support' is a machine."""
    classes = reading.classes_before(low, at)
    return bool(classes) and "compute" in classes


def _supported(case: Case, hit: Hit, part_low: int) -> Hit | None:
    cue = case.reading.cue("cue.support", part_low, hit.start)
    return cue if cue and hit.start - cue.end <= 24 else None


def _floor(reading: Reading, cue: Hit, hit: Hit) -> bool:
    """'性能不低于' of something else than the hit is a floor of the machine, not an opening for other chips."""
    word = reading.text[cue.start : cue.end]
    return word.startswith(("不低于", "性能不低于")) and cue.start > hit.end + 16


def _negates_foreign(text: str, negation: Hit, hit: Hit) -> bool:
    """不接受其他平台 and the like close the list instead of opening it."""
    return bool(
        re.search(r"其他|其它|进口|国外|境外|偏离|负偏离|联合体|分包|转包", text[negation.end : negation.end + 8])
    )


def _only_domestic_choice(reading: Reading, hit: Hit, low: int, high: int) -> bool:
    """鲲鹏、飞腾均可: a free choice among domestic chips alone is still a domestic demand."""
    chips = {family for other in reading.between("product", low, high) for family in other.families}
    return (
        len(chips) >= 2
        and not any(reading.between("foreign", low, high))
        and bool(re.search(r"均可|皆可|任一|任选|择一|都可|亦可", reading.text[low:high]))
    )


def _foreign_alternative(reading: Reading, hit: Hit, low: int, high: int) -> bool:
    """A foreign chip offered in the same breath: 昇腾910B或NVIDIA H20."""
    text = reading.text
    for other in reading.hits("foreign"):
        if other.end <= low or other.start >= high:
            continue
        left, right = (hit.end, other.start) if hit.end <= other.start else (other.end, hit.start)
        gap = text[left:right]
        if len(gap) > 60 or re.search(r"[;；。:：|\n]", gap):
            continue
        if re.search(
            r"不得|禁止|严禁|不接受|不允许|不含|排除|拒绝|而非|不采用|替代|取代|替换|NOT\s",
            text[max(low, other.start - 10) : other.start],
        ):
            continue
        other_low, other_high = case_part(reading, other)
        if reading.cue("cue.existing", other_low, other_high):
            continue
        later = max(hit.end, other.end)
        if _CONNECTIVE.search(gap) or _FREE_CHOICE.search(text, later, min(later + 14, high)):
            return True
    return False


def case_part(reading: Reading, hit: Hit) -> tuple[int, int]:
    return reading.structure.part(hit.start, hit.end)


def _scored_row(line: Line) -> bool:
    return any(re.search(r"分值|评分|得分|加分|POINTS|SCORE", cell) for cell in line.header)


def _demanded_in_award(case: Case, hit: Hit, obliged: Hit | None) -> bool:
    """In an award only a clause that obliges, or a lot named by its chip, speaks of the demand."""
    structure = case.reading.structure
    label = next((l for l in structure.labels if l.start < hit.start <= l.end + 8), None)
    if label and re.match(r"[（(:：][^）)，。；|\n]{0,12}$", case.reading.text[label.end : hit.start] + ""):
        closing = case.reading.text[hit.end : hit.end + 12]
        return bool(re.match(r"[^，。；|\n]{0,8}[）)]", closing))
    return bool(obliged) and bool(
        re.search(r"必须|须|应|SHALL|MUST|要求", case.reading.text[obliged.start : obliged.end])
    )


def _header_claims(case: Case) -> list[Claim]:
    """Rows of a table with a column such as 是否国产: the cell decides for the goods of its row."""
    reading, structure = case.reading, case.reading.structure
    claims = []
    for line in structure.lines:
        if not line.is_row:
            continue
        for index, head in enumerate(line.header):
            if not _DOMESTIC_HEADER.search(head) or index >= len(line.header):
                continue
            low, high = structure.cells(line)[index]
            if not _YES_CELL.match(reading.text[low:high]):
                continue
            classes = [c for cell in structure.cells(line)[:index] for c in reading.classes_before(*cell)]
            word = next(
                (hit for hit in reading.hits("word") if head in reading.text[hit.start - 12 : hit.end + 12]), None
            )
            if word and "compute" in classes and not case.award:
                lot = structure.lot(low)
                claims.append(Claim(word, "required", lot, (), (line.start, high)))
    return claims


def _import_policy(case: Case) -> tuple[ImportPolicy, list[Hit]]:
    hits = case.reading.hits("import")
    barred = [hit for hit in hits if hit.rule.effect == "import_barred"]
    allowed = [
        hit
        for hit in hits
        if hit.rule.effect == "import_allowed" and not any(b.start <= hit.start < b.end for b in barred)
    ]
    if allowed:
        # Allowed for some items and barred for the rest still lets imports in.
        return ("allowed", allowed[:1]) if not barred or _IMPORT_ITEMS.search(case.reading.text) else ("barred", barred[:1])
    if barred:
        return "barred", barred[:1]
    return _import_column(case), []


def _import_column(case: Case) -> ImportPolicy:
    """The policy of a table column such as 是否允许进口."""
    cells = {
        case.reading.text[slice(*structure_cells[index])].strip()
        for line in case.reading.structure.lines
        for index, head in enumerate(line.header)
        if "进口" in head and "是否" in head
        for structure_cells in [case.reading.structure.cells(line)]
    }
    if cells & {"是", "允许", "接受"}:
        return "allowed"
    return "barred" if cells & {"否", "不允许", "不接受"} else "unstated"


def _roll_up(case: Case, fingerprint: str) -> Verdict:
    reading = case.reading
    strongest: Callable[[list[Claim]], Level] = lambda claims: min(
        (claim.effect for claim in claims), key=LEVELS.index, default="none"
    )
    lots = []
    for key, label in reading.structure.lots.items():
        own = [c for c in case.claims if c.lot == key]
        shared = [c for c in case.claims if c.lot is None and c.effect in FLAGGED and case.purchase.lots.get(key)]
        lots.append(LotVerdict(reading.normal.quote(label.start, label.end)[2], strongest(own + shared)))
    level = strongest(case.claims)
    families = sorted({f for claim in case.claims if claim.effect in FLAGGED for f in claim.hit.families})
    policy, policy_hits = _import_policy(case)
    ordered = sorted(case.claims, key=lambda claim: (LEVELS.index(claim.effect), claim.hit.start))
    names = {key: reading.normal.quote(label.start, label.end)[2] for key, label in reading.structure.lots.items()}
    evidence = [_evidence(reading, c.hit, c.effect, names.get(c.lot or ""), c.cues, c.quote) for c in ordered]
    evidence += [_evidence(reading, hit, hit.rule.effect or "", None, (), None) for hit in policy_hits]
    return Verdict(
        level=level,
        compute=case.purchase.compute,
        import_policy=policy,
        families=tuple(families),
        lots=tuple(lots),
        evidence=tuple(_distinct(evidence)),
        pack=fingerprint,
    )


def _distinct(evidence: list[Evidence]) -> list[Evidence]:
    seen: set[tuple[int, int, str]] = set()
    kept = []
    for item in evidence:
        key = (item.start, item.end, item.effect)
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


_QUOTE = 80
"""Longest quote in characters: what a reader takes in at a glance."""


def _evidence(
    reading: Reading, hit: Hit, effect: str, lot: str | None, cues: tuple[str, ...], quote: tuple[int, int] | None
) -> Evidence:
    low, high = quote or reading.structure.clause(hit.start, hit.end)
    line = reading.structure.line(hit.start)
    if not quote and len(reading.structure.cells(line)) > 1 and hit.end - line.start <= _QUOTE:
        low = line.start
    if high - low > _QUOTE and not quote:
        part_low, part_high = reading.structure.part(hit.start, hit.end)
        low, high = (part_low, part_high) if part_high - part_low <= _QUOTE else (hit.start - 30, hit.end + 30)
        low, high = max(low, line.start), min(high, line.end)
    start, end, passage = reading.normal.quote(low, high)
    shift = len(passage) - len(passage.lstrip())
    start, passage = start + shift, passage.strip()
    title_length = reading.normal.origin.find("\n")
    in_title = start < title_length
    offset = 0 if in_title else title_length + 1
    return Evidence(
        quote=passage,
        start=start - offset,
        end=start - offset + len(passage),
        where="title" if in_title else "text",
        rule=hit.rule.id,
        effect=effect,
        lot=lot,
        families=hit.families,
        basis=hit.rule.basis,
        cues=cues,
    )
