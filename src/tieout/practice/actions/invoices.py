"""Acts: the verbs on draft invoices, up to the moment they are finalized. One transaction each, with history.

A draft counts nowhere and is nobody else's business: it is noted in the outbox only from its finalizing on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Unpack

from django.db import IntegrityError, transaction

from tieout.practice.actions.locking import lock_document
from tieout.practice.actions.recording import (
    check_version,
    given,
    record_changed,
    record_draft,
    set_values,
)
from tieout.practice.actor import Actor
from tieout.practice.billing_access import row_to_change, rows_of
from tieout.practice.billing_settings import settings_of
from tieout.practice.billing_validation import Checks
from tieout.practice.client_balances import move
from tieout.practice.groups import ClientGroup
from tieout.practice.invoice_choices import bill_to, choices_for
from tieout.practice.invoice_content import set_amounts
from tieout.practice.invoice_fields import (
    CleanInvoice,
    InvoiceFields,
    clean_invoice,
    number_taken,
    ready_to_finalise,
)
from tieout.practice.invoice_terms import due_on
from tieout.practice.invoices import INVOICE, Invoice, InvoiceLine, Status
from tieout.practice.numbering import take_number
from tieout.practice.permissions import NotYours
from tieout.practice.validation import Invalid

NUMBER_TRIES = 5
"""A number typed elsewhere at the same moment costs one try."""


def create_invoice(*, firm_id: int, actor: Actor, today: date, **fields: Unpack[InvoiceFields]) -> Invoice:
    """A new draft for a client or a client group. ``today``: the firm's date; no invoice is of the future.

    Terms, memo and currency start as the firm's settings say. Raises Invalid.
    """
    with transaction.atomic():
        settings = settings_of(firm_id)
        terms = settings.terms
        invoice = Invoice(
            firm_id=firm_id,
            date=today,
            terms=terms,
            due_date=due_on(terms, today, None),
            currency=settings.currency,
            memo=settings.memo,
        )
        asked: InvoiceFields = {"client_id": None, **fields}
        if "date" not in asked:
            asked["date"] = today
        new = prepare(firm_id, invoice, asked, today)
        for column, value in new.values.items():
            setattr(invoice, column, value)
        lines = new.lines or []
        set_amounts(invoice, lines)
        save_numbered(invoice)
        save_lines(invoice, lines)
        record_draft(
            invoice,
            INVOICE,
            "drafted",
            actor,
            given({**new.values, "total": invoice.total, "lines": len(lines)}),
        )
    return invoice


def change_draft(
    *,
    firm_id: int,
    invoice_id: int | str,
    actor: Actor,
    today: date,
    expected_version: int | None = None,
    **fields: Unpack[InvoiceFields],
) -> Invoice:
    """Set the given fields of a draft; ``lines`` are replaced as a whole.

    Raises RecordChangedMeanwhile, NotYours, Invalid, also when it is finalized: then ``revise_invoice``.
    """
    with transaction.atomic():
        invoice = _draft_to_change(firm_id, invoice_id)
        check_version(invoice, INVOICE, expected_version)
        changed = prepare(firm_id, invoice, fields, today)
        total_before, lines_before = invoice.total, lines_of(invoice)
        changes = set_values(invoice, changed.values)
        lines = lines_before if changed.lines is None else changed.lines
        set_amounts(invoice, lines)
        if changed.lines is not None and differ(lines_before, lines):
            changes["lines"] = [len(lines_before), len(lines)]
        else:  # the same again: the rows that are there stay
            lines = lines_before
        if not changes:
            return invoice
        changes["total"] = [total_before, invoice.total]
        save_numbered(invoice)
        if "lines" in changes:
            replace_lines(invoice, lines)
        else:
            InvoiceLine.objects.bulk_update(lines, ["gross", "discount"])
        invoice.version += 1
        invoice.save(update_fields=["version"])
        record_draft(invoice, INVOICE, "changed", actor, changes)
    return invoice


def discard_draft(*, firm_id: int, invoice_id: int | str, actor: Actor) -> None:
    """Throw a draft away. Nobody has seen it but us, and its history says who did. Raises NotYours, Invalid."""
    with transaction.atomic():
        invoice = _draft_to_change(firm_id, invoice_id)
        record_draft(invoice, INVOICE, "discarded", actor, {"total": [invoice.total, None]})
        invoice.delete()


def finalise_invoice(
    *,
    firm_id: int,
    invoice_id: int | str,
    actor: Actor,
    today: date,
    now: datetime,
    expected_version: int | None = None,
) -> Invoice:
    """Give the draft its number and let it count. One that is finalized already is returned as it is.

    Raises RecordChangedMeanwhile, NotYours, Invalid with everything that stands against it.
    """
    with transaction.atomic():
        balance, invoice = lock_document(Invoice, firm_id, invoice_id)
        if invoice.status != Status.DRAFT:
            return invoice
        check_version(invoice, INVOICE, expected_version)
        lines = lines_of(invoice)
        if problems := ready_to_finalise(invoice, lines, invoice.client, today):
            raise Invalid(problems)
        invoice.finalised_at = now
        set_amounts(invoice, lines)
        number_and_save(invoice)
        move(balance, owed=invoice.balance)
        record_changed(
            invoice,
            INVOICE,
            "finalized",
            actor,
            {"number": ["", invoice.number], "status": [Status.DRAFT.value, invoice.status]},
        )
    return invoice


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one of many: the invoice, or why not (field -> sentence)."""

    invoice_id: int | str
    invoice: Invoice | None
    problems: dict[str, str]


def finalise_invoices(
    *, firm_id: int, invoice_ids: Iterable[int | str], actor: Actor, today: date, now: datetime
) -> list[RowResult]:
    """Finalize many, each for itself: one that cannot be does not hold up the others."""
    return each_for_itself(
        invoice_ids,
        lambda each: finalise_invoice(firm_id=firm_id, invoice_id=each, actor=actor, today=today, now=now),
    )


def each_for_itself(invoice_ids: Iterable[int | str], act: Callable[[int | str], Invoice]) -> list[RowResult]:
    """One result per id, in the order given; a refusal is a result too."""
    results = []
    for invoice_id in invoice_ids:
        try:
            results.append(RowResult(invoice_id, act(invoice_id), {}))
        except Invalid as invalid:
            results.append(RowResult(invoice_id, None, invalid.problems))
        except NotYours as problem:
            results.append(RowResult(invoice_id, None, {"": str(problem)}))
    return results


def prepare(firm_id: int, invoice: Invoice, fields: InvoiceFields, today: date) -> CleanInvoice:
    """The valid values and lines that ``fields`` ask for. Raises Invalid."""
    checks = Checks()
    billed = bill_to(firm_id, fields, invoice, checks)
    group: ClientGroup | None = billed.get("group", invoice.group if invoice.pk else None)
    clean = clean_invoice(fields, choices_for(firm_id, fields, invoice, group), invoice, today, checks)
    return CleanInvoice({**billed, **clean.values}, clean.lines)


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    rows = invoice.lines.select_related("item", "tax_rate", "tracking_class", "client")
    return list(rows.order_by("position"))


def save_lines(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    for position, line in enumerate(lines):
        line.firm_id, line.invoice, line.position = invoice.firm_id, invoice, position
    InvoiceLine.objects.bulk_create(lines)


def replace_lines(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    invoice.lines.all().delete()
    for line in lines:
        line.pk = None
    save_lines(invoice, lines)


_LINE_CONTENT = [
    each.attname
    for each in InvoiceLine._meta.concrete_fields
    if each.attname not in ("id", "firm_id", "invoice_id")
]


def differ(before: Sequence[InvoiceLine], after: Sequence[InvoiceLine]) -> bool:
    """Whether lines that are to replace others say anything else."""

    def content(lines: Sequence[InvoiceLine]) -> list[list[Any]]:
        return [[getattr(line, each) for each in _LINE_CONTENT] for line in lines]

    return content(before) != content(after)


def save_numbered(invoice: Invoice) -> None:
    """Save; a number that another invoice has is refused by the database. Raises Invalid."""
    try:
        with transaction.atomic():
            invoice.save()
    except IntegrityError as error:
        if "invoice_number_once" not in str(error):
            raise
        raise number_taken(invoice.number) from error


def number_and_save(invoice: Invoice) -> None:
    """Save under the typed number, or under the next of the sequence that nobody has typed. Raises Invalid."""
    if invoice.number:
        save_numbered(invoice)
        return
    others = rows_of(Invoice, invoice.firm_id)
    for attempt in range(NUMBER_TRIES):
        invoice.number = take_number(
            invoice.firm_id, INVOICE, lambda number: others.filter(number=number).exists()
        )
        try:
            save_numbered(invoice)
        except Invalid:
            if attempt == NUMBER_TRIES - 1:
                raise
        else:
            return


def _draft_to_change(firm_id: int, invoice_id: int | str) -> Invoice:
    invoice = row_to_change(Invoice, firm_id, invoice_id)
    if invoice.status != Status.DRAFT:
        raise Invalid({"status": f"Invoice {invoice.number} is finalized. Revise it instead."})
    return invoice
