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
from tieout.reconcile.state import Side

FEW = 5
SHARE = 5  # one in five


@dataclass(frozen=True, slots=True)
class Halt:
    """The plan must not run; a person has to look."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Retired:
    """How many records are taken out of use, by the side that is written."""

    here: int = 0
    there: int = 0

    @property
    def all(self) -> int:
        return self.here + self.there

    def __add__(self, other: Retired) -> Retired:
        return Retired(self.here + other.here, self.there + other.there)

    def words(self, plural: str) -> str:
        """What is done, as a verb and its object: ``archive 312 clients here``."""
        said = [f"archive {self.here:,} {plural} here"] if self.here else []
        said += [f"take {self.there:,} {plural} out of use in QuickBooks"] if self.there else []
        return " and ".join(said)


def _retires(spec: EntitySpec, action: object) -> bool:
    if isinstance(action, Retire):
        return True
    return (
        isinstance(action, Update)
        and spec.active_unit is not None
        and action.units.get(spec.active_unit) is False
    )


def retired_by(spec: EntitySpec, plan: Plan) -> Retired:
    """Of a list that only comes from the ledger none counts: its entries are kept, and in use again when they are there."""
    if not spec.direction.flows_to(Side.LEDGER):
        return Retired()
    writes = [action for action in plan.actions if isinstance(action, Retire | Update)]
    sides = [action.side for action in writes if _retires(spec, action)]
    return Retired(sides.count(Side.PRACTICE), sides.count(Side.LEDGER))


def is_many(records: int, linked_total: Callable[[], int]) -> bool:
    """More than a handful, and more than a fifth of the linked ones."""
    return records > FEW and records * SHARE > linked_total()


def too_many(
    spec: EntitySpec, retired: Retired, linked_total: Callable[[], int], *, begun: bool = False
) -> Halt | None:
    """Halt when more than a handful and more than a fifth of the linked records would be retired.

    ``begun``: some of it was carried out before that became plain.
    """
    if not is_many(retired.all, linked_total):
        return None
    return Halt(
        f"This run would {retired.words(spec.plural.lower())}, of {linked_total():,} that are linked. "
        f"Nothing {'more' if begun else 'of it'} was written. If that is intended, confirm it when you resume; if not, look "
        "at what changed first."
    )


def empty_side(spec: EntitySpec, listed: int, linked_total: int) -> Halt | None:
    """Halt when a full listing is empty although records are linked: an outage looks just like that.

    A list that only comes from the ledger may have lost its last entry: each is asked for by itself before it counts as gone.
    """
    if listed == 0 and linked_total > 0 and spec.direction.flows_to(Side.LEDGER):
        return Halt(
            f"QuickBooks listed no {spec.plural.lower()}, although {linked_total} are linked. "
            "Nothing was written. This usually passes by itself; if it stays, check the company in QuickBooks."
        )
    return None
