"""Decides: what a Department (a location) is: a tree of names, on plans that have locations."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities import references, settings, tree
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    ignored,
    name_text,
    read_only,
    reference,
)


def need_departments(change: Change) -> None:
    """Plus and Advanced only, and only when tracked (documented); the fault is a switch."""
    if change.old is None and not settings.departments(change.books):
        raise faults.feature_off(change.books.knobs.feature_off_code, "Location tracking")


DEPARTMENT = Entity(
    name="Department",
    family=Family.NAME_LIST,
    noun="location",
    sequence="departments",
    name_field="Name",
    order_field="FullyQualifiedName",
    reference_label="Depts",
    reference_name="FullyQualifiedName",
    fields=(
        name_text("Name", 100).queried(),
        boolean("SubDepartment").queried(),
        reference("ParentRef", "Department").filtered(),
        read_only("FullyQualifiedName").queried(),
        boolean("Active", default=True, sticky=True).queried(),
        Field("Address", Kind.ADDRESS),
        BASE,
        ignored("AttachableRef"),
    ),
    rules=(
        need_departments,
        *tree.FLAT,
        tree.characters(":\t\n"),
        tree.place("SubDepartment"),
        references.check_references,
        *tree.NAMED,
        tree.qualify,
    ),
    afterwards=(tree.cascade,),
    indexed=("Name", "FullyQualifiedName"),
    events=("Create", "Update", "Delete", "Merge"),
)
