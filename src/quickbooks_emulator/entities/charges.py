"""Decides: what a customer's transactions forbid: changing who is billed, and going inactive with charges not billed yet."""

from __future__ import annotations

from collections.abc import Iterator

from quickbooks_emulator.documented import documented
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.store.books import Books

_BILLED_LATER = ("Purchase", "Bill", "VendorCredit")


def keep_who_is_billed(change: Change) -> None:
    """6130: BillWithParent cannot be changed once the sub-customer has transactions (documented code)."""
    if change.old is None or not change.changed("BillWithParent"):
        return
    if change.body.get("BillWithParent", False) != change.before.get("BillWithParent", False) and (
        _has_transactions(change.books, change.old.id)
    ):
        raise documented("6130")


def refuse_unbilled(change: Change) -> None:
    """6280: a customer with billable time or expenses that no invoice took up cannot be deactivated over the API
    (documented code); whether a person in QuickBooks can is a switch."""
    books = change.books
    passes = books.person and books.knobs.person_passes_unbilled_charges
    if change.old is None or not change.old.active or change.body.get("Active", True) or passes:
        return
    if any(customer == change.old.id for customer in _unbilled(change.books)):
        raise documented("6280")


def _has_transactions(books: Books, customer: str) -> bool:
    return any(
        books.named(entity.name, "CustomerRef", customer)
        for entity in books.entities.values()
        if "CustomerRef" in entity.indexed
    )


def _unbilled(books: Books) -> Iterator[str]:
    """The customer of each billable hour and expense line."""
    for activity in books.table("TimeActivity").values():
        yield from _customer(activity.body)
    for entity in _BILLED_LATER:
        for record in books.table(entity).values():
            for line in record.body.get("Line", ()):
                yield from _customer(line.get(line.get("DetailType", ""), {}))


def _customer(body: Body) -> Iterator[str]:
    if body.get("BillableStatus") == "Billable" and "CustomerRef" in body:
        yield str(body["CustomerRef"]["value"])
