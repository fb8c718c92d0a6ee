"""The pages of people: the team, invitations, roles, sessions, and the audit log."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tests.web.conftest import entered, make_firm, make_members
from tests.web.test_billing_invoice_lists import queries
from tests.web.test_billing_invoices import problems, text
from tieout.practice.actions.team import change_role, copy_role
from tieout.practice.actor import ChangeRecord
from tieout.practice.firms import Firm, Member, Role, User
from tieout.practice.isolation import every_firm_scope

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
TEAM = "/settings/team/"
WORDS = "correct horse battery staple"


@pytest.fixture(autouse=True)
def silent_bell(settings: Any) -> None:
    settings.OUTBOX_BELL = ""


def role_id(preset: str) -> int:
    with every_firm_scope():
        return Role.objects.get(preset=preset).pk


def link_for(browser: Browser, email: str = "new@example.com", preset: str = "staff-all") -> str:
    page = browser.post(f"{TEAM}invite/", {"email": email, "role": role_id(preset)}).content.decode()
    return link_on(page)


def link_on(page: str) -> str:
    found = re.search(r'id="link" value="[^"]*?(/join/[^"]+)"', page)
    assert found is not None, page
    return html.unescape(found[1])


# The team ------------------------------------------------------------------------------------------------------
def test_a_role_is_changed_and_the_last_administrator_stays(
    members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    browser = signed_in("admin")
    staff, admin = members["staff-all"], members["admin"]
    other = Role.objects.get(preset="staff-assigned")
    browser.post(f"{TEAM}{staff.pk}/role/", {"role": other.pk})
    staff.refresh_from_db()
    assert staff.role == other
    browser.post(f"{TEAM}{members['admin-no-billing'].pk}/role/", {"role": other.pk})
    refused = browser.post(f"{TEAM}{admin.pk}/role/", {"role": other.pk}, follow=True).content
    assert b"at least one active administrator" in refused
    assert browser.post(f"{TEAM}{staff.pk}/role/", {"role": "x"}).status_code == 404


def test_who_is_switched_off_is_signed_out_and_can_be_let_in_again(
    members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    admin, theirs = signed_in("admin"), signed_in("staff-all")
    staff = members["staff-all"]
    assert b"is signed out everywhere" in admin.get(f"{TEAM}{staff.pk}/switch-off/").content
    assert theirs.get("/clients/").status_code == 200
    admin.post(f"{TEAM}{staff.pk}/switch-off/")
    assert theirs.get("/clients/").status_code == 302
    assert b"Switched off" in admin.get(TEAM).content
    admin.post(f"{TEAM}{staff.pk}/switch-on/")
    assert entered(staff).get("/clients/").status_code == 200


def test_only_those_who_manage_the_team_see_its_pages(signed_in: SignedIn) -> None:
    browser = signed_in("staff-all")
    for address in (TEAM, f"{TEAM}invite/", "/settings/roles/", "/settings/audit-log/"):
        assert browser.get(address).status_code == 403, address
    assert TEAM.encode() not in browser.get("/settings/").content
    assert browser.get("/settings/sessions/").status_code == 200


# Invitations ---------------------------------------------------------------------------------------------------
def test_an_invited_colleague_joins_once(signed_in: SignedIn, firm: Firm) -> None:
    link = link_for(signed_in("admin"))
    visitor = Browser()
    page = visitor.get(link).content
    assert b"invites new@example.com to work here as Staff (All Contacts)" in page
    weak = visitor.post(link, {"full_name": "New", "password": "short"})
    assert (weak.status_code, problems(weak.content)) == (422, [])
    joined = visitor.post(link, {"full_name": "Nia New", "password": WORDS}, follow=True)
    assert b"Welcome to Byrne" in joined.content
    with every_firm_scope():
        member = Member.objects.select_related("role").get(user__email="new@example.com")
    assert (member.firm, member.role.preset) == (firm, "staff-all")
    again = Browser().get(link)
    assert again.status_code == 410
    assert b"was used already" in again.content


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda link, admin: link[:-3] + "/", "not complete"),
        (lambda link, admin: f"/join/{admin.pk}/", "not complete"),
    ],
)
def test_a_changed_link_is_refused(
    spoil: Callable[[str, Member], str], sentence: str, signed_in: SignedIn, members: dict[str, Member]
) -> None:
    answer = Browser().get(spoil(link_for(signed_in("admin")), members["admin"]))
    assert answer.status_code == 410
    assert sentence in answer.content.decode()


def test_a_link_dies_after_a_week_and_with_the_rights_of_who_made_it(
    members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    with time_machine.travel("2026-11-01 12:00", tick=False):
        old = link_for(signed_in("admin"))
    with time_machine.travel("2026-11-08 12:01", tick=False):
        assert b"more than a week old" in Browser().get(old).content
    link = link_for(signed_in("admin-no-billing"), "other@example.com", "staff-all-no-billing")
    Member.objects.filter(pk=members["admin-no-billing"].pk).update(is_active=False)
    assert b"no longer manages the team" in Browser().get(link).content


def test_a_person_with_an_account_signs_in_to_join(signed_in: SignedIn, members: dict[str, Member]) -> None:
    User.objects.create_user("cpa@elsewhere.example", WORDS, full_name="Cy")
    link = link_for(signed_in("admin"), "CPA@elsewhere.example")
    page = Browser().get(link).content
    assert b"Sign in with it" in page
    assert b'name="password"' not in page
    stranger = signed_in("staff-all")
    assert stranger.post(link).status_code == 200
    browser = Browser()
    browser.force_login(
        User.objects.get(email="cpa@elsewhere.example"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    browser.post(link)
    assert browser.get("/clients/").status_code == 200


def test_who_has_a_place_already_is_not_invited_again(
    signed_in: SignedIn, members: dict[str, Member]
) -> None:
    answer = signed_in("admin").post(
        f"{TEAM}invite/", {"email": members["staff-all"].user.email.upper(), "role": role_id("admin")}
    )
    assert answer.status_code == 422
    assert b"has a place in your firm already" in answer.content


def test_an_invitation_is_mailed_sent_again_and_withdrawn(
    signed_in: SignedIn, in_firm: Firm, settings: Any
) -> None:
    settings.MAIL_IS_SET_UP = True
    admin = signed_in("admin")
    first = link_for(admin)
    (mailed,) = mail.outbox
    assert (mailed.to, mailed.subject) == (["new@example.com"], "Dana Reyes invites you to Byrne & Cole CPA")
    assert first in str(mailed.body)
    twice = admin.post(f"{TEAM}invite/", {"email": "NEW@example.com", "role": role_id("staff-all")})
    assert b"is invited already" in twice.content
    listed = admin.get(TEAM).content.decode()
    assert "new@example.com" in listed
    (again, away) = re.findall(r'action="(/settings/team/invite/\d+/(?:again|withdraw)/)"', listed)
    second = link_on(admin.post(again).content.decode())
    assert b"A newer link was sent" in Browser().get(first).content
    assert Browser().get(second).status_code == 200
    admin.post(away)
    assert b"was withdrawn" in Browser().get(second).content
    admin.get(TEAM)  # which says that it was withdrawn
    assert b"new@example.com" not in admin.get(TEAM).content
    assert admin.post(again).status_code == 404
    told = ChangeRecord.objects.filter(kind="invitation").order_by("id").values_list("verb", flat=True)
    assert list(told) == ["invited", "sent again", "withdrawn"]


def test_a_mail_that_does_not_go_out_leaves_a_link_to_pass_on(
    signed_in: SignedIn, firm: Firm, settings: Any
) -> None:
    settings.MAIL_IS_SET_UP = True
    settings.EMAIL_BACKEND = "tieout.practice.mail.NotSetUpBackend"
    page = signed_in("admin").post(f"{TEAM}invite/", {"email": "n@example.com", "role": role_id("staff-all")})
    assert b"Not mailed" in page.content
    assert Browser().get(link_on(page.content.decode())).status_code == 200


def test_an_invitation_may_name_a_role_of_the_firms_own_but_no_other_firms(
    members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    own = copy_role(by=members["admin"], role_id=members["staff-all"].role_id, name="Interns")
    admin = signed_in("admin")
    page = admin.post(f"{TEAM}invite/", {"email": "i@example.com", "role": own.pk}).content.decode()
    Browser().post(link_on(page), {"full_name": "Ina Intern", "password": WORDS})
    assert Member.objects.get(user__email="i@example.com").role == own
    with every_firm_scope():
        theirs = make_members(make_firm("Twin"))["admin"].role_id
    refused = admin.post(f"{TEAM}invite/", {"email": "x@example.com", "role": theirs})
    assert (refused.status_code, b"Choose one of your firm" in refused.content) == (422, True)


# Roles ---------------------------------------------------------------------------------------------------------
def test_a_preset_is_copied_and_only_the_copy_changes(
    members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    browser = signed_in("admin")
    preset = members["staff-all"].role
    assert b"<fieldset disabled>" in browser.get(f"/settings/roles/{preset.pk}/").content
    refused = browser.post(f"/settings/roles/{preset.pk}/", {"permission": "view_clients"}, follow=True)
    assert b"is a preset role" in refused.content
    browser.post(f"/settings/roles/{preset.pk}/copy/", {"name": "Interns"})
    mine = Role.objects.get(name="Interns")
    browser.post(f"/settings/roles/{mine.pk}/", {"permission": ["view_clients", "nonsense"]})
    mine.refresh_from_db()
    assert mine.permissions == ["view_clients"]
    again = browser.post(f"/settings/roles/{preset.pk}/copy/", {"name": "interns"}, follow=True)
    assert b"no other role of your firm has" in again.content


def test_a_role_of_ones_own_is_renamed_and_deleted_once_nobody_has_it(
    members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    browser, admin = signed_in("admin"), members["admin"]
    mine = copy_role(by=admin, role_id=members["staff-all"].role_id, name="Interns")
    where = f"/settings/roles/{mine.pk}/"
    browser.post(f"{where}rename/", {"name": "Trainees"})
    change_role(by=admin, member_id=members["staff-assigned"].pk, role_id=mine.pk)
    used = browser.get(where).content.decode()
    assert "Trainees" in used
    assert re.search(r'<button[^>]*disabled aria-describedby="why-kept"', used)
    assert b"Somebody works under Trainees" in browser.post(f"{where}delete/", follow=True).content
    change_role(by=admin, member_id=members["staff-assigned"].pk, role_id=members["staff-all"].role_id)
    assert b"The role Trainees is gone" in browser.post(f"{where}delete/", follow=True).content
    assert not Role.objects.filter(pk=mine.pk).exists()
    preset = members["staff-all"].role_id
    assert b"Delete this role" not in browser.get(f"/settings/roles/{preset}/").content
    refused = browser.post(f"/settings/roles/{preset}/delete/", follow=True)
    assert b"is a preset role" in refused.content


def test_who_lacks_a_permission_is_told_who_can_give_it(
    members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    browser, me = signed_in("admin-no-billing"), members["admin-no-billing"]
    told = "You cannot give what you may not do yourself"
    answer = browser.post(
        f"{TEAM}{me.pk}/role/", {"role": members["admin"].role_id}, follow=True
    ).content.decode()
    assert told in answer
    assert "Dana Reyes can." in answer
    me.refresh_from_db()
    assert me.role.preset == "admin-no-billing"
    refused = browser.post(f"{TEAM}invite/", {"email": "x@y.example", "role": members["admin"].role_id})
    assert (refused.status_code, told in refused.content.decode()) == (422, True)
    assert 'name="role"' in refused.content.decode()


def test_a_permission_without_its_module_is_said_to_have_no_effect(signed_in: SignedIn, firm: Firm) -> None:
    Firm.objects.filter(pk=firm.pk).update(modules=[])
    assert (
        "your firm does not have Time &amp; Billing"
        in signed_in("admin").get("/settings/roles/").content.decode()
    )


# Sessions ------------------------------------------------------------------------------------------------------
def test_a_session_is_ended_from_another(members: dict[str, Member], signed_in: SignedIn) -> None:
    here, there, colleague = signed_in("admin"), signed_in("admin"), signed_in("staff-all")
    page = here.get("/settings/sessions/").content.decode()
    (digest,) = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    assert here.session.session_key not in page
    assert there.session.session_key not in page
    here.post("/settings/sessions/end/", {"session": digest})
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == colleague.get("/").status_code == 200


def test_all_others_end_and_nobody_elses(signed_in: SignedIn) -> None:
    here, there, colleague = signed_in("admin"), signed_in("admin"), signed_in("staff-all")
    here.post("/settings/sessions/end/", {"session": "others"})
    assert [each.get("/").status_code for each in (here, there, colleague)] == [200, 302, 200]
    assert here.post("/settings/sessions/end/", {"session": "nonsense"}).status_code == 302


# The audit log -------------------------------------------------------------------------------------------------
@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def test_the_log_tells_who_did_what_and_is_narrowed(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    invoice = desk.invoice(100)
    copy_role(by=members["admin"], role_id=members["staff-all"].role_id, name="Interns")
    page = browser.get("/settings/audit-log/").content
    assert f'href="/billing/invoices/{invoice.pk}/"' in page.decode()
    assert problems(page) == []
    only = text(browser.get(f"/settings/audit-log/?who={members['admin'].pk}").content)
    assert "Made from another role" in only
    assert "1 change found" in only
    assert "2 changes found" in text(browser.get("/settings/audit-log/?of=invoice").content)
    assert "1 change found" in text(browser.get("/settings/audit-log/?search=finalized").content)
    assert "No change is like that" in text(browser.get("/settings/audit-log/?until=2020-01-01").content)
    csv = browser.get("/settings/audit-log/export.csv?of=invoice").content.decode("utf-8-sig").splitlines()
    assert csv[1].split(",")[1:6] == ["Test", "Tieout itself", "Invoice", str(invoice.pk), "finalized"]


def test_every_kind_that_is_ever_recorded_reads_well(desk: Desk, signed_in: SignedIn) -> None:
    desk.pay(10, (desk.invoice(10), 10))
    desk.credit(5)
    assert not {each.kind for each in ChangeRecord.objects.all()} - set(audit_kinds())
    assert "_" not in re.sub(r"\s", "", text(signed_in("admin").get("/settings/audit-log/").content))


def audit_kinds() -> set[str]:
    from tieout.web.people.audit import KINDS

    return set(KINDS)


def test_the_pages_keep_the_promises_and_their_query_counts(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    staff = members["staff-all"]
    pages = [
        TEAM,
        f"{TEAM}invite/",
        f"{TEAM}{staff.pk}/switch-off/",
        "/settings/roles/",
        "/settings/audit-log/",
    ]
    pages += [f"/settings/roles/{staff.role_id}/", "/settings/sessions/", "/settings/"]
    before = {}
    for address in pages:
        assert problems(browser.get(address).content) == [], address
        before[address] = queries(browser, address)
    for number in range(5):
        copy_role(by=members["admin"], role_id=staff.role_id, name=f"Copy {number}")
        user = User.objects.create_user(f"{number}@example.com", WORDS)
        Member.objects.create(firm=staff.firm, user=user, role=staff.role)
        desk.invoice(1)
    assert {address: queries(browser, address) for address in pages} == before


def test_people_are_nowhere_for_another_firm(members: dict[str, Member], desk: Desk) -> None:
    twin = entered(make_members(make_firm("Twin"))["admin"])
    staff = members["staff-all"]
    for address in (f"{TEAM}{staff.pk}/switch-off/", f"/settings/roles/{staff.role_id}/"):
        assert twin.get(address).status_code == twin.post(address).status_code == 404, address
    for address in (
        f"{TEAM}{staff.pk}/role/",
        f"{TEAM}{staff.pk}/switch-on/",
        f"/settings/roles/{staff.role_id}/copy/",
    ):
        assert twin.post(address, {"role": "1", "name": "x"}).status_code == 404, address
    assert "No change is like that" in text(twin.get("/settings/audit-log/").content)
