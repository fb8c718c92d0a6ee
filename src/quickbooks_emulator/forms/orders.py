"""Acts: the link between a bill and the purchase orders it came from."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.forms.applied import linking

_ORDER = "PurchaseOrder"


def orders_of(body: Body) -> dict[str, None]:
    return {link["TxnId"]: None for link in body.get("LinkedTxn", ()) if link["TxnType"] == _ORDER}


def check_links(change: Change) -> None:
    """A linked order must exist (610) and be open (620)."""
    for order in orders_of(change.body):
        record = change.books.get(_ORDER, order)
        if record is None:
            raise faults.not_found()
        if order not in orders_of(change.before) and record.body["POStatus"] != "Open":
            raise faults.cannot_link("the purchase order is closed.")


def follow_links(change: Change) -> None:
    """A linked order closes and shows the bill, with a new token (recorded); one let go opens again (a switch)."""
    now, before = orders_of(change.body) if change.record else {}, orders_of(change.before)
    for order in before:
        if order not in now and change.books.knobs.reopens_orders:
            _set(change, order, None)
    for order in now:
        if order not in before:
            _set(change, order, change.after.id)


def keep_links(change: Change) -> None:
    """The links of an order are the server's; an empty list is printed (recorded)."""
    change.body["LinkedTxn"] = change.before.get("LinkedTxn", [])


def unlink(change: Change) -> None:
    """A deleted order leaves its bill, without the link (a switch)."""
    assert change.old is not None
    for bill in linking(change.books, "Bill", change.old.id):
        links = [one for one in bill.body["LinkedTxn"] if one["TxnId"] != change.old.id]
        change.books.amend(change.books.entities["Bill"], bill, {**bill.body, "LinkedTxn": links})


def _set(change: Change, order: str, bill: str | None) -> None:
    books = change.books
    record = books.get(_ORDER, order)
    if record is None:
        return
    body = {**record.body, "POStatus": "Closed" if bill else "Open"}
    body["LinkedTxn"] = [{"TxnId": bill, "TxnType": "Bill"}] if bill is not None else []
    books.update(books.entities[_ORDER], record, body)
    books.tell(books.entities[_ORDER], "Update", order)
