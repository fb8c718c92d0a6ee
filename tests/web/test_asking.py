"""Who may not manage the integration asks for it from the tile, once; those who can help are told, and answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.test import Client

from tests.web.conftest import make_firm, make_members
from tieout.practice.actions.team import change_role
from tieout.practice.actor import ChangeRecord
from tieout.practice.firms import Firm, Member, Role
from tieout.practice.isolation import firm_scope
from tieout.practice.permission_requests import PermissionRequest

SignedIn = Callable[[str], Client]
TILE, ASK, TEAM = "/settings/integrations/", "/settings/integrations/ask/", "/settings/team/"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    settings.MAIL_IS_SET_UP = True
    settings.DEFAULT_FROM_EMAIL = "tieout@example.com"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def text(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def press(browser: Client, path: str) -> str:
    return " ".join(browser.post(path, follow=True).content.decode().split())


def decline_path(firm: Firm) -> str:
    with firm_scope(firm.pk):
        return f"/settings/team/requests/{PermissionRequest.objects.latest('id').pk}/decline/"


def test_a_request_is_told_once_to_those_who_can_help_and_the_tile_says_so(
    firm: Firm, members: dict[str, Member], signed_in: SignedIn
) -> None:
    staff = signed_in("staff-all")
    assert "Request permission" in text(staff, TILE)
    page = press(staff, ASK)
    assert "You asked for “Manage Integrations”." in page
    assert "Request permission" not in page
    assert "It waits for an answer." in page
    assert sorted(one.to[0] for one in outbox.outbox) == sorted(
        members[role].user.email for role in ("admin", "admin-no-billing")
    )
    assert "asks to manage QuickBooks" in outbox.outbox[0].subject
    assert "It waits for an answer." in press(staff, ASK)
    assert len(outbox.outbox) == 2, "asked twice, told once"
    admin = signed_in("admin")
    assert "asks for the permission “Manage Integrations”" in text(admin, "/")
    assert "Asked for" in text(admin, TEAM)
    assert "asks for the permission" not in text(signed_in("staff-assigned"), "/")
    with firm_scope(firm.pk):
        record = ChangeRecord.objects.filter(kind="permission_request").get()
        assert (record.verb, record.member_id) == ("asked", members["staff-all"].pk)


def test_given_the_permission_nothing_is_asked_any_more(
    firm: Firm, members: dict[str, Member], signed_in: SignedIn
) -> None:
    staff, admin = signed_in("staff-all"), signed_in("admin")
    press(staff, ASK)
    with firm_scope(firm.pk):
        role = Role.objects.get(firm=firm, preset="admin-no-billing")
        change_role(by=members["admin"], member_id=members["staff-all"].pk, role_id=role.pk)
    assert "asks for the permission" not in text(admin, "/")
    assert "Asked for" not in text(admin, TEAM)
    assert "Request permission" not in text(staff, TILE)


def test_declined_it_may_be_asked_again_after_a_week(
    firm: Firm, members: dict[str, Member], signed_in: SignedIn
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        staff, admin = signed_in("staff-all"), signed_in("admin")
        press(staff, ASK)
        assert "may ask again after a week" in press(admin, decline_path(firm))
        page = press(staff, ASK)
        assert "Dana Reyes declined your request on November 25." in page
        assert "Request permission" not in page
        assert len(outbox.outbox) == 2
        clock.shift(timedelta(days=7, minutes=1))
        staff = signed_in("staff-all")
        assert "Request permission" in text(staff, TILE)
        press(staff, ASK)
        assert len(outbox.outbox) == 4


def test_without_a_mail_server_it_is_asked_all_the_same(
    firm: Firm, members: dict[str, Member], signed_in: SignedIn, settings: Any
) -> None:
    settings.MAIL_IS_SET_UP = False
    assert "Those who can help see it under Needs you." in press(signed_in("staff-all"), ASK)
    assert "asks for the permission" in text(signed_in("admin"), "/")


def test_another_firms_request_is_none_of_ours(
    firm: Firm, members: dict[str, Member], signed_in: SignedIn
) -> None:
    other = make_firm("Other & Co")
    theirs = make_members(other)
    press(signed_in("staff-all"), ASK)
    path = decline_path(firm)
    from tests.web.conftest import entered

    stranger = entered(theirs["admin"])
    assert stranger.post(path).status_code == 404
    assert "asks for the permission" not in text(stranger, "/")


def test_where_the_plan_is_the_reason_there_is_nothing_to_request(signed_in: SignedIn, firm: Firm) -> None:
    firm.plan = "freemium"
    firm.save()
    assert "Request permission" not in text(signed_in("admin"), TILE)
