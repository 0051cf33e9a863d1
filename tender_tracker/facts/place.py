"""A name or a notice's region → the province it lies in, short (江苏).

Places are the divisions of the civil affairs ministry down to counties; county names that two provinces share (鼓楼区,
朝阳区) are left out, and so are short city names that are everyday words or districts elsewhere (中山, 大同, 朝阳).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

_DATA = resources.files("tender_tracker") / "data"
# A place may follow one of these inside a name: 国家税务总局宁波…, 中国移动通信集团浙江…
_BEFORE_PLACE = re.compile(r"^|共和国|中国共产党|中共|国网|总局|集团|公司|银行|海关|科学院|大学|医院|医学院|附属|\(|、")
# … but 四平路 and 中山区 are other places than 四平 and 中山.
_BARE_PLACE_GOES_ON = re.compile(r"路(?!桥|灯|政|林)|街|道(?!路)|[区县村](?!域)|镇(?!海)|乡(?!村)|桥(?!梁)")


class Place(NamedTuple):
    name: str
    province: str
    form: str
    """`city` (a full name, as 宁波市 or 浙江省), `bare` (宁波) or `county` (嘉善县)."""


def plain(name: str) -> str:
    """A printed name → half-width and without blanks, as the data files of names are read."""
    return "".join(unicodedata.normalize("NFKC", name).replace("\u200b", "").split())


def of_region(region: str | None) -> str | None:
    """The first place of a notice's region (浙江省宁波市, 境内·江苏) → its province."""
    text = plain(region or "")
    found = (at(text, start) for start in range(len(text)))
    return next((place.province for place in found if place), None)


def of_name(text: str) -> str | None:
    """A place where a name begins, or after 总局, 集团, 公司 …; else a full province or city name anywhere."""
    for lead in _BEFORE_PLACE.finditer(text):
        place = at(text, lead.end())
        if place and not (place.form == "bare" and _BARE_PLACE_GOES_ON.match(text, lead.end() + len(place.name))):
            return place.province
    found = (at(text, start) for start in range(len(text)))
    return next((place.province for place in found if place and place.form == "city"), None)


def at(text: str, start: int) -> Place | None:
    """The longest place that begins at `start` of a plain text."""
    for place in _places().get(text[start : start + 2], ()):
        if text.startswith(place.name, start) and text[start + len(place.name) :][:1] != "域":
            return place
    return None


def rows(file: str) -> Iterator[list[str]]:
    """The rows of one of the package's data files, without its header."""
    rows = csv.reader((_DATA / file).read_text(encoding="utf-8").splitlines())
    next(rows)
    return rows


@cache
def _places() -> dict[str, list[Place]]:
    """Places by their first two characters, longest first."""
    found: list[Place] = []
    for province, full, cities, bare, counties in rows("regions.csv"):
        found += [Place(name, province, "city") for name in (full, *cities.split())]
        found += [Place(name, province, "bare") for name in (province, *bare.split())]
        found += [Place(name, province, "county") for name in counties.split()]
    places: dict[str, list[Place]] = defaultdict(list)
    for place in sorted(found, key=lambda place: len(place.name), reverse=True):
        places[place.name[:2]].append(place)
    return places
