"""Acts: keeps what a firm wants done when both sides change the same thing: ask, one side for good, or the newest.

Read by ``observe``, which leaves it to ``newest`` to say who wins.

A preference answers a conflict as a person would: the value that gives way stays in the activity. What is an amount is
always asked about; records that go one way have no conflicts to answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from tieout.practice.models import Member
from tieout.reconcile.spec import Direction, EntitySpec, Owner
from tieout.reconcile.state import Key, Side
from tieout.sync import dirty, tasks
from tieout.sync.connections import connection_of
from tieout.sync.decisions import CannotDecide
from tieout.sync.dirty import Mark
from tieout.sync.engine import Engine
from tieout.sync.listing import say
from tieout.sync.models import Conflict, Connection
from tieout.sync.newest import Wins
from tieout.sync.review import spec_of

ALWAYS_ASKED = frozenset({"rate", "amount", "total"})
"""Units that are money."""

SAID: Mapping[Wins | None, str] = {
    None: "ask",
    Wins.PRACTICE: "ours wins",
    Wins.LEDGER: "QuickBooks wins",
    Wins.NEWEST: "the newest wins",
}


@dataclass(frozen=True, slots=True)
class Preference:
    unit: str
    label: str
    wins: str
    """A member of ``newest.Wins``, or empty: ask."""


def preferences(connection: Connection, entity: str, *, engine: Engine | None = None) -> Sequence[Preference]:
    """Every unit that can be in conflict and is not money, in the order declared."""
    spec = spec_of(connection, entity, engine or Engine())
    kept = preferred(connection, spec)
    return [
        Preference(unit.name, unit.label, kept[unit.name].value if unit.name in kept else "")
        for unit in spec.units
        if _may_be_preferred(spec, unit.name)
    ]


def preferred(connection: Connection, spec: EntitySpec) -> Mapping[str, Wins]:
    """Unit -> who wins by itself. Empty for what goes one way."""
    stored = connection.switches.get(spec.practice, {}).get("prefer", {})
    return {unit: Wins(wins) for unit, wins in stored.items() if wins and _may_be_preferred(spec, unit)}


def prefer(
    member: Member, entity: str, unit: str, wins: Wins | None, *, engine: Engine | None = None
) -> bool:
    """Set one; None: ask. False when it stood so already. Conflicts of it that are open are planned again.

    Raises ``CannotDecide`` for a unit that cannot have one.
    """
    engine = engine or Engine()
    with transaction.atomic():
        found = connection_of(member.firm_id)
        if found is None:
            raise CannotDecide("QuickBooks is not connected any more. Nothing was changed.")
        connection = Connection.objects.select_for_update(no_key=True).get(pk=found.pk)
        spec = spec_of(connection, entity, engine)
        if not _may_be_preferred(spec, unit):
            raise CannotDecide("For this field you are always asked. Nothing was changed.")
        if preferred(connection, spec).get(unit) is wins:
            return False
        own = dict(connection.switches.get(entity, {}))
        own["prefer"] = {**own.get("prefer", {}), unit: wins.value if wins else ""}
        connection.switches = {**connection.switches, entity: own}
        connection.save(update_fields=["switches"])
        rows = Conflict.objects.filter(connection=connection, entity=entity, unit=unit, closed_at=None)
        keys = [Key(entity, Side.PRACTICE, one) for one in rows.values_list("link__practice_id", flat=True)]
        marks = [Mark(key.entity, key.side, key.id, "preference set", must_read=False) for key in keys]
        dirty.mark(connection, marks, engine.now())
        label = spec.unit(unit).label
        said = f"{member.user.get_full_name()} chose for {label} of {spec.plural.lower()} in conflict: {SAID[wins]}"
        say(
            connection, engine.now(), said, result="info", entity=entity, details={"setting": unit}, by=member
        )
        tasks.wake(connection.pk)
    return True


def _may_be_preferred(spec: EntitySpec, name: str) -> bool:
    unit = next((one for one in spec.units if one.name == name), None)
    shared = unit is not None and unit.owner is Owner.SHARED
    return shared and spec.direction is Direction.BOTH and name not in ALWAYS_ASKED
