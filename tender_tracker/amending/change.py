"""One change of a field, from → to, with the passages that say both, verbatim; what a correction made of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tender_tracker.model import Amount

Field = Literal[
    "title", "kind", "project_no", "buyer", "suppliers", "deadline", "opening", "budget", "award", "lot", "level",
    "demand", "text",
]  # fmt: skip
Cause = Literal["notice", "rules", "reading"]
"""What changed: the notice itself, our rules, or our parsers' reading of the same page."""
Value = datetime | Amount | str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A field that says something else. `lot` names the lot whose field it is.

    `lot` as a field is a lot that came or went; `demand` a passage that requires or prefers domestic compute, `text`
    any other passage: then the values are the quotes themselves.
    """

    field: Field
    before: Value
    after: Value
    quote_before: str | None = None
    quote_after: str | None = None
    cause: Cause = "notice"
    lot: str | None = None


Status = Literal["applied", "elsewhere", "unread", "alone"]
"""`applied`: the state has it; `elsewhere`: read, but its old wording is not printed by the tender, so it stands in a
document; `unread`: not applied, a person has to read it; `alone`: the call that it corrects is not stored."""


@dataclass(frozen=True, slots=True)
class Amended:
    """What one correction (by its notice's id) changed, or meant to; `passage` is its wording, verbatim."""

    notice_id: int
    change: Change
    status: Status
    passage: str
