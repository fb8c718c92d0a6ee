"""Decides nothing: the addresses of signing in and of one's own sign-in. The views are allauth's behind our doors."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from tieout.web.access import View, public, requires
from tieout.web.people.own_sign_in import remove_key

own = requires(None)
first = requires(None, before_second_factor=True)
"""Open to who still has to set up what their firm asks for."""
to_overview: View = RedirectView.as_view(pattern_name="mfa_index")  # type: ignore[assignment]

urlpatterns: list[URLPattern] = [
    path("sign-in/", public(account.login), name="account_login"),
    path("sign-in/code/", public(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/passkey/", public(keys.login_webauthn), name="mfa_login_webauthn"),
    path("sign-out/", public(account.logout), name="account_logout"),
    path("account-off/", public(account.account_inactive), name="account_inactive"),
    path("forgot-password/", public(account.password_reset), name="account_reset_password"),
    path("forgot-password/sent/", public(account.password_reset_done), name="account_reset_password_done"),
    path(
        "forgot-password/done/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path(
        "forgot-password/<str:uidb36>/<str:key>/",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("confirm/", first(account.reauthenticate), name="account_reauthenticate"),
    path("confirm/code/", first(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("confirm/passkey/", first(keys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("settings/password/", own(account.password_change), name="account_change_password"),
    path("settings/two-factor/", first(mfa.index), name="mfa_index"),
    path("settings/two-factor/app/", first(totp.activate_totp), name="mfa_activate_totp"),
    path("settings/two-factor/app/off/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("settings/two-factor/codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "settings/two-factor/codes/new/",
        own(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "settings/two-factor/codes/download/",
        own(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("settings/two-factor/passkeys/", first(to_overview), name="mfa_list_webauthn"),
    path("settings/two-factor/passkeys/add/", first(keys.add_webauthn), name="mfa_add_webauthn"),
    path("settings/two-factor/passkeys/<int:pk>/", own(keys.edit_webauthn), name="mfa_edit_webauthn"),
    path("settings/two-factor/passkeys/<int:pk>/remove/", own(remove_key), name="mfa_remove_webauthn"),
]
