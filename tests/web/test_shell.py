"""Shows that the shell of every page keeps its promises: the way in, the firm's walls, caching, errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from tests.web.conftest import PASSWORD
from tieout.config.urls import handler400, handler403, handler404, handler500, urlpatterns
from tieout.practice.firms import Member, User
from tieout.practice.isolation import current_scope, every_firm_scope
from tieout.practice.permissions import NotYours
from tieout.web.access import public, requires

SignedIn = Callable[[str], Client]


@requires(None)
def _shows_scope(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_scope())


@public
def _breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret inside")


@requires(None)
def _not_yours(request: HttpRequest) -> HttpResponse:
    raise NotYours("There is no such client.")


class WithProbes:
    urlpatterns = [
        *urlpatterns,
        path("scope/", _shows_scope),
        path("breaks/", _breaks),
        path("not-yours/", _not_yours),
    ]
    handler400, handler403, handler404, handler500 = handler400, handler403, handler404, handler500


def test_a_visitor_is_sent_to_sign_in_and_back_to_the_page(client: Client, db: None) -> None:
    answer = client.get("/settings/")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=/settings/"


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/settings/", headers={"HX-Request": "true"})["HX-Redirect"] == "/sign-in/"


def test_signing_in_with_the_password_opens_the_dashboard(client: Client, members: dict[str, Member]) -> None:
    email = members["admin"].user.email
    answer = client.post("/sign-in/", {"login": email.upper(), "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1] == ("/", 302)
    assert b"Dana Reyes" in answer.content


def test_signing_out_needs_a_form_and_ends_the_session(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    assert browser.get("/sign-out/").status_code == 200
    assert browser.get("/").status_code == 200
    browser.post("/sign-out/")
    assert browser.get("/").status_code == 302


def test_an_old_session_cookie_is_worth_nothing_after_signing_out(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    kept = browser.cookies["tieout"].value
    browser.post("/sign-out/")
    browser.cookies["tieout"] = kept
    assert browser.get("/").status_code == 302


def test_the_session_changes_its_name_at_sign_in(client: Client, members: dict[str, Member]) -> None:
    session = client.session
    session["kept"] = 1
    session.save()
    client.cookies["tieout"] = session.session_key or ""
    client.post("/sign-in/", {"login": members["admin"].user.email, "password": PASSWORD})
    assert client.cookies["tieout"].value != session.session_key


@pytest.mark.parametrize("stay", [{}, {"remember": "on"}])
def test_a_session_is_over_after_twelve_hours(
    stay: dict[str, str], client: Client, members: dict[str, Member]
) -> None:
    begin = datetime(2026, 5, 3, 8, 0, tzinfo=UTC)
    with time_machine.travel(begin, tick=False) as clock:
        client.post("/sign-in/", {"login": members["admin"].user.email, "password": PASSWORD, **stay})
        for _ in range(14):
            clock.shift(timedelta(minutes=50))
            assert client.get("/settings/").status_code == 200
        clock.shift(timedelta(minutes=21))
        assert client.get("/settings/").status_code == 302


def test_the_navigation_says_where_one_is(signed_in: SignedIn) -> None:
    page = signed_in("admin").get("/settings/password/").content.decode()
    assert page.count('aria-current="page"') == 1
    assert 'href="/settings/" aria-current="page"' in page


@pytest.mark.usefixtures("members")
def test_nobody_can_make_an_account_from_outside(client: Client) -> None:
    assert client.get("/sign-up/").status_code == 404
    assert b"sign up" not in client.get("/sign-in/").content.lower()


@override_settings(AXES_FAILURE_LIMIT=3)
def test_too_many_wrong_passwords_close_the_door_with_a_sentence(
    client: Client, members: dict[str, Member]
) -> None:
    email = members["admin"].user.email
    for spelling in (email, email.upper(), email.title()):
        answer = client.post("/sign-in/", {"login": spelling, "password": "wrong"})
    assert answer.status_code == 429
    assert b"Too many tries" in answer.content
    right = client.post("/sign-in/", {"login": email, "password": PASSWORD})
    assert right.status_code == 429


def test_every_page_of_a_signed_in_person_stays_out_of_caches(signed_in: SignedIn) -> None:
    assert signed_in("admin").get("/")["Cache-Control"] == "no-store"


@override_settings(ROOT_URLCONF=WithProbes)
def test_a_request_happens_inside_the_members_firm_and_leaves_nothing_behind(
    signed_in: SignedIn, members: dict[str, Member]
) -> None:
    answer = signed_in("staff-all").get("/scope/")
    assert answer.content.decode() == str(members["admin"].firm_id)
    assert current_scope() == ""


def test_someone_without_an_active_place_in_a_firm_is_told_so(
    members: dict[str, Member], signed_in: SignedIn
) -> None:
    browser = signed_in("staff-all")
    with every_firm_scope():
        Member.objects.filter(pk=members["staff-all"].pk).update(is_active=False)
    answer = browser.get("/")
    assert answer.status_code == 403
    assert b"not a member of a firm" in answer.content


def test_a_user_who_is_switched_off_is_out_at_once(members: dict[str, Member], signed_in: SignedIn) -> None:
    browser = signed_in("staff-all")
    User.objects.filter(pk=members["staff-all"].user_id).update(is_active=False)
    assert browser.get("/").status_code == 302


@override_settings(ROOT_URLCONF=WithProbes)
def test_an_error_shows_a_reference_and_nothing_of_its_inside(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    client.raise_request_exception = False
    answer = client.get("/breaks/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "the secret inside" not in page
    reference = page.split("<code>")[1].split("</code>")[0]
    assert f"reference={reference}" in caplog.text


def test_an_unknown_address_is_a_page_with_a_way_back(signed_in: SignedIn) -> None:
    answer = signed_in("admin").get("/nowhere/")
    assert answer.status_code == 404
    assert b"To the dashboard" in answer.content


@override_settings(ROOT_URLCONF=WithProbes)
def test_a_record_that_is_not_yours_is_not_found_rather_than_forbidden(signed_in: SignedIn) -> None:
    assert signed_in("admin").get("/not-yours/").status_code == 404


def test_a_form_without_its_token_is_refused_kindly(members: dict[str, Member]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(members["admin"].user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post("/sign-out/")
    assert answer.status_code == 403
    assert b"too old to accept" in answer.content
    assert browser.get("/").status_code == 200


def test_the_error_pages_render_on_their_own(db: None) -> None:
    from tieout.web import errors

    request = RequestFactory().get("/x/")
    for view, status in ((errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404)):
        assert view(request, Http404()).status_code == status
