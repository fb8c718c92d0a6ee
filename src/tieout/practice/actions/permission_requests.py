"""Acts: the verbs on requests for a permission: ask, once; decline. Giving it is a change of role, as always."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tieout.practice.access import require
from tieout.practice.actor import Actor, history_row
from tieout.practice.firms import Firm, Member
from tieout.practice.permission_requests import AGAIN_AFTER, PERMISSION_REQUEST, PermissionRequest
from tieout.practice.permissions import PERMISSIONS, NotYours, Permission


def ask_for(member: Member, permission: Permission, now: datetime) -> bool:
    """Ask the colleagues who can help. False when it is asked already, was declined lately, or is had: nobody is told twice."""
    if member.may(permission):
        return False
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=member.pk, firm_id=member.firm_id)
        last = asked(member, permission)
        if last is not None and (last.declined_at is None or last.declined_at > now - AGAIN_AFTER):
            return False
        made = PermissionRequest.objects.create(
            firm_id=member.firm_id, member=member, permission=permission.value, asked_at=now
        )
        label = PERMISSIONS[permission].label
        _record(made, "asked", Actor.of(member), {"permission": [None, label]})
    return True


def decline(*, by: Member, request_id: int, now: datetime) -> PermissionRequest:
    """Say no; the person sees it and may ask again after a week. Raises NotAllowed, NotYours."""
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        found = (
            PermissionRequest.objects.select_for_update(of=("self",))
            .select_related("member__user")
            .filter(firm_id=by.firm_id, pk=request_id, declined_at=None)
            .first()
        )
        if found is None:
            raise NotYours("There is no such request.")
        found.declined_at, found.declined_by = now, by
        found.save(update_fields=["declined_at", "declined_by"])
        label = PERMISSIONS[Permission(found.permission)].label
        _record(found, "declined", Actor.of(by), {"permission": [label, None]})
    return found


def asked(member: Member, permission: Permission) -> PermissionRequest | None:
    """The member's latest request for it; None when they never asked."""
    rows = PermissionRequest.objects.filter(
        firm_id=member.firm_id, member=member, permission=permission.value
    )
    return rows.select_related("declined_by__user").order_by("-id").first()


def open_requests(firm: Firm) -> list[PermissionRequest]:
    """Those that wait for an answer, the oldest first. One that was granted meanwhile does not."""
    rows = PermissionRequest.objects.filter(firm=firm, declined_at=None, member__is_active=True)
    found = rows.select_related("member__user", "member__role", "member__firm").order_by("id")
    return [one for one in found if not one.member.may(Permission(one.permission))]


def who_can_help(firm: Firm, permission: Permission) -> Sequence[Member]:
    """Active members who have the permission, or who give roles."""
    colleagues = Member.objects.filter(firm=firm, is_active=True, user__is_active=True)
    able = colleagues.select_related("user", "role", "firm").order_by("id")
    return [one for one in able if one.may(permission) or one.may(Permission.MANAGE_TEAM)]


def _record(made: PermissionRequest, verb: str, actor: Actor, changes: dict[str, list[str | None]]) -> None:
    history_row(made.firm_id, PERMISSION_REQUEST, str(made.pk), 1, verb, actor, changes).save()
