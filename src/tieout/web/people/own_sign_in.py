"""Acts: where the pages of one's own sign-in ask more, or tell less, than allauth does."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as keys
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tieout.web.access import FirmRequest


def _named(field: Any) -> None:
    """The word every other page has for it, and no example in the field that a label beside it makes needless."""
    field.label = "E-mail"
    field.widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _named(self.fields["login"])


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Mails an unknown address too, so that neither the page nor its speed tells which addresses are known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _named(self.fields["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        if self.users:
            return str(super().save(request, **kwargs))
        email = str(self.cleaned_data["email"])
        account_adapter(request).send_mail("account/email/unknown_account", email, {})
        return email


def remove_key(request: FirmRequest, pk: int) -> HttpResponse:
    """allauth asks this before an app is switched off, but not before a passkey is removed."""
    key = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN, pk=pk).first()
    adapter = get_adapter()
    if key is not None and not adapter.can_delete_authenticator(key):
        messages.error(request, adapter.error_messages["cannot_delete_authenticator"])
        return redirect("mfa_index")
    answer: HttpResponse = keys.remove_webauthn(request, pk=pk)
    return answer
