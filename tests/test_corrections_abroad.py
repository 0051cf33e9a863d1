"""Corrections in other languages than Chinese: budget, lots and demands move as they do in Chinese ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Result
from samples import NOW

from tender_tracker.amending.correction import correction
from tender_tracker.amending.sums import sum_of
from tender_tracker.flagging import rulepack
from tender_tracker.model import SHANGHAI, Amount, Lot, Notice
from tender_tracker.record import recorded
from tender_tracker.relink import relink
from tender_tracker.restate import restate
from tender_tracker.storage.store import Store

Tenders = Callable[..., Result]
DAY = timedelta(days=1)
PACK = rulepack.load()
DEMAND = "The processors of the servers shall be designed and manufactured in India."
CALL = f"""Supply of GPU servers for the computing centre
Supply and installation of 12 GPU servers in two lots.
{DEMAND}
Warranty of three years on site, spare parts included.
Delivery within 90 days of the order."""


def rupees(value: int) -> Amount:
    return Amount(Decimal(value), f"INR {value:,}", "INR")


def call(**fields: Any) -> Notice:
    first = Notice(
        "ocds", "c1", "Supply of GPU servers", "tender", CALL, None, "OC-1", "Supply of GPU servers", "National Computing Centre",
        published=NOW - 30 * DAY, deadline=datetime(2026, 12, 1, 10, tzinfo=SHANGHAI), budget=rupees(50_000_000),
        lots=(Lot("Lot 1", "Training", rupees(30_000_000)), Lot("Lot 2", "Inference", rupees(20_000_000))),
        language="en", country="IN",
    )  # fmt: skip
    return replace(first, **fields)


def corrigendum(text: str, **fields: Any) -> Notice:
    blank = {"deadline": None, "budget": None, "lots": (), "published": NOW - 9 * DAY}
    return replace(call(**blank), **{"source_id": "c2", "kind": "amendment", "text": text, **fields})


def project(tenders: Tenders, path: Path, *notices: Notice) -> dict[str, Any]:
    """A store of these notices, taken by one run, linked and stated → what `project` tells."""
    with Store.open(path, NOW) as store:
        store.begin_run("fetch", PACK.fingerprint)
        store.save([recorded(notice, PACK) for notice in notices])
        relink(store)
        restate(store, PACK)
        store.end_run([], 0)
    found: dict[str, Any] = json.loads(tenders("--db", path, "project", "1", "--json").out)
    return found


def changed(found: dict[str, Any]) -> set[tuple[str, str, str | None]]:
    return {(one["change"]["field"], one["status"], one["change"]["lot"]) for one in found["corrections"]}


def test_a_demand_that_an_english_correction_deletes_is_no_longer_required(tenders: Tenders, tmp_path: Path) -> None:
    found = project(tenders, tmp_path / "s.db", call(), corrigendum(f"Section VI: “{DEMAND}” is hereby deleted."))
    assert (found["state"]["level"], found["state"]["printed"]) == ("mentioned", "required")
    level = next(one["change"] for one in found["corrections"] if one["change"]["field"] == "level")
    assert DEMAND.rstrip(".") in level["quote_before"] and "is hereby deleted" in level["quote_after"]


def test_a_demand_that_an_english_correction_adds_makes_the_project_required(tenders: Tenders, tmp_path: Path) -> None:
    plain = call(text=CALL.replace(f"{DEMAND}\n", ""))
    told = corrigendum(f"The following requirement is added: {DEMAND}\nAll other terms remain unchanged.")
    found = project(tenders, tmp_path / "s.db", plain, told)
    assert (found["state"]["level"], found["state"]["printed"]) == ("required", "none")
    assert changed(found) == {("demand", "applied", None), ("level", "applied", None)}


def test_a_demand_that_is_softened_lowers_the_project(tenders: Tenders, tmp_path: Path) -> None:
    told = f'Replace "{DEMAND}" with "The processors may be of any origin."'
    found = project(tenders, tmp_path / "s.db", call(), corrigendum(told))
    assert found["state"]["level"] == "mentioned"


def test_the_budget_of_a_lot_moves_and_the_whole_with_it(tenders: Tenders, tmp_path: Path) -> None:
    told = "The estimated value of Lot 2 is increased from INR 20,000,000 to INR 2.5 crore."
    found = project(tenders, tmp_path / "s.db", call(), corrigendum(told))
    assert ("budget", "applied", "Lot 2") in changed(found)
    assert [lot["budget"]["value"] for lot in found["state"]["lots"]] == ["30000000", "25000000"]
    assert found["state"]["budget"]["value"] == "55000000"


def test_an_edition_printed_again_takes_the_place_of_what_it_repeats(tenders: Tenders, tmp_path: Path) -> None:
    """As OCDS and TED give corrections: all of the tender, in its fields too, with what was amended at the end."""
    text = CALL.replace(f"{DEMAND}\n", "") + "\nThe requirement of origin was withdrawn and the value increased."
    lots = (Lot("Lot 1", "Training", rupees(60_000_000)),)
    again = corrigendum(
        text, budget=rupees(60_000_000), lots=lots, deadline=datetime(2026, 12, 15, 10, tzinfo=SHANGHAI)
    )
    found = project(tenders, tmp_path / "s.db", call(), again)
    state = found["state"]
    assert (state["level"], state["budget"]["value"], state["deadline"][:10]) == ("mentioned", "60000000", "2026-12-15")
    assert [(lot["name"], lot["budget"]["value"]) for lot in state["lots"]] == [("Lot 1", "60000000")]
    assert {("demand", "applied", None), ("lot", "applied", None), ("budget", "applied", "Lot 1")} <= changed(found)


def test_what_the_call_itself_says_of_replacing_is_no_correction(tenders: Tenders, tmp_path: Path) -> None:
    text = f'{CALL}\nThe contractor shall replace "faulty fans" with "new fans" within a day.'
    found = project(tenders, tmp_path / "s.db", call(text=text), corrigendum(f"{text}\nAn answer was published."))
    assert found["state"]["level"] == "required"
    assert {status for _, status, _ in changed(found)} == {"applied"}
    assert [one["change"]["after"] for one in found["corrections"]] == ["An answer was published."]


@pytest.mark.parametrize(
    ("said", "before", "after"),
    [
        ('For "twelve servers" read "ten servers".', "twelve servers", "ten servers"),
        ('Substitute "Annex B" for "Annex A".', "Annex A", "Annex B"),
        ("Instead of: 12 servers\nRead: 10 servers", "12 servers", "10 servers"),
        ("‘the supplier’s CPU’ shall read ‘any CPU’.", "the supplier’s CPU", "any CPU"),
        (
            "Existing clause | Amended clause\nClass-I supplier | Class-II supplier",
            "Class-I supplier",
            "Class-II supplier",
        ),
        ("Statt „Prozessor A“ muss es „Prozessor B“ heißen.", "Prozessor A", "Prozessor B"),
        ("Au lieu de « 12 serveurs » lire « 10 serveurs ».", "12 serveurs", "10 serveurs"),
        ("Слова «серверы» заменить словами «российские серверы».", "серверы", "российские серверы"),
        ('Section 4.1 shall now read: "Any origin".', None, "Any origin"),
        ('Delete "Annex C" from the list.', "Annex C", None),
    ],
)
def test_forms_of_other_languages_are_taken_apart(said: str, before: str | None, after: str | None) -> None:
    (edit,) = correction(said, "en").edits
    assert (edit.before, edit.after) == (before, after)


def test_a_passage_that_asks_for_what_is_no_pair_is_left_to_be_read() -> None:
    assert correction("Clause 7 is amended. All other terms remain unchanged.", "en").rest == ("Clause 7 is amended.",)


@pytest.mark.parametrize(
    ("said", "value", "currency"),
    [
        ("EUR 1,200,000.50", "1200000.50", "EUR"),
        ("1.200.000,00 €", "1200000.00", "EUR"),
        ("1 200 000 EUR", "1200000", "EUR"),
        ("Rs. 2,50,00,000", "25000000", "INR"),
        ("GBP 1.2m", "1200000.0", "GBP"),
        ("2 000 000,00 руб.", "2000000.00", "RUB"),
    ],
)
def test_sums_are_read_as_each_country_prints_them(said: str, value: str, currency: str) -> None:
    found = sum_of(said)
    assert found and (found.value, found.currency, found.raw) == (Decimal(value), currency, said)


@pytest.mark.parametrize("said", ["12 months", "1,2000 EUR", "EUR"])
def test_what_is_no_sum_is_none(said: str) -> None:
    assert sum_of(said) is None
