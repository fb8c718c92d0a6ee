"""Acts: keeps a connection's tokens. One refresh at a time over all processes; the new pair is stored before use.

The row lock on the token set is the single flight: whoever comes second finds a newer generation and uses it.
Source of the rules: Intuit's OAuth 2.0 guide (a rotated refresh token dies; parallel refreshes may revoke the grant).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.db import transaction

from tieout.practice.isolation import in_helper_thread
from tieout.reconcile.ports import LedgerProvider, Reconnect, RetryLater, Tokens
from tieout.sync.engine import Engine
from tieout.sync.listing import say
from tieout.sync.models import Connection, ConnectionState, TokenSet
from tieout.sync.secrets import CannotOpen, open_sealed, seal

EARLY = timedelta(minutes=5)
"""Refreshed this long before the access token ends, so that no call starts with a dying one."""


def place_of(connection: Connection) -> str:
    """What a stored pair is bound to."""
    return f"firm:{connection.firm_id}/connection:{connection.pk}/tokens"


def _write(tokens: Tokens) -> str:
    return json.dumps({k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(tokens).items()})


def _read(plain: str) -> Tokens:
    raw: dict[str, Any] = json.loads(plain)
    for name in ("access_expires_at", "refresh_expires_at", "hard_expires_at"):
        raw[name] = datetime.fromisoformat(raw[name]) if raw[name] else None
    return Tokens(**raw)


def store(connection: Connection, tokens: Tokens) -> None:
    """Keep the pair of a fresh sign-in, replacing any older one."""
    TokenSet.objects.update_or_create(
        connection=connection, firm_id=connection.firm_id, defaults=_columns(connection, tokens)
    )


def _columns(connection: Connection, tokens: Tokens) -> dict[str, Any]:
    return {
        "sealed": seal(_write(tokens), bound_to=place_of(connection)),
        "access_expires_at": tokens.access_expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
        "hard_expires_at": tokens.hard_expires_at,
    }


def current(connection: Connection) -> Tokens:
    """The stored pair. Raises ``Reconnect`` when there is none."""
    with database.cursor() as cursor:
        cursor.execute("SELECT sealed FROM sync_tokenset WHERE connection_id = %s", [connection.pk])
        found = cursor.fetchone()
    if found is None:
        raise Reconnect("QuickBooks is not connected. Connect it again; nothing is lost.")
    return _opened(connection, found[0])


def taken_away(connection: Connection) -> Tokens | None:
    """Delete the stored pair, and give it; None without one, or when its key is gone. A refresh under way is waited for: the
    pair that it brings is the one to be handed back. Called inside a transaction."""
    row = TokenSet.objects.select_for_update().filter(connection=connection).first()
    if row is None:
        return None
    row.delete()
    try:
        return _opened(connection, row.sealed)
    except Reconnect:
        return None


def _opened(connection: Connection, sealed: str) -> Tokens:
    """Raises ``Reconnect`` when no key opens it: a new sign-in is sealed with one that is there."""
    try:
        return _read(open_sealed(sealed, bound_to=place_of(connection)))
    except CannotOpen as error:
        raise Reconnect(UNOPENED) from error


UNOPENED = (
    "The stored sign-in cannot be opened with this installation's keys (TIEOUT_TOKEN_KEYS). Sign in to QuickBooks again, "
    "or put the key back; nothing is lost."
)


KEPT_FOR = timedelta(days=7)
"""How long a pair lies unused before it is refreshed for its own sake. A refresh token that nobody uses ends after 100 days,
as Intuit's guide to OAuth 2.0 says; a firm may be paused, or its plan without QuickBooks, for longer."""


def unused(now: datetime) -> list[int]:
    """The connections, of every firm, whose pair has not been refreshed for so long.

    One that is signed out is not among them: its pair is dead, and a new sign-in replaces it.
    """
    states = (ConnectionState.ACTIVE, ConnectionState.PAUSED)
    rows = TokenSet.objects.filter(connection__state__in=states, access_expires_at__lt=now - KEPT_FOR)
    return list(rows.order_by("connection_id").values_list("connection_id", flat=True))


def keep_alive(connection: Connection, engine: Engine) -> bool:
    """Refresh a pair that has lain unused. False when the grant is dead: then a person has to sign in again.

    What may still be alive (no answer) is tried again with the next call of ``unused``.
    """
    source = StoredTokens(connection, engine.provider(connection.ledger), engine)
    try:
        source.renew(current(connection).access)
    except RetryLater:
        return True
    except Reconnect as error:
        with transaction.atomic():
            fresh = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
            sign_in_ended(fresh, connection.connected_at, error, engine)
        return False
    return True


def sign_in_ended(fresh: Connection, since: datetime, error: Reconnect, engine: Engine) -> bool:
    """Note that a person has to sign in again, because the grant of ``since`` (its ``connected_at``) is refused.

    False when the connection has another grant by now, or none: a refusal of the old one says nothing of it. A pause, or a
    guard's halt, is put back once somebody has signed in. ``fresh``: held by the caller's transaction.
    """
    if fresh.connected_at != since or fresh.state not in (ConnectionState.ACTIVE, ConnectionState.PAUSED):
        return False
    if fresh.state == ConnectionState.PAUSED:
        fresh.paused_because = fresh.state_reason
    fresh.state, fresh.state_reason = ConnectionState.NEEDS_RECONNECT, error.sentence[:500]
    fresh.save(update_fields=["state", "state_reason", "paused_because"])
    say(fresh, engine.now(), error.sentence, result="problem", reference=error.reference)
    return True


class StoredTokens:
    """The ``TokenSource`` of one connection."""

    def __init__(
        self,
        connection: Connection,
        provider: LedgerProvider,
        engine: Engine,
        stands: Callable[[], object] = lambda: None,
    ) -> None:
        """``stands``: raises when the run that calls may call no more; asked before a refresh, and after it, because
        a refused call is then repeated."""
        self._connection, self._provider, self._engine, self._stands = connection, provider, engine, stands
        self._held: Tokens | None = None
        self._thread = threading.get_ident()

    def access(self) -> str:
        held = self._held or current(self._connection)
        if held.access_expires_at - EARLY <= self._engine.now():
            return self.renew(held.access)
        self._held = held
        return held.access

    def renew(self, refused: str) -> str:
        """Refresh unless somebody else already has. Must not be called inside a transaction of the caller's."""
        with nullcontext() if threading.get_ident() == self._thread else in_helper_thread():
            fresh = self._renew(refused)
            self._stands()
            return fresh

    def _renew(self, refused: str) -> str:
        with transaction.atomic():
            row = TokenSet.objects.select_for_update().filter(connection=self._connection).first()
            if row is None:
                raise Reconnect("QuickBooks is not connected. Connect it again; nothing is lost.")
            stored = _opened(self._connection, row.sealed)
            if stored.access != refused:
                self._held = stored
                return stored.access
            self._stands()  # the wait for the row may have been long: who was overtaken since calls nobody
            fresh = self._provider.refresh(stored)
            for column, value in _columns(self._connection, fresh).items():
                setattr(row, column, value)
            row.generation += 1
            row.save()
        self._engine.at_point("tokens refreshed")
        self._held = fresh
        return fresh.access
