"""Acts: the few places where signing in differs from allauth's way. Accounts are made by a firm, not by visitors."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/settings/"


def attempted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whose sign-in is being counted. In lower case: another spelling of the address is not another try."""
    given = (credentials or {}).get("email") or request.POST.get("login") or ""
    return str(given).strip().lower()


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Too many failed tries: the page says so, and when trying again makes sense."""
    return render(request, "account/locked_out.html", status=429)
