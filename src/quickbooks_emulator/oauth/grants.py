"""Acts: issues, rotates, checks and revokes tokens by the recorded rules. Called by the OAuth endpoints."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec

from quickbooks_emulator.knobs import Knobs
from quickbooks_emulator.oauth.documents import AccessToken, App, Code, Grant, RefreshToken
from quickbooks_emulator.store import Store, Transaction
from quickbooks_emulator.store.documents import Counter

ACCOUNTING = "com.intuit.quickbooks.accounting"
SCOPES = frozenset(
    {ACCOUNTING, "com.intuit.quickbooks.payment", "openid", "profile", "email", "phone", "address"}
)


class Refused(Exception):
    """The token endpoint says no. `error` is the OAuth error code (recorded bodies)."""

    def __init__(self, error: str, description: str | None = None, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status

    def body(self) -> dict[str, str]:
        return {"error": self.error} | ({"error_description": self.description} if self.description else {})


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint answers with. `refresh_seconds` and `hard_seconds` are what is left."""

    grant: Grant
    access_token: str
    access_seconds: int
    refresh_token: str
    refresh_seconds: int
    hard_seconds: int


class Grants:
    """The grants of one emulator, inside one transaction. `now` in seconds since 1970; `seed` makes tokens."""

    def __init__(self, store: Store, transaction: Transaction, knobs: Knobs, now: int, seed: str) -> None:
        self._store, self._transaction, self._knobs, self._now, self._seed = (
            store,
            transaction,
            knobs,
            now,
            seed,
        )

    def app(self, client_id: str) -> App | None:
        found: App | None = self._store.collection("apps").get(client_id)
        return found

    def authorize(
        self, app: App, redirect_uri: str, realm: str, scopes: tuple[str, ...], challenge: str = ""
    ) -> Code:
        """A code for a consent just given."""
        code = Code(
            code=f"AB1{self._secret('code', 44)}",
            client_id=app.client_id,
            redirect_uri=redirect_uri,
            realm=realm,
            scopes=scopes,
            expires=self._now + self._knobs.code_seconds,
            challenge=challenge,
        )
        self._transaction.put("codes", code.code, code)
        return code

    def exchange(self, app: App, code_text: str, redirect_uri: str, verifier: str = "") -> Tokens:
        """Redeem a code once. A second time kills what the first produced; that too must be kept, so the
        caller commits even when this raises Refused."""
        code: Code | None = self._store.collection("codes").get(code_text)
        if code is None:
            raise Refused("invalid_grant", "Token invalid")
        if code.client_id != app.client_id:
            raise Refused("invalid_grant", "Incorrect Token type or clientID")
        if code.grant is not None:
            self.revoke_grant(code.grant)
            raise Refused("invalid_grant", "Token invalid")
        if self._now >= code.expires or code.redirect_uri != redirect_uri:
            raise Refused("invalid_grant", "Token invalid")
        if self._knobs.pkce_strict and code.challenge and not _proves(verifier, code.challenge):
            raise Refused("invalid_grant", "Token invalid")
        grant = self.consent(app, code.realm, code.scopes)
        self._transaction.put("codes", code.code, msgspec.structs.replace(code, grant=grant.id))
        return self._tokens(grant)

    def consent(self, app: App, realm: str, scopes: tuple[str, ...]) -> Grant:
        """A new grant with its first refresh token."""
        grant_id = str(self._next("grants"))
        grant = Grant(
            id=grant_id,
            client_id=app.client_id,
            realm=realm,
            subject=hashlib.sha256(f"person/{realm}".encode()).hexdigest()[:36],
            scopes=scopes,
            consented=self._now,
            refresh_token=self._new_refresh_token(grant_id),
        )
        self._transaction.put("grants", grant.id, grant)
        return grant

    def tokens_for(self, grant: Grant) -> Tokens:
        """A fresh pair for a test client, without a consent page."""
        return self._tokens(grant)

    def refresh(self, app: App, token_text: str) -> Tokens:
        """A new access token; a new refresh token too once the present one is a day old (recorded)."""
        token: RefreshToken | None = self._store.collection("refresh").get(token_text)
        if token is None:
            if self._store.collection("access").get(token_text) is not None:
                raise Refused("invalid_grant", "Incorrect Token type or clientID")
            raise Refused("invalid_grant", "Incorrect or invalid refresh token")
        grant: Grant = self._store.collection("grants").get(token.grant)
        if grant.client_id != app.client_id:
            raise Refused("invalid_grant", "Incorrect Token type or clientID")
        grace = self._knobs.rotated_token_grace_seconds
        replaced = token.replaced is not None and self._now >= token.replaced + grace
        idle = self._now >= token.issued + self._knobs.refresh_token_seconds
        if grant.revoked or replaced or idle or self._hard_seconds(grant) <= 0:
            raise Refused("invalid_grant", "Incorrect or invalid refresh token")
        current: RefreshToken = self._store.collection("refresh").get(grant.refresh_token)
        if self._now - current.issued >= self._knobs.rotation_seconds:
            self._transaction.put(
                "refresh", current.token, msgspec.structs.replace(current, replaced=self._now)
            )
            grant = msgspec.structs.replace(grant, refresh_token=self._new_refresh_token(grant.id))
            self._transaction.put("grants", grant.id, grant)
        return self._tokens(grant)

    def revoke(self, token_text: str, app: App) -> bool:
        """Either token kills the whole grant. False for an unknown token, or one of another app."""
        token: Any = self._store.collection("refresh").get(token_text)
        token = token or self._store.collection("access").get(token_text)
        if token is None or self._store.collection("grants").get(token.grant).client_id != app.client_id:
            return False
        self.revoke_grant(token.grant)
        return True

    def revoke_grant(self, grant_id: str) -> None:
        grant: Grant = self._store.collection("grants").get(grant_id)
        self._transaction.put("grants", grant_id, msgspec.structs.replace(grant, revoked=True))

    def end_in(self, grant_id: str, seconds: int) -> None:
        """Have the grant end so long from now, as if it had been consented to long ago. Its access tokens stop working,
        so that the app refreshes with its next call and is told."""
        grant: Grant = self._store.collection("grants").get(grant_id)
        consented = self._now + seconds - self._knobs.grant_seconds
        self._transaction.put("grants", grant_id, msgspec.structs.replace(grant, consented=consented))
        of_it = [one.token for one in self._store.collection("access").values() if one.grant == grant_id]
        for token in of_it:
            self._transaction.remove("access", token)

    def bearer(self, token_text: str) -> Grant | None:
        """The living grant an access token belongs to."""
        token: AccessToken | None = self._store.collection("access").get(token_text)
        if token is None or self._now >= token.expires:
            return None
        grant: Grant = self._store.collection("grants").get(token.grant)
        return None if grant.revoked or self._hard_seconds(grant) <= 0 else grant

    def _tokens(self, grant: Grant) -> Tokens:
        self._forget_expired(grant)
        access = AccessToken(
            token=f"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..{self._secret('access', 22)}."
            f"{self._secret('access', 560)}.{self._secret('access', 22)}",
            grant=grant.id,
            expires=self._now + self._knobs.access_token_seconds,
        )
        self._transaction.put("access", access.token, access)
        refresh: RefreshToken = self._store.collection("refresh").get(grant.refresh_token)
        return Tokens(
            grant=grant,
            access_token=access.token,
            access_seconds=self._knobs.access_token_seconds,
            refresh_token=refresh.token,
            refresh_seconds=refresh.issued + self._knobs.refresh_token_seconds - self._now,
            hard_seconds=self._hard_seconds(grant),
        )

    def _forget_expired(self, grant: Grant) -> None:
        dead = [
            token.token
            for token in self._store.collection("access").values()
            if token.grant == grant.id and self._now >= token.expires
        ]
        for token in dead:
            self._transaction.remove("access", token)

    def _hard_seconds(self, grant: Grant) -> int:
        return grant.consented + self._knobs.grant_seconds - self._now

    def _new_refresh_token(self, grant_id: str) -> str:
        expires = self._now + self._knobs.refresh_token_seconds
        token = RefreshToken(
            token=f"RT1-{self._next('refresh tokens') % 250}-H0-{expires}{self._secret('refresh', 20)}",
            grant=grant_id,
            issued=self._now,
        )
        self._transaction.put("refresh", token.token, token)
        return token.token

    def _secret(self, purpose: str, length: int) -> str:
        """Text from the seed and a durable counter: repeatable, and never the same twice in one state."""
        found, number = "", self._next("secrets")
        while len(found) < length:
            block = hashlib.sha512(f"{self._seed}/{purpose}/{number}/{len(found)}".encode()).digest()
            found += base64.b64encode(block).decode().translate(str.maketrans("+/", "xy", "="))
        return found[:length]

    def _next(self, sequence: str) -> int:
        counter: Counter | None = self._store.collection("counters/oauth").get(sequence)
        number = (counter.last if counter else 0) + 1
        self._transaction.put("counters/oauth", sequence, Counter(number))
        return number


def _proves(verifier: str, challenge: str) -> bool:
    """RFC 7636: the challenge is the verifier itself, or its hash."""
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return bool(verifier) and challenge in (verifier, hashed)
