"""Acts: the funnels. The only way from an id to a client, for a member (with their rights) or for a verb.

Nothing else in the product says ``Client.objects``; a test holds that.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Q, QuerySet

from tieout.practice.actor import ChangeRecord
from tieout.practice.clients import CLIENT, Client
from tieout.practice.drafts import ImportDraft
from tieout.practice.firms import Firm, Member
from tieout.practice.permissions import PERMISSIONS, NotAllowed, NotYours, Permission
from tieout.practice.validation import Invalid

MOST_HELPERS = 3


def require(member: Member, permission: Permission) -> None:
    """Raise NotAllowed, naming who can help, unless the member has the permission and the firm its module."""
    if member.may(permission):
        return
    module = PERMISSIONS[permission].module
    if module is not None and not member.firm.has_module(module):
        helpers = helpers_for(member.firm, Permission.MANAGE_TEAM)
        raise NotAllowed(permission, helpers, without=module)
    raise NotAllowed(permission, helpers_for(member.firm, permission))


def helpers_for(firm: Firm, permission: Permission) -> list[str]:
    """Full names of a few active members who have the permission, those who manage the team first."""
    colleagues = (
        Member.objects.filter(
            firm=firm,
            is_active=True,
            user__is_active=True,
            role__permissions__contains=[permission.value],
        )
        .select_related("user", "role", "firm")
        .order_by("id")
    )
    able = sorted(
        (each for each in colleagues if each.may(permission)),
        key=lambda each: not each.may(Permission.MANAGE_TEAM),
    )
    return [each.user.get_full_name() for each in able[:MOST_HELPERS]]


def visible_clients(member: Member) -> QuerySet[Client]:
    """The clients the member may see: all of the firm, or those assigned to them. Raises NotAllowed."""
    require(member, Permission.VIEW_CLIENTS)
    clients = clients_of(member.firm_id)
    if member.may(Permission.VIEW_ALL_CLIENTS):
        return clients
    return clients.filter(assigned_to_id=member.pk)


def access_client(member: Member, client_id: int | str, *, to_edit: bool = False) -> Client:
    """One client the member may see, and with ``to_edit`` may change.

    Raises NotYours when there is none the member may know of, NotAllowed when a permission is missing.
    """
    client = visible_clients(member).filter(pk=_number(client_id)).first()
    if client is None:
        raise NotYours("There is no such client.")
    if to_edit:
        require(member, Permission.EDIT_CLIENTS)
        if client.merged_into_id is not None:
            raise NotYours("It was merged into another client, and takes no change.")
    return client


def clients_of(firm_id: int) -> QuerySet[Client]:
    """All clients of one firm: for verbs and the records door, which act once someone was let in."""
    return Client.objects.filter(firm_id=firm_id)


def client_to_change(firm_id: int, client_id: int | str) -> Client:
    """One client of the firm, its row locked until the transaction ends. Raises NotYours, Invalid for a merged one."""
    client = clients_of(firm_id).select_for_update().filter(pk=_number(client_id)).first()
    if client is None:
        raise NotYours("There is no such client.")
    if client.merged_into_id is not None:
        raise Invalid({"client": f"{client.name} was merged into another client. Change that one instead."})
    return client


def named_like(member: Member, name: str, *, besides: int = 0) -> QuerySet[Client]:
    """Visible clients whose name has every word of ``name``, in any order: likely the same client twice."""
    words = [word for word in name.replace(",", " ").split() if len(word) > 1]
    if not words:
        return visible_clients(member).none()
    wanted = Q()
    for word in words:
        wanted &= Q(name__icontains=word)
    return visible_clients(member).filter(wanted).exclude(pk=besides).order_by("name", "id")


def members_to_assign(firm_id: int) -> QuerySet[Member]:
    """The members a client can be assigned to."""
    return (
        Member.objects.filter(firm_id=firm_id, is_active=True)
        .select_related("user")
        .order_by("user__full_name")
    )


def member_names(firm_id: int) -> dict[int, str]:
    """Full names by member id, former members included: the history still speaks of them."""
    return {
        each.pk: each.user.get_full_name()
        for each in Member.objects.filter(firm_id=firm_id).select_related("user")
    }


def history_of(client: Client, *, since: int = 0) -> QuerySet[ChangeRecord]:
    """What happened to a client after version ``since``, newest first."""
    return ChangeRecord.objects.filter(
        firm_id=client.firm_id, kind=CLIENT, record_id=str(client.pk), version__gt=since
    )


def access_import_draft(
    member: Member, draft_id: uuid.UUID, *, now: datetime, to_change: bool = False
) -> ImportDraft:
    """An upload of this member that has not expired. ``to_change`` locks it. Raises NotAllowed, NotYours."""
    require(member, Permission.IMPORT_CLIENTS)
    drafts = ImportDraft.objects.filter(
        firm_id=member.firm_id, member=member, kind="clients", expires_at__gt=now
    )
    draft = (drafts.select_for_update() if to_change else drafts).filter(pk=draft_id).first()
    if draft is None:
        raise NotYours(
            "There is no such upload, or it was kept for a day and is gone. Upload the file again."
        )
    return draft


def _number(client_id: int | str) -> int:
    """The id as the database knows it; a text that is none of ours is "not found", not a fault."""
    text = str(client_id)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotYours("There is no such client.")
    return int(text)
