"""Text → lines of a given width on a terminal, where a Chinese character takes two cells."""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size

TOKEN = re.compile(r"\s+|[!-~]+|.", re.S)
NO_START = frozenset("，。、；：！？）】》」』”’％…,.;:!?)]}")
"""A line never begins with one of these (禁则)."""
NO_END = frozenset("（【《「『“‘([{")
"""A line never ends with one of these."""


def width(text: str) -> int:
    return cell_len(text)


def clip(text: str, cells: int) -> str:
    """The text padded or cut to exactly `cells`, a cut shown by …"""
    if cell_len(text) <= cells:
        return set_cell_size(text, cells)
    return set_cell_size(set_cell_size(text, cells - 1).rstrip() + "…", cells)


def right(text: str, cells: int) -> str:
    return " " * max(0, cells - cell_len(text)) + text


def wrap(text: str, cells: int) -> list[str]:
    """One line of text → lines of at most `cells`, at least one."""
    if len(text) * 2 <= cells or cell_len(text) <= cells:
        return [text]
    lines: list[list[str]] = [[]]
    used = 0
    for token in _tokens(text, cells):
        size = cell_len(token)
        if used + size > cells and lines[-1]:
            stays = _kept_back(lines[-1], token, cells - size)
            lines[-1:] = [lines[-1][:stays], lines[-1][stays:]]
            used = cell_len("".join(lines[-1]))
        if lines[-1] or not token.isspace():
            lines[-1].append(token)
            used += size
    return ["".join(line).rstrip() for line in lines]


def _kept_back(line: list[str], token: str, room: int) -> int:
    """How many words of a full line stay on it: those go on with `token` that neither may end it nor leave it alone."""
    stays, first = len(line), token
    while stays > 1 and (first[0] in NO_START or line[stays - 1] in NO_END):
        stays -= 1
        first = line[stays]
    return stays if cell_len("".join(line[stays:])) <= room else len(line)


def _tokens(text: str, cells: int) -> list[str]:
    """Words and single wide characters; a word longer than the line in pieces."""
    found: list[str] = []
    for token in TOKEN.findall(text):
        found += [token[k : k + cells] for k in range(0, len(token), cells)] if len(token) > cells else [token]
    return found
