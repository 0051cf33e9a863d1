"""Tenders, awards and changes of a digest → cards and lines in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from rich.cells import cell_len, set_cell_size

from tender_tracker.messages import day, moment, money, name, say, yuan
from tender_tracker.model import OCR, Amount, Delivered
from tender_tracker.reasons import REASONS
from tender_tracker.reporting.attached import at, behind
from tender_tracker.reporting.changed_lines import reworded
from tender_tracker.reporting.changed_lines import said as correction_said
from tender_tracker.reporting.digest import Award, Cancellation, Changed, Erratum, Item, Move, Tender
from tender_tracker.reporting.page import Card, Line

QUOTE = 120
"""Cells of a quote: 60 Chinese characters; a shorter cut would often lose the verb."""
LOTS = 6
CORRECTIONS = 4
"""Things told of one correction."""
GOODS = 3


def card(item: Item, lang: str) -> Card:
    """A new tender: buyer and project, then budget, chips, deadline, and the clause."""
    facts = [published(item, lang), budget(item.budget, lang)]
    facts += [chips(item, lang)] if item.families else []
    facts += [due(item, lang)] if item.deadline else []
    facts += [say(lang, "digest.also_on", sources=_list(lang, (source for source, _ in item.also_on)))] * bool(
        item.also_on
    )
    return Card(
        head(item, lang),
        item.url,
        marks(item, lang),
        tuple(facts),
        quote(item.quote),
        (*_stands(item, lang), *_now(item, lang), *_lots(item, lang)),
    )


def _stands(item: Item, lang: str) -> tuple[Line, ...]:
    """The document that the clause stands in."""
    where = at(item.file, item.page, lang, OCR in item.reasons)
    return (Line(say(lang, "digest.stands_in", place=where), "quiet"),) if where and item.quote else ()


def _now(item: Item, lang: str) -> tuple[Line, ...]:
    """That a correction moved the level of the whole project, with its words."""
    if item.now is None:
        return ()
    level = name(lang, "level", item.now)
    return (Line(say(lang, "change.now", level=level, quote=quote(item.corrected_by) or "–"), "warn"),)


def short(item: Item, lang: str) -> Card:
    """An intention: what it will buy and the clause."""
    facts = [published(item, lang), budget(item.budget, lang)]
    facts += [chips(item, lang)] if item.families else []
    return Card(head(item, lang), item.url, marks(item, lang), tuple(facts), quote(item.quote), _stands(item, lang))


def deadline(item: Item, lang: str) -> Line:
    """When it closes, then what."""
    when = say(lang, "digest.due_plain", when=moment(item.deadline), left=_left(item.days_left or 0, lang))
    level = name(lang, "level", item.level)
    return Line(f"{when} · {head(item, lang)} · {level} · {budget(item.budget, lang)}", url=item.url)


def award(entry: Award, lang: str) -> Card:
    """Who delivers what for how much, beside the budget and the tender."""
    item = entry.item
    facts = [published(item, lang)]
    facts += [say(lang, "digest.winner", names=_list(lang, entry.suppliers))] if entry.suppliers else []
    prices = [text for text in (money(item.budget, lang), money(entry.amount, lang)) if text]
    price = say(lang, "digest.awarded", sum=money(entry.amount, lang)) if entry.amount else say(lang, "digest.no_price")
    facts += [f"{say(lang, 'digest.budget', sum=prices[0])} → {price}" if item.budget else price]
    facts += [chips(item, lang)] if item.families else []
    per_card = entry.price_per_card
    facts += [say(lang, "digest.price_per_card", sum=yuan(per_card))] if per_card is not None else []
    lines = (*_stands(item, lang), *_delivery(entry, lang))
    return Card(head(item, lang), item.url, marks(item, lang), tuple(facts), quote(item.quote), lines)


def _delivery(entry: Award, lang: str) -> Iterable[Line]:
    for goods in entry.delivered[:GOODS]:
        told = (goods.file, goods.page) == (entry.item.file, entry.item.page)  # beside the clause
        yield Line(_goods(goods, lang) + ("" if told else behind(goods, lang)))
    if len(entry.delivered) > GOODS:
        yield Line(say(lang, "digest.more_goods", n=len(entry.delivered) - GOODS), "quiet")
    if not entry.delivered and entry.item.unread:
        yield Line(say(lang, "digest.unread"), "warn")
    if entry.tender:
        yield _its_tender(entry.tender, lang)


def _goods(goods: Delivered, lang: str) -> str:
    made = " ".join(dict.fromkeys(part for part in (goods.brand, goods.model) if part))
    count = f"× {goods.quantity:f} {goods.unit or ''}".rstrip() if goods.quantity is not None else ""
    each = goods.unit_price and money(Amount(goods.unit_price, "", goods.currency), lang)
    price = say(lang, "digest.unit_price", sum=each) if each else ""
    told = say(lang, "digest.goods", name=goods.name or "", made=made, count=count, price=price)
    return " ".join(told.split()).replace(" ，", "，").replace(" ,", ",")


def cancellation(entry: Cancellation, lang: str) -> Card:
    item = entry.item
    facts = [published(item, lang), say(lang, "digest.ended")]
    facts += [say(lang, "digest.voided", sum=money(entry.voided, lang))] if entry.voided else []
    below = (_its_tender(entry.tender, lang),) if entry.tender else ()
    return Card(head(item, lang), item.url, marks(item, lang), tuple(facts), None, below)


def _its_tender(tender: Tender, lang: str) -> Line:
    level = name(lang, "level", tender.level)
    told = say(
        lang, "digest.its_tender", day=day(tender.published_on) or "–", level=level, budget=budget(tender.budget, lang)
    )
    return Line(told, "quiet", url=tender.url)


def changed(entry: Changed, lang: str) -> Line:
    """Whose tender, and each field from what to what."""
    item = entry.item
    if entry.amendment:
        told = say(lang, "digest.amendment", title=item.title)
        said = [correction_said(one, lang) for one in entry.corrections[:CORRECTIONS]]
        if len(entry.corrections) > CORRECTIONS:
            said.append(say(lang, "change.more", n=len(entry.corrections) - CORRECTIONS, id=item.id))
        if item.also_on:
            said.append(say(lang, "digest.also_on", sources=_list(lang, (source for source, _ in item.also_on))))
        told = say(lang, "digest.semicolon").join((told, *said))
        return Line(f"{_buyer(item, lang)} · {told}" if item.buyer else told, url=item.url)
    moves = [move for move in entry.moves if move.field != "text_length" or not entry.demands]
    parts = [*(moved(move, lang) for move in moves), *(reworded(one, lang) for one in entry.demands[:CORRECTIONS])]
    if len(entry.demands) > CORRECTIONS:
        parts.append(say(lang, "change.more", n=len(entry.demands) - CORRECTIONS, id=item.id))
    told = say(lang, "digest.semicolon").join(parts)
    return Line(f"{head(item, lang)}{say(lang, 'digest.colon')}{told}", url=item.url)


def moved(move: Move, lang: str) -> str:
    """预算由 120.00 万元 改为 150.00 万元."""
    before, after = (_value(move.field, value, lang) for value in (move.before, move.after))
    field = _field(move.field, lang)
    if move.field == "lots" and len(move.before or ()) == len(move.after or ()):
        return say(lang, "digest.lots_edited")
    if move.field == "attachments" and len(move.before or ()) == len(move.after or ()):
        return say(lang, "digest.files_edited")
    if before == after:
        return say(lang, "digest.came_back", field=field, n=move.times, after=after)
    key = "digest.moved" if move.times == 1 else "digest.moved_often"
    return say(lang, key, field=field, before=before, after=after, n=move.times)


def _field(field: str, lang: str) -> str:
    own = field in ("text_length", "attachments", "kind", "level", "title")
    return say(lang, f"digest.field_{field}" if own else f"sheet.{field}")


def _value(field: str, value: Any, lang: str) -> str:
    """A value as versions keep it, for a reader."""
    if value is None or value == []:
        return say(lang, "digest.unstated")
    if field in ("level", "kind"):
        return name(lang, field, value)
    if field in ("deadline", "published"):
        return moment(datetime.fromisoformat(value)) or ""
    if field in ("budget", "award"):
        number, currency = value
        return money(Amount(Decimal(repr(number)), "", currency or "CNY"), lang) or ""
    if field == "text_length":
        return say(lang, "digest.characters", n=f"{value:,}")
    if field == "lots":
        return say(lang, "digest.n_lots", n=len(value))
    return _list(lang, value) if isinstance(value, list) else str(value)


def review(item: Item, lang: str) -> Card:
    """A notice that only mentions domestic compute, with what lowered it."""
    why = say(lang, "digest.semicolon").join(
        REASONS[cue][lang != "zh"] if cue in REASONS else cue for cue in item.reasons
    )
    facts = [published(item, lang), budget(item.budget, lang), *([why] if why else [])]
    return Card(head(item, lang), item.url, marks(item, lang), tuple(facts), quote(item.quote))


def erratum(entry: Erratum, lang: str) -> Line:
    before, after = (name(lang, "level", level) for level in (entry.before, entry.after))
    key = "digest.attachment_read" if entry.why == "documents" else "digest.erratum"
    told = say(lang, key, before=before, after=after)
    return Line(f"{head(entry.item, lang)}{say(lang, 'digest.colon')}{told}", url=entry.item.url)


def head(item: Item, lang: str) -> str:
    """浙江大学（985、浙江） · 智算平台采购项目; a buyer that the project's name begins with is told once."""
    if not item.buyer:
        return item.project
    project = item.project.removeprefix(item.buyer).strip()
    return f"{_buyer(item, lang)} · {project if len(project) > 3 else item.project}"


def _buyer(item: Item, lang: str) -> str:
    standing = [name(lang, "tier", item.tier)] if item.tier else []
    standing += [item.province] if item.province else []
    told = say(lang, "digest.brackets", text=_list(lang, standing)) if standing else ""
    return f"{item.buyer}{told}"


def marks(item: Item, lang: str) -> tuple[str, ...]:
    return (say(lang, "digest.late"),) if item.late else ()


def published(item: Item, lang: str) -> str:
    return f"{day(item.published_on) or '–'} {name(lang, 'kind', item.kind)}"


def budget(amount: Amount | None, lang: str) -> str:
    return say(lang, "digest.budget", sum=money(amount, lang)) if amount else say(lang, "digest.no_budget")


def chips(item: Item, lang: str) -> str:
    return say(lang, "digest.chips", names=_list(lang, (name(lang, "family", family) for family in item.families)))


def due(item: Item, lang: str) -> str:
    return say(lang, "digest.due", when=moment(item.deadline), left=_left(item.days_left or 0, lang))


def _left(days: int, lang: str) -> str:
    if days < 0:
        return say(lang, "digest.closed")
    if days < 2:
        return say(lang, ("digest.last_day", "digest.day_left")[days])
    return say(lang, "digest.days_left", n=days)


def age(value: timedelta, lang: str) -> str:
    """Whole hours below two days, else days."""
    hours = int(value.total_seconds()) // 3600
    if not hours:
        return say(lang, "digest.age_less")
    return say(lang, "digest.age_hours", n=hours) if hours < 48 else say(lang, "digest.age_days", n=hours // 24)


def quote(text: str | None) -> str | None:
    """The clause on one line, cut to sixty Chinese characters."""
    if text is None:
        return None
    flat = " ".join(text.split())
    return flat if cell_len(flat) <= QUOTE else set_cell_size(flat, QUOTE - 2).rstrip() + "…"


def _lots(item: Item, lang: str) -> tuple[Line, ...]:
    lines = []
    for lot in item.lots[:LOTS]:
        title = lot.title if lot.title and lot.title != lot.name else None
        parts = [title, name(lang, "level", lot.level) if lot.level != item.level else None, money(lot.budget, lang)]
        parts.append(f"「{quote(lot.quote)}」" if lot.quote else None)
        said = " · ".join(part for part in parts if part)
        lines.append(Line(say(lang, "digest.lot", name=lot.name, said=said) if said else lot.name))
    if len(item.lots) > LOTS:
        lines.append(Line(say(lang, "digest.more_lots", n=len(item.lots) - LOTS), "quiet"))
    return tuple(lines)


def _list(lang: str, words: Iterable[str]) -> str:
    return say(lang, "digest.comma").join(words)
