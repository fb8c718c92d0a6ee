"""Acts: the verbs that open a firm and change who works in it. Of active members, one can always manage the team."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from tieout.practice.access import require
from tieout.practice.firms import Firm, Member, Plan, Role, User
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import ADMIN, PRESET_ROLES, Module, NotYours, Permission
from tieout.practice.validation import Invalid


def create_firm(
    *,
    name: str,
    admin_user: User,
    plan: str = Plan.PAID,
    modules: Iterable[Module] = tuple(Module),
    time_zone: str = "America/New_York",
) -> Firm:
    """A firm with the preset roles and its first administrator. Raises Invalid without a name."""
    if not name.strip():
        raise Invalid({"name": "The firm needs a name."})
    with transaction.atomic():
        firm = Firm.objects.create(
            name=name.strip(), plan=plan, modules=[each.value for each in modules], time_zone=time_zone
        )
        with firm_scope(firm.pk):
            Role.objects.bulk_create(
                Role(
                    firm=firm,
                    name=preset.name,
                    preset=preset.slug,
                    permissions=sorted(each.value for each in preset.permissions),
                )
                for preset in PRESET_ROLES
            )
            add_member(firm_id=firm.pk, user=admin_user, preset=ADMIN)
    return firm


def add_member(*, firm_id: int, user: User, preset: str) -> Member:
    """Give the user a place in the firm under one of its preset roles, or bring their old place back."""
    role = _preset_role(firm_id, preset)
    member, _ = Member.objects.update_or_create(
        firm_id=firm_id, user=user, defaults={"role": role, "is_active": True}
    )
    return member


def change_role(*, by: Member, member_id: int, role_id: int) -> Member:
    """Put a colleague under another role. Raises NotAllowed, NotYours, Invalid for the last administrator."""
    require(by, Permission.MANAGE_TEAM)
    role = Role.objects.filter(firm_id=by.firm_id, pk=role_id).first()
    if role is None:
        raise NotYours("There is no such role.")
    with transaction.atomic():
        member = _locked(by.firm_id, member_id)
        member.role = role
        member.save()
        _keep_one_administrator(by.firm_id)
    return member


def switch_off_member(*, by: Member, member_id: int) -> Member:
    """End a colleague's access to the firm; what they did stays in the history under their name."""
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        member = _locked(by.firm_id, member_id)
        member.is_active = False
        member.save()
        _keep_one_administrator(by.firm_id)
    return member


def _preset_role(firm_id: int, preset: str) -> Role:
    role = Role.objects.filter(firm_id=firm_id, preset=preset).first()
    if role is None:
        raise NotYours("There is no such role.")
    return role


def _locked(firm_id: int, member_id: int) -> Member:
    """The member, every member row of the firm locked: two people must not demote each other at once."""
    colleagues = {
        each.pk: each for each in Member.objects.select_for_update().filter(firm_id=firm_id).order_by("pk")
    }
    if member_id not in colleagues:
        raise NotYours("There is no such member.")
    return colleagues[member_id]


def _keep_one_administrator(firm_id: int) -> None:
    left = Member.objects.filter(
        firm_id=firm_id, is_active=True, role__permissions__contains=[Permission.MANAGE_TEAM.value]
    )
    if not left.exists():
        raise Invalid({"member": "The firm needs at least one active administrator. Name another one first."})
