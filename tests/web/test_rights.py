"""Beside Manage Integrations: what changes the practice's records, or shows what clients owe, needs the right for that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.web.fake_sync import an_issue
from tests.web.test_items_step import stored, text
from tieout.practice.actions.clients import create_client
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.practice.ledger_lists import ListEntry, TaxRate
from tieout.practice.permissions import Permission
from tieout.reconcile.state import Key, Side
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import ActivityLine, Conflict, Connection, Issue, Link, TieOut
from tieout.web.integrations import acts
from tieout.web.integrations.acts import Ask
from tieout.web.integrations.remedies import buttons
from tieout.web.integrations.rights import HIDDEN, Rights

SignedIn = Callable[[str], Client]
BASE = "/settings/integrations/quickbooks/"
SOMEBODY = Actor(ActorKind.SYSTEM, "a test")
MISSING = "You need the permission “View Billing”"


@pytest.fixture
def connection(firm: Firm, members: dict[str, Member]) -> Iterator[Connection]:
    with firm_scope(firm.pk):
        sections = {"client": "on", "service_item": "on", "invoice": "on"}
        yield stored(firm, members["admin"], sections)


def may_not(member: Member, *less: Permission) -> Member:
    member.role.permissions = [one for one in member.role.permissions if one not in less]
    member.role.save()
    return member


def test_who_may_not_see_billing_sees_no_receivables_and_signs_none(
    signed_in: SignedIn, connection: Connection
) -> None:
    found = TieOut.objects.create(
        firm_id=connection.firm_id, connection=connection, day=timezone.localdate(), checked_at=timezone.now()
    )
    browser = signed_in("admin-no-billing")
    got = ["tie-out/", f"tie-out/{found.pk}/export.csv", f"tie-out/{found.pk}/print.pdf"]
    got += ["invoices/", "invoices/preview/1/", "invoices/tried/"]
    posted = [
        "tie-out/compare/",
        f"tie-out/{found.pk}/sign/",
        "invoices/start-date/",
        "invoices/try/1/",
        "invoices/on/",
    ]
    for answer in [browser.get(BASE + one) for one in got] + [browser.post(BASE + one) for one in posted]:
        assert answer.status_code == 403
        assert MISSING in answer.content.decode()
    found.refresh_from_db()
    assert found.signed_at is None
    page = text(browser.get(BASE))
    assert 'id="no-billing"' in page
    assert MISSING in page
    assert f'href="{BASE}tie-out/"' not in page
    assert f'href="{BASE}invoices/"' not in page
    assert f'href="{BASE}tie-out/"' in text(signed_in("admin").get(BASE))


def test_needs_you_and_its_file_show_no_amounts_to_who_may_not_see_billing(
    signed_in: SignedIn, connection: Connection
) -> None:
    link = Link.objects.create(
        firm_id=connection.firm_id, connection=connection, entity="invoice", practice_id="7", ledger_id="70"
    )
    of = {"firm_id": connection.firm_id, "connection": connection, "entity": "invoice"}
    Conflict.objects.create(
        **of,
        link=link,
        unit="memo",
        practice_value="For $812.50",
        ledger_value="For $812.51",
        opened_at=timezone.now(),
    )
    issue = {
        "side": "practice",
        "record_id": "7",
        "name": "Invoice 7",
        "next_step": "Look.",
        "opened_at": timezone.now(),
    }
    sentence = "QuickBooks shows $812.51, we show $812.50."
    Issue.objects.create(**of, **issue, unit="memo", cause="conflict", sentence="Both changed.")
    Issue.objects.create(**of, **issue, cause="amount_differs", sentence=sentence)
    paid = "812.51 that did not come from here is paid on it"
    Issue.objects.create(**of, **issue, cause="undone_by_void", sentence=paid)
    ActivityLine.objects.create(
        **of, at=timezone.now(), sentence="Invoice 7 updated", result="done", side="ledger", record_id="70",
        details={"before": {"total": "812.51"}, "after": {"total": "812.50"}},
    )  # fmt: skip
    for path in ("needs-you/", "needs-you/export.csv", "activity/"):
        seen = signed_in("admin").get(BASE + path).content.decode()
        assert "812.5" in seen, path
        hidden = signed_in("admin-no-billing").get(BASE + path).content.decode()
        assert "812.5" not in hidden, path
        assert "Invoice 7" in hidden, path
    for path in ("activity/", "activity/export.csv"):
        one = f"{BASE}{path}?entity=invoice&record=7"
        assert "Invoice 7" in signed_in("admin").get(one).content.decode(), path
        answer = signed_in("admin-no-billing").get(one)
        assert (answer.status_code, MISSING in answer.content.decode()) == (403, True), path
    invoice = 'href="/billing/invoices/7/"'
    assert invoice in signed_in("admin").get(BASE + "activity/").content.decode()
    assert invoice not in signed_in("admin-no-billing").get(BASE + "activity/").content.decode()
    page = text(signed_in("admin-no-billing").get(BASE + "needs-you/"))
    assert HIDDEN in page
    answer = signed_in("admin-no-billing").post(
        BASE + "needs-you/decide/", {"one": f"keep_ledger:{Issue.objects.get(unit='memo').pk}"}, follow=True
    )
    assert MISSING in answer.content.decode()
    assert Conflict.objects.get().keep == ""


@pytest.mark.parametrize(
    ("verb", "entity", "cause", "missing", "label"),
    [
        ("use_number", "invoice", "number_taken", Permission.EDIT_INVOICES, "Invoices"),
        ("use_name", "client", "name_taken", Permission.EDIT_CLIENTS, "Edit Clients"),
    ],
)
def test_a_verb_of_the_practice_needs_its_own_right_and_its_button_says_which(
    verb: str, entity: str, cause: str, missing: Permission, label: str,
    firm: Firm, members: dict[str, Member], connection: Connection,
) -> None:  # fmt: skip
    client = create_client(firm_id=firm.pk, actor=SOMEBODY, kind="business", name="Ada Byrne")
    row = replace(
        an_issue("Ada Byrne", cause), key=Key(entity, Side.PRACTICE, str(client.pk)), suggestion="1044"
    )
    admin = may_not(members["admin"], missing)
    (button,) = [one for one in Rights(admin).greyed(row, buttons(row)) if one.why_not]
    assert f"You need the permission “{label}”" in button.why_not
    assert button.value == ""
    if entity == "client":
        with pytest.raises(CannotDecide, match=f"You need the permission “{label}”"):
            acts.ACTS[verb](Ask(admin, [row]))
        client.refresh_from_db()
        assert client.name == "Ada Byrne"


def test_only_who_may_change_an_invoice_gives_it_another_number(
    members: dict[str, Member], connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = replace(
        an_issue("Invoice 1043", "number_taken"), key=Key("invoice", Side.PRACTICE, "7"), suggestion="1044"
    )
    changed: list[Any] = []
    monkeypatch.setattr(acts, "revise_invoice", lambda **given: changed.append(given))
    with pytest.raises(CannotDecide, match="View Billing"):
        acts.use_number(Ask(members["admin-no-billing"], [row]))
    with pytest.raises(CannotDecide, match="There is no such invoice"):
        acts.use_number(Ask(members["admin"], [row]))
    assert changed == []


def test_which_tax_code_a_rate_stands_for_is_changed_by_who_may_change_the_rate(
    firm: Firm, members: dict[str, Member], signed_in: SignedIn, connection: Connection
) -> None:
    rate = TaxRate.objects.create(firm=firm, name="Omaha", percent="7.5")
    code = ListEntry.objects.create(firm=firm, list="tax_code", ledger_id="3", name="NE", full_name="NE")
    may_not(members["admin"], Permission.BILLING_AND_PAYMENTS)
    browser = signed_in("admin")
    page = text(browser.get(BASE + "invoices/"))
    assert 'disabled aria-describedby="no-tax"' in page
    answer = browser.post(f"{BASE}invoices/tax/{rate.pk}/", {"tax_code": code.pk}, follow=True)
    assert "You need the permission “Billing and Payments”" in answer.content.decode()
    rate.refresh_from_db()
    assert rate.tax_code_id is None


def test_linking_the_invoice_that_has_a_number_answers_with_amounts_and_so_needs_to_see_them(
    members: dict[str, Member], in_firm: Firm
) -> None:
    row = replace(an_issue("1043", "number_taken"), key=Key("invoice", Side.PRACTICE, "7"), holder="130")
    blind = Rights(may_not(members["admin"], Permission.VIEW_BILLING))
    (link,) = [one for one in blind.greyed(row, buttons(row)) if one.label == "Link that invoice"]
    assert not link.value
    assert MISSING in link.why_not
