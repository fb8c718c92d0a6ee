"""Acts: short ways to write transactions in tests, and the check that the books are whole."""

from __future__ import annotations

from typing import Any

from quickbooks_emulator import Emulator
from quickbooks_emulator.entities import ENTITIES
from quickbooks_emulator.ledger.check import discrepancies
from quickbooks_emulator.store.books import Books
from tests.emulator.client import SAMPLE, Api


def sale_line(amount: Any, **detail: Any) -> dict[str, Any]:
    item = detail.pop("item", "1")
    return {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item}, **detail},
    }


def invoice(api: Api, amount: Any = 100, customer: str = "3", **fields: Any) -> dict[str, Any]:
    return api.create("Invoice", CustomerRef={"value": customer}, Line=[sale_line(amount)], **fields)


def credit(api: Api, amount: Any = 100, customer: str = "3", **fields: Any) -> dict[str, Any]:
    return api.create("CreditMemo", CustomerRef={"value": customer}, Line=[sale_line(amount)], **fields)


def paid(amount: Any, *targets: tuple[str, str]) -> list[dict[str, Any]]:
    """Payment lines of the same amount on each (TxnType, TxnId)."""
    return [{"Amount": amount, "LinkedTxn": [{"TxnId": txn, "TxnType": kind}]} for kind, txn in targets]


def pay(api: Api, amount: Any, *invoices: str, customer: str = "3", **fields: Any) -> dict[str, Any]:
    lines = paid(amount, *(("Invoice", one) for one in invoices))
    return api.create(
        "Payment",
        CustomerRef={"value": customer},
        TotalAmt=amount * max(len(invoices), 1),
        Line=lines,
        **fields,
    )


def gone(api: Api, entity: str, record: dict[str, Any]) -> dict[str, Any]:
    body = {"Id": record["Id"], "SyncToken": api.read(entity, record["Id"])["SyncToken"]}
    return api.post(f"/{entity.lower()}", body, operation="delete")[entity]  # type: ignore[no-any-return]


def voided(api: Api, entity: str, record: dict[str, Any]) -> dict[str, Any]:
    body = {"Id": record["Id"], "SyncToken": api.read(entity, record["Id"])["SyncToken"]}
    params = {"operation": "void"} if entity == "Invoice" else {"operation": "update", "include": "void"}
    return api.post(f"/{entity.lower()}", body, **params)[entity]  # type: ignore[no-any-return]


def faults_in(emulator: Emulator, realm: str = SAMPLE) -> list[str]:
    """What does not agree in a company's books."""
    with emulator.store.transaction() as transaction:
        company = emulator.control.company(realm)
        now = emulator.clock.milliseconds()
        return discrepancies(Books(emulator.store, transaction, company, ENTITIES, now, emulator.knobs))


def whole(emulator: Emulator, realm: str = SAMPLE) -> bool:
    found = faults_in(emulator, realm)
    assert found == []
    return True
