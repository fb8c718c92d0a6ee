"""Decides which entities are synced: every module in this package declares one as ``ENTITY``, listed here.

Adding an entity is adding a file and its line. In which order they are synced is ``tieout.reconcile.order``'s business.
"""

from __future__ import annotations

from tieout.quickbooks.entities import (
    account,
    category,
    class_,
    credit_application,
    credit_memo,
    customer,
    department,
    invoice,
    item,
    payment,
    payment_method,
    refund_receipt,
    tax_code,
    term,
)
from tieout.quickbooks.entity import QuickBooksEntity

READY: tuple[QuickBooksEntity, ...] = (
    customer.ENTITY,
    account.ENTITY,
    category.ENTITY,
    class_.ENTITY,
    department.ENTITY,
    payment_method.ENTITY,
    tax_code.ENTITY,
    term.ENTITY,
    item.ENTITY,
    invoice.ENTITY,
    credit_memo.ENTITY,
    payment.ENTITY,
    credit_application.ENTITY,
    refund_receipt.ENTITY,
)
"""What is kept in step, on every side of the program."""


def all_entities() -> tuple[QuickBooksEntity, ...]:
    """Every entity that is kept in step."""
    return READY
