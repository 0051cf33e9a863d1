"""One change of a field, from → to, with the verbatim passages that say both."""

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
