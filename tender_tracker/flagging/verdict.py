"""Reading → Verdict: each domestic chip or word becomes a claim with its quote, and claims roll up by lot.

The labels are defined in docs/labels.md. A claim names the rule that found it and the cues that changed it, so that a
verdict can be printed back and argued with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tender_tracker.flagging.case import Case, Found, Spot
from tender_tracker.flagging.evidence import Hit, Reading
from tender_tracker.flagging.governed import governed, names_compute, names_software, row_classes
from tender_tracker.flagging.pairs import meant
from tender_tracker.flagging.purchase import names_goods
from tender_tracker.flagging.settled import settled
from tender_tracker.flagging.strength import strength
from tender_tracker.model import FLAGGED, LEVELS, Evidence, ImportPolicy, Level, LotVerdict, Verdict

_IMPORT_ITEMS = re.compile(r"(?:其余|其他|除[^，。；\n]{1,20}外)[^。；\n]{0,16}进口|进口[^。；\n]{0,10}(?:除外|其余)")
_YES_CELL = re.compile(r"\s?(?:是|√|✓|Y|YES|国产|信创|必须|须|需|要求|境内|自主|★)\s?")
_DOMESTIC_HEADER = re.compile(r"国产|信创|自主|安全可靠|本土|DOMESTIC")
_PARTNERS = re.compile(r"伙伴|合作(?:厂商|名单|名录)")
_REPLACED_GOODS = re.compile(r"(?:设备|终端|电脑|整机)$")
_REPLACEMENT = re.compile(r"(?:替代|替换|更新|更换|换装)")
_PROGRAMME = re.compile(
    r"(?:程度|水平|能力|提升|改造|迁移|适配|替代|升级|建设|环境|转型|要求|信息|硬件|软硬件|系统|平台|设备|产品|产业)|[^\u4e00-\u9fff]|$"
)
_PLATFORM_HEAD = re.compile(r"[^，。；;|\n（(软系统]{0,8}平台(?!软件)")
_ROOM = re.compile(r"[^，。；;|（(\n]{0,6}机房(?:建设|采购|项目|购置){0,3}(?=[，,。；;|（(\n]|$)")
_MODELLED = re.compile(
    r"(?:参数|指标|规格|配置|需求)[^，。；;|\n]{0,6}(?:按照?|依据|参照|根据|取自|以)[^，。；;|\n]{0,4}$"
)
"""服务器参数按TaiShan 200拟定, 依据海光机型编制: a model, whatever is drawn up by it."""
_LABELLED = re.compile(r"[：:|]\s?")
_NAME_LABEL = re.compile(r"[\s\d一二三四五六七八九十、.．（()）]{0,8}(?:项目|采购)?(?:名称|项目|内容|标的)[:：|]\s?")
_CHIP_ALONE = re.compile(
    r"[\sA-Z0-9\-]{0,12}(?:处理器|CPU|芯片|系列|平台|架构)?(?:模块|模组)?(?=[，,。；;、|（()）\n/或和]|$)"
)
_CHIP_NOUN = re.compile(r"处理器|CPU|GPU|芯片|加速芯片|主机(?!\d)")
_EITHER = re.compile(
    r"(?:品牌|产品)?(?:或者?|和|与|及|/)(?:国外|境外|外国|其[他它](?![^，。；\n]{0,4}(?:国产|信创|自主)))"
)
_CENTRE = re.compile(r"[\u4e00-\u9fff]{0,4}?(?:智算|算力|超算)中心")
_COMPUTE_WORD = re.compile(r"(?:AI)?(?:算力|智算|GPU)")
_QUOTE = 80
"""Longest quote in characters: what a reader takes in at a glance."""
_QUOTED = 200
"""Passages quoted of one lot and effect; the level is decided by all of them."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one hit means: `effect` is a level, `cues` what changed it, `quote` a span to print for the clause."""

    hit: Hit
    effect: Level
    lot: str | None
    cues: tuple[str, ...] = ()
    quote: tuple[int, int] | None = None


def decide(reading: Reading, kind: str | None, fingerprint: str) -> Verdict:
    """Reading, kind of notice (None: told from its words) and fingerprint of the rule pack → Verdict."""
    if not (reading.hits("product") or reading.hits("word") or names_goods(reading)):
        return _only_imports(reading, fingerprint)
    case = Case.of(reading, kind)
    claims = [claim for hit in (*reading.hits("product"), *reading.hits("word")) if (claim := _claim(case, hit))]
    return _roll_up(case, _withdrawn(reading, claims) + _column_claims(case) + _stated_claims(case), fingerprint)


def _only_imports(reading: Reading, fingerprint: str) -> Verdict:
    """The verdict on a notice that buys no compute and claims nothing of any: it tells at most who may import."""
    policy, hits = _import_policy(reading)
    evidence = tuple(_quoted(reading, hit, hit.rule.effect or "") for hit in hits)
    names = _lot_names(reading).values() if reading.compute_nouns or reading.hits("foreign") else ()
    lots = tuple(LotVerdict(name, "none") for name in names)
    return Verdict("none", False, policy, lots=lots, evidence=evidence, pack=fingerprint)


def _lot_names(reading: Reading) -> dict[str, str]:
    return {key: reading.normal.quote(lot.start, lot.end)[2] for key, lot in reading.structure.lots.items()}


def _withdrawn(reading: Reading, claims: list[Claim]) -> list[Claim]:
    """A wording that the notice deletes in one place is deleted wherever the notice quotes it."""
    gone = {_within_quotes(reading, claim.hit) for claim in claims if "cue.superseded" in claim.cues} - {""}
    return [
        replace(claim, effect="mentioned", cues=("cue.superseded",))
        if claim.effect in FLAGGED and _within_quotes(reading, claim.hit) in gone
        else claim
        for claim in claims
    ]


def _within_quotes(reading: Reading, hit: Hit) -> str:
    """The words between “ and ” around a hit, "" when there are none."""
    low, high = reading.text.rfind("“", 0, hit.start), reading.text.find("”", hit.end)
    if low < 0 or high < 0 or "”" in reading.text[low : hit.start] or high - low > 80:
        return ""
    return reading.text[low + 1 : high]


def _claim(case: Case, hit: Hit) -> Claim | None:
    if hit.rule.effect == "mentioned":
        return Claim(hit, "mentioned", None, ("organisation",))
    spot = Spot(case, hit)
    effect, cues = _product(spot) if hit.rule.kind == "product" else _word(spot)
    return Claim(hit, effect, spot.lot, cues) if effect else None


def _product(spot: Spot) -> Found:
    """A chip's name: the thing it names must be compute, and compute must be bought where it stands."""
    if spot.reading.in_organisation(spot.hit):
        return "mentioned", ("organisation",)
    if found := settled(spot):
        return found
    if spot.bought and (spot.supported or (spot.obliged and _PARTNERS.search(spot.text, spot.end, spot.part[1]))):
        return strength(spot)
    head = _product_head(spot)
    if head == "service" and spot.bought and _names_room(spot):
        head = None
    if head == "service" and spot.bought and _MODELLED.search(spot.text[spot.part[0] : spot.start]):
        head = None
    if head == "software" and _PLATFORM_HEAD.match(spot.text, spot.end) and spot.case.purchase.compute:
        head = None
    if head in ("service", "software", "other"):
        return "mentioned", (f"noun.{head}",)
    return strength(spot) if spot.bought else ("mentioned", ("not-bought",))


def _names_room(spot: Spot) -> bool:
    """Whether the goods of a project are a room named by its chip: 名称：龙芯机房（一间），Intel named nowhere."""
    named = spot.reading.in_title(spot.hit) or _NAME_LABEL.fullmatch(spot.text, spot.line.start, spot.start)
    return bool(named and _ROOM.match(spot.text, spot.end)) and not spot.reading.hits("foreign")


def _product_head(spot: Spot) -> str | None:
    """What a chip's name heads (昇腾机房改造 → service), or the thing around the bracket it stands in."""
    reading = spot.reading
    if spot.hit.rule.basis == "ecosystem":
        return None
    if (goods := meant(spot.reading, spot.start)) and spot.reading.classes_before(*goods) == ["other"]:
        return "other"  # 防火墙2台、服务器4台。前者须采用飞腾CPU
    row = row_classes(spot)
    if "other" in row and "compute" not in row:
        return "other"  # 存储阵列 | 控制器采用鲲鹏处理器: the chip of another machine
    if _CHIP_ALONE.match(spot.text, spot.end) and _of_another_machine(spot):
        return "other"
    if head := reading.class_after(spot.hit):
        return head
    outside = reading.classes_before(*spot.outer) if spot.outer else []
    if outside and outside[-1] in ("service", "other"):
        return outside[-1]
    return "service" if reading.classes_before(spot.part[0], spot.start)[:1] == ["service"] else None


def _of_another_machine(spot: Spot) -> bool:
    """防火墙须采用国产飞腾CPU; 全闪存储，控制器为鲲鹏920: the clause names only other machines."""
    nouns = spot.reading.nouns(spot.clause[0], spot.start)
    machines = [noun for noun in nouns if not _is_part(spot, noun)]
    return bool(machines) and all(noun.rule.noun_class == "other" for noun in machines)


def _is_part(spot: Spot, noun: Hit) -> bool:
    """Whether a noun names a chip, or the machine of 彩超1台，主机采用国产芯片, and no goods of its own."""
    part = _CHIP_NOUN.match(spot.text, noun.start)
    return part is not None and part.end() == noun.end


def _word(spot: Spot) -> Found:
    """A domestic word: what it speaks of decides first, then its context, then the table."""
    rule = spot.hit.rule
    if not rule.complete and spot.reading.in_organisation(spot.hit):
        return None, ()
    if rule.id == "word.standard":
        return "mentioned", ("standard-without-clause",)
    if _heads_columns(spot):
        return None, ()
    if _EITHER.match(spot.text, spot.end) and spot.case.purchase.compute:
        return "mentioned", ("foreign-alternative",)
    if _CENTRE.match(spot.text, spot.end) and not spot.case.purchase.compute:
        return "mentioned", ("not-bought",)
    target, why = governed(spot)
    if target == "other" or why == "all-goods" or (target == "software" and rule.id == "word.evaluated"):
        return None, ()
    if rule.needs_compute and not spot.case.purchase.compute:
        return None, ()
    chip = spot.reading.class_after(spot.hit) == "compute"
    no_machine = spot.case.purchase.title == "other" or all(_is_part(spot, n) for n in spot.reading.compute_nouns)
    if chip and no_machine and not rule.complete and _of_another_machine(spot):
        return "mentioned", ("noun.other",)  # 彩超1台，主机采用国产芯片
    if target is None and _COMPUTE_WORD.match(spot.text, spot.end):
        return "mentioned", ("no-noun",)
    if rule.id == "word.domestic" and target is None and _only_other_machines(spot):
        return None, ()
    if target == "software" and rule.id == "word.domestic" and not names_compute(spot):
        return _released(spot)
    if found := settled(spot):
        return found
    if why == "part-of-other":
        return "mentioned", ("noun.other",)
    if target == "compute":
        return strength(spot) if spot.bought or why == "convention" else ("mentioned", ("not-bought",))
    return _about_something_else(spot, target, why)


def _only_other_machines(spot: Spot) -> bool:
    """Whether a notice names no compute at all and its title another machine: 水轮机国产化改造."""
    reading = spot.reading
    if reading.compute_nouns:
        return False
    return any(
        noun.rule.noun_class == "other" and not reading.text.startswith("配套", noun.start)
        for noun in reading.nouns(0, reading.title_end)
    )


def _released(spot: Spot) -> Found:
    """运行商业软件，不要求国产化: a part that only negates speaks of the machine, not of the software before it.

    So does one that tells a programme, as 规划提出扩大国产化应用.
    """
    background = spot.reading.cue("cue.background", *spot.part)
    if background and "国产化" in spot.text[spot.start : spot.end] and spot.case.purchase.compute:
        return "mentioned", (background.rule.id,)
    cue = spot.reading.cue("cue.negation", *spot.part)
    alone = cue and spot.case.purchase.compute and not spot.reading.classes_before(spot.part[0], spot.start)
    return ("mentioned", (cue.rule.id,)) if cue and alone else (None, ())


def _about_something_else(spot: Spot, target: str | None, why: str) -> Found:
    """信创 and 国产化 of a system, migration or service are mentioned; plain 国产 of such things is nothing."""
    rule = spot.hit.rule
    phrase = spot.text[spot.start : spot.end + 1]
    programme = rule.id != "word.domestic" or "国产化" in phrase
    before = spot.reading.classes_before(spot.part[0], spot.start)
    if rule.id == "word.domestic" and before and before[-1] == "other":
        return None, ()
    if why == "before" and spot.case.purchase.compute and (cue := spot.reading.cue("cue.negation", *spot.part)):
        return "mentioned", (cue.rule.id,)
    if target in ("software", "service"):
        of_software = rule.id == "word.domestic" and (target == "software" or names_software(spot))
        named = (programme and not of_software) or names_compute(spot)
        return ("mentioned", (f"noun.{target}",)) if named else (None, ())
    if rule.needs_compute and why == "other-noun":
        return None, ()
    if _REPLACED_GOODS.search(spot.text[max(0, spot.start - 6) : spot.start]) and _REPLACEMENT.match(
        spot.text, spot.end
    ):
        return strength(spot) if spot.bought else ("mentioned", ("not-bought",))
    if target is None and spot.case.purchase.compute and (cue := spot.reading.cue("cue.negation", *spot.clause)):
        return "mentioned", (cue.rule.id,)
    if rule.id == "word.domestic" and ("率" in phrase or not programme or not _PROGRAMME.match(spot.text, spot.end)):
        return None, ()
    return "mentioned", ("no-noun",)


def _heads_columns(spot: Spot) -> bool:
    """Whether the hit stands in the head row of a table; its column speaks through the rows below."""
    structure = spot.reading.structure
    below = structure.line(min(spot.line.end + 1, len(spot.text)))
    return bool(below.header) and below.header == tuple(spot.text[spot.line.start : spot.line.end].split("|"))


def _column_claims(case: Case) -> list[Claim]:
    """Rows of a table with a column such as 是否国产: the cell decides for the goods of its row."""
    reading, structure = case.reading, case.reading.structure
    claims: list[Claim] = []
    for line in structure.rows:
        columns = [
            index
            for index, head in enumerate(line.header)
            if _DOMESTIC_HEADER.search(head) and ("进口" not in head or "是否" in head)
        ]
        cells = structure.cells(line) if columns and not case.award else []
        for low, high in (cells[index] for index in columns if index < len(cells)):
            goods = [kind for cell in cells if cell[1] < low for kind in reading.classes_before(*cell)]
            word = next((hit for hit in reading.hits("word") if hit.start < low), None)
            if word and "compute" in goods and _YES_CELL.fullmatch(reading.text[low:high]):
                claims.append(Claim(word, "required", structure.lot(low), (), (line.start, high)))
    return claims


def _stated_claims(case: Case) -> list[Claim]:
    """是否信创 | 是, a field with its value in the next cell."""
    reading, structure = case.reading, case.reading.structure
    claims: list[Claim] = []
    for word in reading.hits("word"):
        spot = Spot(case, word)
        if len(spot.cells) == 2 and spot.cell == 0 and "是否" in reading.text[spot.line.start : word.start]:
            low, high = spot.cells[1]
            if _YES_CELL.fullmatch(reading.text[low:high]) and spot.bought and not case.award:
                claims.append(Claim(word, "required", structure.lot(low), (), (spot.line.start, high)))
    return claims


def _import_policy(reading: Reading) -> tuple[ImportPolicy, list[Hit]]:
    hits = reading.hits("import")
    barred = [hit for hit in hits if hit.rule.effect == "import_barred"]
    within = [(hit.start, hit.end) for hit in barred]
    allowed = [
        hit
        for hit in hits
        if hit.rule.effect == "import_allowed" and not any(low <= hit.start < high for low, high in within)
    ]
    # Allowed for some items and barred for the rest still lets imports in.
    if allowed and (not barred or _IMPORT_ITEMS.search(reading.text)):
        return "allowed", allowed[:1]
    return ("barred", barred[:1]) if barred else (_import_column(reading), [])


def _import_column(reading: Reading) -> ImportPolicy:
    """The policy of a table column such as 是否允许进口."""
    if "进口" not in reading.text or "是否" not in reading.text:
        return "unstated"
    cells, structure = set(), reading.structure
    for line in structure.rows:
        for head, (low, high) in zip(line.header, structure.cells(line), strict=False):
            if "进口" in head and "是否" in head:
                cells.add(reading.text[low:high].strip())
    if cells & {"是", "允许", "接受"}:
        return "allowed"
    return "barred" if cells & {"否", "不允许", "不接受"} else "unstated"


def _roll_up(case: Case, claims: list[Claim], fingerprint: str) -> Verdict:
    """Claims → levels of lots and notice; a flag outside any lot speaks for every lot that buys compute."""
    reading = case.reading
    names = _lot_names(reading)
    shared = [claim for claim in claims if claim.lot is None and claim.effect in FLAGGED]
    spoken_of = [(claim, reading.structure.lots_at(claim.hit.start) if claim.lot else ()) for claim in claims]
    free = {reading.structure.lot(hit.start) for hit in reading.hits("foreign")} | _open_lots(reading)
    lots = [
        LotVerdict(
            name,
            _strongest(
                [c for c, keys in spoken_of if c.lot == key or key in keys]
                + (shared if case.purchase.lots.get(key) and key not in free else [])
            ),
        )
        for key, name in names.items()
    ]
    policy, policy_hits = _import_policy(reading)
    claims.sort(key=lambda claim: (LEVELS.index(claim.effect), _echoes_title(reading, claim.hit), claim.hit.start))
    evidence = [_evidence(reading, claim, names.get(claim.lot or "")) for claim in _foremost(claims)]
    evidence += [_quoted(reading, hit, hit.rule.effect or "") for hit in policy_hits]
    return Verdict(
        level=_strongest(claims),
        compute=case.purchase.compute or any(claim.effect in FLAGGED for claim in claims),
        import_policy=policy,
        families=tuple(sorted({f for claim in claims if claim.effect in FLAGGED for f in claim.hit.families})),
        lots=tuple(lots),
        evidence=tuple({(e.start, e.end, e.effect): e for e in reversed(evidence)}.values())[::-1],
        pack=fingerprint,
    )


def _foremost(claims: list[Claim]) -> Iterator[Claim]:
    """The first claims of each lot and effect: what a notice repeats ten thousand times needs no quote each time."""
    told = Counter[tuple[str | None, Level]]()
    for claim in claims:
        told[claim.lot, claim.effect] += 1
        if told[claim.lot, claim.effect] <= _QUOTED:
            yield claim


def _echoes_title(reading: Reading, hit: Hit) -> bool:
    """Whether a hit stands in the title or repeats it: a clause of its own tells a reader more."""
    before = _LABELLED.split(reading.text[max(hit.start - 4, 0) : hit.start])[-1]  # 项目名称：信创计算机教室建设
    around = before + reading.text[hit.start : hit.end + 4]
    return reading.in_title(hit) or around in reading.text[: reading.title_end]


def _open_lots(reading: Reading) -> set[str | None]:
    """Lots that say of themselves that any make or architecture may be offered."""
    return {
        label.key
        for label in reading.structure.labels
        if reading.cue("cue.negation", label.end, reading.structure.line(label.start).end)
    }


def _strongest(claims: list[Claim]) -> Level:
    return min((claim.effect for claim in claims), key=LEVELS.index, default="none")


def _evidence(reading: Reading, claim: Claim, lot: str | None) -> Evidence:
    return _quoted(reading, claim.hit, claim.effect, lot, claim.cues, claim.quote)


def _quoted(
    reading: Reading,
    hit: Hit,
    effect: str,
    lot: str | None = None,
    cues: tuple[str, ...] = (),
    span: tuple[int, int] | None = None,
) -> Evidence:
    """The verbatim passage around a hit, at its place in the title or the text."""
    start, _, passage = reading.normal.quote(*(span or _span(reading, hit)))
    start += len(passage) - len(passage.lstrip())
    passage = passage.strip()
    title_length = reading.normal.origin.find("\n")
    offset = 0 if start < title_length else title_length + 1
    return Evidence(
        quote=passage,
        start=start - offset,
        end=start - offset + len(passage),
        where="title" if offset == 0 else "text",
        rule=hit.rule.id,
        effect=effect,
        lot=lot,
        families=hit.families,
        basis=hit.rule.basis,
        cues=cues,
    )


def _span(reading: Reading, hit: Hit) -> tuple[int, int]:
    """What to quote: the clause, with the row before its cell; of a long clause the part around the hit."""
    structure = reading.structure
    low, high = structure.clause(hit.start, hit.end)
    start, end = structure.extent(hit.start)
    if structure.in_row(hit.start) and hit.end - start <= _QUOTE:
        low = start
    if high - low <= _QUOTE:
        return low, high
    part_low, part_high = structure.part(hit.start, hit.end)
    if part_high - part_low <= _QUOTE:
        return part_low, part_high
    return max(hit.start - 30, start), min(hit.end + 30, end)
