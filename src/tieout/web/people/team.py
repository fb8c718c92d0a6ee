"""Acts: the pages of the team: who works here, under which role, invited, switched off; and joining by a link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.actions.team import add_member, change_role, switch_off_member
from tieout.practice.actor import Actor
from tieout.practice.firms import Member, Role, User
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, public, requires
from tieout.web.billing.acting import carried_out
from tieout.web.people.invitations import (
    HOLDS_FOR,
    InviteForm,
    JoinForm,
    LinkGone,
    join,
    join_new,
    link_token,
    read,
)
from tieout.web.people.sessions import end_sessions_of

SMALLEST = "staff-assigned-no-billing"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_GET
@requires(Permission.MANAGE_TEAM)
def index(request: FirmRequest) -> HttpResponse:
    firm_id = request.member.firm_id
    members = Member.objects.filter(firm_id=firm_id).select_related("user", "role")
    context = {
        "members": members.order_by("-is_active", "user__full_name", "id"),
        "roles": Role.objects.filter(firm_id=firm_id).order_by("id"),
    }
    return render(request, "people/team.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEAM)
def invite(request: FirmRequest) -> HttpResponse:
    """Shows the link; whoever invites passes it on."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            token = link_token(request.member, form.cleaned_data["email"], form.cleaned_data["preset"])
        except Invalid as invalid:
            form.add_error("email", str(invalid))
        else:
            link = settings.BASE_URL + reverse("join", args=[token])
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "link": link, "days": HOLDS_FOR.days}
    return render(request, "people/invite.html", context, status=status)


@requires(Permission.MANAGE_TEAM)
@require_POST
def set_role(request: FirmRequest, member_id: int) -> HttpResponse:
    role_id = request.POST.get("role", "")
    known = role_id.isascii() and role_id.isdigit() and len(role_id) <= 18
    carried_out(
        request,
        lambda: change_role(by=request.member, member_id=member_id, role_id=int(role_id) if known else 0),
        "The role is changed. It holds from the next page they open.",
    )
    return redirect("team")


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEAM)
def switch_off(request: FirmRequest, member_id: int) -> HttpResponse:
    colleague = _colleague(request, member_id)
    if request.method == "GET":
        context = {"colleague": colleague, "clients": colleague.assigned_clients.count()}
        return render(request, "people/switch_off.html", context)

    def act() -> None:
        switch_off_member(by=request.member, member_id=member_id)
        end_sessions_of(colleague.user_id)

    carried_out(
        request, act, f"{colleague} can no longer sign in to your firm, and is signed out everywhere."
    )
    return redirect("team")


@requires(Permission.MANAGE_TEAM)
@require_POST
def switch_on(request: FirmRequest, member_id: int) -> HttpResponse:
    """Back under the preset role they had; whoever had a role of the firm's own starts with the smallest."""
    colleague = _colleague(request, member_id)
    if colleague.is_active:
        messages.info(request, f"{colleague} is active already.")
        return redirect("team")
    again = add_member(
        firm_id=request.member.firm_id,
        user=colleague.user,
        preset=colleague.role.preset or SMALLEST,
        actor=Actor.of(request.member),
    )
    messages.success(request, f"{colleague} can sign in again, as {again.role}.")
    return redirect("team")


@public
@require_http_methods(["GET", "POST"])
def joining(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation leads. Whoever has an account signs in first; others choose a password here."""
    try:
        invitation = read(token)
    except LinkGone as problem:
        return render(request, "people/join_gone.html", {"sentence": str(problem)}, status=410)
    signed_in: Any = request.user
    known = User.objects.filter(email__iexact=invitation.email).exists()
    context: dict[str, Any] = {"invitation": invitation, "known": known, "form": None}
    if known:
        itself = signed_in.is_authenticated and signed_in.email.lower() == invitation.email
        if request.method == "POST" and itself:
            join(invitation, signed_in)
            return redirect("dashboard")
        return render(request, "people/join.html", {**context, "itself": itself})
    form = JoinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = join_new(invitation, form.cleaned_data["full_name"], form.cleaned_data["password"])
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        else:
            login(request, user, backend=BACKEND)
            messages.success(request, f"Welcome to {invitation.by.firm.name}.")
            return redirect("dashboard")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "people/join.html", {**context, "form": form}, status=status)


def _colleague(request: FirmRequest, member_id: int) -> Member:
    members = Member.objects.select_related("user", "role").filter(firm_id=request.member.firm_id)
    colleague = members.filter(pk=member_id).first()
    if colleague is None:
        raise NotYours("There is no such member.")
    return colleague


urlpatterns: list[URLPattern] = [
    path("settings/team/", index, name="team"),
    path("settings/team/invite/", invite, name="invite"),
    path("settings/team/<int:member_id>/role/", set_role, name="member_role"),
    path("settings/team/<int:member_id>/switch-off/", switch_off, name="member_switch_off"),
    path("settings/team/<int:member_id>/switch-on/", switch_on, name="member_switch_on"),
    path("join/<str:token>/", joining, name="join"),
]
