"""Needs you, with colleagues and with reasons: who is here too, and why a record is left out, in people's own words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tests.web.test_needs_you import LIST, browser_of, issue_ids, press, text, unmatched
from tieout.practice.actions.team import add_member
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Member, User
from tieout.sync.models import Issue, WorkVisit

pytestmark = pytest.mark.django_db


def colleague_of(rig: Rig) -> Member:
    with every_firm_scope():
        user = User.objects.create_user("sam@example.com", None, full_name="Sam Ito")
        return add_member(firm_id=rig.firm.pk, user=user, preset="admin")


def test_colleagues_at_the_same_list_see_each_other_and_what_they_look_at() -> None:
    rig = unmatched("Ada")
    dana, sam = browser_of(rig), entered(colleague_of(rig))
    assert "is here too" not in text(dana)
    page = text(sam, LIST + "?listing=needs_you&cause=unmatched")
    assert "<strong>Dana Reyes</strong> is here too: Needs you." in page
    news = dana.get(LIST + "together/?listing=needs_you").content.decode()
    assert "<strong>Sam Ito</strong> is here too: Waits for your decision." in " ".join(news.split())
    with every_firm_scope():
        WorkVisit.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert "<strong>Sam Ito</strong> was here," in text(dana)
    with every_firm_scope():
        WorkVisit.objects.update(seen_at=timezone.now() - timedelta(minutes=11))
    assert "Sam Ito" not in dana.get(LIST + "together/").content.decode()


def reasons(rig: Rig) -> dict[str, str]:
    """Name -> why it is left out, as the list says it."""
    rig.settle()
    with rig.here():
        rows = Issue.objects.filter(closed_at=None, cause="excluded").order_by("name")
        return {row.name: row.sentence for row in rows}


def test_many_are_left_out_for_one_reason_and_it_is_shown_with_each() -> None:
    rig = unmatched("Ada", "Bo", "Cy")
    browser = browser_of(rig)
    ids = issue_ids(rig, "unmatched")
    browser.post(LIST + "decide/", {"do": "leave_out", "issue": ids[:2], "why": "Kept here only"})
    sentence = "Left out by Dana Reyes: Kept here only."
    assert reasons(rig) == {"Ada": sentence, "Bo": sentence}
    assert text(browser, LIST + "?listing=left_out").count(sentence) == 2
    browser.post(
        LIST + "decide/", {"do": "say_why", "issue": issue_ids(rig, "excluded")[:1], "why": "Retired"}
    )
    assert reasons(rig) == {"Ada": "Left out by Dana Reyes: Retired.", "Bo": sentence}


def test_why_may_be_said_after_one_press_left_it_out() -> None:
    rig = unmatched("Ada", "Bo")
    browser = browser_of(rig)
    page = press(browser, "leave_out", issue_ids(rig, "unmatched")[0])
    assert "Why is it left out? (optional)" in page
    answer = browser.post(LIST + "why/", {"why": "Not a client any more"}, follow=True)
    assert "Kept, and shown under Left out." in answer.content.decode()
    assert reasons(rig) == {"Ada": "Left out by Dana Reyes: Not a client any more."}
    assert "Why is it left out?" not in press(browser, "create", issue_ids(rig, "unmatched")[0])
    answer = browser.post(LIST + "why/", {"why": "Too late"}, follow=True)
    assert "Nothing to add it to" in answer.content.decode()
    assert reasons(rig) == {"Ada": "Left out by Dana Reyes: Not a client any more."}


def test_taking_a_restoring_back_keeps_the_reason() -> None:
    rig = unmatched("Ada")
    browser = browser_of(rig)
    press(browser, "leave_out", issue_ids(rig, "unmatched")[0], why="A test record")
    rig.settle()
    press(browser, "restore", issue_ids(rig, "excluded")[0])
    rig.settle()
    assert rig.issues() == [("unmatched", "Ada")]
    browser.post(LIST + "undo/")
    assert reasons(rig) == {"Ada": "Left out by Dana Reyes: A test record."}
