"""Acts: keeps what a ledger has told of its company's settings, and decides how long that is believed.

A write goes by it only while webhooks are known to come, for they tell of a change: credits that QuickBooks has begun
to spend by itself must not be met by what was true before. It is thrown away when a notice, a refusal, the settings
doctor or a person says so, and when the firm connects anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from tieout.sync import together
from tieout.sync.engine import Engine
from tieout.sync.lists_used import tell_practice
from tieout.sync.models import Connection, InboxEvent, KeptSettings
from tieout.sync.nets import Webhooks

BELIEVED = timedelta(hours=4)
"""How long, while webhooks are healthy. Otherwise every run that sends a document reads them anew."""
TRANSIT = timedelta(minutes=5)
"""A notice that came shortly before may be of a change from just after."""


class KeptMemory:
    """``reconcile.memory.Memory`` for one connection. ``stands`` raises when the run that asks may call no more."""

    def __init__(
        self, connection: Connection, engine: Engine, stands: Callable[[], object] = lambda: None
    ) -> None:
        self._connection, self._engine, self._stands = connection, engine, stands

    def recall(self, told_by: Collection[str]) -> Mapping[str, Any] | None:
        kept = KeptSettings.objects.filter(connection=self._connection).first()
        if kept is None or not self._is_fresh(kept.kept_at):
            return None
        notices = InboxEvent.objects.filter(
            connection=self._connection, entity__in=told_by, received_at__gt=kept.kept_at - TRANSIT
        )
        told: Mapping[str, Any] = kept.told
        return None if notices.exists() else told

    def about_to_ask(self) -> None:
        self._stands()

    def keep(self, told: Mapping[str, Any]) -> None:
        keep(self._connection, told, self._engine)

    def forget(self) -> None:
        forget(self._connection)

    def _is_fresh(self, kept_at: datetime) -> bool:
        heard = Webhooks(self._connection.webhook_heard_at, self._connection.webhook_missed_at)
        age = self._engine.now() - kept_at
        since = kept_at >= self._connection.connected_at
        return heard.healthy and since and timedelta(0) <= age < BELIEVED


def forget(connection: Connection) -> None:
    """Have them read anew before the next document: a person says that something was changed there, or wants to know."""
    KeptSettings.objects.filter(connection=connection).delete()


def keep(connection: Connection, told: Mapping[str, Any], engine: Engine) -> None:
    """Keep it, and have the practice told what it means for the lists that are chosen from."""
    now = engine.now()
    row = {"firm_id": connection.firm_id, "connection_id": connection.pk, "told": dict(told), "kept_at": now}
    together.insert(KeptSettings, [row], or_update=("connection_id",))
    tell_practice(connection, told, engine)
