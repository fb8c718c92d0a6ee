"""What the control desk turns, over its JSON API."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from quickbooks_emulator import Emulator
from tests.emulator.client import SAMPLE, SECOND, Api


def test_health_names_world_and_time(control: Any) -> None:
    assert control("GET", "/health") == {
        "status": "ok",
        "world": "sample",
        "time": "2026-03-02T17:00:00+00:00",
        "companies": 3,
        "faults": 0,
    }


def test_credentials_open_each_company(control: Any, web: httpx2.Client) -> None:
    found = control("GET", "/credentials")
    assert (found["client_id"], found["client_secret"]) == ("EMULATOR-CLIENT-ID", "EMULATOR-CLIENT-SECRET")
    assert found["verifier_token"] == "emulator-verifier-token"
    assert "http://localhost:8000/integrations/quickbooks/callback" in found["redirect_uris"]
    assert [company["realm"] for company in found["companies"]] == [SAMPLE, SECOND]
    for company in found["companies"]:
        headers = {"Authorization": f"Bearer {company['access_token']}", "Accept": "application/json"}
        realm = company["realm"]
        answer = web.get(f"/v3/company/{realm}/companyinfo/{realm}", headers=headers)
        assert answer.json()["CompanyInfo"]["CompanyName"] == company["name"]
        form = {"grant_type": "refresh_token", "refresh_token": company["refresh_token"]}
        auth = (found["client_id"], found["client_secret"])
        assert web.post("/oauth2/v1/tokens/bearer", data=form, auth=auth).status_code == 200


def test_a_redirect_address_can_be_registered(control: Any, web: httpx2.Client) -> None:
    control("POST", "/credentials", {"redirect_uris": ["https://books.example/callback"]})
    asked = {
        "client_id": "EMULATOR-CLIENT-ID",
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting",
        "state": "s",
        "redirect_uri": "https://books.example/callback",
    }
    assert web.get("/connect/oauth2", params=asked).status_code == 200


def test_a_world_begins_anew_and_connections_stay(control: Any, api: Api) -> None:
    api.create("Customer", DisplayName="Soon gone")
    control("POST", "/faults", {"effect": "status", "status": 500})
    control("POST", "/reset", {"world": "empty"})
    assert api.count("select count(*) from Customer") == 0
    assert api.create("Customer", DisplayName="First")["Id"] == "1"
    control("POST", "/reset", {"world": "sample"})
    assert api.count("select count(*) from Customer") == 29
    assert control("POST", "/reset", {"world": "atlantis"}, status=400)["error"].startswith(
        "There is no world"
    )
    assert api.count("select count(*) from Customer") == 29


def test_the_clock_is_read_advanced_and_set(control: Any) -> None:
    assert control("GET", "/clock") == {"time": "2026-03-02T17:00:00.000+00:00", "frozen": True}
    assert control("POST", "/clock", {"advance": 90.5})["time"] == "2026-03-02T17:01:30.500+00:00"
    assert (
        control("POST", "/clock", {"set": "2026-07-01T00:00:00-07:00"})["time"]
        == "2026-07-01T07:00:00.000+00:00"
    )
    assert "offset" in control("POST", "/clock", {"set": "2026-07-01T00:00:00"}, status=400)["error"]
    assert "leap" in control("POST", "/clock", {"leap": 1}, status=400)["error"]


def test_the_seed_is_read_and_set(control: Any, emulator: Emulator) -> None:
    assert control("POST", "/seed", {"seed": 42}) == {"seed": "42"}
    assert (
        emulator.control.connect(SAMPLE).refresh_token
        == Emulator(seed=42).control.connect(SAMPLE).refresh_token
    )


def test_a_snapshot_brings_everything_back(control: Any, api: Api, emulator: Emulator) -> None:
    control("POST", "/snapshot", {"name": "before"})
    api.create("Customer", DisplayName="Later undone")
    api.sparse("Customer", "5", Notes="undone too")
    emulator.clock.advance(100)
    control("POST", "/restore", {"name": "before"})
    assert api.count("select count(*) from Customer where DisplayName = 'Later undone'") == 0
    assert api.read("Customer", "5")["SyncToken"] == "0"
    assert control("GET", "/clock")["time"] == "2026-03-02T17:00:00.000+00:00"
    assert api.create("Customer", DisplayName="Later undone")["Id"] == "56"
    assert "no snapshot" in control("POST", "/restore", {"name": "never"}, status=400)["error"]


def test_a_person_edits_as_if_in_quickbooks(control: Any, api: Api) -> None:
    path = f"/companies/{SAMPLE}/edit"
    made = control("POST", path, {"entity": "customer", "fields": {"DisplayName": "By hand"}})
    assert (made["Id"], made["SyncToken"]) == ("56", "0")
    edited = control("POST", path, {"entity": "customer", "id": 56, "fields": {"Notes": "n"}})
    assert edited["SyncToken"] == "1"
    assert api.read("Customer", "56")["Notes"] == "n"
    gone = control("POST", path, {"entity": "customer", "id": "56", "operation": "deactivate"})
    assert gone["DisplayName"] == "By hand (deleted)"
    back = control("POST", path, {"entity": "customer", "id": "56", "operation": "reactivate"})
    assert back["DisplayName"] == "By hand"


def test_a_person_may_deactivate_a_customer_with_a_balance(control: Any, api: Api) -> None:
    body = {"entity": "customer", "id": "1", "operation": "deactivate"}
    gone = control("POST", f"/companies/{SAMPLE}/edit", body)
    assert (gone["Active"], gone["Balance"]) == (False, 0)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "lacks entity"),
        ({"entity": "planet"}, "no entity 'planet'"),
        ({"entity": "customer", "operation": "update"}, "give its id"),
        ({"entity": "customer", "id": "1", "operation": "paint"}, "no operation 'paint'"),
        ({"entity": "customer", "id": "1", "colour": "blue"}, "colour"),
        (
            {"entity": "customer", "id": "999", "fields": {"Notes": "n"}},
            "QuickBooks would refuse: Object Not Found",
        ),
        ({"entity": "customer", "fields": {"DisplayName": "Cool Cars"}}, "The name supplied already exists"),
    ],
)
def test_an_edit_that_cannot_be_done_says_why(control: Any, document: dict[str, Any], words: str) -> None:
    assert words in control("POST", f"/companies/{SAMPLE}/edit", document, status=400)["error"]


def test_a_merge_moves_the_balance_and_leaves_a_dead_record(control: Any, api: Api) -> None:
    kept = control("POST", f"/companies/{SAMPLE}/merge", {"entity": "Customer", "from": "1", "into": "2"})
    assert (kept["Id"], kept["Balance"]) == ("2", 324.0)
    loser = api.read("Customer", "1")
    assert (loser["Active"], loser["DisplayName"]) == (False, "Amy's Bird Sanctuary (deleted)")
    answer = api.http.post("/customer", json={"Id": "1", "SyncToken": "1", "sparse": True, "Active": True})
    assert "list element that has been deleted" in answer.text
    words = control("POST", f"/companies/{SAMPLE}/merge", {"from": "7", "into": "2"}, status=400)["error"]
    assert "sub-customers" in words
    words = control("POST", f"/companies/{SAMPLE}/merge", {"from": "8", "into": "2"}, status=400)["error"]
    assert "same sub level" in words


def test_preference_switches_turn_as_if_in_quickbooks(control: Any, api: Api) -> None:
    control("POST", f"/companies/{SAMPLE}/preferences", {"SalesFormsPrefs": {"AutoApplyCredit": True}})
    assert api.get("/preferences")["Preferences"]["SalesFormsPrefs"]["AutoApplyCredit"] is True


def test_the_log_tells_what_was_called_and_filters(control: Any, api: Api) -> None:
    api.post("/customer", {"DisplayName": "New"}, requestid="r-9")
    api.http.get("/customer/999")
    control("POST", "/faults", {"effect": "status", "status": 503, "times": 1})
    api.http.get("/customer/1")
    entries = control("GET", "/log?entity=customer")["requests"]
    assert [(entry["operation"], entry["status"]) for entry in entries] == [
        ("create", 200),
        ("read", 400),
        ("read", 503),
    ]
    assert entries[0]["request_id"] == "r-9"
    assert entries[0]["metered"] == "core"
    assert entries[0]["tid"].startswith("1-")
    assert entries[2]["faults"] == ["status"]
    assert control("GET", "/log?status=503")["count"] == 1
    assert control("GET", "/meter") == {"core": 1, "coreplus": 0}
    control("DELETE", "/log")
    assert control("GET", "/log")["requests"] == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "lacks effect"),
        ({"effect": "explode"}, "no effect 'explode'"),
        ({"effect": "delay", "seconds": "soon"}, "Seconds are a number or a range"),
        ({"effect": "status", "probability": 2}, "between 0 and 1"),
        ({"effect": "status", "colour": 1}, "colour"),
        ({"effect": "status", "company": "42"}, "no company '42'"),
    ],
)
def test_a_malformed_fault_rule_says_what_is_wrong(control: Any, rule: dict[str, Any], words: str) -> None:
    assert words in control("POST", "/faults", rule, status=400)["error"]


def test_fault_rules_are_listed_with_their_counts_and_cleared(control: Any, api: Api) -> None:
    made = control("POST", "/faults", {"effect": "status", "status": 500, "nth": 2})
    for _ in range(3):
        api.http.get("/customer/1")
    (listed,) = control("GET", "/faults")["faults"]
    assert (listed["id"], listed["seen"], listed["applied"]) == (made["id"], 3, 1)
    assert control("DELETE", f"/faults/{made['id']}")["faults"] == []


def test_revoking_in_quickbooks_ends_the_connection(control: Any, api: Api) -> None:
    assert control("POST", f"/companies/{SAMPLE}/revoke") == {"revoked": 1}
    assert api.http.get("/customer/1").status_code == 401


def test_consents_end_in_so_many_days(control: Any, api: Api) -> None:
    assert control("POST", f"/companies/{SAMPLE}/end-consents", {"days": 20}) == {"ending": 1}
    assert api.http.get("/customer/1").status_code == 401
    for wrong in (None, -1, "soon", True, 9999):
        refused = control("POST", f"/companies/{SAMPLE}/end-consents", {"days": wrong}, status=400)
        assert "whole number" in refused["error"]


def test_webhook_settings_change_one_by_one(control: Any, emulator: Emulator) -> None:
    control("POST", "/webhooks", {"url": "http://practice.test/hook"})
    after = control("POST", "/webhooks", {"delay": "0..5", "verifier_token": "new-token"})
    assert (after["url"], after["delay"], after["verifier_token"]) == (
        "http://practice.test/hook",
        "0..5",
        "new-token",
    )
    emulator.control.edit(SAMPLE, "Customer", "5", {"Notes": "n"})
    assert len(control("GET", "/webhooks/pending")["pending"]) == 1
    assert control("DELETE", "/webhooks/pending") == {"pending": []}
    assert control("GET", "/webhooks/log") == {"sent": []}
    assert "format" in control("POST", "/webhooks", {"format": "smoke"}, status=400)["error"]
    assert "not an http address" in control("POST", "/webhooks", {"url": "ftp://x"}, status=400)["error"]
    assert "cannot be read" in control("POST", "/webhooks", {"wind": 3}, status=400)["error"]


def test_knobs_and_limits_are_read_and_changed(control: Any, api: Api) -> None:
    assert control("GET", "/knobs")["rotated_token_grace_seconds"] == 0
    assert control("POST", "/knobs", {"change_cap": 2})["change_cap"] == 2
    control("POST", "/limits", {"requests_per_minute": 1})
    assert [api.http.get("/customer/1").status_code for _ in range(2)] == [200, 429]
    assert "cannot be read" in control("POST", "/knobs", {"gravity": 1}, status=400)["error"]


def test_an_unknown_path_lists_the_known_ones_and_bad_json_is_named(control: Any, web: httpx2.Client) -> None:
    unknown = control("GET", "/nothing", status=404)
    assert "POST /_control/companies/{realm}/edit" in unknown["routes"]
    answer = web.post("/_control/reset", content=b"{")
    assert (answer.status_code, answer.json()["error"][:20]) == (400, "The body is not JSON")
    assert web.post("/_control/reset", content=b"[]").json()["error"] == "The body must be a JSON object."


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_page_cannot_turn_the_desk(web: httpx2.Client, headers: dict[str, str]) -> None:
    assert web.post("/_control/reset", json={}, headers=headers).status_code == 403
    assert web.post("/_console/faults", data={"effect": "status"}, headers=headers).status_code == 403


def test_what_changed_since_a_snapshot_is_listed_member_by_member(control: Any, api: Api) -> None:
    control("POST", "/snapshot", {"name": "before"})
    assert control("GET", "/diff?from=before")["changes"] == {}
    api.sparse("Customer", "3", Notes="New")
    made = api.create("Customer", DisplayName="Made")
    line = {
        "Amount": 5,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    sold = api.create("Invoice", CustomerRef={"value": "2"}, Line=[line])
    control("POST", "/snapshot", {"name": "after"})
    api.post("/invoice", {"Id": sold["Id"], "SyncToken": "0"}, operation="delete")
    changes = control("GET", "/diff?from=before&to=after")["changes"][SAMPLE]
    assert changes["Customer"]["created"] == [made["Id"]]
    assert changes["Customer"]["changed"]["3"]["Notes"] == [None, "New"]
    assert changes["Customer"]["changed"]["3"]["SyncToken"] == ["0", "1"]
    assert set(changes["Customer"]["changed"]["2"]) == {"Balance", "LastUpdatedTime"}
    assert changes["Invoice"] == {"created": [sold["Id"]]}
    assert control("GET", "/diff?from=after")["changes"][SAMPLE]["Invoice"] == {"deleted": [sold["Id"]]}
    assert "no snapshot" in control("GET", "/diff?from=never", status=400)["error"]


def test_an_address_of_the_app_must_be_an_address(control: Any) -> None:
    assert control("POST", "/credentials", {"reconnect_url": "javascript:1"}, status=400)["error"]
