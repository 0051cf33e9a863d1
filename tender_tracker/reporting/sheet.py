"""One notice and its evidence → a sheet: every known field, the rules that fired, the text with its evidence marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from tender_tracker.facts.price import card_price
from tender_tracker.messages import moment, money, name, say, yuan
from tender_tracker.model import Amount, Delivered, Evidence, Quantity, Verdict
from tender_tracker.reporting import clean
from tender_tracker.reporting.attached import behind, counted, place, reasons, told
from tender_tracker.reporting.render import lot
from tender_tracker.reporting.styled import STYLES, Line
from tender_tracker.reporting.table import jsonable
from tender_tracker.reporting.whys import Whys
from tender_tracker.storage.rows import LotRow, NoticeFile, NoticeRow, Version

MARK = "bold reverse"


def lines(file: NoticeFile, whys: Whys, lang: str, belonging: Iterable[Line] = ()) -> Iterator[Line]:
    """Everything known of a stored notice; `belonging` says which project it is of."""
    notice = file.notice
    yield from title(notice.title, file.evidence)
    yield _verdict(notice, lang)
    for key, value in _fields(notice, lang):
        if value:
            yield ((f"{say(lang, f'sheet.{key}')}: ", "dim"), (clean.terminal(value), ""))
    yield from belonging
    yield from _section(lang, "lots", (line for entry in file.lots for line in _lot(entry, lang)))
    yield from _section(lang, "documents", _attached(notice, lang))
    yield from evidence(file.evidence, whys, lang)
    yield from figures(file.quantities, file.delivered, file.price_per_card, lang)
    yield from _section(lang, "versions", (line for version in file.versions for line in _version(version, lang)))
    yield from _section(lang, "text", marked(file.text, file.evidence))


def verdict(heading: str, text: str, found: Verdict, whys: Whys, lang: str) -> Iterator[Line]:
    """What the rules make of a text that is not stored."""
    yield from title(heading, found.evidence)
    yield decided(found, lang)
    yield from _section(lang, "lots", (_item(f"{lot.name} · {name(lang, 'level', lot.level)}") for lot in found.lots))
    yield from evidence(found.evidence, whys, lang)
    yield from _section(lang, "text", marked(text, found.evidence))


def decided(found: Verdict, lang: str) -> Line:
    """Level, whether compute is bought, imports and chips of a verdict."""
    return _decided(found.level, found.compute, found.import_policy, found.families, lang)


def _verdict(notice: NoticeRow, lang: str) -> Line:
    head = ((f"#{notice.id} {name(lang, 'kind', notice.kind)} · ", ""),)
    return head + _decided(notice.level, notice.compute, notice.import_policy, notice.families, lang)


def _decided(level: str, compute: bool, policy: str, families: Iterable[str], lang: str) -> Line:
    chips = " ".join(name(lang, "family", family) for family in families)
    parts = [
        f"{say(lang, 'sheet.compute')}: {say(lang, 'word.yes' if compute else 'word.no')}",
        f"{say(lang, 'sheet.import')}: {name(lang, 'import', policy)}",
        f"{say(lang, 'sheet.families')}: {clean.terminal(chips)}" if chips else "",
    ]
    return ((name(lang, "level", level), STYLES[level]), (" · " + " · ".join(part for part in parts if part), ""))


def _fields(notice: NoticeRow, lang: str) -> Iterator[tuple[str, str | None]]:
    yield "published", moment(notice.published, notice.published_has_time)
    yield "deadline", moment(notice.deadline)
    for key in ("project_no", "project_name"):
        yield key, getattr(notice, key)
    yield "buyer", _buyer(notice, lang)
    yield "agency", notice.agency
    yield "region", notice.region
    for key, amount in (("budget", notice.budget), ("award", notice.award)):
        basis = say(lang, "word.sum_of_lots") if amount and amount.basis == "sum_of_lots" else ""
        yield key, f"{money(amount, lang)}{basis}（{amount.raw}）" if amount else None
    yield "suppliers", "；".join(notice.suppliers)
    yield "url", notice.url
    yield "read", " · ".join(filter(None, (moment(notice.read_at), notice.read_from)))
    seen = f"{moment(notice.first_seen)} – {moment(notice.last_seen)}"
    yield "seen", f"{notice.source} {notice.source_id} · {seen}"
    yield "pack", notice.pack


def _buyer(notice: NoticeRow, lang: str) -> str:
    """Name, kind, standing, institution where the name is another, province."""
    kind, tier = notice.buyer_kind, notice.buyer_tier
    told = (
        notice.buyer,
        name(lang, "buyer", kind) if kind else None,
        name(lang, "tier", tier) if tier else None,
        notice.buyer_institution if notice.buyer_institution != notice.buyer else None,
        notice.province,
    )
    return " · ".join(filter(None, told))


def _lot(entry: LotRow, lang: str) -> Iterator[Line]:
    level = name(lang, "level", entry.level) if entry.level else None
    parts = [lot(entry), level, money(entry.budget, lang), money(entry.award, lang), *entry.suppliers]
    yield _item(" · ".join(part for part in parts if part))


def _version(version: Version, lang: str) -> Iterator[Line]:
    yield _item(f"{say(lang, 'sheet.until', when=moment(version.seen_at))} · {name(lang, 'level', version.level)}")
    for field, (old, new) in version.changed.items():
        yield (("    ", ""), (clean.terminal(f"{field}: {_short(old)} → {_short(new)}"), ""))


def _short(value: Any) -> str:
    text = "–" if value is None else str(jsonable(value))
    return text if len(text) <= 80 else f"{text[:80]}…"


def evidence(found: Iterable[Evidence], whys: Whys, lang: str) -> Iterator[Line]:
    """Each passage with its effect, its rule and the rule's sentence, deciding passages first."""

    def passages() -> Iterator[Line]:
        for entry in found:
            style = STYLES.get(entry.effect, "")
            basis = name(lang, "basis", entry.basis) if entry.basis else None
            where = f"{_where(entry, lang)} {entry.start}–{entry.end}"
            place = " · ".join(filter(None, (entry.lot, basis, where)))
            yield (
                ("  ", ""),
                (f"「{clean.terminal(entry.quote)}」", style),
                (f" {_effect(entry.effect, lang)} · {clean.terminal(place)}", ""),
            )
            told = {entry.rule: whys.of_passage(entry), **{cue: whys.of_cue(cue) for cue in entry.cues}}
            yield from (
                ((f"    {clean.terminal(f'{rule}: {why}' if why else rule)}", "dim"),) for rule, why in told.items()
            )

    yield from _section(lang, "evidence", passages())


def _attached(notice: NoticeRow, lang: str) -> Iterator[Line]:
    """Each attachment with what became of it, then what the unread ones keep from us."""
    for document in notice.documents:
        yield from (_item(line) for line in told(document, lang))
    if notice.unread:
        why = counted(reasons(notice.unread), lang)
        values = {"n": len(notice.documents), "unread": len(notice.unread), "id": notice.id}
        yield (("  ", ""), (say(lang, "documents.of_notice", why=why, **values), "yellow"))


def _where(entry: Evidence, lang: str) -> str:
    """Title, text, or file and page of a document."""
    return place(entry, lang) or name(lang, "sheet", entry.where)


def _effect(effect: str, lang: str) -> str:
    """What a passage does: a level, or what it says of imports."""
    policy = effect.removeprefix("import_")
    return (
        name(lang, "level", effect)
        if policy == effect
        else f"{say(lang, 'sheet.import')} {name(lang, 'import', policy)}"
    )


def title(text: str, found: Iterable[Evidence]) -> Iterator[Line]:
    spans = [(entry.start, entry.end) for entry in found if entry.where == "title"]
    return _lines(clean.same_length(text).replace("\n", " "), spans, "bold")


def figures(
    quantities: Iterable[Quantity], delivered: Iterable[Delivered], per_card: Decimal | None, lang: str
) -> Iterator[Line]:
    """What the notice prints of its goods, each with the passage it stands in."""

    def told() -> Iterator[Line]:
        for item in quantities:
            parts = (name(lang, "quantity", item.kind), f"{item.value:f} {item.unit}", item.precision, item.noun)
            yield _item(f"{' · '.join(part for part in parts if part)}「{item.quote}」")
        if per_card is not None:
            yield _item(f"{say(lang, 'sheet.price_per_card')} · {yuan(per_card)}")

    def goods() -> Iterator[Line]:
        for item in delivered:
            count = f"{item.quantity:f} {item.unit or ''}" if item.quantity is not None else None
            price = card_price(item)
            card = say(lang, "digest.price_per_card", sum=yuan(price.value)) if price else None
            parts = (item.lot, item.name, item.brand, item.model, count, yuan_of(item, item.unit_price), card)
            yield _item(f"{' · '.join(part.strip() for part in parts if part)}「{item.quote}」{behind(item, lang)}")

    yield from _section(lang, "quantities", told())
    yield from _section(lang, "delivered", goods())


def yuan_of(goods: Delivered, price: Decimal | None) -> str | None:
    """A price of goods in its own currency."""
    return money(Amount(price, "", goods.currency), "") if price is not None else None


def marked(text: str, found: Iterable[Evidence], where: str = "text") -> Iterator[Line]:
    """The text with its evidence between 【 and 】, highlighted on a terminal."""
    spans = [(entry.start, entry.end) for entry in found if entry.where == where]
    return _lines(clean.same_length(text), spans, "")


def _lines(text: str, spans: Iterable[tuple[int, int]], plain: str) -> Iterator[Line]:
    """Cuts at line feeds and at the borders of the spans; overlapping spans become one."""
    line: list[tuple[str, str]] = []
    at = 0
    for start, end in [*_merged(spans), (len(text), len(text))]:
        for k, part in enumerate(text[at:start].split("\n")):
            if k:
                yield tuple(line)
                line = []
            line.append((part, plain))
        if end > start:
            line.append((f"【{text[start:end]}】".replace("\n", " "), MARK))
        at = end
    yield tuple(line)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _section(lang: str, key: str, body: Iterable[Line]) -> Iterator[Line]:
    """A heading and its lines; nothing at all when there are none."""
    some = list(body)
    if some:
        yield from ((), ((say(lang, f"sheet.{key}"), "bold"),), *some)


def _item(text: str) -> Line:
    return (("  ", ""), (clean.terminal(text), ""))
