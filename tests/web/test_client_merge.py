"""The pages that merge two clients, and those of client groups."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tests.web.test_billing_invoice_lists import queries
from tieout.practice.actions.clients import change_client, create_client
from tieout.practice.actions.groups import add_to_group, create_group
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm, Member
from tieout.practice.groups import ClientGroup
from tieout.practice.isolation import every_firm_scope

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]


@pytest.fixture(autouse=True)
def silent_bell(settings: Any) -> None:
    settings.OUTBOX_BELL = ""


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


@pytest.fixture
def twin(desk: Desk) -> Client:
    return create_client(
        firm_id=desk.firm_id, actor=desk.actor, kind=Kind.BUSINESS, name="Acme Tax LLC", phone="555-0100"
    )


# Merging -------------------------------------------------------------------------------------------------------
def test_likely_twins_are_offered_and_others_are_searched(
    desk: Desk, twin: Client, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    here = f"/clients/{desk.client.pk}/merge/"
    assert "Acme Tax LLC" in browser.get(here).content.decode()
    assert "is called that" in browser.get(here, {"search": "zzz"}).content.decode()
    assert f"?with={desk.client.pk}" not in browser.get(here, {"search": "acme"}).content.decode()


def test_the_page_says_what_moves_before_it_does(desk: Desk, twin: Client, signed_in: SignedIn) -> None:
    desk.invoice(300, client_id=twin.pk)
    browser = signed_in("admin")
    page = browser.get(f"/clients/{desk.client.pk}/merge/", {"with": twin.pk}).content.decode()
    for told in (
        "Merge Acme Tax LLC into Acme LLC",
        "1 invoice",
        "$300.00 owed",
        "555-0100",
        "Neither is linked",
    ):
        assert told in page, told
    other_way = browser.get(f"/clients/{desk.client.pk}/merge/", {"with": twin.pk, "keep": "other"}).content
    assert b"Merge Acme LLC into Acme Tax LLC" in other_way
    assert Client.objects.get(pk=twin.pk).merged_into_id is None


def test_the_button_merges_and_the_one_that_went_points_to_the_other(
    desk: Desk, twin: Client, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    form = {"with": twin.pk, "stays_version": desk.client.version, "goes_version": twin.version}
    done = browser.post(f"/clients/{desk.client.pk}/merge/", form, follow=True)
    assert done.redirect_chain[-1][0] == f"/clients/{desk.client.pk}/"
    assert b"Took in Acme Tax LLC" in done.content
    gone = browser.get(f"/clients/{twin.pk}/").content.decode()
    assert "Merged into another client" in gone
    assert f'href="/clients/{twin.pk}/edit/"' not in gone
    assert b"Merged" in browser.get("/clients/?show=inactive").content
    refused = browser.post(f"/clients/{twin.pk}/restore/")
    assert refused.status_code == 404
    assert not Client.objects.get(pk=twin.pk).is_active


def test_what_changed_since_the_preview_is_looked_at_again(
    desk: Desk, twin: Client, signed_in: SignedIn
) -> None:
    form = {"with": twin.pk, "stays_version": desk.client.version, "goes_version": twin.version}
    change_client(firm_id=desk.firm_id, client_id=twin.pk, actor=desk.actor, phone="555-0111")
    page = signed_in("admin").post(f"/clients/{desk.client.pk}/merge/", form).content
    assert b"Someone changed this client" in page
    assert Client.objects.get(pk=twin.pk).merged_into_id is None


def test_who_sees_only_assigned_clients_merges_no_others(
    desk: Desk, twin: Client, members: dict[str, Member], signed_in: SignedIn
) -> None:
    mine = members["staff-assigned"]
    change_client(firm_id=desk.firm_id, client_id=desk.client.pk, actor=desk.actor, assigned_to_id=mine.pk)
    browser = signed_in("staff-assigned")
    here = f"/clients/{desk.client.pk}/merge/"
    assert b"Acme Tax" not in browser.get(here).content
    assert browser.post(here, {"with": twin.pk}).status_code == 404


# Groups --------------------------------------------------------------------------------------------------------
def test_a_group_is_made_filled_billed_renamed_and_emptied(
    desk: Desk, twin: Client, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    made = browser.post("/clients/groups/new/", {"name": "Acme family"}, follow=True)
    here = made.redirect_chain[-1][0]
    assert b"Nobody is in this group yet" in made.content
    assert b"Acme Tax LLC" in browser.get(here, {"search": "acme"}).content
    for client in (desk.client, twin):
        browser.post(f"{here}add/", {"client": client.pk})
    browser.post(f"{here}billed/", {"client": twin.pk})
    browser.post(f"{here}rename/", {"name": "The Acmes"})
    group = ClientGroup.objects.get()
    assert (group.name, group.billed_client_id, group.members.count()) == ("The Acmes", twin.pk, 2)
    refused = browser.post(f"{here}remove/", {"client": twin.pk}, follow=True).content
    assert b"Choose another client for that first" in refused
    browser.post(f"{here}remove/", {"client": desk.client.pk})
    assert group.members.count() == 1
    assert b"The Acmes" in browser.get(f"/clients/{twin.pk}/").content
    assert browser.post(f"{here}nonsense/").status_code == 404


def test_a_group_found_by_one_of_its_clients_still_counts_them_all(
    desk: Desk, twin: Client, signed_in: SignedIn
) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    group = create_group(**where, name="The family")
    for client, amount in ((desk.client, 30), (twin, 12)):
        add_to_group(**where, group_id=group.pk, client_id=client.pk)
        desk.invoice(amount, client_id=client.pk)
    for search in ("tax", "acme", "family"):
        page = signed_in("admin").get("/clients/groups/", {"search": search}).content.decode()
        assert re.findall(r'class="count[^"]*">([^<]+)</td>', page) == ["2", "$42.00"], search


def test_a_group_is_dissolved_after_asking(desk: Desk, twin: Client, signed_in: SignedIn) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    group = create_group(**where, name="The family")
    add_to_group(**where, group_id=group.pk, client_id=twin.pk)
    browser, here = signed_in("admin"), f"/clients/groups/{group.pk}/"
    assert f"{here}dissolve/" in browser.get(here).content.decode()
    asked = browser.get(f"{here}dissolve/").content
    assert b"1 client is no longer in it" in asked
    done = browser.post(f"{here}dissolve/", {"version": str(desk.fresh(group).version)}, follow=True)
    assert b"The family is dissolved" in done.content
    assert browser.get(here).status_code == browser.post(f"{here}dissolve/").status_code == 404
    assert b"The family" not in browser.get("/clients/groups/").content
    assert b"The family" not in browser.get(f"/clients/{twin.pk}/").content
    assert signed_in("staff-assigned").get(f"{here}dissolve/").status_code == 404


def test_groups_are_for_who_sees_every_client_of_this_firm(
    desk: Desk, signed_in: SignedIn, members: dict[str, Member]
) -> None:
    group = create_group(firm_id=desk.firm_id, actor=desk.actor, name="Acme family")
    assigned = signed_in("staff-assigned")
    assert assigned.get("/clients/groups/").status_code == 403
    assert assigned.post(f"/clients/groups/{group.pk}/rename/", {"name": "Mine"}).status_code == 404
    assert assigned.post("/clients/groups/new/", {"name": "Mine"}).status_code == 403
    from tests.web.conftest import entered, make_firm, make_members

    with every_firm_scope():
        stranger = make_members(make_firm("Twin"))["admin"]
    assert entered(stranger).get(f"/clients/groups/{group.pk}/").status_code == 404


def test_more_groups_and_members_cost_no_more_queries(desk: Desk, twin: Client, signed_in: SignedIn) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    browser = signed_in("admin")
    group = create_group(**where, name="One")
    add_to_group(**where, group_id=group.pk, client_id=twin.pk)
    browser.get("/")  # the first page of a session also notes that it is used
    before = queries(browser, "/clients/groups/"), queries(browser, f"/clients/groups/{group.pk}/")
    for number in range(5):
        create_group(**where, name=f"Group {number}")
        more = create_client(**where, kind=Kind.BUSINESS, name=f"Client {number}")
        add_to_group(**where, group_id=group.pk, client_id=more.pk)
    assert (queries(browser, "/clients/groups/"), queries(browser, f"/clients/groups/{group.pk}/")) == before
