"""Decides the fate of every unit of one linked record that both sides show. Used by ``plan``.

The three-way verdict per unit comes from ``diff``; here it meets direction, switches, the ledger's limits, what is
only compared, and a person's answers, and becomes at most one write per side.
"""

from __future__ import annotations

from tieout.reconcile import other_company
from tieout.reconcile.action import Overwrite, Settle, Update
from tieout.reconcile.diff import Verdict, verdict
from tieout.reconcile.outcome import Blocked, Conflict, Linked, Outcome, Switches, Why
from tieout.reconcile.spec import VOID, EntitySpec, Owner, to_send, unless_alike
from tieout.reconcile.state import Baseline, Present, Side, Value, same


class Merge:
    """The units of one linked record, sorted by where they go. Used once for each, by ``plan``."""

    def __init__(
        self, spec: EntitySpec, record: Linked, here: Present, there: Present, switches: Switches
    ) -> None:
        self.spec, self.record, self.here, self.there, self.switches = spec, record, here, there, switches
        self.writes: dict[Side, dict[str, Value]] = {Side.PRACTICE: {}, Side.LEDGER: {}}
        self.overwrites: dict[Side, list[Overwrite]] = {Side.PRACTICE: [], Side.LEDGER: []}
        self.settled: list[str] = []
        self.rest: list[Outcome] = []
        self.of_another_company = other_company.units(here)

    def take(self, name: str) -> None:
        unit = self.spec.unit(name)
        ours, theirs = self.here.units.get(name), self.there.units.get(name)
        base_ours, base_theirs = self._base(name)
        answer = self.record.answers.get(name)
        as_before = unless_alike(unit, ours, base_ours)
        found = verdict(as_before, theirs, base_ours, base_theirs, unit.owner, answer)
        if name in self.spec.verified:
            found = self._verified(found, answer, ours, theirs)
        if self._voided and name != self.spec.void_unit:
            return  # voiding empties a document there; only that it is void on both sides matters now
        if name in self.of_another_company and not self._fills(found):
            self.rest.append(other_company.blocked(self.spec, self.record.practice_key, name))
            return
        drift = found is Verdict.TO_PRACTICE and not self.spec.direction.flows_to(Side.PRACTICE)
        if drift and answer is not None:
            # Theirs is accepted as it is, or ours is restored; nothing flows back here either way.
            found = Verdict.SETTLE if answer is Side.LEDGER else Verdict.TO_LEDGER
        if found is Verdict.SETTLE:
            self.settled.append(name)
        elif found is Verdict.CONFLICT or (drift and answer is None):
            keys = (self.record.practice_key, self.record.ledger_key)
            self.rest.append(Conflict(*keys, name, ours, theirs, base_ours, drift))
        elif found is Verdict.TO_LEDGER:
            sent = to_send(unit, ours, base_ours, base_theirs, self.there)
            self._write(Side.LEDGER, name, sent, loser=theirs, base=base_theirs)
        elif found is Verdict.TO_PRACTICE:
            self._write(Side.PRACTICE, name, theirs, loser=ours, base=base_ours)

    def _fills(self, found: Verdict) -> bool:
        return found is Verdict.TO_PRACTICE and self.spec.direction.flows_to(Side.PRACTICE)

    @property
    def _voided(self) -> bool:
        unit = self.spec.void_unit
        return unit is not None and VOID in (self.here.units.get(unit), self.there.units.get(unit))

    def _verified(self, found: Verdict, answer: Side | None, ours: Value, theirs: Value) -> Verdict:
        """A unit that is only compared is settled or asked about, never copied by itself."""
        if same(ours, theirs) or found is Verdict.NOTHING:
            return found
        return Verdict.CONFLICT if answer is None else Verdict.SETTLE

    def _base(self, name: str) -> tuple[Value, Value]:
        default: Value = True if name == self.spec.active_unit else None
        baseline = self.record.baseline
        return baseline.practice.get(name, default), baseline.ledger.get(name, default)

    def _write(self, side: Side, name: str, value: Value, *, loser: Value, base: Value) -> None:
        key, unit = self.record.practice_key, self.spec.unit(name)
        is_active_unit = name == self.spec.active_unit
        if not self.spec.direction.flows_to(side):
            difference = f"{unit.label} differs; {self.spec.plural.lower()} go {self.spec.direction}."
            self.rest.append(Blocked(key, Why.SWITCHED_OFF, difference, name))
        elif not (
            self.switches.allow_edit(side, active_unit=is_active_unit) or self._asked_for(side, name, value)
        ):
            difference = f"{unit.label} differs; sending it is switched off."
            self.rest.append(Blocked(key, Why.SWITCHED_OFF, difference, name))
        elif side is Side.LEDGER and (problem := unit.problem(value)):
            self.rest.append(Blocked(key, Why.DOES_NOT_FIT, f"{unit.label} {problem}.", name))
        elif side is Side.LEDGER and (found := other_company.in_rows(value)):
            self.rest.append(other_company.blocked(self.spec, key, name, found))
        elif side is Side.LEDGER and self._locked_there and not is_active_unit:
            self.rest.append(Blocked(key, Why.INACTIVE_THERE, f"{unit.label} waits.", name))
        else:
            self.writes[side][name] = value
            if verdict(None, loser, None, base, Owner.SHARED) is not Verdict.NOTHING:
                self.overwrites[side].append(Overwrite(name, loser, value))

    def _asked_for(self, side: Side, name: str, value: Value) -> bool:
        asked = self.record.to_reactivate and side is Side.LEDGER
        return asked and name == self.spec.active_unit and value is True

    @property
    def _locked_there(self) -> bool:
        """An inactive ledger record refuses edits, unless this very plan makes it active again."""
        active = self.spec.active_unit
        if active is None or self.there.units.get(active) is not False:
            return False
        return not (
            self.here.units.get(active) is True
            and self.record.baseline.practice.get(active, True) is False
            and (self.switches.archive[Side.LEDGER] or self.record.to_reactivate)
        )

    def outcomes(self) -> list[Outcome]:
        found: list[Outcome] = []
        if self.settled:
            agreed = Baseline(
                {name: self.here.units.get(name) for name in self.settled},
                {name: self.there.units.get(name) for name in self.settled},
            )
            found.append(Settle(self.record.practice_key, self.record.ledger_key, agreed))
        targets = {
            Side.PRACTICE: (self.record.practice_key, self.here.token),
            Side.LEDGER: (self.record.ledger_key, self.there.token),
        }
        for side, (target, token) in targets.items():
            if self.writes[side]:
                found.append(Update(side, target, self.writes[side], token, tuple(self.overwrites[side])))
        if self.spec.computed_from & self.writes[Side.LEDGER].keys():
            # What is computed from this write is compared with what the ledger makes of it, not with what it was.
            verified = self.spec.verified
            self.rest = [one for one in self.rest if not (isinstance(one, Conflict) and one.unit in verified)]
        return found + self.rest
