"""Acts: the verbs on credits: given, applied to invoices, taken off again, void. History and note each."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from tieout.practice.access import clients_of
from tieout.practice.actions.applying import (
    Wanted,
    invoices_to_pay,
    oldest_parts,
    read_parts,
    settle_and_record,
)
from tieout.practice.actions.locking import lock_document, lock_invoices
from tieout.practice.actions.recording import (
    check_version,
    given,
    record_changed,
    record_created,
    set_values,
)
from tieout.practice.actor import Actor
from tieout.practice.billing_access import not_there, row_number, row_to_change, rows_of
from tieout.practice.billing_settings import settings_of
from tieout.practice.billing_validation import Checks, Number
from tieout.practice.client_balances import lock_money, move
from tieout.practice.credits import CREDIT, CREDIT_APPLICATION, Credit, CreditApplication
from tieout.practice.invoice_terms import date_problem
from tieout.practice.money import MOST, ZERO, rounded, shown, total
from tieout.practice.number_text import LONGEST, number_problem
from tieout.practice.numbering import take_number
from tieout.practice.service_items import ServiceItem
from tieout.practice.validation import Invalid, TextRule

DESCRIPTION = TextRule("Description", 4000, prose=True)
MEMO = TextRule("Notes", 4000, prose=True)
NUMBER = TextRule("Number", LONGEST, required=True)


class CreditFields(TypedDict, total=False):
    client_id: int | str | None
    date: date | str | None
    item_id: int | str | None
    description: str
    quantity: Number
    rate: Number | None
    memo: str


def create_credit(*, firm_id: int, actor: Actor, today: date, **fields: Unpack[CreditFields]) -> Credit:
    """Credit a client ``quantity`` times ``rate``; rate and description come from the item unless given. Raises Invalid."""
    checks = Checks()
    with transaction.atomic():
        values = _clean(firm_id, fields, today, checks)
        amount = rounded(values["quantity"] * values["rate"])
        if not checks.problems and not 0 < amount <= MOST:
            nothing = shown(ZERO, settings_of(firm_id).currency)
            checks.problem("rate", f"The credit has to come to more than {nothing}.")
        checks.done()
        balance = lock_money(firm_id, values["client"].pk)
        others = rows_of(Credit, firm_id)
        credit = Credit.objects.create(
            firm_id=firm_id,
            number=take_number(firm_id, CREDIT, lambda number: others.filter(number=number).exists()),
            amount=amount,
            left=amount,
            currency=settings_of(firm_id).currency,
            **values,
        )
        move(balance, credit_left=amount)
        told = {**values, "number": credit.number, "amount": amount}
        record_created(credit, CREDIT, actor, given(told))
    return credit


def apply_credit(
    *,
    firm_id: int,
    credit_id: int | str,
    actor: Actor,
    today: date,
    allocations: Wanted | None = None,
    expected_version: int | None = None,
) -> list[CreditApplication]:
    """Pay invoices with what is left of a credit, up to the smaller of what is left and what is owed.

    ``allocations`` None: the invoices due first. Raises RecordChangedMeanwhile, NotYours, Invalid.
    """
    checks = Checks()
    parts = read_parts(allocations or (), checks)
    checks.done()
    with transaction.atomic():
        balance, credit = lock_document(Credit, firm_id, credit_id)
        check_version(credit, CREDIT, expected_version)
        _refuse_void(credit)
        if allocations is None:
            parts = oldest_parts(firm_id, credit.client_id, credit.left, credit.currency)
        if not parts:
            raise Invalid(
                {"allocations": "Nothing is applied: choose an open invoice of this client and an amount."}
            )
        invoices = invoices_to_pay(firm_id, credit.client_id, parts, credit.left, credit.currency)
        together = total(part.amount for part in parts)
        credit.applied += together
        credit.left -= together
        applications = []
        for part in parts:
            invoice = invoices[part.invoice_id]
            application = CreditApplication.objects.create(
                firm_id=firm_id, credit=credit, invoice=invoice, amount=part.amount, date=today
            )
            told = {"credit": credit, "invoice": invoice, "amount": part.amount, "date": today}
            record_created(application, CREDIT_APPLICATION, actor, given(told))
            settle_and_record(invoice, actor, credited=part.amount)
            applications.append(application)
        move(balance, owed=-together, credit_left=-together)
        record_changed(credit, CREDIT, "applied", actor, {"left": [credit.left + together, credit.left]})
    return applications


def unapply_credit(*, firm_id: int, application_id: int | str, actor: Actor) -> CreditApplication:
    """Take a credit off an invoice; it can be applied again. Off already: returned as it is. Raises NotYours."""
    wanted = rows_of(CreditApplication, firm_id).filter(pk=row_number(CreditApplication, application_id))
    credit_id = wanted.values_list("credit_id", flat=True).first()
    if credit_id is None:
        raise not_there(CreditApplication)
    with transaction.atomic():
        balance, credit = lock_document(Credit, firm_id, credit_id)
        application = row_to_change(CreditApplication, firm_id, application_id)
        if application.is_void:
            return application
        invoice = lock_invoices(firm_id, credit.client_id, [application.invoice_id])[application.invoice_id]
        amount = application.amount
        application.is_void = True
        record_changed(application, CREDIT_APPLICATION, "taken off", actor, {"is_void": [False, True]})
        settle_and_record(invoice, actor, credited=-amount)
        credit.applied -= amount
        credit.left += amount
        move(balance, owed=amount, credit_left=amount)
        record_changed(
            credit, CREDIT, "taken off an invoice", actor, {"left": [credit.left - amount, credit.left]}
        )
    return application


def void_credit(
    *, firm_id: int, credit_id: int | str, actor: Actor, expected_version: int | None = None
) -> Credit:
    """Take a credit back. Refused while some of it is applied. Void already: returned as it is.

    Raises RecordChangedMeanwhile, NotYours, Invalid.
    """
    with transaction.atomic():
        balance, credit = lock_document(Credit, firm_id, credit_id)
        if credit.is_void:
            return credit
        check_version(credit, CREDIT, expected_version)
        if credit.applied:
            raise Invalid(
                {
                    "status": f"{shown(credit.applied, credit.currency)} of this credit is applied. "
                    "Take that off the invoices first."
                }
            )
        move(balance, credit_left=-credit.left)
        changes = set_values(credit, {"is_void": True, "left": ZERO})
        record_changed(credit, CREDIT, "voided", actor, changes)
    return credit


class CreditChanges(TypedDict, total=False):
    number: str
    memo: str


def change_credit(
    *,
    firm_id: int,
    credit_id: int | str,
    actor: Actor,
    expected_version: int | None = None,
    **fields: Unpack[CreditChanges],
) -> Credit:
    """Set a credit's number or notes; what it is for and what it comes to stay.

    Raises RecordChangedMeanwhile, NotYours, Invalid.
    """
    checks = Checks()
    values: dict[str, str] = {}
    if "memo" in fields:
        values["memo"] = checks.text("memo", fields["memo"], MEMO)
    if "number" in fields:
        values["number"] = checks.text("number", fields["number"], NUMBER)
        if problem := number_problem(values["number"]):
            checks.problem("number", problem)
    checks.done()
    with transaction.atomic():
        _, credit = lock_document(Credit, firm_id, credit_id)
        check_version(credit, CREDIT, expected_version)
        if changes := set_values(credit, values):
            _record_numbered(credit, actor, changes)
    return credit


def _record_numbered(credit: Credit, actor: Actor, changes: dict[str, Any]) -> None:
    """A number that another credit has is refused by the database, also when that one got it a moment ago."""
    try:
        with transaction.atomic():
            record_changed(credit, CREDIT, "changed", actor, changes)
    except IntegrityError as error:
        if "credit_number_once" not in str(error):
            raise
        raise Invalid(
            {"number": f"Another credit has the number {credit.number}. Type another one."}
        ) from error


def _refuse_void(credit: Credit) -> None:
    if credit.is_void:
        raise Invalid({"status": f"Credit {credit.number} is void; it cannot be applied."})


def _clean(firm_id: int, fields: CreditFields, today: date, checks: Checks) -> dict[str, Any]:
    """Valid values of every column that is given; a missing quantity is 1."""
    chosen: dict[str, Any] = {}
    for name, rows, sentence in (
        ("client", clients_of(firm_id), "Choose the client to credit."),
        (
            "item",
            rows_of(ServiceItem, firm_id).filter(is_active=True),
            "Choose a service item that is not archived.",
        ),
    ):
        wanted = str(fields.get(f"{name}_id") or "")
        ids = [int(wanted)] if wanted.isascii() and wanted.isdigit() and len(wanted) <= 18 else []
        found: dict[int, Any] = rows.filter(pk__in=ids).in_bulk()
        chosen[name] = checks.row(f"{name}_id", wanted, found, sentence, needed=name == "client")
    item: ServiceItem | None = chosen["item"]
    description = checks.text("description", fields.get("description") or "", DESCRIPTION)
    if not description and item is not None:
        description = item.description or item.name
    if not description:
        checks.problem("description", "Choose a service item or write what the credit is for.")
    rate = fields.get("rate")
    if (rate is None or rate == "") and item is not None:
        rate = item.rate
    if rate is None or rate == "":
        checks.problem("rate", "Enter a rate.")
        rate = 0
    when = checks.day("date", fields.get("date"), "The date") or today
    if problem := date_problem(when, today, "The date"):
        checks.problem("date", problem)
    return {
        **chosen,
        "description": description,
        "quantity": checks.quantity("quantity", fields.get("quantity", 1)),
        "rate": checks.rate("rate", rate),
        "date": when,
        "memo": checks.text("memo", fields.get("memo") or "", MEMO),
    }
