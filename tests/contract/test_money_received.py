"""Payments, credits, their application and refunds against the emulator in one process."""

import pytest

from tests.contract.bookkeeping import SETTINGS, D, books
from tests.contract.place import COMPANY
from tieout.reconcile.ports import AskHuman, FixData, UnknownOutcome
from tieout.reconcile.state import same

LOST = [("drop_after", {}), ("apply_then", {"status": 500}), ("cut", {"bytes": 25})]


@pytest.fixture
def desk():
    return books(SalesFormsPrefs={"CustomTxnNumbers": True})


@pytest.fixture
def invoice(desk):
    return desk.create("invoice")


def paid(invoice, amount):
    return ({"invoice": invoice.id, "amount": D(amount)},)


def balance(desk, invoice):
    return desk.see("invoice", invoice).record.facts["balance"]


# -- payments ------------------------------------------------------------------------------------------


def test_a_payment_pays_what_it_says_and_the_rest_stays_unapplied(desk, invoice):
    other = desk.create("invoice", number="INV-2")
    rows = ({"invoice": invoice.id, "amount": D("30.00")}, {"invoice": other.id, "amount": D("5.50")})
    units = desk.units("payment", allocations=rows, reference="1042", memo="Check in the mail")
    made = desk.create("payment", allocations=rows, reference="1042", memo="Check in the mail")
    shown = made.record.units
    assert same(shown["allocations"], rows)
    assert {name: shown[name] for name in ("client", "date", "amount", "reference", "memo", "state")} == {
        name: units[name] for name in ("client", "date", "amount", "reference", "memo", "state")
    }
    assert made.record.facts["unapplied"] == D("4.50")
    assert (balance(desk, invoice), balance(desk, other)) == (D("70.00"), D("94.50"))


def test_a_retainer_is_a_payment_without_lines(desk):
    made = desk.create("payment", amount=D("500.00"))
    assert made.record.units["allocations"] == ()
    assert made.record.facts["unapplied"] == D("500.00")


@pytest.mark.parametrize(
    "chosen, given, account",
    [
        ({}, "", "4"),  # Undeposited Funds, by QuickBooks' own choice
        ({}, "35", "35"),
        ({"deposit_account": "36"}, "", "36"),
        ({"deposit_account": "36", "deposit_account.check": "35"}, "", "35"),
        ({"deposit_account": "36"}, "35", "35"),
    ],
)
def test_the_account_it_lands_in_is_the_nearest_one_chosen(chosen, given, account):
    desk = books({**SETTINGS, **chosen})
    made = desk.create("payment", deposit_to=given)
    assert desk.raw("Payment", made.id)["DepositToAccountRef"]["value"] == account
    assert desk.raw("Payment", made.id)["PaymentMethodRef"]["value"] == "2"


def test_a_method_that_is_mapped_to_none_is_left_out(desk):
    made = desk.create("payment", method="ach")
    assert "PaymentMethodRef" not in desk.raw("Payment", made.id)


def test_a_payment_is_edited_in_place_and_loses_nothing(desk, invoice):
    made = desk.create("payment", allocations=paid(invoice, 40), memo="Check", reference="7")
    changed = desk.change("payment", made, memo="Cash after all")
    assert (changed.id, changed.record.units["memo"]) == (made.id, "Cash after all")
    assert same(changed.record.units["allocations"], paid(invoice, 40))
    assert changed.record.units["reference"] == "7"
    assert changed.record.facts["marker"] == made.record.facts["marker"]
    off = desk.change("payment", changed, allocations=())
    assert off.record.facts["unapplied"] == D("40.00")
    assert balance(desk, invoice) == D("100.00")


def test_a_credit_that_a_person_linked_to_our_payment_survives_our_edit(desk, invoice):
    credit = desk.create("credit")
    made = desk.create("payment", allocations=paid(invoice, 40))
    lines = [
        {"Amount": 60, "LinkedTxn": [{"TxnId": invoice.id, "TxnType": "Invoice"}]},
        {"Amount": 20, "LinkedTxn": [{"TxnId": credit.id, "TxnType": "CreditMemo"}]},
    ]
    desk.here.person("Payment", made.id, Line=lines)
    seen = desk.see("payment", made)
    assert seen.record.units["allocations"][1] == {
        "invoice": "",
        "amount": D(20),
        "link": f"CreditMemo {credit.id}",
    }
    changed = desk.change("payment", seen, memo="x")
    assert same(changed.record.units["allocations"], seen.record.units["allocations"])


def test_a_void_payment_stays_and_its_invoices_are_open_again(desk, invoice):
    made = desk.create("payment", allocations=paid(invoice, 40))
    gone = desk.change("payment", made, state="void")
    assert (gone.record.units["state"], gone.record.units["amount"]) == ("void", D("0.00"))
    assert gone.record.facts["marker"] == made.record.facts["marker"]
    assert balance(desk, invoice) == D("100.00")


def test_paying_more_than_is_owed_is_refused_with_quickbooks_own_words(desk, invoice):
    with pytest.raises(AskHuman, match="more than the open balance"):
        desk.create("payment", amount=D("140.00"), allocations=paid(invoice, 140))


# -- credits -------------------------------------------------------------------------------------------


def test_a_credit_is_one_line_and_comes_to_its_amount(desk):
    units = desk.units("credit", item="2", quantity=D("1.5"), rate=D("17"), memo="Sorry")
    made = desk.create("credit", item="2", quantity=D("1.5"), rate=D("17"), memo="Sorry")
    assert all(same(made.record.units[name], units[name]) for name in units)
    assert made.record.facts["left"] == D("25.50")


def test_a_credit_without_an_item_takes_the_chosen_one_or_waits():
    desk = books()
    assert desk.create("credit").record.units["item"] == "1"
    with pytest.raises(FixData, match="item for each credit"):
        books(settings={}).create("credit")


def test_a_credit_is_edited_in_place(desk):
    made = desk.create("credit")
    changed = desk.change("credit", made, rate=D("30"), amount=D("30.00"))
    shown = changed.record.units
    assert (shown["rate"], shown["amount"], shown["description"]) == (D(30), D("30.00"), "Goodwill")
    renamed = desk.change("credit", changed, memo="For the delay")
    assert (renamed.record.units["memo"], renamed.record.units["amount"]) == ("For the delay", D("30.00"))


def test_voiding_a_credit_is_left_to_a_person(desk):
    made = desk.create("credit")
    with pytest.raises(AskHuman, match="no program void a credit"):
        desk.change("credit", made, state="void")
    with pytest.raises(AskHuman, match="no program void a credit"):
        desk.retire("credit", made)


def applied(desk, invoice, credit, amount="20.00"):
    return {"credit": credit.id, "invoice": invoice.id, "amount": D(amount)}


def test_an_applied_credit_is_a_payment_of_zero_with_both_sides(desk, invoice):
    credit = desk.create("credit")
    made = desk.create("credit_application", **applied(desk, invoice, credit))
    shown = made.record.units
    assert (shown["credit"], shown["invoice"], shown["amount"]) == (credit.id, invoice.id, D("20.00"))
    assert desk.raw("Payment", made.id)["TotalAmt"] == 0
    assert balance(desk, invoice) == D("80.00")
    assert desk.see("credit", credit).record.facts["left"] == D("5.50")


def test_an_applied_credit_changes_its_amount_in_place(desk, invoice):
    credit = desk.create("credit")
    made = desk.create("credit_application", **applied(desk, invoice, credit))
    changed = desk.change("credit_application", made, amount=D("5.00"))
    assert changed.record.units["amount"] == D("5.00")
    assert (changed.id, balance(desk, invoice)) == (made.id, D("95.00"))


def test_taking_a_credit_off_again_voids_its_payment(desk, invoice):
    credit = desk.create("credit")
    made = desk.create("credit_application", **applied(desk, invoice, credit))
    assert desk.change("credit_application", made, state="void").record.units["state"] == "void"
    assert balance(desk, invoice) == D("100.00")
    assert desk.see("credit", credit).record.facts["left"] == D("25.50")


def test_payments_and_applied_credits_are_told_apart_by_their_links_not_here(desk, invoice):
    """Both are Payments there; who is whose is in the links, so each may be read by either word."""
    credit = desk.create("credit")
    made = desk.create("credit_application", **applied(desk, invoice, credit))
    assert desk.see("credit_application", made).record.units["credit"] == credit.id
    assert desk.see("payment", made).record.units["amount"] == D("0.00")


# -- refunds -------------------------------------------------------------------------------------------


def test_a_refund_leaves_the_chosen_account(desk):
    made = desk.create("refund")
    units = desk.units("refund")
    shown = made.record.units
    assert {name: shown[name] for name in ("client", "date", "amount", "reason")} == {
        name: units[name] for name in ("client", "date", "amount", "reason")
    }
    document = desk.raw("RefundReceipt", made.id)
    assert document["DepositToAccountRef"]["value"] == "35"
    assert document["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] == "1"
    changed = desk.change("refund", made, amount=D("12.00"))
    assert (changed.id, changed.record.units["amount"]) == (made.id, D("12.00"))


@pytest.mark.parametrize("missing", ["refund_item", "refund_account"])
def test_a_refund_waits_for_its_settings(missing):
    desk = books({name: value for name, value in SETTINGS.items() if name != missing})
    with pytest.raises(FixData) as raised:
        desk.create("refund")
    assert (raised.value.topic, raised.value.detail) == ("setting_missing", f"setting: {missing}")


# -- lost answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("effect, more", LOST)
@pytest.mark.parametrize(
    "entity, kind",
    [
        ("payment", "Payment"),
        ("credit", "CreditMemo"),
        ("credit_application", "Payment"),
        ("refund", "RefundReceipt"),
    ],
)
def test_a_document_whose_answer_is_lost_is_found_and_exists_once(desk, invoice, entity, kind, effect, more):
    units = {}
    if entity == "credit_application":
        units = applied(desk, invoice, desk.create("credit"))
    before = len(desk.here.emulator.control.records(COMPANY, kind))
    write = desk.write(entity, **units)
    assert desk.here.ledger.look_for(write).row is None
    desk.here.fault(effect, entity=kind.lower(), operation="create", nth=1, **more)
    with pytest.raises(UnknownOutcome):
        desk.here.ledger.send(write)
    found = desk.here.ledger.look_for(write)
    assert found.row.record.facts["marker"] == write.request_id
    assert desk.here.ledger.send(write).row.id == found.row.id
    assert len(desk.here.emulator.control.records(COMPANY, kind)) == before + 1


@pytest.mark.parametrize(
    "entity, units",
    [
        ("payment", {"memo": "later"}),
        ("payment", {"amount": D("55.00"), "allocations": ()}),
        ("payment", {"state": "void"}),
        ("credit", {"description": "Other", "rate": D(3), "amount": D("3.00")}),
        ("refund", {"reason": "Other"}),
    ],
)
def test_a_change_whose_answer_is_lost_is_found(desk, entity, units):
    made = desk.create(entity)
    write = desk.here.prepare(desk.update(entity, made, **units), shown=made.record)
    assert desk.here.ledger.look_for(write).row is None
    desk.here.fault("drop_after", nth=1)
    with pytest.raises(UnknownOutcome):
        desk.here.ledger.send(write)
    desk.here.calm()
    assert desk.here.ledger.look_for(write).row.id == made.id
