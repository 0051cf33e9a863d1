"""Notice and documents → Record: the verdict, what the buyer's name tells, no character the store could not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from operator import attrgetter
from typing import Any

from tender_tracker.facts import buyer
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.judged import judged
from tender_tracker.model import Amount, Attachment, DocumentPage, Lot, Notice
from tender_tracker.storage.batch import Record

_PARTS: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    tuple: tuple,
    **{kind: attrgetter(*kind.__slots__) for kind in (Notice, Lot, Amount, Attachment)},
}


def recorded(
    notice: Notice, pack: RulePack, documents: Iterable[Sequence[DocumentPage]] = (), page_checksum: int | None = None
) -> Record:
    """A notice with its verdict and buyer, ready to be stored; `pack` is the home pack, others go by its country.

    `documents` are the pages of each attachment of it that was read, `page_checksum` is that of the page it stands on.

    Raises ValueError for one that cannot be stored.
    """
    if not notice.source_id or any(time and time.tzinfo is None for time in (notice.published, notice.deadline)):
        raise ValueError(f"a notice needs a number and times with a zone: {notice.source_id!r}, {notice.published}")
    if not _is_encodable(notice):
        notice = _encodable(notice)
    known = buyer.classify(notice.buyer, notice.region) if notice.buyer else None
    verdict = judged(notice.title, notice.text, notice.kind, notice.country, notice.language, pack, documents)
    if known is None:
        return Record(notice, verdict, page_checksum=page_checksum)
    return Record(notice, verdict, known.kind, known.tier, known.province, known.institution, page_checksum)


def _is_encodable(notice: Notice) -> bool:
    """Whether every string of it has a UTF-8 form: nearly always, so this is asked before anything is rebuilt."""
    words: list[str] = []
    left: list[Any] = [notice]
    for value in left:
        for part in _PARTS[type(value)](value):
            if type(part) is str:
                words.append(part)
            elif type(part) in _PARTS:
                left.append(part)
    try:
        "".join(words).encode()
    except UnicodeEncodeError:
        return False
    return True


def _encodable(value: Any) -> Any:
    """The same value; half characters (lone surrogates, which JSON can smuggle in) become U+FFFD."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, tuple):
        return tuple(map(_encodable, value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **{entry.name: _encodable(getattr(value, entry.name)) for entry in fields(value)})
