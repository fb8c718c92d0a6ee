"""Decides: what a saved view shows, in words. Reads the same questions as the lists do; knows no views."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.http import QueryDict

from tieout.practice.access import member_names
from tieout.practice.clients import Kind, Relation
from tieout.practice.tags import UNTAGGED, tags_of_firm
from tieout.web.client_list import COLUMNS, NOBODY, SHOWN, ListQuery
from tieout.web.listing import ListKind

EVERYTHING = "Everything"
_DATES = {"since": "From", "until": "To"}


def list_words(kind: ListKind) -> Callable[[QueryDict, int], str]:
    """For a list that is a ``ListKind``: each filter that is not at its default, and the order."""
    labels = {each.name: (each.label, dict(each.choices)) for each in kind.filters}
    columns = {each.key: each.label for each in kind.columns}

    def words(query: QueryDict, firm_id: int) -> str:
        said = []
        for name, value in kind.read(query).told().items():
            if name == "sort":
                said.append(_order(columns, value))
            elif name == "search":
                said.append(f"with “{value}”")
            elif name in labels:
                label, choices = labels[name]
                said.append(f"{label}: {choices[value]}")
            elif name in _DATES:
                said.append(f"{_DATES[name]} {value}")
            else:
                said.append(f"One {name}")
        return _joined(said)

    return words


def client_words(query: QueryDict, firm_id: int) -> str:
    asked = ListQuery.read(query)
    said = [f"Status: {SHOWN[asked.show]}"] if asked.show != ListQuery().show else []
    if asked.kind:
        said.append(f"Type: {Kind(asked.kind).label}")
    if asked.relation:
        said.append(f"Relation: {Relation(asked.relation).label}")
    if asked.assigned:
        names = (
            {str(pk): name for pk, name in member_names(firm_id).items()} if asked.assigned != NOBODY else {}
        )
        said.append(f"Assigned to: {names.get(asked.assigned, 'nobody')}")
    if asked.tag:
        tags = {str(each.pk): each.name for each in tags_of_firm(firm_id)} | {UNTAGGED: "none"}
        said.append(f"Tag: {tags.get(asked.tag, 'one that was deleted')}")
    if asked.search:
        said.append(f"with “{asked.search}”")
    if asked.sort != ListQuery().sort:
        said.append(_order({each.key: each.label for each in COLUMNS}, asked.sort))
    return _joined(said)


def _order(labels: dict[str, str], sort: str) -> str:
    way = "descending" if sort.startswith("-") else "ascending"
    return f"by {labels[sort.removeprefix('-')]}, {way}"


def _joined(said: Iterable[str]) -> str:
    return "; ".join(said) or EVERYTHING
