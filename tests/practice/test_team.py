"""Opening a firm and changing who works in it."""

from __future__ import annotations

import pytest

from tests.practice.billing_world import NOW
from tests.practice.conftest import make_member
from tieout.practice.actions.invitations import invite, send_again, withdraw
from tieout.practice.actions.team import (
    add_member,
    change_role,
    copy_role,
    create_firm,
    delete_role,
    rename_role,
    set_permissions,
    switch_off_member,
    switch_on_member,
)
from tieout.practice.actor import ChangeRecord
from tieout.practice.firms import Firm, Member, Plan, User
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import PRESET_ROLES, Module, NotAllowed, Permission
from tieout.practice.validation import Invalid


@pytest.mark.django_db
def test_a_new_firm_has_the_preset_roles_and_one_administrator() -> None:
    user = User.objects.create_user("dana@byrne.example", full_name="Dana Byrne")
    firm = create_firm(
        name=" Byrne & Co ", plan=Plan.FREEMIUM, modules=[Module.TIME_AND_BILLING], admin_user=user
    )
    assert (firm.name, firm.plan, firm.modules) == ("Byrne & Co", "freemium", ["time_and_billing"])
    with firm_scope(firm.pk):
        assert {each.preset for each in firm.roles.all()} == {each.slug for each in PRESET_ROLES}
        member = firm.members.get()
        assert member.user == user
        assert all(member.may(each) for each in Permission)


@pytest.mark.django_db
def test_a_firm_without_a_name_is_refused() -> None:
    user = User.objects.create_user("dana@byrne.example")
    with pytest.raises(Invalid):
        create_firm(name=" ", admin_user=user)
    assert not Firm.objects.exists()


@pytest.mark.usefixtures("scope")
def test_the_last_administrator_can_neither_leave_nor_step_down(firm: Firm, alice: Member) -> None:
    staff = firm.roles.get(preset="staff-all")
    with pytest.raises(Invalid, match="at least one active administrator"):
        switch_off_member(by=alice, member_id=alice.pk)
    with pytest.raises(Invalid, match="at least one active administrator"):
        change_role(by=alice, member_id=alice.pk, role_id=staff.pk)
    alice.refresh_from_db()
    assert alice.is_active
    assert alice.may(Permission.MANAGE_TEAM)
    make_member(firm, "ben@byrne.example", "Ben Byrne")
    assert not change_role(by=alice, member_id=alice.pk, role_id=staff.pk).may(Permission.MANAGE_TEAM)


@pytest.mark.usefixtures("scope")
def test_only_who_manages_the_team_changes_it(firm: Firm, alice: Member) -> None:
    sam = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-all")
    with pytest.raises(NotAllowed, match="Manage Team"):
        switch_off_member(by=sam, member_id=alice.pk)
    assert not switch_off_member(by=alice, member_id=sam.pk).is_active


@pytest.mark.usefixtures("scope")
def test_a_colleague_who_returns_gets_the_old_place_back(firm: Firm, alice: Member) -> None:
    sam = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-all")
    switch_off_member(by=alice, member_id=sam.pk)
    back = add_member(firm_id=firm.pk, user=sam.user, preset="staff-assigned")
    assert (back.pk, back.is_active, back.role.preset) == (sam.pk, True, "staff-assigned")


@pytest.mark.usefixtures("scope")
def test_adding_who_works_here_already_is_no_news(firm: Firm) -> None:
    user = User.objects.create_user("sam@byrne.example", full_name="Sam Lee")
    once, again = (add_member(firm_id=firm.pk, user=user, preset="staff-all") for _ in range(2))
    assert once == again
    assert ChangeRecord.objects.filter(verb="added", record_id=str(once.pk)).count() == 1


@pytest.mark.usefixtures("scope")
def test_a_preset_role_is_read_only_and_its_copy_is_the_firms_own(firm: Firm, alice: Member) -> None:
    staff = firm.roles.get(preset="staff-all")
    with pytest.raises(Invalid, match="preset role"):
        set_permissions(by=alice, role_id=staff.pk, permissions=[Permission.VIEW_CLIENTS])
    with pytest.raises(Invalid, match="no other role"):
        copy_role(by=alice, role_id=staff.pk, name=" admin ")
    copy = copy_role(by=alice, role_id=staff.pk, name="Interns")
    assert (copy.preset, copy.permissions) == ("", staff.permissions)
    assert set_permissions(by=alice, role_id=copy.pk, permissions=[Permission.VIEW_CLIENTS]).permissions == [
        "view_clients"
    ]


@pytest.mark.usefixtures("scope")
def test_a_role_change_that_would_leave_no_administrator_is_undone(firm: Firm, alice: Member) -> None:
    own = copy_role(by=alice, role_id=alice.role_id, name="Owners")
    change_role(by=alice, member_id=alice.pk, role_id=own.pk)
    alice.refresh_from_db()
    with pytest.raises(Invalid, match="at least one active administrator"):
        set_permissions(by=alice, role_id=own.pk, permissions=[Permission.VIEW_CLIENTS])
    own.refresh_from_db()
    assert Permission.MANAGE_TEAM in own.permissions


@pytest.mark.usefixtures("scope")
def test_nobody_gives_a_permission_they_lack_themselves(firm: Firm, alice: Member) -> None:
    kim = make_member(firm, "kim@byrne.example", "Kim Byrne", "admin-no-billing")
    sam = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-all-no-billing")
    roles = {each.preset: each.pk for each in firm.roles.all()}
    told = "You cannot give what you may not do yourself: “View Billing”.*Alice Byrne can"
    for member in (kim, sam):
        with pytest.raises(Invalid, match=told) as refused:
            change_role(by=kim, member_id=member.pk, role_id=roles["staff-all"])
        assert list(refused.value.problems) == ["role_id"]
    own = copy_role(by=kim, role_id=roles["staff-assigned-no-billing"], name="Interns")
    with pytest.raises(Invalid, match=told):
        set_permissions(by=kim, role_id=own.pk, permissions=[Permission.VIEW_BILLING])
    with pytest.raises(Invalid, match=told):
        invite(by=kim, email="new@byrne.example", role_id=roles["admin"], now=NOW)
    asked = invite(by=alice, email="new@byrne.example", role_id=roles["admin"], now=NOW)
    with pytest.raises(Invalid, match=told):
        send_again(by=kim, invitation_id=asked.pk, now=NOW)
    biller = make_member(firm, "ben@byrne.example", "Ben Byrne", "staff-all")
    switch_off_member(by=kim, member_id=biller.pk)
    with pytest.raises(Invalid, match=told):
        switch_on_member(by=kim, member_id=biller.pk)
    assert switch_on_member(by=alice, member_id=biller.pk).is_active
    # What somebody has already is not given: kim may take rights away from ben.
    lowered = change_role(by=kim, member_id=biller.pk, role_id=roles["staff-assigned"])
    assert lowered.role.preset == "staff-assigned"
    assert change_role(by=alice, member_id=sam.pk, role_id=roles["staff-all"]).may(Permission.VIEW_BILLING)


@pytest.mark.usefixtures("scope")
def test_one_who_may_do_everything_stays_else_nobody_could_give_it_again(firm: Firm, alice: Member) -> None:
    kim = make_member(firm, "kim@byrne.example", "Kim Byrne", "admin-no-billing")
    with pytest.raises(Invalid, match="with all permissions"):
        switch_off_member(by=kim, member_id=alice.pk)
    with pytest.raises(Invalid, match="with all permissions"):
        change_role(by=alice, member_id=alice.pk, role_id=kim.role_id)
    alice.refresh_from_db()
    assert (alice.is_active, alice.role.preset) == (True, "admin")


@pytest.mark.usefixtures("scope")
def test_a_role_of_ones_own_is_renamed_and_once_nobody_has_it_deleted(firm: Firm, alice: Member) -> None:
    staff = firm.roles.get(preset="staff-all")
    for verb in (delete_role, rename_role):
        with pytest.raises(Invalid, match="preset role"):
            verb(by=alice, role_id=staff.pk, **({"name": "X"} if verb is rename_role else {}))
    own = copy_role(by=alice, role_id=staff.pk, name="Interns")
    with pytest.raises(Invalid, match="no other role"):
        rename_role(by=alice, role_id=own.pk, name="admin")
    assert rename_role(by=alice, role_id=own.pk, name="Trainees").name == "Trainees"
    sam = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-all")
    change_role(by=alice, member_id=sam.pk, role_id=own.pk)
    with pytest.raises(Invalid, match="Somebody works under Trainees"):
        delete_role(by=alice, role_id=own.pk)
    switch_off_member(by=alice, member_id=sam.pk)
    asked = invite(by=alice, email="new@byrne.example", role_id=own.pk, now=NOW)
    with pytest.raises(Invalid, match="invited as Trainees"):
        delete_role(by=alice, role_id=own.pk)
    withdraw(by=alice, invitation_id=asked.pk, now=NOW)
    delete_role(by=alice, role_id=own.pk)
    assert not firm.roles.filter(name="Trainees").exists()
    sam.refresh_from_db()
    assert (sam.is_active, sam.role.preset) == (False, "staff-assigned-no-billing")
    assert ChangeRecord.objects.filter(kind="role", verb="deleted", record_id=str(own.pk)).exists()


@pytest.mark.usefixtures("scope")
def test_every_change_of_rights_is_in_the_history(firm: Firm, alice: Member) -> None:
    sam = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-all")
    change_role(by=alice, member_id=sam.pk, role_id=firm.roles.get(preset="admin").pk)
    switch_off_member(by=alice, member_id=sam.pk)
    told = [(each.verb, each.actor_label, each.changes) for each in ChangeRecord.objects.order_by("id")]
    assert told == [
        ("put under another role", "Alice Byrne", {"role": ["Staff (All Contacts)", "Admin"]}),
        ("switched off", "Alice Byrne", {"is_active": [True, False]}),
    ]
