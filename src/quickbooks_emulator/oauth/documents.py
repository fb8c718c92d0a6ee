"""Decides: the documents of the OAuth server. All times are whole seconds since 1970, virtual."""

from __future__ import annotations

import msgspec

from quickbooks_emulator.store.documents import SANDBOX


class App(msgspec.Struct, frozen=True):
    """A registered app in one environment (the keys decide which, documented): its keys, the redirect addresses that
    may be used, its webhook verifier token, and where QuickBooks sends people to connect again and after they
    disconnected there ("" for nowhere)."""

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    verifier_token: str
    reconnect_url: str = ""
    disconnect_url: str = ""
    environment: str = SANDBOX


class Code(msgspec.Struct, frozen=True):
    """An authorization code. `grant` is set once it was redeemed; redeeming it again kills that grant. `challenge` is
    the code_challenge it was asked for with."""

    code: str
    client_id: str
    redirect_uri: str
    realm: str
    scopes: tuple[str, ...]
    expires: int
    grant: str | None = None
    challenge: str = ""


class Grant(msgspec.Struct, frozen=True):
    """One consent: a company, a person, scopes. `refresh_token` is the present one."""

    id: str
    client_id: str
    realm: str
    subject: str
    scopes: tuple[str, ...]
    consented: int
    refresh_token: str
    revoked: bool = False


class RefreshToken(msgspec.Struct, frozen=True):
    """`replaced`: when a newer one took its place, else None."""

    token: str
    grant: str
    issued: int
    replaced: int | None = None


class AccessToken(msgspec.Struct, frozen=True):
    token: str
    grant: str
    expires: int
