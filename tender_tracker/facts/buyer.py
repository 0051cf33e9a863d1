"""A buyer's name → who it is: kind, institution, tier, province.

Names and flags of institutions are facts of the education ministry's list of 2025-06-20 with military academies and
research bodies added. Only the name and the notice's region are looked at, so a state company is one whose name says
so. A short name that several universities share stays unmatched, and 大学附属医院 or 大学附中 is a hospital or a
school, never the university.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from tender_tracker.facts import place
from tender_tracker.facts.place import plain, rows

BuyerKind = Literal[
    "university", "research", "school", "hospital", "government",
    "state_company", "company", "operator", "bank", "military", "other",
]  # fmt: skip
KINDS: dict[BuyerKind, str] = {
    "university": "高校",
    "research": "科研机构",
    "school": "中小学",
    "hospital": "医疗卫生",
    "government": "党政机关",
    "state_company": "国有企业",
    "company": "企业",
    "operator": "运营商",
    "bank": "银行",
    "military": "军队",
    "other": "其他",
}
"""Every kind with its Chinese name. `government` is party and government bodies and the offices directly under them."""

TIERS: dict[str, str] = {
    "985": "Project 985",
    "211": "Project 211",
    "双一流": "Double First-Class",
    "其他本科": "other undergraduate",
    "高职": "vocational",
}
"""Every tier, highest first, with its English name; an institution has only its highest. 高职 includes 职业本科."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """`name` as printed. `institution` is the full official name; `campus` is set for a branch (威海, 苏州校区)."""

    name: str
    kind: BuyerKind
    institution: str | None = None
    tier: str | None = None
    province: str | None = None
    """Short name, e.g. 江苏."""
    campus: str | None = None


class Institution(NamedTuple):
    name: str
    kind: BuyerKind
    tier: str | None
    province: str


Words = dict[str, list[tuple[str, BuyerKind]]]
"""Telling words by their last character, longest first; `$` = only at the end of the name."""


class _Kinds(NamedTuple):
    head: Words
    weak: Words
    """Asked only when no head word stands in the name."""
    company: Words
    """By their first character: what makes a company (or a name without a head word) an operator or a state one."""


class _Institutions(NamedTuple):
    named: dict[str, Institution]
    aliases: frozenset[str]
    longest: dict[str, int]
    """Length of the longest name by its first two characters."""


_BY_NAME: dict[str, BuyerKind] = {kind: kind for kind in KINDS}

# An unlisted word may follow a full name, but these make another word of its end: 大学城, 大学生, 学院路.
_ANOTHER_WORD = re.compile(r"城(?!市|乡|建学)|生(?!物|命|态|殖|化|理|科|医|产|源)|路(?!桥)|街|站|村|区(?!域)|桥(?!梁)")
# What may follow a short name: 哈工大(威海), 北师大二附中; never 北大荒, 清华同方, 中科大洋.
_AFTER_TWO = re.compile(r"$|\(|[一二三四五六七八九十第]?附")
_AFTER_ALIAS = re.compile(_AFTER_TWO.pattern + r"|.*(校区|分校|研究生院|研究院|学院|学部|系|处|医院|实验室)$")
_CAMPUS_WORDS = ("校区", "分校", "研究生院")
_CAMPUS = re.compile(r"\((?P<part>[^()]+)\)?|[^()]*?(?:校区|分校|研究生院)|[^()]+")
# Bodies of their own that only carry the institution's name.
_OWN_KINDS = frozenset(("hospital", "school", "company", "bank"))
_OWN_BODY = re.compile(r"附属|基金会$|校友会$|科技园")
_LEADS = ("中国共产党", "中共", "中国人民解放军", "解放军", "教育部", "工业和信息化部", "工信部")


@lru_cache(maxsize=65536)
def classify(name: str, region: str | None = None) -> Buyer:
    """`name` as printed in a notice, `region` the notice's own region → Buyer. Never fails: unknown is kind `other`.

    Names joined by 、, a comma or a semicolon are read by the first. Province: the institution's (or its campus's),
    else `region`, else a place the name begins with; None when none of them says it.
    """
    text = re.split("[,;]", plain(name).strip(",;"))[0].replace("中科院", "中国科学院", 1)
    found = _institution(text)
    if found is None and "、" in text:
        text = text.split("、")[0]
        found = _institution(text)
    if found is None:
        return Buyer(name.strip(), _kind(text), province=place.of_region(region) or place.of_name(text))
    institution, tail = found
    tail = tail.partition("、")[0]  # only behind the name: some names have such a comma in them
    # The parts of an academy lie all over the country: only where it sits itself is known.
    seat = None if institution.kind == "research" and tail else institution.province
    if _head(_outside(tail)) in _OWN_KINDS or _OWN_BODY.search(tail):
        near = place.of_region(region) or place.of_name(tail) or place.of_name(text) or seat
        return Buyer(name.strip(), _kind(tail), province=near)
    campus, province = _campus(tail)
    province = province or seat or place.of_region(region)
    return Buyer(name.strip(), institution.kind, institution.name, institution.tier, province, campus)


def _institution(text: str) -> tuple[Institution, str] | None:
    """The longest listed name at the start (or after 中共, 教育部, 江苏省) and what follows it."""
    known = _institutions()
    start: int | None = 0
    while start is not None:
        longest = known.longest.get(text[start : start + 2], 0)
        for end in range(min(len(text), start + longest), start + 1, -1):
            word = text[start:end]
            if word in known.named and _may_follow(word, text[end:], word in known.aliases):
                return known.named[word], text[end:]
        start = _after_lead(text, start)
    return None


def _may_follow(word: str, tail: str, is_alias: bool) -> bool:
    if not is_alias:
        return not _ANOTHER_WORD.match(tail)
    return bool((_AFTER_TWO if len(word) == 2 else _AFTER_ALIAS).match(tail))


def _after_lead(text: str, start: int) -> int | None:
    if text.startswith(_LEADS, start):
        return start + next(len(lead) for lead in _LEADS if text.startswith(lead, start))
    found = place.at(text, start)
    return start + len(found.name) if found and found.form != "bare" else None


def _campus(tail: str) -> tuple[str | None, str | None]:
    """(苏州校区) → 苏州校区, 江苏; 九龙湖校区 → 九龙湖校区, None; 计算机学院 → None, None."""
    for match in _CAMPUS.finditer(tail):
        part = match["part"] or match[0]
        found = place.at(part, 0)
        if found or part.endswith(_CAMPUS_WORDS):
            return part, found.province if found else None
    return None, None


def _kind(text: str) -> BuyerKind:
    """The last telling word decides (人民医院管理有限公司 is a company); a company's own words then refine it."""
    kind = _head(_outside(text) or text)
    if kind in (None, "company"):
        words = _kinds().company
        for start, character in enumerate(text):
            for word, refined in words.get(character, ()):
                if text.startswith(word, start):
                    return refined
    return kind or "other"


def _outside(text: str) -> str:
    return re.sub(r"\([^()]*\)?", "", text) if "(" in text else text


def _head(text: str) -> BuyerKind | None:
    words = _kinds()
    return _last_word(text, words.head) or _last_word(text, words.weak)


def _last_word(text: str, words: Words) -> BuyerKind | None:
    for end in range(len(text), 0, -1):
        for word, kind in words.get(text[end - 1], ()):
            if text.endswith(word, 0, end) or (end == len(text) and word[-1] == "$" and text.endswith(word[:-1])):
                return kind
    return None


@cache
def _institutions() -> _Institutions:
    named: dict[str, Institution] = {}
    aliases: dict[str, Institution] = {}
    for name, kind, tier, province, short in rows("institutions.csv"):
        institution = Institution(name, _BY_NAME[kind], tier or None, province)
        named[name.replace("（", "(").replace("）", ")")] = institution
        if short:
            aliases.update(dict.fromkeys(short.split(), institution))
    known = aliases | named
    longest = {name[:2]: len(name) for name in sorted(known, key=len)}
    return _Institutions(known, frozenset(aliases), longest)


@cache
def _kinds() -> _Kinds:
    """kinds.csv: words of a kind and where they tell (head, weak, company), with names it must hit and must miss."""
    words: dict[str, list[tuple[str, BuyerKind]]] = {"head": [], "weak": [], "company": []}
    for where, kind, spaced, _hits, _misses in rows("kinds.csv"):
        words[where] += [(word, _BY_NAME[kind]) for word in spaced.split()]
    return _Kinds(_indexed(words["head"], -1), _indexed(words["weak"], -1), _indexed(words["company"], 0))


def _indexed(words: list[tuple[str, BuyerKind]], character: int) -> Words:
    index: Words = defaultdict(list)
    for word, kind in sorted(words, key=lambda entry: len(entry[0].rstrip("$")), reverse=True):
        index[word.rstrip("$")[character]].append((word, kind))
    return index
