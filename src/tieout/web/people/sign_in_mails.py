"""Decides: what the mails about signing in say, and how the history names what they report. Texts only.

A row's key is the name allauth has for the event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_NOT_YOU = (
    "\n\nIf that was not you, choose a new password now ({forgot}), end the sessions you do not know, and tell an "
    "administrator of your firm.\n"
)


@dataclass(frozen=True, slots=True)
class SignInMail:
    subject: str
    text: str
    """May name {url}, {email} and {forgot}."""
    verb: str = ""
    """What the person did, for the history of their firm; empty when they did nothing yet."""

    def written(self, **words: str) -> str:
        return self.text.format(**words)


def _notice(subject: str, sentence: str, verb: str) -> SignInMail:
    return SignInMail(subject, sentence + _NOT_YOU, verb)


MAILS: Mapping[str, SignInMail] = {
    "account/email/password_reset_key": SignInMail(
        "Choose a new password for Tieout",
        "Somebody, most likely you, asked for a new password for {email}.\n\nOpen this link within a day to choose "
        "it:\n\n{url}\n\nIf you did not ask, do nothing: your password stays as it is.\n",
    ),
    "account/email/unknown_account": SignInMail(
        "No account with this address",
        "Somebody, most likely you, asked for a new password for {email}. Nobody signs in to Tieout with this "
        "address.\n\nYou may have used another one. If you did not ask, do nothing.\n",
    ),
    "account/email/password_changed": _notice(
        "Your password was changed",
        "The password you sign in to Tieout with was changed.",
        "changed the password",
    ),
    "account/email/password_reset": _notice(
        "Your password was changed",
        "The password you sign in to Tieout with was changed, with a link we had mailed you.",
        "chose a new password by e-mail",
    ),
    "mfa/email/totp_activated": _notice(
        "Authenticator app switched on",
        "Signing in to Tieout now asks for a code from your authenticator app.",
        "switched on two-factor sign-in by app",
    ),
    "mfa/email/totp_deactivated": _notice(
        "Authenticator app switched off",
        "Signing in to Tieout no longer asks for a code from your authenticator app.",
        "switched off two-factor sign-in by app",
    ),
    "mfa/email/webauthn_added": _notice(
        "Passkey added", "A passkey was added to your sign-in to Tieout.", "added a passkey"
    ),
    "mfa/email/webauthn_removed": _notice(
        "Passkey removed", "A passkey was removed from your sign-in to Tieout.", "removed a passkey"
    ),
    "mfa/email/recovery_codes_generated": _notice(
        "New recovery codes",
        "New recovery codes were made for your sign-in to Tieout. The old ones no longer work.",
        "made new recovery codes",
    ),
}
