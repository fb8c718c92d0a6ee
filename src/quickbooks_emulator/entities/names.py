"""Decides: the rules of name lists whose names share one pool: Customer, Vendor, Employee.

Facts: a display name is unique over the three, ignoring case and outer spaces; deactivating appends
" (deleted)" and so frees the name; an inactive record refuses every edit that does not reactivate it.
"""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.values import folded

POOL = ("Customer", "Vendor", "Employee")
SUFFIX = " (deleted)"
PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
MERGED = "_merged"


def refuse_edit_of_inactive(change: Change) -> None:
    """6000 "You cannot modify a list element that has been deleted."; re-sending what stands there is a no-op
    (recorded for accounts). A merged-away record refuses even to be made active (reported)."""
    if change.old is None or change.old.active or change.body == change.before:
        return
    if MERGED in change.before or not change.body.get("Active"):
        raise faults.deleted_element()


def build_display_name(change: Change) -> None:
    """Left out on create or full update: built from the name parts (recorded); none of them: 6080."""
    if not change.body.get("DisplayName"):
        parts = [change.body[part] for part in PARTS if change.body.get(part)]
        if not parts:
            raise faults.name_part_required()
        change.body["DisplayName"] = " ".join(parts)


def check_name_characters(change: Change) -> None:
    """No colon, tab or new line (documented)."""
    if change.changed("DisplayName") and any(one in change.body["DisplayName"] for one in ":\t\n\r"):
        raise faults.bad_characters("DisplayName")


def follow_on_checks(change: Change) -> None:
    """PrintOnCheckName left out follows DisplayName (recorded); the suffix of a deactivation is never in it."""
    if not change.body.get("PrintOnCheckName"):
        change.body["PrintOnCheckName"] = change.body["DisplayName"].removesuffix(SUFFIX)[:110]


def deactivate_or_reactivate(change: Change) -> None:
    """Append the suffix on deactivation, numbering a second clash (a switch); take it off on reactivation unless
    the caller named the record anew (a switch: production code disagrees)."""
    was_active = change.old is None or change.old.active
    is_active = bool(change.body.get("Active", True))
    if was_active and not is_active:
        change.body["DisplayName"] = _free_suffixed(change, change.body["DisplayName"])
    elif is_active and not was_active and not change.changed("DisplayName"):
        change.body["DisplayName"] = _reactivated(change)


def refuse_open_balance(change: Change) -> None:
    """6220: a record with a balance cannot be deactivated over the API (recorded). In QuickBooks itself a person
    can: `forms.opening` writes the balancing entry."""
    if change.old is None or not change.old.active or change.body.get("Active", True):
        return
    affected = [change.old.body]
    if "parent" in change.books.table(change.entity.name).indexes:
        affected += [one.body for one in change.books.descendants(change.entity.name, change.old.id)]
    if any(body.get("Balance") for body in affected) and not change.books.person:
        raise faults.has_balance(change.entity.noun)


def require_unique_name(change: Change) -> None:
    """6240 in the recorded wordings: one for a clash in the same list, one for a clash in another list."""
    if not change.changed("DisplayName"):
        return
    holder = _holder(change, change.body["DisplayName"])
    if holder == change.entity.name:
        raise faults.duplicate_name("null")
    if holder is not None:
        raise faults.duplicate_name(
            "Another customer, vendor or employee is already using this name. Please use a different name."
        )


def _holder(change: Change, name: str) -> str | None:
    """The entity that holds `name` already, leaving out the record being changed."""
    own = change.old.id if change.old else None
    for entity in (change.entity.name, *POOL):
        for wanted in _forms_of(change, name):
            for record in change.books.named(entity, "DisplayName", folded(wanted)):
                if not (entity == change.entity.name and record.id == own) and MERGED not in record.body:
                    return entity
    return None


def _forms_of(change: Change, name: str) -> tuple[str, ...]:
    """The name; by a switch also as an inactive holder has it."""
    reserved = change.books.knobs.inactive_names_reserved and change.body.get("Active", True)
    return (name, name + SUFFIX) if reserved else (name,)


def _reactivated(change: Change) -> str:
    name: str = change.body["DisplayName"]
    plain, suffix, number = name.rpartition(SUFFIX)
    numbered = not number or number.strip().isdigit()
    return plain if change.books.knobs.reactivate_strips_suffix and suffix and numbered else name


def _free_suffixed(change: Change, name: str) -> str:
    wanted, number = name + SUFFIX, 0
    while _holder(change, wanted) is not None:
        if change.books.knobs.second_deleted_name == "refused":
            raise faults.duplicate_name("null")
        number += 1
        wanted = f"{name}{SUFFIX} {number}"
    return wanted


BEFORE_NAMING = (refuse_edit_of_inactive, build_display_name, check_name_characters)
NAMING = (follow_on_checks, refuse_open_balance, deactivate_or_reactivate, require_unique_name)
