"""What the emulator's OAuth server does: discovery, consent, code, rotation, expiry, revocation, identity."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from quickbooks_emulator import Emulator, Knobs
from tests.emulator.client import SAMPLE, SECOND

CALLBACK = "http://127.0.0.1:8000/integrations/quickbooks/callback"
BASIC = ("EMULATOR-CLIENT-ID", "EMULATOR-CLIENT-SECRET")
ACCOUNTING = "com.intuit.quickbooks.accounting"
HOUR = 3600
DAY = 24 * HOUR
FRESH = 8_726_400


def ask(**changed: str) -> dict[str, str]:
    members = {
        "client_id": BASIC[0],
        "response_type": "code",
        "scope": ACCOUNTING,
        "redirect_uri": CALLBACK,
        "state": "s-1",
    }
    return {**members, **changed}


def consent(web: httpx2.Client, realm: str = SAMPLE, **changed: str) -> dict[str, str]:
    """Answer the consent page with Connect; the members of the redirect."""
    answer = web.post("/connect/oauth2", data={**ask(**changed), "realm": realm, "decision": "connect"})
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(CALLBACK + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def token(web: httpx2.Client, auth: tuple[str, str] | None = BASIC, **form: str) -> httpx2.Response:
    return web.post("/oauth2/v1/tokens/bearer", data=form, auth=auth)


def exchange(web: httpx2.Client, **changed: str) -> dict[str, Any]:
    code = consent(web, **changed)["code"]
    answer = token(web, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def refresh(web: httpx2.Client, value: str) -> httpx2.Response:
    return token(web, grant_type="refresh_token", refresh_token=value)


def company_status(web: httpx2.Client, access: str, realm: str = SAMPLE) -> int:
    headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
    return web.get(f"/v3/company/{realm}/companyinfo/{realm}", headers=headers).status_code


@pytest.mark.parametrize(
    "name",
    [
        "openid_configuration",
        "openid-configuration",
        "openid_sandbox_configuration",
        "openid-sandbox-configuration",
        "openid_configuration/",
    ],
)
def test_discovery_points_at_this_server_in_every_spelling(web: httpx2.Client, name: str) -> None:
    found = web.get(f"/.well-known/{name}").json()
    assert found["authorization_endpoint"] == "http://quickbooks.test/connect/oauth2"
    assert found["token_endpoint"] == "http://quickbooks.test/oauth2/v1/tokens/bearer"
    assert found["revocation_endpoint"] == "http://quickbooks.test/v2/oauth2/tokens/revoke"
    own = "/sandbox" if "sandbox" in name else ""
    assert found["userinfo_endpoint"] == f"http://quickbooks.test{own}/v1/openid_connect/userinfo"
    assert found["jwks_uri"] == "http://quickbooks.test/op/v1/jwks"


def test_the_consent_page_lists_the_companies_and_runs_no_script(web: httpx2.Client) -> None:
    answer = web.get("/connect/oauth2", params=ask(state='"><script>'))
    assert answer.status_code == 200
    assert "Harbor Street Books" in answer.text
    assert "Simulator" in answer.text
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_connect_leads_back_with_code_state_and_company(web: httpx2.Client) -> None:
    members = consent(web, realm=SECOND)
    assert members["state"] == "s-1"
    assert members["realmId"] == SECOND
    assert len(members["code"]) <= 512


def test_without_an_accounting_scope_no_company_comes_back(web: httpx2.Client) -> None:
    assert "realmId" not in consent(web, scope="openid email")


def test_cancel_leads_back_with_access_denied_and_the_state(web: httpx2.Client) -> None:
    answer = web.post("/connect/oauth2", data={**ask(), "realm": SAMPLE, "decision": "cancel"})
    assert answer.headers["location"] == f"{CALLBACK}?error=access_denied&state=s-1"


@pytest.mark.parametrize(
    "uri", ["http://evil.test/callback", CALLBACK + "/", CALLBACK.replace("127.0.0.1", "LOCALHOST")]
)
def test_an_unregistered_redirect_address_gets_a_page_and_no_redirect(web: httpx2.Client, uri: str) -> None:
    answer = web.get("/connect/oauth2", params=ask(redirect_uri=uri))
    assert answer.status_code == 400
    assert "must match exactly" in answer.text


def test_an_unknown_app_or_a_missing_state_gets_a_page(web: httpx2.Client) -> None:
    assert web.get("/connect/oauth2", params=ask(client_id="nobody")).status_code == 400
    assert web.get("/connect/oauth2", params=ask(state="")).status_code == 400


def test_an_unknown_scope_leads_back_with_invalid_scope(web: httpx2.Client) -> None:
    answer = web.get("/connect/oauth2", params=ask(scope="com.intuit.everything"))
    assert answer.headers["location"] == f"{CALLBACK}?error=invalid_scope&state=s-1"


def test_a_code_buys_a_token_pair_that_opens_its_company_only(web: httpx2.Client) -> None:
    pair = exchange(web)
    assert pair["token_type"] == "bearer"
    assert pair["expires_in"] == HOUR
    assert pair["x_refresh_token_expires_in"] == FRESH
    assert pair["refresh_token"].startswith("RT1-")
    assert pair["access_token"].count(".") == 4
    assert len(pair["access_token"]) > 512
    assert company_status(web, pair["access_token"]) == 200
    assert company_status(web, pair["access_token"], SECOND) == 403


def test_a_code_used_twice_is_refused_and_kills_what_it_produced(web: httpx2.Client) -> None:
    code = consent(web)["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    pair = token(web, **form).json()
    second = token(web, **form)
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    assert company_status(web, pair["access_token"]) == 401
    assert refresh(web, pair["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_expires_after_ten_minutes(web: httpx2.Client, emulator: Emulator) -> None:
    code = consent(web)["code"]
    emulator.clock.advance(600)
    answer = token(web, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
    assert answer.json() == {"error": "invalid_grant", "error_description": "Token invalid"}


def test_a_code_is_bound_to_its_redirect_address(web: httpx2.Client) -> None:
    code = consent(web)["code"]
    other = CALLBACK.replace("127.0.0.1", "localhost")
    assert token(web, grant_type="authorization_code", code=code, redirect_uri=other).status_code == 400


@pytest.mark.parametrize(
    "auth", [None, ("EMULATOR-CLIENT-ID", "wrong"), ("nobody", "EMULATOR-CLIENT-SECRET")]
)
def test_wrong_keys_are_invalid_client(web: httpx2.Client, auth: tuple[str, str] | None) -> None:
    answer = token(web, auth, grant_type="refresh_token", refresh_token="x")
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_keys_in_the_body_are_taken_too(web: httpx2.Client) -> None:
    pair = exchange(web)
    form = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    answer = token(web, None, client_id=BASIC[0], client_secret=BASIC[1], **form)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "nonsense"}, "invalid_grant"),
    ],
)
def test_a_malformed_token_call_names_its_error(web: httpx2.Client, form: dict[str, str], error: str) -> None:
    answer = token(web, **form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_the_token_endpoint_answers_only_post(web: httpx2.Client) -> None:
    assert web.get("/oauth2/v1/tokens/bearer").status_code == 405


def test_within_a_day_a_refresh_returns_the_same_refresh_token(
    web: httpx2.Client, emulator: Emulator
) -> None:
    pair = exchange(web)
    emulator.clock.advance(DAY - 1)
    again = refresh(web, pair["refresh_token"]).json()
    assert again["refresh_token"] == pair["refresh_token"]
    assert again["access_token"] != pair["access_token"]
    assert again["x_refresh_token_expires_in"] == FRESH - DAY + 1


def test_after_a_day_the_refresh_token_rotates_and_the_old_one_dies(
    web: httpx2.Client, emulator: Emulator
) -> None:
    pair = exchange(web)
    emulator.clock.advance(DAY)
    rotated = refresh(web, pair["refresh_token"]).json()
    assert rotated["refresh_token"] != pair["refresh_token"]
    assert rotated["x_refresh_token_expires_in"] == FRESH
    dead = refresh(web, pair["refresh_token"])
    assert dead.json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }
    assert refresh(web, rotated["refresh_token"]).status_code == 200


def test_by_a_switch_the_rotated_token_lives_on_for_a_while() -> None:
    emulator = Emulator(knobs=Knobs(rotated_token_grace_seconds=DAY))
    with httpx2.Client(
        transport=httpx2.WSGITransport(app=emulator.wsgi), base_url="http://quickbooks.test"
    ) as web:
        pair = exchange(web)
        emulator.clock.advance(DAY)
        rotated = refresh(web, pair["refresh_token"]).json()
        emulator.clock.advance(DAY - 1)
        assert refresh(web, pair["refresh_token"]).json()["refresh_token"] == rotated["refresh_token"]
        emulator.clock.advance(1)
        assert refresh(web, pair["refresh_token"]).status_code == 400


def test_an_access_token_lives_an_hour(web: httpx2.Client, emulator: Emulator) -> None:
    pair = exchange(web)
    emulator.clock.advance(HOUR - 1)
    assert company_status(web, pair["access_token"]) == 200
    emulator.clock.advance(1)
    assert company_status(web, pair["access_token"]) == 401


def test_a_hundred_and_one_days_without_a_refresh_end_the_connection(
    web: httpx2.Client, emulator: Emulator
) -> None:
    pair = exchange(web)
    emulator.clock.advance(FRESH)
    assert refresh(web, pair["refresh_token"]).json()["error"] == "invalid_grant"


def test_five_years_after_consent_nothing_helps(web: httpx2.Client, emulator: Emulator) -> None:
    value = exchange(web)["refresh_token"]
    header = {"x-include-refresh-token-hard-expires-in": "true"}
    for _ in range(18):
        emulator.clock.advance(100 * DAY)
        form = {"grant_type": "refresh_token", "refresh_token": value}
        answer = web.post("/oauth2/v1/tokens/bearer", data=form, auth=BASIC, headers=header).json()
        value = answer["refresh_token"]
    assert answer["x_refresh_token_hard_expires_in"] == 157_680_000 - 1800 * DAY
    emulator.clock.advance(25 * DAY)
    assert refresh(web, value).json()["error"] == "invalid_grant"


def test_the_hard_end_is_told_only_when_asked_for(web: httpx2.Client) -> None:
    assert "x_refresh_token_hard_expires_in" not in exchange(web)


def test_an_access_token_is_no_refresh_token(web: httpx2.Client) -> None:
    pair = exchange(web)
    answer = refresh(web, pair["access_token"]).json()
    assert answer == {"error": "invalid_grant", "error_description": "Incorrect Token type or clientID"}


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("as_json", [True, False])
def test_revoking_either_token_in_either_form_ends_the_grant(
    web: httpx2.Client, kind: str, as_json: bool
) -> None:
    pair = exchange(web)
    body: dict[str, Any] = {"json": {"token": pair[kind]}} if as_json else {"data": {"token": pair[kind]}}
    answer = web.post("/v2/oauth2/tokens/revoke", auth=BASIC, **body)
    assert (answer.status_code, answer.content) == (200, b"")
    assert company_status(web, pair["access_token"]) == 401
    assert refresh(web, pair["refresh_token"]).json()["error"] == "invalid_grant"


def test_revoking_nonsense_or_without_keys_is_refused(web: httpx2.Client) -> None:
    assert web.post("/v2/oauth2/tokens/revoke", auth=BASIC, json={"token": "x"}).status_code == 400
    assert web.post("/v2/oauth2/tokens/revoke", json={"token": "x"}).status_code == 401


def test_userinfo_shows_what_the_scopes_allow_in_camel_case(web: httpx2.Client) -> None:
    pair = exchange(web, scope=f"{ACCOUNTING} openid email profile")
    person = web.get(
        "/v1/openid_connect/userinfo", headers={"Authorization": f"Bearer {pair['access_token']}"}
    ).json()
    assert person["emailVerified"] is True
    assert person["givenName"] == "Craig"
    assert "phoneNumber" not in person
    plain = exchange(web)
    refused = web.get(
        "/v1/openid_connect/userinfo", headers={"Authorization": f"Bearer {plain['access_token']}"}
    )
    assert refused.status_code == 401


def test_the_id_token_is_signed_with_the_published_key(web: httpx2.Client, emulator: Emulator) -> None:
    signed = exchange(web, scope=f"{ACCOUNTING} openid")["id_token"]
    head, body, signature = signed.split(".")
    claims, key = json.loads(unpadded(body)), web.get("/op/v1/jwks").json()["keys"][0]
    assert json.loads(unpadded(head)) == {"kid": key["kid"], "alg": "RS256"}
    assert claims["aud"] == [BASIC[0]]
    assert claims["realmid"] == SAMPLE
    assert claims["exp"] == emulator.clock.seconds() + HOUR
    modulus, exponent = (int.from_bytes(unpadded(key[name])) for name in ("n", "e"))
    rsa.RSAPublicNumbers(exponent, modulus).public_key().verify(
        unpadded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256()
    )


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_missing_or_malformed_bearer_gets_the_gateways_own_envelope(web: httpx2.Client) -> None:
    answer = web.get(f"/v3/company/{SAMPLE}/customer/1", headers={"Accept": "application/json"})
    body = answer.json()
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert body["fault"]["type"] == "AUTHENTICATION"
    assert body["fault"]["error"][0]["code"] == "3200"
    assert body["fault"]["error"][0]["element"] is None
    assert isinstance(body["time"], int)
    assert "qbo-version" not in answer.headers
    in_xml = web.get(f"/v3/company/{SAMPLE}/customer/1", headers={"Accept": "application/xml"})
    assert in_xml.text.startswith("<?xml")


def test_the_same_seed_gives_the_same_tokens_and_another_seed_others() -> None:
    tokens = [Emulator(seed=seed).control.connect(SAMPLE).refresh_token for seed in (1, 1, 2)]
    assert tokens[0] == tokens[1] != tokens[2]
