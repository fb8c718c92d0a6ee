"""Before a draft is finalized its page says what stands in the way, here and at QuickBooks, each with a way to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.web.test_billing_invoice_lists import problems, text
from tieout.practice.actions.clients import archive_client
from tieout.practice.actions.service_items import archive_service_item
from tieout.practice.firms import Firm, Member
from tieout.practice.invoices import Invoice
from tieout.sync.models import Connection, KeptSettings, Link, SettingsCheck

SignedIn = Callable[[str], Browser]
EVERY_PART_ON = {"client": "on", "service_item": "on", "invoice": "on"}


@pytest.fixture
def desk(in_firm: Firm, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)
    return Desk.open(in_firm.pk)


@pytest.fixture
def connection(desk: Desk, members: dict[str, Member]) -> Connection:
    return Connection.objects.create(
        firm_id=desk.firm_id, company_sealed="x", company_digest="d" * 64, company_name="Smith & Lee CPA LLC",
        connected_by=members["admin"], sections=EVERY_PART_ON,
    )  # fmt: skip


def link(connection: Connection, entity: str, pk: int) -> None:
    Link.objects.create(
        firm_id=connection.firm_id, connection=connection, entity=entity, practice_id=str(pk), ledger_id=str(pk),
        linked_at=NOW,
    )  # fmt: skip


def checks(browser: Browser, draft: Invoice) -> list[tuple[str, str]]:
    """Each point in words, and where its link leads."""
    page = browser.get(f"/billing/invoices/{draft.pk}/").content
    assert problems(page) == []
    part = page.decode().split('id="checks"', 1)[1].split("</section>", 1)[0]
    found = []
    for each in part.split("<li")[1:]:
        href = re.search(r'<a href="([^"]+)"', each)
        found.append((text(f"<li{each}".encode()), href[1] if href else ""))
    return found


def test_what_stands_against_it_here_comes_with_a_link_that_mends_it(desk: Desk, signed_in: SignedIn) -> None:
    draft = desk.draft()
    assert checks(signed_in("admin"), draft) == [("Fine Ready to be finalized.", "")]
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    archive_client(**where, client_id=desk.client.pk, although_open=True)
    archive_service_item(**where, item_id=desk.item.pk)
    Invoice.objects.filter(pk=draft.pk).update(date=TODAY + timedelta(days=1))
    found = dict(checks(signed_in("admin"), draft))
    assert sorted(found.values()) == [
        f"/billing/invoices/{draft.pk}/edit/",
        f"/billing/service-items/{desk.item.pk}/",
        f"/clients/{desk.client.pk}/restore/",
    ]
    assert all(each.startswith("To do") for each in found)
    hrefs = [href for _, href in checks(signed_in("staff-all"), draft)]
    assert f"/billing/service-items/{desk.item.pk}/" not in hrefs, "who may not mend it is led nowhere"


def test_client_items_and_period_are_looked_at_once_quickbooks_is_connected(
    desk: Desk, connection: Connection, signed_in: SignedIn
) -> None:
    draft = desk.draft()
    found = checks(signed_in("admin"), draft)
    assert [words.split(":")[0] for words, _ in found[1:3]] == [
        "Waits Client in QuickBooks",
        "Waits Tax return in QuickBooks",
    ]
    assert [href for _, href in found[1:3]] == [
        f"/clients/{desk.client.pk}/#quickbooks",
        f"/billing/service-items/{desk.item.pk}/#quickbooks",
    ]
    assert found[-1][0].startswith("Then It goes to QuickBooks within seconds")
    assert not any("period" in words for words, _ in found), "nothing is known of the company's settings yet"
    link(connection, "client", desk.client.pk)
    link(connection, "service_item", desk.item.pk)
    SettingsCheck.objects.create(
        firm_id=desk.firm_id, connection=connection, checked_at=NOW, facts={"preferences": {}}
    )
    assert [words for words, _ in checks(signed_in("admin"), draft)[:4]] == [
        "Fine Ready to be finalized.",
        "Fine Client in QuickBooks: In step.",
        "Fine Tax return in QuickBooks: In step.",
        "Fine The period of Nov 20, 2026 is open in QuickBooks.",
    ]


@pytest.mark.parametrize(
    ("closed", "open_"), [("2026-11-19", True), ("2026-11-20", False), ("2027-01-31", False)]
)
def test_a_closed_period_is_told_before_quickbooks_refuses_by_what_was_told_last(
    desk: Desk, connection: Connection, signed_in: SignedIn, closed: str, open_: bool
) -> None:
    draft = desk.draft()
    row: dict[str, Any] = {"firm_id": desk.firm_id, "connection": connection}
    other = {"preferences": {"AccountingInfoPrefs": {"BookCloseDate": "2020-01-01"}}}
    told = {"preferences": {"AccountingInfoPrefs": {"BookCloseDate": closed}}}
    SettingsCheck.objects.create(**row, checked_at=NOW - timedelta(hours=1), facts=other)
    KeptSettings.objects.create(**row, kept_at=NOW, told=told)
    words, href = next(each for each in checks(signed_in("admin"), draft) if "Nov 20" in each[0])
    if open_:
        assert (words, href) == ("Fine The period of Nov 20, 2026 is open in QuickBooks.", "")
    else:
        assert words.startswith(f"To do The books are closed to {closed} in QuickBooks")
        assert href == f"/billing/invoices/{draft.pk}/edit/"
