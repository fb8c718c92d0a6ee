"""Decides where QuickBooks is and who we are there: application keys, hosts and endpoints. Read by everything in ``api``.

Only the discovery host and the user-info host differ between Intuit's production and sandbox; authorize, token and
revoke are shared, and the *keys* decide the environment. A ``custom`` environment (an emulator, a recording proxy)
is one base address that serves everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from urllib.parse import urlsplit

ACCOUNTING_SCOPE = "com.intuit.quickbooks.accounting"
MINOR_VERSION = "75"
"""Intuit ignores 1-74 since August 2025 and answers as 75; said on every call so that a change is a decision."""

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_INTUIT = ".intuit.com"


class Environment(StrEnum):
    PRODUCTION = "production"
    SANDBOX = "sandbox"
    CUSTOM = "custom"


class ConfigurationError(ValueError):
    """The installation's QuickBooks settings cannot be used. ``str()`` says which and what to set instead."""


@dataclass(frozen=True, slots=True)
class AppKeys:
    """What Intuit gave the person who runs this installation: one app, one environment."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    environment: Environment = Environment.PRODUCTION
    verifier_tokens: tuple[str, ...] = field(default=(), repr=False)
    """Webhook verifier tokens; two while one is being replaced."""

    def __post_init__(self) -> None:
        if not self.client_id or not self.client_secret:
            raise ConfigurationError("The QuickBooks client id and client secret are both needed.")
        address = urlsplit(self.redirect_uri)
        if not address.hostname or address.query or address.fragment:
            raise ConfigurationError(
                "The QuickBooks redirect address must be a full address without a query or a fragment."
            )
        if address.scheme != "https":
            if self.environment is Environment.PRODUCTION:
                raise ConfigurationError(
                    "With production keys the QuickBooks redirect address must start with https."
                )
            if address.scheme != "http" or address.hostname not in LOCAL_HOSTS:
                raise ConfigurationError(
                    "A redirect address without https is only accepted on this machine (localhost)."
                )


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where each service of one environment answers. Full addresses; ``api`` is the data service without a path."""

    environment: Environment
    discovery: str
    authorize: str
    token: str
    revoke: str
    userinfo: str
    api: str

    @property
    def origins(self) -> frozenset[str]:
        """The only ``scheme://host:port`` we ever send a request to. ``authorize`` is visited by the browser."""
        return frozenset(
            origin(address) for address in (self.discovery, self.token, self.revoke, self.userinfo, self.api)
        )


def origin(address: str) -> str:
    """``scheme://host:port`` in lower case, with the default port made explicit."""
    parts = urlsplit(address)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname}:{port}"


_SHARED = {
    "authorize": "https://appcenter.intuit.com/connect/oauth2",
    "token": "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    "revoke": "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
}
PRODUCTION = Endpoints(
    environment=Environment.PRODUCTION,
    discovery="https://developer.api.intuit.com/.well-known/openid_configuration",
    userinfo="https://accounts.platform.intuit.com/v1/openid_connect/userinfo",
    api="https://quickbooks.api.intuit.com",
    **_SHARED,
)
SANDBOX = Endpoints(
    environment=Environment.SANDBOX,
    discovery="https://developer.api.intuit.com/.well-known/openid_sandbox_configuration",
    userinfo="https://sandbox-accounts.platform.intuit.com/v1/openid_connect/userinfo",
    api="https://sandbox-quickbooks.api.intuit.com",
    **_SHARED,
)


def known(environment: Environment, base_url: str = "") -> Endpoints:
    """The endpoints we know without asking: the fallback, and where to ask.

    For ``custom`` these are Intuit's paths under ``base_url``, until ``discovered`` replaces them.
    """
    if environment is Environment.PRODUCTION:
        return PRODUCTION
    if environment is Environment.SANDBOX:
        return SANDBOX
    base = base_url.rstrip("/")
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(
            "A custom QuickBooks environment needs its base address, such as http://127.0.0.1:8399."
        )
    if parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
        raise ConfigurationError(
            "A custom QuickBooks environment without https must be on this machine (localhost)."
        )
    return Endpoints(
        environment=environment,
        discovery=f"{base}/.well-known/openid_configuration",
        authorize=f"{base}/connect/oauth2",
        token=f"{base}/oauth2/v1/tokens/bearer",
        revoke=f"{base}/v2/oauth2/tokens/revoke",
        userinfo=f"{base}/v1/openid_connect/userinfo",
        api=base,
    )


_DISCOVERY_MEMBERS = {
    "authorize": "authorization_endpoint",
    "token": "token_endpoint",
    "revoke": "revocation_endpoint",
    "userinfo": "userinfo_endpoint",
}


def discovered(document: object, fallback: Endpoints) -> Endpoints:
    """The endpoints a discovery document names; anything missing stays as in ``fallback``.

    The document is not trusted to send our secrets elsewhere: Intuit's must stay within intuit.com over https,
    a custom one within its own origin. Raises ``ConfigurationError`` for an address outside.
    """
    if not isinstance(document, Mapping):
        raise ConfigurationError("The QuickBooks discovery document is not a JSON object.")
    values = {one.name: getattr(fallback, one.name) for one in fields(fallback)}
    for name, member in _DISCOVERY_MEMBERS.items():
        address = document.get(member)
        if address is None:
            continue
        if not isinstance(address, str) or not _belongs(address, fallback):
            raise ConfigurationError(
                f"The QuickBooks discovery document names a strange {member}: {address!r}."
            )
        values[name] = address
    return Endpoints(**values)


def _belongs(address: str, home: Endpoints) -> bool:
    parts = urlsplit(address)
    if home.environment is Environment.CUSTOM:
        return origin(address) == origin(home.api)
    return parts.scheme == "https" and (parts.hostname or "").endswith(_INTUIT) and parts.port in {None, 443}
