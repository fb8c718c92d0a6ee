"""A choice between two values holds for the two that the page showed: others are refused, and shown."""

from __future__ import annotations

import pytest

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
