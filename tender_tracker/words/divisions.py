"""The words of what a report divides by and holds against an earlier period, in Chinese and in English."""

from __future__ import annotations

DIVISION: dict[str, tuple[str, str]] = {
    "tally.others": ("其余 {n} 组", "{n} others"),
    "tally.sheet": ("按{by}", "by {by}"),
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
    # what an HTML report shows
    "figure.notices": ("公告", "Notices"),
    "figure.coverage": ("读取情况", "What was read"),
    "figure.sources": ("全部 {n} 个来源", "All {n} sources"),
    "figure.stored": ("库中共 {n} 条公告", "{n} notices stored"),
    "figure.numbers_first": ("要点", "Headline"),
    "figure.glance": ("概览", "At a glance"),
    "figure.method": ("说明", "Notes"),
    "figure.numbers": ("数据表", "The numbers"),
    "figure.projects": ("{n} 个项目", "{n} projects"),
    "figure.of_notices": ("公告 {n} 条", "{n} notices"),
    "figure.disclosed": ("{n} 个项目已公布，{silent} 个未公布", "of {n} projects; {silent} undisclosed"),
    "figure.by_week": ("每周新招标项目（按级别）", "Tenders a week, by level"),
    "figure.by_month": ("每月新招标项目（按级别）", "Tenders a month, by level"),
    "figure.calls": (
        "招标与单一来源公告的项目数；期间较短时向前补足 12 周。",
        "Projects of tender and single-source notices; a short period is preceded by the weeks before it.",
    ),
    "figure.shares": ("算力采购的要求", "What purchases of compute demand"),
    "figure.shares_about": (
        "期间全部算力采购 {n} 个项目，各取最强的要求。",
        "All {n} projects of the period that buy compute, each by its strongest demand.",
    ),
    "figure.families": ("预算（按芯片系列）", "Budgets by chip family"),
    "figure.families_about": (
        "已公布预算之和，未公布的项目数附后；多系列项目在每个系列各计一次。",
        "Disclosed budgets, the undisclosed beside them; a project of several families counts in each.",
    ),
    "figure.silent": ("未公布 {n}", "{n} undisclosed"),
    "figure.regions": ("项目数（按省份）", "Projects by province"),
    "figure.regions_about": (
        "由采购人名称得出的省份，否则为公告所印地区。",
        "Province by the buyer's name, else the region as printed.",
    ),
    "figure.tiers": ("芯片系列 × 学校层次", "Chip family × standing of the university"),
    "figure.tiers_about": (
        "项目数，颜色越深越多；采购人不是高校的在“未知”一列。",
        "Projects, the darker the more; buyers that are no university stand under “unknown”.",
    ),
    "figure.rows": ("另有 {n} 个系列，见 --by family,tier。", "{n} more families, see --by family,tier."),
    "figure.prices": ("每卡价格", "Price per card"),
    "figure.prices_about": (
        "只取公告印出的价格：每卡单价，或整机单价除以整机卡数。",
        "As printed only: a price per card, or that of a server and its number of cards.",
    ),
    "figure.no_price": ("所列公告没有印出每卡价格。", "No notice of the period prints the price of a card."),
    "figure.unasked": (
        "另有 {n} 条公告印有单价，未在此列出。",
        "{n} more notices print some unit price and are not looked at here.",
    ),
    "figure.nothing": ("所选期间和级别没有标记的公告。", "No flagged notice in this period and level."),
    "figure.more": (
        "列出 {n} 条中的 {shown} 条（按级别，新的在前）；全部见 --limit {n}，或 --format csv、json、md。",
        "{shown} of {n} listed, strongest and newest first; all of them by `--limit {n}`, or --format csv, json or md.",
    ),
    "head.change": ("Δ", "Δ"),
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
