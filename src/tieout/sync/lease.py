"""Acts: one lane per connection. A run holds the lease; every commit it makes proves that it still does.

The job library's lock is not fenced: a worker frozen past its time and woken again would go on writing. So
whoever starts a run raises the connection's epoch, and a run whose epoch is no longer the connection's may
not commit or send any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.db import transaction

from tieout.practice.firms import Plan
from tieout.sync import straight, together
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, ConnectionState

CLOCKS_APART = timedelta(minutes=10)
"""How far the clocks of two workers may be apart."""


class LeaseLost(Exception):
    """Another run has taken this connection over. Stop at once; nothing of this run may be written."""


class NoLongerAllowed(Exception):
    """The connection was paused or disconnected, or its firm's plan changed, while the run was under way. Stop; everything
    waits."""


_COLUMNS = together.columns_of(Connection)
_OTHERS = together.columns_of(Connection, but=("lease_until",))
_EXTEND = (
    "UPDATE sync_connection SET lease_until = %s WHERE id = %s AND epoch = %s"  # noqa: S608 - names of our own model
    f" RETURNING {_OTHERS}"
)
# If the run dies, the connection comes due again once its lease has run out.
_TAKE = (
    "UPDATE sync_connection SET epoch = epoch + 1, lease_until = %s, due_at = %s WHERE id = %s AND state = %s"  # noqa: S608
    " AND EXISTS (SELECT FROM practice_firm f WHERE f.id = sync_connection.firm_id AND f.plan = %s)"
    f" AND (lease_until IS NULL OR lease_until < %s OR lease_until > %s) RETURNING {_COLUMNS}"
)
_LOCKED = f"SELECT {_COLUMNS} FROM sync_connection WHERE id = %s FOR NO KEY UPDATE"  # noqa: S608
_STANDS = (
    "SELECT c.epoch, c.state, f.plan, c.sections, c.switches, c.dry_run_until, c.holds_epoch"
    " FROM sync_connection c JOIN practice_firm f ON f.id = c.firm_id WHERE c.id = %s"
)


@dataclass(slots=True)
class Lease:
    connection: Connection
    engine: Engine
    _stood: list[straight.Row] | None = None
    """What ``check`` last found in the table, and the connection it made of that: asked before every call."""
    _seen: Connection | None = None
    _extended_to: straight.Row = ()
    """What the last commit got back from the table, and that as Django would have it: most commits find nothing else."""
    _columns: tuple[Any, ...] = ()

    @contextmanager
    def commit(self, *, to_send: bool = False) -> Iterator[Connection]:
        """One transaction that only commits while the lease is held; extends it. Yields the fresh connection.

        ``to_send``: something will leave for the ledger afterwards, so the connection must still be active.
        """
        with transaction.atomic():
            fresh = self._extended(self.engine.now() + self.engine.lease)
            if to_send and fresh.state != ConnectionState.ACTIVE:
                raise NoLongerAllowed(fresh.state)
            yield fresh
        self.connection = fresh

    def check(self) -> Connection:
        """The connection as it is this instant. Asked before every call to the ledger; writes nothing.

        Raises ``LeaseLost`` or ``NoLongerAllowed``: then nothing of this run may leave any more.
        """
        stands = straight.run(_STANDS, self.connection.pk)
        if self._seen is None or stands != self._stood:
            self._seen, self._stood = self._standing(), stands  # read later than asked: at least as new
        return self._seen

    def _standing(self) -> Connection:
        with database.cursor() as cursor:
            cursor.execute(_STANDS, [self.connection.pk])
            stands = cursor.fetchone()
        if stands is None:
            raise LeaseLost(f"connection {self.connection.pk} is gone")
        epoch, state, plan, sections, switches, dry_run_until, holds_epoch = stands
        if epoch != self.connection.epoch:
            raise LeaseLost(f"epoch {self.connection.epoch} of connection {self.connection.pk}")
        if state != ConnectionState.ACTIVE:
            raise NoLongerAllowed(state)
        if plan != Plan.PAID:
            raise NoLongerAllowed(f"plan {plan}")
        seen = copy(self.connection)
        seen.sections, seen.switches = json.loads(sections), json.loads(switches)
        seen.dry_run_until, seen.holds_epoch = dry_run_until, holds_epoch
        return seen

    def _extended(self, until: datetime) -> Connection:
        """Hold the lane until then, in one statement that also gives the connection as it is. Raises ``LeaseLost``."""
        found = straight.run(_EXTEND, until, self.connection.pk, self.connection.epoch)
        if not found:
            raise LeaseLost(f"epoch {self.connection.epoch} of connection {self.connection.pk}")
        if found[0] != self._extended_to:
            self._extended_to, self._columns = found[0], _row_of(self.connection.pk)
        fresh = _connection(self._columns)
        fresh.lease_until = until
        return fresh


def _connection(row: Sequence[Any]) -> Connection:
    return together.instance(Connection, row)


def take(connection_id: int, engine: Engine) -> Lease | None:
    """Take the lane of an active connection, raising its epoch.

    None when a living run holds it, it is not active, or the firm's plan does not include QuickBooks.
    """
    now, until = engine.now(), engine.now() + engine.lease
    # A lease that ends later than any can was taken before the clock was set back: nobody holds it.
    impossible = now + engine.lease + CLOCKS_APART
    with database.cursor() as cursor:
        wanted = [ConnectionState.ACTIVE.value, Plan.PAID.value]
        cursor.execute(_TAKE, [until, until, connection_id, *wanted, now, impossible])
        row = cursor.fetchone()
    return Lease(_connection(row), engine) if row else None


def locked(lease: Lease) -> Connection:
    """The connection as it is, held until the caller's transaction ends: whoever decides something waits for that."""
    return _connection(_row_of(lease.connection.pk))


def _row_of(connection_id: int) -> tuple[Any, ...]:
    with database.cursor() as cursor:
        cursor.execute(_LOCKED, [connection_id])
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def give_back(lease: Lease, **changes: datetime) -> None:
    """End the run: free the lane, and set these columns, unless somebody else has it."""
    columns = "".join(f", {column} = %s" for column in changes)
    text = f"UPDATE sync_connection SET lease_until = NULL{columns} WHERE id = %s AND epoch = %s"  # noqa: S608 - our names
    with database.cursor() as cursor:
        cursor.execute(text, [*changes.values(), lease.connection.pk, lease.connection.epoch])


def free(connection_id: int, epoch: int, now: datetime) -> int:
    """Free the lane of a run that is over and could not say so, and have it due. 0 when another has it by now."""
    lane = Connection.objects.filter(pk=connection_id, epoch=epoch)
    return lane.exclude(lease_until=None).update(lease_until=None, due_at=now)
