"""No list of billing asks the database more often because it shows more rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.web.test_billing_invoice_lists import queries
from tieout.practice.actions.recurring import create_recurring
from tieout.practice.actions.service_items import create_service_item
from tieout.practice.firms import Firm

pytestmark = pytest.mark.usefixtures("sync")
LISTS = ("payments", "credits", "recurring", "service-items", "invoices")


@pytest.fixture
def desk(in_firm: Firm, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)
    return Desk.open(in_firm.pk)


def one_more(desk: Desk, number: int) -> None:
    where: Any = {"firm_id": desk.firm_id, "actor": desk.actor}
    desk.pay(number, (desk.invoice(number), number))
    desk.credit(number)
    create_service_item(**where, name=f"Service {number}", rate=number)
    create_recurring(
        **where,
        today=TODAY,
        name=f"Monthly {number}",
        frequency="monthly",
        first_date=TODAY,
        content={"client_id": desk.client.pk, "lines": [{"item_id": desk.item.pk}]},
    )


def test_rows_do_not_raise_the_number_of_queries_of_any_list(
    desk: Desk, signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in("admin")
    one_more(desk, 1)
    before = {name: queries(browser, f"/billing/{name}/") for name in LISTS}
    for number in range(2, 8):
        one_more(desk, number)
    assert {name: queries(browser, f"/billing/{name}/") for name in LISTS} == before
