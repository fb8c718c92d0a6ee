"""Decides: sub-customers and jobs: parents, levels, full names, and what a change of one does to the others."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.entities.names import SUFFIX
from quickbooks_emulator.entities.settings import inactive_code
from quickbooks_emulator.store.documents import Record

LEVELS = 5  # the top one counted (documented)


def place_under_parent(change: Change) -> None:
    """Job needs ParentRef (6150); the parent must exist (2500), be active, not be a descendant (900); at most
    five levels (6180). ParentRef without Job is dropped by default (a switch)."""
    body = change.body
    if not body.get("Job"):
        if "ParentRef" in body and not change.books.knobs.job_false_drops_parent:
            raise faults.parent_required()
        body.pop("ParentRef", None)
        body.pop("Level", None)
        body["BillWithParent"] = False
        return
    if "ParentRef" not in body:
        raise faults.parent_required()
    parent = change.books.get(change.entity.name, body["ParentRef"]["value"])
    if parent is None:
        raise faults.invalid_reference(change.entity.reference_label, body["ParentRef"]["value"])
    if change.changed("ParentRef"):
        check_new_parent(change, parent)
    body["Level"] = parent.body.get("Level", 0) + 1
    if body["Level"] + depth_below(change) >= LEVELS:
        raise faults.too_deep()


def qualify_name(change: Change) -> None:
    """FullyQualifiedName is the path of display names, joined by colons (recorded)."""
    change.body["FullyQualifiedName"] = full_name(change, change.body)


def full_name(change: Change, body: Body) -> str:
    own: str = body["DisplayName"]
    if "ParentRef" not in body:
        return own
    parent = change.books.get(change.entity.name, body["ParentRef"]["value"])
    return f"{parent.body['FullyQualifiedName']}:{own}" if parent else own


def ripple_to_family(change: Change) -> None:
    """A new sub-customer touches its parent's time (recorded). A renamed or moved parent renames the full names
    below it, without a new token (a switch). A deactivated one takes its sub-customers along (documented for the
    QuickBooks pages; over the API a switch)."""
    if change.old is None and "ParentRef" in change.body:
        parent = change.books.get(change.entity.name, change.body["ParentRef"]["value"])
        if parent is not None:
            change.books.update(change.entity, parent, parent.body, bump=False)
        return
    takes = change.books.knobs.deactivating_list_rows_takes_children
    deactivated = takes and change.old is not None and change.old.active and not change.after.active
    if deactivated or change.changed("FullyQualifiedName") or change.changed("Level"):
        _refresh_below(change, change.after, deactivated=deactivated)


def _refresh_below(change: Change, parent: Record, *, deactivated: bool) -> None:
    for child in change.books.children(change.entity.name, parent.id):
        body = dict(child.body)
        gone = deactivated and child.active
        if gone:
            body["Active"] = False
            body["DisplayName"] += SUFFIX
        body["Level"] = parent.body.get("Level", 0) + 1
        body["FullyQualifiedName"] = f"{parent.body['FullyQualifiedName']}:{body['DisplayName']}"
        if body == child.body:
            continue
        bump = gone or change.books.knobs.renames_bump_children
        stored = change.books.update(change.entity, child, body, bump=bump)
        if gone:
            change.books.tell(change.entity, "Update", child.id)
        _refresh_below(change, stored, deactivated=deactivated)


def check_new_parent(change: Change, parent: Record) -> None:
    if not parent.active:
        raise faults.inactive_reference(inactive_code(change.books, change.entity.name))
    if change.old is None:
        return
    if parent.id == change.old.id or any(
        one.id == parent.id for one in change.books.descendants(change.entity.name, change.old.id)
    ):
        raise faults.own_parent()


def depth_below(change: Change) -> int:
    """How many levels hang below the record being moved."""
    if change.old is None:
        return 0

    def depth(record_id: str) -> int:
        return max(
            (1 + depth(one.id) for one in change.books.children(change.entity.name, record_id)), default=0
        )

    return depth(change.old.id)
