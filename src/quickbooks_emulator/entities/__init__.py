"""The entities the emulator keeps, one declarative file each. Adding one is a file and a line here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from quickbooks_emulator.entities.account import ACCOUNT
from quickbooks_emulator.entities.attachable import ATTACHABLE
from quickbooks_emulator.entities.bill import BILL
from quickbooks_emulator.entities.bill_payment import BILL_PAYMENT
from quickbooks_emulator.entities.class_ import CLASS
from quickbooks_emulator.entities.company_currency import COMPANY_CURRENCY
from quickbooks_emulator.entities.company_info import COMPANY_INFO
from quickbooks_emulator.entities.credit_memo import CREDIT_MEMO
from quickbooks_emulator.entities.customer import CUSTOMER
from quickbooks_emulator.entities.declaration import Entity, Kind
from quickbooks_emulator.entities.department import DEPARTMENT
from quickbooks_emulator.entities.deposit import DEPOSIT
from quickbooks_emulator.entities.employee import EMPLOYEE
from quickbooks_emulator.entities.estimate import ESTIMATE
from quickbooks_emulator.entities.exchange_rate import EXCHANGE_RATE
from quickbooks_emulator.entities.inventory_adjustment import INVENTORY_ADJUSTMENT
from quickbooks_emulator.entities.invoice import INVOICE
from quickbooks_emulator.entities.item import ITEM
from quickbooks_emulator.entities.journal_entry import JOURNAL_ENTRY
from quickbooks_emulator.entities.payment import PAYMENT
from quickbooks_emulator.entities.payment_method import PAYMENT_METHOD
from quickbooks_emulator.entities.preferences import PREFERENCES
from quickbooks_emulator.entities.purchase import PURCHASE
from quickbooks_emulator.entities.purchase_order import PURCHASE_ORDER
from quickbooks_emulator.entities.recurring_transaction import RECURRING_TRANSACTION
from quickbooks_emulator.entities.refund_receipt import REFUND_RECEIPT
from quickbooks_emulator.entities.sales_receipt import SALES_RECEIPT
from quickbooks_emulator.entities.tax_agency import TAX_AGENCY
from quickbooks_emulator.entities.tax_code import TAX_CODE
from quickbooks_emulator.entities.tax_rate import TAX_RATE
from quickbooks_emulator.entities.term import TERM
from quickbooks_emulator.entities.time_activity import TIME_ACTIVITY
from quickbooks_emulator.entities.transfer import CREDIT_CARD_PAYMENT, TRANSFER
from quickbooks_emulator.entities.values import folded
from quickbooks_emulator.entities.vendor import VENDOR
from quickbooks_emulator.entities.vendor_credit import VENDOR_CREDIT
from quickbooks_emulator.ledger.sums import Sums
from quickbooks_emulator.store import HashIndex, Index, OrderIndex
from quickbooks_emulator.store.books import id_order

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        ACCOUNT,
        ATTACHABLE,
        BILL,
        BILL_PAYMENT,
        CLASS,
        COMPANY_CURRENCY,
        COMPANY_INFO,
        CREDIT_CARD_PAYMENT,
        CREDIT_MEMO,
        CUSTOMER,
        DEPARTMENT,
        DEPOSIT,
        EMPLOYEE,
        ESTIMATE,
        EXCHANGE_RATE,
        INVENTORY_ADJUSTMENT,
        INVOICE,
        ITEM,
        JOURNAL_ENTRY,
        PAYMENT,
        PAYMENT_METHOD,
        PREFERENCES,
        PURCHASE,
        PURCHASE_ORDER,
        RECURRING_TRANSACTION,
        REFUND_RECEIPT,
        SALES_RECEIPT,
        TAX_AGENCY,
        TAX_CODE,
        TAX_RATE,
        TERM,
        TIME_ACTIVITY,
        TRANSFER,
        VENDOR,
        VENDOR_CREDIT,
    )
}
BY_PATH: dict[str, Entity] = {entity.path: entity for entity in ENTITIES.values()}

NOT_KEPT = frozenset(
    {
        "Attachable", "Budget", "ChangeOrder", "Class", "CompanyCurrency",
        "CreditMemo", "CustomerType", "Department", "Deposit", "Estimate", "ExchangeRate", "InventoryAdjustment",
        "Invoice", "Item", "JournalCode", "JournalEntry", "Payment", "PaymentMethod", "Purchase",
        "PurchaseOrder", "RecurringTransaction", "RefundReceipt", "ReimburseCharge", "SalesReceipt", "TaxAgency",
        "TaxCode", "TaxRate", "Term", "TimeActivity", "Transfer", "VendorCredit",
    }
) - frozenset(ENTITIES)  # fmt: skip
"""Entities the real service has and the emulator does not keep: queries and change data find none of them."""

NOT_IN_CHANGES = frozenset({"JournalCode", "TimeActivity", "TaxAgency", "TaxCode", "TaxRate"})


def indexes(collection: str) -> dict[str, Index]:
    """The indexes of a collection by its name, "records/<realm>/<entity>"; none for anything else."""
    kind, _, rest = collection.partition("/")
    if kind == "postings":
        return {"sums": Sums()}
    if kind not in ("records", "deleted"):
        return {}
    by_time = OrderIndex(lambda value: (value.updated, value.seq))
    if kind == "deleted":
        return {"updated": by_time}
    entity = ENTITIES[rest.partition("/")[2]]
    made: dict[str, Index] = {
        "updated": by_time,
        "id": OrderIndex(lambda record: id_order(record.id)),
    }
    for name in entity.indexed:
        made[name] = HashIndex(_text_of(entity, name))
    for name, values in entity.more_indexes:
        made[name] = HashIndex(values)
    if entity.order_field:
        made["order"] = OrderIndex(lambda record: record.body.get(entity.order_field, "").casefold())
    if "ParentRef" in entity.by_name:
        made["parent"] = HashIndex(_parent_of)
    return made


def _text_of(entity: Entity, name: str) -> Any:
    inner = {Kind.EMAIL: "Address", Kind.REF: "value"}.get(entity.by_name[name].kind)

    def extract(record: Any) -> Iterable[str]:
        value = record.body.get(name)
        if not value:
            return ()
        return (folded(value[inner] if inner else value),)

    return extract


def _parent_of(record: Any) -> Iterable[str]:
    parent = record.body.get("ParentRef")
    return (parent["value"],) if parent else ()
