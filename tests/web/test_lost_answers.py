"""What was sent without an answer and may be there is linked by a person from its card, or created once more; so is what a
left-out record holds up."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.sync.test_documents import TODAY
from tests.sync.test_held_up import Desk
from tests.web import whole_firm
from tests.web.conftest import entered
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions
from tieout.sync.models import Hold

pytestmark = pytest.mark.django_db
LIST = "/settings/integrations/quickbooks/needs-you/"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def card(desk: Desk, cause: str) -> str:
    return " ".join(entered(desk.member).get(f"{LIST}?cause={cause}").content.decode().split())


def offered(desk: Desk, cause: str) -> list[str]:
    """What the buttons of a card post."""
    return re.findall(r'name="one"[^>]* value="([^"]+)"', card(desk, cause))


def press(desk: Desk, what: str) -> str:
    answer = entered(desk.member).post(f"{LIST}decide/", {"one": what}, follow=True)
    return " ".join(answer.content.decode().split())


def lost(desk: Desk) -> tuple[Any, str]:
    """An invoice whose answer was lost and whose mark somebody took out; and its id in QuickBooks."""
    before = set(desk.of("Invoice"))
    desk.fault("drop_after", entity="invoice", operation="create", nth=1, times=1)
    billed = desk.invoice(desk.client, desk.sold)
    desk.run()
    (there,) = set(desk.of("Invoice")) - before
    desk.emulator.control.edit(desk.realm, "Invoice", there, {"PrivateNote": "seen by Ann"})
    desk.settle()
    assert desk.documents() == ["unmatched"]
    return billed, there


def test_what_may_be_the_one_whose_answer_was_lost_is_linked_from_its_card_when_it_is_of_the_same_amount(
    desk: Desk, settings: Any
) -> None:
    whole_firm.rigs.append(desk)
    settings.LEDGERS = "tests.web.whole_firm"
    billed, there = lost(desk)
    before = set(desk.of("Invoice"))
    page = card(desk, "unmatched")
    assert re.search(rf"Link with \S+ \({there}\)", page)
    assert re.search(rf"Open \S+ \({there}\)", page)
    (way,) = [one for one in offered(desk, "unmatched") if one.startswith("link_to:")]
    assert way.endswith(f":{there}")
    (sent,) = [one for one in desk.of("Invoice")[there]["Line"] if "SalesItemLineDetail" in one]
    line = {**sent, "Amount": 70, "SalesItemLineDetail": {**sent["SalesItemLineDetail"], "UnitPrice": 70}}
    desk.emulator.control.edit(desk.realm, "Invoice", there, {"Line": [line]})
    assert "They are not the same one: it comes to $70.00 in QuickBooks" in press(desk, way)
    desk.settle()
    assert way in offered(desk, "unmatched"), "it is still to be chosen"
    desk.emulator.control.edit(desk.realm, "Invoice", there, {"Line": [sent]})
    assert "Linked: same client and amount." in press(desk, way)
    desk.settle()
    assert desk.partner("invoice", billed.pk) == there
    assert set(desk.of("Invoice")) == before
    assert set(desk.documents()) <= {"drift"}


def test_created_once_more_it_is_not_asked_about_again(desk: Desk) -> None:
    billed, there = lost(desk)
    (way,) = [one for one in offered(desk, "unmatched") if one.startswith("create:")]
    press(desk, way)
    desk.settle()
    assert not desk.documents()
    assert desk.partner("invoice", billed.pk) != there
    assert Decimal(str(desk.of("Invoice")[there]["TotalAmt"])) == Decimal(100)


def test_the_invoice_a_payment_waits_for_is_restored_from_the_payments_card(desk: Desk) -> None:
    billed = desk.invoice(desk.client, desk.sold)
    with desk.here():
        key = Key("invoice", Side.PRACTICE, str(billed.pk))
        decisions.exclude(desk.member, [key], reason="billed twice", engine=desk.engine)
    paid = desk.pay(billed)
    desk.settle()
    page = card(desk, "held_up")
    assert f"It waits for invoice {billed.number}, which is left out by Dana Reyes: billed twice." in page
    (way,) = [one for one in offered(desk, "held_up") if one.startswith("restore_awaited:")]
    assert f"Taken back in: invoice {billed.number}." in press(desk, way)
    desk.settle()
    assert "which needs you first" in card(desk, "held_up")
    assert "was settled meanwhile" in press(desk, way), "it is back already"
    (create,) = [one for one in offered(desk, "unmatched") if one.startswith("create:")]
    press(desk, create)
    desk.settle()
    assert not desk.documents()
    assert desk.partner("payment", paid.pk)
    with desk.here():
        assert not Hold.objects.filter(entity="invoice").exists()
    assert billed.date == TODAY
