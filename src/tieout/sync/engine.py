"""Decides nothing: what a run needs from outside, so that tests own time, ids, the network and crashes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from tieout.reconcile.ports import LedgerProvider
from tieout.sync.nets import Pace


def configured_provider(name: str) -> LedgerProvider:
    """The ledger of this name as ``config/ledgers.py`` builds it: the only tie between engine and ledger."""
    found: LedgerProvider = import_string(f"{settings.LEDGERS}.provider")(name)
    return found


@dataclass(frozen=True, slots=True)
class Engine:
    """The surroundings of the sync. ``Engine()`` is the product's; tests give their own clock and ledger."""

    provider: Callable[[str], LedgerProvider] = configured_provider
    now: Callable[[], datetime] = timezone.now
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    at_point: Callable[[str], None] = lambda name: None
    """Called at every named point between two durable steps; a test may stop the run there."""

    settle: timedelta = timedelta(seconds=120)
    """How long after an unanswered write the ledger's listings are trusted to show it."""
    lease: timedelta = timedelta(seconds=120)
    """Longer than the longest single call's deadline."""
    nets: Pace = field(default_factory=Pace)
    """How often the ledger is asked what changed."""
    overlap: timedelta = timedelta(minutes=5)
    """How far behind the ledger's own clock a cursor is kept."""
    batch: int = 200
    """Records planned at once."""
    at_once: int = 6
    """Writes on their way to one company at the same time. Below the ledger's eight: the web process calls too."""
    journalled_at_once: int = 30
    """Attempts committed together. After a crash that many may be in doubt, and each doubt costs a look."""
    recorded_at_once: int = 30
    """Outcomes recorded together."""
    turn: timedelta = timedelta(seconds=4)
    """How long a run may go on while another firm waits for its turn."""
    broken_off: Callable[[int, int], None] = lambda connection_id, epoch: None
    """Told of a run that the database has broken off, by its connection and epoch: its lane is still taken."""
    others_wait: Callable[[], bool] = lambda: False
    """Whether another connection's run waits for a worker."""

    @property
    def trusted_after(self) -> datetime:
        """What was seen since then may be newer than what a listing shows now."""
        return self.now() - self.settle
