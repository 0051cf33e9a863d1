"""Block text → the fields of a notice, whatever template wrote it; what the text does not print is None."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from tender_tracker.model import Amount, Attachment, Kind, Lot, Notice, Page
from tender_tracker.pages import attached, dates, deadlines, kinds, labels, lots, money, names
from tender_tracker.pages.labels import Told

_NUMBER = re.compile(r"[A-Za-z0-9\u4e00-\u9fff\[［(（【〔][\w\-\[\]［］()（）〔〕【】/.－—_―]*")
_NOT_NUMBER = re.compile(r"[\u4e00-\u9fff]{4,}$|[（(](?:招标文件|采购文件|项目)?编号.*$")
_SIGNED = re.compile(
    r"(?:^|(?<=[\n公司院局心部处所会校学厅关队行团社]))(20\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日)[\"”\s]*(?=$|\n|附件)"
)
_POSTED = re.compile(r"来源|发布|浏览|点击|阅读|作者|【打印】")
_PROJECT = re.compile(
    r"(?:本招标项目|本采购项目|对|就|关于|组织的?)\s*[“\"《]?\s*([^，。；：\n“”\"《》]{4,80}?(?:项目|工程|采购|服务)(?:[（(][^）)]{1,20}[）)])?)"
    r"\s*[”\"》]?\s*(?=，|进行|组织|的?招标|采购进行|已|[（(](?:项目|招标|采购)?编号)"
)
_BEYOND = re.compile(
    r"[。；]|，(?=(?:采购|项目|建设)?资金|招标人|采购人|项目业主)|进行(?:国内)?(?:公开|竞争性|邀请|询)"
)
_CLAUSE_END = re.compile("[，。；（(]")
_INTENDS = re.compile(r"^(.{3,40}?)(?=20\d\d年)")


@dataclass(frozen=True, slots=True)
class Fields:
    """What one text prints; see model.Notice for the meaning of each."""

    kind: Kind
    title: str | None = None
    project_no: str | None = None
    project_name: str | None = None
    buyer: str | None = None
    agency: str | None = None
    region: str | None = None
    published: dates.When | None = None
    deadline: datetime | None = None
    budget: Amount | None = None
    award: Amount | None = None
    lots: tuple[Lot, ...] = ()
    suppliers: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def notice(self, source: str, source_id: str, text: str, page: Page) -> Notice:
        """The notice these fields make; a source replaces what its page says better."""
        when = self.published
        title = self.title or self.project_name or text.split("\n", 1)[0][:80]
        return Notice(
            source, source_id, title, self.kind, text, page.url,
            project_no=self.project_no, project_name=self.project_name, buyer=self.buyer, agency=self.agency,
            region=self.region, published=when.moment if when else None,
            published_has_time=when is None or when.has_time, deadline=self.deadline, budget=self.budget,
            award=self.award, lots=self.lots, suppliers=self.suppliers, attachments=self.attachments,
            read_at=page.read_at, read_from=page.file or page.url,
        )  # fmt: skip


def read(
    text: str, title: str = "", column: str = "", when: dates.When | None = None, files: tuple[Attachment, ...] = ()
) -> Fields:
    """Block text → Fields; `title`, `column` (of the site), `when` (published) and `files` as far as a page says it."""
    labelled, table = labels.scan(text)
    told = names.resolved(labelled, text)
    title = title or _value(told, "title") or ""
    kind = kinds.kind_of(title, column, text)
    found = lots.lots_of(labelled, table, text)
    return Fields(
        kind=kind,
        title=title or None,
        project_no=_project_no(told),
        project_name=_project_name(told, text),
        buyer=names.buyer(told, text) or (_intends(title) if kind == "intention" else None),
        agency=names.agency(told, text),
        region=names.region(told),
        published=when or published(told, text),
        deadline=deadlines.find(text, kind == "amendment") if kind in ("tender", "amendment") else None,
        budget=money.budget(told, table, found, text),
        award=money.award(told, table, found) if kind in ("award", "contract") else None,
        lots=found,
        suppliers=names.suppliers(told, table, kind, text),
        attachments=files or attached.printed(names.values(told, "attachment")),
    )


def _value(told: Told, field: str) -> str | None:
    return next((value for value in names.values(told, field) if value.strip(" /-—")), None)


def _intends(title: str) -> str | None:
    """某大学2026年02月(至)05月政府采购意向 → 某大学."""
    match = _INTENDS.match(title)
    return names.clean(match.group(1)) if match else None


def _project_no(told: Told) -> str | None:
    for field in ("project_no", "weak_no"):
        for value in names.values(told, field):
            number = _NUMBER.match(value.strip(" ：:"))
            cleaned = _balanced(number.group()) if number else ""
            if len(cleaned) > 3 and any(char.isdigit() for char in cleaned):
                return cleaned
    return None


def _balanced(number: str) -> str:
    """XM-1）的 → XM-1: a closing bracket that was never opened ends a number, and so does Chinese prose."""
    for opening, closing in ("（）", "()", "[]", "【】"):
        while number.count(closing) > number.count(opening):
            number = number[: number.rfind(closing)]
        while number.count(opening) > number.count(closing):
            number = number[: number.rfind(opening)]
    return _NOT_NUMBER.sub("", number).rstrip("-.—_/")


def _project_name(told: Told, text: str) -> str | None:
    name = _value(told, "project_name")
    if name is None:
        said = _PROJECT.search(text[:1500])
        name = said.group(1) if said else _bought(told)
    if name is None:
        return None
    return (
        _unquoted(_BEYOND.split(name.split(" | ")[0], maxsplit=1)[0].removeprefix("名称为").strip(" 。；;，,：:"))
        or None
    )


def _unquoted(name: str) -> str:
    """“甲项目” → 甲项目; “甲”中心项目 stays, for there the quotes name a part."""
    inner = name.strip('“”" 。；;，,：:')
    whole = inner.count("“") == inner.count("”") and inner.find("“") <= inner.find("”") and inner.count('"') % 2 == 0
    return inner if whole else name


def _bought(told: Told) -> str | None:
    """What is bought, where that is said in the form of a project's name."""
    bought = (_CLAUSE_END.split(value, 1)[0] for value in names.values(told, "lot_title"))
    return next((name for name in bought if len(name) < 80 and name.endswith(("项目", "工程", "采购", "服务"))), None)


def published(told: Told, text: str) -> dates.When | None:
    """The labelled date, the one beside 来源 under the title, else the signature's at the end."""
    for value in names.values(told, "published"):
        if when := dates.first(value):
            return when
    for line in text[:500].split("\n")[:8]:
        if _POSTED.search(line) and (when := dates.first(line)):
            return when
    signed = list(_SIGNED.finditer(text, max(0, len(text) - 400)))
    return dates.first(signed[-1].group(1)) if signed else None
