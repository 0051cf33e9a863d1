"""What a notice says, and the pages of its documents → its Verdict, by the rule pack of its country."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tender_tracker.flagging import packs
from tender_tracker.flagging.documents import with_documents
from tender_tracker.flagging.flag import flag
from tender_tracker.flagging.rulepack import RulePack
from tender_tracker.model import DocumentPage, Verdict


def judged(
    title: str,
    text: str,
    kind: str,
    country: str,
    language: str,
    home: RulePack,
    documents: Iterable[Sequence[DocumentPage]] = (),
) -> Verdict:
    """`home` is the Chinese pack with the user's own rules; where no pack speaks for a country nothing is flagged."""
    pack = packs.choose(country, language, home)
    if pack is None:
        return packs.unflagged(country)
    return with_documents(flag(title, text, pack, kind), title, kind, documents, pack)
