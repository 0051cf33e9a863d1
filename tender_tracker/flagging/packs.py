"""Where a notice's buyer sits → the rule pack that says what is domestic there; no pack, no label.

docs/labels.md defines `domestic` for China, the EU/EEA, the USA, India and Russia. A notice of the United Kingdom is
read by the European pack (a demand for European compute is a finding there too), though British goods are no EU goods.
"""

from __future__ import annotations

from tender_tracker.flagging import rulepack
from tender_tracker.flagging.rulepack import HOME, RulePack
from tender_tracker.model import Verdict

PACKS = (HOME, "eu", "us", "in", "ru")
UNFLAGGED = "unflagged"
_EUROPE = "EU AT BE BG CY CZ DE DK EE EL ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK UK"
_BY_COUNTRY = {"CN": HOME, "US": "us", "IN": "in", "RU": "ru"} | dict.fromkeys(_EUROPE.split(), "eu")
_UNKNOWN = ("", "ZZ")


def name_of(country: str | None, language: str | None) -> str | None:
    """ISO 3166 country and BCP 47 language → name of a pack; None where nothing says what is domestic.

    Only Chinese speaks for a country that is not named: English and the other languages are written everywhere.
    """
    known = (country or "").upper()
    if known in _UNKNOWN:
        return HOME if (language or "").lower().startswith("zh") else None
    return _BY_COUNTRY.get(known)


def choose(country: str | None, language: str | None, home: RulePack) -> RulePack | None:
    """The pack for a notice; `home` (the Chinese one, with a user's own rules in it) where its name is wanted."""
    name = name_of(country, language)
    if name is None or name == home.name:
        return home if name else None
    return rulepack.load(name)


def unflagged(country: str | None) -> Verdict:
    """The verdict on a notice that no pack speaks for: `pack` tells that nobody looked."""
    return Verdict("none", False, "unstated", pack=f"{UNFLAGGED}-{country or 'ZZ'}")


def decided_by(fingerprint: str) -> str:
    """Fingerprint of a verdict's pack → name of that pack; the home pack where it names none."""
    name = fingerprint.rpartition("-")[0]
    return name if name in PACKS else HOME


def is_current(fingerprint: str, home: str) -> bool:
    """Whether a verdict's pack is as of now; `home` is the present fingerprint of the home pack."""
    if fingerprint.startswith(f"{UNFLAGGED}-"):
        return True
    name = decided_by(fingerprint)
    return fingerprint == (home if name == HOME else rulepack.fingerprint(name))
