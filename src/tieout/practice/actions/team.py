"""Acts: the verbs that open a firm and change who works in it. Of active members, one can always manage the team."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from tieout.practice.access import require
from tieout.practice.actor import Actor, ActorKind, Changes, history_row
from tieout.practice.firms import Firm, Member, Plan, Role, User
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import ADMIN, PRESET_ROLES, Module, NotYours, Permission
from tieout.practice.validation import Invalid, TextRule, clean_texts

SMALLEST = "staff-assigned-no-billing"
"""The preset role with the fewest rights."""
ROLE_NAME = TextRule("The name", 80)
TIEOUT = Actor(ActorKind.SYSTEM, "Tieout")


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


def add_member(*, firm_id: int, user: User, preset: str, actor: Actor = TIEOUT) -> Member:
    """Give the user a place in the firm under one of its preset roles, or bring their old place back."""
    return admit(firm_id=firm_id, user=user, role=_preset_role(firm_id, preset), actor=actor)


def admit(*, firm_id: int, user: User, role: Role, actor: Actor) -> Member:
    """The same, under any role of the firm. Who works under it already is no news. The caller has checked who may."""
    there = Member.objects.filter(firm_id=firm_id, user=user, role=role, is_active=True).first()
    if there is not None:
        return there
    with transaction.atomic():
        member, _ = Member.objects.update_or_create(
            firm_id=firm_id, user=user, defaults={"role": role, "is_active": True}
        )
        _record(member, "added", actor, {"role": [None, role.name]})
    return member


def change_role(*, by: Member, member_id: int, role_id: int) -> Member:
    """Put a colleague under another role. Raises NotAllowed, NotYours, Invalid for the last administrator."""
    require(by, Permission.MANAGE_TEAM)
    role = role_of_firm(by.firm_id, role_id)
    with transaction.atomic():
        member = _locked(by.firm_id, member_id)
        before = member.role.name
        member.role = role
        member.save()
        _keep_one_administrator(by.firm_id)
        _record(member, "put under another role", Actor.of(by), {"role": [before, role.name]})
    return member


def switch_off_member(*, by: Member, member_id: int) -> Member:
    """End a colleague's access to the firm; what they did stays in the history under their name."""
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        member = _locked(by.firm_id, member_id)
        member.is_active = False
        member.save()
        _keep_one_administrator(by.firm_id)
        _record(member, "switched off", Actor.of(by), {"is_active": [True, False]})
    return member


def switch_on_member(*, by: Member, member_id: int) -> Member:
    """Let a colleague back in, under the preset role they had; whoever had a role of the firm's own starts smallest.

    Active already: returned as they are. Raises NotAllowed, NotYours.
    """
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        member = _locked(by.firm_id, member_id)
        if member.is_active:
            return member
        return add_member(
            firm_id=by.firm_id,
            user=member.user,
            preset=member.role.preset or SMALLEST,
            actor=Actor.of(by),
        )


def copy_role(*, by: Member, role_id: int, name: str) -> Role:
    """A role of the firm's own with the same permissions, to be changed. Raises NotAllowed, NotYours, Invalid."""
    require(by, Permission.MANAGE_TEAM)
    original = role_of_firm(by.firm_id, role_id)
    name = clean_texts({"name": name}, {"name": ROLE_NAME})["name"]
    if not name or Role.objects.filter(firm_id=by.firm_id, name__iexact=name).exists():
        raise Invalid({"name": "Give the role a name that no other role of your firm has."})
    with transaction.atomic():
        role = Role.objects.create(firm_id=by.firm_id, name=name, permissions=list(original.permissions))
        _record(role, "made from another role", Actor.of(by), {"permissions": [None, role.permissions]})
    return role


def set_permissions(*, by: Member, role_id: int, permissions: Iterable[Permission]) -> Role:
    """Change what a role of the firm's own allows. Raises NotAllowed, NotYours, Invalid for a preset role."""
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        _locked_team(by.firm_id)
        role = role_of_firm(by.firm_id, role_id)
        if role.preset:
            raise Invalid({"role": f"{role.name} is a preset role. Make a copy of it and change that."})
        before = role.permissions
        role.permissions = sorted({each.value for each in permissions})
        role.save()
        _keep_one_administrator(by.firm_id)
        _record(role, "changed", Actor.of(by), {"permissions": [before, role.permissions]})
    return role


def role_of_firm(firm_id: int, role_id: int) -> Role:
    """Raises NotYours."""
    role = Role.objects.filter(firm_id=firm_id, pk=role_id).first()
    if role is None:
        raise NotYours("There is no such role.")
    return role


def _record(row: Member | Role, verb: str, actor: Actor, changes: Changes) -> None:
    """Who was given or lost which rights is part of the history that only grows. These rows have no versions."""
    history_row(row.firm_id, row._meta.model_name or "", str(row.pk), 0, verb, actor, changes).save()


def _preset_role(firm_id: int, preset: str) -> Role:
    role = Role.objects.filter(firm_id=firm_id, preset=preset).first()
    if role is None:
        raise NotYours("There is no such role.")
    return role


def _locked_team(firm_id: int) -> dict[int, Member]:
    """Every member by id, their rows locked: two people must not take the rights of each other at once."""
    members = Member.objects.select_for_update().filter(firm_id=firm_id).order_by("pk")
    return {each.pk: each for each in members}


def _locked(firm_id: int, member_id: int) -> Member:
    member = _locked_team(firm_id).get(member_id)
    if member is None:
        raise NotYours("There is no such member.")
    return member


def _keep_one_administrator(firm_id: int) -> None:
    left = Member.objects.filter(
        firm_id=firm_id, is_active=True, role__permissions__contains=[Permission.MANAGE_TEAM.value]
    )
    if not left.exists():
        raise Invalid({"member": "The firm needs at least one active administrator. Name another one first."})
