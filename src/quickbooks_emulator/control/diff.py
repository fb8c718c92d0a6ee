"""Decides: what differs between two states of the emulator: per company and entity which records came, went, changed."""

from __future__ import annotations

from typing import Any

from quickbooks_emulator.store.collection import Saved
from quickbooks_emulator.store.documents import Record

_PREFIX = "records/"


def diff(before: Saved, after: Saved) -> dict[str, Any]:
    """{realm: {entity: {"created": [id], "deleted": [id], "changed": {id: {member: [before, after]}}}}}.

    Members are those the records are kept with; SyncToken and LastUpdatedTime (seconds since 1970) count, a member
    that is not there is null. What did not change is left out.
    """
    found: dict[str, Any] = {}
    for name in sorted(one for one in before.keys() | after.keys() if one.startswith(_PREFIX)):
        _, realm, entity = name.split("/", 2)
        changes = _records(before.get(name, {}), after.get(name, {}))
        if changes:
            found.setdefault(realm, {})[entity] = changes
    return found


def _records(before: dict[str, Record], after: dict[str, Record]) -> dict[str, Any]:
    changed = {}
    for key in _sorted(before.keys() & after.keys()):
        if before[key] is not after[key]:
            members = _members(before[key], after[key])
            if members:
                changed[key] = members
    found = {
        "created": _sorted(after.keys() - before.keys()),
        "deleted": _sorted(before.keys() - after.keys()),
        "changed": changed,
    }
    return {name: value for name, value in found.items() if value}


def _members(before: Record, after: Record) -> dict[str, list[Any]]:
    old, new = _shown(before), _shown(after)
    return {
        name: [old.get(name), new.get(name)]
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    }


def _shown(record: Record) -> dict[str, Any]:
    body = {name: value for name, value in record.body.items() if not name.startswith("_")}
    return {**body, "SyncToken": str(record.token), "LastUpdatedTime": record.updated}


def _sorted(keys: set[str]) -> list[str]:
    return sorted(keys, key=lambda key: (len(key), key))
