"""Acts: one lane per connection. A run holds the lease; every commit it makes proves that it still does.

The job library's lock is not fenced: a worker frozen past its time and woken again would go on writing. So
whoever starts a run raises the connection's epoch, and a run whose epoch is no longer the connection's may
not commit or send any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from tieout.sync.engine import Engine
from tieout.sync.models import Connection, ConnectionState

CLOCKS_APART = timedelta(minutes=10)
"""How far the clocks of two workers may be apart."""


class LeaseLost(Exception):
    """Another run has taken this connection over. Stop at once; nothing of this run may be written."""


class NoLongerAllowed(Exception):
    """The connection was paused or disconnected while the run was under way. Stop; everything waits."""


@dataclass(slots=True)
class Lease:
    connection: Connection
    engine: Engine

    @contextmanager
    def commit(self, *, to_send: bool = False) -> Iterator[Connection]:
        """One transaction that only commits while the lease is held; extends it. Yields the fresh connection.

        ``to_send``: something will leave for the ledger afterwards, so the connection must still be active.
        """
        with transaction.atomic():
            held = Connection.objects.filter(pk=self.connection.pk, epoch=self.connection.epoch)
            if not held.update(lease_until=self.engine.now() + self.engine.lease):
                raise LeaseLost(f"epoch {self.connection.epoch} of connection {self.connection.pk}")
            fresh = Connection.objects.get(pk=self.connection.pk)
            if to_send and fresh.state != ConnectionState.ACTIVE:
                raise NoLongerAllowed(fresh.state)
            yield fresh
        self.connection = fresh

    def check(self) -> Connection:
        """The connection as it is this instant. Asked before every call to the ledger; writes nothing.

        Raises ``LeaseLost`` or ``NoLongerAllowed``: then nothing of this run may leave any more.
        """
        fresh = Connection.objects.only("epoch", "state", "sections", "switches").get(pk=self.connection.pk)
        if fresh.epoch != self.connection.epoch:
            raise LeaseLost(f"epoch {self.connection.epoch} of connection {self.connection.pk}")
        if fresh.state != ConnectionState.ACTIVE:
            raise NoLongerAllowed(fresh.state)
        return fresh


def take(connection_id: int, engine: Engine) -> Lease | None:
    """Take the lane of an active connection, raising its epoch; None when a living run holds it or it is not active."""
    now = engine.now()
    # A lease that ends later than any can was taken before the clock was set back: nobody holds it.
    impossible = now + engine.lease + CLOCKS_APART
    free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=impossible)
    taken = (
        Connection.objects.filter(free, pk=connection_id, state=ConnectionState.ACTIVE)
        # If this run dies, the connection comes due again once its lease has run out.
        .update(epoch=F("epoch") + 1, lease_until=now + engine.lease, due_at=now + engine.lease)
    )
    if not taken:
        return None
    return Lease(Connection.objects.get(pk=connection_id), engine)


def give_back(lease: Lease, **changes: object) -> None:
    """End the run: free the lane, unless somebody else has it."""
    Connection.objects.filter(pk=lease.connection.pk, epoch=lease.connection.epoch).update(
        lease_until=None, **changes
    )
