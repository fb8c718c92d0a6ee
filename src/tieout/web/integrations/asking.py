"""Acts: a member without the permission asks for it from the tile; those who can help are mailed, and see it on their pages."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from tieout.practice.actions.permission_requests import ask_for, asked, who_can_help
from tieout.practice.firms import Member
from tieout.practice.mail import NotSent, deliver
from tieout.practice.permission_requests import AGAIN_AFTER
from tieout.practice.permissions import PERMISSIONS, Permission
from tieout.web.access import FirmRequest, requires

log = logging.getLogger(__name__)
WANTED = Permission.MANAGE_INTEGRATIONS


@require_POST
@requires(None)
def ask(request: FirmRequest) -> HttpResponse:
    """Asked twice, it is asked once."""
    if not ask_for(request.member, WANTED, timezone.now()):
        messages.info(request, state_of(request.member)[1] or "You have this permission already.")
        return redirect("integrations")
    told = [one for one in who_can_help(request.member.firm, WANTED) if _mailed(request.member, one)]
    names = " and ".join(one.user.get_full_name() for one in told)
    said = (
        f"{names} {'was' if len(told) == 1 else 'were'} told by mail, and see"
        if told
        else "Those who can help see"
    )
    messages.success(request, f"You asked for “{PERMISSIONS[WANTED].label}”. {said} it under Needs you.")
    return redirect("integrations")


def state_of(member: Member) -> tuple[bool, str]:
    """Whether the member may ask now, and what became of what they asked: a sentence, or empty."""
    last = asked(member, WANTED)
    if last is None:
        return True, ""
    if last.declined_at is None:
        return False, f"You asked for it on {last.asked_at:%B} {last.asked_at.day}. It waits for an answer."
    who = last.declined_by.user.get_full_name() if last.declined_by else "A colleague"
    may = last.declined_at + AGAIN_AFTER <= timezone.now()
    later = "" if may else f" You may ask again {AGAIN_AFTER.days} days after."
    return may, f"{who} declined your request on {last.declined_at:%B} {last.declined_at.day}.{later}"


def _mailed(member: Member, helper: Member) -> bool:
    name, label = member.user.get_full_name(), PERMISSIONS[WANTED].label
    gives_roles = helper.may(Permission.MANAGE_TEAM)
    address = settings.BASE_URL + reverse("team" if gives_roles else "integrations")
    way = (
        "Give them a role that has it, or decline:"
        if gives_roles
        else "Whoever manages the team can give it. The tile:"
    )
    text = (
        f"{name} ({member.user.email}) asks for the permission “{label}”, to {PERMISSIONS[WANTED].allows}.\n\n"
        f"{way}\n{address}\n"
    )
    try:
        deliver([helper.user.email], f"{name} asks to manage QuickBooks", text, sender_name="Tieout")
    except NotSent as problem:
        log.warning("a request for a permission was not mailed: %s", problem)
        return False
    return True
