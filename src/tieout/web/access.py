"""Acts: the door of every page. Each view declares who may open it; the route test fails for one that does not.

``requires(permission)`` for pages of a firm (``None``: any member of it), ``public`` for the few that need no
sign-in. Being turned away is a page that says why and who can help, never a bare refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from tieout.practice.access import require
from tieout.practice.firms import Member
from tieout.practice.permissions import NotAllowed, Permission
from tieout.web.people.second_factor import signed_in_lately, still_to_set_up

View = Callable[..., HttpResponse]
POSTED, ALWAYS = "posted", "always"
"""When a page asks who one is again: only for what is posted, or whatever is asked of it."""


class FirmRequest(HttpRequest):
    """What a view behind ``requires`` gets: the signed-in person's place in their firm."""

    member: Member


def requires(
    permission: Permission | None, *, before_second_factor: bool = False, lately: bool = False
) -> Callable[[Callable[..., HttpResponse]], View]:
    """Only members of a firm, and only those with ``permission``, unless that is None.

    ``before_second_factor``: also those who still have to set up the second factor their firm asks for.
    ``lately``: what is posted counts only from who signed in, or confirmed it, within the last half hour; others
    are asked for it and then their form is carried out.
    """

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
            if not before_second_factor and still_to_set_up(member):
                return _to(request, resolve_url("mfa_index"))
            if lately and request.method == "POST" and not signed_in_lately(request):
                raise ReauthenticationRequired
            return view(request, *args, **kwargs)

        if lately:
            door.asks_again = POSTED  # type: ignore[attr-defined]
        return _declare(door, permission)

    return mark


def freshly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whatever is asked of this page, also only to see it, counts from who signed in or confirmed it lately.

    For what is behind another door than ``requires(lately=True)``, and for what a GET begins.
    """

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not signed_in_lately(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    door.asks_again = ALWAYS  # type: ignore[attr-defined]
    return door


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


def asks_again(view: Any) -> str:
    """``POSTED``, ``ALWAYS``, or empty where the sign-in of this morning is good enough."""
    return cast("str", getattr(view, "asks_again", ""))


def _declare(door: View, access: Permission | str | None) -> View:
    door.declared_access = "member" if access is None else access  # type: ignore[attr-defined]
    return door


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """A page asks to sign in and comes back to itself."""
    if request.headers.get("HX-Request"):
        return _to(request, resolve_url("account_login"))
    return redirect_to_login(request.get_full_path(), resolve_url("account_login"))


def _to(request: HttpRequest, address: str) -> HttpResponse:
    """A part of a page sends the whole page there."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return redirect(address)
