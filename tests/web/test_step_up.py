"""Which acts ask who one is again, though one is signed in: named here, found through the router, and each tried.

A new page that changes something is in one of the tables below, or the test fails: whether it asks is a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client as Browser

from tests.web.conftest import PASSWORD
from tests.web.fake_sync import FakeSync, a_connection
from tests.web.test_routes import PROGRAMS, PUBLIC, ROUTES, address
from tieout.practice.actor import ChangeRecord
from tieout.practice.firms import Firm, Member, Role
from tieout.practice.invitations import Invitation
from tieout.web.access import ALWAYS, POSTED, asks_again

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
QUICKBOOKS = "settings/integrations/quickbooks/"

ASKS: Mapping[str, str] = {
    "settings/team/invite/": POSTED,
    "settings/team/invite/<int:invitation_id>/again/": POSTED,
    "settings/team/<int:member_id>/role/": POSTED,
    "settings/team/<int:member_id>/second-factor/": POSTED,
    "settings/team/<int:member_id>/switch-off/": POSTED,
    "settings/team/<int:member_id>/switch-on/": POSTED,
    "settings/team/second-factor/": POSTED,
    "settings/roles/<int:role_id>/": POSTED,
    "settings/roles/<int:role_id>/copy/": POSTED,
    "settings/roles/<int:role_id>/rename/": POSTED,
    "settings/roles/<int:role_id>/delete/": POSTED,
    "settings/api-tokens/new/": POSTED,
    "settings/sample-data/": POSTED,
    "settings/security/pack/": POSTED,
    "settings/security/export/": POSTED,
    f"{QUICKBOOKS}connect/": ALWAYS,
    f"{QUICKBOOKS}connect/start/": ALWAYS,
    f"{QUICKBOOKS}disconnect/": ALWAYS,
    f"{QUICKBOOKS}reports/<int:review_id>/roll-back/": ALWAYS,
}
"""Who may come in, with which rights and which proof; to which company the books go; what takes back a whole run;
what holds much of the firm in one file."""
OWN_PROOF = frozenset({
    "settings/two-factor/app/",
    "settings/two-factor/codes/new/",
    "settings/two-factor/passkeys/add/",
    "settings/two-factor/passkeys/<int:pk>/",
    "settings/two-factor/passkeys/<int:pk>/remove/",
})  # fmt: skip
"""One's own second factor: asked by allauth, whose views these are."""
NOT_ASKED: Mapping[str, str] = {
    "billing/": "the day's work with money: bound to its permission, kept in the history, and can be taken back",
    "clients/": "the day's work with records: bound to its permission, kept in the history",
    "views/": "how a list is looked at: one's own, or shared by whoever sees all of it",
    "confirm/": "this is where it is asked",
    "settings/password/": "asks for the present password itself",
    "settings/two-factor/app/off/": "there is nothing to switch off before one is set up; then allauth asks",
    "settings/two-factor/": "only leads on, or shows what there is; codes are shown once, when they are made",
    "settings/sessions/end/": "takes rights away, which is never made harder",
    "settings/team/invite/<int:invitation_id>/withdraw/": "takes rights away, which is never made harder",
    "settings/team/requests/<int:request_id>/decline/": "gives no right; the person may ask again",
    "settings/integrations/ask/": "only asks colleagues, who decide",
    "settings/api-tokens/<int:token_id>/revoke/": "takes rights away, which is never made harder",
    "settings/sample-data/add/": "fills an empty firm with what one click takes away again",
    "settings/": "only shows",
    QUICKBOOKS: "the work of keeping both sides in step: shown before it is done, undone or rolled back after",
    "integrations/": "only leads on",
    "": "only shows",
}
"""Beginnings of routes -> why what is posted there is not asked about again. The longest that fits holds."""
MAY_POST = frozenset({
    "settings/password/",
    "settings/two-factor/app/off/",
    "settings/sessions/end/",
    "settings/team/invite/<int:invitation_id>/withdraw/",
    "settings/team/requests/<int:request_id>/decline/",
    "settings/integrations/ask/",
    "settings/api-tokens/<int:token_id>/revoke/",
    "settings/sample-data/add/",
})  # fmt: skip
"""Beside the beginnings that are all work: where something may be changed without being asked again."""
WORK = ("billing/", "clients/", "confirm/", "views/", QUICKBOOKS)


def reason(route: str) -> str:
    return max((each for each in NOT_ASKED if route.startswith(each)), key=len)


def late(browser: Browser, route: str, method: str) -> bool:
    """Whether it leads to the page that asks."""
    answer = getattr(browser, method)(address(route))
    return answer.get("Location", "").startswith("/confirm/")


def test_what_declares_that_it_asks_is_what_is_listed_to_ask() -> None:
    declared = {route: asks_again(pattern.callback) for route, pattern in ROUTES.items()}
    assert {route: how for route, how in declared.items() if how} == ASKS


def test_who_signed_in_half_an_hour_ago_is_asked_again_and_who_just_did_is_not(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"])
    with time_machine.travel(NOW, tick=False) as clock:
        browser = signed_in("admin")
        clock.shift(timedelta(minutes=31))
        for route, how in ASKS.items():
            posted = browser.post(address(route)).status_code != 405
            assert posted or how == ALWAYS, route
            assert late(browser, route, "post") == posted, route
            assert late(browser, route, "get") == (how == ALWAYS), f"a form is free to look at: {route}"
        for route in OWN_PROOF:
            assert late(browser, route, "get"), route
        fresh = signed_in("admin")
        fresh.raise_request_exception = False  # the stand-in of the sync has no such run to roll back
        for route in ASKS:
            assert not late(fresh, route, "get"), route
            assert not late(fresh, route, "post"), route


def test_every_other_page_that_changes_something_says_why_it_does_not_ask(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    """A page that only shows refuses to be posted to, or leads on."""
    sync.connection = a_connection(members["admin"])
    unsaid = []
    with time_machine.travel(NOW, tick=False) as clock:
        browser = signed_in("admin")
        browser.raise_request_exception = False
        clock.shift(timedelta(minutes=31))
        for route in sorted(set(ROUTES) - PUBLIC - PROGRAMS - set(ASKS) - OWN_PROOF):
            if route.startswith(WORK) or route in MAY_POST or browser.get(address(route)).status_code == 405:
                assert NOT_ASKED[reason(route)] != "only shows", route
                continue
            answer = browser.post(address(route))
            if answer.status_code not in (302, 404, 405):
                unsaid.append(f"{route}: {answer.status_code}")
    assert not unsaid, f"let these ask again, or say above why they do not: {', '.join(unsaid)}"


def test_what_was_posted_too_late_is_done_after_the_confirmation_and_not_before(
    members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    role = Role.objects.get(preset="staff-all")
    acts = [
        ("/settings/team/invite/", {"email": "new@x.example", "role": role.pk}, lambda: Invitation.objects.count()),
        (f"/settings/roles/{role.pk}/copy/", {"name": "Interns"}, lambda: Role.objects.filter(name="Interns").count()),
        (
            f"/settings/team/{members['staff-all'].pk}/switch-on/",
            {},
            lambda: ChangeRecord.objects.filter(verb="added").count(),
        ),
    ]  # fmt: skip
    Member.objects.filter(pk=members["staff-all"].pk).update(is_active=False)
    for where, form, done in acts:
        with time_machine.travel(NOW, tick=False) as clock:
            browser = signed_in("admin")
            clock.shift(timedelta(minutes=31))
            asked = browser.post(where, form)
            assert done() == 0, where
            browser.post(asked["Location"], {"password": "not this one"})
            assert done() == 0, where
            browser.post(asked["Location"], {"password": PASSWORD})
            assert done() == 1, where
