"""What is decided holds for what the page showed: a choice between other values by now, or a void of another version, is
refused, and what changed is shown."""

from __future__ import annotations

import re

import pytest

from tests.sync.test_there_twice import copied
from tests.sync.test_void_asks_first import Desk
from tests.web.test_needs_you import LIST, browser_of, issue_ids, press, stamps, with_conflicts

pytestmark = pytest.mark.django_db


def test_a_choice_between_values_that_changed_since_the_page_was_shown_is_refused_and_the_new_ones_shown() -> (
    None
):
    rig = with_conflicts("Ada Byrne")
    browser = browser_of(rig)
    (issue,) = issue_ids(rig, "conflict")
    before = stamps(browser)
    rig.edit_customer(next(iter(rig.customers())), PrimaryPhone={"FreeFormNumber": "4"})
    rig.until_the_change_feed_is_asked()
    for form in (before, {f"shown-{issue}": ""}):
        page = press(browser, "keep_ledger", issue, **form)
        assert "It has changed since this page was shown; look again." in page
        assert '<span class="value">4</span>' in page
    rig.settle()
    assert [one["phone"] for one in rig.clients().values()] == ["2"]
    press(browser, "keep_ledger", issue)
    rig.settle()
    assert [one["phone"] for one in rig.clients().values()] == ["4"]


def test_of_many_choices_those_whose_values_changed_are_left_and_said() -> None:
    rig = with_conflicts("Ada", "Bo")
    browser = browser_of(rig)
    ids, before = issue_ids(rig, "conflict"), stamps(browser)
    client = next(one for one, units in rig.clients().items() if units["name"] == "Ada")
    rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "4"})
    rig.until_the_change_feed_is_asked()
    form = {"do": "keep_ledger", "issue": ids, **before}
    page = browser.post(LIST + "decide/", form, follow=True).content.decode()
    assert "1 had changed since this page was shown, and stayed as before: look again." in page
    rig.settle()
    assert sorted(one["phone"] for one in rig.clients().values()) == ["2", "3"]
    assert issue_ids(rig, "conflict") == ids[:1]


def test_a_void_there_holds_for_the_version_that_the_page_showed() -> None:
    desk = Desk()
    (voided, there), (_, first) = desk.bill(), desk.bill()
    desk.until_the_change_feed_is_asked()
    twin = copied(desk, first)
    desk.paid_in_quickbooks(there, 40)
    desk.void(voided)
    desk.settle()
    browser = browser_of(desk)
    (undone,), (copy,) = issue_ids(desk, "undone_by_void"), issue_ids(desk, "twice_there")
    before = stamps(browser)
    assert {f"shown-{undone}", f"shown-{copy}"} <= before.keys()
    desk.paid_in_quickbooks(there, 50)
    desk.emulator.control.edit(desk.realm, "Invoice", twin, {"CustomerMemo": {"value": "mine"}})
    desk.until_the_change_feed_is_asked()
    choices = (f"void_there:{undone}", f"void_copy:{copy}:{twin}")
    for choice in choices:
        for form in (before, {}):
            answer = browser.post(LIST + "decide/", {**form, "one": choice}, follow=True)
            assert "It has changed since this page was shown; look again." in answer.content.decode()
    assert "90.00 that did not come from here" in answer.content.decode()
    desk.settle()
    assert (desk.shows(there), desk.shows(twin)) == ((100, 10), (100, 100))
    panel = browser.get(f"/billing/invoices/{voided.pk}/").content.decode()
    assert re.findall(rf'name="shown-{undone}" value="(\w+)"', panel) == [stamps(browser)[f"shown-{undone}"]]
    for choice in choices:
        browser.post(LIST + "decide/", {**stamps(browser), "one": choice}, follow=True)
    desk.settle()
    assert [desk.shows(one)[0] for one in (there, twin, first)] == [0, 0, 100]
