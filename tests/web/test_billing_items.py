"""The pages of service items as a person meets them: list, one row in place, record, new, edit, archive, export."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tests.web.conftest import entered, make_firm, make_members
from tests.web.test_pages import Reading
from tieout.practice.actions.ledger_lists import keep_list_entry
from tieout.practice.actions.service_items import (
    archive_service_item,
    change_service_item,
    create_service_item,
)
from tieout.practice.firms import Firm
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.service_items import ServiceItem
from tieout.web import badges
from tieout.web.billing import service_items

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
ITEMS = "/billing/service-items/"
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def silent_bell(settings: Any) -> None:
    settings.OUTBOX_BELL = ""


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def names(page: bytes) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="[^"]+">([^<]+)</a>', page.decode())


def problems(content: bytes) -> list[str]:
    reading = Reading()
    reading.feed(content.decode())
    return reading.problems()


def test_an_empty_list_says_what_a_service_item_is(signed_in: SignedIn) -> None:
    page = signed_in("admin").get(ITEMS).content
    assert b"No service items yet" in page
    assert f'href="{ITEMS}new/"'.encode() in page


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ["Software", "Tax return"]),
        ("?sort=-name", ["Tax return", "Software"]),
        ("?search=soft", ["Software"]),
        ("?charge=hour", []),
        ("?show=archived", ["Old audit"]),
        ("?show=all&sort=rate", ["Old audit", "Tax return", "Software"]),
        ("?show=no&sort=-no&page=99&charge=no", ["Software", "Tax return"]),
    ],
)
def test_the_list_searches_filters_and_sorts(
    address: str, expected: list[str], desk: Desk, signed_in: SignedIn
) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    old = create_service_item(**where, name="Old audit", rate=5)
    archive_service_item(**where, item_id=old.pk)
    page = signed_in("admin").get(ITEMS + address).content
    assert names(page) == expected
    assert (b"No service item is like that" in page) is (expected == [])


def test_the_list_says_where_each_item_is_used(desk: Desk, signed_in: SignedIn) -> None:
    desk.invoice("10")
    desk.draft()
    page = " ".join(signed_in("admin").get(ITEMS).content.decode().split())
    assert "1 invoice, 1 draft" in page
    assert "nothing yet" in page


def test_rows_do_not_raise_the_number_of_queries(
    desk: Desk, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        create_service_item(firm_id=desk.firm_id, actor=desk.actor, name=f"Item {number:02}", rate=number)
    browser = signed_in("admin")
    with django_assert_max_num_queries(20):
        assert len(names(browser.get(ITEMS).content)) == 42


def test_the_badge_stands_in_its_column(
    desk: Desk, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def badge(kind: str, ids: Any) -> dict[str, badges.Badge]:
        assert kind == "service_item"
        return {each: badges.Badge("In sync", "circle-check", "good", is_linked=linked) for each in ids}

    linked = False

    monkeypatch.setattr(service_items, "badges_for", badge)
    browser = signed_in("admin")
    assert browser.get(ITEMS).content.count(b"In sync") == 2
    assert b"Saving also changes" not in browser.get(f"{ITEMS}{desk.item.pk}/edit/").content
    linked = True
    for address in (f"{ITEMS}{desk.item.pk}/edit/", f"{ITEMS}{desk.item.pk}/row/?edit"):
        shown = browser.get(address, headers={"HX-Request": "true"}).content
        assert b"Saving also changes QuickBooks" in shown, address


def test_a_new_item_is_saved_and_what_is_wrong_stands_beside_its_field(
    in_firm: Firm, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    refused = browser.post(f"{ITEMS}new/", {"name": "", "rate": "much", "charge": "hour", "sku": "S-1"})
    assert refused.status_code == 422
    assert b"2 fields need a change" in refused.content
    assert b'value="S-1"' in refused.content
    browser.post(f"{ITEMS}new/", {"name": "Advice", "rate": "1,250.50", "charge": "hour"})
    item = ServiceItem.objects.get(name="Advice")
    assert (item.rate, item.charge) == (Decimal("1250.50"), "hour")


def test_accounts_and_categories_are_asked_for_only_once_they_are_here(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    assert b"Income account" not in browser.get(f"{ITEMS}new/").content
    account = keep_list_entry(
        firm_id=desk.firm_id,
        of=LedgerList.ACCOUNT,
        ledger_id="7",
        actor=desk.actor,
        name="Fees",
        account_type="Income",
    )
    assert b"Category" not in browser.get(f"{ITEMS}new/").content
    browser.post(f"{ITEMS}new/", {"name": "Advice", "charge": "service", "income_account_id": account.pk})
    assert ServiceItem.objects.get(name="Advice").income_account == account


def test_an_edit_over_a_newer_version_is_not_saved(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    where = f"{ITEMS}{desk.item.pk}/edit/"
    form = {"name": "Return", "rate": "90", "charge": "service", "version": "1"}
    browser.post(where, form)
    page = browser.post(where, form | {"name": "Other"}, follow=True).content
    assert b"while you were editing" in page
    assert desk.fresh(desk.item).name == "Return"


def test_a_row_is_edited_in_place(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    where = f"{ITEMS}{desk.item.pk}/row/"
    assert b'name="rate"' in browser.get(f"{where}?edit", headers=PART).content
    saved = browser.post(
        where, {"name": "Tax return", "rate": "120", "sku": "T", "version": "1"}, headers=PART
    )
    assert b"$120.00" in saved.content
    refused = browser.post(where, {"name": "Software", "rate": "1", "sku": ""}, headers=PART).content
    assert b"Another active service item is called Software" in refused
    assert b'value="1"' in refused
    assert (desk.fresh(desk.item).rate, desk.fresh(desk.item).name) == (Decimal(120), "Tax return")
    assert browser.get(where).status_code == 302


def test_a_problem_of_a_row_stands_at_its_input_and_what_was_typed_stays(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser, where = signed_in("admin"), f"{ITEMS}{desk.item.pk}/row/"

    def invalid(**typed: str) -> tuple[list[str], str]:
        form = {"name": "Tax return", "rate": "5", "sku": "", "version": "1", **typed}
        part = browser.post(where, form, headers=PART).content.decode()
        inputs = re.findall(r"<input[^>]*>", part)
        return [re.findall(r'name="(\w+)"', one)[0] for one in inputs if "aria-invalid" in one], part

    assert invalid(rate="a lot")[0] == ["rate"]
    assert invalid(sku="x" * 200)[0] == ["sku"]
    names_wrong, part = invalid(name="", rate="a lot")
    assert names_wrong == ["name", "rate"]
    assert (part.count('role="alert"'), 'name="name" value=""' in part) == (2, True)
    none_wrong, part = invalid(version="9")
    assert (none_wrong, "while you were editing" in part) == ([], True)


def test_the_list_says_into_which_account_each_item_earns(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    assert b"Income account" not in browser.get(ITEMS).content
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    account = keep_list_entry(
        **where, of=LedgerList.ACCOUNT, ledger_id="1", name="Fees earned", account_type="Income"
    )
    change_service_item(**where, item_id=desk.item.pk, income_account_id=account.pk)
    page = browser.get(ITEMS).content.decode()
    assert '<td data-label="Income account" class="text-break">Fees earned</td>' in page
    assert problems(page.encode()) == []


def test_archiving_says_what_stops_and_can_be_undone(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    desk.draft()
    where = f"{ITEMS}{desk.item.pk}/"
    assert b"1 draft with it cannot be finalized" in browser.get(f"{where}archive/").content
    browser.post(f"{where}archive/")
    assert not desk.fresh(desk.item).is_active
    browser.post(f"{where}restore/")
    assert desk.fresh(desk.item).is_active


def test_the_export_has_what_the_list_has(desk: Desk, signed_in: SignedIn) -> None:
    lines = signed_in("admin").get(f"{ITEMS}export.csv?search=soft").content.decode("utf-8-sig").splitlines()
    assert lines[1:] == ["Software,,Per service,100,,State,,,Active"]


def test_staff_may_look_and_not_touch(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("staff-all")
    assert f"{ITEMS}{desk.item.pk}/edit/".encode() not in browser.get(ITEMS).content
    for address in ("edit/", "archive/", "row/"):
        assert browser.get(f"{ITEMS}{desk.item.pk}/{address}").status_code == 403
    assert browser.post(f"{ITEMS}{desk.item.pk}/restore/").status_code == 403
    assert signed_in("staff-all-no-billing").get(ITEMS).status_code == 403


def test_an_item_is_nowhere_for_another_firm(desk: Desk) -> None:
    twin = entered(make_members(make_firm("Byrne & Cole CPA"))["admin"])
    for address in ("", "edit/", "archive/"):
        assert twin.get(f"{ITEMS}{desk.item.pk}/{address}").status_code == 404
    assert twin.post(f"{ITEMS}{desk.item.pk}/restore/").status_code == 404
    assert names(twin.get(f"{ITEMS}?show=all").content) == []


def test_the_pages_keep_the_promises(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    here = f"{ITEMS}{desk.item.pk}/"
    for address in (ITEMS, f"{ITEMS}?search=none", f"{ITEMS}new/", here, f"{here}edit/", f"{here}archive/"):
        answer = browser.get(address)
        assert (answer.status_code, problems(answer.content)) == (200, []), address
    assert problems(browser.post(f"{ITEMS}new/", {"rate": "x"}).content) == []
