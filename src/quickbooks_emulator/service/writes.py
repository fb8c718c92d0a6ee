"""Acts: creates, updates and deletes one record by its entity's rules. Called by routes, batch and control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change, draft
from quickbooks_emulator.entities.declaration import Body, Entity, Family
from quickbooks_emulator.entities.names import MERGED, SUFFIX
from quickbooks_emulator.entities.values import numeric_id, take
from quickbooks_emulator.forms import bank
from quickbooks_emulator.service.merging import move
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

DOCUMENTED_SPARSE = (
    "Customer", "CompanyInfo", "Invoice", "Estimate", "SalesReceipt", "RefundReceipt", "Deposit", "JournalEntry", "Transfer",
)  # fmt: skip
"""Whose pages name the sparse update; production code uses it elsewhere too, and it works."""


def write(books: Books, entity: Entity, payload: Any) -> Record:
    """Create when the payload has no Id, else full or sparse update. Raises Fault; then nothing has changed
    beyond what the caller's transaction rolls back."""
    given = take(entity, payload, null_clears=books.knobs.null_clears)
    if len(given.get("Line") or ()) > books.knobs.lines:  # documented
        sentence = f"A transaction can have at most {books.knobs.lines} lines."
        raise faults.too_many_lines(books.knobs.too_many_lines_code, sentence)
    if not payload.get("Id"):
        known = entity.same(books, given) if entity.same else None
        if known is not None:
            return _store(books, entity, known, given, sparse=False)
        if not entity.creatable:
            raise faults.unsupported(f"create {entity.name}")
        return _store(books, entity, None, given, sparse=False)
    if not entity.updatable:
        raise faults.unsupported(f"update {entity.name}")
    old = existing(books, entity, payload["Id"])
    check_token(books, old, payload.get("SyncToken"))
    sparse = _is_true(payload.get("sparse"))
    if books.knobs.sparse_only_where_documented:
        sparse = sparse and entity.name in DOCUMENTED_SPARSE
    return _store(books, entity, old, given, sparse=sparse)


def change_as_person(
    books: Books, entity: Entity, record_id: str | None, fields: Mapping[str, Any]
) -> Record:
    """A create or sparse edit made in QuickBooks itself: no token is needed and a few refusals do not apply."""
    given = take(entity, fields)
    if record_id is None:
        return _store(books, entity, None, given, sparse=False)
    return _store(books, entity, existing(books, entity, record_id), given, sparse=True)


def delete(books: Books, entity: Entity, payload: Any) -> str:
    """Delete a transaction for good; returns its id. Name lists are never deleted over the API (documented)."""
    deletable = entity.family is Family.TRANSACTION if entity.deletable is None else entity.deletable
    if not deletable:
        raise faults.unsupported(f"delete {entity.name}")
    if not isinstance(payload, Mapping):
        raise faults.unreadable("an object was expected")
    record = existing(books, entity, payload.get("Id"))
    if not (entity.token_free_delete and payload.get("SyncToken") is None):
        check_token(books, record, payload.get("SyncToken"))
    remove(books, entity, record)
    return record.id


def remove(books: Books, entity: Entity, record: Record) -> None:
    """Delete by the entity's rules, with everything that follows on other records."""
    change = Change(books, entity, record, {}, dict(record.body))
    bank.refuse_matched(books, record)
    for rule in entity.removing:
        rule(change)
    books.delete(entity, record)
    books.tell(entity, "Delete", record.id)
    for rule in entity.removed:
        rule(change)


def void(books: Books, entity: Entity, payload: Any) -> Record:
    """Void a transaction: it stays, with all amounts zero (recorded). Voiding a voided one changes nothing (a switch
    refuses it)."""
    if not entity.voiding and not (books.person and entity.void_by_person):
        raise faults.unsupported(f"void {entity.name}")
    if not isinstance(payload, Mapping):
        raise faults.unreadable("an object was expected")
    old = existing(books, entity, payload.get("Id"))
    check_token(books, old, payload.get("SyncToken"))
    change = Change(books, entity, old, {}, dict(old.body))
    bank.refuse_matched(books, old)
    bank.refuse_settled(books, old)
    for rule in entity.voiding or entity.void_by_person:
        rule(change)
    if change.body == old.body:
        if books.knobs.voided_again_refused:
            raise faults.business("This transaction has been voided already.")
        return old
    return _keep(change, "Void")


def options_of(text: str) -> frozenset[str]:
    """The words of `include` or `optionsData`."""
    return frozenset(one.strip().lower() for one in text.split(",") if one.strip())


def merge(books: Books, entity: Entity, loser_id: str, survivor_id: str) -> Record:
    """Merge two name-list records, as a person does by renaming one to the other's name. Returns the survivor.

    The loser reads as inactive and refuses every edit for good (reported); the event is a Merge on the survivor
    that carries the loser's id (documented).
    """
    loser, survivor = existing(books, entity, loser_id), existing(books, entity, survivor_id)
    if loser.id == survivor.id:
        raise faults.business("A name cannot be merged into itself.")
    if MERGED in loser.body:
        raise faults.deleted_element()
    if loser.body.get("ParentRef") != survivor.body.get("ParentRef"):
        raise faults.business("Names can be merged only on the same sub level.")
    if "parent" in books.table(entity.name).indexes and books.children(entity.name, loser.id):
        raise faults.business("A name with sub-customers cannot be merged into another one.")
    body = {**loser.body, "Active": False, MERGED: survivor.id}
    for name in (entity.name_field, "FullyQualifiedName"):
        if name in body:
            body[name] = body[name].removesuffix(SUFFIX) + SUFFIX
    books.update(entity, loser, body)
    books.update(entity, survivor, survivor.body, bump=False)
    move(books, entity, loser.id, survivor.id)
    if books.knobs.merged_name_deleted:
        books.delete(entity, existing(books, entity, loser.id))
    books.tell(entity, "Merge", survivor.id, deleted=loser.id)
    return books.get(entity.name, survivor.id) or survivor


def existing(books: Books, entity: Entity, record_id: Any) -> Record:
    record = books.get(entity.name, numeric_id(record_id))
    if record is None:
        raise faults.not_found()
    return record


def check_token(books: Books, record: Record, supplied: Any) -> None:
    """5010 unless the token is the present one; what a newer one than the present does is a switch."""
    if supplied is None or supplied == "":
        raise faults.required("SyncToken")
    newer = str(supplied).isdecimal() and int(str(supplied)[:19]) > record.token
    if str(supplied) != str(record.token) and not (newer and books.knobs.newer_token_accepted):
        raise faults.stale(books.company.person)


def _store(books: Books, entity: Entity, old: Record | None, given: Body, *, sparse: bool) -> Record:
    change = draft(books, entity, old, given, sparse=sparse)
    for rule in entity.rules:
        rule(change)
    if old is not None and change.body == old.body:
        if books.knobs.no_op_sends_event:
            books.tell(entity, "Update", old.id)
        return old  # nothing changed: same token, same time (recorded)
    return _keep(change, "Update" if old else "Create")


def _keep(change: Change, event: str) -> Record:
    books, entity = change.books, change.entity
    if change.old is None:
        change.record = books.insert(entity, change.body)
    else:
        change.record = books.update(entity, change.old, change.body)
    books.tell(entity, event, change.record.id)
    for rule in entity.afterwards:
        rule(change)
    return books.get(entity.name, change.record.id) or change.record


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
