"""Words of a user → the condition that a notice, or an attachment that was read, contains them all.

An index names candidates, the stored text itself decides. One word may stand in the notice, the next in a file
of it.
"""

from __future__ import annotations

from tender_tracker.errors import UsageError
from tender_tracker.storage import bigrams

NAMED = (
    "EXISTS (SELECT 1 FROM json_each(n.attachments) a "
    "WHERE a.value ->> 0 = d.name OR d.name LIKE (a.value ->> 0) || ' (%)')"
)
"""That notice `n` still names attachment `d`."""
_BODY = "instr(lower(n.title || char(10) || (SELECT unpacked(text) FROM texts WHERE notice_id = n.id)), ?)"
_PASSAGE = "instr(lower(p.text), ?)"
_FOUND = "SELECT rowid FROM search WHERE search MATCH ?"
_READ = "SELECT rowid FROM passage_search WHERE passage_search MATCH ?"
_OF_FILES = "documents d JOIN passages p ON p.sha256 = d.sha256"

Part = tuple[str, list[str]]
"""SQL (notices are called `n`) and its parameters."""


def condition(text: str, whole: str, everywhere: bool = False) -> Part:
    """What a notice fulfils that has all words of a text. `whole` tells in SQL which notices the indexes hold in full.

    With `everywhere` the indexes are left aside and every stored text is read. Raises UsageError for no words, and for
    words without letter or digit where an index is asked.
    """
    words = [bigrams.lower(word) for word in text.split()]
    if not words:
        raise UsageError("search: no word to look for. Give one or more words, parted by blanks.")
    if everywhere:
        return _both(*((f"({_BODY} OR {_in_a_file(_PASSAGE)})", [word, word]) for word in words))
    question = bigrams.question(words)
    if not question:
        raise UsageError(f"search: “{text}” has no letter or digit; only a scan of every text (--all) can find it.")
    own: Part = _both(
        (f"n.id IN ({_FOUND})", [question]), *((_BODY, [word]) for word in words if not bigrams.exact(word))
    )
    files = _both(_any_in_a_file(words), (whole, []), *map(_somewhere, words))
    return f"(({own[0]}) OR ({files[0]}))", [*own[1], *files[1]]


def place(word: str) -> Part:
    """Question for file, page, text and OCR of the first passage with a (lower-case) word in a file of notice `?`."""
    asked = f"SELECT d.name || p.file, p.page, p.text, p.ocr FROM {_OF_FILES} JOIN notices n ON n.id = d.notice_id"
    return f"{asked} WHERE n.id = ? AND {NAMED} AND {_PASSAGE} ORDER BY d.name, p.position LIMIT 1", [word]


def _any_in_a_file(words: list[str]) -> Part:
    """Notices that have a file with one of the words: few, so that all else is asked of them only."""
    questions = " OR ".join(f"({asked})" for word in words if (asked := bigrams.question([word])))
    return f"n.id IN (SELECT d.notice_id FROM {_OF_FILES} WHERE p.id IN ({_READ}))", [questions]


def _somewhere(word: str) -> Part:
    """The word stands in the notice or in a file of it."""
    own, said = _has(word, f"EXISTS ({_FOUND} AND rowid = n.id)", _BODY)
    file, _ = _has(word, f"p.id IN ({_READ})", _PASSAGE)
    return f"(({own}) OR {_in_a_file(file)})", [*said, *said]


def _has(word: str, indexed: str, text: str) -> Part:
    """What the index and the text say of a word, as far as either is needed."""
    parts: list[Part] = []
    if question := bigrams.question([word]):
        parts.append((indexed, [question]))
    if not bigrams.exact(word):
        parts.append((text, [word]))
    return _both(*parts)


def _in_a_file(test: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_OF_FILES} WHERE d.notice_id = n.id AND {test} AND {NAMED})"


def _both(*parts: Part) -> Part:
    return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]
