"""Decides: one small scenario for each switch of the emulator; what it shows depends on the switch. Played by test_switches."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from quickbooks_emulator.control.desk import ControlError
from quickbooks_emulator.emulator import CLIENT_ID, CLIENT_SECRET, REDIRECT_URIS
from quickbooks_emulator.knobs import DAY, Limits
from quickbooks_emulator.messages import Request, Response
from quickbooks_emulator.webhooks.documents import WebhookSettings
from tests.emulator.client import SAMPLE, Api, Refusal

BASIC = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
VERIFIER = "a-verifier-of-at-least-forty-three-characters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def refusal(work: Callable[[], object]) -> str:
    """The code of the fault, "" where there is none."""
    try:
        work()
    except Refusal as refused:
        return str(refused.code)
    return ""


# the OAuth server


def form(api: Api, path: str, members: dict[str, str]) -> Response:
    headers = {"authorization": BASIC, "content-type": "application/x-www-form-urlencoded"}
    return api.emulator.handle(Request("POST", path, "", headers, urlencode(members).encode()))


def code(api: Api, **more: str) -> str:
    asked = {"client_id": CLIENT_ID, "response_type": "code", "redirect_uri": REDIRECT_URIS[0], "state": "s",
             "scope": "com.intuit.quickbooks.accounting", "decision": "connect", "realm": SAMPLE}  # fmt: skip
    where = form(api, "/connect/oauth2", asked | more).headers["Location"]
    return parse_qs(urlsplit(where).query)["code"][0]


def exchange(api: Api, text: str, **more: str) -> Response:
    members = {"grant_type": "authorization_code", "code": text, "redirect_uri": REDIRECT_URIS[0]}
    return form(api, "/oauth2/v1/tokens/bearer", members | more)


def refresh(api: Api, token: str) -> Response:
    return form(api, "/oauth2/v1/tokens/bearer", {"grant_type": "refresh_token", "refresh_token": token})


def late_code(api: Api) -> int:
    text = code(api)
    api.emulator.clock.advance(60)
    return exchange(api, text).status


def life_of_access(api: Api) -> str:
    api.emulator.clock.advance(100)
    return api.http.get("/companyinfo/1").reason_phrase


def refresh_token_changes(api: Api) -> bool:
    first = api.emulator.control.connect(SAMPLE).refresh_token
    api.emulator.clock.advance(100)
    return first.encode() not in refresh(api, first).body


def rotated_token(api: Api) -> int:
    first = api.emulator.control.connect(SAMPLE).refresh_token
    api.emulator.clock.advance(DAY + 1)
    assert refresh(api, first).status == 200
    return refresh(api, first).status


def refresh_after_a_while(api: Api) -> int:
    first = api.emulator.control.connect(SAMPLE).refresh_token
    api.emulator.clock.advance(100)
    return refresh(api, first).status


def userinfo_elsewhere(api: Api) -> int:
    token = api.emulator.control.connect(SAMPLE, ("openid",)).access_token
    address = "/production/v1/openid_connect/userinfo"
    return api.emulator.handle(Request("GET", address, "", {"authorization": f"Bearer {token}"})).status


def production_redirect_here(api: Api) -> bool:
    try:
        return bool(api.emulator.control.add_redirect_uris([REDIRECT_URIS[0]], "production"))
    except ControlError:
        return False


# reads


def ids(api: Api, text: str) -> list[str]:
    return [row["Id"] for row in api.query(text)]


def in_id_order(api: Api) -> bool:
    found = ids(api, "select * from Invoice")
    return found == sorted(found, key=int)


def in_utc(api: Api) -> list[str]:
    now = api.emulator.clock.now()
    api.create("Customer", DisplayName="Just now")
    text = f"select * from Customer where MetaData.LastUpdatedTime >= '{now:%Y-%m-%dT%H:%M:%S}'"
    return [row["DisplayName"] for row in api.query(text)]


def changed_customers(api: Api) -> list[str]:
    since = (api.emulator.clock.now() - timedelta(days=2)).isoformat()
    for name in ("First", "Second"):
        api.create("Customer", DisplayName=name)
        api.emulator.clock.advance(5)
    (group,) = api.get("/cdc", entities="Customer", changedSince=since)["CDCResponse"][0]["QueryResponse"]
    return [row["DisplayName"] for row in group["Customer"]]


def batch(api: Api, *items: dict[str, Any]) -> list[dict[str, Any]]:
    numbered = [{"bId": str(number), **item} for number, item in enumerate(items)]
    return api.post("/batch", {"BatchItemRequest": numbered})["BatchItemResponse"]  # type: ignore[no-any-return]


def rows_of_a_batch(api: Api) -> list[Any]:
    query = {"Query": "select * from Customer maxresults 4"}
    return [len(one["QueryResponse"].get("Customer", ())) if "QueryResponse" in one else one["Fault"]["Error"][0]["code"]
            for one in batch(api, query, query)]  # fmt: skip


def throttled(api: Api) -> tuple[str, str | None]:
    api.emulator.control.set_limits(Limits(requests_per_minute=0))
    answer = api.http.get("/companyinfo/1")
    assert answer.status_code == 429
    return answer.headers["Content-Type"], answer.headers.get("Retry-After")


# names


def suffix_after_reviving(api: Api) -> str:
    api.sparse("Customer", "3", Active=False)
    return api.sparse("Customer", "3", Active=True)["DisplayName"]  # type: ignore[no-any-return]


def name_of_an_inactive(api: Api) -> str:
    api.sparse("Customer", "3", Active=False)
    return refusal(lambda: api.create("Customer", DisplayName="Cool Cars"))


def item_of_an_inactive(api: Api) -> str:
    fields = {"Name": "Survey", "Type": "Service", "IncomeAccountRef": {"value": "1"}}
    api.sparse("Item", api.create("Item", **fields)["Id"], Active=False)
    return refusal(lambda: api.create("Item", **fields))


def job_of_an_inactive(api: Api) -> bool:
    above = api.create("Customer", DisplayName="Above")["Id"]
    below = api.create("Customer", DisplayName="Below", Job=True, ParentRef={"value": above})["Id"]
    api.sparse("Customer", above, Active=False)
    return api.read("Customer", below)["Active"]  # type: ignore[no-any-return]


def sale_to_an_inactive(api: Api) -> str:
    api.sparse("Customer", "3", Active=False)
    return refusal(lambda: invoice(api, CustomerRef={"value": "3"}))


def after_a_merge(api: Api) -> tuple[str, str]:
    sold = invoice(api, CustomerRef={"value": "3"})
    api.emulator.control.merge(SAMPLE, "Customer", "3", "2")
    return refusal(lambda: api.read("Customer", "3")), api.read("Invoice", sold["Id"])["SyncToken"]


# events


def told(api: Api, work: Callable[[], object]) -> list[str]:
    """The events of some work, one entity name each; "|" between deliveries."""
    api.emulator.control.set_webhooks(WebhookSettings(url="http://127.0.0.1:1/hook", format="legacy"))
    work()
    deliveries = api.emulator.webhooks.due()
    return [str(one.body.count(b'"operation"')) for one in deliveries]


def two_customers(api: Api) -> list[str]:
    return told(api, lambda: [api.create("Customer", DisplayName=name) for name in ("A", "B")])


def nothing_changed(api: Api) -> list[str]:
    return told(api, lambda: api.sparse("Customer", "3", DisplayName="Cool Cars"))


def an_invoice(api: Api) -> bool:
    return told(api, lambda: invoice(api)) == ["1"]


# sales and payments


def invoice(api: Api, lines: int = 1, **more: Any) -> dict[str, Any]:
    line = {
        "Amount": 10,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    return api.create("Invoice", **{"CustomerRef": {"value": "3"}, "Line": [line] * lines, **more})


def taxed(lines: int = 1) -> list[dict[str, Any]]:
    detail = {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "TAX"}}
    return [{"Amount": 100, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}] * lines


def pay(api: Api, sold: dict[str, Any], amount: int, customer: str = "3") -> dict[str, Any]:
    link = {"Amount": amount, "LinkedTxn": [{"TxnId": sold["Id"], "TxnType": "Invoice"}]}
    return api.create("Payment", CustomerRef={"value": customer}, TotalAmt=amount, Line=[link])


def class_on_the_header(api: Api) -> str:
    made = api.create("Class", Name="North")["Id"]
    return refusal(lambda: invoice(api, ClassRef={"value": made}))


def class_without_the_plan(api: Api) -> str:
    api.emulator.control.set_plan(SAMPLE, "QuickBooks Online Essentials")
    return refusal(lambda: api.create("Class", Name="North"))


def due_in(api: Api) -> str:
    api.sparse("Customer", "3", SalesTermRef={"value": "1"})  # due on receipt; the company's term is 30 days
    return invoice(api, TxnDate="2026-02-01")["DueDate"]  # type: ignore[no-any-return]


def due_before(api: Api) -> str:
    return refusal(lambda: invoice(api, TxnDate="2026-02-02", DueDate="2026-02-01"))


def void_a_paid_one(api: Api) -> str:
    sold = invoice(api)
    pay(api, sold, 10)
    body = {"Id": sold["Id"], "SyncToken": "1"}
    return refusal(lambda: api.post("/invoice", body, operation="void"))


def estimate_after(api: Api) -> str:
    estimate = api.create("Estimate", CustomerRef={"value": "3"}, Line=taxed())["Id"]
    sold = invoice(api, LinkedTxn=[{"TxnId": estimate, "TxnType": "Estimate"}])
    api.post("/invoice", {"Id": sold["Id"], "SyncToken": "0"}, operation="delete")
    return api.read("Estimate", estimate)["TxnStatus"]  # type: ignore[no-any-return]


def number_after_text(api: Api) -> str:
    invoice(api, DocNumber="INV-9")
    return invoice(api)["DocNumber"]  # type: ignore[no-any-return]


def pay_too_much(api: Api) -> Any:
    sold = invoice(api)
    try:
        return pay(api, sold, 15)["UnappliedAmt"]
    except Refusal as refused:
        return refused.code


def pay_for_another(api: Api) -> Any:
    sold = invoice(api)
    try:
        return pay(api, sold, 10, customer="4")["UnappliedAmt"]
    except Refusal as refused:
        return refused.code


def another_customer(api: Api) -> str:
    sold = invoice(api)
    pay(api, sold, 10)
    return refusal(lambda: api.sparse("Invoice", sold["Id"], CustomerRef={"value": "4"}))


def shrink_a_used_credit(api: Api) -> str:
    sold = invoice(api)
    credit = api.create("CreditMemo", CustomerRef={"value": "3"}, Line=sold["Line"][:1])
    links = [{"Amount": 10, "LinkedTxn": [{"TxnId": txn, "TxnType": kind}]}
             for txn, kind in ((sold["Id"], "Invoice"), (credit["Id"], "CreditMemo"))]  # fmt: skip
    api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=0, Line=links)
    smaller = [{**sold["Line"][0], "Amount": 4}]
    return refusal(lambda: api.sparse("CreditMemo", credit["Id"], Line=smaller))


def shrink_a_used_entry(api: Api) -> tuple[str, Any]:
    check = pay_out(api, 25)
    links = [{"Amount": 25, "LinkedTxn": [{"TxnId": check["Id"], "TxnType": "Check"}]}]
    paid = api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=25, Line=links)["Id"]
    smaller = [{**check["Line"][0], "Amount": 10}]
    fields = {"PaymentType": "Check", "AccountRef": {"value": "35"}, "EntityRef": check["EntityRef"]}
    code = refusal(lambda: api.sparse("Purchase", check["Id"], Line=smaller, **fields))
    return code, api.read("Payment", paid)["UnappliedAmt"]


def pay_out(api: Api, amount: int, customer: str = "3", **how: Any) -> dict[str, Any]:
    """Money back to a customer, booked on accounts receivable; a check unless told otherwise."""
    detail = "AccountBasedExpenseLineDetail"
    line = {"Amount": amount, "DetailType": detail, detail: {"AccountRef": {"value": "84"}}}
    how = how or {"PaymentType": "Check", "AccountRef": {"value": "35"}}
    return api.create("Purchase", EntityRef={"value": customer, "type": "Customer"}, Line=[line], **how)


def applied_by_itself(api: Api) -> list[int]:
    sold = invoice(api)
    credits = [api.create("CreditMemo", CustomerRef={"value": "3"}, TxnDate=day, Line=sold["Line"][:1])["Id"]
               for day in ("2026-01-01", "2026-01-02")]  # fmt: skip
    api.emulator.control.set_preferences(SAMPLE, {"SalesFormsPrefs": {"AutoApplyCredit": True}})
    invoice(api)
    return [api.read("CreditMemo", one)["RemainingCredit"] for one in credits]


def in_a_closed_period(api: Api) -> tuple[str, str]:
    sold = invoice(api, TxnDate="2026-01-31")
    paid = api.create("Payment", CustomerRef={"value": "3"}, TotalAmt=5, TxnDate="2026-01-10")
    api.emulator.control.set_preferences(SAMPLE, {"AccountingInfoPrefs": {"BookCloseDate": "2026-01-31"}})
    return (
        refusal(lambda: api.sparse("Invoice", sold["Id"], PrivateNote="x")),
        refusal(lambda: api.sparse("Payment", paid["Id"], PrivateNote="x")),
    )


def abroad(api: Api) -> str:
    line = {"Amount": 10, "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "4"}}}  # fmt: skip
    return refusal(lambda: api.create("Invoice", CustomerRef={"value": "1"}, Line=[line]))


def automated_tax(api: Api) -> Any:
    api.emulator.control.set_preferences(SAMPLE, {"TaxPrefs": {"PartnerTaxEnabled": True}})
    place = {"CountrySubDivisionCode": "CA"}
    return invoice(api, CustomerRef={"value": "8"}, Line=taxed(), ShipAddr=place)["TxnTaxDetail"]["TotalTax"]


# request ids


def created_twice(api: Api) -> bool:
    first = api.post("/customer", {"DisplayName": "Once"}, requestid="r1")
    api.emulator.clock.advance(10)
    return refusal(lambda: api.post("/customer", {"DisplayName": "Once"}, requestid="r1")) == "" and bool(
        first
    )


def another_body(api: Api) -> str:
    api.post("/customer", {"DisplayName": "One"}, requestid="r1")
    return refusal(lambda: api.post("/customer", {"DisplayName": "Two"}, requestid="r1"))


def mended(api: Api) -> str:
    assert refusal(lambda: api.post("/customer", {}, requestid="r1")) == "6080"
    return refusal(lambda: api.post("/customer", {"DisplayName": "Mended"}, requestid="r1"))


def null_notes(api: Api) -> bool:
    api.sparse("Customer", "3", Notes="Keep")
    return "Notes" in api.sparse("Customer", "3", Notes=None)


def income_shown(api: Api) -> bool:
    return any(
        row["CurrentBalance"] for row in api.query("select * from Account where Classification = 'Revenue'")
    )


def query(text: str) -> Callable[[Api], str]:
    return lambda api: refusal(lambda: api.query(text))


def cdc(entities: str, days: int = 2) -> Callable[[Api], str]:
    def work(api: Api) -> str:
        since = (api.emulator.clock.now() - timedelta(days=days)).isoformat()
        return refusal(lambda: api.get("/cdc", entities=entities, changedSince=since))

    return work
