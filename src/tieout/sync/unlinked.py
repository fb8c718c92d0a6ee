"""Decides nothing, writes nothing: what a record here was linked with until somebody took the two apart, lately.

The way back from unlinking that stays when the page, the session and the ten minutes of its Undo are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tieout.reconcile.state import Side
from tieout.sync.match_tables import MatchDecision, Verdict
from tieout.sync.models import Connection, Link, Observation

LASTS = timedelta(days=30)
"""As long as a run of the set-up can be rolled back."""


@dataclass(frozen=True, slots=True)
class Former:
    """The partner it had."""

    ledger_id: str
    name: str
    until: datetime


def former_partner(connection: Connection, entity: str, practice_id: str, now: datetime) -> Former | None:
    """None when the last word about it was another one, when that is long ago, or when the partner is gone or taken."""
    of = {"connection": connection, "entity": entity}
    last = MatchDecision.objects.filter(**of, practice_id=practice_id).order_by("-id").first()
    if last is None or last.verdict != Verdict.UNLINK or now - last.decided_at > LASTS:
        return None
    seen = Observation.objects.filter(**of, side=Side.LEDGER, record_id=last.ledger_id, absent="").first()
    if seen is None or Link.objects.filter(**of, ledger_id=last.ledger_id).exists():
        return None
    return Former(last.ledger_id, seen.name, last.decided_at)
