"""Text that should be JSON → JSON of objects and lists, or the reason why it is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tender_tracker.errors import PageBroken
from tender_tracker.pages import json_pieces
from tender_tracker.pages.json_numbers import mended

_BLANKS = re.compile(r"\s*")


def checked(text: str, name: str) -> str:
    """JSON, or what only its numbers keep from being JSON → JSON. Raises PageBroken for anything else."""
    json_pieces.check_weight(text, name)
    try:
        _check_json(text, name)
    except PageBroken:
        given, text = text, mended(text)
        if text == given:
            raise
        _check_json(text, name)
    return text


def _check_json(text: str, name: str) -> None:
    """Raises PageBroken for what is no JSON, or not of objects and lists; several may follow one another."""
    try:
        answers = list(_answers(text))
    except (ValueError, RecursionError) as error:
        raise PageBroken(f"{name}: not JSON ({error}); save the answer again") from error
    if not all(isinstance(answer, (dict, list)) for answer in answers):
        raise PageBroken(f"{name}: JSON, but neither an object nor a list; give an answer or record of a site")


def _answers(text: str) -> Iterator[Any]:
    decoder, text = json.JSONDecoder(), text.strip()
    at = 0
    while at < len(text):
        answer, end = decoder.raw_decode(text, at)
        yield answer
        at = _BLANKS.match(text, end).end()  # type: ignore[union-attr]  # matches nothing, too
