"""The ways of Chinese notices to print a correction (更正, 变更, 澄清公告)."""

from __future__ import annotations

import re

from tender_tracker.amending.grammar import Form, Grammar
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

CHINESE = Grammar(
    heads=_HEADS,
    tail=_TAIL,
    forms=(
        Form(_IS_DELETED, before=(1,)),
        Form(_PAIR, before=(1,), after=(2, 3)),
        Form(_DELETES, before=(1,)),
        Form(_ADDED, after=(1, 2), trim="。；;"),
        Form(_FROM_TO, before=(1,), after=(2,)),
        Form(_SET, after=(1, 2), sets=True, trim="。；;"),
    ),
    old_lines=(_OLD_LINE, _OLD_QUOTE),
    new_line=_NEW_LINE,
    old_column=_OLD_COLUMN,
    new_column=_NEW_COLUMN,
    column=16,
    lead=_LEAD,
    nested=_NESTED,
    same=_SAME,
    nothing=_NOTHING,
    quoted=re.compile(_QUOTED),
    may_ask=_MAY_ASK,
    asks=_ASKS,
    idle=_IDLE,
    clauses=re.compile("[，,]"),
    passages=passages,
    labels=labels,
)
