"""Text of a correction → the pairs of old and new wording it prints, and what is no such pair.

Nothing is guessed: a passage that asks for a change in words we cannot take apart is kept as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tender_tracker.amending.chinese import CHINESE
from tender_tracker.amending.grammar import Edit, Grammar
from tender_tracker.amending.western import WESTERN

MOST = 100
"""Changes taken from one correction: a longer one is a new edition of the tender, and to be read."""
_LONG = 600
"""Longest sentence that is quoted as a whole."""
_ITEM = 80
"""Characters before a pair that say what it corrects."""
_NUMBER = re.compile(r"\s*[\d一二三四五六七八九十（()）.、]*\s*")


@dataclass(frozen=True, slots=True)
class Correction:
    """`rest`: passages that ask for a change and are no pair."""

    edits: tuple[Edit, ...]
    rest: tuple[str, ...]


def correction(text: str, language: str = "zh") -> Correction:
    """The pairs of a correction in their order; without a body of its own the whole text is read for them."""
    grammar = CHINESE if language == "zh" else WESTERN
    edits: list[Edit] = []
    rest: list[str] = []
    for found in _read(_body(text, grammar), grammar):
        (edits if isinstance(found, Edit) else rest).append(found)  # type: ignore[arg-type]
    rest += [edit.passage for edit in edits[MOST : MOST + 1]]
    return Correction(tuple(edits[:MOST]), tuple(rest[:MOST]))


def _body(text: str, grammar: Grammar) -> str:
    for head in grammar.heads:
        if match := head.search(text):
            tail = grammar.tail.search(text, match.end() - 1)
            return text[match.end() : tail.start() if tail else len(text)]
    return text


def _read(body: str, grammar: Grammar) -> Iterator[Edit | str]:
    columns: tuple[int, int] | None = None
    old: tuple[str, str] | None = None
    lot: str | None = None
    for line in body.split("\n"):
        cells = [cell.strip() for cell in line.split(" | ")]
        if len(cells) > 1:
            head = _columns(cells, grammar)
            columns = head or columns
            if head is None:
                yield from _row(line, cells, columns, grammar)
            continue
        columns = None
        said = grammar.folded(line)
        if line.rstrip().endswith((":", "：")) and (named := grammar.labels(line)):
            lot = named[0].key
        elif match := next(filter(None, (pattern.match(said) for pattern in grammar.old_lines)), None):
            old = (line, line[match.start(1) : match.end(1)])
        elif old and (match := grammar.new_line.match(said)):
            new = line[match.start(1) : match.end(1)]
            yield Edit(f"{old[0]}\n{line}", _unquoted(old[1], grammar), _unquoted(new, grammar), "", lot)
            old = None
        elif grammar.may_ask.search(line):
            for passage in grammar.passages(line):
                yield from _sentence(passage.strip(), lot, grammar)


def _columns(cells: list[str], grammar: Grammar) -> tuple[int, int] | None:
    """Which columns hold the old and the new wording, where the row is a head that says so."""
    heads = [(n, cell) for n, cell in enumerate(cells) if len(cell) < grammar.column]
    old = next((n for n, cell in heads if grammar.old_column.search(cell)), None)
    new = next((n for n, cell in heads if grammar.new_column.search(cell)), None)
    return None if old is None or new is None or old == new else (old, new)


def _row(line: str, cells: list[str], columns: tuple[int, int] | None, grammar: Grammar) -> Iterator[Edit | str]:
    if columns is None or max(columns) >= len(cells):
        if grammar.asks.search(line):
            yield line
        return
    old, new = (None if grammar.nothing.fullmatch(cells[n]) else cells[n] for n in columns)
    new = new and grammar.lead.sub("", new)
    item = " ".join(cell for n, cell in enumerate(cells) if n not in columns and not _NUMBER.fullmatch(cell))
    if nested := next((cell for cell in (new, old) if cell and grammar.nested.search(cell)), None):
        edits = [found for found in _sentence(nested, None, grammar) if isinstance(found, Edit)]
        yield from (replace(edit, passage=line, item=item) for edit in edits) if len(edits) == 1 else (line,)
    elif old != new and not (new and grammar.same.search(new)):
        named = grammar.labels(item)
        yield Edit(line, old, new, item, named[0].key if named else None)


def _sentence(passage: str, lot: str | None, grammar: Grammar) -> Iterator[Edit | str]:
    """Its pairs; the passage itself where it asks for a change that is none."""
    named = grammar.labels(passage)
    own = named[0].key if len({label.key for label in named}) == 1 else lot
    found: list[tuple[int, Edit]] = []
    read = bytearray(len(passage))
    words = grammar.folded(passage)
    for form in grammar.forms:
        for match in form.pattern.finditer(words):
            low, high = match.span()
            if any(read[low:high]):
                continue
            read[low:high] = b"\1" * (high - low)
            before, after = form.read(match, passage)
            item = passage[max(0, low - _ITEM) : low].strip(" ，,:：、.")
            said = passage if len(passage) <= _LONG else passage[max(0, low - _ITEM) : high + _ITEM]
            found.append((low, Edit(said, before, after, item, own, form.sets)))
    yield from (edit for _, edit in sorted(found, key=lambda entry: entry[0]))
    if not found and any(_asks(part, grammar) for part in grammar.clauses.split(passage)):
        yield passage


def _asks(words: str, grammar: Grammar) -> bool:
    return bool(grammar.asks.search(words) and not grammar.idle.search(words))


def _unquoted(words: str, grammar: Grammar) -> str:
    """The words between its quotes where there is one pair of them: 查询电脑“CPU不限” → CPU不限."""
    quoted = list(grammar.quoted.finditer(grammar.folded(words)))
    return words[quoted[0].start(1) : quoted[0].end(1)] if len(quoted) == 1 else words
