"""Decides: what the client list shows. Reads the address, narrows and sorts what a funnel allowed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict

from tieout.practice.client_search import found_ids, searched
from tieout.practice.clients import Client, Kind, Relation
from tieout.practice.many_ids import any_of
from tieout.practice.tags import UNTAGGED, tagged, tagged_among

PAGE_SIZE = 50
NOBODY = "nobody"
SHOWN = {"active": "Active", "inactive": "Archived", "all": "All"}


@dataclass(frozen=True, slots=True)
class Column:
    """One heading. ``order``: what the database sorts by; empty when the column does not sort."""

    key: str
    label: str
    order: str = ""
    room: str = ""
    """``wide`` or ``middle``: left out where the window is narrower and has no room for it beside the others."""


COLUMNS = (
    Column("name", "Name", "name"),
    Column("kind", "Type", "kind"),
    Column("relation", "Relation", "relation", room="wide"),
    Column("email", "E-mail", "email"),
    Column("phone", "Phone", room="middle"),
    Column("assigned", "Assigned to", "assigned_to__user__full_name", room="middle"),
    Column("updated", "Last change", "updated_at", room="wide"),
)
_ORDERS = {column.key: column.order for column in COLUMNS if column.order}
_FOLDED = {"name", "email", "assigned_to__user__full_name"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column heading as the page needs it."""

    label: str
    url: str
    """Sorts by this column, the other way round if it already is; empty when it does not sort."""
    direction: str
    """For aria-sort: ``ascending``, ``descending`` or empty."""
    room: str = ""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What was asked for, every part known to be valid."""

    search: str = ""
    show: str = "active"
    kind: str = ""
    relation: str = ""
    assigned: str = ""
    """The id of a member, ``NOBODY``, or empty for whomever."""
    tag: str = ""
    """The id of a tag, ``UNTAGGED``, or empty for whichever."""
    sort: str = "name"
    """A column's key, with a leading minus for descending."""

    @classmethod
    def read(cls, address: QueryDict) -> ListQuery:
        """Anything unknown in the address falls back to the default: a stale bookmark still shows a list."""
        sort = address.get("sort", "name")
        return cls(
            search=" ".join(address.get("search", "").replace("\x00", "").split())[:200],
            show=_one_of(address.get("show", ""), SHOWN, "active"),
            kind=_one_of(address.get("kind", ""), Kind.values, ""),
            relation=_one_of(address.get("relation", ""), Relation.values, ""),
            assigned=_id_or(NOBODY, address.get("assigned", "")),
            tag=_id_or(UNTAGGED, address.get("tag", "")),
            sort=sort if sort.removeprefix("-") in _ORDERS else "name",
        )

    @property
    def narrows(self) -> bool:
        """Something other than the default is asked for, so that an empty list may be the filter's doing."""
        return replace(self, sort="name") != ListQuery()

    def keep(self) -> str:
        """This query as the beginning of an address, to which ``page=`` is appended."""
        parts = {name: getattr(self, name) for name in self.__slots__}
        told = {name: value for name, value in parts.items() if value != getattr(ListQuery(), name)}
        return urlencode(told) + "&" if told else ""

    def apply(self, clients: QuerySet[Client]) -> QuerySet[Client]:
        if self.show != "all":
            clients = clients.filter(is_active=self.show == "active")
        if self.kind:
            clients = clients.filter(kind=self.kind)
        if self.relation:
            clients = clients.filter(relation=self.relation)
        if self.assigned:
            wanted = None if self.assigned == NOBODY else int(self.assigned)
            clients = clients.filter(assigned_to_id=wanted)
        found = found_ids(self.search) if self.tag and self.search else None
        if found is not None:  # both at once would look at every client there is
            clients = clients.filter(any_of("pk", tagged_among(found, self.tag)))
        else:
            clients = tagged(clients, self.tag) if self.tag else clients
            clients = searched(clients, self.search) if self.search else clients
        order = _ORDERS[self.sort.removeprefix("-")]
        descending = self.sort.startswith("-")
        by = [Lower(order) if order in _FOLDED else F(order)]
        if order in ("kind", "relation"):
            by.append(Lower("name"))
        by.append(F("id"))
        # All one way, so that an index answers both directions. Only who it is assigned to may be missing.
        nulls = {"nulls_last": True} if order.startswith("assigned_to") else {}
        first, *rest = by
        told = first.desc(**nulls) if descending else first.asc(**nulls)
        return clients.order_by(told, *(each.desc() if descending else each.asc() for each in rest))

    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in COLUMNS]

    def _heading(self, column: Column) -> Heading:
        if not column.order:
            return Heading(column.label, "", "", column.room)
        ascending, descending = self.sort == column.key, self.sort == f"-{column.key}"
        then = replace(self, sort=f"-{column.key}" if ascending else column.key)
        direction = "ascending" if ascending else "descending" if descending else ""
        return Heading(column.label, f"?{then.keep()}", direction, column.room)


def _id_or(word: str, value: str) -> str:
    return value if value == word or (value.isascii() and value.isdigit() and len(value) <= 18) else ""


def _one_of(value: str, allowed: object, default: str) -> str:
    return value if value in allowed else default  # type: ignore[operator]
