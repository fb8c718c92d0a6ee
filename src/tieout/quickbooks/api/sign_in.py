"""Acts: sends what ``oauth`` builds. The whole of signing in, staying in and leaving, for one installation's keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tieout.quickbooks.api import oauth
from tieout.quickbooks.api.config import AppKeys, ConfigurationError, Endpoints, discovered
from tieout.quickbooks.api.reading import Reply
from tieout.quickbooks.api.transport import Call, Transport, TransportFailure


class SignIn:
    """Intuit's sign-in services. ``now`` gives timezone-aware instants. Every method may raise ``oauth.OAuthError``."""

    def __init__(self, keys: AppKeys, transport: Transport, now: Callable[[], datetime]) -> None:
        self.keys = keys
        self.endpoints: Endpoints = transport.endpoints
        self._transport = transport
        self._now = now

    def authorize_url(self, *, state: str, verifier: str) -> str:
        return oauth.authorize_url(self.keys, self.endpoints, state=state, verifier=verifier)

    def exchange(self, code: str, *, verifier: str) -> oauth.TokenPair:
        """Tokens for a code. Never call twice with one code."""
        call = oauth.exchange_call(self.keys, self.endpoints, code=code, verifier=verifier)
        return oauth.read_tokens(self._send(call), self._now())

    def refresh(self, refresh_token: str) -> oauth.TokenPair:
        """A fresh pair. One at a time per connection: parallel refreshes may be taken for theft and end the grant."""
        call = oauth.refresh_call(self.keys, self.endpoints, refresh_token=refresh_token)
        return oauth.read_tokens(self._send(call), self._now())

    def revoke(self, token: str) -> None:
        oauth.read_revoked(self._send(oauth.revoke_call(self.keys, self.endpoints, token=token)))

    def who(self, access_token: str) -> oauth.Person:
        return oauth.read_person(self._send(oauth.userinfo_call(self.endpoints, access_token=access_token)))

    def _send(self, call: Call) -> Reply:
        try:
            return self._transport.send(call)
        except TransportFailure as failure:
            raise oauth.unavailable() from failure


def discover(transport: Transport) -> Endpoints:
    """Read the discovery document once; on any trouble reaching it, what we knew before.

    Raises ``ConfigurationError`` when it names addresses that are not the environment's own: better no sign-in than
    secrets sent elsewhere.
    """
    fallback = transport.endpoints
    try:
        reply = transport.send(Call("GET", fallback.discovery, data_service=False, label="discovery"))
    except TransportFailure:
        return fallback
    if not reply.ok or not isinstance(reply.data, dict):
        return fallback
    return discovered(reply.data, fallback)


__all__ = ["ConfigurationError", "SignIn", "discover"]
