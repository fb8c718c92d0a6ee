"""Decides what a firm allows for one entity: its stored switches as the planner's ``Switches``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from tieout.reconcile.plan import Switches
from tieout.reconcile.spec import Direction, EntitySpec
from tieout.reconcile.state import Observation, Present, Side, Units
from tieout.sync.models import Connection, SectionState

DEFAULTS: Mapping[str, bool] = {"create": True, "edit": True, "archive": False, "take_left_out": False}


_UNTOUCHED = {kind: dict.fromkeys(Side, default) for kind, default in DEFAULTS.items()}

ALL_ON = Switches(archive=dict.fromkeys(Side, True))


def with_lists_on(sections: Mapping[str, str], specs: Iterable[EntitySpec]) -> dict[str, str]:
    """A connection's sections with QuickBooks' lists on: they are only read, so nobody has to review them."""
    lists = {spec.practice for spec in specs if spec.direction is Direction.FROM_LEDGER}
    return {**sections, **dict.fromkeys(lists, SectionState.ON.value)}


def switches_of(connection: Connection, spec: EntitySpec) -> Switches:
    """The entity's switches; one that was never touched has its default.

    What only comes from the ledger has none: nobody is asked whether an entry that is out of use there is so here.
    """
    if not spec.direction.flows_to(Side.LEDGER):
        return ALL_ON
    stored: Mapping[str, Any] = connection.switches.get(spec.practice, {})

    def both_sides(kind: str) -> dict[Side, bool]:
        if kind not in stored:
            return _UNTOUCHED[kind]
        return {side: bool(stored[kind].get(side.value, DEFAULTS[kind])) for side in Side}

    return Switches(
        create=both_sides("create"),
        edit=both_sides("edit"),
        archive=both_sides("archive"),
        take_left_out=both_sides("take_left_out"),
        since=str(stored.get("since", "")),
    )


def takes_no_part(connection: Connection, spec: EntitySpec, side: Side, seen: Observation) -> str:
    """Why a record of that side is not to be linked, as a sentence; empty for one that may be."""
    if not isinstance(seen, Present) or switches_of(connection, spec).take_left_out[side]:
        return ""
    return spec.left_out(side, seen) or ""


ROLLING_BACK = "rolling_back"
"""Among an entity's switches: the review that is being taken back. Only that writes, and only what it restores."""
RESTORING = "set-up taken back"
"""The cause of its writes: no others are sent again meanwhile."""
NO_RECORD = "none"


def on_trial(connection: Connection, spec: EntitySpec) -> str:
    """The one record that may travel while its section is still being set up; empty when none may.

    ``NO_RECORD`` while a run is taken back: nothing is planned, and what is in doubt is resolved.
    """
    if connection.section(spec.practice) is not SectionState.IN_REVIEW:
        return ""
    if is_rolling_back(connection, spec):
        return NO_RECORD
    return str(connection.switches.get(spec.practice, {}).get("trial", ""))


def is_rolling_back(connection: Connection, spec: EntitySpec) -> bool:
    return bool(connection.switches.get(spec.practice, {}).get(ROLLING_BACK))


def forbids(
    connection: Connection,
    spec: EntitySpec,
    side: Side,
    units: Units,
    *,
    creating: bool,
    asked_for: Collection[str] = (),
) -> str:
    """Why a write to ``side`` may not leave now, as a sentence; empty when it may.

    Asked at the last moment, of the connection as it is then: what the plan assumed may have been switched off
    since. ``units`` is what the write would change; a write that changes none retires the record. ``asked_for``: those
    of them that a person has asked to have written to this very record; no switch is against these.
    """
    if side is Side.LEDGER and connection.dry_run_until is not None:
        return "A dry run is under way: nothing is sent to QuickBooks."
    if is_rolling_back(connection, spec):
        return ""
    if connection.section(spec.practice) is not SectionState.ON and not on_trial(connection, spec):
        return f"{spec.plural} were turned off before it was sent."
    switches = switches_of(connection, spec)
    if creating:
        dated = str(units.get(spec.date_unit) or "") if spec.date_unit else ""
        if side is Side.LEDGER and spec.date_unit and dated < switches.since:
            return f"It is dated before {switches.since}, the start date."
        return "" if switches.create[side] else f"Creating {spec.plural.lower()} was switched off."
    if not units:
        return "" if switches.archive[side] else f"Archiving {spec.plural.lower()} was switched off."
    left = [unit for unit in units if unit not in asked_for]
    if all(switches.allow_edit(side, active_unit=unit == spec.active_unit) for unit in left):
        return ""
    return f"Changing {spec.plural.lower()} was switched off."
