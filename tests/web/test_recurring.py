"""What recurring invoices would bill: on their page and in their list, which is searched, narrowed and sorted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import NOW, Desk
from tests.web.test_billing_invoice_lists import queries
from tests.web.test_billing_invoices import problems, text
from tieout.practice.actions.groups import add_to_group, create_group
from tieout.practice.actions.recurring import change_recurring, create_recurring
from tieout.practice.actions.service_items import archive_service_item
from tieout.practice.firms import Firm
from tieout.practice.recurring import RecurringInvoice

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]


@pytest.fixture(autouse=True)
def at_noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def test_a_recurring_invoice_shows_what_it_bills_and_the_list_finds_it(
    desk: Desk, signed_in: SignedIn
) -> None:
    told: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    group = create_group(**told, name="Acme family")
    add_to_group(**told, group_id=group.pk, client_id=desk.client.pk)

    def make(name: str, first: str, **content: Any) -> RecurringInvoice:
        lines = [{"item_id": desk.taxed.pk, "quantity": "2"}, {"description": "Books", "rate": "10"}]
        return create_recurring(
            **told,
            today=date(2026, 11, 20),
            name=name,
            frequency="monthly",
            first_date=first,
            content={"client_id": desk.client.pk, "lines": lines, **content},
        )

    monthly = make("Monthly", "2026-12-05", client_id=None, group_id=group.pk, terms="net10", memo="Thanks")
    half = make("Half", "2026-12-01", discount_kind="percent", discount_value="50")
    change_recurring(**told, recurring_id=half.pk, today=date(2026, 11, 20), is_active=False)
    browser, where = signed_in("admin"), "/billing/recurring/"
    page = browser.get(f"{where}{monthly.pk}/").content
    shown = text(page)
    for part in ("Acme family", "Terms Net 10", "Memo Thanks", "Software 2 $100.00 8.25% $200.00"):
        assert part in shown, part
    assert ("Total $226.50" in shown, problems(page)) == (True, [])
    for address, names in (
        ("", ["Half", "Monthly"]),
        ("?sort=-next", ["Monthly", "Half"]),
        ("?show=paused", ["Half"]),
        ("?search=month", ["Monthly"]),
        ("?search=acme&sort=-name", ["Monthly", "Half"]),
        ("?search=nobody", []),
        (f"?client={desk.client.pk}&show=active", ["Monthly"]),
    ):
        page = browser.get(where + address).content
        assert re.findall(r'<th scope="row"[^>]*><a[^>]*>([^<]+)</a>', page.decode()) == names, address
        assert problems(page) == [], address
    listed = text(browser.get(where).content)
    assert "$113.25" in listed
    assert "$226.50" in listed
    few = queries(browser, where)
    for number in range(5):
        make(f"More {number}", "2026-12-09")
    assert queries(browser, where) == few
    archive_service_item(**told, item_id=desk.taxed.pk)
    assert "$226.50" in text(browser.get(where).content)
