"""The list of clients as a firm shares its work out: whose they are, what they owe, and many given to a colleague."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tests.web.test_billing_invoice_lists import numbers, problems, queries, text
from tieout.practice.actions.clients import create_client
from tieout.practice.actor import ChangeRecord
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
CLIENTS = "/clients/"


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    desk = Desk.open(in_firm.pk)
    for name in ("Ada", "Ben", "Cleo"):
        create_client(firm_id=in_firm.pk, actor=desk.actor, kind="business", name=name)
    return desk


def ids(*names: str) -> list[int]:
    return [Client.objects.get(name=name).pk for name in names]


def test_ticked_clients_go_to_a_colleague_each_with_its_history_and_are_found_there(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    browser, staff = signed_in("admin"), members["staff-assigned"]
    there = browser.post(
        f"{CLIENTS}assign/", {"pick": ids("Ada", "Cleo"), "assign_to": staff.pk, "found": "sort=-name&"}
    )
    assert there["Location"] == f"{CLIENTS}?sort=-name&"
    assert f"2 clients are assigned to {staff.user.get_full_name()}." in text(browser.get(CLIENTS).content)
    assert numbers(browser.get(f"{CLIENTS}?assigned={staff.pk}").content) == ["Ada", "Cleo"]
    assert numbers(browser.get(f"{CLIENTS}?assigned=nobody").content) == ["Acme LLC", "Ben"]
    assert numbers(signed_in("staff-assigned").get(CLIENTS).content) == ["Ada", "Cleo"]
    entry = ChangeRecord.objects.filter(kind="client", verb="changed", record_id=str(ids("Ada")[0])).get()
    assert (entry.actor_label, entry.changes["assigned_to_id"]) == ("Dana Reyes", [None, staff.pk])
    browser.post(f"{CLIENTS}assign/", {"pick": ids("Ada"), "assign_to": "nobody"})
    assert numbers(browser.get(f"{CLIENTS}?assigned={staff.pk}").content) == ["Cleo"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"assign_to": "1"}, "Choose to whom the clients go"),
        ({"assign_to": "x" * 500}, "Choose to whom the clients go"),
        ({"assign_to": ""}, "Choose to whom the clients go"),
        ({"assign_to": "nobody", "pick": ["x", "9" * 40, "\u0663"]}, "Tick the clients first"),
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing_and_says_what_is_missing(
    form: dict[str, object], sentence: str, desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    page = browser.post(f"{CLIENTS}assign/", {"pick": ids("Ada"), **form}, follow=True)
    assert sentence in text(page.content)
    assert not ChangeRecord.objects.filter(verb="changed").exists()


def test_who_sees_only_their_own_clients_gives_none_away(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    staff = members["staff-assigned"]
    Client.objects.filter(name="Ada").update(assigned_to=staff)
    browser = signed_in("staff-assigned")
    assert b"Assign the selected" not in browser.get(CLIENTS).content
    refused = browser.post(f"{CLIENTS}assign/", {"pick": ids("Ada"), "assign_to": members["admin"].pk})
    assert refused.status_code == 403
    assert Client.objects.get(name="Ada").assigned_to == staff


def test_the_list_says_what_each_owes_to_those_who_may_see_billing(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    before = queries(browser, CLIENTS)
    first = desk.invoice(100)
    desk.pay(30, (first, 30))
    page = browser.get(CLIENTS).content
    assert "Acme LLC" in text(page)
    assert "$70.00" in text(page)
    assert problems(page) == []
    assert queries(browser, CLIENTS) == before
    assert "$70.00" not in text(signed_in("staff-all-no-billing").get(CLIENTS).content)
