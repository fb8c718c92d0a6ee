"""Importing billing files from the pages: upload, preview with every error at its row, confirm once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tests.web.test_billing_invoices import problems, text
from tieout.practice.firms import Firm
from tieout.practice.invoices import Invoice
from tieout.practice.service_items import ServiceItem

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
IMPORT = "/billing/import/"


@pytest.fixture(autouse=True)
def no_bell(settings: Any) -> None:
    settings.OUTBOX_BELL = ""


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def upload(browser: Browser, kind: str, content: str) -> Any:
    return browser.post(
        f"{IMPORT}{kind}/", {"file": SimpleUploadedFile("x.csv", content.encode())}, follow=True
    )


def test_a_file_is_uploaded_previewed_and_imported_once(signed_in: SignedIn, desk: Desk) -> None:
    browser = signed_in("admin")
    assert f"{IMPORT}items/" in browser.get("/billing/service-items/").content.decode()
    page = browser.get(f"{IMPORT}items/")
    assert problems(page.content) == []
    shown = upload(browser, "items", "Name,Rate,Color\nAudit,100,red\nTax return,x,\n")
    told = text(shown.content)
    assert problems(shown.content) == []
    assert "1 row ready to import" in told
    assert "“Color”: there is no place for this." in told
    assert "Line 3 Rate The rate: enter a number" in told
    here = shown.redirect_chain[-1][0]
    refused = browser.post(here)
    assert (refused.status_code, "1 rows have errors" in text(refused.content)) == (422, True)
    for _ in range(2):
        done = browser.post(here, {"skip_errors": "1"}, follow=True)
        assert "1 row of this file is in your practice; 1 with errors was skipped." in text(done.content)
    assert ServiceItem.objects.filter(name="Audit").count() == 1


@pytest.mark.parametrize("kind", ["items", "invoices", "balances", "payments"])
def test_each_kind_has_its_page_its_example_and_says_no_to_what_is_no_file(
    signed_in: SignedIn, desk: Desk, kind: str
) -> None:
    browser = signed_in("admin")
    assert browser.get(f"{IMPORT}{kind}/example.csv")["Content-Type"].startswith("text/csv")
    refused = upload(browser, kind, "x")
    assert (refused.status_code, "There is no column called" in text(refused.content)) == (422, True)


def test_staff_import_only_for_the_clients_they_see(signed_in: SignedIn, desk: Desk) -> None:
    file = "Number,Client,Date,Amount\n7,Acme LLC,2026-11-01,5\n"
    assert "No client is called Acme LLC" in text(
        upload(signed_in("staff-assigned"), "balances", file).content
    )
    assert signed_in("staff-all").get(f"{IMPORT}items/").status_code == 403
    shown = upload(signed_in("staff-all"), "balances", file)
    signed_in("staff-all").post(shown.redirect_chain[-1][0])
    assert Invoice.objects.get().number == "7"
