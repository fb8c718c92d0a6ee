"""Acts: moves everything that points to a merged-away list record over to the survivor."""

from __future__ import annotations

from typing import Any

from quickbooks_emulator.entities.declaration import Entity
from quickbooks_emulator.ledger.post import follow, refresh_name
from quickbooks_emulator.store.books import Books

_POINTERS = {
    "Customer": ("CustomerRef", "EntityRef", "Entity"),
    "Vendor": ("VendorRef", "PrefVendorRef", "EntityRef", "Entity"),
    "Employee": ("EmployeeRef", "EntityRef", "Entity"),
    "Item": ("ItemRef", "GroupItemRef"),
    "Class": ("ClassRef",),
    "Department": ("DepartmentRef",),
    "Account": (
        "AccountRef", "DepositToAccountRef", "IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef",
        "ItemAccountRef", "DiscountAccountRef", "APAccountRef", "BankAccountRef", "CCAccountRef",
        "FromAccountRef", "ToAccountRef", "CreditCardAccountRef", "AdjustAccountRef",
    ),
}  # fmt: skip


def move(books: Books, entity: Entity, loser: str, survivor: str) -> None:
    """Transactions and list records name the survivor from now on, without a new token or time (a switch). Names
    share their ids, so a pointer to any kind of name can be told by its value."""
    names = _POINTERS.get(entity.name, ())
    moved = []
    for other in books.entities.values():
        for record in list(books.table(other.name).values()):
            if record.id == loser and other is entity:
                continue
            body = _pointed(record.body, names, loser, survivor)
            if body != record.body:
                change = books.update if books.knobs.merge_bumps_transactions else books.amend
                moved.append((other, change(other, record, body)))
    for other, record in moved:
        if other.post is not None:
            follow(books, other, record)
    if entity.name in ("Customer", "Vendor"):
        for name in (loser, survivor):
            refresh_name(books, name)


def _pointed(value: Any, names: tuple[str, ...], loser: str, survivor: str) -> Any:
    if isinstance(value, dict):
        return {
            key: {**inner, "value": survivor}
            if key in names and isinstance(inner, dict) and inner.get("value") == loser
            else _pointed(inner, names, loser, survivor)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_pointed(one, names, loser, survivor) for one in value]
    return value
