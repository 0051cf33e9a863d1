"""The words of what a report divides by and holds against an earlier period, in Chinese and in English."""

from __future__ import annotations

DIVISION: dict[str, tuple[str, str]] = {
    "tally.others": ("其余 {n} 组", "{n} others"),
    "tally.all": ("全部", "all"),
    "report.by_family": (
        "一条公告属于几个芯片系列时，在每个系列中各计一次；“全部”每个项目只计一次。",
        "A notice of several chip families counts in each of them; “all” counts each project once.",
    ),
    "report.by_basis": (
        "一条公告的判定依据有几种时，在每种依据中各计一次；“全部”每个项目只计一次。",
        "A notice whose level rests on several bases counts in each of them; “all” counts each project once.",
    ),
    "report.by_size": ("规模按项目公布的预算划分。", "Sizes are those of a project's disclosed budget."),
    "report.by_share": (
        "此表含期间全部算力采购（招标、单一来源、更正、其他类公告，不论级别），每个项目取其最强的要求；"
        "库中只记录国产芯片，公告是否点名国外芯片无从得知，此类归入“未提国产”或“仅限制进口”。",
        "This table holds all purchases of compute of the period (tenders, single source, amendments, other; any "
        "level), each project by its strongest demand. The store keeps domestic chips only: whether a notice names "
        "foreign chips is not known, such notices stand under “silent” or “only bars imports”.",
    ),
    "report.compared": ("Δ 为与 {period} 相比的增减。", "Δ is the change against {period}."),
    "report.lengths": (
        "两个期间长短不同：{now} 天对 {then} 天。",
        "The two periods differ in length: {now} days against {then}.",
    ),
    "report.begins": (
        "库中最早的公告为 {day}，对比期间的数量不完整。",
        "The store begins with {day}: the period compared with is not complete.",
    ),
    "report.ends": (
        "库中最新的公告为 {day}，本期尚未完整。",
        "The newest notice stored is of {day}: this period is not complete yet.",
    ),
    "report.narrow": (
        "屏幕较窄，省略 {n} 列；加宽终端，或用 --format md、html、csv。",
        "{n} columns do not fit this screen: widen it, or use --format md, html or csv.",
    ),
    # bands of a budget, beside those of the digest
    "size.other_currency": ("其他币种", "another currency"),
    # what purchases of compute demand
    "share.required": ("必须国产", "requires domestic"),
    "share.preferred": ("优先国产", "prefers domestic"),
    "share.supplied": ("实供国产", "supplies domestic"),
    "share.barred": ("仅限制进口", "only bars imports"),
    "share.mentioned": ("仅提及国产", "only mentions domestic"),
    "share.silent": ("未提国产", "silent"),
}
