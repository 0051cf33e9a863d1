"""Text in words set apart by blanks (Latin, Cyrillic) → text as rules read it, with the way back to the original.

Rules read upper-case letters, single blanks, plain hyphens and apostrophes, no zero-width marks, no HTML residue; and
every cell of a table under its own head, `ITEM: SERVER | COUNTRY OF ORIGIN: POLAND`, so that a row reads as a sentence.
"""

from __future__ import annotations

import re
from array import array

from tender_tracker.flagging.text import Normal

_FORMS = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2212"}
_FORMS |= {ord(c): "'" for c in "\u2018\u2019\u02bc\u00b4"} | {ord(c): '"' for c in "\u201c\u201d\u201e\u00ab\u00bb"}
_FORMS |= {ord("ё"): "е", ord("Ё"): "Е"}
_FORMS |= {ord(c): " " for c in "\t\u00a0\u2007\u2009\u202f\u00ae\u2122"} | {ord("｜"): "|"}
_NOISE = re.compile(
    r"(?P<blank>[ \r]{2,}|\r|&nbsp;?|&#160;?|<(?:br|/?p|/?b|/?i|/?span|/?div|/?strong|/?td|/?tr)\b[^<>\n]{0,80}>)"
    r"|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+"
)
_HEAD_CELL = re.compile(
    r"\s*(?:LOTS?|LOS|LOTTO|LOTE|CZĘŚĆ|ЛОТ|ITEMS?|POS|LP|NO|NR|N°|№|CLIN|S\.?\s?NO|SL|ARTI|PRODU|GOODS|НАИМЕН|ТОВАР|П/П|"
    r"ELEMENT|MERKMAL|CRIT[EÈ]R|KRITERI|KRYTERI|КРИТЕР|ПОКАЗАТ)"
)
_LONGEST_HEAD = 90


def spaced(origin: str) -> Normal:
    """Original text → Normal; the cells of tables are written out under their heads."""
    text = origin.translate(_FORMS)
    pieces: list[str] = []
    at = array("I")
    done = 0
    for noise in _NOISE.finditer(text):
        pieces.append(text[done : noise.start()])
        at.extend(range(done, noise.start()))
        done = noise.end()
        if noise["blank"]:
            pieces.append(" ")
            at.append(noise.start())
    pieces.append(text[done:])
    at.extend(range(done, len(text)))
    joined = "".join(pieces)
    upper = joined.upper()
    if len(upper) != len(joined):  # ß → SS would move the offsets
        upper = "".join(c.upper() if len(c.upper()) == 1 else c for c in joined)
    return _headed(upper, origin, at) if "|" in upper else Normal(upper, origin, at)


def _headed(text: str, origin: str, at: array[int]) -> Normal:
    """Writes the head of its column before every cell; the head row itself is left empty, since its rows repeat it."""
    pieces: list[str] = []
    places = array("I")
    heads: list[str] = []
    lines = text.split("\n")
    start = 0
    for number, line in enumerate(lines):
        cells = line.split("|")
        if len(cells) < 2 or len(cells) != len(heads):
            following = lines[number + 1].split("|") if number + 1 < len(lines) else []
            heads = [cell.strip() for cell in cells] if _is_head(cells, following) else []
            pieces.append("" if heads else line)
            places.extend([] if heads else at[start : start + len(line)])
        else:
            low = start
            for column, (head, cell) in enumerate(zip(heads, cells, strict=True)):
                mark = f"{' | ' if column else ''}{head}: "
                pieces.append(mark + cell.strip())
                low += len(cell) - len(cell.lstrip())
                here = at[min(low, len(at) - 1)]
                places.extend([here] * len(mark))
                places.extend(at[low : low + len(cell.strip())])
                low += len(cell.lstrip()) + 1
        start += len(line)
        if number + 1 < len(lines):
            pieces.append("\n")
            places.append(at[start])
            start += 1
    return Normal("".join(pieces), origin, places)


def _is_head(cells: list[str], following: list[str]) -> bool:
    """Whether a row heads a table: a row as wide follows, its cells are short words; two columns must say so."""
    if len(cells) < 2 or len(cells) != len(following) or any(len(cell) > _LONGEST_HEAD for cell in cells):
        return False
    named = _HEAD_CELL.match(cells[0]) is not None
    return named if len(cells) == 2 else named or not any(re.fullmatch(r"\s*[\d.,%\s]+\s*", cell) for cell in cells)
