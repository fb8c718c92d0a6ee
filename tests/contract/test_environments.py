"""Tieout at the emulator's own address of each of Intuit's environments, with nothing changed but its base address."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from quickbooks_emulator import Emulator, Knobs
from quickbooks_emulator.emulator import (
    CLIENT_ID,
    CLIENT_SECRET,
    PRODUCTION_CLIENT_ID,
    PRODUCTION_CLIENT_SECRET,
    REDIRECT_URIS,
)
from tests.contract.place import BASE, COMPANY, Held
from tests.over_httpx import OverHttpx
from tieout.quickbooks.api.config import AppKeys, Environment
from tieout.quickbooks.provider import QuickBooksProvider, World
from tieout.reconcile.ports import Reconnect

LIVE = "9341450000000003"
KEYS = {
    "sandbox": (CLIENT_ID, CLIENT_SECRET, COMPANY, "Craig's Design and Landscaping Services"),
    "production": (PRODUCTION_CLIENT_ID, PRODUCTION_CLIENT_SECRET, LIVE, "Granite Peak Outfitters"),
}


def connected(emulator: Emulator, environment: str, address: str) -> tuple[QuickBooksProvider, Held]:
    """Somebody consented for the environment's company; the app works at the address of one or of both."""
    client_id, secret, company, _ = KEYS[environment]
    keys = AppKeys(client_id, secret, REDIRECT_URIS[0], Environment.CUSTOM)
    outside = World(
        now=emulator.clock.now,
        network=OverHttpx(httpx2.WSGITransport(app=emulator.wsgi)),
        clock=lambda: emulator.clock.milliseconds() / 1000,
        sleep=emulator.clock.advance,
    )
    provider = QuickBooksProvider(keys, outside, f"{BASE}{address}")
    url = provider.authorize_url(state="s", verifier="v" * 43)
    form = {**dict(parse_qsl(urlsplit(url).query)), "decision": "connect", "realm": company}
    with httpx2.Client(transport=httpx2.WSGITransport(app=emulator.wsgi)) as browser:
        answer = browser.post(url.partition("?")[0], data=form)
    brought = provider.read_callback(dict(parse_qsl(urlsplit(answer.headers["location"]).query)))
    return provider, Held(provider, provider.exchange(brought.code, verifier="v" * 43))


@pytest.fixture
def emulator() -> Emulator:
    made = Emulator(knobs=Knobs(production_redirects_need_https=False))
    made.control.add_redirect_uris(REDIRECT_URIS, "production")
    return made


@pytest.mark.parametrize("environment", sorted(KEYS))
def test_the_app_does_its_work_at_the_address_of_its_environment_and_of_both(
    emulator: Emulator, environment: str
) -> None:
    _, _, company, name = KEYS[environment]
    for address in ("", f"/{environment}"):
        provider, held = connected(emulator, environment, address)
        assert provider.open(company, held).company().name == name
        with httpx2.Client(
            transport=httpx2.WSGITransport(app=emulator.wsgi), follow_redirects=True
        ) as browser:
            assert browser.get(provider.record_url("client", "1")).status_code == 200
        provider.revoke(held.tokens)
        with pytest.raises(Reconnect):
            provider.open(company, held).company()


@pytest.mark.parametrize("environment", sorted(KEYS))
def test_at_the_other_environments_address_the_app_is_told_to_connect_again(
    emulator: Emulator, environment: str
) -> None:
    other = next(one for one in KEYS if one != environment)
    provider, held = connected(emulator, environment, f"/{other}")
    with pytest.raises(Reconnect):
        provider.open(KEYS[environment][2], held).company()
    assert held.refreshes == 0, "another token would not help"
