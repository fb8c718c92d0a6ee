"""The list of clients says whose balance agrees with QuickBooks, by the last tie-out and for who may see money."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from tests.web.test_billing_invoice_lists import problems, queries, text
from tieout.practice.actions.clients import create_client
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member
from tieout.sync.models import Connection, Link, TieOut, TieOutLine

SignedIn = Callable[[str], Browser]
CHECKED = datetime(2026, 4, 1, 6, 10, tzinfo=UTC)


@pytest.fixture
def connection(in_firm: Firm, members: dict[str, Member], settings: Any) -> Connection:
    settings.OUTBOX_BELL = ""
    return Connection.objects.create(
        firm=in_firm,
        company_sealed="x",
        company_digest="d" * 64,
        company_name="Smith & Lee CPA LLC",
        connected_by=members["admin"],
        sections={"client": "on"},
    )


def add(
    connection: Connection, name: str, *, linked_at: datetime | None = CHECKED - timedelta(days=1)
) -> Client:
    client = create_client(
        firm_id=connection.firm_id, actor=Actor(ActorKind.SYSTEM, "Test"), kind="business", name=name
    )
    if linked_at is not None:
        Link.objects.create(
            firm_id=connection.firm_id, connection=connection, entity="client", practice_id=str(client.pk),
            ledger_id=str(client.pk), linked_at=linked_at,
        )  # fmt: skip
    return client


def compare(connection: Connection, **lines: tuple[Client, str, str]) -> TieOut:
    found = TieOut.objects.create(
        firm_id=connection.firm_id, connection=connection, day=CHECKED.date(), checked_at=CHECKED
    )
    for client, difference, unexplained in lines.values():
        TieOutLine.objects.create(
            firm_id=connection.firm_id, tie_out=found, practice_id=str(client.pk), name=client.name,
            here=Decimal(100), difference=Decimal(difference), unexplained=Decimal(unexplained),
        )  # fmt: skip
    return found


def said(page: bytes) -> dict[str, str]:
    """Name of each client -> the word about its balance."""
    rows = page.decode().split("<tbody>", 1)[1].split("<tr>")[1:]
    told = {}
    for row in rows:
        name = re.search(r'<th scope="row"[^>]*><a[^>]*>([^<]+)', row)
        word = re.search(r'data-label="Balance agrees">(.*?)</td>', row, re.S)
        if name and word:
            told[name[1]] = text(word[1].encode())
    return told


def test_each_client_has_the_last_comparisons_word_and_a_way_to_its_line(
    connection: Connection, signed_in: SignedIn
) -> None:
    even, apart, odd = (add(connection, name) for name in ("Even Co", "Apart Co", "Odd & Co"))
    add(connection, "Quiet Co")
    add(connection, "Late Co", linked_at=CHECKED + timedelta(days=1))
    add(connection, "Unlinked Co", linked_at=None)
    browser = signed_in("admin")
    assert "Balance agrees" not in text(browser.get("/clients/").content), "nothing was compared yet"
    compare(connection, a=(even, "0", "0"), b=(apart, "-12.5", "0"), c=(odd, "3", "0.01"))
    page = browser.get("/clients/").content
    assert said(page) == {
        "Even Co": "Agrees",
        "Apart Co": "$12.50 apart, explained",
        "Odd &amp; Co": "$0.01 unexplained",
        "Quiet Co": "Agrees",
        "Late Co": "Not compared",
        "Unlinked Co": "Not compared",
    }
    assert 'href="/settings/integrations/quickbooks/tie-out/?search=Odd+%26+Co"' in page.decode()
    assert "Balances compared Apr 1, 2026" in text(page)
    assert problems(page) == []


def test_who_does_not_manage_integrations_reads_the_word_without_the_way(
    connection: Connection, signed_in: SignedIn
) -> None:
    compare(connection, a=(add(connection, "Odd Co"), "3", "3"))
    page = signed_in("staff-all").get("/clients/").content
    assert said(page) == {"Odd Co": "$3.00 unexplained"}
    assert "tie-out" not in page.decode()
    assert said(signed_in("staff-all-no-billing").get("/clients/").content) == {}


def test_more_clients_are_not_asked_about_more_often(connection: Connection, signed_in: SignedIn) -> None:
    compare(connection, a=(add(connection, "Odd Co"), "3", "3"), b=(add(connection, "Even Co"), "0", "0"))
    add(connection, "Quiet Co")
    browser = signed_in("admin")
    before = queries(browser, "/clients/")
    for number in range(8):
        add(connection, f"More {number}", linked_at=CHECKED if number % 2 else None)
    assert queries(browser, "/clients/") == before
