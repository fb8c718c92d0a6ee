"""The security page, its pack and the export of everything: only what is true of the firm, and kept in the audit log."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection as database
from django.test import Client as Browser
from pypdf import PdfReader

from tests.practice.billing_world import NOW, Desk
from tests.web.conftest import make_firm, make_members
from tests.web.test_billing_invoice_lists import problems, text
from tieout.practice.actions.api_tokens import create_token
from tieout.practice.actions.tags import create_tag, tag_client
from tieout.practice.actions.team import switch_off_member
from tieout.practice.actor import ChangeRecord
from tieout.practice.audit_chain import broken_at, chain_firm
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.sync.models import Connection, TokenSet
from tieout.web.people.safeguards import ELEMENTS
from tieout.web.people.security_facts import Chain, verified_chain
from tieout.web.people.security_pack import chain_said

SignedIn = Callable[[str], Browser]
PAGE = "/settings/security/"


@pytest.fixture(autouse=True)
def silent_bell(settings: Any) -> None:
    settings.OUTBOX_BELL = ""


def said(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def pack(browser: Browser) -> str:
    answer = browser.post(f"{PAGE}pack/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return said(answer.content)


def test_the_pack_says_who_gets_in_and_how(
    in_firm: Firm, members: dict[str, Member], signed_in: SignedIn
) -> None:
    TOTP.activate(members["admin"].user, "A" * 32)
    create_token(by=members["admin"], name="Night robot", scopes=["view_clients"], days=None, now=NOW)
    switch_off_member(by=members["admin"], member_id=members["staff-assigned"].pk)
    found = pack(signed_in("admin"))
    for words in (
        "Byrne & Cole CPA",
        "by Dana Reyes",
        f"admin-{in_firm.pk}@example.com",
        "1 former member switched off",
        "NOT required by the firm; each member decides. 1 of 5 active members",
        "View Clients, View All Clients",
        "after 60 minutes without a person, and after 12 hours",
        "at least 12 characters",
        "AES-256-GCM",
        "QuickBooks Online is not connected: nothing is sent there.",
        "Night robot Dana Reyes View Clients",
        "NEVER",
        "Tieout makes none: back up its database",
    ):
        assert words in found, words
    in_firm.second_factor_required = True
    in_firm.save()
    assert "required of everybody by the firm" in pack(signed_in("admin"))


def test_the_pack_goes_through_every_element_of_the_rule(in_firm: Firm, signed_in: SignedIn) -> None:
    found = pack(signed_in("admin"))
    assert [each.paragraph for each in ELEMENTS] == [
        "(a)", "(b)", *(f"(c)({number})" for number in range(1, 9)), "(d)", "(e)", "(f)", "(g)", "(h)", "(i)", "(j)",
    ]  # fmt: skip
    for each in ELEMENTS:
        assert each.yours, each.paragraph
        assert each.asks.split(",")[0] in found, each.paragraph
    assert "is no statement that the law is kept" in found


def test_making_the_pack_is_an_entry_of_the_log_it_verifies(in_firm: Firm, signed_in: SignedIn) -> None:
    desk = Desk.open(in_firm.pk)
    desk.invoice(10)
    found = pack(signed_in("admin"))
    entry = ChangeRecord.objects.get(verb="made the security pack")
    assert (entry.actor_label, entry.number) == ("Dana Reyes", ChangeRecord.objects.count())
    assert f"Whole: all {entry.number} entries fit the chain of hashes. The last hash is" in found
    assert entry.hash in found.replace(" ", "")


def test_an_entry_changed_past_tieout_stands_in_the_pack(in_firm: Firm, signed_in: SignedIn) -> None:
    Desk.open(in_firm.pk)
    chain_firm(in_firm.pk)
    with database.cursor() as cursor:
        cursor.execute("RESET ROLE; SET session_replication_role = replica")
        cursor.execute(
            "UPDATE practice_changerecord SET verb = 'forged' WHERE number = 2 AND firm_id = %s", [in_firm.pk]
        )
        cursor.execute("SET session_replication_role = origin; SET ROLE tieout_app")
    assert "NOT WHOLE: entry 2 does not fit the chain" in pack(signed_in("admin"))


def test_of_a_very_long_log_the_latest_part_is_verified_and_told(
    in_firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    Desk.open(in_firm.pk)
    chain_firm(in_firm.pk)
    many = ChangeRecord.objects.count()
    monkeypatch.setattr("tieout.web.people.security_facts.MOST_VERIFIED", 2)
    chain = verified_chain(in_firm.pk, NOW)
    assert (chain.first, chain.entries, chain.broken_at) == (many - 1, many, None)
    assert chain_said(chain).startswith(f"Whole: entries {many - 1} to {many} fit")
    assert broken_at(in_firm.pk, first=many + 5) == many + 4, "there is no entry to begin after"
    assert chain_said(Chain(NOW, 0, 1, None, "")) == "No entry of the audit log is chained yet."


def test_what_goes_to_quickbooks_is_told_from_what_the_engine_does(
    in_firm: Firm, members: dict[str, Member], signed_in: SignedIn
) -> None:
    made = Connection.objects.create(
        firm=in_firm, company_sealed="x", company_digest="d" * 64, company_name="Smith & Lee CPA LLC",
        connected_by=members["admin"], connected_at=datetime(2026, 5, 3, 14, 5, tzinfo=UTC), sections={"client": "on"},
    )  # fmt: skip
    until = datetime(2026, 9, 1, tzinfo=UTC)
    TokenSet.objects.create(
        firm=in_firm, connection=made, sealed="x", access_expires_at=until, refresh_expires_at=until,
        hard_expires_at=until + timedelta(days=900),
    )  # fmt: skip
    found = pack(signed_in("admin"))
    for words in (
        "Smith & Lee CPA LLC",
        "by Dana Reyes, May 03, 2026, 14:05 UTC",
        "Sep 01, 2026",
        "Clients both ways on",
        "Invoices to QuickBooks off",
        "Empty: nothing was sent yet.",
        "Notes on clients and tags are never sent.",
    ):
        assert words in found, words


def test_the_page_shows_the_same_and_keeps_the_promises(in_firm: Firm, signed_in: SignedIn) -> None:
    page = signed_in("admin").get(PAGE).content
    assert problems(page) == []
    for words in ("0 of 6", "not required", "AES-256-GCM", "Two-factor sign-in is not required"):
        assert words in text(page), words
    assert not ChangeRecord.objects.exists(), "looking is no act"


def files(content: bytes) -> Mapping[str, list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {
            name: list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def test_everything_of_the_firm_goes_into_one_archive_and_nothing_of_another(
    in_firm: Firm, signed_in: SignedIn
) -> None:
    other = make_firm("Twin")
    make_members(other)
    with firm_scope(other.pk):
        twin = Desk.open(other.pk)
        type(twin.client).objects.filter(pk=twin.client.pk).update(name="Zanzibarite")
        twin.invoice(7777)
    desk = Desk.open(in_firm.pk)
    tag = create_tag(firm_id=in_firm.pk, actor=desk.actor, name="Monthly")
    tag_client(firm_id=in_firm.pk, actor=desk.actor, client_id=desk.client.pk, tag_id=tag.pk)
    desk.pay(5, (desk.invoice(10), 5))
    desk.credit(3)
    browser = signed_in("admin")
    answer = browser.post(f"{PAGE}export/")
    assert answer["Content-Type"] == "application/zip"
    assert b"Zanzibarite" not in answer.content
    found = files(answer.content)
    assert set(found) == {
        f"{name}.csv"
        for name in (
            "clients", "contacts", "client-groups", "service-items", "invoices", "open-balances", "payments", "refunds",
            "credits", "audit-log",
        )
    }  # fmt: skip
    assert {len({len(row) for row in rows}) for rows in found.values()} == {1}, "every row has every column"
    assert [row[0] for row in found["clients.csv"][1:]] == ["Acme LLC"]
    assert "Monthly" in found["clients.csv"][1]
    assert [
        len(found[f"{name}.csv"]) - 1 for name in ("invoices", "payments", "credits", "service-items")
    ] == [1, 1, 1, 2]
    assert len(found["audit-log.csv"]) - 1 == ChangeRecord.objects.count()
    assert ChangeRecord.objects.latest("id").verb == "exported the firm's data"
    assert "Zanzibarite" not in str(found)


def test_an_administrator_without_billing_takes_no_billing_along(in_firm: Firm, signed_in: SignedIn) -> None:
    Desk.open(in_firm.pk)
    browser = signed_in("admin-no-billing")
    assert "you need View Billing" in text(browser.get(PAGE).content)
    content = browser.post(f"{PAGE}export/").content
    assert set(files(content)) == {"clients.csv", "contacts.csv", "client-groups.csv", "audit-log.csv"}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "invoices: left out, for it needs View Billing." in archive.read("READ ME.txt").decode()
