"""The list of clients as a firm shares its work out: whose they are, what they owe, and many given to a colleague."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import NOW, Desk
from tests.web.test_billing_invoice_lists import numbers, problems, queries, text
from tieout.practice.actions.bulk import AT_ONCE, carry_on, start_client_bulk
from tieout.practice.actions.clients import create_client
from tieout.practice.actor import ChangeRecord
from tieout.practice.bulk import BulkAct, BulkVerb
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member
from tieout.web.client_list import PAGE_SIZE

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
CLIENTS = "/clients/"
MANY, EXPORT = f"{CLIENTS}many/", f"{CLIENTS}many/export.csv"


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
    page = browser.post(
        MANY, {"do": "assign", "pick": ids("Ada", "Cleo"), "assign_to": staff.pk}, follow=True
    )
    told = text(page.content)
    assert f"Assign to {staff.user.get_full_name()}" in told
    assert "2 done" in told
    assert numbers(browser.get(f"{CLIENTS}?assigned={staff.pk}").content) == ["Ada", "Cleo"]
    assert numbers(browser.get(f"{CLIENTS}?assigned=nobody").content) == ["Acme LLC", "Ben"]
    assert numbers(signed_in("staff-assigned").get(CLIENTS).content) == ["Ada", "Cleo"]
    entry = ChangeRecord.objects.filter(kind="client", verb="changed", record_id=str(ids("Ada")[0])).get()
    assert (entry.actor_label, entry.changes["assigned_to_id"]) == ("Dana Reyes", [None, staff.pk])
    page = browser.post(MANY, {"do": "assign", "pick": ids("Ada"), "assign_to": "nobody"}, follow=True)
    assert "Assign to nobody" in text(page.content)
    assert numbers(browser.get(f"{CLIENTS}?assigned={staff.pk}").content) == ["Cleo"]


def test_all_that_was_found_goes_to_a_colleague_not_only_the_page_one_sees(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    browser, staff = signed_in("admin"), members["staff-all"]
    for number in range(AT_ONCE + PAGE_SIZE):
        create_client(firm_id=desk.firm_id, actor=desk.actor, kind="business", name=f"Many {number:03}")
    there = browser.get(f"{CLIENTS}?search=many&picked=all").content
    assert b"Assign to" in there
    done = {"do": "assign", "assign_to": staff.pk, "all": "1", "found": "search=many&"}
    started = browser.post(MANY, done)
    act = BulkAct.objects.get()
    assert started["Location"].endswith(f"/{act.pk}/")
    assert act.finished_at is None, "so many are the worker's"
    carry_on(firm_id=desk.firm_id, act_id=act.pk, clock=lambda: NOW)
    assert Client.objects.filter(assigned_to=staff).count() == AT_ONCE + PAGE_SIZE
    assert not Client.objects.filter(name="Ada", assigned_to=staff).exists()


def test_a_colleague_who_is_switched_off_meanwhile_gets_none_and_each_says_so(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    member, staff = members["admin"], members["staff-all"]
    act = start_client_bulk(
        member=member, verb=BulkVerb.ASSIGN, assigned_to_id=staff.pk, client_ids=ids("Ada"), now=NOW
    )
    Member.objects.filter(pk=staff.pk).update(is_active=False)
    carry_on(firm_id=desk.firm_id, act_id=act.pk, clock=lambda: NOW)
    assert [(row.state, row.problem) for row in act.rows.all()] == [
        ("refused", "Choose an active member of your firm.")
    ]


def test_what_is_ticked_or_found_is_exported_and_nothing_else(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    asked = {"found": "sort=-name&search=nobody&", "pick": ids("Ada", "Cleo")}
    lines = browser.post(EXPORT, asked).content.decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Cleo", "Ada"]
    lines = browser.post(EXPORT, {"all": "1", "found": "search=ben&"}).content.decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Ben"]
    assert "Tick the clients first" in text(browser.post(EXPORT, {}, follow=True).content)
    Client.objects.filter(name="Ada").update(assigned_to=None)
    mine = signed_in("staff-assigned").post(EXPORT, asked)
    assert b"Ada" not in mine.content


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"assign_to": "1"}, "Choose to whom the clients go"),
        ({"assign_to": "x" * 500}, "Choose to whom the clients go"),
        ({"assign_to": ""}, "Choose to whom the clients go"),
        ({"assign_to": "nobody", "pick": ["x", "9" * 40, "\u0663"]}, "No client was selected"),
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing_and_says_what_is_missing(
    form: dict[str, object], sentence: str, desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    page = browser.post(MANY, {"do": "assign", "pick": ids("Ada"), **form}, follow=True)
    assert sentence in text(page.content)
    assert not ChangeRecord.objects.filter(verb="changed").exists()


def test_who_sees_only_their_own_clients_gives_none_away(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    staff = members["staff-assigned"]
    Client.objects.filter(name="Ada").update(assigned_to=staff)
    browser = signed_in("staff-assigned")
    assert b"Assign to" not in browser.get(CLIENTS).content
    refused = browser.post(MANY, {"do": "assign", "pick": ids("Ada"), "assign_to": members["admin"].pk})
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
