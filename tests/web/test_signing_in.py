"""Forgotten passwords, sessions that end by themselves or everywhere, and too many tries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.cache import cache
from django.test import Client as Browser

from tests.web.conftest import PASSWORD
from tests.web.fake_sync import FakeSync, a_connection
from tieout.practice.actor import ChangeRecord
from tieout.practice.firms import Firm, Member
from tieout.web.people.open_sessions import agent_words

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
NEW = "tallow ember quarry lantern"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mails_go_out(settings: Any, db: None) -> None:
    settings.MAIL_IS_SET_UP = True
    cache.clear()


def ask_for_link(email: str) -> str:
    """The path of the link in the mail."""
    Browser().post("/forgot-password/", {"email": email})
    found = re.search(r"http://127\.0\.0\.1:8000(/forgot-password/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def without_token(page: Any) -> str:
    return re.sub(r'"X-CSRFToken": "[^"]*"', "", page.content.decode())


# Forgotten passwords -------------------------------------------------------------------------------------------
def test_a_forgotten_password_is_replaced_by_mail_once(
    members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    member, elsewhere = members["admin"], signed_in("admin")
    link = ask_for_link(member.user.email)
    assert [each.to for each in mail.outbox] == [[member.user.email]]
    visitor = Browser()
    form = visitor.get(link, follow=True)
    here = form.redirect_chain[-1][0]
    assert link not in here, "the key is out of the address before anything is shown"
    weak = visitor.post(here, {"password1": "short", "password2": "short"})
    assert b"too short" in weak.content
    visitor.post(here, {"password1": NEW, "password2": NEW})
    assert elsewhere.get("/").status_code == 302, "whoever was signed in with the old one no longer is"
    browser = Browser()
    browser.post("/sign-in/", {"login": member.user.email, "password": NEW})
    assert browser.get("/").status_code == 200
    assert b"no longer works" in Browser().get(link, follow=True).content
    assert ChangeRecord.objects.filter(verb="chose a new password by e-mail").count() == 1
    assert mail.outbox[-1].subject == "Your password was changed"


def test_the_page_says_the_same_of_known_and_unknown_addresses(members: dict[str, Member]) -> None:
    known = Browser().post("/forgot-password/", {"email": members["admin"].user.email}, follow=True)
    unknown = Browser().post("/forgot-password/", {"email": "nobody@example.com"}, follow=True)
    assert without_token(known) == without_token(unknown)
    assert "Nobody signs in to Tieout with this address" in str(mail.outbox[-1].body)


def test_a_link_dies_after_a_day(members: dict[str, Member]) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        link = ask_for_link(members["admin"].user.email)
        clock.shift(timedelta(days=1, seconds=1))
        assert b"no longer works" in Browser().get(link, follow=True).content


def test_a_new_password_does_not_get_around_the_second_factor(members: dict[str, Member]) -> None:
    member = members["admin"]
    TOTP.activate(member.user, "A" * 32)
    RecoveryCodes.activate(member.user)
    visitor = Browser()
    here = visitor.get(ask_for_link(member.user.email), follow=True).redirect_chain[-1][0]
    visitor.post(here, {"password1": NEW, "password2": NEW})
    assert visitor.get("/").status_code == 302
    asked = visitor.post("/sign-in/", {"login": member.user.email, "password": NEW})
    assert asked["Location"] == "/sign-in/code/"
    assert Authenticator.objects.filter(user=member.user).count() == 2


def test_an_installation_without_mail_says_whom_to_ask(settings: Any) -> None:
    settings.MAIL_IS_SET_UP = False
    page = Browser().get("/forgot-password/").content
    assert b"sends no e-mail" in page
    assert b'name="email"' not in page


def test_a_link_names_our_own_address_whatever_host_was_asked(members: dict[str, Member]) -> None:
    Browser().post("/forgot-password/", {"email": members["admin"].user.email}, headers={"Host": "localhost"})
    assert "http://127.0.0.1:8000/forgot-password/" in str(mail.outbox[-1].body)


# Sessions that end ---------------------------------------------------------------------------------------------
def test_who_was_away_for_an_hour_signs_in_again_and_comes_back(
    members: dict[str, Member], signed_in: SignedIn
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        browser = signed_in("admin")
        for _ in range(3):
            clock.shift(timedelta(minutes=59))
            assert browser.get("/clients/").status_code == 200
        clock.shift(timedelta(minutes=61))
        away = browser.get("/clients/")
        assert away["Location"] == "/sign-in/?next=/clients/"
        assert b"because you were away for a while" in browser.get(away["Location"]).content


def test_what_a_page_fetches_by_itself_keeps_nobody_signed_in(
    members: dict[str, Member], signed_in: SignedIn
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        browser = signed_in("admin")
        browser.get("/clients/")
        for _ in range(7):
            clock.shift(timedelta(minutes=10))
            browser.get("/clients/lookalikes/?name=a", headers={"HX-Request": "true"})
        assert browser.get("/clients/").status_code == 302


def test_everywhere_means_here_too_and_nobody_else(signed_in: SignedIn) -> None:
    here, there, colleague = signed_in("admin"), signed_in("admin"), signed_in("staff-all")
    here.post("/settings/sessions/end/", {"session": "everywhere"})
    assert [each.get("/").status_code for each in (here, there, colleague)] == [302, 302, 200]


def test_the_list_says_which_browser_and_from_where(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    browser.get("/", headers={"User-Agent": firefox}, REMOTE_ADDR="203.0.113.7")
    page = browser.get("/settings/sessions/").content.decode()
    assert "Firefox on Windows, 203.0.113.7" in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_as_people_know_it(said: str, words: str) -> None:
    assert agent_words(said) == words


# Too many tries ------------------------------------------------------------------------------------------------
def test_ten_wrong_passwords_close_the_door_for_this_place_only(members: dict[str, Member]) -> None:
    who = {"login": members["admin"].user.email, "password": "wrong"}
    for _ in range(9):
        assert Browser().post("/sign-in/", who).status_code == 200
    assert Browser().post("/sign-in/", who).status_code == 429
    closed = Browser().post("/sign-in/", {**who, "password": PASSWORD})
    assert closed.status_code == 429
    assert b"Your account and its data are safe" in closed.content
    elsewhere = Browser(REMOTE_ADDR="203.0.113.9")
    elsewhere.post("/sign-in/", {**who, "password": PASSWORD})
    assert elsewhere.get("/").status_code == 200, "a stranger's tries must not lock out the person"


def test_a_place_that_tries_many_addresses_is_slowed_down(members: dict[str, Member]) -> None:
    with time_machine.travel(NOW, tick=False):
        answers = [
            Browser().post("/sign-in/", {"login": f"{number}@example.com", "password": "x"}).status_code
            for number in range(61)
        ]
    assert (answers[0], answers[59], answers[60]) == (200, 200, 429)


# The audit log ---------------------------------------------------------------------------------------------------
def told_of(member: Member) -> list[tuple[str, str, dict[str, Any]]]:
    found = ChangeRecord.objects.filter(firm_id=member.firm_id, kind="member", record_id=str(member.pk))
    return [(each.verb, each.actor_label, each.changes) for each in found.order_by("id")]


def test_signing_in_and_out_and_failing_to_are_in_the_audit_log(
    members: dict[str, Member], in_firm: Firm
) -> None:
    member, name = members["admin"], members["admin"].user.get_full_name()
    here = {"address": [None, "127.0.0.1"]}
    browser, who = Browser(), member.user.email
    browser.post("/sign-in/", {"login": who.upper(), "password": "not this one"})
    browser.post("/sign-in/", {"login": who, "password": PASSWORD})
    browser.post("/sign-out/")
    browser.post("/sign-in/", {"login": "nobody@example.com", "password": PASSWORD})
    assert told_of(member) == [
        ("gave a wrong password", "Not signed in", here),
        ("signed in", name, {"by": [None, "password"], **here}),
        ("signed out", name, here),
    ]
    assert all(told_of(each) == [] for each in members.values() if each.pk != member.pk)


def test_a_second_factor_is_told_and_a_wrong_code_too(members: dict[str, Member], in_firm: Firm) -> None:
    member = members["admin"]
    TOTP.activate(member.user, "A" * 32)
    codes = RecoveryCodes.activate(member.user)
    browser = Browser()
    browser.post("/sign-in/", {"login": member.user.email, "password": PASSWORD})
    assert told_of(member) == [], "half signed in is not signed in"
    browser.post("/sign-in/code/", {"code": "000000"})
    browser.post("/sign-in/code/", {"code": codes.get_unused_codes()[0]})
    assert [(verb, told.get("by")) for verb, _, told in told_of(member)] == [
        ("gave a wrong code", None),
        ("signed in", [None, "password and recovery code"]),
    ]


def test_being_locked_out_is_told_once_however_often_the_door_is_tried(
    members: dict[str, Member], in_firm: Firm
) -> None:
    member = members["admin"]
    for _ in range(13):
        Browser().post("/sign-in/", {"login": member.user.email, "password": "not this one"})
    verbs = [verb for verb, _, _ in told_of(member)]
    assert verbs == ["gave a wrong password"] * 9 + ["was locked out after wrong passwords"]


# Confirming it is still you --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address",
    [
        "/settings/integrations/quickbooks/connect/",
        "/settings/integrations/quickbooks/connect/start/",
        "/settings/integrations/quickbooks/connect/start/?mode=popup",
    ],
)
def test_connecting_asks_who_signed_in_long_ago_to_confirm_it(signed_in: SignedIn, address: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        browser = signed_in("admin")
        assert "/confirm/" not in browser.get(address).get("Location", "")
        clock.shift(timedelta(minutes=31))
        answer = browser.get(address)
        assert answer["Location"].startswith("/confirm/?next=")
        back = browser.post(answer["Location"], {"password": PASSWORD})
        assert back["Location"] == address
        assert "/confirm/" not in browser.get(address).get("Location", "")


def test_a_disconnection_that_was_posted_late_is_carried_out_once_it_is_confirmed(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"])
    address = "/settings/integrations/quickbooks/disconnect/"
    with time_machine.travel(NOW, tick=False) as clock:
        browser = signed_in("admin")
        clock.shift(timedelta(minutes=31))
        answer = browser.post(address, {"links": "keep"})
        assert answer["Location"].startswith("/confirm/")
        assert sync.asked == []
        browser.post(answer["Location"], {"password": "not this one"})
        assert sync.asked == []
        browser.post(answer["Location"], {"password": PASSWORD}, follow=True)
    assert sync.asked == [("disconnect", False)]
