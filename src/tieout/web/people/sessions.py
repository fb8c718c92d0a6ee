"""Acts: the page of where a person is signed in, and ending it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.actions.sign_in import record_own_change
from tieout.web.access import FirmRequest, requires
from tieout.web.people.open_sessions import end_sessions, sessions_of


@require_GET
@requires(None)
def index(request: FirmRequest) -> HttpResponse:
    context = {
        "sessions": sessions_of(request.member.user_id, request.session.session_key),
        "idle_minutes": settings.IDLE_SECONDS // 60,
    }
    return render(request, "people/sessions.html", context)


@requires(None)
@require_POST
def end(request: FirmRequest) -> HttpResponse:
    """One by its digest, all but this one (``others``), or all (``everywhere``)."""
    wanted, user_id = request.POST.get("session", "none"), request.member.user_id
    if wanted == "everywhere":
        end_sessions(user_id, besides=request.session.session_key)
        record_own_change(user_id, "signed out everywhere")
        logout(request)
        messages.success(request, "You are signed out everywhere.")
        return redirect("account_login")
    only = "" if wanted == "others" else wanted or "none"
    ended = end_sessions(user_id, only=only, besides=request.session.session_key)
    if ended:
        record_own_change(user_id, "ended sessions", sessions=str(ended))
    messages.success(request, f"Ended {ended} session{'' if ended == 1 else 's'}.")
    return redirect("sessions")


urlpatterns: list[URLPattern] = [
    path("settings/sessions/", index, name="sessions"),
    path("settings/sessions/end/", end, name="sessions_end"),
]
