"""Title and text of a notice → its Verdict by a rule pack. Pure: the same words always get the same verdict."""

from __future__ import annotations

from tender_tracker.evidence import Reading
from tender_tracker.model import Verdict
from tender_tracker.rulepack import RulePack
from tender_tracker.verdict import decide


def flag(title: str, text: str, pack: RulePack, kind: str | None = None) -> Verdict:
    """Label one notice.

    `title` and `text` as printed (blocks on lines of their own, table cells joined by ` | `); `kind` one of
    model.KINDS when the caller knows it. Every evidence quote is `text[start:end]` (or `title[start:end]`).
    """
    return decide(Reading(" ".join(title.split("\n")), text, pack), kind, pack.fingerprint)
