"""Every word a user reads in Chinese and in English; data (quotes, titles, Chinese terms, ids) is never translated."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from tender_tracker.award_words import AWARDS
from tender_tracker.bulk_words import BULK
from tender_tracker.change_words import CHANGES
from tender_tracker.delivery_words import DELIVERY
from tender_tracker.digest_words import DIGEST
from tender_tracker.division_words import DIVISION
from tender_tracker.document_words import DOCUMENTS
from tender_tracker.model import SHANGHAI, Amount
from tender_tracker.reasons import STORY
from tender_tracker.relabel_words import RELABEL

WORDS: dict[str, tuple[str, str]] = {
    # what a report says
    "report.title": ("国产算力采购报告", "Domestic compute in procurement"),
    "report.all": ("全部已存公告", "all stored notices"),
    "report.shanghai": ("按上海时间", "Shanghai time"),
    "report.last_good": ("上次完整读取 {when}", "last good {when}"),
    "report.never_good": ("从未完整读取", "never read in full"),
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
    "project.line": (
        "项目 {id}：{n} 条公告，置信 {score:.2f}（{why}）",
        "project {id}: {n} notices, score {score:.2f} ({why})",
    ),
    "project.alone": ("项目 {id}：只有这一条公告", "project {id}: this notice alone"),
    "project.perhaps": ("可能相关：#{id} {title}（{why}）", "perhaps related: #{id} {title} ({why})"),
    "project.stale": (
        "有公告尚未归并到项目；下次 tenders fetch 或 tenders relabel 会完成。",
        "Some notices are not linked yet; the next `tenders fetch` or `tenders relabel` does it.",
    ),
    "linked.number": ("同一编号 {number}", "same number {number}"),
    "linked.same number, other buyer and title": ("同一编号，采购人和标题不同", "same number, other buyer and title"),
    "linked.same title and buyer": ("标题和采购人相同", "same title and buyer"),
    "linked.same plain title and buyer": ("采购人相同，标题相同但过于笼统", "same plain title and buyer"),
    "linked.same title, buyer not told": ("标题相同，未写明采购人", "same title, buyer not told"),
    "linked.same title, other buyer": ("标题相同，采购人名称不同", "same title, other buyer"),
    "linked.near title, same buyer and amount": ("标题相近，采购人和金额相同", "near title, same buyer and amount"),
    "linked.near title and same buyer, other amount": (
        "标题相近，采购人相同，金额不同",
        "near title and same buyer, other amount",
    ),
    "linked.same title but for a bracket, same buyer": (
        "除括号外标题相同，采购人相同",
        "same title but for a bracket, same buyer",
    ),
    "linked.near title and same buyer": ("标题相近，采购人相同", "near title and same buyer"),
    "linked.near title and same buyer, same stage": (
        "标题相近，采购人和阶段相同",
        "near title and same buyer, same stage",
    ),
    "linked.same buyer and odd amount": ("采购人和金额（非整数）相同", "same buyer and odd amount"),
    "link.line": (
        "{n} 条公告，{projects} 个项目；其中 {several} 个有多条公告，另有 {perhaps} 对可能相关",
        "{n} notices of {projects} projects, {several} with more than one; {perhaps} pairs perhaps related",
    ),
    # headings
    "head.id": ("编号", "id"),
    "head.date": ("日期", "date"),
    "head.buyer": ("采购人", "buyer"),
    "head.project": ("项目与包", "project and lot"),
    "head.title": ("标题", "title"),
    "head.budget": ("预算", "budget"),
    "head.award": ("成交", "award"),
    "head.family": ("芯片", "chips"),
    "head.deadline": ("截止", "deadline"),
    "head.level": ("级别", "level"),
    "head.kind": ("类型", "kind"),
    "head.source": ("来源", "source"),
    "head.region": ("地区", "region"),
    "head.notices": ("公告", "notices"),
    "head.projects": ("项目", "projects"),
    "head.budget_sum": ("预算合计", "budget sum"),
    "head.award_sum": ("成交合计", "award sum"),
    "head.undisclosed": ("未公布", "unstated"),
    "head.quote": ("原文", "quote"),
    "head.passage": ("原文", "passage"),
    "head.rule": ("规则", "rule"),
    "head.hits": ("命中例", "hits"),
    "head.misses": ("排除例", "misses"),
    "head.why": ("理由", "why"),
    "head.name": ("名称", "name"),
    "head.home": ("网站", "site"),
    "head.delay": ("间隔秒", "delay s"),
    "head.last_good": ("上次完整", "last good"),
    "head.read": ("读取", "read"),
    "head.new": ("新增", "new"),
    "head.changed": ("变更", "changed"),
    "head.unchanged": ("未变", "unchanged"),
    "head.refused": ("拒收", "refused"),
    "head.before": ("原级别", "before"),
    "head.after": ("新级别", "after"),
    "head.setting": ("设置", "setting"),
    "head.value": ("值", "value"),
    "head.from": ("来自", "from"),
    "head.country": ("国家", "country"),
    "head.detail": ("详情", "detail"),
    "head.check": ("检查", "check"),
    "head.asked": ("读取", "asked"),
    "head.watermark": ("已覆盖至", "covered to"),
    "head.waiting": ("待重读", "waiting"),
    "head.given_up": ("放弃", "given up"),
    "head.state": ("状态", "state"),
    "head.outcome": ("结果", "outcome"),
    "head.file": ("文件", "file"),
    "head.month": ("月份", "month"),
    "head.tier": ("学校层次", "tier"),
    "head.basis": ("依据", "basis"),
    "head.buyer_kind": ("采购人类型", "buyer kind"),
    "head.week": ("周", "week"),
    "head.band": ("预算规模", "budget size"),
    "head.import_policy": ("进口产品", "imports"),
    "head.share": ("要求", "demand"),
    "head.key": ("键", "key"),
    "head.found": ("找到", "found"),
    "head.pages": ("页", "pages"),
    "head.lists": ("其中列表", "lists"),
    "head.first": ("最早", "first"),
    "head.latest": ("最近", "latest"),
    "head.score": ("置信", "score"),
    "head.oldest": ("最早", "oldest"),
    "head.newest": ("最新", "newest"),
    "head.size": ("大小", "size"),
    "head.packed": ("压缩后", "packed"),
    "head.field": ("字段", "field"),
    "head.was": ("原读", "was"),
    "head.now": ("现读", "now"),
    "head.lot": ("包", "lot"),
    "head.currency": ("币种", "currency"),
    "head.supplier": ("供应商", "supplier"),
    "head.price_per_card": ("每卡单价", "price per card"),
    "head.url": ("网址", "address"),
    "calendar.name": ("国产算力采购", "Domestic compute tenders"),
    "calendar.deadline": ("截止", "Deadline"),
    "calendar.opening": ("开标", "Opening"),
    "browse.serving": (
        "{store} 只读展示于 {url}（Ctrl-C 结束）",
        "{store} is shown, read-only, at {url} (Ctrl-C ends it)",
    ),
    "export.written": ("已写入 {file}：{n} 条", "wrote {file}: {n} notices"),
    "export.none": (
        "没有符合条件的公告，文件为空；库中共 {n} 条。",
        "No notice matches, the file is empty; the store holds {n}.",
    ),
    "head.selector": ("选择器", "selector"),
    # lists
    "list.none": ("没有符合条件的公告；库中共 {n} 条。", "No notice fits; the store holds {n}."),
    "list.more": ("显示 {shown} / {total} 条，用 --limit 看更多。", "{shown} of {total} shown; --limit shows more."),
    "search.none": (
        "没有找到；已查 {n} 条公告的标题与证据、{bodies} 条的正文与已读附件（--all 查全部）。",
        "Nothing found in titles and evidence of {n} notices, and bodies and read attachments of {bodies} "
        "(--all scans every text).",
    ),
    # fetch, relabel
    "fetch.line": (
        "{source}：读取 {read}，新增 {new}，变更 {changed}，未变 {unchanged}，拒收 {refused}{why}",
        "{source}: read {read}, new {new}, changed {changed}, unchanged {unchanged}, refused {refused}{why}",
    ),
    "fetch.lists": ("，列表页 {n}", ", list pages {n}"),
    "fetch.warning": ("，注意：{error}", ", warning: {error}"),
    "fetch.not_modified": ("，未修改 {n}", ", not modified {n}"),
    "fetch.failed": ("，失败：{error}", ", failed: {error}"),
    "fetch.progress": ("读取", "reading"),
    "fetch.refused": ("拒收 {message}", "refused {message}"),
    "fetch.more": ("… 另有 {n} 页，见 tenders doctor", "… {n} more, see `tenders doctor`"),
    "fetch.unnamed": ("… 另有 {n} 页只计数，原因与上面相同", "… {n} more of the same kinds, only counted"),
    "fetch.levels": ("所读公告的级别：{levels}", "levels of the notices read: {levels}"),
    "fetch.exit_1": (
        "tenders: 什么也没有读到；检查路径、来源和网络。",
        "tenders: nothing could be read; check the path, the source and the network.",
    ),
    "fetch.exit_4": (
        "tenders: 警报：读到的页面里没有公告，或网站模板已变；见 tenders doctor。",
        "tenders: alarm: no notice in the pages read, or a site's template has changed; see `tenders doctor`.",
    ),
    "fetch.not_kept": (
        "注意：原始页面未全部留存，公告照常入库：{error}",
        "Note: raw pages were not all kept, notices were stored all the same: {error}",
    ),
    "alarm.raised": ("警报 {source}：{state}：{error}", "alarm {source}: {state}: {error}"),
    "alarm.recovered": ("{source}：已恢复", "{source}: recovered"),
    "ping.failed": ("监控地址未能通知：{error}", "the dead-man service was not told: {error}"),
    "asked.always": ("默认", "by default"),
    "asked.named": ("点名时", "when named"),
    "status.again": (
        "{source}：读取失败 {n} 次，{when} 后重读：{message}",
        "{source}: failed {n} times, asked again from {when}: {message}",
    ),
    "status.given_up": ("{source}：失败 {n} 次，已放弃：{message}", "{source}: given up after {n} tries: {message}"),
    "plan.source": ("{source}：{since} – {until}，起始页 {n}", "{source}: {since} – {until}, first pages {n}"),
    "plan.due": ("另重读曾失败的 {n} 页", "and {n} pages that failed before"),
    "plan.nothing": ("试运行：没有访问任何网站。", "Dry run: nothing was asked."),
    "fetch.dry": ("试运行：没有写入。", "Dry run: nothing was stored."),
    "reparse.line": (
        "重读原始页面 {pages} 页：新增 {new}，改动 {changed}，未变 {unchanged}，未能读出 {unread}。",
        "{pages} raw pages read again: new {new}, changed {changed}, unchanged {unchanged}, unread {unread}.",
    ),
    "reparse.unread": ("未读出，公告保持原样 {message}", "unread, its notice stays as it was {message}"),
    "reparse.more": ("… 另有 {n} 页，见 -v", "… {n} more, see -v"),
    "save.saved": (
        "已保存（{role}，公告 {n} 条）；expected.toml 中为程序所读，请对照原页核对。",
        "Saved ({role}, {n} notices); expected.toml says what the parsers read: compare it with the page by eye.",
    ),
    "save.unread": ("此页未能读出 {message}", "this page could not be read {message}"),
    "raw.any": ("未注明", "not told"),
    "raw.line": ("{file}：{size}", "{file}: {size}"),
    "raw.exported": ("已写入 {file}：{n} 页", "{file} written: {n} pages"),
    "raw.pruned": ("移除 {n} 页，{before} → {after}", "{n} pages taken out, {before} → {after}"),
    "recipe.fine": (
        "{file}：配方可用，来源 {name}（{hosts}）。用 --saved PAGE 或 --live 试读。",
        "{file}: a usable recipe of the source {name} ({hosts}); try it with --saved PAGE or --live.",
    ),
    "recipe.found": ("{n} 项全部找到。", "{n} checked, all of them found what they must."),
    "parse.line": (
        "读取 {n} 页，其中 {refused} 页不是公告或读不出",
        "{n} pages read, {refused} of them no notice or unreadable",
    ),
    # a notice's sheet
    "sheet.published": ("发布", "published"),
    "sheet.deadline": ("截止", "deadline"),
    "sheet.project_no": ("项目编号", "project no."),
    "sheet.project_name": ("项目名称", "project"),
    "sheet.buyer": ("采购人", "buyer"),
    "sheet.agency": ("代理机构", "agency"),
    "sheet.region": ("地区", "region"),
    "sheet.budget": ("预算", "budget"),
    "sheet.award": ("成交", "award"),
    "sheet.suppliers": ("供应商", "suppliers"),
    "sheet.url": ("网址", "url"),
    "sheet.read": ("读取", "read"),
    "sheet.seen": ("入库", "stored"),
    "sheet.pack": ("规则包", "rule pack"),
    "sheet.compute": ("采购算力", "buys compute"),
    "sheet.import": ("进口产品", "imports"),
    "sheet.families": ("芯片系列", "chip families"),
    "sheet.lots": ("分包", "lots"),
    "sheet.evidence": ("证据", "evidence"),
    "sheet.quantities": ("文中数字", "figures printed"),
    "sheet.delivered": ("交付货物", "goods delivered"),
    "sheet.price_per_card": ("每卡价格", "price per card"),
    "sheet.versions": ("历史版本", "older versions"),
    "sheet.text": ("正文", "text"),
    "sheet.title": ("标题", "title"),
    "sheet.until": ("至 {when}", "until {when}"),
    "sheet.no_rule": (
        "此规则不在当前规则包中，运行 tenders relabel",
        "not in the present rule pack; run `tenders relabel`",
    ),
    "word.yes": ("是", "yes"),
    "word.no": ("否", "no"),
    "word.unknown": ("未知", "unknown"),
    "word.per_year": ("/年", " a year"),
    "word.sum_of_lots": ("（各包合计）", " (sum of lots)"),
    # levels, kinds, import policies
    "level.required": ("必须国产", "required"),
    "level.preferred": ("优先国产", "preferred"),
    "level.supplied": ("实供国产", "supplied"),
    "level.mentioned": ("仅提及", "mentioned"),
    "level.none": ("无", "none"),
    "kind.intention": ("意向", "intention"),
    "kind.tender": ("招标", "tender"),
    "kind.amendment": ("更正", "amendment"),
    "kind.award": ("中标", "award"),
    "kind.contract": ("合同", "contract"),
    "kind.single_source": ("单一来源", "single source"),
    "kind.cancel": ("终止", "cancelled"),
    "kind.other": ("其他", "other"),
    "import.barred": ("不接受", "barred"),
    "import.allowed": ("接受", "allowed"),
    "import.unstated": ("未说明", "unstated"),
    # what a demand rests on, what a figure tells
    "basis.chip": ("芯片", "chip"),
    "basis.platform": ("整机平台", "platform"),
    "basis.brand": ("品牌", "brand"),
    "basis.list": ("名录", "list"),
    "basis.ecosystem": ("软件生态", "ecosystem"),
    "basis.standard": ("需求标准", "standard"),
    "basis.origin": ("国产表述", "origin"),
    "quantity.power": ("算力", "power"),
    "quantity.count": ("数量", "count"),
    "quantity.hours": ("时长", "hours"),
    "quantity.unit_price": ("单价", "unit price"),
    # states of a source
    "state.never": ("从未读取", "never asked"),
    "state.ok": ("正常", "ok"),
    "state.partial": ("不完整", "partial"),
    "state.blocked": ("被拦截", "blocked"),
    "state.suspect": ("可疑", "suspect"),
    "state.stale": ("过期", "stale"),
    "state.failed": ("失败", "failed"),
    "state.not_configured": ("未配置", "not configured"),
    # kinds of buyers and standing of universities
    "buyer.university": ("高校", "university"),
    "buyer.research": ("科研机构", "research body"),
    "buyer.school": ("中小学", "school"),
    "buyer.hospital": ("医疗卫生", "hospital"),
    "buyer.government": ("党政机关", "government"),
    "buyer.state_company": ("国有企业", "state company"),
    "buyer.company": ("企业", "company"),
    "buyer.operator": ("运营商", "telecom operator"),
    "buyer.bank": ("银行", "bank"),
    "buyer.military": ("军队", "military"),
    "buyer.other": ("其他", "other"),
    "tier.985": ("985", "985"),
    "tier.211": ("211", "211"),
    "tier.双一流": ("双一流", "Double First-Class"),
    "tier.其他本科": ("其他本科", "undergraduate"),
    "tier.高职": ("高职", "vocational"),
    # chip families
    "family.ascend": ("昇腾", "Ascend"),
    "family.kunpeng": ("鲲鹏", "Kunpeng"),
    "family.hygon": ("海光", "Hygon"),
    "family.cambricon": ("寒武纪", "Cambricon"),
    "family.kunlunxin": ("昆仑芯", "Kunlunxin"),
    "family.iluvatar": ("天数智芯", "Iluvatar"),
    "family.mthreads": ("摩尔线程", "Moore Threads"),
    "family.metax": ("沐曦", "MetaX"),
    "family.biren": ("壁仞", "Biren"),
    "family.enflame": ("燧原", "Enflame"),
    "family.thead": ("平头哥", "T-Head"),
    "family.zhonghao": ("中昊芯英", "Zhonghao"),
    "family.phytium": ("飞腾", "Phytium"),
    "family.loongson": ("龙芯", "Loongson"),
    "family.zhaoxin": ("兆芯", "Zhaoxin"),
    "family.sunway": ("申威", "Sunway"),
    # the story of a verdict, the digest
    **STORY,
    **DIGEST,
    # how a report divides
    **DIVISION,
    **AWARDS,
    **RELABEL,
    **BULK,
    **DELIVERY,
    **CHANGES,
    **DOCUMENTS,
    # where a setting came from
    "origin.default": ("默认", "default"),
    "origin.file": ("文件", "file"),
    "origin.environment": ("环境变量", "environment"),
    "origin.option": ("选项", "option"),
}


def say(lang: str, key: str, **values: object) -> str:
    """The text of a key in a language, its {places} filled. A key nobody wrote is a KeyError: a test reads them all."""
    return WORDS[key][lang != "zh"].format(**values)


def name(lang: str, kind: str, value: str | None) -> str:
    """A data word (`level`, `kind`, `family`, …) for a reader; an id without a translation stays as it is."""
    if value is None:
        return say(lang, "word.unknown")
    words = WORDS.get(f"{kind}.{value}")
    return words[lang != "zh"] if words else value


def linked(lang: str, reason: str | None) -> str | None:
    """Why notices are one project, for a reader; the data says it in English."""
    if reason is None:
        return None
    same, _, number = reason.partition("same number ")
    return say(lang, "linked.number", number=number) if number and not same else name(lang, "linked", reason)


def money(amount: Amount | None, lang: str) -> str | None:
    """486.00 万元, 1.23 亿元, 9,800.00 元; another currency by its code. None stays None."""
    if amount is None:
        return None
    ending = say(lang, "word.per_year") if amount.basis == "per_year" else ""
    if amount.currency != "CNY":
        return f"{amount.value:,.2f} {amount.currency}{ending}"
    return (yuan(amount.value) or "") + ending


def yuan(value: Decimal | None) -> str | None:
    """元 → the unit a reader counts in, two decimals, halves up."""
    if value is None:
        return None
    for limit, unit in ((Decimal(10**8), "亿元"), (Decimal(10**4), "万元")):
        if abs(value) >= limit:
            return f"{(value / limit).quantize(Decimal('0.01'), ROUND_HALF_UP):,} {unit}"
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,} 元"


def moment(value: datetime | None, has_time: bool = True) -> str | None:
    """A moment in Shanghai to the minute, or its day."""
    if value is None:
        return None
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M" if has_time else "%Y-%m-%d")


def day(value: date | None) -> str | None:
    """A day, of a moment its day in Shanghai."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return value.isoformat() if value else None
