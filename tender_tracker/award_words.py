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
    "awards.more": ("等 {n} 项", "and {n} more"),
    "awards.none": ("所选期间没有符合条件的中标、成交或合同。", "No award or contract of this period fits."),
    "awards.days": ("{n} 天", "{n} days"),
    "awards.summary": (
        "{n} 项中标或合同：有每卡价格的 {priced} 项，可与同范围预算对照的 {discounted} 项{discount}，"
        "可算招标至中标天数的项目 {timed} 个{lead}。",
        "{n} awards or contracts: {priced} with a price per card, {discounted} beside a budget of the same scope"
        "{discount}, {timed} projects with a call and an award{lead}.",
    ),
    "awards.median": ("（中位 {value}）", " (median {value})"),
    "awards.shown": ("列出 {shown} 项，全部用 --limit {n}。", "{shown} shown; all with --limit {n}."),
}
