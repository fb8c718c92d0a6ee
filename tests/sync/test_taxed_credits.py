"""A credit that somebody taxed in QuickBooks comes to more there: it keeps that, until ours is restored to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.credits import change_credit, create_credit
from tieout.quickbooks.entities.credit_memo import ENTITY
from tieout.reconcile.ports import Answer
from tieout.reconcile.state import Side
from tieout.sync import decisions, outcomes
from tieout.sync.models import Attempt, Conflict, Link
from tieout.sync.packing import pack_units

TUCSON = "3"
"""A tax code of the sample company, of 9.1 %."""


@pytest.mark.django_db
def test_restoring_a_credit_that_somebody_taxed_there_takes_the_tax_off_and_a_change_beside_leaves_it_on() -> (
    None
):
    books = Books()
    books.review_items()
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("credit")
    told = {"firm_id": books.firm.pk, "actor": SOMEBODY}
    with books.here():
        credit = create_credit(
            **told,
            today=TODAY,
            client_id=client,
            item_id=item.pk,
            date=TODAY,
            quantity=Decimal(1),
            rate=Decimal(100),
        )
    books.settle()
    there = books.partner("credit", credit.pk)
    (line,) = [one for one in books.of("CreditMemo")[there]["Line"] if "SalesItemLineDetail" in one]
    line["SalesItemLineDetail"]["TaxCodeRef"] = {"value": "TAX"}
    taxed = {"Line": [line], "TxnTaxDetail": {"TxnTaxCodeRef": {"value": TUCSON}}}
    books.emulator.control.edit(books.realm, "CreditMemo", there, taxed)
    books.until_the_change_feed_is_asked()
    with books.here():
        change_credit(**told, credit_id=credit.pk, memo="Sorry")
    books.settle()
    assert Decimal(str(books.of("CreditMemo")[there]["TotalAmt"])) == Decimal("109.10")
    with books.here():
        (drift,) = Conflict.objects.filter(closed_at=None)
        assert drift.unit == "amount"
        decisions.answer_conflicts(books.member, [drift.pk], Side.PRACTICE, engine=books.engine)
    books.settle()
    shown = books.of("CreditMemo")[there]
    assert (Decimal(str(shown["TotalAmt"])), shown["CustomerMemo"]["value"]) == (Decimal(100), "Sorry")
    assert not [one for one in books.issues() if one[0] != "not_eligible"]
    with books.here():
        assert Link.objects.get(entity="credit").baseline_ledger["amount"] == {"$decimal": "100.00"}


@pytest.mark.parametrize(
    ("answered", "agreed"), [("25.50", {"amount", "memo"}), ("30.60", {"memo"})], ids=["the same", "with tax"]
)
def test_the_amount_of_a_credit_is_agreed_only_if_it_came_back_as_it_was_sent(
    answered: str, agreed: set[str]
) -> None:
    units = pack_units({"amount": Decimal("25.50"), "memo": "x"})
    attempt = Attempt(entity="credit", operation="update", units=units)
    shown = {"Id": "5", "TotalAmt": Decimal(answered), "CustomerMemo": {"value": "x"}}
    answer = Answer(ENTITY.row(shown), "")
    assert set(outcomes._agreed(ENTITY.spec, attempt, answer).practice) == agreed
    marks = outcomes._come_otherwise(ENTITY.spec, [(attempt, answer)])
    assert [one.record_id for one in marks] == ([] if "amount" in agreed else ["5"]), "what differs is listed"
