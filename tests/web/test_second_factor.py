"""Two-factor sign-in: set up, used, taken off, required by the firm, reset by an administrator; and that it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client as Browser

from tests.web.conftest import PASSWORD
from tieout.practice.actor import ChangeRecord
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
HERE = "/settings/two-factor/"
NOW = datetime(2026, 11, 25, 12, 0, 10, tzinfo=UTC)


def code(secret: str, at: datetime = NOW) -> str:
    """What an authenticator app shows."""
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))


def set_up(browser: Browser) -> tuple[str, list[str]]:
    """Set up an app; its secret and the recovery codes."""
    confirm = browser.get(f"{HERE}app/")["Location"]
    page = browser.post(confirm, {"password": PASSWORD}, follow=True)
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page.content.decode())
    assert secret is not None, page.content.decode()
    codes = browser.post(f"{HERE}app/", {"code": code(secret[1])}, follow=True).content.decode()
    return secret[1], re.findall(r"<li><code>(\d{8})</code>", codes)


def sign_in(member: Member) -> Browser:
    """With the password; the second factor comes next."""
    browser = Browser()
    browser.post("/sign-in/", {"login": member.user.email, "password": PASSWORD})
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/clients/").status_code == 200


@pytest.fixture(autouse=True)
def clean_cache(db: None) -> None:
    cache.clear()


@pytest.fixture
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_an_app_is_set_up_and_then_asked_for(
    at_noon: time_machine.Traveller,
    members: dict[str, Member],
    signed_in: SignedIn,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> None:
    member = members["admin"]
    with django_capture_on_commit_callbacks(execute=True):
        secret, codes = set_up(signed_in("admin"))
    assert len(codes) == 10
    at_noon.shift(timedelta(minutes=5))
    browser = sign_in(member)
    assert not is_in(browser)
    assert b"not right, or was used already" in browser.post("/sign-in/code/", {"code": "000000"}).content
    good = code(secret, NOW + timedelta(minutes=5))
    browser.post("/sign-in/code/", {"code": good})
    assert is_in(browser)
    at_noon.shift(timedelta(seconds=35))
    again = sign_in(member)
    again.post("/sign-in/code/", {"code": good})
    assert not is_in(again), "a code that still would be accepted for its age was used already"
    with firm_scope(member.firm_id):
        told = ChangeRecord.objects.get(verb="switched on two-factor sign-in by app")
    assert (told.actor_label, told.record_id) == ("Dana Reyes", str(member.pk))
    assert [each.subject for each in mail.outbox] == ["Authenticator app switched on"]


def test_a_recovery_code_lets_in_once_and_the_codes_are_shown_once(
    at_noon: time_machine.Traveller, members: dict[str, Member], signed_in: SignedIn
) -> None:
    owner = signed_in("admin")
    _, codes = set_up(owner)
    for expected in (True, False):
        browser = sign_in(members["admin"])
        browser.post("/sign-in/code/", {"code": codes[0]})
        assert is_in(browser) is expected
    assert codes[1].encode() not in owner.get(f"{HERE}codes/").content
    assert b"9 of 10 are unused" in owner.get(f"{HERE}codes/").content
    assert owner.get(f"{HERE}codes/download/").status_code == 403


def test_secrets_are_sealed_in_the_database(
    at_noon: time_machine.Traveller, members: dict[str, Member], signed_in: SignedIn
) -> None:
    secret, _ = set_up(signed_in("admin"))
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    assert kept.split(":")[0] == "k1"


def test_guessing_codes_ends_after_ten_tries(
    at_noon: time_machine.Traveller, members: dict[str, Member], signed_in: SignedIn
) -> None:
    secret, _ = set_up(signed_in("admin"))
    at_noon.shift(timedelta(minutes=5))
    browser = sign_in(members["admin"])
    for _ in range(10):
        browser.post("/sign-in/code/", {"code": "000000"})
    refused = browser.post("/sign-in/code/", {"code": code(secret, NOW + timedelta(minutes=5))})
    assert b"tried too often" in refused.content
    assert not is_in(browser)


def test_switching_off_asks_for_the_password_again(
    at_noon: time_machine.Traveller, members: dict[str, Member], signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    set_up(browser)
    at_noon.shift(timedelta(hours=1) - timedelta(seconds=10))
    refused = browser.post(f"{HERE}app/off/")
    assert refused.status_code == 302
    assert refused["Location"].startswith("/confirm/")
    assert Authenticator.objects.filter(type="totp").exists()
    browser.post(refused["Location"], {"password": PASSWORD}, follow=True)
    browser.post(f"{HERE}app/off/")
    assert not Authenticator.objects.exists(), "recovery codes alone would be no second factor"


def test_a_firm_requires_it_and_nothing_opens_before_it_is_set_up(
    at_noon: time_machine.Traveller, members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    admin, staff = signed_in("admin"), signed_in("staff-all")
    early = admin.post("/settings/team/second-factor/", {"required": "yes"}, follow=True)
    assert b"Set up your own second factor first" in early.content
    set_up(admin)
    told = admin.post("/settings/team/second-factor/", {"required": "yes"}, follow=True).content
    assert b"Required of everybody" in told
    for address in ("/", "/clients/", "/settings/sessions/"):
        assert staff.get(address)["Location"] == HERE
    part = staff.get("/clients/", headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == HERE
    assert b"asks two-factor sign-in of everybody" in staff.get(HERE).content
    set_up(staff)
    assert is_in(staff)
    kept = staff.post(f"{HERE}app/off/", follow=True).content
    assert b"asks two-factor sign-in of everybody" in kept
    assert Authenticator.objects.filter(type="totp", user=members["staff-all"].user).exists()
    last = ChangeRecord.objects.filter(kind="firm").get()
    assert (last.verb, last.changes) == ("changed", {"second_factor_required": [False, True]})


def test_the_last_passkey_stays_where_one_is_required(
    members: dict[str, Member], signed_in: SignedIn, firm: Firm
) -> None:
    user = members["staff-all"].user
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "k", "credential": {}})
    firm.second_factor_required = True
    firm.save()
    browser = signed_in("staff-all")
    browser.post(f"{HERE}passkeys/{key.pk}/remove/")
    assert Authenticator.objects.filter(pk=key.pk).exists()
    other = Authenticator.objects.create(user=members["admin"].user, type="webauthn", data={"name": "k"})
    browser.post(f"{HERE}passkeys/{other.pk}/remove/")
    assert Authenticator.objects.filter(pk=other.pk).exists(), "a colleague's passkey is nobody else's"


def test_an_administrator_resets_a_lost_one_and_the_log_says_so(
    at_noon: time_machine.Traveller, members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    admin, staff = signed_in("admin"), signed_in("staff-all")
    set_up(staff)
    colleague = members["staff-all"]
    reset = f"/settings/team/{colleague.pk}/second-factor/"
    assert b"Reset two-factor" in admin.get("/settings/team/").content
    assert b"speak with them" in admin.get(reset).content
    admin.post(reset)
    assert not Authenticator.objects.filter(user=colleague.user).exists()
    assert not is_in(staff)
    assert is_in(sign_in(colleague))
    last = ChangeRecord.objects.filter(verb="reset the two-factor sign-in").get()
    assert (last.actor_label, last.record_id) == ("Dana Reyes", str(colleague.pk))
    assert signed_in("staff-all").post(reset).status_code == 403


def test_acts_on_people_ask_who_has_been_signed_in_for_long_to_confirm(
    members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    staff, wanted = members["staff-all"], members["staff-assigned"].role
    address = f"/settings/team/{staff.pk}/role/"
    with time_machine.travel(NOW, tick=False) as clock:
        browser = signed_in("admin")
        clock.shift(timedelta(minutes=31))
        asked = browser.post(address, {"role": wanted.pk})
        assert asked["Location"].startswith("/confirm/")
        staff.refresh_from_db()
        assert staff.role != wanted
        browser.post(asked["Location"], {"password": "wrong"})
        browser.post(asked["Location"], {"password": PASSWORD})
        staff.refresh_from_db()
        assert staff.role == wanted, "what was asked for is carried out after the confirmation"


def test_a_visitor_cannot_skip_the_password(members: dict[str, Member]) -> None:
    browser = Browser()
    assert browser.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert browser.post("/sign-in/code/", {"code": "123456"})["Location"] == "/sign-in/"
    assert browser.post("/sign-in/passkey/", {"credential": "{}"})["Location"] == "/sign-in/"
    assert browser.post("/sign-in/passkey/", {"credential": "nonsense"})["Location"] == "/sign-in/"
