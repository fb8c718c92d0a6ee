"""Decides nothing: the operations on the firm itself, its members and their roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet

from tieout.practice.access import require
from tieout.practice.actions.invitations import invite, send_again, withdraw
from tieout.practice.firms import Firm, Member, Role
from tieout.practice.invitations import Invitation
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import Invalid
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Given, Instant, RowId, Shown, ShownDay, Text
from tieout.web.api.routes import Record, Section
from tieout.web.listing import Asked, Column, Filter, ListKind
from tieout.web.people.invitations import link_to

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


class Invited(Given):
    """Who, and under which role; see GET /roles."""

    email: Text
    role_id: RowId


class InvitationShown(Shown):
    """Pass ``link`` on; no e-mail is sent from here. Only the latest link opens the door."""

    id: int
    email: str
    role_id: int
    invited_by_id: int
    sent_at: Instant
    expires_at: Instant
    withdrawn_at: Instant | None
    link: str

    @staticmethod
    def resolve_link(row: Invitation) -> str:
        return "" if row.withdrawn_at else link_to(row)


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


def found_invitations(request: ApiRequest, asked: Asked) -> QuerySet[Invitation]:
    """Those nobody has taken up yet."""
    require(request.member, TEAM)
    return Invitation.objects.filter(firm_id=request.member.firm_id, withdrawn_at=None, joined_at=None)


def invite_by_address(*, by: Member, email: str, role_id: int, now: datetime) -> Invitation:
    """Let a colleague join by a link."""
    try:
        validate_email(email.strip())
    except ValidationError as problem:
        raise Invalid({"email": "Enter an e-mail address such as name@example.com."}) from problem
    try:
        return invite(by=by, email=email, role_id=role_id, now=now)
    except NotYours as problem:
        raise Invalid({"role_id": "There is no such role. Choose one of GET /roles."}) from problem


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
