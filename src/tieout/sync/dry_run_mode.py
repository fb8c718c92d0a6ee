"""Acts: a dry run of the whole sync: everything is read, compared and planned, and no write leaves for QuickBooks.

Begun and ended by a person; it never ends by itself, after its week it only asks. What a plan wants written is listed
under the cause ``dry_run`` (``batches``), and ``policy.forbids`` stops at the last moment whatever was on its way. What
comes from QuickBooks is taken up as always.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet

from tieout.practice.models import Member
from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Side
from tieout.sync import dirty, tasks, worklist
from tieout.sync.connections import connection_of
from tieout.sync.decisions import CannotDecide
from tieout.sync.dirty import Mark
from tieout.sync.engine import Engine
from tieout.sync.listing import Problem, say
from tieout.sync.models import Connection, Dirty, Issue
from tieout.sync.policy import ROLLING_BACK

LASTS = timedelta(days=7)
CAUSE = "dry_run"
CREATE, CHANGE, RETIRE = "create", "change", "retire"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would be sent if the dry run ended now."""

    counts: Mapping[tuple[str, str], int]
    """(entity, ``create`` | ``change`` | ``retire``) -> writes."""
    money: Sequence[tuple[str, Decimal]]
    """Currency and sum of the documents among them."""
    behind: int
    """Records that wait for another one: they follow, once that one is there."""
    unplanned: int
    """Changes that the next run plans first."""
    fingerprint: str
    """Changes with every write that is added, changed or gone."""

    @property
    def writes(self) -> int:
        return sum(self.counts.values())


def planned_only(action: Create | Update | Retire, name: str, spec: EntitySpec) -> Problem:
    """What is listed instead of a write to the ledger."""
    if isinstance(action, Create):
        return Problem(CAUSE, f"Would be created in QuickBooks: {spec.label.lower()} {name}.", code=CREATE)
    if isinstance(action, Retire):
        return Problem(CAUSE, f"Would be taken out of use in QuickBooks: {name}.", code=RETIRE)
    labels = ", ".join(spec.unit(unit).label for unit in action.units)
    return Problem(CAUSE, f"Would be changed in QuickBooks: {labels} of {name}.", code=CHANGE)


def begin(member: Member, *, engine: Engine | None = None) -> bool:
    """From this commit on no write leaves. False when a dry run is under way already. Raises ``CannotDecide``."""
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(member)
        if connection.dry_run_until is not None:
            return False
        if any(own.get(ROLLING_BACK) for own in connection.switches.values() if isinstance(own, dict)):
            raise CannotDecide("A run of the set-up is being taken back just now. Begin when that is done.")
        _set(connection, engine.now() + LASTS)
        said = (
            f"{member.user.get_full_name()} began a dry run: nothing is sent to QuickBooks until it is ended"
        )
        say(connection, engine.now(), said, result="info", by=member)
    return True


def go_on(member: Member, *, engine: Engine | None = None) -> bool:
    """Another week from now. False when no dry run is under way."""
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(member)
        if connection.dry_run_until is None:
            return False
        _set(connection, engine.now() + LASTS)
        said = f"{member.user.get_full_name()} let the dry run go on for another week"
        say(connection, engine.now(), said, result="info", by=member)
    return True


def end(member: Member, seen: str, *, engine: Engine | None = None) -> int:
    """Have everything sent that was shown (``seen``: the forecast's fingerprint). Returns how many writes.

    Raises ``CannotDecide`` when what would be sent is no longer what was shown: then it is to be looked at again.
    """
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(member)
        if connection.dry_run_until is None:
            raise CannotDecide("The dry run was ended already.")
        now = forecast(connection)
        if now.fingerprint != seen:
            raise CannotDecide(
                "What would be sent has changed since you looked. Look at it once more, then end it."
            )
        _set(connection, None)
        waiting = _open(connection).values_list("entity", "side", "record_id")
        marks = [
            Mark(entity, Side(side), one, "dry run ended", must_read=False) for entity, side, one in waiting
        ]
        dirty.mark(connection, marks, engine.now())
        said = f"{member.user.get_full_name()} ended the dry run: {now.writes:,} planned writes are sent"
        say(connection, engine.now(), said, result="info", by=member)
        tasks.wake(connection.pk)
    return now.writes


def forecast(connection: Connection) -> Forecast:
    """Everything that is planned and not sent. A constant number of queries."""
    rows = list(_open(connection).values_list("entity", "record_id", "code", "sentence"))
    told = "\n".join(sorted("\t".join(row) for row in rows))
    of = {"connection": connection, "closed_at": None}
    return Forecast(
        counts=Counter((entity, code) for entity, _, code, _ in rows),
        money=worklist.money(connection, "clearing").get(CAUSE, []),
        behind=Issue.objects.filter(**of, cause="waits_for").count(),
        unplanned=Dirty.objects.filter(connection=connection, not_before=None).count(),
        fingerprint=sha256(told.encode()).hexdigest()[:24],
    )


def is_over(connection: Connection, now: datetime) -> bool:
    """Whether its week has passed: then it asks, and still sends nothing."""
    return connection.dry_run_until is not None and connection.dry_run_until <= now


def _open(connection: Connection) -> QuerySet[Issue]:
    return Issue.objects.filter(connection=connection, closed_at=None, cause=CAUSE)


def _locked(member: Member) -> Connection:
    found = connection_of(member.firm_id)
    if found is None:
        raise CannotDecide("QuickBooks is not connected any more. Nothing was changed.")
    return Connection.objects.select_for_update(no_key=True).get(pk=found.pk)


def _set(connection: Connection, until: datetime | None) -> None:
    connection.dry_run_until = until
    connection.save(update_fields=["dry_run_until"])
