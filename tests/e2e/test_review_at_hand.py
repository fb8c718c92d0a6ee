"""What stands at hand in a review, in a real browser: a merge under its row, folded matches, whole columns, reasons, steps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.in_process import enter
from tests.e2e.test_review_left import MANAGE, REVIEW, a_firm, reviewed, row, synced

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def test_two_are_merged_under_their_row_a_column_is_kept_and_what_is_left_out_says_why(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = a_firm(settings)
    first = rig.add_client("Dan Low", kind="individual", email="dan@example.com")
    rig.add_client("Dan Low", kind="individual", email="")
    dan = rig.add_customer("Dan Low", PrimaryEmailAddr={"Address": "dan@example.com"})
    for number in range(2):
        rig.add_client(f"Pair {number} LLC", email=f"p{number}@example.com", phone=f"212 555 010{number}")
        rig.add_customer(
            f"Pair {number} LLC",
            PrimaryEmailAddr={"Address": f"p{number}@example.com"},
            PrimaryPhone={"FreeFormNumber": f"646 555 020{number}"},
        )
    rig.add_client("Exact LLC", email="exact@example.com")
    rig.add_customer("Exact LLC", PrimaryEmailAddr={"Address": "exact@example.com"})
    rig.add_customer("Zeno")
    found = reviewed(rig)
    page = enter(browser, rig.member, live_server.url)

    # the merge opens under the row, says that it is for good, and the group is gone
    page.goto(f"{live_server.url}{REVIEW}duplicates/")
    mine = page.locator("[data-row]").filter(has=page.locator(".detail", has_text="dan@example.com")).first
    mine.get_by_role("link", name=re.compile("^Merge with")).click()
    under = page.locator(".under", has_text="What moves to Dan Low")
    expect(under.get_by_role("heading", name=re.compile("^Merge Dan Low into"))).to_be_focused()
    expect(under).to_contain_text("There is no button to take a merge apart.")
    under.get_by_role("button", name="Merge into Dan Low").click()
    expect(page.get_by_text("No duplicates. Nice books.")).to_be_visible()
    assert page.url.startswith(f"{live_server.url}{REVIEW}duplicates/")

    # the steps by Alt and a digit, there and back; and the lists by a digit alone
    page.keyboard.press("Alt+4")
    page.wait_for_url("**/confirm/")
    expect(page.get_by_role("button", name="Sync clients, I accept the rest as shown")).to_be_visible()
    page.keyboard.press("Alt+3")
    page.wait_for_url("**/review/")
    page.keyboard.press("Alt+2")
    page.wait_for_url(f"**{MANAGE}clients/")
    page.keyboard.press("Alt+3")
    page.wait_for_url("**/review/")
    page.keyboard.press("3")
    page.wait_for_url("**/review/matches/")

    # exact ones are one row that the keyboard reaches and opens
    folded = page.locator(".exact")
    expect(folded).to_contain_text("exact match")
    page.keyboard.press("j")
    expect(folded).to_be_focused()
    page.keyboard.press("o")
    expect(row(page, "Exact LLC")).to_be_visible()
    page.keyboard.press("o")
    expect(row(page, "Exact LLC")).to_have_count(0)

    # a whole column, said aloud and undone as one
    page.get_by_role("button", name="Keep QuickBooks’ phone for all 2").click()
    expect(page.get_by_role("status").filter(has_text="is kept in 2 pairs. Saved.")).to_have_count(1)
    expect(row(page, "Pair 1 LLC").get_by_role("combobox")).to_have_value("ledger")
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "Pair 1 LLC").get_by_role("combobox")).to_have_value("")
    page.get_by_role("button", name="Keep QuickBooks’ phone for all 2").click()
    expect(row(page, "Pair 1 LLC").get_by_role("combobox")).to_have_value("ledger")

    # a kind is chosen, the number follows what is left out and is said; the reason comes after, and slows nobody
    page.goto(f"{live_server.url}{REVIEW}new-clients/")
    zeno = row(page, "Zeno")
    zeno.get_by_role("combobox", name="Kind of client: Zeno").select_option("individual")
    expect(zeno).to_contain_text("Primary contact: one without a name yet.")
    expect(page.get_by_role("status").filter(has_text="Create 1 new client in Tieout")).to_have_count(1)
    zeno.get_by_role("button", name=re.compile("^Leave out")).click()
    expect(page.locator("#forecast")).to_contain_text("0 new clients in Tieout")
    why = page.get_by_role("combobox", name="Why Zeno is left out")
    why.fill("A vendor")
    why.press("Tab")
    expect(page.locator("#undo")).to_contain_text("Reason kept: Zeno.")
    page.goto(f"{live_server.url}{MANAGE}clients/confirm/")
    expect(page.get_by_role("row", name=re.compile("Zeno"))).to_contain_text("A vendor")
    page.get_by_role("button", name="Sync clients").click()
    page.wait_for_url(re.compile("/clients/(progress|done)/"))
    synced(rig, found)
    assert rig.links()[first] == dan
    phones = {one["phone"] for one in rig.clients().values() if one["name"].startswith("Pair")}
    assert phones == {"646 555 0200", "646 555 0201"}
    page.goto(f"{live_server.url}{MANAGE}needs-you/?listing=left_out")
    expect(page.get_by_role("main")).to_contain_text("A vendor")
    assert not page.complaints  # type: ignore[attr-defined]
