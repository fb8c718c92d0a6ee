"""Acts: the door of every page. Each view declares who may open it; the route test fails for one that does not.

``requires(permission)`` for pages of a firm (``None``: any member of it), ``public`` for the few that need no
sign-in. Being turned away is a page that says why and who can help, never a bare refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from tieout.practice.access import require
from tieout.practice.firms import Member
from tieout.practice.permissions import NotAllowed, Permission

View = Callable[..., HttpResponse]


class FirmRequest(HttpRequest):
    """What a view behind ``requires`` gets: the signed-in person's place in their firm."""

    member: Member


def requires(permission: Permission | None) -> Callable[[Callable[..., HttpResponse]], View]:
    """Only members of a firm, and only those with ``permission``, unless that is None."""

    def mark(view: Callable[..., HttpResponse]) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            member: Member | None = getattr(request, "member", None)
            if member is None:
                return render(request, "errors/no_firm.html", status=403)
            if permission is not None:
                try:
                    require(member, permission)
                except NotAllowed as refusal:
                    return turned_away(request, str(refusal))
            return view(request, *args, **kwargs)

        return _declare(door, permission)

    return mark


def public(view: Callable[..., HttpResponse]) -> View:
    """Anyone may open it, signed in or not."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    return _declare(door, "public")


def declared(view: Any) -> Permission | str | None:
    """What the view declared: a permission, ``member`` for any member, ``public``, or None for nothing at all."""
    return cast("Permission | str | None", getattr(view, "declared_access", None))


def turned_away(request: HttpRequest, sentence: str) -> HttpResponse:
    """The 403 page: the sentence says what is missing and who can help."""
    return render(request, "errors/403.html", {"sentence": sentence}, status=403)


def _declare(door: View, access: Permission | str | None) -> View:
    door.declared_access = "member" if access is None else access  # type: ignore[attr-defined]
    return door


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """A page asks to sign in and comes back to itself; a part of a page sends the whole page there."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(resolve_url("account_login"))
    return redirect_to_login(request.get_full_path(), resolve_url("account_login"))
