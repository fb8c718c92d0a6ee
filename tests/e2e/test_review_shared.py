"""The review in a real browser as people work: two at once, and a run that is put back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.in_process import colleague, enter
from tests.e2e.test_billing import violations
from tests.e2e.test_review_left import MANAGE, REVIEW, a_firm, reviewed, row, synced
from tests.sync.rig import Rig
from tieout.sync import rollback

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def in_use(rig: Rig) -> tuple[list[Any], list[Any]]:
    """Everything in use on both sides, without what every write moves."""
    moved = {"SyncToken", "MetaData"}
    here = sorted(repr(sorted(one.items())) for one in rig.clients().values() if one["active"])
    there = sorted(
        repr(sorted((name, one) for name, one in each.items() if name not in moved and one != ""))
        for each in rig.customers().values()
        if each.get("Active", True)
    )
    return here, there


def test_two_reviewers_see_each_other_and_who_is_late_is_told_who_decided(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = a_firm(settings)
    for name in ("Ada Byrne", "Bo Lee"):
        rig.add_client(name)
    reviewed(rig)
    dana = enter(browser, rig.member, live_server.url)
    sam = enter(browser, colleague(rig), live_server.url)
    # nobody's page is told of the other in time: what the page itself would show is the next journey's
    for page in (dana, sam):
        page.route("**/together/**", lambda route: route.fulfill(status=204))
        page.goto(f"{live_server.url}{REVIEW}unmatched/")
    dana.keyboard.press("j")
    dana.keyboard.press("n")
    expect(row(dana, "Ada Byrne")).to_contain_text("Will be created in QuickBooks")

    # the other one, whose page is older, decides about the same row: told who was first, and the row says so
    row(sam, "Ada Byrne").get_by_role("button", name=re.compile("^Leave out")).click()
    expect(sam.locator("#messages")).to_contain_text("Dana Reyes decided about Ada Byrne since you looked.")
    expect(row(sam, "Ada Byrne")).to_contain_text("Will be created in QuickBooks")
    expect(row(sam, "Ada Byrne")).to_contain_text("by Dana Reyes")
    expect(sam.locator("#forecast")).to_contain_text("1 new in QuickBooks")

    # knowing that, the row is opened again and decided otherwise; the first one's Undo does not reach it
    row(sam, "Ada Byrne").get_by_role("button", name=re.compile("^Open again")).click()
    expect(row(sam, "Ada Byrne")).to_contain_text("Waits for a decision")
    row(sam, "Ada Byrne").get_by_role("button", name=re.compile("^Leave out")).click()
    expect(row(sam, "Ada Byrne")).to_contain_text("by Sam Ito")
    dana.keyboard.press("u")
    expect(dana.locator("#messages")).to_contain_text("A colleague has decided about that since.")
    expect(row(dana, "Ada Byrne")).to_contain_text("by Sam Ito")

    # decisions about different rows count both
    row(dana, "Bo Lee").get_by_role("button", name=re.compile("^Create in QuickBooks")).click()
    expect(dana.locator("#forecast")).to_contain_text("1 new in QuickBooks, 1 left as it is")
    sam.reload()
    expect(row(sam, "Bo Lee")).to_contain_text("by Dana Reyes")
    assert not dana.complaints + sam.complaints  # type: ignore[attr-defined]


def test_open_lists_show_within_seconds_who_else_reviews_and_what_they_decide(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = a_firm(settings)
    for name in ("Ada Byrne", "Bo Lee", "Cy Only"):
        rig.add_client(name)
    reviewed(rig)
    dana = enter(browser, rig.member, live_server.url)
    sam = enter(browser, colleague(rig), live_server.url)
    for page in (sam, dana):
        page.goto(f"{live_server.url}{REVIEW}unmatched/")
    others = sam.locator("#together")
    expect(others).to_contain_text("Dana Reyes is reviewing too: Unmatched.")
    bo = sam.get_by_role("checkbox", name="Select Bo Lee")
    bo.check()
    sam.keyboard.press("j")  # from a ticked row on to the next: stands on Cy Only

    # decided there, the second while the first is on its way; drawn anew here: tick and place are kept
    row(dana, "Ada Byrne").get_by_role("button", name=re.compile("^Create in QuickBooks")).click()
    row(dana, "Cy Only").get_by_role("button", name=re.compile("^Leave out")).click()
    for name, fate in (("Ada Byrne", "Will be created in QuickBooks"), ("Cy Only", "Left out")):
        expect(row(sam, name)).to_contain_text(fate)
        expect(row(sam, name)).to_contain_text("Just decided")
    expect(others).to_contain_text(
        "Dana Reyes decided about 2 rows in the last ten minutes: Cy Only, Ada Byrne."
    )
    expect(sam.locator("#forecast")).to_contain_text("1 new in QuickBooks")
    expect(bo).to_be_checked()
    expect(row(sam, "Cy Only")).to_be_focused()
    sam.evaluate(
        "scrollTo(0, 0)"
    )  # half below the bar that stays in place, a link is too small a target by chance
    assert not violations(sam)

    # what was drawn anew has been seen: it may be decided otherwise, and that shows there
    row(sam, "Cy Only").get_by_role("button", name=re.compile("^Open again")).click()
    expect(row(dana, "Cy Only")).to_contain_text("Waits for a decision")
    expect(dana.locator("#together")).to_contain_text("Sam Ito decided about 1 row")

    # and when one of them syncs, the other's page says that it is over
    dana.get_by_role("button", name="See the final plan").click()
    dana.get_by_role("button", name="Sync clients").click()
    expect(others).to_contain_text("Dana Reyes pressed Sync.")
    assert not dana.complaints + sam.complaints  # type: ignore[attr-defined]


def test_a_run_is_rolled_back_and_both_sides_equal_the_start(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = a_firm(settings)
    rig.add_client("Ada Byrne", email="ada@example.com", phone="555-0100")
    rig.add_client("Dan Low Inc")
    rig.add_customer("Ada Byrne", PrimaryEmailAddr={"Address": "ada@example.com"})
    rig.add_customer("Sam Ito LLC")
    found = reviewed(rig)
    before = in_use(rig)
    page = enter(browser, rig.member, live_server.url)
    page.goto(f"{live_server.url}{REVIEW}unmatched/?search=Dan")
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("#forecast")).to_contain_text("1 new in QuickBooks")
    page.get_by_role("button", name="See the final plan").click()
    page.get_by_role("button", name="Sync clients").click()
    page.wait_for_url(re.compile("/clients/(progress|done)/"))
    synced(rig, found)
    assert in_use(rig) != before
    assert len(rig.customers()) == 3

    page.goto(f"{live_server.url}{MANAGE}reports/{found.pk}/")
    page.get_by_role("link", name="Roll back this run").click()
    expect(page.locator("main")).to_contain_text("What is put back")
    page.get_by_role("button", name="Roll back this run").click()
    expect(page.locator("main")).to_contain_text("Being rolled back")
    for _ in range(10):
        if rollback.roll_back(found.pk, rig.engine):
            break
        rig.advance(180)
        rig.run()
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("main")).to_contain_text("Rolled back by Dana Reyes")
    expect(page.locator("main")).to_contain_text("both sides are as they were before")
    assert in_use(rig) == before
    assert rig.links() == {}
    assert not page.complaints  # type: ignore[attr-defined]
