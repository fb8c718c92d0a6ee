"""Decides nothing: the operations on the firm itself, its members and their roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet

from tieout.practice.access import require
from tieout.practice.actions.invitations import invite, send_again, withdraw
from tieout.practice.actions.team import (
    cannot_give,
    change_role,
    copy_role,
    delete_role,
    rename_role,
    role_of_firm,
    set_permissions,
    switch_off_member,
    switch_on_member,
)
from tieout.practice.firms import Firm, Member, Role
from tieout.practice.invitations import Invitation
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import Invalid
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Given, Instant, RowId, Shown, ShownDay, Text
from tieout.web.api.routes import Record, Section
from tieout.web.listing import Asked, Column, Filter, ListKind
from tieout.web.people.invitations import link_to
from tieout.web.people.open_sessions import end_sessions

section = Section("Firm and people", "The firm, who works there and under which role.")
TEAM = Permission.MANAGE_TEAM
MEMBERS = ListKind(
    columns=(Column("joined", "Since", "joined_at"), Column("name", "Name", "user__full_name", folds_case=True)),
    filters=(Filter("show", "Status", (("all", "All"), ("active", "Active"), ("inactive", "Switched off"))),),
    sort="joined",
)  # fmt: skip
ROLES = ListKind(columns=(Column("made", "Made", "id"),), filters=(), sort="made")
INVITATIONS = ListKind(columns=(Column("sent", "Sent", "sent_at"),), filters=(), sort="-sent")


class Token(Shown):
    """The token that asks, and what it may do now: its scopes that its member has the permission for."""

    name: str
    hint: str
    scopes: list[str]
    permissions: list[str]
    member_id: int
    expires_at: Instant | None


class FirmShown(Shown):
    """The firm of the token. ``today``: its date, which decides what is of the future."""

    id: int
    name: str
    plan: str
    modules: list[str]
    time_zone: str
    today: ShownDay
    token: Token


class RoleShown(Shown):
    """``preset`` is empty for a role of the firm's own."""

    id: int
    name: str
    preset: str
    permissions: list[str]


class MemberShown(Shown):
    id: int
    name: str
    email: str
    role: RoleShown
    is_active: bool
    joined_at: Instant

    @staticmethod
    def resolve_name(row: Member) -> str:
        return row.user.get_full_name()

    @staticmethod
    def resolve_email(row: Member) -> str:
        return row.user.email


class RoleChosen(Given):
    """See GET /roles."""

    role_id: RowId


class RoleCopied(Given):
    """What the new role is called. It starts with the same permissions."""

    name: Text


class RoleCalled(Given):
    """What the role is called from now on."""

    name: Text


class RoleAllowed(Given):
    """All that the role is to allow; what is left out of the list, it no longer does."""

    permissions: list[Literal[tuple(each.value for each in Permission)]]  # type: ignore[valid-type]


class Invited(Given):
    """Who, and under which role; see GET /roles."""

    email: Text
    role_id: RowId


class InvitationShown(Shown):
    """Pass ``link`` on; no e-mail is sent from here. Only the latest link opens the door.

    It is empty for who could not give that role.
    """

    id: int
    email: str
    role_id: int
    invited_by_id: int
    sent_at: Instant
    expires_at: Instant
    withdrawn_at: Instant | None
    link: str

    @staticmethod
    def resolve_link(row: Invitation, context: Mapping[str, Any]) -> str:
        """Who has the link can join, so it is for those who may give what it gives."""
        beyond = cannot_give(context["request"].member, row.role.permissions)
        return "" if row.withdrawn_at or beyond else link_to(row)


def firm(request: ApiRequest) -> dict[str, Any]:
    token, mine = request.token, request.member
    of: Firm = token.firm
    return {
        "id": of.pk,
        "name": of.name,
        "plan": of.plan,
        "modules": of.modules,
        "time_zone": of.time_zone,
        "today": request.today,
        "token": {
            "name": token.name,
            "hint": token.hint,
            "scopes": token.scopes,
            "permissions": sorted(each.value for each in Permission if mine.may(each)),
            "member_id": mine.pk,
            "expires_at": token.expires_at,
        },
    }


def found_members(request: ApiRequest, asked: Asked) -> QuerySet[Member]:
    require(request.member, TEAM)
    rows = Member.objects.filter(firm_id=request.member.firm_id).select_related("user", "role")
    if asked["show"] != "all":
        rows = rows.filter(is_active=asked["show"] == "active")
    return rows.filter(user__full_name__icontains=asked.search) if asked.search else rows


def found_roles(request: ApiRequest, asked: Asked) -> QuerySet[Role]:
    require(request.member, TEAM)
    return Role.objects.filter(firm_id=request.member.firm_id)


def role(request: ApiRequest, role_id: int) -> Role:
    require(request.member, TEAM)
    return role_of_firm(request.member.firm_id, role_id)


def role_made(request: ApiRequest, row: Role) -> Role:
    return row


def nothing(request: ApiRequest, role_id: int) -> None:
    """There is nothing to show."""


def set_role_permissions(*, by: Member, role_id: int, permissions: list[str]) -> Role:
    """Change what a role of the firm's own allows. A preset role is copied first."""
    return set_permissions(by=by, role_id=role_id, permissions=[Permission(each) for each in permissions])


def member(request: ApiRequest, member_id: int) -> Member:
    require(request.member, TEAM)
    team = Member.objects.filter(firm_id=request.member.firm_id).select_related("user", "role")
    found = team.filter(pk=member_id).first()
    if found is None:
        raise NotYours("There is no such member.")
    return found


def put_under_role(*, by: Member, member_id: int, role_id: int) -> Member:
    """Put a colleague under another role. The firm keeps at least one administrator."""
    try:
        role_of_firm(by.firm_id, role_id)
    except NotYours as problem:
        raise _no_such_role() from problem
    return change_role(by=by, member_id=member_id, role_id=role_id)


def switch_off(*, by: Member, member_id: int) -> Member:
    """End a colleague's access, and sign them out everywhere. What they did stays in the history."""
    gone = switch_off_member(by=by, member_id=member_id)
    end_sessions(gone.user_id)
    return gone


def _no_such_role() -> Invalid:
    return Invalid({"role_id": "There is no such role. Choose one of GET /roles."})


def found_invitations(request: ApiRequest, asked: Asked) -> QuerySet[Invitation]:
    """Those nobody has taken up yet."""
    require(request.member, TEAM)
    still_open = Invitation.objects.filter(firm_id=request.member.firm_id, withdrawn_at=None, joined_at=None)
    return still_open.select_related("role")


def invite_by_address(*, by: Member, email: str, role_id: int, now: datetime) -> Invitation:
    """Let a colleague join by a link."""
    try:
        validate_email(email.strip())
    except ValidationError as problem:
        raise Invalid({"email": "Enter an e-mail address such as name@example.com."}) from problem
    try:
        return invite(by=by, email=email, role_id=role_id, now=now)
    except NotYours as problem:
        raise _no_such_role() from problem


def invitation(request: ApiRequest, invitation_id: int) -> Invitation:
    require(request.member, TEAM)
    row = Invitation.objects.filter(firm_id=request.member.firm_id, pk=invitation_id).first()
    if row is None:
        raise NotYours("There is no such invitation.")
    return row


def invitation_made(request: ApiRequest, row: Invitation) -> Invitation:
    return row


section.one(
    "/firm", None, "get_firm", shape=FirmShown, shows=firm, summary="The firm, and the token that asks"
)
section.rows(
    "/members", TEAM, "list_members", kind=MEMBERS, shape=MemberShown, found=found_members, summary="Members"
)
section.rows(
    "/roles",
    TEAM,
    "list_roles",
    kind=ROLES,
    shape=RoleShown,
    found=found_roles,
    searches=False,
    summary="Roles",
)
one_role = Record(section, "/roles/{role_id}", RoleShown, role, role)
one_role.get(TEAM, "get_role", summary="One role")
section.act(
    "/roles/{role_id}/copy",
    TEAM,
    "copy_role",
    copy_role,
    takes=RoleCopied,
    shape=RoleShown,
    shows=role_made,
    finds=role,
    makes="get_role",
    summary="Copy a role, to change the copy",
)
one_role.act(
    "/permissions",
    TEAM,
    "set_role_permissions",
    set_role_permissions,
    method="PUT",
    takes=RoleAllowed,
    summary="Change what a role of your own allows",
)
one_role.act(
    "",
    TEAM,
    "rename_role",
    rename_role,
    method="PATCH",
    takes=RoleCalled,
    summary="Rename a role of your own",
)
section.act(
    "/roles/{role_id}",
    TEAM,
    "delete_role",
    delete_role,
    method="DELETE",
    finds=role,
    shape=None,
    shows=nothing,
    summary="Delete a role of your own that nobody has",
)
one_member = Record(section, "/members/{member_id}", MemberShown, member, member)
one_member.get(TEAM, "get_member", summary="One member")
one_member.act(
    "/role",
    TEAM,
    "put_under_role",
    put_under_role,
    method="PUT",
    takes=RoleChosen,
    summary="Put a colleague under another role",
)
one_member.act("/switch-off", TEAM, "switch_off_member", switch_off, summary="End a colleague's access")
one_member.act("/switch-on", TEAM, "switch_on_member", switch_on_member, summary="Let a colleague back in")
section.rows(
    "/invitations",
    TEAM,
    "list_invitations",
    kind=INVITATIONS,
    shape=InvitationShown,
    found=found_invitations,
    searches=False,
    summary="Invitations that are open",
)
section.act(
    "/invitations",
    TEAM,
    "invite",
    invite_by_address,
    takes=Invited,
    shape=InvitationShown,
    shows=invitation_made,
    makes="get_invitation",
    summary="Let a colleague join by a link",
)
one = Record(section, "/invitations/{invitation_id}", InvitationShown, invitation, invitation)
one.get(TEAM, "get_invitation", summary="One invitation")
one.act("/again", TEAM, "send_invitation_again", send_again, summary="A new link for another week")
one.act("/withdraw", TEAM, "withdraw_invitation", withdraw, summary="Let the link open nothing any more")
