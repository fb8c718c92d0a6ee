"""Invoices of client groups: whoever sees the client that is billed can work on them; they are found by their group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.web.api.world import Program, token_for
from tests.web.test_billing_invoice_lists import queries
from tests.web.test_billing_invoices import PART, form_of, numbers, problems, text
from tieout.practice.actions.clients import change_client, create_client
from tieout.practice.actions.groups import add_to_group, create_group, set_billed_client
from tieout.practice.actions.recurring import create_recurring
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm, Member
from tieout.practice.groups import ClientGroup
from tieout.practice.invoices import Invoice
from tieout.practice.recurring import RecurringInvoice

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
INVOICES, RECURRING = "/billing/invoices/", "/billing/recurring/"


@pytest.fixture(autouse=True)
def at_noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def by(desk: Desk) -> dict[str, Any]:
    return {"firm_id": desk.firm_id, "actor": desk.actor}


@pytest.fixture
def other(desk: Desk) -> Client:
    return create_client(**by(desk), kind=Kind.BUSINESS, name="Acme Two")


@pytest.fixture
def group(desk: Desk, other: Client) -> ClientGroup:
    """Billed to the desk's client."""
    made = create_group(**by(desk), name="The Acmes")
    for client in (desk.client, other):
        add_to_group(**by(desk), group_id=made.pk, client_id=client.pk)
    return made


@pytest.fixture
def assigned(desk: Desk, group: ClientGroup, members: dict[str, Member], signed_in: SignedIn) -> Browser:
    """Sees only the client that is billed."""
    change_client(**by(desk), client_id=desk.client.pk, assigned_to_id=members["staff-assigned"].pk)
    return signed_in("staff-assigned")


def of_group(desk: Desk, group: ClientGroup, **fields: Any) -> Invoice:
    return desk.draft(client_id=None, group_id=group.pk, **fields)


def test_assigned_staff_change_and_revise_the_groups_invoices_of_their_client(
    desk: Desk, group: ClientGroup, other: Client, assigned: Browser
) -> None:
    draft = of_group(desk, group, lines=[{"item_id": desk.item.pk, "client_id": other.pk}])
    here = f"{INVOICES}{draft.pk}/"
    form = form_of(assigned.get(f"{here}edit/").content) | {"memo": "Hello"}
    assert form["group_id"] == str(group.pk)
    sums = assigned.post(f"{INVOICES}parts/", form | {"do": ""}, headers=PART)
    assert (sums.status_code, "Subtotal $100.00" in text(sums.content)) == (200, True)
    rows = assigned.post(f"{INVOICES}parts/", form | {"do": "add"}, headers=PART).content
    assert b"Acme Two" in rows, "its lines still say for whom the work was"
    assert assigned.post(f"{here}edit/", form).status_code == 302
    saved = desk.fresh(draft)
    assert (saved.memo, saved.group, saved.client) == ("Hello", group, desk.client)
    assert saved.lines.get().client == other
    desk.finalise(draft)
    form = form_of(assigned.get(f"{here}revise/").content) | {"line-0-rate": "150"}
    assert assigned.post(f"{INVOICES}parts/", form | {"do": ""}, headers=PART).status_code == 200
    assert assigned.post(f"{here}revise/", form).status_code == 302
    assert desk.fresh(draft).total == 150


def test_assigned_staff_change_the_groups_recurring_invoices_of_their_client(
    desk: Desk, group: ClientGroup, assigned: Browser
) -> None:
    made = create_recurring(
        **by(desk),
        today=TODAY,
        name="Books",
        frequency="monthly",
        first_date="2026-12-01",
        content={"group_id": group.pk, "lines": [{"item_id": desk.item.pk}]},
    )
    where = f"{RECURRING}{made.pk}/edit/"
    form = form_of(assigned.get(where).content) | {"name": "Monthly", "line-0-rate": "80"}
    assert assigned.post(f"{INVOICES}parts/", form | {"do": ""}, headers=PART).status_code == 200
    assert assigned.post(where, form).status_code == 302
    saved = RecurringInvoice.objects.get()
    assert (saved.name, saved.content["group_id"]) == ("Monthly", group.pk)


def test_another_group_stays_out_of_reach_of_assigned_staff(
    desk: Desk, group: ClientGroup, other: Client, assigned: Browser
) -> None:
    foreign = create_group(**by(desk), name="The Zetas")
    zeta = create_client(**by(desk), kind=Kind.BUSINESS, name="Zeta")
    add_to_group(**by(desk), group_id=foreign.pk, client_id=zeta.pk)
    draft = of_group(desk, group)
    form = form_of(assigned.get(f"{INVOICES}{draft.pk}/edit/").content)
    moved = form | {"group_id": str(foreign.pk)}
    assert assigned.post(f"{INVOICES}{draft.pk}/edit/", moved).status_code == 404
    assert assigned.get(f"{INVOICES}new/?group={group.pk}").status_code == 404
    set_billed_client(**by(desk), group_id=group.pk, client_id=other.pk)
    assert assigned.post(f"{INVOICES}{draft.pk}/edit/", form).status_code == 404, (
        "it would go to another client"
    )
    assert desk.fresh(draft).client == desk.client


def test_a_line_for_a_client_outside_the_group_is_marked_at_its_choice(
    desk: Desk, group: ClientGroup, signed_in: SignedIn
) -> None:
    draft = of_group(desk, group)
    form = form_of(signed_in("admin").get(f"{INVOICES}{draft.pk}/edit/").content)
    answer = signed_in("admin").post(f"{INVOICES}{draft.pk}/edit/", form | {"line-0-client_id": "999999"})
    assert (answer.status_code, problems(answer.content)) == (422, [])
    page = answer.content.decode()
    assert "Choose a client of the group" in page.split('id="line-0-client_id-problem"')[1].split("</div>")[0]


def test_a_draft_billed_to_a_group_anew_offers_that_groups_clients_in_every_part(
    desk: Desk, group: ClientGroup, signed_in: SignedIn
) -> None:
    draft, browser = desk.draft(), signed_in("admin")
    form = form_of(browser.get(f"{INVOICES}{draft.pk}/edit/?group={group.pk}").content)
    assert b"Acme Two" in browser.post(f"{INVOICES}parts/", form | {"do": "add"}, headers=PART).content


def test_a_number_that_is_none_names_no_group_and_no_row(
    desk: Desk, group: ClientGroup, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    assert browser.get(f"{INVOICES}new/?group=²").status_code == 404
    form = form_of(browser.get(f"{INVOICES}new/?client={desk.client.pk}").content)
    for do in ("item-²", "remove-²", "item-99", "remove-"):
        answer = browser.post(f"{INVOICES}parts/", form | {"do": do}, headers=PART)
        assert answer.status_code == 200, do
        assert form_of(answer.content)["line_count"] == "1", do
    made = create_recurring(
        **by(desk),
        today=TODAY,
        frequency="monthly",
        first_date=TODAY,
        content={"client_id": "²", "group_id": group.pk, "lines": [{"item_id": desk.item.pk}]},
    )
    assert made.client == desk.client


# Found by their group --------------------------------------------------------------------------------------
def test_a_groups_invoices_are_found_on_the_list_by_the_api_and_on_the_groups_page(
    desk: Desk, group: ClientGroup, signed_in: SignedIn, members: dict[str, Member]
) -> None:
    desk.invoice(10)
    ours = desk.finalise(of_group(desk, group))
    browser = signed_in("admin")
    page = browser.get("/billing/invoices/").content
    assert f'href="?group={group.pk}"' in page.decode()
    narrowed = browser.get(f"{INVOICES}?group={group.pk}").content
    assert (numbers(narrowed), problems(narrowed)) == ([ours.number], [])
    assert numbers(browser.get(f"{INVOICES}?group=²").content) != [ours.number]
    rows = browser.get(f"{INVOICES}export.csv?group={group.pk}").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    with time_machine.travel(NOW, tick=False):
        found = Program(token_for(members["admin"])).get("/invoices", group=group.pk)
    assert [each["id"] for each in found["data"]] == [ours.pk]
    about = browser.get(f"/clients/groups/{group.pk}/").content
    assert (numbers(about)[-1], problems(about)) == (ours.number, [])
    assert f'href="{INVOICES}?group={group.pk}"' in about.decode()


def test_more_of_a_groups_invoices_take_no_more_queries(
    desk: Desk, group: ClientGroup, signed_in: SignedIn
) -> None:
    browser, other_line = signed_in("admin"), [{"item_id": desk.item.pk, "client_id": desk.client.pk}]
    first = desk.finalise(of_group(desk, group, lines=other_line))
    pages = [f"/clients/groups/{group.pk}/", f"{INVOICES}?group={group.pk}", INVOICES]
    pages += [f"{INVOICES}{first.pk}/", f"{INVOICES}{first.pk}/print/"]
    few = {each: queries(browser, each) for each in pages}
    for _ in range(6):
        desk.finalise(of_group(desk, group))
    wide = desk.finalise(of_group(desk, group, lines=other_line * 8))
    assert {each: queries(browser, each) for each in pages} == few
    for part in ("", "print/"):
        assert queries(browser, f"{INVOICES}{wide.pk}/{part}") == few[f"{INVOICES}{first.pk}/{part}"], part
