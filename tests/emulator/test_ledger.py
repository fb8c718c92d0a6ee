"""The law of the emulator's ledger: whatever is created, changed, voided and deleted in whatever order, each
transaction balances, the sums kept are the sums counted anew, and open items are what customers and vendors owe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quickbooks_emulator import Emulator, Knobs
from quickbooks_emulator.forms.applied import spent_as
from quickbooks_emulator.ledger.documents import Entry, Posting
from quickbooks_emulator.ledger.sums import Sums
from quickbooks_emulator.store import SqliteJournal
from tests.emulator.books import faults_in, sale_line, whole
from tests.emulator.client import SAMPLE, Api, Refusal

Step = tuple[str, int, int, int]
_CUSTOMERS, _VENDORS = ("1", "2", "3"), ("4", "5")
_STOCK = "3"


class Play:
    """An empty company with three customers (one a job), two vendors and a stock item, and hands to write with."""

    def __init__(self) -> None:
        self.emulator = Emulator(world="empty")
        self.api = Api(self.emulator)
        api = self.api
        api.create("Customer", DisplayName="Ash")
        api.create("Customer", DisplayName="Birch")
        api.create("Customer", DisplayName="Birch annex", Job=True, ParentRef={"value": "2"})
        for name in ("Cedar Supply", "Dogwood Freight"):
            api.create("Vendor", DisplayName=name)
        api.create(
            "Item", Name="Bricks", Type="Inventory", TrackQtyOnHand=True, QtyOnHand=50, PurchaseCost="2.15",
            UnitPrice=7, InvStartDate="2020-01-01", IncomeAccountRef={"value": "79"},
            ExpenseAccountRef={"value": "80"}, AssetAccountRef={"value": "81"},
        )  # fmt: skip
        assert api.read("Item", _STOCK)["QtyOnHand"] == 50
        self.start = self.emulator.control.snapshot("start")

    def begin(self, automatic: bool) -> None:
        self.emulator.control.restore(self.start)
        if automatic:
            self.emulator.control.set_preferences(SAMPLE, {"SalesFormsPrefs": {"AutoApplyCredit": True}})

    def pick(self, entity: str, number: int) -> dict[str, Any] | None:
        rows = self.emulator.control.records(SAMPLE, entity)
        return rows[number % len(rows)] if rows else None

    def ends(self, *kinds: str, count: int, number: int, amount: Decimal) -> list[dict[str, Any]]:
        """Payment lines on some transactions of the given kinds."""
        found = []
        for step in range(count):
            kind = kinds[(number + step) % len(kinds)]
            target = self.pick(kind, number // 3 + step)
            if target is not None:
                named = spent_as(target) if kind == "Purchase" else kind
                found.append(
                    {"Amount": str(amount), "LinkedTxn": [{"TxnId": target["Id"], "TxnType": named}]}
                )
        return found


@pytest.fixture(scope="module")
def play() -> Play:
    return Play()


def _sale_lines(a: int, b: int) -> list[dict[str, Any]]:
    lines = [sale_line(f"{1 + a % 200}.{b % 100:02}", TaxCodeRef={"value": ("TAX", "NON")[b % 2]})]
    if a % 3 == 0:
        quantity = 1 + b % 4
        lines.append(sale_line(quantity * 7, item=_STOCK, Qty=quantity, UnitPrice=7))
    if a % 4 == 0:
        discount = {"PercentBased": True, "DiscountPercent": 1 + b % 30}
        lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": discount})
    return lines


def _sale(play: Play, a: int, b: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"CustomerRef": {"value": _CUSTOMERS[a % 3]}, "Line": _sale_lines(a, b)}
    if b % 2:
        fields["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": ("2", "3")[a % 2]}}
    if b % 5 == 0:
        fields["ApplyTaxAfterDiscount"] = True
    return fields


def _invoice(play: Play, a: int, b: int) -> dict[str, Any]:
    deposit = {"Deposit": 1, "DepositToAccountRef": {"value": "35"}} if b % 7 == 0 else {}
    return _sale(play, a, b) | deposit


def _refund(play: Play, a: int, b: int) -> dict[str, Any]:
    return _sale(play, a, b) | {"DepositToAccountRef": {"value": "35"}}


def _payment(play: Play, a: int, b: int) -> dict[str, Any]:
    amount = Decimal(1 + b % 80)
    lines = play.ends(
        "Invoice", "CreditMemo", "JournalEntry", "Purchase", "Invoice", count=a % 4, number=b, amount=amount
    )
    total = amount * (a % 3)
    return {"CustomerRef": {"value": _CUSTOMERS[a % 3]}, "TotalAmt": str(total), "Line": lines}


def _journal(play: Play, a: int, b: int) -> dict[str, Any]:
    owed, other = ("84", "79") if a % 2 else ("33", "13")
    name = ("Customer", _CUSTOMERS[b % 3]) if a % 2 else ("Vendor", _VENDORS[b % 2])
    sides = ("Debit", "Credit") if b % 2 else ("Credit", "Debit")
    amount = 1 + b % 90
    entity = {"Type": name[0], "EntityRef": {"value": name[1]}}
    details = [
        {"PostingType": sides[0], "AccountRef": {"value": owed}, "Entity": entity},
        {"PostingType": sides[1], "AccountRef": {"value": other}},
    ]
    kind = "JournalEntryLineDetail"
    return {"Line": [{"Amount": amount, "DetailType": kind, kind: one} for one in details]}


def _deposit(play: Play, a: int, b: int) -> dict[str, Any]:
    lines: list[dict[str, Any]] = []
    for kind in ("Payment", "SalesReceipt"):
        source = play.pick(kind, b)
        if source is not None and a % 2:
            lines.append(
                {"Amount": str(source["TotalAmt"]), "LinkedTxn": [{"TxnId": source["Id"], "TxnType": kind}]}
            )
    direct = {"AccountRef": {"value": "34"}}
    lines.append({"Amount": 5 + b % 50, "DetailType": "DepositLineDetail", "DepositLineDetail": direct})
    back = {"CashBack": {"AccountRef": {"value": "36"}, "Amount": 2}} if b % 2 else {}
    return {"DepositToAccountRef": {"value": "35"}, "Line": lines, **back}


def _buying(play: Play, a: int, b: int) -> dict[str, Any]:
    account, item = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"
    lines: list[dict[str, Any]] = [
        {"Amount": f"{1 + a % 90}.25", "DetailType": account, account: {"AccountRef": {"value": "13"}}}
    ]
    if b % 2:
        detail = {"ItemRef": {"value": _STOCK}, "Qty": 1 + a % 5, "UnitPrice": 2}
        lines.append({"Amount": 2 * (1 + a % 5), "DetailType": item, item: detail})
    return {"VendorRef": {"value": _VENDORS[a % 2]}, "Line": lines}


def _purchase(play: Play, a: int, b: int) -> dict[str, Any]:
    fields = _buying(play, a, b)
    del fields["VendorRef"]
    how = {"PaymentType": "Check", "AccountRef": {"value": "35"}}
    if b % 3 == 0:
        how = {"PaymentType": "CreditCard", "AccountRef": {"value": "41"}, "Credit": bool(a % 2)}
    if a % 3:
        kind, customer = ("Customer", _CUSTOMERS[b % 3]) if a % 3 == 1 else ("Vendor", _VENDORS[b % 2])
        account, owed = "AccountBasedExpenseLineDetail", "84" if a % 3 == 1 else "33"
        line = {"Amount": 1 + b % 70, "DetailType": account, account: {"AccountRef": {"value": owed}}}
        fields |= {"EntityRef": {"value": customer, "type": kind}, "Line": [*fields["Line"], line]}
    return {**fields, **how}


def _bill_payment(play: Play, a: int, b: int) -> dict[str, Any]:
    amount = Decimal(1 + b % 60)
    lines = play.ends("Bill", "VendorCredit", "JournalEntry", count=1 + a % 3, number=b, amount=amount)
    how: dict[str, Any] = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}}
    if a % 2:
        how = {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": "42"}}}
    total = str(amount * (a % 3))
    return {"VendorRef": {"value": _VENDORS[a % 2]}, "TotalAmt": total, "Line": lines, **how}


def _transfer(play: Play, a: int, b: int) -> dict[str, Any]:
    return {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "36"}, "Amount": 1 + a}


def _card_payment(play: Play, a: int, b: int) -> dict[str, Any]:
    return {"BankAccountRef": {"value": "35"}, "CreditCardAccountRef": {"value": "41"}, "Amount": 1 + a}


def _adjustment(play: Play, a: int, b: int) -> dict[str, Any]:
    kind = "ItemAdjustmentLineDetail"
    detail = {"ItemRef": {"value": _STOCK}, "QtyDiff": a % 11 - 5}
    return {"AdjustAccountRef": {"value": "88"}, "Line": [{"DetailType": kind, kind: detail}]}


_KINDS: dict[str, Callable[[Play, int, int], dict[str, Any]]] = {
    "Invoice": _invoice,
    "Payment": _payment,
    "CreditMemo": _sale,
    "SalesReceipt": _sale,
    "RefundReceipt": _refund,
    "Estimate": _sale,
    "Deposit": _deposit,
    "JournalEntry": _journal,
    "Bill": _buying,
    "VendorCredit": _buying,
    "PurchaseOrder": _buying,
    "BillPayment": _bill_payment,
    "Purchase": _purchase,
    "Transfer": _transfer,
    "CreditCardPayment": _card_payment,
    "InventoryAdjustment": _adjustment,
}
_VOIDED = ("Invoice", "Payment", "SalesReceipt", "BillPayment")


def _take(play: Play, step: Step) -> None:
    entity, verb, a, b = step
    path = f"/{entity.lower()}"
    if verb < 5:
        play.api.post(path, _KINDS[entity](play, a, b))
        return
    record = play.pick(entity, a)
    if record is None:
        return
    known = {"Id": record["Id"], "SyncToken": record["SyncToken"]}
    if verb < 8:
        play.api.post(path, {**known, "sparse": True, **_KINDS[entity](play, a // 2, b)})
    elif verb == 8 and entity in _VOIDED:
        play.api.post(path, known, operation="void")
    else:
        play.api.post(path, known, operation="delete")


_STEPS = st.lists(
    st.tuples(
        st.sampled_from([*_KINDS, "Invoice", "Payment", "CreditMemo", "Payment", "Bill", "BillPayment"]),
        st.integers(0, 9),
        st.integers(0, 400),
        st.integers(0, 400),
    ),
    min_size=5,
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=_STEPS, automatic=st.booleans())
def test_the_books_stay_whole_through_any_sequence_of_writes(
    play: Play, steps: list[Step], automatic: bool
) -> None:
    play.begin(automatic)
    for step in steps:
        with suppress(Refusal):  # a fault is an answer; anything else is a mistake of the emulator
            _take(play, step)
        assert whole(play.emulator)


OTHERWISE = Knobs(
    linked_entry_change_refused=False, credit_below_applied_refused=False, deposit_links_whole=False,
    released_newest_first=False, touched_payments_get_token=False, credits_return_stock=False, auto_apply_family=True,
    auto_apply_newest_first=True, overpayment_refused=False, foreign_customer_payment_refused=False,
    paid_invoice_keeps_customer=False, tax_override_rest="first",
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=_STEPS)
def test_they_stay_whole_with_every_switch_of_links_and_stock_turned(play: Play, steps: list[Step]) -> None:
    play.begin(automatic=True)
    play.emulator.knobs = OTHERWISE
    for step in steps:
        with suppress(Refusal):
            _take(play, step)
        assert whole(play.emulator)
    play.emulator.knobs = Knobs()


def test_the_sums_of_entries_follow_additions_and_removals() -> None:
    kept = Sums()
    entries = [
        Entry("1", "Invoice", "2026-01-01", (Posting("84", Decimal(5), "3"), Posting("1", Decimal(-5)))),
        Entry("2", "Payment", "2026-01-02", (Posting("4", Decimal(5)), Posting("84", Decimal(-5), "3"))),
    ]
    for entry in entries:
        kept.add(entry.txn, entry)
    assert (kept.account("84"), kept.account("4"), kept.name("3", ["84"])) == (0, 5, 0)
    kept.discard("2", entries[1])
    assert (kept.account("84"), kept.name("3", ["84"])) == (5, 5)
    assert kept.same(Sums(entries[:1]))


def test_the_check_of_the_books_notices_a_wrong_balance(play: Play) -> None:
    """The law is only worth something if breaking it is seen."""
    play.begin(automatic=False)
    made = play.api.create("Invoice", **_invoice(play, 1, 1))
    table = play.emulator.store.collection(f"records/{SAMPLE}/Invoice")
    body = {**table.get(made["Id"]).body, "Balance": Decimal(1)}
    with play.emulator.store.transaction() as transaction:
        record = table.get(made["Id"])
        changed = type(record)(
            id=record.id, token=0, created=record.created, updated=record.updated, seq=record.seq, body=body
        )
        transaction.put(table.name, made["Id"], changed)
    assert any("open items" in one for one in faults_in(play.emulator))


def test_the_ledger_and_the_plan_are_there_over_control(control: Any, api: Api) -> None:
    books = control("GET", f"/companies/{SAMPLE}/ledger")
    assert books["discrepancies"] == []
    by_id = {one["Id"]: one for one in books["accounts"]}
    assert by_id["84"] == {
        "Id": "84",
        "Name": "Accounts Receivable (A/R)",
        "AccountType": "Accounts Receivable",
        "Balance": 5281.52,
    }
    assert round(sum(one["Balance"] for one in books["accounts"]), 2) == 0
    control("POST", f"/companies/{SAMPLE}/plan", {"sku": "QuickBooks Online Essentials"})
    with pytest.raises(Refusal) as refused:
        api.create("Class", Name="North")
    assert refused.value.code == "5030"
    control("POST", f"/companies/{SAMPLE}/plan", {}, status=400)


def test_the_books_survive_a_restart_to_the_cent(tmp_path: Path) -> None:
    file = str(tmp_path / "state.db")
    first = Emulator(journal=SqliteJournal(file))
    with Api(first) as api:
        made = api.create("Invoice", CustomerRef={"value": "3"}, Line=_sale_lines(4, 37), DocNumber="KEEP-9")
        line = {"Amount": 1, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Invoice"}]}
        paid = api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=1, Line=[line])
        made = api.read("Invoice", made["Id"])
    first.close()
    second = Emulator(journal=SqliteJournal(file))
    assert whole(second)
    with Api(second) as api:
        assert api.read("Invoice", made["Id"]) == made
        assert api.post("/invoice", made)["Invoice"] == made
        assert api.post("/payment", paid)["Payment"] == paid
        voided = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
        assert api.post("/invoice", voided, operation="void")["Invoice"]["TotalAmt"] == 0
        again = api.create("Invoice", CustomerRef={"value": "3"}, Line=_sale_lines(5, 10))
        assert again["DocNumber"] == "KEEP-10"
    assert whole(second)
    second.close()


def test_a_person_can_void_what_the_api_cannot(control: Any, api: Api, emulator: Emulator) -> None:
    memo = api.create("CreditMemo", CustomerRef={"value": "3"}, Line=[sale_line(10)])
    edit = {"entity": "CreditMemo", "id": memo["Id"], "operation": "void"}
    assert control("POST", f"/companies/{SAMPLE}/edit", edit)["TotalAmt"] == 0
    with pytest.raises(Refusal) as refused:
        api.post("/creditmemo", {"Id": memo["Id"], "SyncToken": "1"}, operation="void")
    assert refused.value.code == "500"
    assert whole(emulator)
