"""Decides: what a Class is: a tree of names with 19-digit ids, on plans that have classes."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities import references, settings, tree
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    boolean,
    ignored,
    name_text,
    read_only,
    reference,
)


def need_classes(change: Change) -> None:
    """Plus and Advanced only, and only when tracked (documented); the fault is a switch."""
    tracked = settings.classes_per_line(change.books) or settings.classes_per_transaction(change.books)
    if change.old is None and not tracked:
        raise faults.feature_off(change.books.knobs.feature_off_code, "Class tracking")


CLASS = Entity(
    name="Class",
    family=Family.NAME_LIST,
    noun="class",
    sequence="classes",
    first_id=5_000_000_000_000_150_000,
    name_field="Name",
    order_field="FullyQualifiedName",
    reference_label="Klasses",
    reference_name="FullyQualifiedName",
    fields=(
        name_text("Name", 100).queried(),
        boolean("SubClass").queried(),
        reference("ParentRef", "Class").filtered(),
        read_only("FullyQualifiedName").queried(),
        boolean("Active", default=True, sticky=True).queried(),
        BASE,
        ignored("ClassEx"),
        ignored("AttachableRef"),
    ),
    rules=(
        need_classes,
        *tree.FLAT,
        tree.characters(":\t\n"),
        tree.place("SubClass"),
        references.check_references,
        *tree.NAMED,
        tree.qualify,
    ),
    afterwards=(tree.cascade,),
    indexed=("Name", "FullyQualifiedName"),
    events=("Create", "Update", "Delete", "Merge"),
)
