"""Acts: sends what ``oauth`` builds. The whole of signing in, staying in and leaving, for one installation's keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from tieout.quickbooks.api import oauth
from tieout.quickbooks.api.config import AppKeys, Endpoints, discovered
from tieout.quickbooks.api.network import Deadlines, Network, TransportFailure
from tieout.quickbooks.api.reading import Reply
from tieout.quickbooks.api.transport import Call, Transport


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


REDISCOVER_SECONDS = 24 * 3600
ASK_AGAIN_SECONDS = 300
"""How soon discovery is tried again after it could not be read."""


class Discovery:
    """The environment's endpoints as its discovery document names them, read at most once a day.

    ``clock`` gives seconds that never go back. While the document cannot be read, what we knew before serves.
    """

    def __init__(self, network: Network, known: Endpoints, clock: Callable[[], float]) -> None:
        self._network, self._endpoints, self._clock = network, known, clock
        self._due_at: float | None = None

    def endpoints(self) -> Endpoints:
        """Raises ``ConfigurationError`` when the document names addresses that are not the environment's own:
        better no sign-in than secrets sent elsewhere."""
        if self._due_at is None or self._clock() >= self._due_at:
            document = self._read()
            if document is not None:
                self._endpoints = discovered(document, self._endpoints)
            self._due_at = self._clock() + (ASK_AGAIN_SECONDS if document is None else REDISCOVER_SECONDS)
        return self._endpoints

    def _read(self) -> Mapping[str, object] | None:
        patience = Deadlines(connect=5, read=5, total=8)  # a person is waiting, and there is a fallback
        transport = Transport(self._network, self._endpoints, deadlines=patience, clock=self._clock)
        try:
            reply = transport.send(
                Call("GET", self._endpoints.discovery, data_service=False, label="discovery")
            )
        except TransportFailure:
            return None
        return reply.data if reply.ok and isinstance(reply.data, Mapping) else None
