"""Decides nothing: what goes into a plan and what may come out of it, as plain data. Read by ``plan`` and the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tieout.reconcile.action import Action
from tieout.reconcile.state import Baseline, Key, Observation, Present, Side, Value


@dataclass(frozen=True, slots=True)
class Switches:
    """What the firm allows for one entity, per side that would be written. Read anew before every send."""

    create: Mapping[Side, bool] = field(default_factory=lambda: {Side.PRACTICE: True, Side.LEDGER: True})
    edit: Mapping[Side, bool] = field(default_factory=lambda: {Side.PRACTICE: True, Side.LEDGER: True})
    archive: Mapping[Side, bool] = field(default_factory=lambda: {Side.PRACTICE: False, Side.LEDGER: False})
    """Whether archiving on one side deactivates on the other. Off unless the firm asks for it."""
    take_left_out: Mapping[Side, bool] = field(
        default_factory=lambda: {Side.PRACTICE: False, Side.LEDGER: False}
    )
    """Whether records of that side which the spec leaves out by default take part all the same."""
    since: str = ""
    """Documents dated before this ISO date are not sent when they are new; empty for all."""

    def allow_edit(self, side: Side, *, active_unit: bool) -> bool:
        return self.archive[side] if active_unit else self.edit[side]


class Why(StrEnum):
    """Why a record is not acted on now. Each has one sentence in the status page's table."""

    UNKNOWN = "not read yet"
    IN_FLIGHT = "an earlier write is still being resolved"
    HELD = "waits for a decision from the review"
    EXCLUDED = "left out by a person"
    NOT_ELIGIBLE = "takes no part"
    SWITCHED_OFF = "switched off in the settings"
    DOES_NOT_FIT = "does not fit in the ledger"
    INACTIVE_THERE = "inactive in the ledger"
    GONE_THERE = "gone from the ledger"
    MERGED_THERE = "merged into another record in the ledger"
    TWICE_THERE = "in the ledger more than once"
    GONE_HERE = "gone from the practice"
    WAITS_FOR = "waits for another record"
    OTHER_CURRENCY = "in another currency in the ledger"
    UNDONE_BY_VOID = "voiding it would undo what was done in the ledger"
    OTHER_COMPANY = "names an entry of another company's lists"
    TAKEN = "the ledger already has a record of this name"
    LOOKALIKE = "may be the same as an unlinked record on the other side"


@dataclass(frozen=True, slots=True)
class Copy:
    """Another record of the ledger that carries our mark of a linked one."""

    key: Key
    record: Present
    void: bool = False
    """A person has asked to have it voided, as it is shown here."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Two records known to be one."""

    practice_key: Key
    ledger_key: Key
    practice: Observation
    ledger: Observation
    baseline: Baseline
    answers: Mapping[str, Side] = field(default_factory=dict)
    """Unit -> the side to keep, where a person has answered this very conflict."""
    in_flight: bool = False
    """A write of this record has no clear answer yet."""
    waits_for: tuple[Key, ...] = ()
    """Records that must be linked first."""
    absorbed: str = ""
    """Set when the practice merged it into another linked record: the sentence that says so. Nothing is written."""
    merged_there: str = ""
    """Set when the ledger's record was merged into another one there: the sentence that asks about it."""
    merged_into: Key | None = None
    """That other one."""
    to_reactivate: bool = False
    """A person has asked to have the ledger's record, as it is shown here, made active again, whatever the switches say."""
    copies: tuple[Copy, ...] = ()
    """Others there that carry its mark, and of which nobody has said that they are to stay."""
    settled_by_us: Decimal = Decimal(0)
    """What our linked payments and credits settle on it in the ledger, if it is to be voided there."""
    settled_unsure: bool = False
    """One of ours may settle more of it than that: its write has no clear answer yet, or it cannot be read now."""
    void_confirmed: bool = False
    """A person has asked to have it voided there as it is shown here, whatever goes with it."""


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A record without a partner."""

    key: Key
    record: Observation
    lookalikes: tuple[Key, ...] = ()
    """Unlinked records of the other side that matching takes for the same."""
    held: str = ""
    """Set while a person has not decided (from the review), or has decided to leave it out."""
    excluded: bool = False
    in_flight: bool = False
    waits_for: tuple[Key, ...] = ()
    currency_there: str = ""
    """What the ledger keeps for the customer it names; empty when it does not tell."""


Record = Linked | Unlinked


@dataclass(frozen=True, slots=True)
class Conflict:
    """One unit changed on both sides to different values. Nobody's version is written or lost."""

    practice_key: Key
    ledger_key: Key
    unit: str
    practice: Value
    ledger: Value
    base: Value
    drift: bool = False
    """Only the ledger changed, and the entity only travels the other way."""


@dataclass(frozen=True, slots=True)
class Question:
    """A choice only a person can make before the record is planned."""

    key: Key
    why: Why
    sentence: str
    options: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """A record, or one unit of it, that is not written now, and why."""

    key: Key
    why: Why
    sentence: str
    unit: str = ""
    waits_for: tuple[Key, ...] = ()


Outcome = Action | Conflict | Question | Blocked


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered decisions for a set of records."""

    outcomes: Mapping[Key, tuple[Outcome, ...]]
    """Per record, by its practice key if it has one: all that is to happen to it."""
    in_step: tuple[Key, ...]

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(o for found in self.outcomes.values() for o in found if isinstance(o, Action))

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        return tuple(o for found in self.outcomes.values() for o in found if isinstance(o, Conflict))

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(o for found in self.outcomes.values() for o in found if isinstance(o, Question))

    @property
    def blocked(self) -> tuple[Blocked, ...]:
        return tuple(o for found in self.outcomes.values() for o in found if isinstance(o, Blocked))
