"""A stored notice and its older versions → the editions of it, each with the notice and what the rules made of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from tender_tracker.amending.diff import Edition
from tender_tracker.model import Attachment, Evidence, Lot, LotVerdict, Notice, Verdict
from tender_tracker.storage import columns
from tender_tracker.storage.rows import LotRow, NoticeFile, Version


def editions(file: NoticeFile) -> list[Edition]:
    """Oldest first; the last is what the store holds now."""
    return [*(_older(file, version) for version in file.versions), _present(file)]


def _older(file: NoticeFile, version: Version) -> Edition:
    said: Mapping[str, Any] = defaultdict(lambda: None, version.notice)
    notice = Notice(
        source=file.notice.source,
        source_id=file.notice.source_id,
        title=said["title"],
        kind=said["kind"],
        text=said["text"] or "",
        project_no=said["project_no"],
        project_name=said["project_name"],
        buyer=said["buyer"],
        agency=said["agency"],
        region=said["region"],
        published=columns.moment(said["published"]),
        deadline=columns.moment(said["deadline"]),
        budget=columns.amount(said, "budget"),
        award=columns.amount(said, "award"),
        lots=tuple(_lot(lot) for lot in said["lots"] or ()),
        suppliers=tuple(said["suppliers"] or ()),
        attachments=tuple(map(Attachment, said["attachments"] or ())),
    )
    return Edition(notice, _decided(version))


def _lot(told: Mapping[str, Any]) -> Lot:
    lot: Mapping[str, Any] = defaultdict(lambda: None, told)
    amounts = columns.amount(lot, "budget"), columns.amount(lot, "award")
    return Lot(lot["name"], lot["title"], *amounts, tuple(lot["suppliers"] or ()))


def _tells(lot: LotRow) -> bool:
    """Whether the notice says more of it than a name: versions keep no others."""
    return bool(lot.title or lot.budget or lot.award or lot.suppliers)


def _decided(version: Version) -> Verdict:
    """Of a version from before schema 10 only the level is known."""
    told = version.decided or {"pack": "", "lots": [], "quotes": []}
    found = (Evidence(quote, 0, len(quote), "text", "", effect, lot) for effect, quote, lot in told["quotes"])
    lots = tuple(LotVerdict(name, level) for name, level in told["lots"])
    return Verdict(version.level, False, "unstated", (), lots, tuple(found), told["pack"])


def _present(file: NoticeFile) -> Edition:
    row = file.notice
    notice = Notice(
        source=row.source,
        source_id=row.source_id,
        title=row.title,
        kind=row.kind,
        text=file.text,
        project_no=row.project_no,
        project_name=row.project_name,
        buyer=row.buyer,
        agency=row.agency,
        region=row.region,
        published=row.published,
        deadline=row.deadline,
        budget=row.budget,
        award=row.award,
        lots=tuple(Lot(lot.name, lot.title, lot.budget, lot.award, lot.suppliers) for lot in file.lots if _tells(lot)),
        suppliers=row.suppliers,
        attachments=row.attachments,
    )
    return Edition(notice, file.verdict)
