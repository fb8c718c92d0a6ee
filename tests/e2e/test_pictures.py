"""The pictures in docs/screens.md: each main page once, as somebody sees it who works here. TIEOUT_PICTURES=1 keeps them."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import ROOT
from tests.e2e.test_every_page import signed_in
from tests.web.whole_firm import open_firm
from tieout.practice.isolation import firm_scope
from tieout.sync.review import cancel, open_review

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]

FOLDER = ROOT / "docs" / "images" / "screens"
SCREENS = {
    "dashboard": "/",
    "clients": "/clients/",
    "client": "/clients/{client_id}/",
    "merge": "/clients/{client_id}/merge/?with={other_id}",
    "group": "/clients/groups/{group_id}/",
    "service-items": "/billing/service-items/",
    "invoices": "/billing/invoices/",
    "invoice": "/billing/invoices/{invoice_id}/",
    "payments": "/billing/payments/",
    "credit": "/billing/credits/{credit_id}/",
    "recurring": "/billing/recurring/",
    "team": "/settings/team/",
    "role": "/settings/roles/{role_id}/",
    "two-factor": "/settings/two-factor/",
    "audit-log": "/settings/audit-log/",
}


def test_each_main_page_has_its_picture(
    settings: Any, transactional_db: None, live_server: Any, browser: Browser
) -> None:
    firm = open_firm(settings)
    with firm_scope(firm.rig.firm.pk):
        from tieout.practice.access import clients_of

        if under_way := open_review(firm.rig.connection, "client"):
            cancel(under_way, firm.admin)
        others = clients_of(firm.rig.firm.pk).filter(is_active=True).exclude(pk=firm.samples["client_id"])
        samples = {**firm.samples, "other_id": others.order_by("name").first().pk}  # type: ignore[union-attr]
    page = signed_in(browser, firm, live_server.url, "light")
    page.set_viewport_size({"width": 1280, "height": 860})
    for name, address in SCREENS.items():
        answer = page.goto(live_server.url + address.format(**samples))
        assert answer is not None
        assert answer.status == 200, name
        if os.environ.get("TIEOUT_PICTURES"):
            FOLDER.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=FOLDER / f"{name}.png")
    documented = (ROOT / "docs" / "screens.md").read_text()
    assert [name for name in SCREENS if f"images/screens/{name}.png" not in documented] == []
