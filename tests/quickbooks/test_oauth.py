"""Signing in at Intuit, staying in, and leaving."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.over_httpx import OverHttpx
from tieout.quickbooks.api import oauth
from tieout.quickbooks.api.config import PRODUCTION, AppKeys, ConfigurationError, Environment, known
from tieout.quickbooks.api.reading import read_reply
from tieout.quickbooks.api.sign_in import Discovery, SignIn
from tieout.quickbooks.api.transport import Transport

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HERE = known(Environment.CUSTOM, "http://127.0.0.1:8399")
KEYS = AppKeys("id-1", "sec:ret", "http://localhost:8000/quickbooks/callback", Environment.CUSTOM)

# Members and lifetimes as in Intuit's documentation and intuit/oauth-jsclient test/mocks.
TOKENS = (
    b'{"token_type":"bearer","expires_in":3600,"refresh_token":"RT1-96-H0-1","access_token":"eyJ.a",'
    b'"x_refresh_token_expires_in":8726400,"x_refresh_token_hard_expires_in":157494248,"id_token":"x","new":1}'
)


def signed(answer):
    return SignIn(KEYS, Transport(OverHttpx(httpx2.MockTransport(answer)), HERE), lambda: NOW)


def replying(status, body=b""):
    return signed(lambda request: httpx2.Response(status, content=body, headers={"intuit_tid": "tid-9"}))


def form(request):
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


def test_the_browser_is_sent_with_state_and_pkce():
    url = oauth.authorize_url(KEYS, PRODUCTION, state="st&te", verifier="v" * 43)
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith("https://appcenter.intuit.com/connect/oauth2?")
    assert query == {
        "client_id": "id-1",
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting",
        "redirect_uri": KEYS.redirect_uri,
        "state": "st&te",
        "code_challenge": oauth.pkce_challenge("v" * 43),
        "code_challenge_method": "S256",
    }


def test_the_pkce_challenge_is_that_of_the_standard():
    # RFC 7636, appendix B
    assert (
        oauth.pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


def test_a_callback_brings_state_code_and_company():
    found = oauth.read_callback({"state": "st", "code": "AB1", "realmId": "9130347"})
    assert (found.state, found.code, found.company_id, found.problem) == ("st", "AB1", "9130347", None)
    assert "AB1" not in repr(found)


@pytest.mark.parametrize(
    "query, kind",
    [
        ({"state": "st", "error": "access_denied"}, oauth.ConsentDenied),
        ({"state": "st", "error": "invalid_scope"}, oauth.ClientRefused),
        ({"state": "st", "error": "something_new"}, oauth.ConsentDenied),
        ({"state": "st", "error": "access_denied", "code": "AB1", "realmId": "1"}, oauth.ConsentDenied),
        ({"state": "st", "code": "AB1"}, oauth.ConsentDenied),
        ({"state": "st", "realmId": "1"}, oauth.ConsentDenied),
        ({"code": "AB1", "realmId": "1"}, oauth.ConsentDenied),
    ],
)
def test_any_other_callback_has_a_problem_and_no_code(query, kind):
    found = oauth.read_callback(query)
    assert isinstance(found.problem, kind)
    assert "not connected" in str(found.problem)
    assert not found.code


def test_a_code_is_exchanged_with_basic_authentication_only():
    seen = []
    pair = signed(lambda r: seen.append(r) or httpx2.Response(200, content=TOKENS)).exchange(
        "AB1", verifier="ver"
    )
    (request,) = seen
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"id-1:sec:ret").decode()
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert form(request) == {
        "grant_type": "authorization_code",
        "code": "AB1",
        "redirect_uri": KEYS.redirect_uri,
        "code_verifier": "ver",
    }
    assert pair.access == "eyJ.a"


def test_lifetimes_become_instants():
    pair = replying(200, TOKENS).refresh("RT1-old")
    assert pair.access_expires_at == NOW + timedelta(hours=1)
    assert pair.refresh_expires_at == NOW + timedelta(seconds=8726400)
    assert pair.hard_expires_at == NOW + timedelta(seconds=157494248)
    assert "eyJ" not in repr(pair)
    assert "RT1" not in repr(pair)


def test_without_the_hard_expiry_and_with_a_misnamed_one_it_is_unknown():
    body = TOKENS.replace(b"x_refresh_token_hard_expires_in", b"x_refresh_token_lifetime_expires_in")
    assert replying(200, body).refresh("RT1").hard_expires_at is None


def test_a_refresh_sends_the_stored_token_and_no_client_id():
    seen = []
    signed(lambda r: seen.append(r) or httpx2.Response(200, content=TOKENS)).refresh("RT1-old")
    assert form(seen[0]) == {"grant_type": "refresh_token", "refresh_token": "RT1-old"}


# Bodies as recorded: oauth-jsclient issue 128, oauth-rubyclient issue 14, node-quickbooks issues 89 and 192.
@pytest.mark.parametrize(
    "status, body, kind",
    [
        (400, b'{"error":"invalid_grant"}', oauth.GrantDead),
        (
            400,
            b'{"error":"invalid_grant","error_description":"Incorrect or invalid refresh token"}',
            oauth.GrantDead,
        ),
        (400, b'{"error_description":"Token invalid","error":"invalid_grant"}', oauth.GrantDead),
        (401, b'{"error":"invalid_client"}', oauth.ClientRefused),
        (401, b"", oauth.ClientRefused),
        (400, b'{"error":"invalid_request"}', oauth.OAuthBug),
        (400, b'{"error":"brand_new"}', oauth.OAuthBug),
        (500, b'{"error":"invalid_grant"}', oauth.TokenServiceUnavailable),
        (503, b"<html>maintenance</html>", oauth.TokenServiceUnavailable),
        (429, b"", oauth.TokenServiceUnavailable),
        (400, b"<html>gateway</html>", oauth.TokenServiceUnavailable),
        (200, b"", oauth.TokenServiceUnavailable),
        (200, b'{"access_token":"a"}', oauth.TokenServiceUnavailable),
        (
            200,
            b'{"access_token":"a","refresh_token":"","expires_in":1,"x_refresh_token_expires_in":1}',
            oauth.TokenServiceUnavailable,
        ),
        (302, b"", oauth.TokenServiceUnavailable),
    ],
)
def test_a_token_answer_is_judged_by_its_error_alone(status, body, kind):
    with pytest.raises(oauth.OAuthError) as raised:
        replying(status, body).refresh("RT1")
    assert type(raised.value) is kind
    assert raised.value.reference == "tid-9"


@pytest.mark.parametrize(
    "failure", [httpx2.ConnectError("x"), httpx2.ReadTimeout("x"), httpx2.RemoteProtocolError("x")]
)
def test_no_answer_to_a_refresh_keeps_the_pair(failure):
    def answer(request):
        raise failure

    with pytest.raises(oauth.TokenServiceUnavailable, match="kept"):
        signed(answer).refresh("RT1")


@pytest.mark.parametrize("status, body", [(200, b""), (400, b'{"error":"invalid_token"}')])
def test_a_grant_that_is_gone_is_revoked(status, body):
    replying(status, body).revoke("RT1")


def test_revoking_sends_one_token_as_json():
    seen = []
    signed(lambda r: seen.append(r) or httpx2.Response(200)).revoke("RT1")
    assert seen[0].content == b'{"token":"RT1"}'
    assert seen[0].headers["authorization"].startswith("Basic ")


def test_a_revocation_without_a_clear_answer_is_not_taken_for_done():
    with pytest.raises(oauth.TokenServiceUnavailable):
        replying(503).revoke("RT1")


def test_who_signed_in_is_read_from_camel_case():
    # intuit/oauth-jsclient test/mocks: userinfo
    body = b'{"sub":"1182d6ec","email":"amy@example.com","emailVerified":true,"givenName":"Amy","familyName":"Lee"}'
    assert replying(200, body).who("eyJ") == oauth.Person("1182d6ec", "amy@example.com", True, "Amy", "Lee")


def test_an_unverified_address_is_not_taken_for_verified():
    assert replying(200, b'{"sub":"1","email":"a@b.c"}').who("eyJ").email_verified is False


@pytest.mark.parametrize("kind, sentence", oauth._ERRORS.values())
def test_every_sign_in_error_says_what_is_safe_and_what_comes_next(kind, sentence):
    assert issubclass(kind, oauth.OAuthError)
    assert any(safe in sentence for safe in ("Nothing", "kept", "No connection was changed"))
    assert sentence.count(". ") >= 1


def discovery(*answers, clock=lambda: 0.0):
    """Endpoints from these answers, one for each time it is asked; fails when asked once more."""
    left = list(answers)
    http = OverHttpx(httpx2.MockTransport(lambda request: left.pop(0)))
    return Discovery(http, PRODUCTION, clock)


NAMES_V9 = b'{"token_endpoint":"https://oauth.platform.intuit.com/oauth2/v9/tokens"}'
DOWN = httpx2.Response(503)


def test_endpoints_come_from_the_discovery_document_once_a_day():
    now = [0.0]
    source = discovery(httpx2.Response(200, content=NAMES_V9), DOWN, clock=lambda: now[0])
    assert source.endpoints().token.endswith("/v9/tokens")
    now[0] = 86_399
    source.endpoints()
    now[0] = 86_400
    assert source.endpoints().token.endswith("/v9/tokens"), "what was known stays"


@pytest.mark.parametrize("status, body", [(503, b""), (200, b"<html></html>"), (200, b"[]"), (404, b"{}")])
def test_without_a_discovery_document_the_known_endpoints_serve(status, body):
    assert discovery(httpx2.Response(status, content=body)).endpoints() == PRODUCTION


def test_discovery_that_failed_is_asked_again_after_five_minutes():
    now = [0.0]
    source = discovery(DOWN, httpx2.Response(200, content=NAMES_V9), clock=lambda: now[0])
    assert source.endpoints() == PRODUCTION
    now[0] = 299
    assert source.endpoints() == PRODUCTION
    now[0] = 300
    assert source.endpoints().token.endswith("/v9/tokens")


def test_a_hostile_discovery_document_stops_sign_in_every_time():
    hostile = httpx2.Response(200, content=b'{"token_endpoint":"https://evil.example/tokens"}')
    source = discovery(hostile, hostile)
    for _ in range(2):
        with pytest.raises(ConfigurationError):
            source.endpoints()


def test_errors_are_read_without_a_body():
    assert isinstance(oauth.error_in(read_reply(401, {}, b"")), oauth.ClientRefused)
