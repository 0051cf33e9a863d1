"""A Report and its Overview → one HTML file to read, forward and print: no script, nothing loaded, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from tender_tracker.messages import day, moment, money, name, say, yuan
from tender_tracker.model import Evidence, Level
from tender_tracker.reporting import markup, tally
from tender_tracker.reporting.attached import bracketed, unread
from tender_tracker.reporting.covered import each, judgement
from tender_tracker.reporting.market_tables import going, sections
from tender_tracker.reporting.overview import Overview
from tender_tracker.reporting.render import also_on, buyer, families, lot, notes, period, project
from tender_tracker.reporting.report import Report, shown_lots
from tender_tracker.reporting.report_figures import division, figures
from tender_tracker.storage.division import Group
from tender_tracker.storage.rows import Flagged, LotRow

QUOTE, TITLE, LOTS = 240, 160, 6
"""Characters of a quote and a title, lots of a notice: `tenders show` has all of it."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may do for this page: nothing but read its style."""


def html(report: Report, seen: Overview, lang: str) -> str:
    """The whole document; all that others wrote is escaped text, and only web addresses become links."""
    return "\n".join(_lines(report, seen, lang)) + "\n"


def _lines(report: Report, seen: Overview, lang: str) -> Iterator[str]:
    title = f"{say(lang, 'report.title')} · {period(report.window, lang)}"
    style = (resources.files("tender_tracker") / "data" / "report.css").read_text("utf-8")
    yield f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f'<meta name="referrer" content="no-referrer">\n<title>{markup.safe(title)}</title>'
    yield f"<style>\n{style}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>{say(lang, 'report.title')}</h1>\n{_lead(report, lang)}"
    yield from _coverage(report, lang)
    yield f"<h2>{say(lang, 'figure.numbers_first')}</h2>\n{_tiles(report, seen, lang)}"
    if report.found:
        yield f'<h2>{say(lang, "figure.glance")}</h2>\n<div class="grid2">'
        yield from figures(seen, report.asked_levels(), lang)
        yield "</div>"
    if report.totals.groups:
        heading = say(lang, "report.totals", by=tally.heading(report.totals.by, lang))
        yield f"<h2>{markup.safe(heading)}</h2>"
        yield f'<p class="about">{markup.safe(say(lang, "report.totals_note"))}</p>'
        yield division(report.totals, heading, lang)
    yield from _market(seen, lang)
    yield from _notices(report, lang)
    yield f"<h2>{say(lang, 'figure.method')}</h2>"
    yield markup.items((markup.safe(note) for note in notes(report, lang)), "quiet")
    yield "</main>\n</body>\n</html>"


def _lead(report: Report, lang: str) -> str:
    told = [period(report.window, lang), say(lang, "figure.stored", n=f"{report.stats.notices:,}")]
    if report.stats.newest:
        told.append(say(lang, "report.newest", day=day(report.stats.newest)))
    if report.compared:
        told.append(say(lang, "report.compared", period=period(report.compared, lang)))
    return f'<p class="lead">{" · ".join(f"<span>{markup.safe(text)}</span>" for text in told)}</p>'


def _coverage(report: Report, lang: str) -> Iterator[str]:
    """What was read and what was not: the judgement, sources in trouble, then every source for who wants to see it."""
    sources = each(report, lang)
    trouble = [
        line for entry, line in zip(report.coverage, sources, strict=True) if entry.state != "ok" or entry.refused
    ]
    yield f"<h2>{say(lang, 'figure.coverage')}</h2>"
    yield f'<p class="judgement{"" if report.complete else " warn"}">{markup.safe(judgement(report, lang))}</p>'
    if trouble:
        yield markup.items(map(markup.safe, trouble))
    if told := unread(report.unread, lang):
        yield f'<p class="about">{markup.prose(told)}</p>'
    if sources:
        every = markup.items(map(markup.safe, sources), "quiet")
        yield markup.folded(say(lang, "figure.sources", n=len(sources)), every)


def _tiles(report: Report, seen: Overview, lang: str) -> str:
    """Every asked level, then what is known of budgets and awards, each with its change."""
    found = {group.keys[0]: group for group in seen.levels.groups}
    tiles = [_level(level, found.get(level), report.complete, lang) for level in report.asked_levels()]
    tiles += [_sum(side, seen.levels.whole, lang) for side in ("budget", "award")]
    return f'<dl class="tiles">\n{"".join(tiles)}</dl>'


def _level(level: Level, group: Group | None, complete: bool, lang: str) -> str:
    """A bare 0 is printed only when every source was read."""
    count = group.now.projects if group else 0
    figure = say(lang, "figure.projects", n=f"{count:,}") if count or complete else say(lang, "digest.none_seen")
    under = [say(lang, "figure.of_notices", n=f"{group.now.notices:,}")] if group and count else []
    under += [f"Δ {tally.change(group.more('projects'))}"] if group and group.then else []
    return _tile(f"t-{level}", name(lang, "level", level), figure, under)


def _sum(side: str, whole: Group, lang: str) -> str:
    total, counted, silent = (getattr(whole.now, f"{side}_{field}") for field in ("sum", "disclosed", "undisclosed"))
    under = [say(lang, "figure.disclosed", n=f"{counted:,}", silent=f"{silent:,}")] if counted or silent else []
    under += [f"Δ {tally.change(whole.more(f'{side}_sum'), money=True)}"] if whole.then else []
    return _tile("", say(lang, f"head.{side}_sum"), yuan(total) or "–", under)


def _tile(kind: str, label: str, figure: str, under: list[str]) -> str:
    tone = f' class="{kind}"' if kind else ""
    return (
        f'<div{tone}><dt>{markup.safe(label)}</dt><dd class="figure">{markup.safe(figure)}</dd>'
        + "".join(f'<dd class="under">{markup.safe(text)}</dd>' for text in under)
        + "</div>\n"
    )


def _market(seen: Overview, lang: str) -> Iterator[str]:
    """Who buys, who wins, how it went; each table behind its name with what its figures are of, for it is long."""
    found = list(sections(seen.market, lang))
    if found:
        yield f"<h2>{say(lang, 'market.title')}</h2>"
        yield f'<p class="about">{markup.safe(going(seen.market.whole, lang))}</p>'
    for section in found:
        note = f'<p class="about">{markup.safe(section.note)}</p>'
        table = markup.table(section.title, section.table.columns, section.table.rows)
        yield markup.folded(section.title, f"{note}\n{table}")


def _notices(report: Report, lang: str) -> Iterator[str]:
    if not report.found:
        yield f"<h2>{say(lang, 'figure.notices')}</h2>\n<p>{say(lang, 'figure.nothing')}</p>"
        return
    yield f'<h2>{say(lang, "figure.notices")} <span class="count">· {report.found:,}</span></h2>'
    if len(report.flagged) < report.found:
        yield f'<p class="about">{markup.safe(say(lang, "figure.more", shown=len(report.flagged), n=report.found))}</p>'
    for level in report.asked_levels():
        rows, count = report.told_once(level), report.counts.get(level, 0)
        if rows:
            yield f'<h3 class="level">{name(lang, "level", level)} <span class="count">· {count:,}</span></h3>'
        yield from (_notice(row, also_on(report, row, lang), lang) for row in rows)


def _notice(row: Flagged, also: str, lang: str) -> str:
    notice = row.notice
    lots = shown_lots(row)
    own = row.evidence if row.evidence not in [entry.evidence for entry in lots] else None
    entries = [_lot(entry, row, lang) for entry in lots[:LOTS]]
    if len(lots) > LOTS:
        entries.append(markup.safe(say(lang, "report.more_lots", n=len(lots) - LOTS, id=notice.id)))
    parts = [
        f'<article class="t-{notice.level}">',
        f"<h4>{markup.link(notice.url, _cut(project(row), TITLE))}</h4>",
        f'<p class="facts">{markup.safe(" · ".join(filter(None, (*_facts(row, lang), also))))}</p>',
        _quote(own, lang),
        markup.items(entries) if entries else "",
        "</article>",
    ]
    return "\n".join(filter(None, parts))


def _facts(row: Flagged, lang: str) -> Iterator[str]:
    notice = row.notice
    facts = (
        ("date", day(notice.published_on)),
        ("kind", name(lang, "kind", notice.kind)),
        ("buyer", _cut(buyer(row, lang) or "", TITLE)),
        ("region", notice.province or notice.region),
        ("budget", money(notice.budget, lang)),
        ("award", money(notice.award, lang)),
        ("supplier", _cut(say(lang, "digest.comma").join(notice.suppliers), TITLE)),
        ("family", families(row, lang)),
        ("price_per_card", yuan(row.price_per_card)),
        ("deadline", moment(notice.deadline)),
        ("id", f"#{notice.id}"),
    )
    plain = ("date", "kind", "buyer", "region", "id")
    for key, text in facts:
        if text:
            yield text if key in plain else f"{say(lang, f'head.{key}')} {text}"


def _lot(entry: LotRow, row: Flagged, lang: str) -> str:
    parts = [_cut(lot(entry), TITLE), money(entry.budget, lang), money(entry.award, lang), *entry.suppliers]
    if entry.level and entry.level != row.notice.level:
        parts.insert(1, name(lang, "level", entry.level))
    told = markup.safe(" · ".join(part for part in parts if part))
    return told + _quote(entry.evidence, lang)


def _quote(found: Evidence | None, lang: str) -> str:
    """The passage, and the document it stands in."""
    if found is None:
        return ""
    return f"<blockquote>{markup.safe(_cut(found.quote, QUOTE) + bracketed(found, lang))}</blockquote>"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
