"""JSON with numbers that are none → JSON: UK Find a Tender writes ` 000,` for an amount, and json refuses the whole."""

from __future__ import annotations

import json
import re

_SUSPECT = re.compile(r"[:,\[]\s*-?0\d")
_STRING_OR_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*+"|(?<![\w.+-])-?0\d[\d.]*(?:[eE][+-]?\d+)?', re.DOTALL)


def mended(text: str) -> str:
    """The same text; a number with leading zeros becomes null, for what it was meant to be is not known."""
    if not _SUSPECT.search(text) or _is_sound(text):  # a time of day in a text is suspect, too
        return text
    return _STRING_OR_NUMBER.sub(lambda found: found[0] if found[0].startswith('"') else "null", text)


def _is_sound(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
