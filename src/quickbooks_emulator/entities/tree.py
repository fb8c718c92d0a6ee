"""Decides: the rules of plain name lists: Account, Item, Class, Department, Term, PaymentMethod.

Unlike the names of people these have one Name, unique in its own list or below its own parent.
"""

from __future__ import annotations

from collections.abc import Iterator

from quickbooks_emulator import faults
from quickbooks_emulator.entities import hierarchy
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body, Rule
from quickbooks_emulator.entities.names import MERGED, SUFFIX, refuse_edit_of_inactive
from quickbooks_emulator.entities.values import folded
from quickbooks_emulator.store.documents import Record


def require_name(change: Change) -> None:
    """2020 "Required parameter Name is missing in the request" (recorded)."""
    if not change.body.get(change.entity.name_field):
        raise faults.required(change.entity.name_field)


def characters(forbidden: str) -> Rule:
    """A rule against characters the list does not take (documented for each list)."""

    def rule(change: Change) -> None:
        name = change.entity.name_field
        if change.changed(name) and any(one in change.body[name] for one in forbidden):
            raise faults.bad_characters(name)

    return rule


def place(flag: str, *, with_level: bool = False, levels: int = hierarchy.LEVELS) -> Rule:
    """The rule that puts a row below its ParentRef. The flag (SubItem, SubClass ...) follows from ParentRef; a
    flag without a parent is 6150, a flag sent as false lets the parent go (a switch), too deep is 6180."""

    def rule(change: Change) -> None:
        body = change.body
        lets_go = change.given.get(flag) is False and "ParentRef" not in change.given
        if lets_go and change.books.knobs.sub_flag_false_drops_parent:
            body.pop("ParentRef", None)
        if change.given.get(flag) is True and "ParentRef" not in body:
            raise faults.parent_required()
        body[flag] = "ParentRef" in body
        if "ParentRef" not in body:
            body.pop("Level", None)
            if with_level:  # items at the top show neither (recorded)
                body.pop(flag)
            return
        parent = change.books.get(change.entity.name, body["ParentRef"]["value"])
        if parent is None:
            raise faults.invalid_reference(change.entity.reference_label, body["ParentRef"]["value"])
        if change.changed("ParentRef"):
            hierarchy.check_new_parent(change, parent)
        depth = len(list(_above(change, parent))) + 1
        if depth + hierarchy.depth_below(change) >= levels:
            raise faults.too_deep()
        if with_level:
            body["Level"] = depth

    return rule


def suffix_or_revive(change: Change) -> None:
    """Append " (deleted)" on deactivation, numbering a second clash (a switch); take it off on reactivation unless
    the caller named the row anew (a switch, as for customers)."""
    name = change.entity.name_field
    was, now = change.old is None or change.old.active, bool(change.body.get("Active", True))
    if was and not now:
        change.body[name] = _free(change, change.body[name])
    elif now and not was and not change.changed(name):
        plain, suffix, _ = change.body[name].rpartition(SUFFIX)
        if suffix and change.books.knobs.reactivate_strips_suffix:
            change.body[name] = plain


def unique_name(change: Change) -> None:
    """6240 for a name taken in the list, or below the same parent. Inactive holders keep an item's name reserved
    (a switch: production code meets that), elsewhere the suffix frees it."""
    name = change.entity.name_field
    if not (change.changed(name) or change.changed("ParentRef")):
        return
    if _held(change, change.body[name]):
        raise faults.duplicate_name(f"Another {change.entity.noun} is already using this name.")


def qualify(change: Change) -> None:
    """FullyQualifiedName is the path of names, joined by colons (recorded)."""
    change.body["FullyQualifiedName"] = path_of(change, change.body)


def path_of(change: Change, body: Body) -> str:
    own: str = body[change.entity.name_field]
    parent = change.books.get(change.entity.name, body["ParentRef"]["value"]) if "ParentRef" in body else None
    return f"{parent.body['FullyQualifiedName']}:{own}" if parent else own


def cascade(change: Change) -> None:
    """A renamed, moved or deactivated parent changes what hangs below it, without a new token for the names (a
    switch, as for customers)."""
    if change.old is None:
        return
    gone = change.old.active and not change.after.active
    takes = gone and change.books.knobs.deactivating_list_rows_takes_children
    if takes or change.changed("FullyQualifiedName"):
        _refresh(change, change.after, takes=takes)


def _refresh(change: Change, parent: Record, *, takes: bool) -> None:
    name = change.entity.name_field
    for child in change.books.children(change.entity.name, parent.id):
        body = dict(child.body)
        gone = takes and child.active
        if gone:
            body["Active"] = False
            body[name] += SUFFIX
        body["FullyQualifiedName"] = f"{parent.body['FullyQualifiedName']}:{body[name]}"
        if body != child.body:
            bump = gone or change.books.knobs.renames_bump_children
            stored = change.books.update(change.entity, child, body, bump=bump)
            if gone:
                change.books.tell(change.entity, "Update", child.id)
            _refresh(change, stored, takes=takes)


def _above(change: Change, record: Record) -> Iterator[Record]:
    while "ParentRef" in record.body:
        above = change.books.get(change.entity.name, record.body["ParentRef"]["value"])
        if above is None:
            return
        yield above
        record = above


def _held(change: Change, name: str) -> bool:
    own, parent = change.old.id if change.old else None, change.body.get("ParentRef", {}).get("value")
    wanted = [folded(name)]
    reserved = change.entity.name == "Item" and change.books.knobs.inactive_item_names_reserved
    if reserved and change.body.get("Active", True):
        wanted.append(folded(name + SUFFIX))
    return any(
        record.id != own
        and record.body.get("ParentRef", {}).get("value") == parent
        and MERGED not in record.body
        for one in wanted
        for record in change.books.named(change.entity.name, change.entity.name_field, one)
    )


def _free(change: Change, name: str) -> str:
    wanted, number = name + SUFFIX, 0
    while _held(change, wanted):
        if change.books.knobs.second_deleted_name == "refused":
            raise faults.duplicate_name(f"Another {change.entity.noun} is already using this name.")
        number += 1
        wanted = f"{name}{SUFFIX} {number}"
    return wanted


FLAT = (refuse_edit_of_inactive, require_name)
NAMED = (suffix_or_revive, unique_name)
