"""An Overview → figures of an HTML report: each a chart, its words, and the numbers behind it in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tender_tracker.messages import day, name, say, yuan
from tender_tracker.model import Level
from tender_tracker.reporting import charts, markup, tally
from tender_tracker.reporting.overview import Overview, timeline
from tender_tracker.reporting.render import families
from tender_tracker.reporting.table import Column
from tender_tracker.storage.division import SHARES, TIERS, Division
from tender_tracker.storage.rows import Flagged, Total

BARS, ROWS, HEATS = 12, 20, 5
"""Bars of the prices; rows and shades of the heat table."""


def figures(seen: Overview, levels: Sequence[Level], lang: str) -> Iterator[str]:
    """Every figure that has something to show, in the order of reading."""
    if timeline(seen.sights.unit, seen.sights.times):
        yield _times(seen, levels, lang)
    if seen.sights.shares.groups:
        yield _shares(seen.sights.shares, lang)
    yield _families(seen.sights.families, lang)
    yield _tiers(seen.sights.tiers, lang)
    yield _regions(seen.sights.regions, lang)
    yield _prices(seen, lang)


def _times(seen: Overview, levels: Sequence[Level], lang: str) -> str:
    counts = {total.keys: total.projects for total in seen.sights.times}
    levels = [level for level in levels if any(keys[1] == level for keys in counts)]
    stacks, words = [], say(lang, "digest.comma")
    for key in timeline(seen.sights.unit, seen.sights.times):
        values = tuple(counts.get((key, level), 0) for level in levels)
        told = words.join(f"{name(lang, 'level', level)} {n}" for level, n in zip(levels, values, strict=True))
        stacks.append(charts.Stack(key[5:] if seen.sights.unit == "week" else key[2:], values, f"{key}  {told}"))
    title, about = say(lang, f"figure.by_{seen.sights.unit}"), say(lang, "figure.calls")
    classes = [f"t-{level}" for level in levels]
    chart = charts.columns("times", title, about, classes, stacks)
    columns = (
        Column("time", tally.title(seen.sights.unit, lang), lambda stack: stack.tip.split()[0]),
        *(
            Column(level, name(lang, "level", level), lambda stack, place=place: str(stack.values[place]), right=True)  # type: ignore[misc]
            for place, level in enumerate(levels)
        ),
    )
    legend = _legend(classes, [name(lang, "level", level) for level in levels])
    return _figure(title, about, chart + legend, markup.table(title, columns, stacks), lang, wide=True)


def _shares(shares: Division, lang: str) -> str:
    found = {group.keys[0]: group.now for group in shares.groups}
    kinds = [kind for kind in SHARES if kind in found]
    classes, values = [f"t-{kind}" for kind in kinds], [found[kind].projects for kind in kinds]
    whole = sum(values)
    title, about = say(lang, "figure.shares"), say(lang, "figure.shares_about", n=f"{whole:,}")
    told = [
        f"{name(lang, 'share', kind)} {value:,} · {100 * value / whole:.0f}%"
        for kind, value in zip(kinds, values, strict=True)
    ]
    chart = charts.strip("shares", title, "; ".join(told), classes, values)
    numbers = division(shares, title, lang) + f'<p class="quiet">{markup.safe(say(lang, "report.by_share"))}</p>'
    return _figure(title, about, chart + _legend(classes, told), numbers, lang, wide=True)


def _families(found: Division, lang: str) -> str:
    title, about = say(lang, "figure.families"), say(lang, "figure.families_about")
    groups = sorted(found.groups, key=lambda group: (group.keys[0] is None, -(group.now.budget_sum or 0)))
    bars = [
        charts.Bar(
            tally.value("family", group.keys[0], lang), _budget(group.now, lang), float(group.now.budget_sum or 0)
        )
        for group in groups
    ]
    if found.rest:
        bars.append(charts.Bar(say(lang, "tally.others", n=found.others), _budget(found.rest.now, lang), 0))
    chart = charts.bars("families", title, about, bars)
    return _figure(title, about, chart, division(found, title, lang), lang)


def _budget(total: Total, lang: str) -> str:
    silent = say(lang, "figure.silent", n=f"{total.budget_undisclosed:,}") if total.budget_undisclosed else None
    return " · ".join(filter(None, (yuan(total.budget_sum), silent))) or "–"


def _regions(found: Division, lang: str) -> str:
    title, about = say(lang, "figure.regions"), say(lang, "figure.regions_about")
    bars = [
        charts.Bar(
            tally.value("region", group.keys[0], lang),
            f"{group.now.projects:,}",
            group.now.projects,
        )
        for group in sorted(found.groups, key=lambda group: (group.keys[0] is None, -group.now.projects))
    ]
    if found.rest:
        bars.append(charts.Bar(say(lang, "tally.others", n=found.others), f"{found.rest.now.projects:,}", 0))
    return _figure(title, about, charts.bars("regions", title, about, bars), division(found, title, lang), lang)


def _tiers(found: Division, lang: str) -> str:
    """The numbers are the picture: a table whose cells are the darker, the more projects they hold."""
    title, about = say(lang, "figure.tiers"), say(lang, "figure.tiers_about")
    counts = {group.keys: group.now.projects for group in found.groups}
    families_, tiers = (list(dict.fromkeys(keys[k] for keys in counts)) for k in (0, 1))
    tiers.sort(key=lambda tier: (tier is None, TIERS.index(tier) if tier in TIERS else len(TIERS)))
    most = max(counts.values(), default=0)
    heads = [say(lang, "head.family"), *(charts.short(tally.value("tier", tier, lang)) for tier in tiers)]
    head = "".join(f'<th scope="col">{markup.safe(text)}</th>' for text in heads)
    rows = []
    for family in families_[:ROWS]:
        cells = "".join(_heat(counts.get((family, tier), 0), most) for tier in tiers)
        label = charts.short(tally.value("family", family, lang))
        rows.append(f'<tr><th scope="row">{markup.safe(label)}</th>{cells}</tr>')
    top = f"<caption>{markup.safe(title)}</caption>\n<thead><tr>{head}</tr></thead>"
    table = f'<table class="heat">\n{top}\n<tbody>\n' + "\n".join(rows) + "\n</tbody>\n</table>"
    more = len(families_) - ROWS
    left = f'<p class="quiet">{markup.safe(say(lang, "figure.rows", n=more))}</p>' if more > 0 else ""
    return _figure(title, about, markup.scroll(title, table) + left, None, lang)


def _heat(count: int, most: int) -> str:
    shade = -(-HEATS * count // most) if most else 0
    return f'<td class="h{shade}">{count or "–"}</td>'


def _prices(seen: Overview, lang: str) -> str:
    title, about = say(lang, "figure.prices"), say(lang, "figure.prices_about")
    more = f'<p class="quiet">{markup.safe(say(lang, "figure.unasked", n=seen.unasked))}</p>' if seen.unasked else ""
    if not seen.prices:
        return _figure(title, about, f"<p>{markup.safe(say(lang, 'figure.no_price'))}</p>{more}", None, lang)
    bars = [
        charts.Bar(_priced(row, lang), yuan(row.price_per_card) or "", float(row.price_per_card or 0))
        for row in seen.prices[:BARS]
    ]
    columns = (
        Column("id", say(lang, "head.id"), lambda row: f"#{row.notice.id}"),
        Column("date", say(lang, "head.date"), lambda row: day(row.notice.published_on)),
        Column("buyer", say(lang, "head.buyer"), lambda row: row.notice.buyer),
        Column("family", say(lang, "head.family"), lambda row: families(row, lang)),
        Column("quote", say(lang, "head.quote"), _quote),
        Column("price", say(lang, "head.price_per_card"), lambda row: yuan(row.price_per_card), right=True),
    )
    table = markup.table(title, columns, seen.prices) + more
    return _figure(title, about, charts.bars("prices", title, about, bars), table, lang)


def _priced(row: Flagged, lang: str) -> str:
    return " · ".join(filter(None, (families(row, lang), row.notice.buyer))) or f"#{row.notice.id}"


def _quote(row: Flagged) -> str:
    told = [item.quote for item in row.quantities if item.kind == "unit_price"]
    return " · ".join(told or [goods.quote for goods in row.delivered if goods.cards and goods.unit_price is not None])


def division(found: Division, caption: str, lang: str) -> str:
    """The whole table of a division."""
    table = tally.table(found, lang)
    return markup.table(caption, table.columns, table.rows, lambda row: row.kind if row.kind != "group" else "")


def _legend(classes: Sequence[str], texts: Sequence[str]) -> str:
    lines = (f'<li class="{kind}">{markup.safe(text)}</li>' for kind, text in zip(classes, texts, strict=True))
    return '\n<ul class="legend">\n' + "\n".join(lines) + "\n</ul>"


def _figure(title: str, about: str | None, chart: str, numbers: str | None, lang: str, wide: bool = False) -> str:
    under = f"<p>{markup.safe(about)}</p>" if about else ""
    behind = markup.folded(say(lang, "figure.numbers"), numbers) if numbers else ""
    head = f"<figcaption><h3>{markup.safe(title)}</h3>{under}</figcaption>"
    kind = ' class="wide"' if wide else ""
    return f"<figure{kind}>\n{head}\n{chart}\n{behind}\n</figure>"
