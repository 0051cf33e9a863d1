"""One field of a TED row, whatever its shape: a text, a list, or either by language (three letters)."""

from __future__ import annotations

from typing import Any

from tender_tracker.sources.values import prose, word

MAIN = "eng"


def language(row: dict[str, Any]) -> str | None:
    """The language the notice was written in: the official one, else the one its buyer is named in."""
    told = word(first(row, "official-language"))
    if told:
        return told.lower()
    names = [row.get(field) for field in ("description-proc", "buyer-name", "notice-title")]
    keys = [key for value in names if isinstance(value, dict) for key in value]
    return next((key for key in keys if key != MAIN), keys[0] if keys else None)


def texts(row: dict[str, Any], field: str, spoken: str | None) -> list[str]:
    """A field's texts in the language of the notice, else in English, else in the first there is."""
    value = row.get(field)
    if isinstance(value, dict):
        value = next((value[key] for key in (spoken, MAIN, *value) if value.get(key)), None)
    found = value if isinstance(value, list) else [value]
    return ["\n".join(lines) for item in found if (lines := prose(item))]


def text(row: dict[str, Any], field: str, spoken: str | None) -> str | None:
    return next((" ".join(text.split()) for text in texts(row, field, spoken)), None)


def every(row: dict[str, Any], field: str) -> list[Any]:
    value = row.get(field)
    return value if isinstance(value, list) else [] if value is None else [value]


def first(row: dict[str, Any], field: str) -> Any:
    return next(iter(every(row, field)), None)
