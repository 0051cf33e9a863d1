"""JSON with numbers that are none → JSON: UK Find a Tender writes ` 000,` for an amount, and json refuses the whole."""

from __future__ import annotations

import re

_SUSPECT = re.compile(r"[:,\[]\s*-?0\d")
_STRING_OR_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*+"|(?<![\w.+-])-?0\d[\d.]*(?:[eE][+-]?\d+)?', re.DOTALL)


def mended(text: str) -> str:
    """The same text; a number with leading zeros becomes null, for what it was meant to be is not known."""
    if not _SUSPECT.search(text):
        return text
    return _STRING_OR_NUMBER.sub(lambda found: found[0] if found[0].startswith('"') else "null", text)
