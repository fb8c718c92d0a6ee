"""Acts: the pages of roles: what each may do, side by side; one copied, and a firm's own one changed or deleted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.actions.team import copy_role, delete_role, rename_role, set_permissions
from tieout.practice.firms import Role
from tieout.practice.permissions import MODULE_LABELS, PERMISSIONS, NotYours, Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import carried_out


@require_GET
@requires(Permission.MANAGE_TEAM)
def index(request: FirmRequest) -> HttpResponse:
    roles = list(Role.objects.filter(firm_id=request.member.firm_id).order_by("id"))
    rows = [
        (
            facts,
            _without_module(request, permission),
            [permission.value in role.permissions for role in roles],
        )
        for permission, facts in PERMISSIONS.items()
    ]
    return render(request, "people/roles.html", {"roles": roles, "rows": rows})


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEAM, lately=True)
def edit(request: FirmRequest, role_id: int) -> HttpResponse:
    role = _role(request, role_id)
    if request.method == "POST":
        ticked = [each for each in Permission if each.value in request.POST.getlist("permission")]
        carried_out(
            request,
            lambda: set_permissions(by=request.member, role_id=role.pk, permissions=ticked),
            f"Saved the role {role.name}. It holds from the next page its members open.",
        )
        return redirect("role", role.pk)
    rows = [
        (permission.value, facts, permission.value in role.permissions, _without_module(request, permission))
        for permission, facts in PERMISSIONS.items()
    ]
    used = role.members.filter(is_active=True).count()
    return render(request, "people/role.html", {"role": role, "rows": rows, "used": used})


@requires(Permission.MANAGE_TEAM, lately=True)
@require_POST
def copy(request: FirmRequest, role_id: int) -> HttpResponse:
    role = _role(request, role_id)
    try:
        made = copy_role(by=request.member, role_id=role.pk, name=request.POST.get("name", ""))
    except Invalid as invalid:
        messages.error(request, str(invalid))
        return redirect("role", role.pk)
    messages.success(request, f"{made.name} is a copy of {role.name}. Change it as you like.")
    return redirect("role", made.pk)


@requires(Permission.MANAGE_TEAM, lately=True)
@require_POST
def rename(request: FirmRequest, role_id: int) -> HttpResponse:
    role = _role(request, role_id)
    carried_out(
        request,
        lambda: rename_role(by=request.member, role_id=role.pk, name=request.POST.get("name", "")),
        "Renamed.",
    )
    return redirect("role", role.pk)


@requires(Permission.MANAGE_TEAM, lately=True)
@require_POST
def delete(request: FirmRequest, role_id: int) -> HttpResponse:
    """Only one that nobody has; nothing else hangs on it, so this asks nothing more."""
    role = _role(request, role_id)
    gone = carried_out(
        request, lambda: delete_role(by=request.member, role_id=role.pk), f"The role {role.name} is gone."
    )
    return redirect("roles") if gone else redirect("role", role.pk)


def _role(request: FirmRequest, role_id: int) -> Role:
    role = Role.objects.filter(firm_id=request.member.firm_id, pk=role_id).first()
    if role is None:
        raise NotYours("There is no such role.")
    return role


def _without_module(request: FirmRequest, permission: Permission) -> str:
    """The name of the module the firm lacks, without which the permission has no effect; else empty."""
    module = PERMISSIONS[permission].module
    return MODULE_LABELS[module] if module and not request.member.firm.has_module(module) else ""


urlpatterns: list[URLPattern] = [
    path("settings/roles/", index, name="roles"),
    path("settings/roles/<int:role_id>/", edit, name="role"),
    path("settings/roles/<int:role_id>/copy/", copy, name="role_copy"),
    path("settings/roles/<int:role_id>/rename/", rename, name="role_rename"),
    path("settings/roles/<int:role_id>/delete/", delete, name="role_delete"),
]
