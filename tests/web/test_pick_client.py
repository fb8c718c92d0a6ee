"""The page that asks for whom a new document is: clients and groups, found as the list of clients finds them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tieout.practice.actions.clients import create_client
from tieout.practice.actions.groups import create_group
from tieout.practice.firms import Firm

pytestmark = pytest.mark.usefixtures("sync")
INVOICES = "/billing/invoices/"
PART = {"HX-Request": "true"}


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def test_a_new_invoice_first_asks_for_whom(desk: Desk, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("admin")
    group = create_group(firm_id=desk.firm_id, actor=desk.actor, name="The Acmes")
    page = browser.get(f"{INVOICES}new/").content.decode()
    assert f'href="?client={desk.client.pk}"' in page
    assert f'href="?group={group.pk}"' in page
    part = browser.get(f"{INVOICES}new/?search=nobody", headers={"HX-Target": "found", **PART}).content
    assert b"No active client is called that" in part
    assert b"<html" not in part
    create_client(firm_id=desk.firm_id, actor=desk.actor, kind="business", name="Zed", phone="555 010 7788")
    found = browser.get(f"{INVOICES}new/?search=7788").content
    assert b">Zed<" in found, "found as the list of clients finds, by its index"
    assert b"Acme" not in found.partition(b'id="found"')[2]
