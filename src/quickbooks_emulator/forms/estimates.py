"""Acts: the link between an invoice and the estimate it came from."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.forms.applied import linking

OPEN = ("Pending", "Accepted")


def estimate_of(body: Body) -> str | None:
    for link in body.get("LinkedTxn", ()):
        if link["TxnType"] == "Estimate":
            return str(link["TxnId"])
    return None


def check_link(change: Change) -> None:
    """Only one estimate, and only a pending or accepted one (documented): 620; a missing one is 610."""
    links = [link for link in change.body.get("LinkedTxn", ()) if link.get("TxnType") == "Estimate"]
    if len(links) > 1:
        raise faults.cannot_link("only one estimate can be linked.")
    if links and estimate_of(change.before) != links[0].get("TxnId"):
        estimate = change.books.get("Estimate", str(links[0].get("TxnId")))
        if estimate is None:
            raise faults.not_found()
        if estimate.body["TxnStatus"] not in OPEN:
            raise faults.cannot_link(f"the estimate is {estimate.body['TxnStatus'].lower()}.")
    if links:
        link = {"TxnId": links[0]["TxnId"], "TxnType": "Estimate"}
        change.body["Line"] = [
            {**line, "LinkedTxn": line.get("LinkedTxn") or [link]} if "Id" in line else line
            for line in change.body["Line"]
        ]


def follow_link(change: Change) -> None:
    """A linked estimate closes and shows the invoice: same token, the time of the write (recorded). One that is no
    longer linked opens again (a switch)."""
    now, before = estimate_of(change.body), estimate_of(change.before)
    if before is not None and before != now and change.books.knobs.reopens_estimates:
        _set(change, before, "Accepted", None)
    if now is not None and now != before:
        _set(change, now, "Closed", change.after.id)


def reopen(change: Change) -> None:
    """Deleting the invoice opens the estimate again (a switch)."""
    before = estimate_of(change.before)
    if before is not None and change.books.knobs.reopens_estimates:
        _set(change, before, "Accepted", None)


def keep_links(change: Change) -> None:
    """The links of an estimate are the server's."""
    if change.old is not None and "LinkedTxn" in change.before:
        change.body["LinkedTxn"] = change.before["LinkedTxn"]
    else:
        change.body.pop("LinkedTxn", None)


def refuse_deletion_of_source(change: Change) -> None:
    """By a switch an estimate that became an invoice, or an order that became a bill, cannot be deleted."""
    if not change.books.knobs.linked_source_deletable and change.before.get("LinkedTxn"):
        raise faults.business(f"This {change.entity.noun} is linked to another transaction.")


def unlink(change: Change) -> None:
    """A deleted estimate leaves the invoices made from it, without the link (a switch)."""
    assert change.old is not None
    for invoice in linking(change.books, "Invoice", change.old.id):
        body = dict(invoice.body)
        body["LinkedTxn"] = [one for one in body["LinkedTxn"] if one["TxnId"] != change.old.id]
        body["Line"] = [_without(line, change.old.id) for line in body["Line"]]
        change.books.amend(change.books.entities["Invoice"], invoice, body)


def _without(line: Body, txn: str) -> Body:
    left = [one for one in line.get("LinkedTxn", ()) if one["TxnId"] != txn]
    return {name: value for name, value in line.items() if name != "LinkedTxn"} | (
        {"LinkedTxn": left} if left else {}
    )


def _set(change: Change, estimate: str, status: str, invoice: str | None) -> None:
    books = change.books
    record = books.get("Estimate", estimate)
    if record is None:
        return
    body = {**record.body, "TxnStatus": status}
    body.pop("LinkedTxn", None)
    if invoice is not None:
        body["LinkedTxn"] = [{"TxnId": invoice, "TxnType": "Invoice"}]
    books.update(books.entities["Estimate"], record, body, bump=False)
