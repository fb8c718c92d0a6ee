"""Anything a client may send gets an answer: no 500 that was not asked for, no exception, and the books stay whole."""

from __future__ import annotations

import json
import random
import traceback
from collections.abc import Callable

import pytest

from quickbooks_emulator import Emulator
from quickbooks_emulator.control.api import ROUTES
from quickbooks_emulator.messages import Request, Response
from tests.emulator.books import whole
from tests.emulator.oddities import IDS, NUMBERS, ODD, TEXTS
from tests.emulator.requests import Generator

REQUESTS = 4_500  # times four seeds
CALLS = 1_000  # times two kinds


def outcome(handle: Callable[[Request], Response], request: Request) -> str:
    """What is wrong with the answer to a request; "" for nothing."""
    try:
        response = handle(request)
    except Exception as error:  # noqa: BLE001 - the point of the test is to find any
        place = traceback.extract_tb(error.__traceback__)[-1]
        return (
            f"{type(error).__name__}: {str(error)[:100]} at {place.filename.rsplit('/', 1)[1]}:{place.lineno}"
        )
    if response.status >= 500:
        return f"{response.status} {response.body[:200]!r}"
    if "json" in response.headers.get("Content-Type", ""):
        json.loads(response.body)
    return ""


def shown(request: Request) -> str:
    return f"{request.method} {request.path}?{request.query} {request.body[:400]!r}"


def report(wrong: dict[str, str]) -> str:
    return "\n".join(f"{what}\n    {request}" for what, request in wrong.items())


@pytest.mark.parametrize("seed", range(4))
def test_no_request_to_a_company_breaks_the_emulator_or_its_books(seed: int) -> None:
    emulator = Emulator(seed=seed)
    generator = Generator(emulator, seed)
    wrong: dict[str, str] = {}
    for _ in range(REQUESTS):
        request = generator.next()
        found = outcome(emulator.handle, request)
        if found:
            wrong.setdefault(found, shown(request))
    assert not wrong, report(wrong)
    statuses = [entry.status for entry in emulator.log.entries()]
    assert statuses.count(200) > REQUESTS / 5, "the generator has become too wild to reach the rules"
    assert whole(emulator)


COMPANY = "/_console/companies/9341450000000001"
CONSOLE = (
    COMPANY, f"{COMPANY}/customers", f"{COMPANY}/customers/3", f"{COMPANY}/customers/3/deactivate",
    f"{COMPANY}/customers/3/merge", f"{COMPANY}/settings", f"{COMPANY}/texts", f"{COMPANY}/plan",
    f"{COMPANY}/disconnect", f"{COMPANY}/records/Invoice", "/_console/companies/9/settings", "/_console/state",
    "/_console/state/world", "/_console/state/clock", "/_console/state/snapshot", "/_console/state/restore",
    "/_console/webhooks", "/_console/webhooks/clear", "/_console/requests", "/_console/faults",
    "/_console/faults/1/clear",
)  # fmt: skip


def control_calls(chance: random.Random) -> Request:
    method, pattern, _ = chance.choice(ROUTES)
    for group, value in (
        ("(?P<realm>[^/]+)", ("9341450000000001", "nowhere")),
        (r"(?P<rule>\d+)", ("1", "99")),
        (r"(?P<entity>\w+)", ("Customer", "Nothing")),
    ):
        pattern = pattern.replace(group, chance.choice(value))
    keys = (
        "advance", "set", "frozen", "name", "world", "seed", "effect", "nth", "seconds", "status", "probability", "items",
        "company", "entity", "id", "fields", "operation", "from", "into", "url", "format", "delay", "repeat", "schedule",
        "verifier_token", "redirect_uris", "environment", "production_url", "fault_details", "change_days", "batch_items", "requests_per_minute", "SalesFormsPrefs", "until",
    )  # fmt: skip
    values = (
        *TEXTS,
        *NUMBERS,
        *ODD,
        *IDS,
        "sample",
        "empty",
        "delay",
        "status",
        "create",
        "update",
        "delete",
        "Customer",
    )
    document = {chance.choice(keys): chance.choice(values) for _ in range(chance.randrange(0, 4))}
    body = (
        json.dumps(document).encode()
        if chance.random() < 0.9
        else chance.choice((b"{", b"[]", b"1", b"\xff"))
    )
    return Request(
        method, "/_control" + pattern, chance.choice(("", "limit=x", "limit=99", "status=%00")), {}, body
    )


@pytest.mark.parametrize("seed", range(2))
def test_a_malformed_control_call_says_what_is_wrong(seed: int) -> None:
    chance = random.Random(seed)
    emulator = Emulator(world="empty")
    wrong: dict[str, str] = {}
    refused = 0
    for _ in range(CALLS // 2):
        request = control_calls(chance)
        found = outcome(emulator.handle, request)
        if not found:
            response = emulator.handle(Request("GET", "/_control/health"))
            found = "" if response.status == 200 else f"health afterwards: {response.body!r}"
        if found:
            wrong.setdefault(found, shown(request))
            emulator = Emulator(world="empty")
            continue
        again = emulator.handle(request)
        if again.status >= 400:
            refused += 1
            sentence = json.loads(again.body)["error"]
            assert sentence[0].isupper(), sentence
            assert sentence.endswith("."), sentence
            assert len(sentence) > 15, sentence
    assert not wrong, report(wrong)
    assert refused > CALLS / 20


@pytest.mark.parametrize("seed", range(2))
def test_no_request_to_the_oauth_server_or_the_console_breaks_it(seed: int) -> None:
    chance = random.Random(seed)
    emulator = Emulator()
    wrong: dict[str, str] = {}
    paths = (
        "/connect/oauth2", "/oauth2/v1/tokens/bearer", "/v2/oauth2/tokens/revoke", "/v1/openid_connect/userinfo",
        "/op/v1/jwks", "/.well-known/openid_configuration", "/", "/x%00", "/v3/company/", "/v3/company/1/customer/1",
        "/app/connect/oauth2/request", "/sandbox/v1/openid_connect/userinfo", "/production/.well-known/openid_configuration",
        "/production/oauth2/v1/tokens/bearer", "/sandbox/", "/production/v3/company/1/customer/1", *CONSOLE,
    )  # fmt: skip
    names = (
        "client_id", "redirect_uri", "response_type", "scope", "state", "grant_type", "code", "refresh_token", "token",
        "company", "answer", "decision", "realm", "said", "diff", "name", "group", "world", "set", "advance_seconds",
        "turn", "into", "sku", "BookCloseDate", "url", "format", "delay", "repeat", "drop", "effect", "code", "seconds",
        "DisplayName", "Mail", "Phone", "appId", "realmId", "mode",
    )  # fmt: skip
    values = (
        *TEXTS, "EMULATOR-CLIENT-ID", "authorization_code", "refresh_token", "code", "com.intuit.quickbooks.accounting",
        "http://localhost:8000/integrations/quickbooks/callback", "9341450000000001", "SalesFormsPrefs", "AllowDeposit",
        "EMULATOR-PRODUCTION-CLIENT-ID", "https://practice.example.com/integrations/quickbooks/callback", "9341450000000003",
        "default", "empty", "legacy", "0..9", "fault", "delay", "6190", "reconnect",
    )  # fmt: skip
    for _ in range(CALLS // 2):
        form = "&".join(
            f"{chance.choice(names)}={chance.choice(values)}" for _ in range(chance.randrange(0, 6))
        )
        header = chance.choice(
            ("", "Basic !!!", "Basic RU1VTEFUT1ItQ0xJRU5ULUlEOkVNVUxBVE9SLUNMSUVOVC1TRUNSRVQ=", "Bearer \x00")
        )
        kind = chance.choice(("application/x-www-form-urlencoded", "application/json", ""))
        body = chance.choice(
            (form.encode("utf-8", "replace"), b"{", b"[]", b'{"token": 5}', b"null", b"\xff")
        )
        request = Request(
            chance.choice(("GET", "POST", "PUT")), chance.choice(paths), form, {"authorization": header, "content-type": kind}, body
        )  # fmt: skip
        found = outcome(emulator.handle, request)
        if found:
            wrong.setdefault(found, shown(request))
    assert not wrong, report(wrong)
