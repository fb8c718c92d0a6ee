"""Acts: the verbs on invoices that are finalized: sent, revised, written off, void. With history and note each.

What a finalized invoice says changes only by a revision, which keeps what it said before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Unpack

from django.db import transaction

from tieout.practice.actions.invoices import (
    RowResult,
    differ,
    each_for_itself,
    lines_of,
    prepare,
    replace_lines,
    save_numbered,
)
from tieout.practice.actions.locking import lock_document
from tieout.practice.actions.recording import check_version, record_changed, set_values
from tieout.practice.actor import Actor
from tieout.practice.billing_validation import Checks, Number
from tieout.practice.client_balances import ClientBalance, move
from tieout.practice.invoice_content import said, set_amounts, settle
from tieout.practice.invoice_fields import InvoiceFields
from tieout.practice.invoices import INVOICE, Invoice, InvoiceLine, InvoiceRevision, LineKind, Status
from tieout.practice.money import ZERO, shown
from tieout.practice.validation import Invalid, TextRule

REASON = TextRule("The reason", 500)
SENT_TO = TextRule("The address", 254)


def revise_invoice(
    *,
    firm_id: int,
    invoice_id: int | str,
    actor: Actor,
    today: date,
    now: datetime,
    reason: str = "",
    expected_version: int | None = None,
    **fields: Unpack[InvoiceFields],
) -> Invoice:
    """Change what a finalized invoice says; ``lines`` replaces its item lines, late fees stay.

    It cannot come to less than was paid and credited, nor be billed to somebody else.
    Raises RecordChangedMeanwhile, NotYours, Invalid.
    """
    checks = Checks()
    reason = checks.text("reason", reason, REASON)
    if {"client_id", "group_id"} & fields.keys():
        checks.problem(
            "client_id", "A finalized invoice stays with its client. Void it and bill the other one."
        )
    if "number" in fields and not fields["number"].strip():
        checks.problem("number", "A finalized invoice keeps a number.")
    checks.done()
    with transaction.atomic():
        balance, invoice = _counted_to_change(firm_id, invoice_id, expected_version)
        before = lines_of(invoice)
        old = said(invoice, before)
        asked = prepare(firm_id, invoice, fields, today)
        lines = before if asked.lines is None else _with_fees(asked.lines, before)
        if not lines:
            raise Invalid({"lines": "Add at least one line."})
        total_before = invoice.total
        changes = set_values(invoice, asked.values)
        owed_before = invoice.balance
        set_amounts(invoice, lines)
        if differ(before, lines) and asked.lines is not None:
            changes["lines"] = [len(before), len(lines)]
        else:  # the same again: the rows that are there stay
            lines = before
        if not changes:
            return invoice
        changes["total"] = [total_before, invoice.total]
        _keep_revision(invoice, old, actor, now, reason)
        save_numbered(invoice)
        if "lines" in changes:
            replace_lines(invoice, lines)
        else:
            InvoiceLine.objects.bulk_update(lines, ["gross", "discount"])
        move(balance, owed=invoice.balance - owed_before)
        record_changed(invoice, INVOICE, "revised", actor, changes)
    return invoice


def mark_sent(
    *, firm_id: int, invoice_id: int | str, actor: Actor, now: datetime, sent_to: str = ""
) -> Invoice:
    """Say that the client has got it. Raises NotYours, Invalid for a draft or a void one."""
    checks = Checks()
    sent_to = checks.text("sent_to", sent_to, SENT_TO)
    checks.done()
    with transaction.atomic():
        _, invoice = _counted_to_change(firm_id, invoice_id, None)
        changes = set_values(invoice, {"sent_at": now, "sent_to": sent_to})
        settle(invoice)
        record_changed(invoice, INVOICE, "sent", actor, changes)
    return invoice


def mark_many_sent(
    *, firm_id: int, invoice_ids: Iterable[int | str], actor: Actor, now: datetime
) -> list[RowResult]:
    return each_for_itself(
        invoice_ids, lambda each: mark_sent(firm_id=firm_id, invoice_id=each, actor=actor, now=now)
    )


def void_invoice(
    *,
    firm_id: int,
    invoice_id: int | str,
    actor: Actor,
    now: datetime,
    reason: str = "",
    expected_version: int | None = None,
) -> Invoice:
    """Make it count for nothing; it keeps its number and its lines. One that is void already is returned as it is.

    Refused while payments or credits are applied. Raises RecordChangedMeanwhile, NotYours, Invalid.
    """
    checks = Checks()
    reason = checks.text("reason", reason, REASON)
    checks.done()
    with transaction.atomic():
        balance, invoice = lock_document(Invoice, firm_id, invoice_id)
        if invoice.status == Status.VOID:
            return invoice
        check_version(invoice, INVOICE, expected_version)
        _refuse_draft(invoice)
        if settled := invoice.paid + invoice.credited:
            raise Invalid(
                {"status": f"{shown(settled)} has been paid or credited. Take that off the invoice first."}
            )
        owed = invoice.balance
        changes: dict[str, list[str | None]] = {
            "status": [invoice.status, Status.VOID.value],
            "reason": [None, reason],
        }
        invoice.voided_at = now
        settle(invoice)
        move(balance, owed=-owed)
        record_changed(invoice, INVOICE, "voided", actor, changes)
    return invoice


def write_off_invoice(
    *,
    firm_id: int,
    invoice_id: int | str,
    actor: Actor,
    now: datetime,
    amount: Number | None = None,
    reason: str = "",
    expected_version: int | None = None,
) -> Invoice:
    """Give up ``amount`` of what is owed, all of it by default. Raises RecordChangedMeanwhile, NotYours, Invalid."""
    checks = Checks()
    reason = checks.text("reason", reason, REASON)
    wanted = None if amount is None or amount == "" else checks.amount("amount", amount, "The amount")
    checks.done()
    with transaction.atomic():
        balance, invoice = _counted_to_change(firm_id, invoice_id, expected_version)
        off = invoice.balance if wanted is None else wanted
        if off > invoice.balance or off == 0:
            raise Invalid({"amount": f"Only {shown(invoice.balance)} is owed; no more can be written off."})
        _set_written_off(balance, invoice, invoice.written_off + off, "written off", actor, now, reason)
    return invoice


def undo_write_off(*, firm_id: int, invoice_id: int | str, actor: Actor, now: datetime) -> Invoice:
    """Claim again all that was written off. Raises NotYours, Invalid."""
    with transaction.atomic():
        balance, invoice = _counted_to_change(firm_id, invoice_id, None)
        if invoice.written_off == 0:
            raise Invalid({"amount": "Nothing of this invoice was written off."})
        _set_written_off(balance, invoice, ZERO, "claimed again", actor, now, "")
    return invoice


def _set_written_off(
    balance: ClientBalance,
    invoice: Invoice,
    written_off: Decimal,
    verb: str,
    actor: Actor,
    now: datetime,
    reason: str,
) -> None:
    lines = lines_of(invoice)
    _keep_revision(invoice, said(invoice, lines), actor, now, reason or verb)
    owed_before = invoice.balance
    changes = set_values(invoice, {"written_off": written_off})
    set_amounts(invoice, lines)
    move(balance, owed=invoice.balance - owed_before)
    record_changed(invoice, INVOICE, verb, actor, changes)


def add_late_fee_line(
    balance: ClientBalance, invoice: Invoice, fee: InvoiceLine, on: date, actor: Actor, now: datetime
) -> None:
    """Put one more late fee on a locked, open invoice, as a revision. Inside the transaction of the verb."""
    lines = lines_of(invoice)
    _keep_revision(invoice, said(invoice, lines), actor, now, "late fee")
    owed_before, total_before = invoice.balance, invoice.total
    lines = [*lines, fee]
    changes = set_values(invoice, {"late_fee_on": on})
    set_amounts(invoice, lines)
    changes["total"] = [total_before, invoice.total]
    replace_lines(invoice, lines)
    move(balance, owed=invoice.balance - owed_before)
    record_changed(invoice, INVOICE, "late fee added", actor, changes)


def remove_late_fees(*, firm_id: int, invoice_id: int | str, actor: Actor, now: datetime) -> Invoice:
    """Take all late fees off again. Raises NotYours, Invalid when that would leave it overpaid."""
    with transaction.atomic():
        balance, invoice = _counted_to_change(firm_id, invoice_id, None)
        before = lines_of(invoice)
        lines = [line for line in before if line.kind != LineKind.LATE_FEE]
        if len(lines) == len(before):
            raise Invalid({"lines": "There is no late fee on this invoice."})
        _keep_revision(invoice, said(invoice, before), actor, now, "late fee removed")
        owed_before, total_before = invoice.balance, invoice.total
        changes = set_values(invoice, {"late_fee_on": None})
        set_amounts(invoice, lines)
        changes["total"] = [total_before, invoice.total]
        replace_lines(invoice, lines)
        move(balance, owed=invoice.balance - owed_before)
        record_changed(invoice, INVOICE, "late fee removed", actor, changes)
    return invoice


def _counted_to_change(
    firm_id: int, invoice_id: int | str, expected_version: int | None
) -> tuple[ClientBalance, Invoice]:
    balance, invoice = lock_document(Invoice, firm_id, invoice_id)
    check_version(invoice, INVOICE, expected_version)
    _refuse_draft(invoice)
    if invoice.status == Status.VOID:
        raise Invalid({"status": f"Invoice {invoice.number} is void; nothing of it can be changed."})
    return balance, invoice


def _refuse_draft(invoice: Invoice) -> None:
    if invoice.status == Status.DRAFT:
        raise Invalid({"status": "This invoice is still a draft. Finalize it first."})


def _with_fees(lines: list[InvoiceLine], before: list[InvoiceLine]) -> list[InvoiceLine]:
    combined = [*lines, *(line for line in before if line.kind == LineKind.LATE_FEE)]
    for position, line in enumerate(combined):
        line.position = position
    return combined


def _keep_revision(invoice: Invoice, old: object, actor: Actor, now: datetime, reason: str) -> None:
    InvoiceRevision.objects.create(
        firm_id=invoice.firm_id,
        invoice=invoice,
        number=invoice.revisions.count() + 1,
        said=old,
        reason=reason,
        actor_label=actor.label[:200],
        member_id=actor.member_id,
        at=now,
    )
