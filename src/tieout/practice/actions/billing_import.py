"""Acts: a file of service items, invoices, open balances or payments from upload to rows. Kept, previewed, imported once.

Many rows leave what one does: the row, its history, its note and the client's balance; all in one transaction, or none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from tieout.practice.access import require, visible_clients
from tieout.practice.actions.client_import import KEPT_FOR, ImportRefused
from tieout.practice.actions.recording import given
from tieout.practice.actor import Actor, ActorKind, ChangeRecord, Changes, history_row
from tieout.practice.billing_access import choices_in, rows_of
from tieout.practice.billing_csv import COLUMNS, Built, Known, owed_change
from tieout.practice.billing_rows import BillingRow
from tieout.practice.billing_settings import settings_of
from tieout.practice.client_balances import ClientBalance
from tieout.practice.clients import Client
from tieout.practice.csv_text import BadFile, decode
from tieout.practice.drafts import ImportDraft
from tieout.practice.firms import Member
from tieout.practice.groups import ClientGroup
from tieout.practice.invoice_csv import build_invoices
from tieout.practice.invoice_terms import today_at
from tieout.practice.invoices import INVOICE, UNCOUNTED, Invoice, InvoiceLine
from tieout.practice.item_csv import build_items
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate
from tieout.practice.money import ZERO
from tieout.practice.outbox import note_changes
from tieout.practice.payment_csv import build_payments
from tieout.practice.payments import PAYMENT, REFUND, Allocation, Payment, PaymentStatus, Refund
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.service_items import SERVICE_ITEM, ServiceItem
from tieout.practice.sheets import Sheet, SheetRow, read_sheet

BATCH = 500
_LISTS = (LedgerList.ACCOUNT, LedgerList.CATEGORY, LedgerList.TRACKING_CLASS, LedgerList.LOCATION)


@dataclass(frozen=True, slots=True)
class ImportKind:
    name: str
    many: str
    """What the rows are called."""
    permission: Permission
    example: tuple[Mapping[str, str], ...]
    """Rows of the example file: field -> cell."""


_ITEM = {"name": "Tax return", "description": "Individual tax return", "charge": "Per service", "rate": "450.00",
         "sku": "TAX-1", "status": "Active"}  # fmt: skip
_LINE = {"record": "1", "number": "1001", "client": "Ada Byrne", "date": "2026-01-15", "terms": "Net 30",
         "description": "Tax return", "quantity": "1", "rate": "450.00", "status": "Draft"}  # fmt: skip
_NEXT_LINE = {
    "record": "1",
    "number": "1001",
    "description": "Filing by post",
    "quantity": "1",
    "rate": "12.50",
}
_BALANCE = {"number": "1001", "client": "Ada Byrne", "date": "2026-01-15", "due_date": "2026-02-14",
            "rate": "462.50", "description": "Opening balance"}  # fmt: skip
_PAYMENT = {"record": "1", "date": "2026-02-01", "client": "Ada Byrne", "amount": "200.00", "method": "Check",
            "reference": "1042", "invoice": "1001", "retainer": "No"}  # fmt: skip
KINDS: Mapping[str, ImportKind] = {
    each.name: each
    for each in (
        ImportKind("items", "service items", Permission.EDIT_SERVICE_ITEMS, (_ITEM,)),
        ImportKind("invoices", "invoices", Permission.EDIT_INVOICES, (_LINE, _NEXT_LINE)),
        ImportKind("balances", "open balances", Permission.EDIT_INVOICES, (_BALANCE,)),
        ImportKind("payments", "payments", Permission.RECORD_PAYMENTS, (_PAYMENT,)),
    )
}


def keep_billing_upload(
    *, member: Member, kind: str, file_name: str, content: bytes, now: datetime
) -> ImportDraft:
    """Keep a readable file for the preview, in place of the member's earlier ones. Raises BadFile, NotAllowed."""
    require(member, KINDS[kind].permission)
    text = decode(content)
    read_sheet(text, COLUMNS[kind])
    with transaction.atomic():
        drafts = ImportDraft.objects.filter(firm_id=member.firm_id, imported_at=None)
        drafts.filter(member=member, kind=kind).delete()
        drafts.filter(expires_at__lte=now).delete()
        return ImportDraft.objects.create(
            firm_id=member.firm_id,
            member=member,
            kind=kind,
            file_name=file_name[:255],
            content=text,
            created_at=now,
            expires_at=now + KEPT_FOR,
        )


def access_billing_draft(
    member: Member, kind: str, draft_id: uuid.UUID, *, now: datetime, to_change: bool = False
) -> ImportDraft:
    """An upload of this member that has not expired. Raises NotAllowed, NotYours."""
    require(member, KINDS[kind].permission)
    drafts = ImportDraft.objects.filter(firm_id=member.firm_id, member=member, kind=kind, expires_at__gt=now)
    draft = (drafts.select_for_update() if to_change else drafts).filter(pk=draft_id).first()
    if draft is None:
        raise NotYours(
            "There is no such upload, or it was kept for a day and is gone. Upload the file again."
        )
    return draft


def read_billing_draft(member: Member, draft: ImportDraft, now: datetime) -> tuple[Sheet, Built]:
    """The rows judged against what the firm has now, and what they would make. Saves nothing. Raises BadFile."""
    sheet = read_sheet(draft.content, COLUMNS[draft.kind])
    known = _known(member, draft.kind, sheet.rows, now, to_change=False)
    return sheet, _build(draft.kind, sheet.rows, known)


def import_billing_draft(
    *, member: Member, kind: str, draft_id: uuid.UUID, skip_errors: bool, now: datetime
) -> ImportDraft:
    """Import the valid rows, all in one transaction. A draft is imported once: a second call returns it as it is.

    Raises ImportRefused when a row has errors and ``skip_errors`` does not say to leave those out; NotYours, NotAllowed.
    """
    try:
        with transaction.atomic():
            draft = access_billing_draft(member, kind, draft_id, now=now, to_change=True)
            if draft.imported_at is not None:
                return draft
            sheet = read_sheet(draft.content, COLUMNS[kind])
            known = _known(member, kind, sheet.rows, now, to_change=True)
            built = _build(kind, sheet.rows, known)
            if sheet.invalid and not skip_errors:
                raise ImportRefused(
                    f"Nothing was imported: {len(sheet.invalid):,} rows have errors. Correct the file and upload it "
                    "again, or choose to skip those rows."
                )
            if not sheet.valid:
                raise ImportRefused("Nothing was imported: no row is free of errors. Correct the file first.")
            _save(member.firm_id, Actor.of(member, ActorKind.IMPORT), built)
            draft.imported_at, draft.content = now, ""
            draft.imported_count, draft.skipped_count = len(sheet.valid), len(sheet.invalid)
            draft.save()
            return draft
    except IntegrityError as error:
        if not any(name in str(error) for name in ("invoice_number_once", "service_item_name_once")):
            raise
        raise ImportRefused(
            "Nothing was imported: while the file was read, someone used one of its names or numbers. Look at the "
            "preview again."
        ) from error
    except BadFile as error:
        raise ImportRefused(str(error)) from error


def _build(kind: str, rows: list[SheetRow], known: Known) -> Built:
    if kind == "items":
        return build_items(rows, known)
    if kind == "payments":
        return build_payments(rows, known)
    return build_invoices(rows, known, balances=kind == "balances")


def _known(member: Member, kind: str, rows: list[SheetRow], now: datetime, *, to_change: bool) -> Known:
    """Only what the file names, in a handful of queries. ``to_change`` locks the money it moves, client by client."""
    firm_id = member.firm_id
    today = today_at(now, member.firm.time_zone)
    clients = _clients(member, rows) if kind != "items" else {}
    if to_change and kind != "items":
        _lock_money(firm_id, {each.pk for found in clients.values() for each in found})
    named = {row.cells.get("number" if kind != "payments" else "invoice", "") for row in rows} - {""}
    invoices: dict[str, Invoice] = {}
    if named and kind == "payments":
        found = rows_of(Invoice, firm_id).filter(number__in=named, client__in=visible_clients(member))
        invoices = {
            each.number: each
            for each in (found.select_for_update(of=("self",)) if to_change else found).order_by("pk")
        }
    groups = (
        # The ones in use last: a dissolved one may have had the same name.
        rows_of(ClientGroup, firm_id).order_by("is_active", "pk").prefetch_related("members__client")
        if kind == "invoices"
        else []
    )
    taken = rows_of(Invoice, firm_id).filter(number__in=named) if kind in ("invoices", "balances") else None
    return Known(
        firm_id=firm_id,
        today=today,
        now=now,
        settings=settings_of(firm_id),
        clients=clients,
        items=_items(firm_id) if kind in ("items", "invoices") else {},
        taxes=_by_name(rows_of(TaxRate, firm_id), "name"),
        entries={of: _entries(firm_id, of) for of in _LISTS},
        groups=_by_name(groups, "name"),
        group_clients={each.pk: {one.client_id: one.client for one in each.members.all()} for each in groups},
        numbers=frozenset(taken.values_list("number", flat=True)) if taken is not None else frozenset(),
        invoices=invoices,
    )


def _clients(member: Member, rows: list[SheetRow]) -> dict[str, list[Client]]:
    told = {row.cells.get("client", "") for row in rows} - {""}
    lower = {each.lower() for each in told}
    found: dict[str, list[Client]] = {}
    clients = visible_clients(member).alias(folded=Lower("name"))
    for client in clients.filter(Q(folded__in=lower) | Q(external_id__in=told)).order_by("pk"):
        for name in {client.name.lower(), client.external_id.lower()} - {""}:
            found.setdefault(name, []).append(client)
    return found


def _items(firm_id: int) -> dict[str, list[ServiceItem]]:
    """By name, and with the category before it: two items may share a name in different ones."""
    found: dict[str, list[ServiceItem]] = {}
    items = rows_of(ServiceItem, firm_id).select_related("tax_rate", "category").order_by("-is_active", "pk")
    for item in items:
        for name in {item.name, f"{item.category or ''}:{item.name}"}:
            found.setdefault(name.lower(), []).append(item)
    return found


def _entries(firm_id: int, of: LedgerList) -> dict[str, ListEntry]:
    return _by_name(choices_in(firm_id, of), "full_name")


def _by_name(rows: Iterable[Any], name: str) -> dict[str, Any]:
    return {getattr(each, name).lower(): each for each in rows}


def _lock_money(firm_id: int, client_ids: set[int]) -> None:
    """The balances of all clients of the file, in the order of their ids, so that two imports never wait for each other."""
    ClientBalance.objects.bulk_create(
        [ClientBalance(firm_id=firm_id, client_id=each) for each in sorted(client_ids)],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    balances = ClientBalance.objects.filter(firm_id=firm_id, client_id__in=client_ids)
    list(balances.select_for_update().order_by("client_id").values_list("pk", flat=True))


def _save(firm_id: int, actor: Actor, built: Built) -> None:
    if built.items:
        ServiceItem.objects.bulk_create(built.items, batch_size=BATCH)
        _record(
            firm_id,
            SERVICE_ITEM,
            "created",
            actor,
            ((each, {"name": [None, each.name]}) for each in built.items),
        )
        note_changes(firm_id, SERVICE_ITEM, [(str(each.pk), each.version) for each in built.items])
    if built.invoices:
        _save_invoices(firm_id, actor, built)
    if built.payments:
        _save_payments(firm_id, actor, built)


def _save_invoices(firm_id: int, actor: Actor, built: Built) -> None:
    invoices = [invoice for invoice, _ in built.invoices]
    Invoice.objects.bulk_create(invoices, batch_size=BATCH)
    lines = []
    for invoice, own in built.invoices:
        for position, line in enumerate(own):
            line.firm_id, line.invoice, line.position = firm_id, invoice, position
            lines.append(line)
    InvoiceLine.objects.bulk_create(lines, batch_size=BATCH)
    told = [
        (each, given({"number": each.number, "total": each.total, "date": each.date})) for each in invoices
    ]
    _record(firm_id, INVOICE, "imported", actor, told)
    counted = [each for each in invoices if each.status not in UNCOUNTED]
    note_changes(firm_id, INVOICE, [(str(each.pk), each.version) for each in counted])
    _move(firm_id, owed_change(built), {})


def _save_payments(firm_id: int, actor: Actor, built: Built) -> None:
    payments = [each.payment for each in built.payments]
    parts = [part for each in built.payments for part in each.parts]
    refunds = [each.refund for each in built.payments if each.refund is not None]
    Payment.objects.bulk_create(payments, batch_size=BATCH)
    for part in parts:
        part.payment_id = part.payment.pk
    for refund in refunds:
        refund.payment_id = refund.payment.pk
    Allocation.objects.bulk_create(parts, batch_size=BATCH)
    Refund.objects.bulk_create(refunds, batch_size=BATCH)
    paid = {part.invoice.pk: part.invoice for part in parts}
    for invoice in paid.values():
        invoice.version += 1
    Invoice.objects.bulk_update(paid.values(), ["paid", "balance", "status", "version"], batch_size=BATCH)
    told = [
        (each, given({"amount": each.amount, "method": each.method, "date": each.date})) for each in payments
    ]
    _record(firm_id, PAYMENT, "imported", actor, told)
    _record(firm_id, REFUND, "imported", actor, ((each, given({"amount": each.amount})) for each in refunds))
    _record(
        firm_id, INVOICE, "paid", actor, ((each, {"paid": [None, str(each.paid)]}) for each in paid.values())
    )
    came = [each for each in payments if each.status == PaymentStatus.RECEIVED]
    note_changes(firm_id, PAYMENT, [(str(each.pk), each.version) for each in came])
    note_changes(firm_id, REFUND, [(str(each.pk), each.version) for each in refunds])
    note_changes(firm_id, INVOICE, [(str(each.pk), each.version) for each in paid.values()])
    owed: dict[int, Decimal] = {}
    on_account: dict[int, Decimal] = {}
    for payment in payments:
        owed[payment.client_id] = owed.get(payment.client_id, ZERO) - payment.allocated
        on_account[payment.client_id] = on_account.get(payment.client_id, ZERO) + payment.unapplied
    _move(firm_id, owed, on_account)


def _move(firm_id: int, owed: Mapping[int, Decimal], on_account: Mapping[int, Decimal]) -> None:
    """Add to balances that are locked already."""
    balances = list(
        ClientBalance.objects.filter(firm_id=firm_id, client_id__in=owed.keys() | on_account.keys())
    )
    for balance in balances:
        balance.owed += owed.get(balance.client_id, ZERO)
        balance.on_account += on_account.get(balance.client_id, ZERO)
    ClientBalance.objects.bulk_update(balances, ["owed", "on_account"], batch_size=BATCH)


def _record(
    firm_id: int, kind: str, verb: str, actor: Actor, rows: Iterable[tuple[BillingRow, Changes]]
) -> None:
    ChangeRecord.objects.bulk_create(
        [history_row(firm_id, kind, str(row.pk), row.version, verb, actor, changes) for row, changes in rows],
        batch_size=BATCH,
    )


def example_of(kind: str) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the file people start from."""
    columns = [column for column in COLUMNS[kind] if not column.shown_only]
    rows = [[row.get(column.field, "") for column in columns] for row in KINDS[kind].example]
    return [column.label for column in columns], rows
