"""Versions replaced in a span and amendments → what moved, one line a field, however often it moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tender_tracker.reporting.digest import Move
from tender_tracker.storage.news import Changed

TOLD = (
    "level", "kind", "title", "project_name", "project_no", "buyer", "agency", "region", "published", "deadline",
    "budget", "award", "suppliers", "lots", "attachments", "text_length",
)  # fmt: skip
"""Fields in the order they are told; the parts of an amount are told as one."""


def moves(versions: Iterable[Changed]) -> tuple[Move, ...]:
    """Versions of one notice, oldest first → its moves. A field that came back to where it was is told as such."""
    history: dict[str, list[tuple[Any, Any]]] = {}
    for version in versions:
        for name, pair in _pairs(version):
            history.setdefault(name, []).append(pair)
    found = (Move(name, steps[0][0], steps[-1][1], len(steps)) for name, steps in history.items())
    return tuple(sorted((move for move in found if move.field in TOLD), key=lambda move: TOLD.index(move.field)))


def _pairs(version: Changed) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Fields a version changed. The length of the text is told only where nothing else tells what changed."""
    if version.before != version.after:
        yield "level", (version.before, version.after)
    fields = dict(version.fields)
    for money in ("budget", "award"):
        parts = {name: fields.pop(f"{money}_{name}", None) for name in ("value", "currency", "basis", "raw")}
        if parts["value"] or parts["currency"]:
            yield money, (_amount(parts, 0), _amount(parts, 1))
    length = fields.pop("text_length", None)
    yield from fields.items()
    if length and not fields and version.before == version.after:
        yield "text_length", length


def _amount(parts: dict[str, Any], side: int) -> tuple[Any, str | None] | None:
    """Value and, where it changed too, currency."""
    value = parts["value"] and parts["value"][side]
    currency = parts["currency"] and parts["currency"][side]
    return None if value is None else (value, currency)
