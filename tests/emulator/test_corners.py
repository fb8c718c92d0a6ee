"""The corners of the protocol: bodies that are not JSON, what a batch may hold and return, null, options, limits."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from quickbooks_emulator import Emulator, Knobs, Limits
from quickbooks_emulator.entities import ENTITIES
from quickbooks_emulator.entities.schema_members import DROPPED
from quickbooks_emulator.entities.values import take
from quickbooks_emulator.faults import Fault
from quickbooks_emulator.server import Server
from tests.emulator.books import invoice, pay
from tests.emulator.client import SAMPLE, Api, Refusal


def error(answer: httpx2.Response) -> dict[str, Any]:
    return answer.json()["Fault"]["Error"][0]  # type: ignore[no-any-return]


def batch(api: Api, *items: dict[str, Any], **params: str) -> list[dict[str, Any]]:
    numbered = [{"bId": f"b{number}", **item} for number, item in enumerate(items)]
    return api.post("/batch", {"BatchItemRequest": numbered}, **params)["BatchItemResponse"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("path", ["/customer", "/query", "/batch", "/invoice?operation=delete"])
def test_a_body_that_only_claims_to_be_gzip_is_refused_with_a_trace_id(api: Api, path: str) -> None:
    answer = api.http.post(path, content=b"not gzip", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 400
    assert "gzip" in error(answer)["Detail"]
    assert answer.headers["intuit_tid"]


def test_every_answer_of_the_service_and_of_the_oauth_server_has_its_own_trace_id(
    emulator: Emulator, api: Api, web: httpx2.Client
) -> None:
    answers = [
        api.http.get("/customer/1"),
        api.http.get("/customer/999"),
        api.http.get("/nothing/at/all"),
        api.http.get("/reports/BalanceSheet"),
        api.http.get("/query", params={"query": "select"}),
        api.http.put("/customer", json={}),
        web.get(f"/v3/company/{SAMPLE}/customer/1"),
        web.get("/.well-known/openid_configuration"),
        web.post("/oauth2/v1/tokens/bearer", data={"grant_type": "refresh_token", "refresh_token": "x"}),
        web.post("/v2/oauth2/tokens/revoke", data={"token": "x"}),
    ]
    traces = [answer.headers["intuit_tid"] for answer in answers]
    assert len(set(traces)) == len(answers)
    assert [entry.tid for entry in emulator.log.entries()] == traces


def test_a_batch_asks_for_changes_and_reports(api: Api) -> None:
    invoice(api, 100)
    since = "2026-03-01T00:00:00-08:00"
    changed, report, unknown = batch(
        api,
        {"CDCQuery": {"Entities": "Invoice,Vendor", "ChangedSince": since}},
        {"ReportQuery": "AgedReceivables?customer=3&report_date=2026-03-02"},
        {"ReportQuery": "NoSuchReport"},
    )
    direct = api.get("/cdc", entities="Invoice,Vendor", changedSince=since)["CDCResponse"][0]
    assert changed == {"CDCResponse": direct, "bId": "b0"}
    assert report["Report"] == api.get("/reports/AgedReceivables", customer="3", report_date="2026-03-02")
    assert unknown["Fault"]["Error"][0]["code"] == "5020"


def test_a_batch_returns_a_thousand_objects_at_most_over_all_its_queries(api: Api) -> None:
    api.emulator.knobs = Knobs(batch_objects=40)
    queries = [{"Query": "select * from Customer"}, {"Query": "select * from Vendor"}]
    first, second, third = batch(api, *queries, {"Query": "select count(*) from Vendor"})
    assert (first["QueryResponse"]["maxResults"], second["QueryResponse"]["maxResults"]) == (29, 11)
    assert len(second["QueryResponse"]["Vendor"]) == 11
    assert third["QueryResponse"] == {"totalCount": 24}
    assert batch(api, *queries, {"Query": "select * from Term"})[2]["QueryResponse"] == {}
    api.emulator.knobs = Knobs(batch_objects=40, batch_objects_refused=True)
    first, second = batch(api, *queries)
    assert first["QueryResponse"]["maxResults"] == 29
    assert second["Fault"]["Error"][0]["code"] == "10100"
    assert Knobs().batch_objects == 1000


def test_options_of_a_batch_item_void_and_let_a_number_pass_twice(api: Api) -> None:
    one = invoice(api, 100, DocNumber="A-1")
    money = pay(api, 40, one["Id"])
    body = {"CustomerRef": {"value": "3"}, "DocNumber": "A-1", "Line": one["Line"][:1]}
    voided, twice, refused = batch(
        api,
        {"operation": "update", "optionsData": "void", "Payment": {"Id": money["Id"], "SyncToken": "0"}},
        {"operation": "create", "optionsData": "allowduplicatedocnum", "Invoice": body},
        {"operation": "create", "Invoice": body},
    )
    assert voided["Payment"]["PrivateNote"] == "Voided"
    assert twice["Invoice"]["DocNumber"] == "A-1"
    assert refused["Fault"]["Error"][0]["code"] == "6140"


def test_a_batch_sends(api: Api) -> None:
    one = invoice(api, 100, BillEmail={"Address": "ada@lumen.example"})
    sent, refused = batch(
        api,
        {"operation": "send", "Invoice": {"Id": one["Id"]}},
        {"operation": "send", "Customer": {"Id": "1"}},
    )
    assert sent["Invoice"]["EmailStatus"] == "EmailSent"
    assert refused["Fault"]["Error"][0]["code"] == "500"


@pytest.mark.parametrize(
    "entity, params",
    [
        ("Invoice", {"operation": "void"}),
        ("Invoice", {"include": "void"}),
        ("Payment", {"operation": "update", "include": "void"}),
        ("Payment", {"operation": "void"}),
    ],
)
def test_the_ways_to_void_all_void(api: Api, entity: str, params: dict[str, str]) -> None:
    one = invoice(api, 100)
    record = one if entity == "Invoice" else pay(api, 100, one["Id"])
    void = api.post(f"/{entity.lower()}", {"Id": record["Id"], "SyncToken": record["SyncToken"]}, **params)[
        entity
    ]
    assert (void["TotalAmt"], void["PrivateNote"], void["SyncToken"]) == (0, "Voided", "1")


def test_what_has_no_void_refuses_it(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.post("/customer", {"Id": "1", "SyncToken": "0"}, operation="void")
    assert refused.value.code == "500"


def test_null_is_the_same_as_nothing_unless_the_knob_says_that_it_clears(api: Api) -> None:
    kept = api.sparse("Customer", "1", CompanyName=None)
    assert kept["CompanyName"] == "Amy's Bird Sanctuary"
    api.emulator.knobs = Knobs(null_clears=True)
    cleared = api.sparse("Customer", "1", CompanyName=None, Notes="n")
    assert "CompanyName" not in cleared
    assert "Notes" not in api.sparse("Customer", "1", Notes="")


def test_a_server_refuses_the_third_call_at_the_same_time_and_the_31st_in_a_minute() -> None:
    inside, gate = threading.Semaphore(0), threading.Event()

    def hold(seconds: float) -> None:
        inside.release()
        gate.wait(20)

    emulator = Emulator(
        limits=Limits(requests_per_minute=30, in_flight=2, batches_per_minute=None), sleep=hold
    )
    emulator.control.add_fault(effect="delay", entity="vendor", seconds=1)
    token = emulator.control.connect(SAMPLE).access_token
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    server = Server(emulator)
    server.start()
    url = f"{server.base_url}/v3/company/{SAMPLE}"
    try:
        with httpx2.Client(base_url=url, headers=headers) as client, ThreadPoolExecutor(2) as pool:
            held = [pool.submit(client.get, "/vendor/30") for _ in range(2)]
            assert inside.acquire(timeout=20)
            assert inside.acquire(timeout=20)
            refused = client.get("/customer/1")
            assert (refused.status_code, b"003001" in refused.content) == (429, True)
            gate.set()
            assert [one.result().status_code for one in held] == [200, 200]
            statuses = [client.get("/customer/1").status_code for _ in range(30)]
            assert statuses == [200] * 28 + [429] * 2
            emulator.clock.advance(60)
            assert client.get("/customer/1").status_code == 200
    finally:
        gate.set()
        server.stop()


@pytest.mark.parametrize("entity", sorted(set(DROPPED) & set(ENTITIES)))
def test_members_only_the_schema_knows_are_taken_and_dropped(api: Api, entity: str) -> None:
    declared = ENTITIES[entity]
    sent = {name: {"value": "1"} for name in DROPPED[entity]}
    assert not set(sent) & set(declared.by_name), "a member that is kept is not dropped"
    assert take(declared, sent) == {}
    with pytest.raises(Fault) as refused:
        take(declared, {**sent, "Nonsense": 1})
    assert refused.value.code == "2010"
    assert all(f'"{name}"' in refused.value.detail for name in sent)


def test_a_line_of_the_sdk_with_members_nobody_needs_is_taken(api: Api) -> None:
    detail = {"ItemRef": {"value": "1"}, "UnitCostPrice": 3, "RetainageAmount": 1}
    line = {"Amount": 5, "CostAmount": 2, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    made = api.create("Invoice", CustomerRef={"value": "3"}, Line=[line], TxnStatus="x", PaymentRefNum="7")
    assert made["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] == "1"
    assert "CostAmount" not in made["Line"][0]
    assert "TxnStatus" not in made
