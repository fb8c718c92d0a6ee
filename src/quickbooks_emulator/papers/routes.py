"""Acts: answers /{entity}/{id}/pdf and /{entity}/{id}/send. Called by the data service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.calls import Call
from quickbooks_emulator.entities import BY_PATH
from quickbooks_emulator.entities.declaration import Body, Entity
from quickbooks_emulator.entities.render import render
from quickbooks_emulator.messages import Request, Response
from quickbooks_emulator.papers import layout, pdf
from quickbooks_emulator.papers.mail import send
from quickbooks_emulator.service.writes import existing
from quickbooks_emulator.store.books import Books

PAPERS = (
    "CreditMemo", "Estimate", "Invoice", "Payment", "PurchaseOrder", "RefundReceipt", "SalesReceipt",
)  # fmt: skip
"""What can be printed and sent (documented one by one)."""


def matches(call: Call, request: Request) -> bool:
    wanted = {"pdf": "GET", "send": "POST"}.get(call.operation)
    return wanted == request.method and len(call.segments) == 3


def answer(books: Books, call: Call, request: Request) -> Body | Response:
    """A PDF file, or the sent transaction. Raises Fault 500 for what has no paper, 610 for a missing id."""
    entity = BY_PATH.get(call.entity)
    if entity is None or entity.name not in PAPERS:
        raise faults.no_such_path(request.path)
    record = existing(books, entity, call.record)
    if call.operation == "send":
        sent = send(books, entity, record, request.params.get("sendto", "").strip())
        return {entity.name: render(books, entity, sent)}
    lines = layout.lines(books, entity.name, render(books, entity, record))
    title = f"{entity.name} {record.body.get('DocNumber', record.id)}"
    return Response(200, pdf.document(lines, title), {"Content-Type": "application/pdf"})


def send_again(books: Books, entity: Entity, payload: Any) -> Body:
    """The `send` operation of a batch item (in the schema): to the address the transaction has."""
    if entity.name not in PAPERS or not isinstance(payload, Mapping):
        raise faults.unsupported(f"send {entity.name}")
    sent = send(books, entity, existing(books, entity, payload.get("Id")), "")
    return {entity.name: render(books, entity, sent)}
