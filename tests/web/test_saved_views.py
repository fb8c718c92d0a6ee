"""Saved views on the pages: kept, opened, renamed, shared, deleted, without a script; a stale one breaks nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import NOW, Desk
from tests.web.test_billing_invoice_lists import problems, text
from tieout.practice.actions.saved_views import save_view
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member
from tieout.practice.saved_views import ListName, SavedView
from tieout.web.saved_views import LISTS, canonical

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
ADDRESSES = {
    ListName.CLIENTS: "/clients/",
    ListName.INVOICES: "/billing/invoices/",
    ListName.PAYMENTS: "/billing/payments/",
    ListName.CREDITS: "/billing/credits/",
    ListName.SERVICE_ITEMS: "/billing/service-items/",
}


@pytest.fixture(autouse=True)
def desk(in_firm: Firm, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)
    desk = Desk.open(in_firm.pk)
    desk.pay(5, (desk.invoice(10), 5))
    desk.credit(3)
    return desk


def tabs(content: bytes) -> dict[str, bool]:
    """Name of each tab over the list -> whether it is the one shown."""
    inside = content.decode().split('aria-label="Saved views"', 1)[1].split("</nav>", 1)[0]
    found = {}
    for each in inside.split("<a ")[1:]:
        opening, rest = each.split(">", 1)
        found[rest.split("<", 1)[0].strip()] = 'aria-current="page"' in opening
    return found


def test_every_list_that_has_views_is_known() -> None:
    assert LISTS.keys() == set(ListName) == ADDRESSES.keys()


@pytest.mark.parametrize("of", ListName)
def test_what_a_list_shows_is_kept_and_stands_above_it(of: ListName, signed_in: SignedIn) -> None:
    browser, here = signed_in("admin"), ADDRESSES[of]
    asked = f"{here}?search=acme&sort=-{'name' if of in (ListName.CLIENTS, ListName.SERVICE_ITEMS) else 'date'}&page=3"
    shown = browser.get(asked).content.decode()
    query = shown.split('name="query" value="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    answer = browser.post(f"/views/{of}/save/", {"query": query, "name": "Acme"})
    assert answer["Location"] == f"{here}?{query}"
    there = browser.get(answer["Location"])
    assert tabs(there.content) == {"All": False, "Acme": True}
    assert problems(there.content) == []
    assert tabs(browser.get(here).content) == {"All": True, "Acme": False}
    manage = browser.get(f"/views/{of}/").content
    assert "with “acme”" in text(manage)
    assert problems(manage) == []


def test_a_list_opens_with_its_default_and_every_way_past_it_is_a_link(
    signed_in: SignedIn, members: dict[str, Member]
) -> None:
    browser, here = signed_in("admin"), ADDRESSES[ListName.INVOICES]
    browser.post(
        "/views/invoices/save/",
        {"query": "status=overdue", "name": "Late", "is_default": "1", "is_shared": "1"},
    )
    assert browser.get(here)["Location"] == f"{here}?status=overdue"
    assert signed_in("staff-all").get(here)["Location"] == f"{here}?status=overdue"
    plain = browser.get(f"{here}?view=all")
    assert tabs(plain.content)["All"]
    assert '?view=all">Clear the filters' in browser.get(f"{here}?status=overdue").content.decode()
    assert browser.get(here, headers={"HX-Request": "true"}).status_code == 200
    view = SavedView.objects.get()
    browser.post(
        f"/views/{view.pk}/change/", {"name": "Late ones", "is_shared": "1", "version": view.version}
    )
    assert browser.get(here).status_code == 200
    assert tabs(browser.get(here).content).keys() == {"All", "Late ones"}
    stale = browser.post(f"/views/{view.pk}/change/", {"name": "x", "version": view.version}, follow=True)
    assert "Someone changed this saved view" in text(stale.content)
    browser.post(f"/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


ODD = (
    "status=gone&sort=nothing&client=x&since=2026-02-30",
    "sort=-due&unknown=1",
    "%00=1&search=%00",
    "tag=999999&assigned=999999&kind=alien&show=some",
    "page=-5&count=all",
    "=&&&=",
    "search=" + "x" * 990,
)


@pytest.mark.parametrize("of", ListName)
def test_a_view_that_has_grown_stale_still_shows_a_list(
    of: ListName, signed_in: SignedIn, members: dict[str, Member]
) -> None:
    """As an older version of the product may have kept it."""
    browser, here = signed_in("admin"), ADDRESSES[of]
    for number, query in enumerate(ODD):
        SavedView.objects.create(
            firm_id=members["admin"].firm_id, member=members["admin"], list=of, name=f"View {number}", query=query,
            is_default=not number,
        )  # fmt: skip
    assert browser.get(here, follow=True).status_code == 200
    for tab in browser.get(f"{here}?view=all").content.decode().split('<a href="')[1:]:
        if tab.startswith(here):
            assert browser.get(tab.split('"', 1)[0].replace("&amp;", "&")).status_code == 200
    assert browser.get(f"/views/{of}/").status_code == 200


def test_what_a_list_does_not_know_is_not_kept() -> None:
    assert (
        canonical(ListName.INVOICES, "status=overdue&nonsense=1&sort=-due&page=4")
        == "status=overdue&sort=-due"
    )
    assert canonical(ListName.CLIENTS, "status=overdue&show=all&tag=7") == "show=all&tag=7"


def test_a_view_that_cannot_be_saved_says_so_on_the_list(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    for form in ({}, {"name": ""}, {"name": "x" * 90, "query": "show=all"}, {"name": "\x00"}):
        answer = browser.post("/views/clients/save/", form, follow=True)
        assert "The view was not saved." in text(answer.content), form
    assert browser.post("/views/refunds/save/", {"name": "x"}).status_code == 404
    assert not SavedView.objects.exists()


def test_who_may_not_share_is_told_why_and_sees_the_firms_views(
    signed_in: SignedIn, members: dict[str, Member]
) -> None:
    save_view(by=members["admin"], list="clients", name="Everybody's", query="show=all", is_shared=True)
    Client.objects.update(assigned_to=members["staff-assigned"])
    browser = signed_in("staff-assigned")
    page = browser.get("/clients/?view=all").content
    assert "Who sees every client of the firm can share views." in text(page)
    assert browser.post("/views/clients/save/", {"name": "Mine", "is_shared": "1"}).status_code == 403
    view = SavedView.objects.get()
    assert browser.post(f"/views/{view.pk}/delete/").status_code == 403
    assert "Dana Reyes or who manages the team can change it." in text(browser.get("/views/clients/").content)
    assert signed_in("staff-all-no-billing").get("/views/invoices/").status_code == 403
