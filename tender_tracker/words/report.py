"""The words of a report, of lists and of what is found, in Chinese and in English."""

from __future__ import annotations

REPORT: dict[str, tuple[str, str]] = {
    "report.title": ("国产算力采购报告", "Domestic compute in procurement"),
    "report.all": ("全部已存公告", "all stored notices"),
    "report.shanghai": ("按上海时间", "Shanghai time"),
    "report.last_good": ("上次完整读取 {when}", "last good {when}"),
    "report.never_good": ("从未完整读取", "never read in full"),
    "report.well": (
        "{n} 个来源完整读取，{when}；已存公告数和最新公告：{sources}",
        "{n} sources read in full, {when}; notices stored and the newest: {sources}",
    ),
    "report.well_source": ("{source} {n}（{day}）", "{source} {n} ({day})"),
    "report.ago": ("（{n} 天前）", " ({n} d ago)"),
    "report.waiting": ("{n} 页读取失败，待重读", "{n} failed pages to be asked again"),
    "report.given_up": ("{n} 页多次失败，已放弃", "{n} pages given up"),
    "report.newest": ("最新公告 {day}", "newest notice {day}"),
    "report.stored": ("已存 {n} 条", "{n} stored"),
    "report.refused": ("拒收 {n} 页（{why}）", "{n} pages refused ({why})"),
    "report.unrecognised": ("无法识别的页面", "pages of no known source"),
    "report.lower": (
        "以下数量为下限：有页面未能读取，详见 tenders doctor。",
        "Counts are lower bounds: some pages could not be read, see `tenders doctor`.",
    ),
    "report.no_source": (
        "还没有读取过任何来源，数量为下限。先运行 tenders fetch。",
        "No source was ever read: counts are lower bounds. Run `tenders fetch` first.",
    ),
    "report.none": (
        "所选期间和级别没有标记的公告；库中共 {n} 条公告：{levels}。",
        "No flagged notice in this period and level; the store holds {n} notices: {levels}.",
    ),
    "report.undated": (
        "另有 {n} 条公告没有日期，不属于任何期间。",
        "{n} notices carry no date and belong to no period.",
    ),
    "report.totals": ("合计：{by}", "Totals by {by}"),
    "report.totals_note": (
        "金额按项目计一次，仅含人民币；预算与成交额分列，从不相加。",
        "Money counts once per project, CNY only; budgets and awards stand apart and are never added.",
    ),
    "report.in_title": ("（标题）", " (title)"),
    "report.more_lots": ("… 另有 {n} 包，见 tenders show {id}", "… {n} more lots, see `tenders show {id}`"),
    "report.more": (
        "显示 {shown} / {n} 条（按级别，新的在前）。看全部：--limit {n} 或 --format csv|json|md；"
        "缩小范围：--since、--level。",
        "{shown} of {n} shown, strongest and newest first. For all: `--limit {n}`, or `--format csv|json|md`; "
        "or narrow it with --since or --level.",
    ),
    "report.units": ("", "万元 = 10,000 CNY, 亿元 = 100 million CNY."),
    "report.written": ("已写入 {file}：{n} 条", "wrote {file}: {n} notices"),
    "list.none": ("没有符合条件的公告；库中共 {n} 条。", "No notice fits; the store holds {n}."),
    "list.more": ("显示 {shown} / {total} 条，用 --limit 看更多。", "{shown} of {total} shown; --limit shows more."),
    "search.none": (
        "没有找到；已查 {n} 条公告的标题与证据、{bodies} 条的正文与已读附件（--all 查全部）。",
        "Nothing found in titles and evidence of {n} notices, and bodies and read attachments of {bodies} "
        "(--all scans every text).",
    ),
}
