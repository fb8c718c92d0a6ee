"""Acts: the order in which billing verbs lock: the client's money, then the document, then a number sequence.

One order for all of them, so that two verbs never wait for each other.
"""

from __future__ import annotations

from typing import TypeVar

from tieout.practice.actions.recording import RecordChangedMeanwhile
from tieout.practice.billing_access import not_there, row_number, row_to_change, rows_of
from tieout.practice.client_balances import ClientBalance, lock_money
from tieout.practice.credits import Credit
from tieout.practice.invoices import Invoice
from tieout.practice.payments import Payment

Document = TypeVar("Document", Invoice, Payment, Credit)


def lock_document(model: type[Document], firm_id: int, row_id: int | str) -> tuple[ClientBalance, Document]:
    """The balance of the document's client and the document, both locked. Raises NotYours, RecordChangedMeanwhile."""
    client_id = (
        rows_of(model, firm_id)
        .filter(pk=row_number(model, row_id))
        .values_list("client_id", flat=True)
        .first()
    )
    if client_id is None:
        raise not_there(model)
    balance = lock_money(firm_id, client_id)
    document = row_to_change(model, firm_id, row_id)
    if document.client_id != client_id:
        raise RecordChangedMeanwhile(
            str(model._meta.model_name), seen=document.version - 1, now=document.version
        )
    return balance, document


def lock_invoices(firm_id: int, client_id: int, invoice_ids: list[int]) -> dict[int, Invoice]:
    """Those of the invoices that are this client's, locked, by id. The client's money must be locked already."""
    invoices = (
        rows_of(Invoice, firm_id)
        .select_for_update()
        .filter(client_id=client_id, pk__in=invoice_ids)
        .order_by("pk")
    )
    return {invoice.pk: invoice for invoice in invoices}
