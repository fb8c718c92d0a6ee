"""Acts: every request of a signed-in person happens inside their firm, while they are there, and is cached nowhere."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from tieout.practice.actions.sign_in import record_own_change
from tieout.practice.firms import Member
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.permissions import NotAllowed, NotYours
from tieout.web.access import turned_away
from tieout.web.errors import not_found
from tieout.web.people.open_sessions import note_seen

NOT_NEEDED = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
"""What no page of ours asks the browser for, so that nothing smuggled into one can."""


class IdleMiddleware:
    """Signs out who was away for too long. Their next page asks them to sign in, and comes back to itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not note_seen(request):
            record_own_change(request.user.pk, "was signed out after being away")
            logout(request)
            messages.info(request, "You were signed out because you were away for a while. Nothing was lost.")
        return self.get_response(request)


class FirmMiddleware:
    """Sets ``request.member`` (None without an active place in a firm), enters that firm's scope and its time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        member = _active_member(request)
        request.member = member  # type: ignore[attr-defined]
        if member is None:
            response = self.get_response(request)
        else:
            with firm_scope(member.firm_id), timezone.override(ZoneInfo(member.firm.time_zone)):
                response = self.get_response(request)
        response.headers["Permissions-Policy"] = NOT_NEEDED
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """The practice's two ways to say no, as pages. Anything else is a bug and shown as one."""
        if isinstance(problem, NotAllowed):
            return turned_away(request, str(problem))
        if isinstance(problem, NotYours):
            return not_found(request, Http404())
        return None


def _active_member(request: HttpRequest) -> Member | None:
    """The firm is not known before the member is, so this one read looks across firms."""
    if not request.user.is_authenticated:
        return None
    with every_firm_scope():
        return (
            Member.objects.select_related("firm", "role", "user")
            .filter(user=request.user.pk, is_active=True)
            .order_by("pk")
            .first()
        )
