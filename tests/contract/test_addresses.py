"""Every address that Tieout sends a person to in QuickBooks is one that the emulator answers too."""

from __future__ import annotations

import httpx2

from quickbooks_emulator import Emulator
from tieout.quickbooks.api.config import AppKeys, Environment
from tieout.quickbooks.entities import all_entities
from tieout.quickbooks.provider import QuickBooksProvider, World

BASE = "http://127.0.0.1:8399"


def test_records_of_every_entity_and_the_settings_can_be_opened() -> None:
    emulator = Emulator("sample")
    keys = AppKeys("id", "secret", "http://localhost/cb", Environment.CUSTOM)
    provider = QuickBooksProvider(keys, World(emulator.clock.now), BASE)
    web = httpx2.Client(transport=httpx2.WSGITransport(app=emulator.wsgi), follow_redirects=True)
    addresses = [provider.record_url(one.spec.practice, "1") for one in all_entities()]
    assert [
        each
        for each in (*addresses, provider.settings_url(), provider.billing_url())
        if web.get(each).status_code != 200
    ] == []
