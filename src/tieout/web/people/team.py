"""Acts: the pages of the team: who works here, under which role, invited, switched off; and joining by a link."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.actions.invitations import InvitationGone, send_again, withdraw
from tieout.practice.actions.invitations import invite as invite_colleague
from tieout.practice.actions.permission_requests import decline, open_requests
from tieout.practice.actions.sign_in import require_second_factor
from tieout.practice.actions.team import change_role, switch_off_member, switch_on_member
from tieout.practice.firms import Member, Role, User
from tieout.practice.invitations import HOLDS_FOR, Invitation
from tieout.practice.mail import NotSent, mail_is_set_up
from tieout.practice.permissions import PERMISSIONS, NotYours, Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, public, requires
from tieout.web.billing.acting import carried_out
from tieout.web.people import second_factor
from tieout.web.people.invitations import InviteForm, JoinForm, join, join_new, link_to, mail_link, read
from tieout.web.people.open_sessions import end_sessions

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_GET
@requires(Permission.MANAGE_TEAM)
def index(request: FirmRequest) -> HttpResponse:
    firm_id = request.member.firm_id
    team = Member.objects.filter(firm_id=firm_id).select_related("user", "role", "firm")
    members = list(team.order_by("-is_active", "user__full_name", "id"))
    secured = second_factor.with_second_factor([each.user_id for each in members])
    context = {
        "rows": [(each, each.user_id in secured) for each in members],
        "unsecured": sum(each.is_active and each.user_id not in secured for each in members),
        "invitations": Invitation.objects.filter(firm_id=firm_id, withdrawn_at=None, joined_at=None)
        .select_related("role", "invited_by__user")
        .order_by("-sent_at"),
        "asking": [
            (one, PERMISSIONS[Permission(one.permission)]) for one in open_requests(request.member.firm)
        ],
        "now": timezone.now(),
        "mine": request.member.user_id in secured,
        "roles": Role.objects.filter(firm_id=firm_id).order_by("id"),
    }
    return render(request, "people/team.html", context)


@requires(Permission.MANAGE_TEAM)
@require_POST
def decline_request(request: FirmRequest, request_id: int) -> HttpResponse:
    """Gives nothing away, so it asks for no fresh sign-in."""
    found = decline(by=request.member, request_id=request_id, now=timezone.now())
    messages.success(request, f"Declined. {found.member} sees it on the tile and may ask again after a week.")
    return redirect("team")


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEAM, lately=True)
def invite(request: FirmRequest) -> HttpResponse:
    """Mails the link, and shows it: whoever invites may pass it on by another way."""
    form = InviteForm(request.member.firm_id, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = invite_colleague(
                by=request.member,
                email=form.cleaned_data["email"],
                role_id=form.cleaned_data["role"].pk,
                now=timezone.now(),
            )
        except Invalid as invalid:
            form.add_error("role" if "role_id" in invalid.problems else "email", str(invalid))
        else:
            return _sent(request, made)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "people/invite.html", {"form": form}, status=status)


@requires(Permission.MANAGE_TEAM, lately=True)
@require_POST
def invite_again(request: FirmRequest, invitation_id: int) -> HttpResponse:
    try:
        sent = send_again(by=request.member, invitation_id=invitation_id, now=timezone.now())
    except Invalid as invalid:
        messages.error(request, str(invalid))
        return redirect("team")
    return _sent(request, sent)


@requires(Permission.MANAGE_TEAM)
@require_POST
def withdraw_invitation(request: FirmRequest, invitation_id: int) -> HttpResponse:
    gone = withdraw(by=request.member, invitation_id=invitation_id, now=timezone.now())
    messages.success(request, f"The link sent to {gone.email} no longer opens anything.")
    return redirect("team")


@requires(Permission.MANAGE_TEAM, lately=True)
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


@requires(Permission.MANAGE_TEAM, lately=True)
@require_POST
def ask_second_factor(request: FirmRequest) -> HttpResponse:
    """Required of everybody, or no longer. Who asks for it has one: else the first one asked would be they."""
    required = request.POST.get("required") == "yes"
    if required and not second_factor.has_second_factor(request.member.user_id):
        messages.error(request, "Set up your own second factor first; then you can ask it of everybody.")
        return redirect("mfa_index")
    require_second_factor(by=request.member, required=required)
    told = (
        "Two-factor sign-in is required. Who has none yet is asked to set it up with the next page they open."
        if required
        else "Two-factor sign-in is no longer required. Who has it keeps it."
    )
    messages.success(request, told)
    return redirect("team")


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEAM, lately=True)
def reset_second_factor(request: FirmRequest, member_id: int) -> HttpResponse:
    colleague = _colleague(request, member_id)
    if request.method == "GET":
        return render(request, "people/second_factor_reset.html", {"colleague": colleague})
    if colleague.pk == request.member.pk:
        messages.error(request, "Change your own second factor on its page.")
        return redirect("mfa_index")
    second_factor.reset(by=request.member, colleague=colleague)
    messages.success(
        request,
        f"{colleague} is signed out, and signs in with the password alone until they set it up again.",
    )
    return redirect("team")


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEAM, lately=True)
def switch_off(request: FirmRequest, member_id: int) -> HttpResponse:
    colleague = _colleague(request, member_id)
    if request.method == "GET":
        context = {"colleague": colleague, "clients": colleague.assigned_clients.count()}
        return render(request, "people/switch_off.html", context)

    def act() -> None:
        switch_off_member(by=request.member, member_id=member_id)
        end_sessions(colleague.user_id)

    carried_out(
        request, act, f"{colleague} can no longer sign in to your firm, and is signed out everywhere."
    )
    return redirect("team")


@requires(Permission.MANAGE_TEAM, lately=True)
@require_POST
def switch_on(request: FirmRequest, member_id: int) -> HttpResponse:
    """Back under the preset role they had; whoever had a role of the firm's own starts with the smallest."""
    colleague = _colleague(request, member_id)
    if colleague.is_active:
        messages.info(request, f"{colleague} is active already.")
        return redirect("team")
    try:
        again = switch_on_member(by=request.member, member_id=member_id)
    except Invalid as invalid:
        messages.error(request, str(invalid))
        return redirect("team")
    messages.success(request, f"{colleague} can sign in again, as {again.role}.")
    return redirect("team")


@public
@require_http_methods(["GET", "POST"])
def joining(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation leads. Whoever has an account signs in first; others choose a password here."""
    try:
        return _join(request, read(token))
    except InvitationGone as problem:
        return render(request, "people/join_gone.html", {"sentence": str(problem)}, status=410)


def _join(request: HttpRequest, invitation: Invitation) -> HttpResponse:
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
            record_authentication(request, user, method="password", email=user.email)
            login(request, user, backend=BACKEND)
            messages.success(request, f"Welcome to {invitation.firm.name}.")
            return redirect("dashboard")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "people/join.html", {**context, "form": form}, status=status)


def _sent(request: FirmRequest, invitation: Invitation) -> HttpResponse:
    """The link of a new invitation, and whether it was mailed."""
    problem = ""
    if mail_is_set_up():
        try:
            mail_link(invitation)
        except NotSent as refused:
            problem = str(refused)
    context = {
        "invitation": invitation,
        "link": link_to(invitation),
        "days": HOLDS_FOR.days,
        "mailed": mail_is_set_up() and not problem,
        "problem": problem,
    }
    return render(request, "people/invited.html", context)


def _colleague(request: FirmRequest, member_id: int) -> Member:
    members = Member.objects.select_related("user", "role").filter(firm_id=request.member.firm_id)
    colleague = members.filter(pk=member_id).first()
    if colleague is None:
        raise NotYours("There is no such member.")
    return colleague


urlpatterns: list[URLPattern] = [
    path("settings/team/", index, name="team"),
    path(
        "settings/team/requests/<int:request_id>/decline/", decline_request, name="permission_request_decline"
    ),
    path("settings/team/invite/", invite, name="invite"),
    path("settings/team/invite/<int:invitation_id>/again/", invite_again, name="invite_again"),
    path("settings/team/invite/<int:invitation_id>/withdraw/", withdraw_invitation, name="invite_withdraw"),
    path("settings/team/<int:member_id>/role/", set_role, name="member_role"),
    path("settings/team/second-factor/", ask_second_factor, name="second_factor_required"),
    path(
        "settings/team/<int:member_id>/second-factor/", reset_second_factor, name="member_second_factor_reset"
    ),
    path("settings/team/<int:member_id>/switch-off/", switch_off, name="member_switch_off"),
    path("settings/team/<int:member_id>/switch-on/", switch_on, name="member_switch_on"),
    path("join/<str:token>/", joining, name="join"),
]
