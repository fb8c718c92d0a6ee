"""What was chosen may stay when it is retired or archived meanwhile: another field can be corrected all the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.billing_world import TODAY, Desk
from tests.practice.conftest import make_member
from tieout.practice.actions.billing_settings import change_billing_settings
from tieout.practice.actions.clients import change_client
from tieout.practice.actions.ledger_lists import (
    change_list_entry,
    change_tax_rate,
    create_tax_rate,
    keep_list_entry,
)
from tieout.practice.actions.payments import change_payment
from tieout.practice.actions.service_items import archive_service_item, change_service_item
from tieout.practice.actions.team import switch_off_member
from tieout.practice.firms import Firm, Member
from tieout.practice.ledger_lists import LedgerList, ListEntry
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def desk(firm: Firm, scope: None) -> Desk:
    return Desk.open(firm.pk)


def by(desk: Desk, **more: Any) -> dict[str, Any]:
    return {"firm_id": desk.firm_id, "actor": desk.actor, **more}


def entry(desk: Desk, of: LedgerList, ledger_id: str, account_type: str = "") -> ListEntry:
    return keep_list_entry(
        **by(desk), of=of, ledger_id=ledger_id, name=f"Entry {ledger_id}", account_type=account_type
    )


def test_a_payment_in_a_retired_account_can_be_corrected(desk: Desk) -> None:
    bank, other = (entry(desk, LedgerList.ACCOUNT, each, "Bank") for each in "12")
    payment = desk.pay(10, deposit_to_id=bank.pk)
    for each in (bank, other):
        change_list_entry(**by(desk), of=LedgerList.ACCOUNT, entry_id=each.pk, is_active=False)
    told: dict[str, Any] = by(desk, payment_id=payment.pk, today=TODAY)
    assert change_payment(**told, memo="Rent", deposit_to_id=bank.pk).memo == "Rent"
    with pytest.raises(Invalid, match="Choose an account from the list"):
        change_payment(**told, deposit_to_id=other.pk)
    with pytest.raises(Invalid, match="Choose an account from the list"):
        desk.pay(10, deposit_to_id=bank.pk)


def test_a_tax_rate_of_a_retired_code_can_be_changed(desk: Desk) -> None:
    code, other = (entry(desk, LedgerList.TAX_CODE, each) for each in "12")
    rate = create_tax_rate(**by(desk), name="City", percent=1, tax_code_id=code.pk)
    for each in (code, other):
        change_list_entry(**by(desk), of=LedgerList.TAX_CODE, entry_id=each.pk, is_active=False)
    told: dict[str, Any] = by(desk, tax_rate_id=rate.pk)
    assert change_tax_rate(**told, percent=2, tax_code_id=code.pk).percent == 2
    with pytest.raises(Invalid, match="Choose a tax code from the list"):
        change_tax_rate(**told, tax_code_id=other.pk)


def test_an_item_whose_account_became_of_another_type_can_be_changed(desk: Desk) -> None:
    account = entry(desk, LedgerList.ACCOUNT, "1", "Income")
    told: dict[str, Any] = by(desk, item_id=desk.item.pk)
    change_service_item(**told, income_account_id=account.pk)
    ListEntry.objects.filter(pk=account.pk).update(account_type="Expense")
    assert change_service_item(**told, sku="A", income_account_id=account.pk).sku == "A"


def test_late_fees_of_an_archived_item_can_be_changed(desk: Desk) -> None:
    change_billing_settings(**by(desk), late_fee_item_id=desk.item.pk)
    for each in (desk.item, desk.taxed):
        archive_service_item(**by(desk), item_id=each.pk)
    kept = change_billing_settings(**by(desk), late_fee_grace_days=3, late_fee_item_id=desk.item.pk)
    assert (kept.late_fee_grace_days, kept.late_fee_item) == (3, desk.item)
    with pytest.raises(Invalid, match="not archived"):
        change_billing_settings(**by(desk), late_fee_item_id=desk.taxed.pk)


def test_a_client_of_a_member_who_was_switched_off_can_be_changed(
    desk: Desk, firm: Firm, alice: Member
) -> None:
    sam, ben = (make_member(firm, f"{each}@byrne.example", each, "staff-all") for each in ("sam", "ben"))
    told: dict[str, Any] = by(desk, client_id=desk.client.pk)
    change_client(**told, assigned_to_id=sam.pk)
    for each in (sam, ben):
        switch_off_member(by=alice, member_id=each.pk)
    assert change_client(**told, phone="555 0100", assigned_to_id=sam.pk).assigned_to == sam
    with pytest.raises(Invalid, match="Choose an active member"):
        change_client(**told, assigned_to_id=ben.pk)
