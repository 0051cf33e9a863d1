"""Bytes of a page → text. A page that calls itself gb2312 is read as gb18030: 昇 (of 昇腾) is not in GB2312."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_PICTURE = re.compile(rb"data:(?:image|font)/[\w.+-]{1,40};base64,[A-Za-z0-9+/=]+")
_LARGE = 2**20
"""Bytes of a page above which pictures written into it are left out: no word of a notice is in them."""
_HIGH = re.compile(rb"[\x80-\xff]+")
_HEAD = 4096
"""A browser looks for the declared charset in the first bytes only."""
_TRADITIONAL = re.compile("採購|招標|投標|決標|廠商|機關|標案|截標|預算|專案")
_SIMPLIFIED = re.compile("采购|招标|投标|公告|项目|供应商|预算")
_BAD = "\ufffd"
_TOLERATED = 200
"""One character in so many may be broken before a page no longer counts as nearly UTF-8."""


def decode(data: bytes, encoding: str | None = None) -> str:
    """Bytes → text, never raising: undecodable bytes become U+FFFD, NUL characters are dropped, and of a large page
    the pictures that are written into it.

    `encoding` is what the site is known to use (a recipe may say so); without it the bytes decide.

    Order: byte order mark, UTF-16 without one, strict UTF-8, Latin-1 for JSON, nearly UTF-8 (a cut or damaged page),
    the charset the page declares, Big5 where its words leave no doubt, gb18030, and at last whatever breaks fewest
    characters.
    """
    data = bare(data)
    if encoding is not None:
        named = "gb18030" if encoding.lower().startswith("gb") else encoding
        return data.decode(named, "replace").lstrip("\ufeff").replace("\0", "")
    text = _decode(data)
    return text.replace("\0", "") if b"\0" in data else text


def bare(data: bytes) -> bytes:
    """A large page without the pictures written into it."""
    return _PICTURE.sub(b"", data) if len(data) > _LARGE and b";base64," in data else data


def _decode(data: bytes) -> str:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if (wide := unmarked_utf_16(data)) is not None:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is_latin(data):
        return data.decode("cp1252", "replace")
    loose = data.decode("utf-8", "replace")
    if loose.count(_BAD) * _TOLERATED < len(loose):
        return loose
    del loose  # of a large page each text counts
    declared = _declared(data)
    if not declared and _is_big5(data):
        return data.decode("big5hkscs", "replace")
    names = tuple(dict.fromkeys((*declared, "gb18030")))
    for name in names:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    broken = {name: data.decode(name, "replace").count(_BAD) for name in (*names, "utf-8")}
    return data.decode(min(broken, key=broken.__getitem__), "replace")


def unmarked_utf_16(data: bytes) -> str | None:
    """The name of UTF-16 without a byte order mark, or None: markup then has a zero in every second byte.

    A few may stand elsewhere (一 is 4E 00); binary data has them everywhere or does not decode.
    """
    head = data[: _HEAD - _HEAD % 2]
    if b"\0" not in head:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    if max(even, odd) * 10 < len(head) // 2 or min(even, odd) * 10 > max(even, odd):
        return None
    text = head.decode(name, "replace")
    return name if sum(char.isprintable() or char.isspace() for char in text) * 100 >= 98 * len(text) else None


def _is_big5(data: bytes) -> bool:
    """Whether a page that declares nothing is Big5 for certain: by words of its notices, none of them read as GBK."""
    data = data[:_LARGE]
    told = _TRADITIONAL.findall(data.decode("big5hkscs", "replace"))
    return len(set(told)) > 2 and not _SIMPLIFIED.search(data.decode("gb18030", "replace"))


def _is_latin(data: bytes) -> bool:
    """JSON, which declares no charset, whose bytes above ASCII stand alone: in UTF-8 and GBK they come in company."""
    if data.lstrip()[:1] not in (b"{", b"["):
        return False
    runs = _HIGH.findall(data)
    return sum(len(run) == 1 for run in runs) * 10 > len(runs) * 9


def _declared(data: bytes) -> tuple[str, ...]:
    """The charset named in the page's head, if this Python knows it as a text encoding."""
    match = _CHARSET.search(data, 0, _HEAD)
    if match is None:
        return ()
    name = match.group(1).decode("ascii").lower()
    if name.startswith("gb"):
        return ("gb18030",)
    try:
        known = codecs.lookup(name)
    except LookupError:
        return ()
    return (known.name,) if known.name in ("big5", "big5hkscs", "shift_jis", "euc_kr", "utf-16-le") else ()
