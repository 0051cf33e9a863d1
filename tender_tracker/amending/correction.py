"""Text of a correction (更正, 变更, 澄清公告) → the pairs of old and new wording it prints, and what is no such pair.

Nothing is guessed: a passage that asks for a change in words we cannot take apart is kept as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tender_tracker.amending.passage import passages
from tender_tracker.flagging.lots import labels

_HEADS = (
    re.compile(r"(?:更正|变更|澄清|修改|补充|答疑|调整)(?:的)?(?:具体)?内容(?:及日期)?(?:如下)?\s?[:：\n]"),
    re.compile(r"(?:作|做|进行)?(?:如下|以下)(?:更正|变更|修改|调整|澄清|补充|答复)[:：，,\n]"),
    re.compile(r"(?:更正|变更|澄清)(?:信息|事项|情况)\s?[:：\n]"),
)
_TAIL = re.compile(r"\n\s?(?:(?:更正|变更|澄清)日期|[三四五六七]、\s?(?:其[他它]|凡|联系)|凡对本次|特此|采购人[:：])")
_TO = r"(?:更正|变更|修改|调整|修正|更改|替换|更换|改|延|延期|顺延|推迟|延长)(?:为|成|至|到)"
_QUOTED = r"[“「『\"]([^“”「」『』\"\n]{2,600})[”」』\"]"
_GAP = r"[^“”「」『』\"；;。\n"
"""What parts the words of one sentence: neither quotes nor its end; left open for more."""
_BARE = r"[^“”，,；;。\n|]"
_PAIR = re.compile(rf"{_QUOTED}{_GAP}由从]{{0,20}}?{_TO}[:：]?\s?(?:{_QUOTED}|({_BARE}{{1,200}}))")
_FROM_TO = re.compile(
    rf"(?:由|从)(?:原(?:来的?)?)?\s?([^“”；;。\n|]{{1,80}}?)[，,]?\s?(?:现)?{_TO}[:：]?\s?({_BARE}{{1,80}})"
)
_SET = re.compile(rf"(?<![不未无])(?:现|统一|相应)?{_TO}[:：]?\s?(?!准)(?:{_QUOTED}|([^“”；;。\n|]{{2,300}}))")
_DELETES = re.compile(rf"(?:删除|删去|去掉|取消){_GAP}，,]{{0,30}}?{_QUOTED}")
_IS_DELETED = re.compile(rf"{_QUOTED}{_GAP}]{{0,16}}?(?:删除|删去|取消|不再要求|不再作为)(?![^“；;。，,]{{0,12}}[“「])")
_ADDED = re.compile(rf"(?:增加|新增|补充|增补|添加){_GAP}：:，,]{{0,24}}?(?:{_QUOTED}|[:：]\s?([^\n]{{4,300}}))")
_OLD_LINE = re.compile(
    r"^[\s\d.、（()）一二三四五六七八九①-⑨]*(?:更正前|修改前|变更前|调整前|原(?:公告|条款|文|内容|要求|表述|参数|采购文件|招标文件)?(?:内容)?)[:：]\s?(.+?)[；;。]?$"
)
_NEW_LINE = re.compile(
    rf"^[\s\d.、（()）一二三四五六七八九①-⑨]*(?:更正后|修改后|变更后|调整后|新条款|现(?:条款|内容|要求|表述|参数)?|现?{_TO})(?:内容)?(?:[:：]|(?=[“\"「]))\s?(.+?)[；;。]?$"
)
_OLD_QUOTE = re.compile(r"^[^“”]{0,60}原[^“”]{0,30}“([^”]+)”[，,。；;]?$")
"""A line that only quotes what stood there; the new words stand in the next."""
_OLD_COLUMN = re.compile(r"(?:更正|变更|修改|调整|澄清)前|^原")
_NEW_COLUMN = re.compile(r"(?:更正|变更|修改|调整|澄清)后|^现|更正为|修改为|变更为|调整为")
_LEAD = re.compile(rf"^现?{_TO}[:：]?\s?")
_NESTED = re.compile(rf"删除|删去|{_TO}|见左|同上")
_SAME = re.compile(r"^[（(]?(?:保持)?不变|[（(]不变[）)]$")
_NUMBER = re.compile(r"\s*[\d一二三四五六七八九十（()）.、]*\s*")
_NOTHING = re.compile(
    r"[/／\-—－]*|无|空|(?:此|该)?(?:条|项|内容)?(?:予以)?删除|删除(?:该|此|本)?[^“”]{0,8}(?:[，,。].*)?"
)
_ASKS = re.compile(
    rf"删除|删去|取消|增加|新增|补充|{_TO}|替换|更正|修改|变更|调整|作废|顺延|延期|推迟|暂停|另行|答[:：]|回复"
)
_MAY_ASK = re.compile(
    "删除|删去|去掉|取消|不再|增加|新增|补充|增补|添加|更正|变更|修改|调整|修正|更改|替换|更换|改[为成至到]|"
    "延|推迟|作废|暂停|另行|答[:：]|回复"
)
"""A word of each form below and of what asks: most lines of a correction have none, and are not taken apart."""
_IDLE = re.compile(
    r"不变|本(?:次|项)?(?:更正|变更|澄清)|(?:更正|变更)后的?(?:采购|招标)?文件|(?:更正|变更|澄清)[:：]$|请.{0,12}(?:下载|替换|提交|关注|确认)|重新(?:下载|提交|编制)|继续有效|依据[:：]|^附[:：]|不[作做](?:任何)?(?:调整|变更|修改)|未作|为准|疑[问义]|异议|逾期|^[\s\d.、一二三四五六七八九（）()]*(?:更正|变更|澄清|修改)(?:原因|事项|日期|类型|内容|信息|理由)[:：]?"
    r"|首次公告|敬请|特此|(?:如下|以下)(?:更正|变更|修改|调整|澄清)?[:：]?$|由此(?:带来|造成)"
)


MOST = 100
"""Changes taken from one correction: a longer one is a new edition of the tender, and to be read."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Old wording → new wording. Without `before` it is added, or (`sets`) put in the place of words not printed;
    without `after` deleted. `passage` is the whole sentence or row, verbatim; `item` what it calls the thing."""

    passage: str
    before: str | None
    after: str | None
    item: str = ""
    lot: str | None = None
    sets: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """`rest`: passages that ask for a change and are no pair."""

    edits: tuple[Edit, ...]
    rest: tuple[str, ...]


def correction(text: str) -> Correction:
    """The pairs of a correction in their order; without a body of its own the whole text is read for them."""
    edits: list[Edit] = []
    rest: list[str] = []
    for found in _read(_body(text)):
        (edits if isinstance(found, Edit) else rest).append(found)  # type: ignore[arg-type]
    rest += [edit.passage for edit in edits[MOST : MOST + 1]]
    return Correction(tuple(edits[:MOST]), tuple(rest[:MOST]))


def _body(text: str) -> str:
    for head in _HEADS:
        if match := head.search(text):
            tail = _TAIL.search(text, match.end() - 1)
            return text[match.end() : tail.start() if tail else len(text)]
    return text


def _read(body: str) -> Iterator[Edit | str]:
    columns: tuple[int, int] | None = None
    old: tuple[str, str] | None = None
    lot: str | None = None
    for line in body.split("\n"):
        cells = [cell.strip() for cell in line.split(" | ")]
        if len(cells) > 1:
            head = _columns(cells)
            columns = head or columns
            if head is None:
                yield from _row(line, cells, columns)
            continue
        columns = None
        if line.rstrip().endswith((":", "：")) and (named := labels(line)):
            lot = named[0].key
        elif match := _OLD_LINE.match(line) or _OLD_QUOTE.match(line):
            old = (line, match[1])
        elif old and (match := _NEW_LINE.match(line)):
            yield Edit(f"{old[0]}\n{line}", _unquoted(old[1]), _unquoted(match[1]), "", lot)
            old = None
        elif _MAY_ASK.search(line):
            for passage in passages(line):
                yield from _sentence(passage.strip(), lot)


def _columns(cells: list[str]) -> tuple[int, int] | None:
    """Which columns hold the old and the new wording, where the row is a head that says so."""
    old = next((n for n, cell in enumerate(cells) if len(cell) < 16 and _OLD_COLUMN.search(cell)), None)
    new = next((n for n, cell in enumerate(cells) if len(cell) < 16 and _NEW_COLUMN.search(cell)), None)
    return None if old is None or new is None or old == new else (old, new)


def _row(line: str, cells: list[str], columns: tuple[int, int] | None) -> Iterator[Edit | str]:
    if columns is None or max(columns) >= len(cells):
        if _ASKS.search(line):
            yield line
        return
    old, new = (None if _NOTHING.fullmatch(cells[n]) else cells[n] for n in columns)
    new = new and _LEAD.sub("", new)
    item = " ".join(cell for n, cell in enumerate(cells) if n not in columns and not _NUMBER.fullmatch(cell))
    if nested := next((cell for cell in (new, old) if cell and _NESTED.search(cell)), None):
        edits = [found for found in _sentence(nested, None) if isinstance(found, Edit)]
        yield from (replace(edit, passage=line, item=item) for edit in edits) if len(edits) == 1 else (line,)
    elif old != new and not (new and _SAME.search(new)):
        named = labels(item)
        yield Edit(line, old, new, item, named[0].key if named else None)


def _sentence(passage: str, lot: str | None) -> Iterator[Edit | str]:
    """Its pairs; the passage itself where it asks for a change that is none."""
    named = labels(passage)
    own = named[0].key if len({label.key for label in named}) == 1 else lot
    found: list[tuple[int, Edit]] = []
    read = bytearray(len(passage))
    for pattern, make in _FORMS:
        for match in pattern.finditer(passage):
            low, high = match.span()
            if any(read[low:high]):
                continue
            read[low:high] = b"\1" * (high - low)
            before, after, sets = make(match)
            item = passage[max(0, low - _ITEM) : low].strip(" ，,:：、.")
            said = passage if len(passage) <= _LONG else passage[max(0, low - _ITEM) : high + _ITEM]
            found.append((low, Edit(said, before, after, item, own, sets)))
    yield from (edit for _, edit in sorted(found, key=lambda entry: entry[0]))
    if not found and any(_ASKS.search(part) and not _IDLE.search(part) for part in re.split("[，,]", passage)):
        yield passage


def _unquoted(words: str) -> str:
    """The words between its quotes where there is one pair of them: 查询电脑“CPU不限” → CPU不限."""
    quoted = re.findall(_QUOTED, words)
    return str(quoted[0]) if len(quoted) == 1 else words


def _pair(match: re.Match[str]) -> tuple[str | None, str | None, bool]:
    return match[1], match[2] or match[3], False


def _from_to(match: re.Match[str]) -> tuple[str | None, str | None, bool]:
    return match[1].strip(), match[2].strip(), False


def _deleted(match: re.Match[str]) -> tuple[str | None, str | None, bool]:
    return match[1], None, False


def _added(match: re.Match[str]) -> tuple[str | None, str | None, bool]:
    return None, (match[1] or match[2]).strip("。；; "), False


def _set(match: re.Match[str]) -> tuple[str | None, str | None, bool]:
    return None, (match[1] or match[2]).strip("。；; "), True


_LONG = 600
"""Longest sentence that is quoted as a whole."""
_ITEM = 80
"""Characters before a pair that say what it corrects."""
_FORMS = (
    (_IS_DELETED, _deleted),
    (_PAIR, _pair),
    (_DELETES, _deleted),
    (_ADDED, _added),
    (_FROM_TO, _from_to),
    (_SET, _set),
)
"""Ways to print a correction, the surest first; a later one does not read what an earlier one has read."""
