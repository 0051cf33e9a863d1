"""Title and text of a notice → its Verdict by a rule pack. Pure: the same words always get the same verdict."""

from __future__ import annotations

from tender_tracker.flagging.evidence import Reading
from tender_tracker.flagging.rulepack import HOME, RulePack
from tender_tracker.flagging.verdict import decide
from tender_tracker.model import Verdict


def flag(title: str, text: str, pack: RulePack, kind: str | None = None) -> Verdict:
    """Label one notice.

    `title` and `text` as printed (blocks on lines of their own, table cells joined by ` | `); `kind` one of
    model.KINDS when the caller knows it. Every evidence quote is `text[start:end]` (or `title[start:end]`).
    """
    if pack.name != HOME:
        from tender_tracker.flagging import worldwide

        return worldwide.decide(title, text, pack, kind)
    if pack.concerns(f"{title}\n{text}"):
        reading = Reading(" ".join(title.split("\n")), text, pack)
        if not reading.is_empty:
            return decide(reading, kind, pack.fingerprint)
    return Verdict("none", False, "unstated", pack=pack.fingerprint)
