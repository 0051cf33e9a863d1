"""The ways of notices in other languages than Chinese to print a correction: English, and the short forms of German,
French, Spanish and Russian. Wording counts only between quotes or in places of its own (lines, columns)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tender_tracker.amending.grammar import Form, Grammar
from tender_tracker.flagging import lots

_QUOTES = str.maketrans("“”„«»", '"""""')
_SINGLE = re.compile(r"(?<!\w)[‘']([^‘'’\n]{2,600}(?:(?<=\w)['’](?=\w)[^‘'’\n]{1,600})*)['’](?!\w)")
"""‘the processor’ are quotes, the ' of supplier's is none."""
_Q = r'"([^"\n]{2,600})"'


def _gap(most: int) -> str:
    """What may lie between the words of one form: neither quotes nor the end of the sentence."""
    return rf'[^";\n]{{0,{most}}}?'


_ENDS = r"(?=[.;]?\s*$|[.;]\s|,?\s+and\s|\s+\()"
_BE = r"(?:is|are|was|were|has been|have been|to be|be|shall|should|must|will|now|hereby|also|further|text|read)"
_CHANGED = r"(?:replaced|amended|changed|corrected|revised|modified|substituted|updated|altered)"
_INTO = (
    rf"(?:{_CHANGED}\s+(?:with|by|to|as|into)\b(?:\s+(?:read|follows|the following|text))*"
    rf"|(?:shall|should|must|will|to|is to|now)\s+(?:now\s+)?(?:be\s+)?reads?\b(?:\s+as(?:\s+follows)?)?|reads?\s+as\b"
    r"|remplacée?s?\s+par|durch|sustitu\w+\s+por|замен\w+\s+(?:словами|на|текстом)|в\s+(?:следующей\s+)?редакции)"
)
_GONE = (
    r"(?:deleted|removed|omitted|withdrawn|cancelled|struck(?:\s+out)?|dropped|no longer (?:applies|apply|required)"
    r"|no longer a requirement|gestrichen|entfällt|supprimée?s?|suprim\w+|elimin\w+|исключ\w+|удал\w+)"
)
_IS_DELETED = re.compile(rf"{_Q}{_gap(60)}\b{_GONE}\b(?!\s*(?:and|,)?\s*(?:is\s+|are\s+)?{_CHANGED})", re.I)
_PAIR = re.compile(rf"{_Q}{_gap(80)}\b{_INTO}\s*:?\s*(?:the\s+(?:words?|following|text)\s*:?\s*)?{_Q}", re.I)
_INSTEAD = re.compile(
    rf"\bfor\b{_gap(20)}{_Q}{_gap(40)}\b(?:reads?|substitute|insert){_gap(20)}{_Q}"
    rf"|\b(?:instead of|in place of|in lieu of|statt|anstelle von|au lieu de|en lugar de|вместо)\b{_gap(20)}{_Q}"
    rf"{_gap(60)}{_Q}",
    re.I,
)
_REPLACE = re.compile(
    rf"\b(?:replac\w+|chang\w+|amend\w*|correct\w*|revis\w+|modif\w+|ersetz\w+|remplac\w+|sustitu\w+|замен\w+){_gap(60)}{_Q}"
    rf"\s*(?:,\s*)?(?:with|by|to(?:\s+read)?|durch|par|por|на|словами|текстом)\s*:?{_gap(30)}{_Q}",
    re.I,
)
_SUBSTITUTE = re.compile(
    rf"\b(?:substitut\w+|insert\w*){_gap(30)}{_Q}\s*(?:for|in place of|instead of){_gap(30)}{_Q}", re.I
)
_DELETES = re.compile(
    r"\b(?:delet\w+|remov\w+|omit\w*|strik\w+|streich\w+|supprim\w+|suprim\w+|elimin\w+|исключить|удалить)\b"
    rf"{_gap(60)}{_Q}",
    re.I,
)
_ADDED = re.compile(
    rf"\b(?:add(?:ed|ing|ition(?:al)?)?|insert(?:ed|ion)?|append(?:ed)?|ajout\w+|añad\w+|hinzugefügt|ergänzt|дополн\w+|добав\w+)\b"
    rf'[^":;\n]{{0,80}}?(?:{_Q}|:\s*([^"\n]{{4,300}}))',
    re.I,
)
_MOVED = (
    r"(?:extended|changed|amended|revised|corrected|increased|reduced|raised|lowered|decreased|postponed|moved|updated|set|"
    r"brought forward)"
)
_FROM_TO = re.compile(
    rf"\b(?:{_MOVED}|verlängert|verschoben|erhöht|geändert|prorog\w+|modifi\w+|продл\w+|перен\w+|измен\w+|увелич\w+)\b"
    rf"{_gap(40)}"
    rf'\b(?:from|von|de|с)\s+([^";\n]{{1,80}}?),?\s+(?:to|until|auf|à|a|до|на)\s+([^";\n]{{1,80}}?){_ENDS}',
    re.I,
)
_SET = re.compile(
    rf"(?<!not be )(?<!not )\b{_MOVED}\s+(?:until|to|at|as)\b(?:\s+read)?:?\s*"
    rf"(?:{_Q}|([^\";\n]{{2,160}}?){_ENDS})"
    rf"|\b(?:shall|should|must|will|to|now)\s+(?:now\s+)?reads?\b(?:\s+as)?(?:\s+follows)?:?\s*{_Q}",
    re.I,
)
_THING = r"(?:\s+(?:text|clause|wording|requirement|specification|provision|condition|value|entry|information))?"
_OLD = (
    rf"(?:instead of|(?:original|existing|current|old|previous|published|tender){_THING}|as published|as per tender|"
    r"before|statt|bisher\w*|bisheriger text|au lieu de|en lugar de|donde dice|вместо|было|старая редакция)"
)
_NEW = (
    r"(?:(?:to be |shall be |should |shall |must |now )?reads?(?: as)?|amended to read|after|replaced? by|"
    rf"(?:amended|revised|new|corrected|modified|updated){_THING}(?:\s+(?:to|as))?|"
    r"neu\w*|neuer text|muss es heißen|lire|debe decir|léase|стало|читать|новая редакция)"
)
_HEAD = r"^[\s\d.()•–-]{0,10}"
_ASKS = re.compile(
    rf"\b(?:{_BE}\s+(?:{_CHANGED}|{_MOVED}|{_GONE}|added|inserted)|hereby|corrigend\w+|in lieu of)\b"
    rf"|{_HEAD}(?:delete|remove|replace|substitute|insert|add|amend|revise)\b",
    re.I,
)
_END = re.compile(r"(?<=[\w)\]\"”’]{3}[.?!])\s+(?=[\"“A-ZÀ-ÝА-Я(])|;\s+")


def _folded(text: str) -> str:
    """All kinds of quotes are one; the same length."""
    return _SINGLE.sub(lambda match: f'"{match[1]}"', text.translate(_QUOTES))


def _passages(line: str) -> Iterator[str]:
    """Sentences, not cut inside quotes."""
    words, start = _folded(line), 0
    for end in _END.finditer(words):
        if words.count('"', 0, end.start()) % 2 == 0:
            yield line[start : end.start() + 1]
            start = end.end()
    if line[start:].strip():
        yield line[start:]


def _labels(text: str) -> list[lots.LotLabel]:
    return lots.labels(text.upper()) if len(text.upper()) == len(text) else []


WESTERN = Grammar(
    heads=(),
    tail=re.compile(r"(?!)"),
    forms=(
        Form(_IS_DELETED, before=(1,)),
        Form(_PAIR, before=(1,), after=(2,)),
        Form(_INSTEAD, before=(1, 3), after=(2, 4)),
        Form(_SUBSTITUTE, before=(2,), after=(1,)),
        Form(_REPLACE, before=(1,), after=(2,)),
        Form(_DELETES, before=(1,)),
        Form(_ADDED, after=(1, 2), trim=".;"),
        Form(_FROM_TO, before=(1,), after=(2,)),
        Form(_SET, after=(1, 2, 3), sets=True, trim=".;"),
    ),
    old_lines=(re.compile(rf"{_HEAD}{_OLD}\s*:\s*(.+?)[.;]?$", re.I),),
    new_line=re.compile(rf"{_HEAD}{_NEW}\s*:\s*(.+?)[.;]?$", re.I),
    old_column=re.compile(rf"^{_OLD}\b|\bas published$", re.I),
    new_column=re.compile(rf"^{_NEW}\b|\bas amended$", re.I),
    column=48,
    lead=re.compile(rf"^{_NEW}\s*:\s*", re.I),
    nested=re.compile(rf"\b(?:{_CHANGED}|{_GONE})\b.*\"|^(?:delete|replace|add|insert)\b", re.I),
    same=re.compile(r"^(?:unchanged|no change|same)\W*$", re.I),
    nothing=re.compile(
        r"[/\-—–]*|n/?a|nil|none|(?:this |the )?(?:clause|text|requirement|provision)?\s*(?:is|are|shall be|stands?)?"
        rf"\s*{_GONE}",
        re.I,
    ),
    quoted=re.compile(_Q),
    may_ask=re.compile(""),  # they are few, and not long
    asks=_ASKS,
    idle=re.compile(
        r"\b(?:other|all other|remaining)\b.{0,60}\b(?:unchanged|same|in force)\b|remains? unchanged"
        r"|bidders? (?:are|is) (?:requested|advised)|\b(?:is|are) (?:hereby )?(?:issued|notified|informed)\b",
        re.I,
    ),
    clauses=re.compile(r"(?!)"),
    passages=_passages,
    labels=_labels,
    folded=_folded,
)
