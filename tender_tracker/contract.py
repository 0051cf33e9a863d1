"""JSON Lines of notices → verdicts as JSON: the contract of `tenders flag --jsonl`, which labels are measured by."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from tender_tracker.errors import PageBroken, UsageError
from tender_tracker.facts.facts import NONE, Facts
from tender_tracker.flagging.packs import PACKS
from tender_tracker.model import KINDS, Kind, Page, Verdict

MAX_INPUT = 64 * 2**20
"""Bytes of one line or one file: far more than any notice has, far less than the memory."""
HALF = re.compile("[\ud800-\udfff]")
"""Half of a character, as a broken escape in JSON gives it; it becomes �, so that every offset still holds."""
MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|table|p|br|h\d)\b", re.I)


@dataclass(frozen=True, slots=True)
class Asked:
    """One notice to label. `unknown_kind` is a word for its kind that nobody here knows, then `kind` is None."""

    id: Any
    title: str
    text: str
    kind: Kind | None = None
    unknown_kind: str | None = None
    jurisdiction: str | None = None
    """Name of the rule pack that the line asks for."""


def read(line: bytes, where: str) -> Asked:
    """`{"id", "title", "text" or "html", "kind"?, "jurisdiction"?}` → Asked.

    Raises PageBroken naming `where` for anything else.
    """
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PageBroken(f"{where}: not a line of JSON ({error}); the line is left out") from error
    if not isinstance(row, dict):
        raise PageBroken(f'{where}: not an object with an "id"; the line is left out')
    return asked(row, where)


def asked(row: Mapping[str, Any], where: str) -> Asked:
    """The same of a row that is already read. Raises PageBroken naming `where`."""
    if "id" not in row:
        raise PageBroken(f'{where}: not an object with an "id"; the line is left out')
    title, text, html = (row.get(key) for key in ("title", "text", "html"))
    if not isinstance(title, str | None) or not isinstance(text, str | None) or not isinstance(html, str | None):
        raise PageBroken(f'{where}: "title", "text" and "html" must be text; the line is left out')
    if text is None and html is None and title is None:
        raise PageBroken(f'{where}: neither "title" nor "text" nor "html"; the line is left out')
    if text is None and html is not None:
        from tender_tracker.pages.html import block_text

        text = block_text(html)
    jurisdiction = row.get("jurisdiction")
    if jurisdiction is not None and jurisdiction not in PACKS:
        raise PageBroken(
            f'{where}: "jurisdiction" is {jurisdiction!r}, known are {", ".join(PACKS)}; the line is left out'
        )
    word = row.get("kind")
    kind = as_kind(word)
    unknown = None if kind or word is None else str(word)
    title, text = (HALF.sub("\ufffd", passage or "") for passage in (title, text))
    return Asked(row["id"], title, text, kind, unknown, jurisdiction)


def document(data: bytes, file: str, now: datetime) -> list[Asked]:
    """A text (its first line is the title) or a notice page → what to label. Raises PageRefused or PageBroken."""
    from tender_tracker.pages.decode import decode

    text = decode(data)
    if not text.strip():
        raise PageBroken(f"{file}: nothing but blanks; give the text of a notice")
    if MARKUP.search(text):
        from tender_tracker.parse import notices

        found = notices(Page(text, "html", now, file=file))
        return [Asked(notice.source_id, notice.title, notice.text, notice.kind) for notice in found]
    title, _, rest = text.strip().partition("\n")
    return [Asked(file, title.strip(), rest) if rest.strip() else Asked(file, "", title)]


def as_kind(word: object) -> Kind | None:
    """One of KINDS, or a Chinese word for one (招标, 候选人公示, …); None for anything else."""
    from tender_tracker.pages.kinds import kind_of

    named = next((kind for kind in KINDS if kind == word), None)
    if named or not isinstance(word, str) or not word:
        return named
    found = kind_of("", f"{word}公告")
    return found if found != "other" or word.startswith("其他") else None


def answer(notice_id: Any, verdict: Verdict, printed: Facts = NONE) -> dict[str, Any]:
    """A verdict, and what the notice prints of its goods, as the line that goes out."""
    return {
        "id": notice_id,
        "level": verdict.level,
        "compute": verdict.compute,
        "import_policy": verdict.import_policy,
        "families": list(verdict.families),
        "lots": [{"name": lot.name, "level": lot.level} for lot in verdict.lots],
        "evidence": [asdict(evidence) for evidence in verdict.evidence],
        "quantities": [asdict(quantity) for quantity in printed.quantities],
        "delivered": [asdict(goods) for goods in printed.delivered],
        "price_per_card": printed.price_per_card,
    }


def rows(path: Path) -> dict[Any, Mapping[str, Any]]:
    """A JSON Lines file of labels → its objects by id. Raises UsageError for a bad line or an id that comes twice."""
    found: dict[Any, Mapping[str, Any]] = {}
    for where, line in numbered(path):
        try:
            row = json.loads(line.decode("utf-8-sig"))
            if row["id"] in found:
                raise UsageError(f"{where}: id {row['id']!r} comes twice")
            found[row["id"]] = row
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f'{where}: not a JSON object with an "id" ({error})') from error
    return found


def numbered(path: Path) -> Iterator[tuple[str, bytes]]:
    """(file:number, line) of every line that is not blank. Raises UsageError for a file that cannot be read."""
    try:
        with path.open("rb") as stream:
            yield from lines(stream, str(path))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def lines(stream: IO[bytes], name: str) -> Iterator[tuple[str, bytes]]:
    """(name:number, line) of every line that is not blank. Raises UsageError for an endless one."""
    for number, line in enumerate(iter(lambda: stream.readline(MAX_INPUT + 1), b""), 1):
        if len(line) > MAX_INPUT:
            raise UsageError(f"{name}:{number}: a line larger than {MAX_INPUT // 2**20} MB; give one notice a line")
        if line.strip():
            yield f"{name}:{number}", line


def whole(stream: IO[bytes], name: str) -> bytes:
    """All of a file. Raises UsageError for an endless one."""
    data = stream.read(MAX_INPUT + 1)
    if len(data) > MAX_INPUT:
        raise UsageError(f"{name}: larger than {MAX_INPUT // 2**20} MB; give the page or text of one notice")
    return data
