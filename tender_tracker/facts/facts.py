"""A notice that buys compute or is flagged → the figures and delivered goods it prints, each with its passage."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tender_tracker.facts.delivered import delivered
from tender_tracker.facts.price import price_per_card
from tender_tracker.facts.quantity import quantities
from tender_tracker.model import FLAGGED, Delivered, Quantity, Verdict
from tender_tracker.pages.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Facts:
    """Offsets are into the notice's text. Nothing is here that the text does not print."""

    quantities: tuple[Quantity, ...] = ()
    delivered: tuple[Delivered, ...] = ()

    @property
    def price_per_card(self) -> Decimal | None:
        """元, where the text prints one price of a card, or of a server and its cards."""
        return price_per_card(self.quantities, self.delivered)


NONE = Facts()


def facts(title: str, text: str, kind: str | None, verdict: Verdict) -> Facts:
    """`kind` one of model.KINDS, None when only the words can tell; notices not about compute have none."""
    if not verdict.compute and verdict.level not in FLAGGED:
        return NONE
    announces = (kind or kind_of(title, "", text)) in ("award", "contract")
    return Facts(quantities(text), delivered(text) if announces else ())
