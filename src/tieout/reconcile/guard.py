"""Decides whether a whole plan is too suspicious to run. Looks before the first destructive action.

Every sync engine that lacked such guards grew them after an accident: a side that suddenly lists nothing,
a plan that retires half the books. That a connection points at another company is seen where it is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tieout.reconcile.action import Retire, Update
from tieout.reconcile.plan import Plan
from tieout.reconcile.spec import EntitySpec

FEW = 5
SHARE = 5  # one in five


@dataclass(frozen=True, slots=True)
class Halt:
    """The plan must not run; a person has to look."""

    sentence: str


def _retires(spec: EntitySpec, action: object) -> bool:
    if isinstance(action, Retire):
        return True
    return (
        isinstance(action, Update)
        and spec.active_unit is not None
        and action.units.get(spec.active_unit) is False
    )


def mass_retire(spec: EntitySpec, plan: Plan, linked_total: Callable[[], int]) -> Halt | None:
    """Halt when a plan would retire more than a handful and more than a fifth of the linked records."""
    retired = sum(_retires(spec, action) for action in plan.actions)
    if retired > FEW and retired * SHARE > (total := linked_total()):
        return Halt(
            f"This run would archive {retired} of {total} {spec.plural.lower()} at once. "
            "Nothing was written. If that is intended, confirm it; if not, look at what changed."
        )
    return None


def empty_side(spec: EntitySpec, listed: int, linked_total: int) -> Halt | None:
    """Halt when a full listing is empty although records are linked: an outage looks just like that."""
    if listed == 0 and linked_total > 0:
        return Halt(
            f"QuickBooks listed no {spec.plural.lower()}, although {linked_total} are linked. "
            "Nothing was written. This usually passes by itself; if it stays, check the company in QuickBooks."
        )
    return None
