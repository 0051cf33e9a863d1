"""The words of awards and of the market, in Chinese and in English."""

from __future__ import annotations

AWARDS: dict[str, tuple[str, str]] = {
    "head.project_lot": ("项目 / 包", "project / lot"),
    "head.unit_price": ("单价", "unit price"),
    "head.delivered": ("交付", "delivered"),
    "head.discount": ("低于预算", "below budget"),
    "head.match": ("要求 → 交付", "demanded → delivered"),
    "head.lead": ("招标至中标", "call to award"),
    "match.as_demanded": ("符合要求", "as demanded"),
    "match.other_domestic": ("其他国产", "other domestic"),
    "match.foreign": ("国外", "foreign"),
    "match.not_printed": ("未印明", "not printed"),
    "match.any": ("国产", "domestic"),
    "awards.below": ("低于预算 {sum}", "{sum} below budget"),
    "awards.unread": ("未读附件 {n} 个", "attachments unread: {n}"),
    "head.brand": ("品牌", "brand"),
    "head.model": ("规格型号", "model"),
    "head.quantity": ("数量", "quantity"),
    "head.unit": ("单位", "unit"),
    "head.line_total": ("总价", "total"),
    "head.cards": ("每台卡数", "cards each"),
    "awards.more": ("另 {n} 项", "and {n} more"),
    "awards.none": ("所选期间没有符合条件的中标、成交或合同。", "No award or contract of this period fits."),
    "awards.days": ("{n} 天", "{n} days"),
    "awards.summary": (
        "{n} 项中标或合同：有每卡价格的 {priced} 项，可与同范围预算对照的 {discounted} 项{discount}，"
        "可算招标至中标天数的项目 {timed} 个{lead}。",
        "{n} awards or contracts: {priced} with a price per card, {discounted} beside a budget of the same scope"
        "{discount}, {timed} projects with a call and an award{lead}.",
    ),
    "awards.median": ("（中位 {value}）", " (median {value})"),
    "awards.shown": ("只列最新的 {n} 项；更多用 --limit。", "The newest {n} are shown; more with --limit."),
    # the market
    "market.buyers": ("谁在买", "Who buys"),
    "market.suppliers": ("谁中标", "Who wins"),
    "market.concentration": ("集中度（按芯片）", "Concentration, by chip family"),
    "market.months": ("需求按月", "Demand by month"),
    "market.going": ("进展（按芯片）", "How procurements went, by chip family"),
    "market.title": ("市场", "The market"),
    "report.by_supplier": (
        "只含已标记的中标、成交和合同公告；几家供应商中标的公告在每家各计一次，金额为整个公告的。",
        "Flagged awards and contracts only; one of several suppliers counts for each of them, with its whole sum.",
    ),
    "market.none": ("所选期间没有标记的采购项目。", "No flagged procurement in this period."),
    "market.buyers_note": (
        "{projects} 个项目，{buyers} 个采购人；{repeat} 个采购人买过两次以上，共 {of_repeat} 个项目；"
        "{unnamed} 个项目未印采购人。"
        "已公布预算 {sum}（{disclosed} 个项目），{undisclosed} 个未公布，{other} 个为其他币种。",
        "{projects} procurements of {buyers} buyers; {repeat} of them bought more than once, {of_repeat} procurements; "
        "{unnamed} name no buyer. Disclosed budgets {sum} ({disclosed} procurements); {undisclosed} undisclosed, "
        "{other} in another currency.",
    ),
    "market.suppliers_note": (
        "按期间内中标或签约的项目计；多家中标的项目各计一次，金额为整个项目的。",
        "Procurements awarded or contracted in the period; one of several winners counts for each, with its whole sum.",
    ),
    "market.concentration_note": (
        "份额按中标次数计；HHI 为各家份额平方之和（0–10000），n 小时说明不了什么。",
        "Shares are of wins; HHI is the sum of their squares (0–10,000). With a small n they tell little.",
    ),
    "market.months_note": (
        "按招标日（无招标公告的按最早的公告）；多个芯片的项目在每个芯片各计一次。",
        "By day of the call, else of the first notice; a procurement of several families counts in each.",
    ),
    "market.going_note": (
        "失败率 = 失败 ÷（失败 + 中标），只计库中有招标公告且已有结果的项目；n 为所依据的项目数。",
        "Failure is failed ÷ (failed + awarded), of procurements whose call is stored; n is what a figure rests on.",
    ),
    "market.course": (
        "期间内 {projects} 个采购项目：已中标 {awarded}，失败 {failed}，未有结果 {open}。",
        "{projects} procurements of the period: {awarded} awarded, {failed} failed, {open} open.",
    ),
    "market.course_measured": (
        "库中有招标公告且已有结果的：失败率 {failure}（n={concluded}），招标至中标中位 {lead}（n={timed}），"
        "低于预算中位 {discount}（n={cut}）。",
        "Where the call is stored: failure {failure} (n={concluded}), call to award median {lead} (n={timed}), "
        "below budget median {discount} (n={cut}).",
    ),
    "head.required": ("必须国产", "required"),
    "head.wins": ("中标次数", "wins"),
    "head.suppliers": ("供应商数", "suppliers"),
    "head.leader": ("最多者", "leader"),
    "head.top3": ("前三份额", "top 3"),
    "head.hhi": ("HHI", "HHI"),
    "head.unnamed": ("未印供应商", "unnamed"),
    "head.chips": ("芯片", "chips"),
    "head.open": ("未有结果", "open"),
    "head.awarded": ("中标", "awarded"),
    "head.failed": ("失败", "failed"),
    "head.failure": ("失败率", "failure"),
    "head.contract_days": ("中标至合同", "award to contract"),
    "head.n": ("n", "n"),
}
