"""Acts: the few places where signing in differs from allauth's way. Accounts are made by a firm, not by visitors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tieout.practice.actions.sign_in import record_own_change, record_stranger
from tieout.practice.mail import NotSent, deliver, mail_is_set_up
from tieout.web.people.sign_in_mails import MAILS

log = logging.getLogger(__name__)
LOCKED_OUT_FOR = int(settings.AXES_COOLOFF_TIME * 3600)
"""Seconds."""


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": "This was tried too often. Wait 15 minutes, then try once more.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/settings/"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes, per address and place: no stranger can lock somebody out."""

    def post_login(self, request: HttpRequest, user: Any, **told: Any) -> HttpResponse:
        """Past the password, and the second factor where there is one."""
        proofs = " and ".join(
            dict.fromkeys(proof_words(each) for each in get_authentication_records(request, user))
        )
        record_own_change(user.pk, "signed in", by=proofs, address=address_of(request))
        answer: HttpResponse = super().post_login(request, user, **told)
        return answer

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password, and once that no more are taken. A locked door that is tried again is no news."""
        email, address = attempted_name(request, credentials), address_of(request)
        if AxesProxyHandler.is_allowed(request, {"username": email}):
            record_stranger(email, "gave a wrong password", address=address)
        elif cache.add(f"told-locked-out:{email}:{address}", "told", LOCKED_OUT_FOR):
            record_stranger(email, "was locked out after wrong passwords", address=address)

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record_own_change(request.user.pk, "signed out", address=address_of(request))
        super().logout(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Under our own address, whatever host the request named."""
        user, _, token = key.partition("-")
        return settings.BASE_URL + reverse("account_reset_password_from_key", args=[user, token])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The link to a new password. Whether it could be sent is said, whether the address is known is not."""
        try:
            self._deliver(template_prefix, email, url=context.get("password_reset_url", ""))
        except NotSent as problem:
            messages.error(self.request, str(problem))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """What was changed about a sign-in: in the history, and told to the person. It stands even if no mail goes."""
        record_own_change(user.pk, MAILS[template_prefix].verb)
        if not mail_is_set_up():
            return
        try:
            self._deliver(template_prefix, user.email)
        except NotSent as problem:
            log.warning("a notice about a sign-in was not sent: %s", problem)

    def _deliver(self, template_prefix: str, email: str, *, url: str = "") -> None:
        mail = MAILS[template_prefix]
        forgot = settings.BASE_URL + reverse("account_reset_password")
        deliver([email], mail.subject, mail.written(url=url, email=email, forgot=forgot))


def address_of(request: HttpRequest) -> str:
    """The network address the request came from, as the server in front tells it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def proof_words(proof: Mapping[str, Any]) -> str:
    """By what a person proved who they are, for the history."""
    if proof.get("method") == "mfa":
        return {"totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery code"}.get(
            str(proof.get("type")), "second factor"
        )
    return str(proof.get("method", "")).replace("_", " ")


def attempted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whose sign-in is being counted. In lower case: another spelling of the address is not another try."""
    given = (credentials or {}).get("email") or request.POST.get("login") or ""
    return str(given).strip().lower()


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Too many failed tries: the page says so, and when trying again makes sense."""
    return render(request, "account/locked_out.html", status=429)
