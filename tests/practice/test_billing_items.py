"""Service items, tax rates and the ledger's lists: the verbs, what they refuse and what they leave behind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.practice.conftest import make_member
from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.ledger_lists import (
    change_list_entry,
    change_tax_rate,
    create_tax_rate,
    keep_list_entry,
)
from tieout.practice.actions.service_items import (
    archive_service_item,
    change_service_item,
    create_service_item,
    restore_service_item,
)
from tieout.practice.actor import Actor, ActorKind, ChangeRecord
from tieout.practice.billing_access import access_item, choices_in, lists_in_use, visible_items
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.practice.ledger_lists import LedgerList, ListEntry
from tieout.practice.outbox import OutboxNote
from tieout.practice.permissions import NotAllowed, NotYours
from tieout.practice.service_items import ServiceItem
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")
SYNC = Actor(ActorKind.SYNC, "QuickBooks")


def entry(firm: Firm, of: LedgerList, name: str, **fields: Any) -> ListEntry:
    return keep_list_entry(firm_id=firm.pk, of=of, ledger_id=f"Q-{name}", actor=SYNC, name=name, **fields)


def notes() -> list[tuple[str, str, int]]:
    return [(each.kind, each.record_id, each.version) for each in OutboxNote.objects.order_by("id")]


def test_a_new_item_has_version_one_a_history_entry_and_one_note(firm: Firm, alice: Member) -> None:
    item = create_service_item(
        firm_id=firm.pk, actor=Actor.of(alice), name=" Tax return ", rate="1,250", charge="service", sku="TR"
    )
    item.refresh_from_db()
    assert (item.name, item.rate, item.version) == ("Tax return", Decimal(1250), 1)
    assert notes() == [("service_item", str(item.pk), 1)]
    told = ChangeRecord.objects.get()
    assert (told.verb, told.actor_label) == ("created", "Alice Byrne")
    assert told.changes["rate"] == [None, "1250"]


def test_a_change_is_a_version_and_a_change_of_nothing_is_none(firm: Firm) -> None:
    item = create_service_item(firm_id=firm.pk, actor=SYNC, name="Tax return", rate=100)
    same = change_service_item(firm_id=firm.pk, item_id=item.pk, actor=SYNC, name="Tax return", rate="100.00")
    assert same.version == 1
    changed = change_service_item(firm_id=firm.pk, item_id=item.pk, actor=SYNC, rate="", expected_version=1)
    assert (changed.rate, changed.version) == (None, 2)
    with pytest.raises(ChangedMeanwhile, match="changed this service item"):
        change_service_item(firm_id=firm.pk, item_id=item.pk, actor=SYNC, name="Other", expected_version=1)
    assert [version for _, _, version in notes()] == [1, 2]


def test_every_problem_of_an_item_is_told_at_once(firm: Firm) -> None:
    with pytest.raises(Invalid) as refused:
        create_service_item(
            firm_id=firm.pk,
            actor=SYNC,
            name=" ",
            rate="ten",
            charge="year",
            sku="x" * 101,
            tax_rate_id=7,
            category_id="9",
            income_account_id="²",
        )
    assert set(refused.value.problems) == {
        "name",
        "rate",
        "charge",
        "sku",
        "tax_rate_id",
        "category_id",
        "income_account_id",
    }
    assert not ServiceItem.objects.exists()
    assert notes() == []


@pytest.mark.parametrize("rate", ["-1", "0.000001", "99999999999", "NaN"])
def test_a_rate_is_a_price(firm: Firm, rate: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_service_item(firm_id=firm.pk, actor=SYNC, name="Tax", rate=rate)
    assert set(refused.value.problems) == {"rate"}


def test_two_active_items_of_one_category_never_share_a_name(firm: Firm) -> None:
    one = create_service_item(firm_id=firm.pk, actor=SYNC, name="Payroll")
    with pytest.raises(Invalid, match="is called payroll"):
        create_service_item(firm_id=firm.pk, actor=SYNC, name="payroll")
    category = entry(firm, LedgerList.CATEGORY, "Monthly")
    create_service_item(firm_id=firm.pk, actor=SYNC, name="Payroll", category_id=category.pk)
    archive_service_item(firm_id=firm.pk, item_id=one.pk, actor=SYNC)
    two = create_service_item(firm_id=firm.pk, actor=SYNC, name="payroll")
    with pytest.raises(Invalid, match="Choose another name"):
        restore_service_item(firm_id=firm.pk, item_id=one.pk, actor=SYNC)
    archive_service_item(firm_id=firm.pk, item_id=two.pk, actor=SYNC)
    assert restore_service_item(firm_id=firm.pk, item_id=one.pk, actor=SYNC).is_active
    assert [each.verb for each in ChangeRecord.objects.filter(record_id=one.pk).order_by("id")] == [
        "created",
        "archived",
        "restored",
    ]


def test_an_item_earns_only_into_an_income_account_that_is_in_use(firm: Firm) -> None:
    sales = entry(firm, LedgerList.ACCOUNT, "Sales", account_type="Income")
    bank = entry(firm, LedgerList.ACCOUNT, "Checking", account_type="Bank")
    item = create_service_item(firm_id=firm.pk, actor=SYNC, name="Tax", income_account_id=sales.pk)
    with pytest.raises(Invalid, match="income account"):
        change_service_item(firm_id=firm.pk, item_id=item.pk, actor=SYNC, income_account_id=bank.pk)
    change_list_entry(firm_id=firm.pk, of=LedgerList.ACCOUNT, entry_id=sales.pk, actor=SYNC, is_active=False)
    with pytest.raises(Invalid, match="income account"):
        create_service_item(firm_id=firm.pk, actor=SYNC, name="Audit", income_account_id=sales.pk)
    kept = change_service_item(
        firm_id=firm.pk, item_id=item.pk, actor=SYNC, income_account_id=sales.pk, rate=5
    )
    assert kept.income_account == sales


def test_an_entry_that_comes_again_is_the_same_entry_brought_up_to_date(firm: Firm) -> None:
    first = entry(firm, LedgerList.LOCATION, "Portland")
    again = keep_list_entry(
        firm_id=firm.pk,
        of=LedgerList.LOCATION,
        ledger_id="Q-Portland",
        actor=SYNC,
        name="Portland, OR",
        full_name="West:Portland, OR",
        parent="Q-West",
    )
    assert again.pk == first.pk
    assert (again.version, again.full_name, again.parent) == (2, "West:Portland, OR", "Q-West")
    assert notes() == []
    with pytest.raises(Invalid):
        keep_list_entry(firm_id=firm.pk, of=LedgerList.LOCATION, ledger_id="", actor=SYNC, name="Made up")


def test_a_list_the_ledger_lacks_is_not_offered(firm: Firm) -> None:
    entry(firm, LedgerList.LOCATION, "Portland")
    gone = entry(firm, LedgerList.TRACKING_CLASS, "Tax")
    change_list_entry(
        firm_id=firm.pk, of=LedgerList.TRACKING_CLASS, entry_id=gone.pk, actor=SYNC, is_active=False
    )
    assert lists_in_use(firm.pk) == {LedgerList.LOCATION}
    assert [each.name for each in choices_in(firm.pk, LedgerList.LOCATION)] == ["Portland"]


def test_a_tax_rate_is_a_percentage_with_a_name_of_its_own_and_a_code_from_the_list(firm: Firm) -> None:
    code = entry(firm, LedgerList.TAX_CODE, "TAX")
    rate = create_tax_rate(firm_id=firm.pk, actor=SYNC, name="WA", percent="8.25", tax_code_id=code.pk)
    for wrong in ({"name": "wa", "percent": 1}, {"name": "OR", "percent": 101}, {"name": "OR"}):
        with pytest.raises(Invalid):
            create_tax_rate(firm_id=firm.pk, actor=SYNC, **wrong)  # type: ignore[arg-type]
    item = create_service_item(firm_id=firm.pk, actor=SYNC, name="Tax", tax_rate_id=rate.pk)
    assert item.taxable
    assert change_tax_rate(firm_id=firm.pk, tax_rate_id=rate.pk, actor=SYNC, percent=9).percent == 9


def test_seeing_and_changing_items_need_their_permissions(firm: Firm, alice: Member) -> None:
    item = create_service_item(firm_id=firm.pk, actor=SYNC, name="Tax")
    staff = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-assigned")
    nobody = make_member(firm, "no@byrne.example", "No Body", "staff-all-no-billing")
    assert list(visible_items(staff)) == [item]
    with pytest.raises(NotAllowed, match="Service Items"):
        access_item(staff, item.pk, to_edit=True)
    assert access_item(alice, item.pk, to_edit=True) == item
    with pytest.raises(NotAllowed, match="View Billing"):
        visible_items(nobody)
    with pytest.raises(NotYours, match="no such service item"):
        access_item(alice, "x")


def test_an_item_of_the_twin_is_not_found(firm: Firm, other_firm: Firm) -> None:
    item = create_service_item(firm_id=firm.pk, actor=SYNC, name="Tax")
    with firm_scope(other_firm.pk), pytest.raises(NotYours):
        change_service_item(firm_id=other_firm.pk, item_id=item.pk, actor=SYNC, name="Taken over")
    with pytest.raises(NotYours):
        change_service_item(firm_id=other_firm.pk, item_id=item.pk, actor=SYNC, name="Taken over")
