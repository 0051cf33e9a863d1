"""A notice that buys compute or is flagged → the figures and delivered goods it prints, each with its passage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from tender_tracker.facts.delivered import delivered
from tender_tracker.facts.price import price_per_card
from tender_tracker.facts.quantity import quantities
from tender_tracker.model import FLAGGED, Delivered, DocumentPage, Kind, Quantity, Verdict
from tender_tracker.pages.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Facts:
    """Offsets are into the notice's text, of goods in an attachment into its page. Nothing is here that is not
    printed there."""

    quantities: tuple[Quantity, ...] = ()
    delivered: tuple[Delivered, ...] = ()

    @property
    def price_per_card(self) -> Decimal | None:
        """元, where the text prints one price of a card, or of a server and its cards."""
        return price_per_card(self.quantities, self.delivered)


NONE = Facts()
ANNOUNCE: tuple[Kind, ...] = ("award", "contract")
"""Kinds that tell of goods."""


def facts(title: str, text: str, kind: str | None, verdict: Verdict, pages: Iterable[DocumentPage] = ()) -> Facts:
    """`kind` one of model.KINDS, None when only the words can tell; notices not about compute have none.

    Of its attachments' `pages` goods are told where its own text prints none.
    """
    if not verdict.compute and verdict.level not in FLAGGED:
        return NONE
    announces = (kind or kind_of(title, "", text)) in ANNOUNCE
    return Facts(quantities(text), (delivered(text) or goods_of(pages)) if announces else ())


def goods_of(pages: Iterable[DocumentPage]) -> tuple[Delivered, ...]:
    """The goods that files attached to an award or a contract print, each with its file and page."""
    return tuple(replace(goods, file=page.file, page=page.page) for page in pages for goods in delivered(page.text))
