"""Acts: reads what Tieout truly knows about a firm's security, for its page and its document. Changes nothing.

Only tables and settings are asked: nothing is here because it ought to be so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from tieout.practice.actions.api_tokens import ANSWERS_KEPT_FOR
from tieout.practice.actions.client_import import KEPT_FOR as UPLOADS_KEPT_FOR
from tieout.practice.actor import ChangeRecord
from tieout.practice.api_tokens import ApiToken
from tieout.practice.audit_chain import broken_at
from tieout.practice.firms import Firm, Member, Role
from tieout.practice.invitations import Invitation
from tieout.practice.mail import mail_is_set_up
from tieout.practice.permissions import PERMISSIONS, Permission
from tieout.sync.connections import connection_of
from tieout.sync.models import Connection, TokenSet
from tieout.sync.what_travels import Travels, what_travels
from tieout.sync.worker import KEPT as INBOX_KEPT_FOR
from tieout.web.people.open_sessions import count_sessions
from tieout.web.people.second_factor import FRESH, with_second_factor

MOST_VERIFIED = 50_000
"""Entries of the audit log, the latest: a page does not wait for a million. All of them: ``verify_logs``."""


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    role: str
    joined_at: datetime
    second_factor: bool
    sessions: int


@dataclass(frozen=True, slots=True)
class RoleFacts:
    name: str
    members: int
    may: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The audit log, as it was found at ``at``."""

    at: datetime
    entries: int
    first: int
    """The first that was verified; 1 unless there are very many."""
    broken_at: int | None
    last_hash: str


@dataclass(frozen=True, slots=True)
class Integration:
    company: str
    state: str
    connected_by: str
    connected_at: datetime
    renew_by: datetime | None
    travels: Sequence[Travels]


@dataclass(frozen=True, slots=True)
class TokenFacts:
    name: str
    acts_for: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    firm: str
    second_factor_required: bool
    people: Sequence[Person]
    former: int
    invited: int
    roles: Sequence[RoleFacts]
    policy: Sequence[tuple[str, str]]
    kept: Sequence[tuple[str, str]]
    encryption: Sequence[tuple[str, str]]
    integration: Integration | None
    tokens: Sequence[TokenFacts]
    mail: str

    @property
    def secured(self) -> int:
        return sum(each.second_factor for each in self.people)


def facts_of(firm: Firm, now: datetime) -> Facts:
    connection = connection_of(firm.pk)
    return Facts(
        firm=firm.name,
        second_factor_required=firm.second_factor_required,
        people=_people(firm),
        former=Member.objects.filter(firm=firm, is_active=False).count(),
        invited=Invitation.objects.filter(
            firm=firm, joined_at=None, withdrawn_at=None, expires_at__gt=now
        ).count(),
        roles=_roles(firm),
        policy=policy(),
        kept=kept(),
        encryption=encryption(),
        integration=_integration(connection) if connection else None,
        tokens=[_token(each) for each in _tokens(firm) if each.holds(now)],
        mail=mail(),
    )


def verified_chain(firm_id: int, now: datetime) -> Chain:
    """The chain of the firm's history, looked through now. What the last seconds wrote is not chained yet."""
    chained = ChangeRecord.objects.filter(firm_id=firm_id).exclude(number=None)
    last = chained.order_by("-number").first()
    entries = (last.number or 0) if last else 0
    first = max(1, entries - MOST_VERIFIED + 1)
    return Chain(now, entries, first, broken_at(firm_id, first=first), last.hash if last else "")


def mail() -> str:
    """Where mails go: invoices to clients, invitations, reports."""
    if not mail_is_set_up():
        return "No mails are sent: the installation has no mail server set."
    if settings.MAIL_OUTBOX:
        return "Mails are kept as files on this machine, and sent to nobody."
    tls = "encrypted" if settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL else "without encryption"
    return f"Mails go through {settings.EMAIL_HOST}, {tls}."


def policy() -> list[tuple[str, str]]:
    """The settings of this installation, each with what it means."""
    hours, idle = settings.SESSION_COOKIE_AGE // 3600, settings.IDLE_SECONDS // 60
    validators: Sequence[Any] = settings.AUTH_PASSWORD_VALIDATORS
    lengths = [
        each["OPTIONS"]["min_length"] for each in validators if "min_length" in each.get("OPTIONS", {})
    ]
    hasher = settings.PASSWORD_HASHERS[0].rsplit(".", 1)[-1].removesuffix("PasswordHasher")
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    return [
        ("Sessions end", f"after {idle} minutes without a person, and after {hours} hours in any case"),
        (
            "Passwords",
            f"at least {max(lengths)} characters, none of the common ones, kept as {hasher} hashes",
        ),
        (
            "Wrong passwords",
            f"{settings.AXES_FAILURE_LIMIT} for one person from one address lock that sign-in for {minutes} minutes",
        ),
        ("Acts on people, rights and connections", f"ask to sign in again after {FRESH // 60} minutes"),
        ("API tokens", "only their SHA-256 hashes are kept; a token never has a right its member lacks"),
        (
            "Firms on this installation",
            "are kept apart by every query and once more by row policies of the database",
        ),
    ]


def encryption() -> list[tuple[str, str]]:
    keys = len([each for each in settings.TOKEN_KEYS.split(",") if each.strip()])
    server: Mapping[str, Any] = settings.DATABASES["default"]
    host, options = server["HOST"], server["OPTIONS"]
    if not host or host.startswith("/"):
        database = "a socket on the same machine; nothing crosses a network"
    else:
        mode = options.get("sslmode", "")
        database = (
            f"a network, with sslmode={mode}"
            if mode
            else "a network; encryption is not demanded by the settings"
        )
    return [
        (
            "QuickBooks tokens, company id, two-factor secrets",
            f"AES-256-GCM, each bound to its row; {keys} key{'' if keys == 1 else 's'} in the ring, kept outside the database",
        ),
        (
            "Between browsers and Tieout",
            "https is required, with HSTS"
            if settings.SECURE
            else "plain http: this installation is not reached by https",
        ),
        ("Between Tieout and its database", database),
        ("Client records in the database", "not encrypted by Tieout; the disk has to be"),
        ("Card numbers", "never kept and never seen: the payment processor's part hands over a token"),
    ]


def kept() -> list[tuple[str, str]]:
    """How long what is kept. Backups are told as what they are: not Tieout's."""
    return [
        (
            "Clients, documents, payments",
            "kept; archived or void, not deleted. Drafts and sample data can be thrown away",
        ),
        ("Audit log and log of writes", "only grow: the database refuses to change or remove an entry"),
        (
            "Uploaded files that were not imported",
            f"of use for {_hours(UPLOADS_KEPT_FOR)} hours, removed when the next file comes",
        ),
        (
            "Answers of the API, for repeated calls",
            f"of use for {_hours(ANSWERS_KEPT_FOR)} hours, then removed",
        ),
        (
            "Notices that came from QuickBooks",
            f"{INBOX_KEPT_FOR.days} days after they were worked through; those of merges longer",
        ),
        (
            "Backups",
            "Tieout makes none: back up its database and the keys of the installation, and try the way back",
        ),
    ]


def _hours(lasts: timedelta) -> int:
    return int(lasts.total_seconds() // 3600)


def _people(firm: Firm) -> list[Person]:
    members = list(
        Member.objects.filter(firm=firm, is_active=True)
        .select_related("user", "role")
        .order_by("user__full_name", "pk")
    )
    ids = [each.user_id for each in members]
    secured, sessions = with_second_factor(ids), count_sessions(ids)
    return [
        Person(
            each.user.get_full_name(),
            each.user.email,
            each.role.name,
            each.joined_at,
            each.user_id in secured,
            sessions.get(each.user_id, 0),
        )
        for each in members
    ]


def _roles(firm: Firm) -> list[RoleFacts]:
    roles = Role.objects.filter(firm=firm, members__is_active=True).distinct().order_by("id")
    return [
        RoleFacts(
            role.name,
            role.members.filter(is_active=True).count(),
            tuple(facts.label for each, facts in PERMISSIONS.items() if each.value in role.permissions),
        )
        for role in roles
    ]


def _integration(connection: Connection) -> Integration:
    tokens = TokenSet.objects.filter(connection=connection).first()
    ends = [each for each in (tokens.refresh_expires_at, tokens.hard_expires_at) if each] if tokens else []
    return Integration(
        connection.company_name,
        connection.get_state_display(),
        str(connection.connected_by or "a former member"),
        connection.connected_at,
        min(ends, default=None),
        what_travels(connection),
    )


def _tokens(firm: Firm) -> Sequence[ApiToken]:
    return list(
        ApiToken.objects.filter(firm=firm, revoked_at=None)
        .select_related("member__user")
        .order_by("name", "pk")
    )


def _token(token: ApiToken) -> TokenFacts:
    known = {each.value for each in Permission}
    return TokenFacts(
        token.name,
        str(token.member),
        tuple(PERMISSIONS[Permission(each)].label for each in token.scopes if each in known),
        token.created_at,
        token.expires_at,
        token.last_used_at,
    )
