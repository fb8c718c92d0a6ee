"""Decides: what an entity file may say about its fields. Read by writes, queries and rendering alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from quickbooks_emulator.entities.schema_members import dropped

if TYPE_CHECKING:
    from quickbooks_emulator.entities.change import Change
    from quickbooks_emulator.ledger.documents import Posting
    from quickbooks_emulator.store.books import Books
    from quickbooks_emulator.store.documents import Record

Body = dict[str, Any]


class Kind(Enum):
    """The form of a value on the wire."""

    TEXT = "text"
    BOOL = "boolean"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    ENUM = "enumeration"
    REF = "reference"
    ADDRESS = "PhysicalAddress"
    PHONE = "TelephoneNumber"
    EMAIL = "EmailAddress"
    WEB = "WebSiteAddress"
    OPEN = "open"  # taken as sent: lists and objects no rule looks into


class Access(Enum):
    WRITE = "write"
    CREATE_ONLY = "create only"  # ignored in updates
    READ_ONLY = "read only"  # ignored when sent: the real service overwrites it silently
    COMPUTED = "computed"  # as READ_ONLY, and made at each reading instead of stored


@dataclass(frozen=True, slots=True)
class Field:
    """One member of an entity.

    `length`: most characters. `target`: the entity a reference points to. `default`: what a create and a full
    update put when the member is left out. `filterable`, `sortable`: what a query may do with it.
    `in_queries`: False where only a single read shows it. `sticky`: a full update that leaves it out keeps it.
    `named`: a reference that is printed with the name of its target.
    `kept`: False for a member that is dropped whenever it comes.
    `form`: checks and stores a value of a form no `Kind` knows; `show`: prints such a value.
    """

    name: str
    kind: Kind = Kind.TEXT
    length: int | None = None
    target: str | None = None
    values: tuple[str, ...] = ()
    default: Any = None
    access: Access = Access.WRITE
    filterable: bool = False
    sortable: bool = False
    trimmed: bool = False
    in_queries: bool = True
    sticky: bool = False
    named: bool = False
    kept: bool = True
    form: Callable[[Field, Any], Any] | None = None
    show: Callable[[Books, Any], Any] | None = None

    def queried(self) -> Field:
        """The same field, filterable and sortable."""
        return replace(self, filterable=True, sortable=True)

    def filtered(self) -> Field:
        return replace(self, filterable=True)


BASE = Field("(Id, SyncToken, MetaData)", Kind.OPEN, access=Access.COMPUTED)
"""Marks in a field list where domain, sparse, Id, SyncToken and MetaData are printed."""

COMMON = ("domain", "sparse", "Id", "SyncToken", "MetaData", "status")


def text(name: str, length: int, **more: Any) -> Field:
    return Field(name, Kind.TEXT, length, **more)


def name_text(name: str, length: int, **more: Any) -> Field:
    """Text whose outer spaces the service drops."""
    return Field(name, Kind.TEXT, length, trimmed=True, **more)


def boolean(name: str, default: bool | None = None, **more: Any) -> Field:
    return Field(name, Kind.BOOL, default=default, **more)


def money(name: str, **more: Any) -> Field:
    return Field(name, Kind.MONEY, **more)


def reference(name: str, target: str | None, **more: Any) -> Field:
    return Field(name, Kind.REF, target=target, **more)


def read_only(name: str, kind: Kind = Kind.TEXT, **more: Any) -> Field:
    return Field(name, kind, access=Access.READ_ONLY, **more)


def ignored(name: str) -> Field:
    """A member the service knows and a client may send; it is never kept."""
    return Field(name, Kind.OPEN, access=Access.READ_ONLY, kept=False)


def computed(name: str, kind: Kind = Kind.OPEN, **more: Any) -> Field:
    return Field(name, kind, access=Access.COMPUTED, **more)


class Family(Enum):
    NAME_LIST = "name list"
    TRANSACTION = "transaction"
    SINGLE = "single object"


Rule = Callable[["Change"], None]
Compute = Callable[["Books", "Record"], Body]
Post = Callable[["Books", "Record"], Iterable["Posting"]]
Values = Callable[["Record"], Iterable[str]]


def _nothing(books: Books, record: Record) -> Body:
    return {}


@dataclass(frozen=True)
class Entity:
    """One entity of the service, as data.

    `rules` run in order on each create and update and may refuse (raise Fault) or adjust the draft;
    `afterwards` run once the record is stored and make the ripples on other records.
    `compute` makes the COMPUTED members at reading. `indexed` names text and reference fields a query finds
    without a scan; `more_indexes` are for the rules' own searches. `post` derives a transaction's postings.
    `voiding` turns the draft into the voided form; `removing` may refuse a deletion, `removed` follow it.
    `first_id` is added to the numbers of the sequence. `same` finds the record an object without an Id means, where
    other members name it.
    """

    name: str
    family: Family
    fields: tuple[Field, ...]
    noun: str = ""  # how messages call it: "customer"
    sequence: str = ""  # entities with the same sequence share their ids
    name_field: str = ""
    order_field: str = ""  # the default order of a query
    reference_label: str = "Names"  # how 2500 calls it
    reference_name: str = ""  # the member a reference prints; name_field where empty
    rules: tuple[Rule, ...] = ()
    afterwards: tuple[Rule, ...] = ()
    compute: Compute = _nothing
    indexed: tuple[str, ...] = ()
    events: tuple[str, ...] = ("Create", "Update", "Delete")
    in_changes: bool = True  # does change data capture know it
    creatable: bool = True
    updatable: bool = True
    deletable: bool | None = None  # None: as its family is
    post: Post | None = None
    voiding: tuple[Rule, ...] = ()
    void_by_person: tuple[Rule, ...] = ()  # where only the pages can void
    token_free_delete: bool = False  # recorded for Attachable
    removing: tuple[Rule, ...] = ()
    removed: tuple[Rule, ...] = ()
    more_indexes: tuple[tuple[str, Values], ...] = ()
    first_id: int = 0
    same: Callable[[Books, Body], Record | None] | None = None

    def __post_init__(self) -> None:
        by_name = {field.name: field for field in self.fields if field is not BASE}
        object.__setattr__(self, "_by_name", by_name)
        for in_query in (False, True):
            printed = [field for field in self.fields if field.kept and (field.in_queries or not in_query)]
            name = "_printed_in_query" if in_query else "_printed"
            object.__setattr__(self, name, tuple((field.name, field) for field in printed))
        object.__setattr__(self, "_by_folded", {name.casefold(): field for name, field in by_name.items()})

    @property
    def by_name(self) -> dict[str, Field]:
        found: dict[str, Field] = self._by_name  # type: ignore[attr-defined]
        return found

    def field(self, name: str) -> Field | None:
        """A field by its name in any case."""
        found: Field | None = self._by_folded.get(name.casefold())  # type: ignore[attr-defined]
        return found

    def printed(self, in_query: bool) -> tuple[tuple[str, Field], ...]:
        """The fields that can have something to print, in order."""
        found: tuple[tuple[str, Field], ...] = getattr(self, "_printed_in_query" if in_query else "_printed")
        return found

    @property
    def known(self) -> list[str]:
        """All member names a client may send, for the text of 2010."""
        return [*self.by_name, *sorted(dropped(self.name) - set(self.by_name)), *COMMON]

    @property
    def path(self) -> str:
        return self.name.lower()


ZERO = Decimal(0)
