"""Decides the words of Intuit's OAuth: builds the five requests and reads their answers. ``sign_in`` sends them.

Source: Intuit's OAuth 2.0 pages, RFC 6749, RFC 7636. The client authenticates with HTTP Basic only: Intuit answers
``invalid_client`` when the id is in the body as well. Answers are judged by ``error`` alone; ``error_description``
changes its wording.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tieout.quickbooks.api.config import ACCOUNTING_SCOPE, AppKeys, Endpoints
from tieout.quickbooks.api.reading import Reply, Shape, to_json
from tieout.quickbooks.api.transport import Call

HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a grant gives us. Instants are timezone-aware, on our clock when the answer was read.

    Store a new pair before its first use: the old refresh token may already be dead.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    hard_expires_at: datetime | None
    """When the grant ends whatever we do (five years after consent); None when Intuit did not say."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in at Intuit; members the scopes did not allow are empty."""

    subject: str
    email: str = ""
    email_verified: bool = False
    given_name: str = ""
    family_name: str = ""


class OAuthError(Exception):
    """Sign-in did not work. ``str()`` is a sentence for a person."""

    def __init__(self, sentence: str, *, error: str = "", reference: str = "") -> None:
        super().__init__(sentence)
        self.error = error
        self.reference = reference


class GrantDead(OAuthError):
    """``invalid_grant``: this code or refresh token will never work again. Ask for consent anew; do not loop."""


class ClientRefused(OAuthError):
    """The installation's own keys are refused: its operator must mend them, no user can."""


class TokenServiceUnavailable(OAuthError):
    """No clear answer: keep the stored pair, try again later with the same one."""


class ConsentDenied(OAuthError):
    """The person said no, or came back with something that is not an answer to our question."""


class OAuthBug(OAuthError):
    """Intuit did not understand our request."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What the browser brought back. Believe nothing of it before ``state`` is found to be ours."""

    state: str
    code: str = field(repr=False)
    """The one-time code; empty when there is a ``problem``."""
    company_id: str
    problem: OAuthError | None = None


_DEAD = (
    "QuickBooks has ended this connection (it was disconnected there, or was not used for too long). "
    "Nothing is lost: connect QuickBooks again and the sync goes on where it stopped."
)
_REFUSED = (
    "Intuit refused the application keys of this installation. No connection was changed. "
    "Who runs Tieout must check the client id, the client secret and the environment."
)
_UNAVAILABLE = "Intuit's sign-in service did not answer properly. The connection is kept as it is; it is tried again by itself."
_DENIED = "QuickBooks was not connected because the request was declined there. Nothing was changed. Connect again when ready."
_NOT_OURS = "QuickBooks was not connected because the answer from there was incomplete. Nothing was changed. Start again from the connection page."
_SCOPE = (
    "QuickBooks was not connected because the application may not ask for access to accounting data. "
    "Nothing was changed. Who runs Tieout must enable accounting for the application at Intuit."
)
_BUG = "Intuit did not understand what Tieout asked. Nothing was changed. Please report this with the reference shown."

_ERRORS: Mapping[str, tuple[type[OAuthError], str]] = {
    "invalid_grant": (GrantDead, _DEAD),
    "invalid_client": (ClientRefused, _REFUSED),
    "unauthorized_client": (ClientRefused, _REFUSED),
    "access_denied": (ConsentDenied, _DENIED),
    "invalid_scope": (ClientRefused, _SCOPE),
    "server_error": (TokenServiceUnavailable, _UNAVAILABLE),
    "temporarily_unavailable": (TokenServiceUnavailable, _UNAVAILABLE),
    "invalid_request": (OAuthBug, _BUG),
    "unsupported_grant_type": (OAuthBug, _BUG),
    "unsupported_response_type": (OAuthBug, _BUG),
}


def unavailable() -> TokenServiceUnavailable:
    return TokenServiceUnavailable(_UNAVAILABLE)


def pkce_challenge(verifier: str) -> str:
    """S256 of a verifier (43-128 unreserved characters, kept server-side until the code is exchanged)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def authorize_url(
    keys: AppKeys,
    endpoints: Endpoints,
    *,
    state: str,
    verifier: str,
    scopes: tuple[str, ...] = (ACCOUNTING_SCOPE,),
) -> str:
    """Where to send the browser. PKCE is always sent: Intuit ignores it today, and it costs nothing."""
    return f"{endpoints.authorize}?" + urlencode(
        {
            "client_id": keys.client_id,
            "response_type": "code",
            "scope": " ".join(scopes),
            "redirect_uri": keys.redirect_uri,
            "state": state,
            "code_challenge": pkce_challenge(verifier),
            "code_challenge_method": "S256",
        }
    )


def read_callback(query: Mapping[str, str]) -> Consent:
    """A person's yes or no. A no, or half an answer, carries the ``problem`` to show instead of a code."""
    state, code, company_id = query.get("state", ""), query.get("code", ""), query.get("realmId", "")
    error = query.get("error", "")
    if error:
        kind, sentence = _ERRORS.get(error, (ConsentDenied, _DENIED))
        return Consent(state, "", "", kind(sentence, error=error))
    if not (state and code and company_id):
        return Consent(state, "", "", ConsentDenied(_NOT_OURS, error="incomplete"))
    return Consent(state, code, company_id)


def exchange_call(keys: AppKeys, endpoints: Endpoints, *, code: str, verifier: str) -> Call:
    """Code for tokens. Send it once: a second use of a code may revoke what the first produced."""
    return _token_call(
        keys,
        endpoints,
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": keys.redirect_uri,
            "code_verifier": verifier,
        },
        label="exchange code",
    )


def refresh_call(keys: AppKeys, endpoints: Endpoints, *, refresh_token: str) -> Call:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _token_call(keys, endpoints, form, label="refresh")


def revoke_call(keys: AppKeys, endpoints: Endpoints, *, token: str) -> Call:
    """End the whole grant; either token will do."""
    headers = {"Authorization": _basic(keys), "Content-Type": "application/json"}
    return Call(
        "POST",
        endpoints.revoke,
        content=to_json({"token": token}),
        headers=headers,
        data_service=False,
        label="revoke",
    )


def userinfo_call(endpoints: Endpoints, *, access_token: str) -> Call:
    headers = {"Authorization": f"Bearer {access_token}"}
    return Call("GET", endpoints.userinfo, headers=headers, data_service=False, label="userinfo")


def read_tokens(reply: Reply, now: datetime) -> TokenPair:
    """The pair in a token answer. Unknown members are ignored; lifetimes are seconds from ``now``."""
    if not reply.ok:
        raise error_in(reply)
    body: Mapping[str, Any] = reply.data if isinstance(reply.data, Mapping) else {}
    try:
        return TokenPair(
            access=_needed_text(body, "access_token"),
            refresh=_needed_text(body, "refresh_token"),
            access_expires_at=now + timedelta(seconds=int(body["expires_in"])),
            refresh_expires_at=now + timedelta(seconds=int(body["x_refresh_token_expires_in"])),
            hard_expires_at=_in_seconds(now, body.get("x_refresh_token_hard_expires_in")),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as unreadable:
        raise TokenServiceUnavailable(
            _UNAVAILABLE, error="unreadable", reference=reply.reference
        ) from unreadable


def read_revoked(reply: Reply) -> None:
    """Returns when the grant is gone: now (200), or already before (400 is Intuit's word for an unknown token)."""
    if not reply.ok and reply.status != 400:
        raise error_in(reply)


def read_person(reply: Reply) -> Person:
    """Intuit uses camelCase here, unlike OpenID's standard names."""
    if not reply.ok:
        raise error_in(reply)
    body: Mapping[str, Any] = reply.data if isinstance(reply.data, Mapping) else {}
    if not body.get("sub"):
        raise TokenServiceUnavailable(_UNAVAILABLE, error="unreadable", reference=reply.reference)
    return Person(
        subject=str(body["sub"]),
        email=str(body.get("email") or ""),
        email_verified=str(body.get("emailVerified")).lower() == "true",
        given_name=str(body.get("givenName") or ""),
        family_name=str(body.get("familyName") or ""),
    )


def error_in(reply: Reply) -> OAuthError:
    """The error of an OAuth answer, by its ``error`` member alone; without one, by the status."""
    said = ""
    if reply.shape is Shape.JSON and isinstance(reply.data, Mapping):
        said = str(reply.data.get("error") or "")
    if reply.status >= 500 or reply.status in {408, 429}:
        kind, sentence = TokenServiceUnavailable, _UNAVAILABLE
    elif said in _ERRORS:
        return _ERRORS[said][0](_ERRORS[said][1], error=said, reference=reply.reference)
    elif reply.status == 401:
        return ClientRefused(_REFUSED, error=said, reference=reply.reference)
    elif reply.shape is not Shape.JSON:
        kind, sentence = TokenServiceUnavailable, _UNAVAILABLE
    else:
        return OAuthBug(_BUG, error=said, reference=reply.reference)
    return kind(sentence, error=said, reference=reply.reference)


def _token_call(keys: AppKeys, endpoints: Endpoints, form: Mapping[str, str], *, label: str) -> Call:
    headers = {
        "Authorization": _basic(keys),
        "Content-Type": "application/x-www-form-urlencoded",
        HARD_EXPIRY_HEADER: "true",
    }
    body = urlencode(form).encode("ascii")
    return Call("POST", endpoints.token, content=body, headers=headers, data_service=False, label=label)


def _basic(keys: AppKeys) -> str:
    pair = f"{keys.client_id}:{keys.client_secret}".encode()
    return "Basic " + base64.b64encode(pair).decode("ascii")


def _needed_text(body: Mapping[str, Any], member: str) -> str:
    value = body[member]
    if not isinstance(value, str) or not value:
        raise ValueError(member)
    return value


def _in_seconds(now: datetime, seconds: Any) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=int(seconds))
