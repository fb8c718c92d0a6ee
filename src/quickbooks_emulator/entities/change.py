"""Decides: what a create or update makes of a record before the entity's rules see it."""

from __future__ import annotations

from dataclasses import dataclass

from quickbooks_emulator.entities.declaration import BASE, Access, Body, Entity, Kind
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record


@dataclass(slots=True)
class Change:
    """One write on its way through the rules.

    `given`: what the client sent, in stored form, None for a cleared member. `body`: the draft the rules adjust.
    `record`: the stored result, for the rules that run afterwards.
    """

    books: Books
    entity: Entity
    old: Record | None
    given: Body
    body: Body
    record: Record | None = None

    @property
    def before(self) -> Body:
        """The body before this change; empty for a new record."""
        return self.old.body if self.old else {}

    @property
    def after(self) -> Record:
        assert self.record is not None
        return self.record

    def changed(self, name: str) -> bool:
        return self.body.get(name) != self.before.get(name)


def draft(books: Books, entity: Entity, old: Record | None, given: Body, *, sparse: bool) -> Change:
    """Create: defaults and what was given. Sparse: the old body with what was given. Full: every writable
    member left out goes back to its default (documented and recorded)."""
    body: Body = {} if old is None else dict(old.body)
    for field in entity.fields:
        if field is BASE or field.access is Access.COMPUTED:
            continue
        name = field.name
        if old is not None and field.access is not Access.WRITE:
            continue
        if name in given and field.access is not Access.READ_ONLY:
            value = given[name]
        elif old is not None and (sparse or field.sticky):
            continue
        else:
            value = None
        if value is None:
            value = field.default
        if value is None:
            body.pop(name, None)
        else:
            body[name] = value
    change = Change(books, entity, old, given, body)
    _number_addresses(change)
    return change


def _number_addresses(change: Change) -> None:
    """Address objects have their own ids; a changed address keeps the id of the one it replaces (a switch)."""
    for field in change.entity.fields:
        if field.kind is not Kind.ADDRESS or field.name not in change.body:
            continue
        address = change.body[field.name]
        before = change.before.get(field.name, {})
        known = before.get("Id")
        if not change.books.knobs.changed_address_keeps_id and _without_id(before) != _without_id(address):
            known = None
        change.body[field.name] = {
            "Id": known or str(change.books.next_number("addresses")),
            **_without_id(address),
        }


def _without_id(address: Body) -> Body:
    return {name: value for name, value in address.items() if name != "Id"}
