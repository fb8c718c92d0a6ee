"""QuickBooks as the configuration sees it."""

import json
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from tests.over_httpx import OverHttpx
from tests.quickbooks.scripted import HERE, Script, Tokens, page
from tests.quickbooks.test_webhooks import EVENT
from tieout.quickbooks.api.config import AppKeys, ConfigurationError, Environment
from tieout.quickbooks.api.webhooks import MAX_BYTES, signature
from tieout.quickbooks.entities import READY
from tieout.quickbooks.provider import QuickBooksProvider, World
from tieout.reconcile.ports import (
    Activity,
    BadSignature,
    LedgerProvider,
    Misconfigured,
    Reconnect,
    RetryLater,
)
from tieout.reconcile.ports import Tokens as Pair

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NO_DISCOVERY = (404, b"")
TOKENS = {
    "access_token": "eyJ.a",
    "refresh_token": "RT1-2",
    "expires_in": 3600,
    "x_refresh_token_expires_in": 8726400,
}
PAIR = Pair("eyJ.old", "RT1-1", NOW, NOW + timedelta(days=100))


def provider(*answers, environment=Environment.CUSTOM, **world):
    redirect = (
        "http://localhost:8000/cb" if environment is not Environment.PRODUCTION else "https://a.example/cb"
    )
    keys = AppKeys("id", "secret", redirect, environment, ("new", "old"))
    script = Script(*answers)
    made = QuickBooksProvider(
        keys,
        World(now=lambda: NOW, network=OverHttpx(httpx2.MockTransport(script)), **world),
        base_url=HERE.api,
    )
    return made, script


def test_it_is_a_ledger_provider():
    made: LedgerProvider = provider()[0]
    assert [spec.ledger for spec in made.specs] == [one.spec.ledger for one in READY]


def test_signing_in_uses_the_discovered_addresses():
    discovery = {"authorization_endpoint": f"{HERE.api}/consent", "token_endpoint": f"{HERE.api}/tokens"}
    made, script = provider(discovery, TOKENS)
    assert made.authorize_url(state="s", verifier="v").startswith(f"{HERE.api}/consent?")
    assert made.exchange("code", verifier="v") == Pair(
        "eyJ.a", "RT1-2", NOW + timedelta(hours=1), NOW + timedelta(seconds=8726400), None
    )
    assert str(script.seen[1].url) == f"{HERE.api}/tokens"


def test_a_hostile_discovery_document_is_the_operators_business():
    made, _ = provider({"token_endpoint": "http://evil.example/tokens"})
    with pytest.raises(Misconfigured):
        made.refresh(PAIR)


@pytest.mark.parametrize(
    "answer, kind",
    [
        ((400, b'{"error":"invalid_grant"}'), Reconnect),
        ((401, b'{"error":"invalid_client"}'), Misconfigured),
        ((503, b""), RetryLater),
        (httpx2.ReadTimeout("x"), RetryLater),
    ],
)
def test_a_refused_refresh_is_said_in_the_words_of_the_port(answer, kind):
    made, _ = provider(NO_DISCOVERY, answer)
    with pytest.raises(kind):
        made.refresh(PAIR)


def test_a_refresh_is_given_up_after_ten_seconds_because_others_wait_for_it():
    seen = {}

    class Noting(OverHttpx):
        def exchange(self, method, url, headers, content, deadlines):
            seen[url.rpartition("/")[2]] = deadlines
            return super().exchange(method, url, headers, content, deadlines)

    keys = AppKeys("id", "secret", "http://localhost:8000/cb", Environment.CUSTOM, ("new",))
    network = Noting(httpx2.MockTransport(Script(NO_DISCOVERY, TOKENS)))
    QuickBooksProvider(keys, World(now=lambda: NOW, network=network), base_url=HERE.api).refresh(PAIR)
    assert list(seen.values())[-1].total == 10


def test_revoking_sends_the_refresh_token():
    made, script = provider(NO_DISCOVERY, (200, b""))
    made.revoke(PAIR)
    assert json.loads(script.seen[1].content) == {"token": "RT1-1"}


def test_a_callback_is_read_without_being_believed():
    made, _ = provider()
    good = made.read_callback({"state": "s", "code": "c", "realmId": "9130347"})
    assert (good.state, good.code, good.company_id, good.error) == ("s", "c", "9130347", "")
    declined = made.read_callback({"state": "s", "error": "access_denied"})
    assert (declined.code, declined.error) == ("", "access_denied")


def test_all_ledgers_of_one_company_share_one_pace():
    now, naps = [0.0], []

    def sleep(seconds):
        naps.append(seconds)
        now[0] += seconds

    empty = [{"QueryResponse": {"totalCount": 0}} for _ in range(20)]
    made, _ = provider(*empty, clock=lambda: now[0], sleep=sleep)
    one, two, other = made.open("1", Tokens()), made.open("1", Tokens()), made.open("2", Tokens())
    for _ in range(5):
        one.count("Customer", Activity.ALL)
        other.count("Customer", Activity.ALL)
    assert naps == []
    for _ in range(5):
        two.count("Customer", Activity.ALL)
    assert naps


def test_a_genuine_delivery_is_read():
    body = json.dumps([EVENT]).encode()
    (notice,) = provider()[0].notices({"Intuit-Signature": signature("old", body)}, body)
    assert (notice.company_id, notice.entity, notice.record_id, notice.operation) == (
        "9130347",
        "customer",
        "58",
        "updated",
    )


def test_an_event_about_an_item_is_told_to_both_entities_kept_as_items():
    keys = AppKeys("id", "secret", "http://localhost:8000/cb", Environment.CUSTOM, ("new",))
    made = QuickBooksProvider(keys, World(now=lambda: NOW), HERE.api, READY)
    body = json.dumps([{**EVENT, "type": "qbo.item.updated.v1"}]).encode()
    found = made.notices({"intuit-signature": signature("new", body)}, body)
    assert [one.entity for one in found] == ["category", "item"]
    assert len({one.event_id for one in found}) == 2
    assert {one.record_id for one in found} == {"58"}


@pytest.mark.parametrize(
    "headers", [{}, {"intuit-signature": ""}, {"intuit-signature": signature("other", b"[]")}]
)
def test_a_delivery_without_proof_is_refused(headers):
    with pytest.raises(BadSignature):
        provider()[0].notices(headers, b"[]")


def test_an_oversized_delivery_is_refused_even_when_signed():
    body = b" " * (MAX_BYTES + 1)
    with pytest.raises(BadSignature):
        provider()[0].notices({"intuit-signature": signature("new", body)}, body)


def test_a_person_can_be_sent_to_the_record():
    made, _ = provider(environment=Environment.PRODUCTION)
    assert made.record_url("Customer", "58") == "https://qbo.intuit.com/app/customerdetail?nameId=58"
    assert made.record_url("client", "58") == made.record_url("Customer", "58")
    assert provider()[0].record_url("client", "58").startswith(HERE.api)


def test_the_settings_opened_are_those_of_the_companys_own_environment():
    assert [
        provider(environment=each)[0].settings_url().partition("/app/")[0]
        for each in (Environment.PRODUCTION, Environment.SANDBOX)
    ] == ["https://qbo.intuit.com", "https://sandbox.qbo.intuit.com"]
    assert provider()[0].settings_url().startswith(HERE.api)


def test_a_custom_environment_without_an_address_is_refused():
    keys = AppKeys("id", "secret", "http://localhost/cb", Environment.CUSTOM)
    with pytest.raises(ConfigurationError):
        QuickBooksProvider(keys, World(now=lambda: NOW))


def test_names_stay_out_of_addresses():
    made, script = provider(page("Customer"))
    made.open("1", Tokens()).read("Customer", [])
    list(made.open("1", Tokens()).list("Customer", Activity.ALL))
    assert set(script.seen[0].url.params) == {"minorversion"}
