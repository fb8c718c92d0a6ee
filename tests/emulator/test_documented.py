"""Faults the service is documented to give: each can be asked for by its code, the rare ones also come by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from quickbooks_emulator import Emulator
from quickbooks_emulator.documented import DOCUMENTED
from quickbooks_emulator.knobs import Limits
from tests.emulator import scenarios as play
from tests.emulator.client import SAMPLE, Api, Refusal

CUSTOMER = {"value": "3"}  # has nothing open


@pytest.mark.parametrize("code", sorted(DOCUMENTED, key=int))
def test_a_rule_refuses_with_any_documented_fault(api: Api, code: str) -> None:
    api.emulator.control.add_fault(entity="customer", operation="create", effect="fault", code=code, times=1)
    answer = api.http.post("/customer", json={"DisplayName": "Refused"})
    text = DOCUMENTED[code]
    assert answer.status_code == text.status
    fault = answer.json()["Fault"]
    assert (fault["type"], fault["Error"][0]["code"]) == (text.kind, code)
    assert fault["Error"][0]["Message"] == text.message
    assert fault["Error"][0].get("element") == text.element
    assert api.create("Customer", DisplayName="Refused")["SyncToken"] == "0", "nothing was applied before"


def test_a_rules_own_words_and_status_replace_the_documented_ones(api: Api) -> None:
    api.emulator.control.add_fault(effect="fault", code="120", detail="Not you.", status=403)
    answer = api.http.get("/companyinfo/1", headers={"Accept": "application/xml"})
    assert answer.status_code == 403
    assert '<Error code="120" element="">' in answer.text
    assert "<Detail>Not you.</Detail>" in answer.text


def test_an_item_of_a_batch_is_refused_with_a_code(api: Api) -> None:
    api.emulator.control.add_fault(effect="batch_fail", items=["1"], code="6190")
    good, bad = play.batch(
        api, *({"operation": "create", "Customer": {"DisplayName": name}} for name in ("A", "B"))
    )
    assert good["Customer"]["DisplayName"] == "A"
    assert bad["Fault"]["Error"][0]["code"] == "6190"


def test_an_unknown_code_is_refused_with_the_known_ones(control: Any) -> None:
    for rule in (
        {"effect": "fault"},
        {"effect": "fault", "code": "1"},
        {"effect": "batch_fail", "code": "x"},
    ):
        assert "fault" in control("POST", "/faults", rule, status=400)["error"]


def test_a_company_whose_subscription_ended_can_be_read_but_not_written(api: Api, control: Any) -> None:
    plan = control("POST", f"/companies/{SAMPLE}/plan", {"status": "EXPIRED"})
    assert plan == {"sku": "QuickBooks Online Plus", "status": "EXPIRED"}
    assert api.read("Customer", "3")["DisplayName"] == "Cool Cars"
    for write in (
        lambda: api.create("Customer", DisplayName="Late"),
        lambda: api.sparse("Customer", "3", Notes="x"),
        lambda: api.post("/taxservice/taxcode", {"TaxCode": "x"}),
        lambda: api.post("/upload", {}),
    ):
        assert play.refusal(write) == "6190"
    (item,) = play.batch(api, {"operation": "create", "Customer": {"DisplayName": "Late"}})
    assert item["Fault"]["Error"][0]["code"] == "6190"
    control("POST", f"/companies/{SAMPLE}/plan", {"status": "SUBSCRIBED"})
    assert api.create("Customer", DisplayName="Late")["Active"]


@pytest.mark.parametrize("bought", [False, True], ids=["hours", "expense"])
def test_a_customer_with_charges_not_billed_yet_stays_active(api: Api, bought: bool) -> None:
    if bought:
        detail = {"AccountRef": {"value": "7"}, "BillableStatus": "Billable", "CustomerRef": CUSTOMER}
        line = {
            "Amount": 5,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
        }
        made = api.create("Purchase", PaymentType="Cash", AccountRef={"value": "35"}, Line=[line])
    else:
        made = api.create(
            "TimeActivity", NameOf="Employee", EmployeeRef={"value": "55"}, CustomerRef=CUSTOMER, Hours=2,
            BillableStatus="Billable",
        )  # fmt: skip
    assert play.refusal(lambda: api.sparse("Customer", "3", Active=False)) == "6280"
    api.emulator.control.edit(SAMPLE, "Customer", "3", operation="deactivate")
    api.emulator.control.edit(SAMPLE, "Customer", "3", operation="reactivate")
    path = "/purchase" if bought else "/timeactivity"
    api.post(path, {"Id": made["Id"], "SyncToken": made["SyncToken"]}, operation="delete")
    assert api.sparse("Customer", "3", Active=False)["Active"] is False


def test_what_the_bank_has_matched_is_neither_deleted_nor_voided(api: Api, control: Any) -> None:
    sold = play.invoice(api)
    assert control("POST", f"/companies/{SAMPLE}/bank", {"entity": "Invoice", "id": sold["Id"], "matched": True}) == {
        "id": sold["Id"], "matched": True, "settled": False,
    }  # fmt: skip
    for operation in ("delete", "void"):
        body = {"Id": sold["Id"], "SyncToken": sold["SyncToken"]}
        with pytest.raises(Refusal, match="matched to a downloaded transaction") as refused:
            api.post("/invoice", body, operation=operation)
        assert refused.value.code == "6480"
    changed = api.sparse("Invoice", sold["Id"], PrivateNote="may be changed")
    control("POST", f"/companies/{SAMPLE}/bank", {"entity": "Invoice", "id": sold["Id"], "matched": False})
    api.post("/invoice", {"Id": sold["Id"], "SyncToken": changed["SyncToken"]}, operation="delete")
    assert play.refusal(lambda: api.read("Invoice", sold["Id"])) == "610"


def test_a_settled_payment_can_be_deleted_but_not_voided(api: Api, control: Any) -> None:
    paid = api.create("Payment", CustomerRef=CUSTOMER, TotalAmt=5)
    control("POST", f"/companies/{SAMPLE}/bank", {"entity": "Payment", "id": paid["Id"], "settled": True})
    body = {"Id": paid["Id"], "SyncToken": "0"}
    assert play.refusal(lambda: api.post("/payment", body, operation="update", include="void")) == "6450"
    api.post("/payment", body, operation="delete")


def test_a_bank_mark_that_cannot_be_set_says_why(control: Any) -> None:
    for body in ({"entity": "Customer", "id": "3", "matched": True}, {"entity": "Invoice", "id": "9"},
                 {"entity": "Invoice", "id": "9", "matched": "yes"}, {"entity": "Invoice", "id": "99999", "matched": True}):  # fmt: skip
        assert control("POST", f"/companies/{SAMPLE}/bank", body, status=400)["error"].endswith(".")


def test_who_is_billed_stays_once_a_sub_customer_has_transactions(api: Api) -> None:
    made = api.create("Customer", DisplayName="Shed", Job=True, ParentRef=CUSTOMER, BillWithParent=False)
    assert api.sparse("Customer", made["Id"], BillWithParent=True)["BillWithParent"] is True
    play.invoice(api, CustomerRef={"value": made["Id"]})
    assert play.refusal(lambda: api.sparse("Customer", made["Id"], BillWithParent=False)) == "6130"
    assert api.sparse("Customer", made["Id"], Notes="else it may be changed")["Notes"]


def test_a_taxable_sale_has_750_lines_and_no_more(api: Api) -> None:
    assert len(play.invoice(api, Line=play.taxed(750))["Line"]) == 751  # and the subtotal
    with pytest.raises(Refusal, match="750 lines; this one has 751") as refused:
        play.invoice(api, Line=play.taxed(751))
    assert refused.value.code == "6000"
    assert len(play.invoice(api, lines=751)["Line"]) == 752


def test_quickbooks_may_come_to_another_tax(api: Api) -> None:
    api.emulator.control.add_fault(entity="invoice", effect="retotal", times=1)
    detail = {"TxnTaxCodeRef": {"value": "2"}}
    sold = [play.invoice(api, Line=play.taxed(), TxnTaxDetail=detail) for _ in range(2)]
    assert [(one["TxnTaxDetail"]["TotalTax"], one["TotalAmt"]) for one in sold] == [(8.01, 108.01), (8, 108)]


@pytest.mark.parametrize(
    ("limits", "path", "again_after"),
    [
        (Limits(requests_per_second=2), "/companyinfo/1", 2),
        (Limits(reports_per_minute=2), "/reports/CustomerBalance", 61),
        (Limits(metered_per_month=2), "/query?query=select count(*) from Customer", 31 * 86_400),
    ],
    ids=["second", "reports", "month"],
)
def test_the_limits_that_are_off_by_default_hold_when_they_are_on(
    limits: Limits, path: str, again_after: int
) -> None:
    emulator = Emulator(limits=limits)
    with Api(emulator) as api:
        assert [api.http.get(path).status_code for _ in range(3)] == [200, 200, 429]
        emulator.clock.advance(again_after)
        api.http.headers["Authorization"] = f"Bearer {emulator.control.connect(SAMPLE).access_token}"
        assert api.http.get(path).status_code == 200


def test_a_sandbox_sends_so_many_mails_a_day() -> None:
    with Api(Emulator(limits=Limits(mails_per_day=1))) as api:
        sold = play.invoice(api, BillEmail={"Address": "someone@example.com"})
        path = f"/invoice/{sold['Id']}/send"
        assert [api.http.post(path).status_code for _ in range(2)] == [200, 429]
        assert api.http.get("/companyinfo/1").status_code == 200
