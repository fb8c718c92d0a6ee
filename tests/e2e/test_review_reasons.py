"""What the review says about each pair, in a real browser: certain or to be checked, and why."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.in_process import enter
from tests.e2e.test_review_left import MANAGE, REVIEW, a_firm, reviewed, row, synced

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def email(address: str) -> dict[str, object]:
    return {"PrimaryEmailAddr": {"Address": address}}


def test_pairs_are_certain_or_to_be_checked_with_reasons_and_suggestions_come_best_first(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = a_firm(settings)
    pairs = {}
    for name, ours, theirs in (
        ("Acme Plumbing", "books@acme.example", "books@acme.example"),
        ("Ifeoma Oyelaran", "ifeoma@elsewhere.example", "i@oyelaran.example"),
        ("Thu Zellweger", "thu@elsewhere.example", "t@zellweger.example"),
    ):
        pairs[rig.add_client(name, email=ours)] = rig.add_customer(name, **email(theirs))
    lone = rig.add_client("Katherine Okonkwo", phone="217 555 0101")
    best = rig.add_customer("Kathy Okonkwo", PrimaryPhone={"FreeFormNumber": "217 555 0101"})
    rig.add_customer("Kaleb Okonkwo")
    found = reviewed(rig)
    page = enter(browser, rig.member, live_server.url)

    # one is certain; two have the same name and something against it
    page.goto(f"{live_server.url}{REVIEW}matches/")
    page.get_by_role("link", name="Show the exact matches").click()
    expect(row(page, "Acme Plumbing")).to_contain_text("The e-mail is the same.")
    expect(row(page, "Acme Plumbing")).to_contain_text("Will be linked")
    page.keyboard.press("o")
    expect(row(page, "Acme Plumbing")).to_have_count(0)
    expect(row(page, "Ifeoma Oyelaran")).to_contain_text("But: The e-mail differs.")
    expect(row(page, "Ifeoma Oyelaran")).not_to_contain_text("Will be linked")
    page.get_by_role("link", name="Show only these").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    page.get_by_role("button", name=re.compile("Accept all 2")).click()
    expect(page.locator("#undo")).to_contain_text("Taken for the same")
    expect(page.locator("#forecast")).to_contain_text("3 pairs linked")

    # the partner that fits better stands first, and says why
    page.goto(f"{live_server.url}{REVIEW}unmatched/")
    page.get_by_role("link", name="Link to… : Katherine Okonkwo").click()
    offered = page.locator(".partners li")
    expect(offered.first).to_contain_text("Kathy Okonkwo")
    expect(offered.first).to_contain_text("The phone is the same.")
    offered.first.get_by_role("button", name=re.compile("Link")).click()
    expect(page.locator("#forecast")).to_contain_text("4 pairs linked")

    page.goto(f"{live_server.url}{MANAGE}clients/confirm/")
    page.get_by_role("button", name="Sync clients").click()
    page.wait_for_url(re.compile("/clients/(progress|done)/"))
    synced(rig, found)
    page.goto(f"{live_server.url}{REVIEW}matches/")
    expect(page.locator("#measured")).to_contain_text(
        "Linked without asking so far: 1 pair linked, 0 undone since"
    )
    expect(page.locator("#measured")).to_contain_text("Linked after a check so far: 2 pairs linked")
    assert {**pairs, lone: best}.items() <= rig.links().items()
    assert not page.complaints  # type: ignore[attr-defined]
