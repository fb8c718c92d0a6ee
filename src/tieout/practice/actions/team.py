"""Acts: the verbs that open a firm and change who works in it.

Nobody gives a permission they lack themselves, and of the active members one always has them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction

from tieout.practice.access import helpers_for, require
from tieout.practice.actor import Actor, ActorKind, Changes, history_row
from tieout.practice.firms import Firm, Member, Plan, Role, User
from tieout.practice.invitations import Invitation
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import ADMIN, PERMISSIONS, PRESET_ROLES, Module, NotYours, Permission
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
    """Put a colleague under another role.

    Raises NotAllowed, NotYours, Invalid for the last administrator and for rights that ``by`` cannot give.
    """
    require(by, Permission.MANAGE_TEAM)
    role = role_of_firm(by.firm_id, role_id)
    with transaction.atomic():
        member = _locked(by.firm_id, member_id)
        before = member.role
        refuse_to_give(by, role.permissions, "role_id", besides=before.permissions)
        with _administrator_kept(by.firm_id):
            member.role = role
            member.save()
        _record(member, "put under another role", Actor.of(by), {"role": [before.name, role.name]})
    return member


def switch_off_member(*, by: Member, member_id: int) -> Member:
    """End a colleague's access to the firm; what they did stays in the history under their name."""
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        member = _locked(by.firm_id, member_id)
        with _administrator_kept(by.firm_id):
            member.is_active = False
            member.save()
        _record(member, "switched off", Actor.of(by), {"is_active": [True, False]})
    return member


def switch_on_member(*, by: Member, member_id: int) -> Member:
    """Let a colleague back in, under the preset role they had; whoever had a role of the firm's own starts smallest.

    Active already: returned as they are. Raises NotAllowed, NotYours, Invalid for rights that ``by`` cannot give.
    """
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        member = _locked(by.firm_id, member_id)
        if member.is_active:
            return member
        role = _preset_role(by.firm_id, member.role.preset or SMALLEST)
        refuse_to_give(by, role.permissions, "member_id")
        return admit(firm_id=by.firm_id, user=member.user, role=role, actor=Actor.of(by))


def copy_role(*, by: Member, role_id: int, name: str) -> Role:
    """A role of the firm's own with the same permissions, to be changed. Raises NotAllowed, NotYours, Invalid."""
    require(by, Permission.MANAGE_TEAM)
    original = role_of_firm(by.firm_id, role_id)
    name = _free_name(by.firm_id, name)
    with transaction.atomic():
        role = Role.objects.create(firm_id=by.firm_id, name=name, permissions=list(original.permissions))
        _record(role, "made from another role", Actor.of(by), {"permissions": [None, role.permissions]})
    return role


def set_permissions(*, by: Member, role_id: int, permissions: Iterable[Permission]) -> Role:
    """Change what a role of the firm's own allows.

    Raises NotAllowed, NotYours, Invalid for a preset role and for rights that ``by`` cannot give.
    """
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        role = _own_role(by.firm_id, role_id)
        before = role.permissions
        after = sorted({each.value for each in permissions})
        refuse_to_give(by, after, "permissions", besides=before)
        with _administrator_kept(by.firm_id):
            role.permissions = after
            role.save()
        _record(role, "changed", Actor.of(by), {"permissions": [before, after]})
    return role


def rename_role(*, by: Member, role_id: int, name: str) -> Role:
    """Call a role of the firm's own something else. Raises NotAllowed, NotYours, Invalid."""
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        role = _own_role(by.firm_id, role_id)
        before, role.name = role.name, _free_name(by.firm_id, name, besides=role.pk)
        if role.name != before:
            role.save()
            _record(role, "renamed", Actor.of(by), {"name": [before, role.name]})
    return role


def delete_role(*, by: Member, role_id: int) -> None:
    """Take away a role of the firm's own that nobody works under or is invited to. Its history stays.

    Members who were switched off under it keep the smallest role, with which they would begin again anyway.
    Raises NotAllowed, NotYours, Invalid while it is used.
    """
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        role = _own_role(by.firm_id, role_id)
        if role.members.filter(is_active=True).exists():
            raise Invalid({"role": f"Somebody works under {role.name}. Put them under another role first."})
        invitations = Invitation.objects.filter(firm_id=by.firm_id, role=role)
        if invitations.filter(withdrawn_at=None, joined_at=None).exists():
            raise Invalid({"role": f"Somebody is invited as {role.name}. Withdraw the invitation first."})
        role.members.update(role=_preset_role(by.firm_id, SMALLEST))
        invitations.delete()  # links that open nothing any more; who sent them is in the history
        _record(role, "deleted", Actor.of(by), {"name": [role.name, None]})
        role.delete()


def refuse_to_give(
    by: Member, permissions: Iterable[str], field: str, *, besides: Iterable[str] = ()
) -> None:
    """Raise Invalid when rights would be given that ``by`` cannot give, naming who can.

    ``besides``: what whoever gets them has already.
    """
    if lacking := cannot_give(by, set(permissions) - set(besides)):
        labels = ", ".join(f"“{PERMISSIONS[each].label}”" for each in lacking)
        who = helpers_for(by.firm, lacking[0])
        can = f"{who[0]} can." if who else "Ask an administrator of your firm."
        raise Invalid({field: f"You cannot give what you may not do yourself: {labels}. {can}"})


def role_of_firm(firm_id: int, role_id: int) -> Role:
    """Raises NotYours."""
    role = Role.objects.filter(firm_id=firm_id, pk=role_id).first()
    if role is None:
        raise NotYours("There is no such role.")
    return role


def _record(row: Member | Role, verb: str, actor: Actor, changes: Changes) -> None:
    """Who was given or lost which rights is part of the history that only grows. These rows have no versions."""
    history_row(row.firm_id, row._meta.model_name or "", str(row.pk), 0, verb, actor, changes).save()


def cannot_give(by: Member, permissions: Iterable[str]) -> list[Permission]:
    """Those of the permissions that ``by`` lacks. Admin gives everything; a token no more than its scopes."""
    if by.role.preset == ADMIN and by.stand_in is None:
        return []
    wanted = set(permissions) - set(by.role.permissions)
    return [each for each in Permission if each.value in wanted]


def _own_role(firm_id: int, role_id: int) -> Role:
    """A role of the firm's own, the team locked. Raises NotYours, Invalid for a preset role."""
    _locked_team(firm_id)
    role = role_of_firm(firm_id, role_id)
    if role.preset:
        raise Invalid({"role": f"{role.name} is a preset role. Make a copy of it and change that."})
    return role


def _free_name(firm_id: int, name: str, *, besides: int = 0) -> str:
    name = clean_texts({"name": name}, {"name": ROLE_NAME})["name"]
    others = Role.objects.filter(firm_id=firm_id, name__iexact=name).exclude(pk=besides)
    if not name or others.exists():
        raise Invalid({"name": "Give the role a name that no other role of your firm has."})
    return name


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


@contextmanager
def _administrator_kept(firm_id: int) -> Iterator[None]:
    """Raise Invalid when what happens inside leaves nobody who may manage the team, or who may do everything.

    Without one of the latter, what nobody may do could not be given to anybody again. The team is locked already.
    """
    before = _administrators(firm_id)
    yield
    for had, has in zip(before, _administrators(firm_id), strict=True):
        if had and not has:
            raise Invalid(
                {
                    "member": "The firm needs at least one active administrator with all permissions. "
                    "Name another one first."
                }
            )


def _administrators(firm_id: int) -> tuple[bool, bool]:
    """Whether an active member may manage the team, and whether one may do everything."""
    active = Member.objects.filter(firm_id=firm_id, is_active=True)
    return (
        active.filter(role__permissions__contains=[Permission.MANAGE_TEAM.value]).exists(),
        active.filter(role__permissions__contains=[each.value for each in Permission]).exists(),
    )
