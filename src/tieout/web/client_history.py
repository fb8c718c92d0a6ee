"""Decides: a client's history in words, and which of two people's edits touched the same field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieout.practice.actor import ActorKind, ChangeRecord
from tieout.practice.clients import Kind, Relation
from tieout.practice.validation import CLIENT_AND_PERSON_RULES

LABELS: Mapping[str, str] = {
    **{name: rule.label for name, rule in CLIENT_AND_PERSON_RULES.items()},
    "relation": "Relation",
    "kind": "Type",
    "is_active": "Status",
    "assigned_to_id": "Assigned to",
    "contact": "Contact",
    "primary_contact": "Primary contact",
    "relation_to_client": "Relation to the client",
    "tag": "Tag",
    "merged": "Took in",
    "merged_into": "Merged into",
}
_WORDS: Mapping[str, Mapping[Any, str]] = {
    "relation": dict(Relation.choices),
    "kind": dict(Kind.choices),
    "is_active": {True: "Active", False: "Archived"},
}
VIA = {ActorKind.IMPORT: "by import", ActorKind.API: "by the API"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    who: str
    did: str
    via: str
    """How, when a person did it otherwise than by hand."""
    fields: tuple[FieldChange, ...]
    by_sync: bool = False
    """It came from the other system."""


def entries(records: Iterable[ChangeRecord], member_names: Mapping[int, str]) -> list[Entry]:
    """Newest first, as given. A first version lists no fields: the record itself shows them."""
    return [
        Entry(
            at=record.at,
            who=record.actor_label,
            did=f"{record.verb} this client" if " " not in record.verb else record.verb,
            via=VIA.get(ActorKind(record.actor_kind), ""),
            fields=tuple(
                FieldChange(LABELS.get(name, name), *(_shown(name, value, member_names) for value in pair))
                for name, pair in record.changes.items()
                if record.verb != "created"
            ),
            by_sync=record.actor_kind == ActorKind.SYNC,
        )
        for record in records
    ]


@dataclass(frozen=True, slots=True)
class Rebased:
    """A stale form brought up to date."""

    values: dict[str, Any]
    collisions: tuple[FieldChange, ...]
    """Fields both changed: ``before`` is what the other person made of it, ``after`` what this one typed."""


def rebase(
    typed: Mapping[str, Any], later: Iterable[Mapping[str, list[Any]]], names: Mapping[int, str]
) -> Rebased:
    """Take the other person's value wherever this one left the field as it was; tell where both changed it.

    ``later``: the changes since the version the form was made from, oldest first.
    """
    values = dict(typed)
    first: dict[str, Any] = {}
    now: dict[str, Any] = {}
    for changes in later:
        for name, (before, after) in changes.items():
            first.setdefault(name, before)
            now[name] = after
    collisions = []
    for name in values.keys() & now.keys():
        if values[name] == first[name]:
            values[name] = now[name]
        elif values[name] != now[name]:
            shown = (_shown(name, each, names) for each in (now[name], values[name]))
            collisions.append(FieldChange(LABELS.get(name, name), *shown))
    return Rebased(values, tuple(sorted(collisions, key=lambda each: each.label)))


def _shown(name: str, value: Any, member_names: Mapping[int, str]) -> str:
    if name == "assigned_to_id":
        return member_names.get(value, "a former member") if value is not None else "nobody"
    if name in _WORDS:
        return _WORDS[name].get(value, "")
    return str(value or "")
