"""Acts: where a person is signed in, and ending it. Sessions are shown by a digest: their keys are secrets.

Sessions are kept without their user, so all that are open are looked through; that is a few per person who works here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_GET, require_POST

from tieout.web.access import FirmRequest, requires


@dataclass(frozen=True, slots=True)
class OpenSession:
    digest: str
    last_saved: datetime
    ends: datetime
    is_this: bool


@require_GET
@requires(None)
def index(request: FirmRequest) -> HttpResponse:
    lasts = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    found = [
        OpenSession(
            _digest(each.session_key),
            each.expire_date - lasts,
            each.expire_date,
            each.session_key == request.session.session_key,
        )
        for each in _sessions_of(request.member.user_id)
    ]
    found.sort(key=lambda each: (not each.is_this, -each.last_saved.timestamp()))
    return render(request, "people/sessions.html", {"sessions": found})


@requires(None)
@require_POST
def end(request: FirmRequest) -> HttpResponse:
    """One by its digest, or all but this one."""
    wanted = request.POST.get("session", "")
    ended = 0
    for each in _sessions_of(request.member.user_id):
        is_this = each.session_key == request.session.session_key
        if not is_this and wanted in ("others", _digest(each.session_key)):
            each.delete()
            ended += 1
    messages.success(request, f"Ended {ended} session{'' if ended == 1 else 's'}.")
    return redirect("sessions")


def end_sessions_of(user_id: int) -> None:
    for each in _sessions_of(user_id):
        each.delete()


def _sessions_of(user_id: int) -> Iterator[Session]:
    for each in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if str(each.get_decoded().get(SESSION_KEY)) == str(user_id):
            yield each


def _digest(key: str) -> str:
    return salted_hmac("tieout.web.people.sessions", key, algorithm="sha256").hexdigest()


urlpatterns: list[URLPattern] = [
    path("settings/sessions/", index, name="sessions"),
    path("settings/sessions/end/", end, name="sessions_end"),
]
