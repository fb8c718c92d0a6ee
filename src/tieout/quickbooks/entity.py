"""Decides nothing: what QuickBooks needs to know of one synced entity beyond its ``EntitySpec``. Read by ``ledger``.

One file in ``entities/`` declares one of these as ``ENTITY``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tieout.quickbooks.api.query import Condition
from tieout.quickbooks.company_rules import CompanyRules
from tieout.reconcile.ports import Row
from tieout.reconcile.spec import Document, EntitySpec, Field, Group, Unit
from tieout.reconcile.state import Present, Value


class Unreadable(ValueError):
    """QuickBooks shows one record in a shape nobody has seen. ``str()`` names it, for a person; its contents are not told."""


_STRANGE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading raises when a member has another type than it should: an amount that is no number, a line that is null."""

Draft = dict[str, Any]
"""A document on its way out, still being completed."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What the steps that complete a draft may look at."""

    creating: bool
    rules: CompanyRules
    shown: Present | None = None
    """The record as QuickBooks last showed it, for an update, when known."""
    asked: frozenset[str] = frozenset()
    """The units that an update is about; others of the draft only go along."""


Step = Callable[[Draft, Sending], None]
"""Completes a draft in place with what only the company's rules can say. Raises ``FixData``."""


def _as_it_is(document: Document) -> Document:
    return document


def _nothing(sent: Document) -> tuple[Condition, ...]:
    return ()


def _every(document: Document) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class QuickBooksEntity:
    """One entity as QuickBooks keeps it."""

    spec: EntitySpec
    facts: Callable[[Document], Mapping[str, Value]]
    """What the planner may need to know of a record but never writes."""
    page: str
    """Where a person sees the record in QuickBooks, with ``{id}``; relative to the site."""
    marker: Callable[[Document], tuple[Condition, ...]] = _nothing
    """From a document we sent: the question whose answers hold it when no answer came."""
    tidy: Callable[[Document], Document] = _as_it_is
    """Takes back what QuickBooks itself writes into a field, before the units are read."""
    is_name_list: bool = True
    """Name lists have ``Active`` and hide inactive rows from questions that do not ask for them."""
    retired: Mapping[str, Any] = field(default_factory=lambda: {"Active": False})
    """The members that take a record of a name list out of use."""
    name_field: str = ""
    """The field that must be unique, and ..."""
    name_pool: tuple[str, ...] = ()
    """... over which QuickBooks entities together, this one first."""

    kept_as: str = ""
    """QuickBooks' word, where it keeps several of our entities under one: categories are Items."""
    among: tuple[Condition, ...] = ()
    """Which of the records under that word are listed."""
    belongs: Callable[[Document], bool] = _every
    """Which of them are this entity when they are read one by one."""

    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For units with functions of their own: the members they write, by which a sent body tells that it spoke of
    them. A unit that cannot be read from the body alone is left out."""
    steps: tuple[Step, ...] = ()
    """Complete a draft, in order."""
    repeated: frozenset[str] = frozenset()
    """Units sent again with every update as QuickBooks last showed them, because an update without them is not
    documented to leave them alone."""
    worked_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Unit -> the units that QuickBooks works out anew from it, or loses, when they are not sent: then they are sent along
    as it last showed them, or a person's own value would be lost."""
    signed: bool = False
    """A create carries our marker in its note; only that makes an unanswered one certain."""
    settles: bool = False
    """It pays or credits: not written while QuickBooks spends credits by itself."""
    void: str = ""
    """What is added to the address to void a record; empty where only a person can, in QuickBooks."""
    number_field: str = ""
    """The field that 6140 is about."""

    @property
    def void_unit(self) -> str:
        """The unit that says ``void``; empty for what cannot be voided."""
        return self.spec.void_unit or ""

    @property
    def name(self) -> str:
        """The word in keys and prepared writes, one for each entity: ``Customer``."""
        return self.spec.ledger

    @property
    def resource(self) -> str:
        """QuickBooks' own word, in addresses and questions."""
        return self.kept_as or self.spec.ledger

    def row(self, document: Document) -> Row:
        """A QuickBooks document as the core sees it. Raises ``Unreadable``: one such record must not stop the others."""
        with self.reading(document):
            tidied = self.tidy(document)
            shown = Present(self.spec.read(tidied), str(document.get("SyncToken", "")), self.facts(tidied))
            return Row(str(document["Id"]), shown)

    @contextmanager
    def reading(self, document: Document) -> Iterator[None]:
        """Around whatever takes a document apart: what a shape nobody has seen makes of that is ``Unreadable``."""
        try:
            yield
        except _STRANGE as error:
            which = document.get("Id", "without an id") if isinstance(document, Mapping) else "without a form"
            raise Unreadable(
                f"QuickBooks shows {self.resource} {which} in a way that Tieout cannot read. It is left alone. "
                "Please report this."
            ) from error

    def paths(self, unit: Unit) -> tuple[str, ...]:
        """The members a unit writes, as dotted paths."""
        if isinstance(unit, Field):
            return (unit.path,)
        if isinstance(unit, Group):
            return tuple(path for path, _ in unit.parts.values())
        return self.members.get(unit.name, ())
