"""Intuit's two environments on one emulator: own addresses, own keys, own companies, and what mixing them is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from quickbooks_emulator import Emulator, Knobs
from quickbooks_emulator.emulator import (
    CLIENT_ID,
    CLIENT_SECRET,
    PRODUCTION_CLIENT_ID,
    PRODUCTION_CLIENT_SECRET,
    PRODUCTION_REDIRECT_URIS,
    PRODUCTION_VERIFIER_TOKEN,
    REDIRECT_URIS,
    VERIFIER_TOKEN,
)
from quickbooks_emulator.store import SqliteJournal
from quickbooks_emulator.webhooks.documents import Posting, WebhookSettings
from quickbooks_emulator.webhooks.envelope import signature
from tests.emulator.client import LIVE, SAMPLE, SECOND, Api

BASE = "http://quickbooks.test"
KEYS = {
    "sandbox": (CLIENT_ID, CLIENT_SECRET, REDIRECT_URIS[0], SAMPLE),
    "production": (PRODUCTION_CLIENT_ID, PRODUCTION_CLIENT_SECRET, PRODUCTION_REDIRECT_URIS[0], LIVE),
}
OTHER = {"sandbox": "production", "production": "sandbox"}
both = pytest.mark.parametrize("environment", sorted(KEYS))


def consent(web: httpx2.Client, environment: str, realm: str) -> httpx2.Response:
    client_id, _, redirect, _ = KEYS[environment]
    asked = {
        "client_id": client_id,
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting openid",
        "redirect_uri": redirect,
        "state": "s",
    }
    return web.post("/connect/oauth2", data={**asked, "realm": realm, "decision": "connect"})


def token(web: httpx2.Client, environment: str, **form: str) -> httpx2.Response:
    return web.post("/oauth2/v1/tokens/bearer", data=form, auth=KEYS[environment][:2])


def pair(web: httpx2.Client, environment: str) -> dict[str, Any]:
    _, _, redirect, realm = KEYS[environment]
    location = consent(web, environment, realm).headers["location"]
    code = parse_qs(urlsplit(location).query)["code"][0]
    answer = token(web, environment, grant_type="authorization_code", code=code, redirect_uri=redirect)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def read(web: httpx2.Client, address: str, realm: str, access: str, accept: str = "application/json") -> Any:
    headers = {"Authorization": f"Bearer {access}", "Accept": accept}
    return web.get(f"{address}/v3/company/{realm}/companyinfo/{realm}", headers=headers)


def test_the_two_discovery_documents_differ_by_the_user_info_address_only(web: httpx2.Client) -> None:
    live = web.get("/.well-known/openid_configuration").json()
    test = web.get("/.well-known/openid_sandbox_configuration").json()
    assert live["issuer"] == test["issuer"] == "https://oauth.platform.intuit.com/op/v1"
    assert {name for name in live if live[name] != test[name]} == {"userinfo_endpoint"}
    assert test["userinfo_endpoint"] == f"{BASE}/sandbox/v1/openid_connect/userinfo"
    for environment in KEYS:
        own = web.get(f"/{environment}/.well-known/openid_configuration").json()
        assert own["userinfo_endpoint"] == f"{BASE}/{environment}/v1/openid_connect/userinfo"
        assert own["token_endpoint"] == live["token_endpoint"]


@both
def test_the_keys_of_an_environment_do_the_whole_round_in_it(web: httpx2.Client, environment: str) -> None:
    realm, tokens = KEYS[environment][3], pair(web, environment)
    refreshed = token(
        web, environment, grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    ).json()
    for address in ("", f"/{environment}"):
        assert read(web, address, realm, refreshed["access_token"]).status_code == 200
        person = web.get(
            f"{address}/v1/openid_connect/userinfo",
            headers={"Authorization": f"Bearer {refreshed['access_token']}"},
        )
        assert person.status_code == 200
    revoked = web.post(
        "/v2/oauth2/tokens/revoke",
        json={"token": tokens["refresh_token"]},
        auth=KEYS[environment][:2],
    )
    assert revoked.status_code == 200
    assert read(web, "", realm, refreshed["access_token"]).status_code == 401


@both
def test_a_token_at_the_other_environments_address_or_company_is_3100(
    web: httpx2.Client, environment: str
) -> None:
    other, realm = OTHER[environment], KEYS[environment][3]
    access = pair(web, environment)["access_token"]
    elsewhere = KEYS[other][3]
    for address, company in (
        (f"/{other}", realm),
        (f"/{other}", elsewhere),
        (f"/{environment}", elsewhere),
        ("", elsewhere),
    ):
        answer = read(web, address, company, access)
        fault = answer.json()["fault"]
        assert (answer.status_code, fault["type"]) == (403, "SERVICE")
        assert fault["error"] == [
            {
                "message": "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
                "detail": None,
                "code": "3100",
                "element": None,
            }
        ]
        assert "qbo-version" not in answer.headers
        in_xml = read(web, address, company, access, accept="application/xml")
        assert in_xml.status_code == 403
        assert '<Error code="3100"><Message>message=ApplicationAuthorizationFailed' in in_xml.text
    elsewhere_info = web.get(
        f"/{other}/v1/openid_connect/userinfo", headers={"Authorization": f"Bearer {access}"}
    )
    assert elsewhere_info.status_code == 401


@both
def test_keys_open_only_companies_of_their_environment(web: httpx2.Client, environment: str) -> None:
    client_id, _, redirect, realm = KEYS[environment]
    asked = {
        "client_id": client_id,
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": redirect,
        "state": "s",
    }
    page = web.get("/connect/oauth2", params=asked).text
    for company in (SAMPLE, SECOND, LIVE):
        shown = f'value="{company}"' in page
        assert shown is ((company == LIVE) is (environment == "production"))
    assert consent(web, environment, realm).status_code == 302
    refused = consent(web, environment, KEYS[OTHER[environment]][3])
    assert refused.status_code == 400
    assert f"a {OTHER[environment]} one, and these are {environment} keys" in refused.text


@both
def test_the_keys_of_the_other_environment_neither_refresh_nor_revoke(
    web: httpx2.Client, environment: str
) -> None:
    tokens, other = pair(web, environment), OTHER[environment]
    refused = token(web, other, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refused.status_code == 400
    assert refused.json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect Token type or clientID",
    }
    revoked = web.post(
        "/v2/oauth2/tokens/revoke", json={"token": tokens["access_token"]}, auth=KEYS[other][:2]
    )
    assert revoked.status_code == 400
    assert read(web, "", KEYS[environment][3], tokens["access_token"]).status_code == 200


def test_the_shared_address_can_be_productions_alone() -> None:
    emulator = Emulator(world="empty", knobs=Knobs(shared_address_serves_both=False))
    with httpx2.Client(transport=httpx2.WSGITransport(app=emulator.wsgi), base_url=BASE) as web:
        for environment, (_, _, _, realm) in KEYS.items():
            access = emulator.control.connect(realm).access_token
            expected = 200 if environment == "production" else 403
            assert read(web, "", realm, access).status_code == expected
            assert read(web, f"/{environment}", realm, access).status_code == 200


def test_the_reconnect_link_keeps_to_the_environment_of_the_app(
    emulator: Emulator, web: httpx2.Client
) -> None:
    emulator.control.set_addresses({"reconnect_url": "https://practice.example.com/again"}, "production")
    link = f"/app/connect/oauth2/request?appId={PRODUCTION_CLIENT_ID}&mode=reconnect&realmId="
    assert web.get(link + LIVE).headers["location"] == f"https://practice.example.com/again?realmId={LIVE}"
    assert web.get(link + SAMPLE).status_code == 400


def test_each_environment_has_a_webhook_address_and_a_verifier_token_of_its_own(emulator: Emulator) -> None:
    hooks = {"sandbox": "https://app.example.com/test", "production": "https://app.example.com/live"}
    emulator.control.set_webhooks(WebhookSettings(url=hooks["sandbox"], production_url=hooks["production"]))
    for realm in (SAMPLE, LIVE):
        emulator.control.edit(realm, "Customer", None, {"DisplayName": "Told of"}, "create")
    sent: list[Posting] = []

    def down_in_sandbox(posting: Posting) -> int:
        sent.append(posting)
        return 503 if posting.url == hooks["sandbox"] else 200

    emulator.webhooks.pump(down_in_sandbox)
    assert [one.url for one in sent] == [hooks["sandbox"], hooks["production"]], "neither waits for the other"
    for posting, realm, verifier in zip(
        sent, (SAMPLE, LIVE), (VERIFIER_TOKEN, PRODUCTION_VERIFIER_TOKEN), strict=True
    ):
        assert realm in posting.body.decode()
        assert posting.headers["intuit-signature"] == signature(verifier, posting.body)
    assert [one["environment"] for one in emulator.webhooks.pending()] == ["sandbox"]


def test_without_a_production_address_nothing_of_production_is_kept(emulator: Emulator) -> None:
    emulator.control.set_webhooks(WebhookSettings(url="https://app.example.com/test"))
    emulator.control.edit(LIVE, "Customer", None, {"DisplayName": "Untold"}, "create")
    assert emulator.webhooks.pending() == []


def test_control_hands_out_the_keys_of_the_environment_asked_for(control: Any) -> None:
    found = control("GET", "/credentials?environment=production")
    assert (found["client_id"], found["client_secret"]) == KEYS["production"][:2]
    assert [one["realm"] for one in found["companies"]] == [LIVE]
    assert control("GET", "/credentials")["environment"] == "sandbox"
    changed = control(
        "POST",
        "/credentials",
        {"environment": "production", "redirect_uris": ["https://books.example.com/callback"]},
    )
    assert "https://books.example.com/callback" in changed["redirect_uris"]
    refused = control(
        "POST",
        "/credentials",
        {"environment": "production", "redirect_uris": ["http://localhost:8000/callback"]},
        status=400,
    )
    assert "https and a real host" in refused["error"]
    wrong = control("GET", "/credentials?environment=staging", status=400)
    assert wrong["error"] == "The environments are sandbox and production, not 'staging'."
    companies = {one["realm"]: one["environment"] for one in control("GET", "/companies")["companies"]}
    assert companies == {SAMPLE: "sandbox", SECOND: "sandbox", LIVE: "production"}
    webhooks = control("POST", "/webhooks", {"production_verifier_token": "new"})
    assert (webhooks["verifier_token"], webhooks["production_verifier_token"]) == (VERIFIER_TOKEN, "new")


def test_the_console_shows_keys_and_environment(web: httpx2.Client) -> None:
    home = web.get("/").text
    assert PRODUCTION_CLIENT_ID in home
    assert f"{BASE}/sandbox/v3/company/" in home
    settings = web.get(f"/_console/companies/{LIVE}/settings").text
    assert f"A production company: the keys {PRODUCTION_CLIENT_ID} open it." in settings


def test_a_production_company_has_books_like_any_other(emulator: Emulator) -> None:
    with Api(emulator, LIVE) as api:
        assert [one["DisplayName"] for one in api.query("select * from Customer")] == [
            "Alpine Hut Coffee",
            "Cool Cars",
            "Northface Guides Co-op",
        ]
        made = api.create("Customer", DisplayName="Only there")
    assert made["Id"] == "4"
    with Api(emulator, SAMPLE) as api:
        assert api.query("select * from Customer where DisplayName = 'Only there'") == []


def test_a_state_kept_before_there_were_two_environments_gets_its_production_keys(tmp_path: Path) -> None:
    file = str(tmp_path / "state.sqlite")
    first = Emulator(world="empty", journal=SqliteJournal(file))
    with first.store.transaction() as transaction:
        transaction.remove("apps", PRODUCTION_CLIENT_ID)
    first.close()
    again = Emulator(journal=SqliteJournal(file))
    assert again.control.app("production").client_id == PRODUCTION_CLIENT_ID
    assert again.control.app().client_id == CLIENT_ID
    again.close()
