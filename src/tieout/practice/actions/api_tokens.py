"""Acts: API tokens made, revoked and counted; and the answers kept for retries, forgotten when they are old."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from tieout.practice.access import require
from tieout.practice.actor import Actor, Changes, history_row
from tieout.practice.api_tokens import API_TOKEN, PREFIX, ApiToken, KeptAnswer, secret_hash
from tieout.practice.billing_validation import Checks
from tieout.practice.firms import Member
from tieout.practice.isolation import every_firm_scope
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import TextRule

NAME = TextRule("Name", 80, required=True)
SECRET_BYTES = 32
LONGEST_DAYS = 3650
ANSWERS_KEPT_FOR = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewToken:
    token: ApiToken
    secret: str
    """Shown once; nobody can find it out again."""


def create_token(
    *, by: Member, name: str, scopes: Collection[str], days: int | None, now: datetime
) -> NewToken:
    """A token that acts for ``by`` within ``scopes`` (names of permissions), for ``days`` or without end.

    Raises NotAllowed, Invalid: no scope, an unknown one, or one that ``by`` has no right to.
    """
    require(by, Permission.MANAGE_TEAM)
    checks = Checks()
    name = checks.text("name", name, NAME)
    known = set(Permission)
    if not scopes:
        checks.problem("scopes", "Choose at least one scope: without any the token could do nothing.")
    elif unknown := sorted(set(scopes) - known):
        checks.problem("scopes", f"There is no scope {unknown[0][:40]}.")
    elif beyond := sorted(each for each in scopes if not by.may(Permission(each))):
        checks.problem("scopes", f"You do not have the permission {beyond[0]}, so a token cannot get it.")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        checks.problem("days", f"A token holds from 1 to {LONGEST_DAYS:,} days, or without end.")
    checks.done()
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        token = ApiToken.objects.create(
            firm_id=by.firm_id,
            member=by,
            name=name,
            scopes=sorted(set(scopes)),
            secret_hash=secret_hash(secret),
            hint=secret[: len(PREFIX) + 6],
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
        told: Changes = {
            "name": [None, name],
            "scopes": [None, token.scopes],
            "expires": [None, token.expires_at],
        }
        _record(token, "created", by, told)
    return NewToken(token, secret)


def revoke_token(*, by: Member, token_id: int, now: datetime) -> ApiToken:
    """It opens nothing from now on. Revoked already: returned as it is. Raises NotAllowed, NotYours."""
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(firm_id=by.firm_id, pk=token_id).first()
        if token is None:
            raise NotYours("There is no such token.")
        if token.revoked_at is None:
            token.revoked_at = now
            token.save(update_fields=["revoked_at"])
            _record(token, "revoked", by, {"name": [token.name, token.name]})
    return token


def visible_tokens(member: Member) -> QuerySet[ApiToken]:
    """The firm's tokens, the newest first. Raises NotAllowed."""
    require(member, Permission.MANAGE_TEAM)
    tokens = ApiToken.objects.filter(firm_id=member.firm_id)
    return tokens.select_related("member__user").order_by("-id")


def token_of(secret: str, now: datetime) -> ApiToken | None:
    """The token with this secret that holds, its member active. The firm is not known before: looks across firms."""
    if not secret.startswith(PREFIX):
        return None
    with every_firm_scope():
        token = (
            ApiToken.objects.select_related("firm", "member__user", "member__role", "member__firm")
            .filter(secret_hash=secret_hash(secret))
            .first()
        )
    if token is None or not token.holds(now):
        return None
    return token if token.member.is_active and token.member.user.is_active else None


def acting_member(token: ApiToken) -> Member:
    """The token's member with no more rights than its scopes, whom the history names with the token.

    A copy that nobody saves.
    """
    member, role = copy(token.member), copy(token.member.role)
    role.permissions = [each for each in role.permissions if each in token.scopes]
    member.role = role
    member.stand_in = f"{member.user.get_full_name()} (API token {token.name})"
    return member


def count_call(token: ApiToken, now: datetime) -> int:
    """Note one more call and return how many there were in this minute. Safe among parallel calls."""
    minute = now.replace(second=0, microsecond=0)
    row = ApiToken.objects.filter(pk=token.pk, firm_id=token.firm_id)
    if not row.filter(last_used_at=minute).update(calls=F("calls") + 1):
        begun = row.exclude(last_used_at=minute).update(last_used_at=minute, calls=1)
        if not begun:  # another call began the minute just now
            row.update(calls=F("calls") + 1)
    return row.values_list("calls", flat=True).get()


def forget_answers(firm_id: int, now: datetime) -> int:
    """Drop the kept answers nobody may count on any more. Returns how many."""
    old = KeptAnswer.objects.filter(firm_id=firm_id, created_at__lt=now - ANSWERS_KEPT_FOR)
    return old.delete()[0]


def _record(token: ApiToken, verb: str, by: Member, changes: Changes) -> None:
    history_row(token.firm_id, API_TOKEN, str(token.pk), 0, verb, Actor.of(by), changes).save()
