"""The nouns every room shares. Frozen values: a step takes one and returns the next.

Source → Page → Notice → Evidence → Verdict → (store) → report. Words follow OCDS where it has one
(notice, buyer, supplier, lot, award, amendment); missing is None, never "" or a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, Protocol
from zlib import crc32
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Kind = Literal["intention", "tender", "amendment", "award", "contract", "single_source", "cancel", "other"]
Level = Literal["required", "preferred", "supplied", "mentioned", "none"]
ImportPolicy = Literal["barred", "allowed", "unstated"]

KINDS: tuple[Kind, ...] = (
    "intention", "tender", "amendment", "award", "contract", "single_source", "cancel", "other",
)  # fmt: skip
LEVELS: tuple[Level, ...] = ("required", "preferred", "supplied", "mentioned", "none")
"""Strongest first; a notice has the strongest level of its lots."""
FLAGGED: tuple[Level, ...] = ("required", "preferred", "supplied")


@dataclass(frozen=True, slots=True)
class Site:
    """A place notices come from. `hosts` are the only hosts its pages and redirects may lie on."""

    name: str
    title: str
    home: str
    hosts: tuple[str, ...]
    country: str = "CN"
    delay: float = 2.0
    """Seconds between two requests to one host."""
    encoding: str | None = None
    """What its pages are written in, where neither their bytes nor their head tell it."""
    sparse: tuple[str, ...] = ()
    """Fields its notices often lack by nature, so that their absence is no sign of a changed template."""
    daily: int | None = None
    """Calls a day (UTC) that the site grants; they are counted over all runs, and its 429 is a no for the day."""
    closed: bool = False
    """Whether it is asked for spans with an end only: a window without one then ends with the run's own moment."""
    file_hosts: tuple[str, ...] = ()
    """Further hosts that the attachments of its notices lie on."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask a site: `form` or `json` makes it a POST; `headers` are those the site insists on."""

    url: str
    json: MappingProxyType[str, Any] | None = None
    form: MappingProxyType[str, str] | None = None
    headers: MappingProxyType[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes a page was decoded from, and what its server or its manifest said of them."""

    data: bytes = field(repr=False)
    content_type: str | None = None
    encoding: str | None = None
    """What the bytes are to be read in where neither they nor the page tell it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One document as read: decoded text of a saved file, of a line of JSON Lines, or of a live answer."""

    text: str
    media: Literal["html", "json", "text"]
    read_at: datetime
    """When it was read (aware)."""
    url: str | None = None
    """Its address; for a saved page the one found in the page or the manifest, else None."""
    file: str | None = None
    """Path of the saved file, with `!member` for a zip and `#line` for JSON Lines."""
    source: str | None = None
    """Source named by the manifest or the fetch; None leaves it to recognition."""
    raw: Raw | None = None
    """For pages that are to be kept as they came."""

    @property
    def checksum(self) -> int:
        """Of its text: the same page read again is told from one that says something else."""
        return crc32(self.text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Amount:
    """Money exactly as printed: `value` in whole currency units (元 for CNY), `raw` the passage it came from."""

    value: Decimal
    raw: str
    currency: str = "CNY"
    basis: Literal["total", "per_year", "sum_of_lots"] = "total"


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Text of one page, sheet or slide of an attached document; `page` None where its format has none."""

    file: str
    page: int | None
    text: str
    ocr: bool = False
    """Whether it was read from a picture, and may err."""


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot (包, 标项, 合同包 …). `name` is what the notice calls it, e.g. 第一包; `title` what it buys."""

    name: str
    title: str | None = None
    budget: Amount | None = None
    award: Amount | None = None
    suppliers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One published notice. `text` is what was read, one block per line, table cells joined by ` | `."""

    source: str
    source_id: str
    """The site's own number, else derived from the address, else from title and text; unique per source."""
    title: str
    kind: Kind
    text: str
    url: str | None = None
    project_no: str | None = None
    project_name: str | None = None
    buyer: str | None = None
    agency: str | None = None
    region: str | None = None
    published: datetime | None = None
    """Aware; Asia/Shanghai where the site says nothing."""
    published_has_time: bool = True
    """False when only a date is printed (then `published` is its midnight)."""
    deadline: datetime | None = None
    budget: Amount | None = None
    award: Amount | None = None
    lots: tuple[Lot, ...] = ()
    suppliers: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    language: str = "zh"
    country: str = "CN"
    read_at: datetime | None = None
    read_from: str | None = None
    """File or address the notice was read from."""


OCR = "document.ocr"
"""Among the cues of a passage: it was read from a picture, and may err. It lowers nothing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim passage and what a rule says of it: `notice.text[start:end] == quote` (or `notice.title`).

    Of a document, start and end are places in the text of its page.
    """

    quote: str
    start: int
    end: int
    where: Literal["title", "text", "document"]
    rule: str
    """Id of the rule that fired."""
    effect: str
    """What the passage does: one of LEVELS, or `compute`, `import_barred`, `import_allowed`."""
    lot: str | None = None
    families: tuple[str, ...] = ()
    basis: str | None = None
    """What the demand rests on: chip, platform, brand, list, ecosystem, standard, origin."""
    cues: tuple[str, ...] = ()
    """Ids of the cue rules that changed the effect (negation, alternative, background, …), and what it stands in."""
    file: str | None = None
    """Attached document it stands in, within archives behind theirs: 招标文件.zip/技术要求.docx."""
    page: int | None = None
    """Page, sheet or slide of it from 1; None where its format has none."""


@dataclass(frozen=True, slots=True)
class LotVerdict:
    name: str
    level: Level


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a notice means by `domain rubric`: see docs/labels.md."""

    level: Level
    compute: bool
    import_policy: ImportPolicy
    families: tuple[str, ...] = ()
    lots: tuple[LotVerdict, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """Deciding passages first."""
    pack: str = ""
    """Fingerprint of the rule pack that decided."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure about compute that a notice prints: `text[start:end] == quote`.

    Units: power PFLOPS (POPS where the text counts integer operations); counts as printed (台, 张, 卡, 节点 …); hours
    卡时, 核时, 机时, 节点时; unit prices 元/台, 元/卡时, 元/P/年 … in 元.
    """

    kind: Literal["power", "count", "hours", "unit_price"]
    value: Decimal
    unit: str
    quote: str
    start: int
    end: int
    precision: str | None = None
    """As printed: FP16, INT8, 双精度 …; never concluded from the chip."""
    noun: str | None = None
    """What is counted or priced (服务器, 加速卡), or what the figure is per (单卡, 每台)."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One row of goods: `text[start:end] == quote`, `text` that of the notice, or of the page of the file it stands in.

    Brand and model printed in one cell stand in `model`.
    """

    name: str | None
    """None where a sentence gives brand and model only."""
    brand: str | None
    model: str | None
    quantity: Decimal | None
    unit: str | None
    """What is counted in, as printed: 台, 套 …"""
    unit_price: Decimal | None
    """In whole units of `currency`, 元 for CNY."""
    lot: str | None
    quote: str
    start: int
    end: int
    total: Decimal | None = None
    """Of the row, in the same currency."""
    currency: str = "CNY"
    supplier: str | None = None
    """As the row prints it."""
    families: tuple[str, ...] = ()
    """Domestic chips that name, brand and model tell."""
    foreign: bool = False
    """Whether they name a foreign chip, or a machine of a foreign make."""
    cards: int | None = None
    """Accelerators in one unit, as printed: 1 of a card, 8 of 昇腾910B×8."""
    file: str | None = None
    """The attachment it stands in, and its page there; None: the text of the notice."""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One item of a list page. `url` is where people read it, and what it is known by."""

    url: str
    title: str
    published: datetime | None = None
    request: Request | None = None
    """How to ask for its text, where that is not a GET of `url`."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list page holds: links to notice pages, notices whose body is in the answer, and where it goes on."""

    links: tuple[Link, ...] = ()
    notices: tuple[Notice, ...] = ()
    next: Request | None = None
    total: int | None = None
    instead: tuple[Request, ...] = ()
    """Narrower lists to read in place of this one, which the site cuts short without saying so."""
    newest_first: bool = True
    """False where the site orders by relevance: an old page is then no sign that only older ones follow."""


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span of publication time, aware; None is open."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask later whether a page has changed."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What the configuration may override for one source."""

    base_url: str | None = None
    search_url: str | None = None
    columns: tuple[str, ...] | None = None
    delay: float | None = None
    keywords: tuple[str, ...] = ()
    options: MappingProxyType[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    file_hosts: tuple[str, ...] = ()
    """Further hosts that attachments may be fetched from."""


class Source(Protocol):
    """A source is a module with these names: no HTTP, no store, no rules in it."""

    SITE: Site

    def recognises(self, page: Page) -> bool:
        """Whether a saved page is one of this site's, by template or address."""

    def starts(self, settings: SourceSettings, window: Window) -> Iterator[Request]:
        """First list requests of each column or search, newest first."""

    def listing(self, page: Page, request: Request, settings: SourceSettings) -> Listing:
        """A list page → its items and the next page. Raises PageChanged when the frame is gone."""

    def notices(self, page: Page) -> Iterable[Notice]:
        """A notice page (or a saved API answer with bodies) → notices. Raises PageRefused or PageChanged."""
