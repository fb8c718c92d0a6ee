"""Decides nothing: one write to the ledger on its way, from the plan to what came of it. Used by ``batches`` and ``sending``."""

from __future__ import annotations

from dataclasses import dataclass, field

from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.ports import Answer, LedgerError, PreparedWrite, UnknownOutcome
from tieout.reconcile.state import Present
from tieout.sync.listing import Problem
from tieout.sync.models import Attempt, Link


@dataclass(slots=True)
class Outgoing:
    """One write on its way: what is sent, for which record, and what came of it."""

    action: Create | Update | Retire
    name: str
    shown: Present | None = None
    """What the plan saw of the ledger's record; for a create, of the one that is copied."""
    cause: str = ""
    """What made us write it, in the words of the dirty rows; the run is added."""
    planned: Link | None = None
    """The pair it was planned for; none for a create."""
    practice_id: str = ""
    stands_for: str = ""
    """The practice record whose mark it carries, for a ledger record that is linked to none: see ``strays``."""
    write: PreparedWrite | None = None
    attempt: Attempt | None = None
    problems: list[Problem] = field(default_factory=list)
    again: bool = False
    """It moved on, or may not leave any more: the record stays dirty and is planned anew."""
    came: bool = False
    """An answer, a refusal or a doubt was recorded."""
    link: Link | None = None
    only_lets_go: bool = False
    """It is a part: the rest is planned and sent once this is there. See ``room``."""
    holds_epoch: int | None = None
    """The connection's, when it was last asked whether a person has left out what this creates."""


def creates(one: Outgoing) -> bool:
    return isinstance(one.action, Create)


def target_of(action: Create | Update | Retire) -> str:
    return action.source.id if isinstance(action, Create) else action.target.id


def kind_of(one: Outgoing, answer: Answer | LedgerError) -> str:
    if isinstance(answer, Answer):
        return "created_there" if creates(one) else "updated_there"
    return "in_doubt" if isinstance(answer, UnknownOutcome) else "refused"
